"""What apply would stumble on is in the plan, first, with what allows it."""

from __future__ import annotations

from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk


def _items(count: int) -> list[dict[str, str]]:
    return [{"question": f"Question {n}?", "answer": "Yes."} for n in range(count)]


def _sheds_its_faq(desk: Desk) -> None:
    desk.service.add("front-desk", "Be brief.", faq_items=_items(12))
    desk.project.define(prompt="Be brief.", faq_items=_items(1))


@pytest.fixture
def repository(desk: Desk) -> Repository:
    made = Repository.at(desk.root)
    desk.env |= made.env
    return made


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_a_limit_is_told_before_the_changes(desk: Desk, repository: Repository, form: str) -> None:
    desk.project.define(prompt="Be brief.", faq_items=_items(12))
    repository.commit()
    _sheds_its_faq(desk)
    result = desk.run("plan", "--base", "HEAD", "--format", form)
    assert result.code == 3
    places = [
        "front-desk: 11 of 12 FAQ items would be removed; the limit is 50 %; to allow it: ",
        "limits: {faq_items_removed: …} in revox-sync.yaml, or --over-limit faq_items_removed",
        "Question 5",
    ]
    assert sorted(places, key=result.out.replace("`", "").index) == places


def test_programs_find_what_is_blocked(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "limits: {create: 0}\n")
    desk.project.define("spa")
    desk.project.define("twin")
    for _ in range(2):
        desk.service.add("twin")
    result = desk.run("plan", "--format", "json", "--out", "plan.json")
    limit, refused = result.json["blocked"]
    assert (result.code, limit["kind"], limit["key"]) == (3, "limit", None)
    assert limit["allow"].endswith("`--over-limit create` once")
    assert (refused["kind"], refused["key"]) == ("refused", "twin")
    assert desk.run("show", "plan.json", "--format", "json").json["blocked"] == [limit, refused]


def test_a_limit_that_is_raised_along_with_the_change_blocks_nothing(desk: Desk) -> None:
    _sheds_its_faq(desk)
    desk.project.write("revox-sync.yaml", "limits: {faq_items_removed: 20}\n")
    assert desk.plan()["blocked"] == []
    assert desk.apply().code == 0


def test_a_limit_that_is_lifted_is_not_told_as_blocking(desk: Desk) -> None:
    _sheds_its_faq(desk)
    result = desk.apply("--over-limit", "faq_items_removed")
    assert (result.code, "Apply refuses" in result.out) == (0, False)


def test_a_base_that_cannot_be_read_blocks(desk: Desk, repository: Repository) -> None:
    desk.project.define(prompt="Be brief.", foo=1)
    repository.commit()
    desk.project.define(prompt="Be brief.")
    desk.service.add("front-desk", "Typed in.")
    (found,) = desk.plan("--base", "HEAD")["blocked"]
    assert (found["kind"], found["key"]) == ("base", "front-desk")
    assert "cannot be read" in found["message"]
    assert found["allow"] == "--on-drift overwrite, or --on-drift skip"
    assert desk.run("plan", "--base", "HEAD", "--detailed-exitcode").code == 3


def test_an_edit_that_would_be_undone_blocks(desk: Desk, repository: Repository) -> None:
    desk.project.define(prompt="Be kind.")
    repository.commit()
    desk.service.add("front-desk", "Typed in.")
    (found,) = desk.plan("--base", "HEAD")["blocked"]
    assert (found["kind"], found["key"]) == ("drift", "front-desk")
    assert "edited outside git: prompt" in found["message"]
    result = desk.run("plan", "--base", "HEAD")
    assert (result.code, "apply refuses that" in result.out) == (3, True)
    assert desk.apply("--base", "HEAD").code == 3
    assert desk.apply("--base", "HEAD", *found["allow"].partition(",")[0].split()).code == 0


def test_the_blocked_stand_first_however_short_a_comment_is(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "limits: {create: 0}\n")
    for number in range(400):
        desk.project.define(f"line-{number:04}-" + "x" * 180)
    result = desk.run("plan", "--format", "markdown")
    assert "the plan would create 400 of 400 assistants; the limit is 0" in result.out[:1000]


def _raised(desk: Desk, question: str, **stated: Any) -> None:
    identity = desk.service.add("front-desk", "Be brief.", faq_items=_items(1))
    desk.service.ask(identity, question)
    desk.project.define(prompt="Be brief.", **stated)


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_open_questions_are_told_before_the_changes(desk: Desk, form: str) -> None:
    _raised(desk, "Is there a pool?", faq_items=_items(2))
    result = desk.run("plan", "--format", form)
    assert result.code == 0
    places = ["Open questions would be dropped", "Is there a pool?", "--drop-open-questions"]
    assert sorted([*places, "Question 1?"], key=result.out.index) == [*places, "Question 1?"]


def test_programs_find_which_questions_would_be_dropped(desk: Desk) -> None:
    _raised(desk, "Is there a pool?", faq_items=_items(2))
    assert desk.plan()["consents"] == [
        {
            "key": "front-desk",
            "questions": ["Is there a pool?"],
            "allow": "--drop-open-questions",
        }
    ]


def test_a_question_that_is_answered_needs_no_consent(desk: Desk) -> None:
    answer = {"question": "do you take dogs", "answer": "Yes."}
    _raised(desk, "Do you take  dogs?", faq_items=[*_items(1), answer])
    assert desk.plan()["consents"] == []
    assert desk.apply().code == 0
    (held,) = desk.service.assistants.values()
    assert answer.items() <= held["faq_items"][1].items()
