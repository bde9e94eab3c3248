"""``apply --base REF --on-drift …``: what becomes of edits that were made outside git."""

from __future__ import annotations

from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk

SKIP = ("--base", "HEAD", "--on-drift", "skip")
OVERWRITE = ("--base", "HEAD", "--on-drift", "overwrite")
ASKED = {"question": "Dogs?", "answer": "Yes."}


@pytest.fixture
def repository(desk: Desk) -> Repository:
    """A repository whose top is the project of the desk; nothing is committed yet."""
    made = Repository.at(desk.root)
    desk.env |= made.env
    return made


@pytest.fixture
def moved(desk: Desk, repository: Repository) -> Desk:
    """One assistant in which each side moved a field, and one that only the definition moved."""
    desk.project.define("bar", prompt="Be kind.", voicemail_message="a", first_sentence="Hello.")
    desk.project.define("spa", prompt="Be kind.")
    repository.commit()
    desk.service.add("bar", "Be kind.", voicemail_message="typed in", first_sentence="Hello.")
    desk.service.add("spa", "Be kind.")
    desk.project.define("bar", prompt="Be brief.", voicemail_message="a", first_sentence="Hello.")
    desk.project.define("spa", prompt="Be calm.")
    return desk


def sent(desk: Desk) -> dict[str, Any]:
    """Return the body of every PATCH by the assistant's name."""
    names = {identity: held["name"] for identity, held in desk.service.assistants.items()}
    return {
        names[request.path.rpartition("/")[2]]: request.body
        for request in desk.service.sent("PATCH")
    }


# Refuse: the default.


@pytest.mark.parametrize("option", [(), ("--on-drift", "refuse")], ids=["default", "refuse"])
def test_an_action_that_would_overwrite_an_edit_is_refused(
    moved: Desk, option: tuple[str, ...]
) -> None:
    result = moved.apply("--base", "HEAD", *option)
    assert result.code == 4
    assert sent(moved) == {"spa": {"prompt": "Be calm."}}
    assert "edited outside git: voicemail_message" in result.out
    assert "--on-drift overwrite" in result.out
    assert "--on-drift skip" in result.out


def test_where_all_is_refused_nothing_is_written(moved: Desk) -> None:
    result = moved.apply("--base", "HEAD", "bar")
    assert (result.code, moved.service.writes) == (3, [])
    assert moved.records == []


def test_a_conflict_is_refused_too(moved: Desk) -> None:
    moved.project.define("bar", prompt="Be kind.", voicemail_message="b", first_sentence="Hello.")
    assert moved.apply("--base", "HEAD", "bar").code == 3


def test_a_missing_assistant_is_not_made_again(desk: Desk, repository: Repository) -> None:
    desk.project.define()
    repository.commit()
    result = desk.apply("--base", "HEAD")
    assert (result.code, desk.service.writes) == (3, [])
    assert "edited outside git: it is missing in the account" in result.out


def test_a_new_definition_is_created(desk: Desk, repository: Repository) -> None:
    repository.commit("Nothing yet")
    desk.project.define()
    assert desk.apply("--base", "HEAD").code == 0
    assert len(desk.service.sent("POST")) == 1


def test_without_a_base_an_edit_is_no_reason_to_refuse(moved: Desk) -> None:
    assert moved.apply().code == 0
    assert sent(moved)["bar"] == {"prompt": "Be brief.", "voicemail_message": "a"}


# Skip.


def test_skip_leaves_the_edit_and_does_the_rest(moved: Desk) -> None:
    result = moved.apply(*SKIP)
    assert result.code == 0
    assert sent(moved) == {"bar": {"prompt": "Be brief."}, "spa": {"prompt": "Be calm."}}
    assert "edited outside git, and left so (--on-drift skip): voicemail_message" in result.out
    assert "ignored, though" not in result.out
    assert moved.plan(*SKIP[:2])["summary"]["replace"] == 1


def test_skip_leaves_a_field_as_a_whole(desk: Desk, repository: Repository) -> None:
    voice = {"provider": "cartesia", "id": "v1"}
    desk.project.define(voice={**voice, "speed": 1.1})
    repository.commit()
    desk.project.define(voice={**voice, "speed": 1.2})
    desk.service.add(
        "front-desk", "You are front-desk. Be kind.", voice={**voice, "id": "v2", "speed": 1.1}
    )
    assert desk.apply(*SKIP).code == 0
    assert desk.service.writes == []


def test_skip_where_nothing_else_moved_is_nothing_to_do(moved: Desk) -> None:
    moved.project.define("bar", prompt="Be kind.", voicemail_message="a", first_sentence="Hello.")
    result = moved.apply(*SKIP, "bar")
    assert (result.code, moved.service.writes) == (0, [])
    assert "edited outside git, and left so (--on-drift skip): voicemail_message" in result.out


def test_skip_leaves_a_missing_assistant_missing(desk: Desk, repository: Repository) -> None:
    desk.project.define()
    repository.commit()
    result = desk.apply(*SKIP)
    assert (result.code, desk.service.writes) == (0, [])
    assert "missing in the account, and left so (--on-drift skip)" in result.out


def test_skip_leaves_an_edited_faq_and_its_open_questions(
    desk: Desk, repository: Repository
) -> None:
    desk.project.define(prompt="Be kind.", faq_items=[ASKED])
    repository.commit()
    desk.project.define(prompt="Be brief.", faq_items=[ASKED])
    identity = desk.service.add("front-desk", "Be kind.", faq_items=[{**ASKED, "answer": "No."}])
    desk.service.ask(identity, "Cats?")
    result = desk.apply(*SKIP)
    assert result.code == 0
    assert sent(desk) == {"front-desk": {"prompt": "Be brief."}}
    assert "Cats?" not in result.out


def test_what_was_skipped_is_left_by_a_rollback(moved: Desk) -> None:
    assert moved.apply(*SKIP, "bar").code == 0
    assert moved.rollback().code == 0
    (bar,) = [held for held in moved.service.assistants.values() if held["name"] == "bar"]
    assert (bar["prompt"], bar["voicemail_message"]) == ("Be kind.", "typed in")
    assert list(moved.service.sent("PATCH")[-1].body) == ["prompt"]


def test_an_edit_made_after_the_plan_is_not_overwritten_either(moved: Desk) -> None:
    """What the skip left alone may move on; what it writes may not."""
    (bar,) = [i for i, held in moved.service.assistants.items() if held["name"] == "bar"]

    def edit() -> None:
        moved.service.edit(bar, voicemail_message="typed in again")

    moved.service.on("GET", f"/assistants/{bar}", edit=edit)
    assert moved.apply(*SKIP, "bar").code == 0
    assert moved.service.assistants[bar]["voicemail_message"] == "typed in again"


# Overwrite.


def test_overwrite_puts_back_what_the_definition_says(moved: Desk) -> None:
    assert moved.apply(*OVERWRITE).code == 0
    assert sent(moved) == {
        "bar": {"prompt": "Be brief.", "voicemail_message": "a"},
        "spa": {"prompt": "Be calm."},
    }
    assert moved.settled()


def test_overwrite_makes_a_missing_assistant_again(desk: Desk, repository: Repository) -> None:
    desk.project.define()
    repository.commit()
    assert desk.apply(*OVERWRITE).code == 0
    assert len(desk.service.sent("POST")) == 1


def test_a_rollback_of_an_overwrite_gives_the_edit_back(moved: Desk) -> None:
    assert moved.apply(*OVERWRITE).code == 0
    assert moved.rollback().code == 0
    (bar,) = [held for held in moved.service.assistants.values() if held["name"] == "bar"]
    assert bar["voicemail_message"] == "typed in"


def test_overwrite_is_no_consent_to_drop_open_questions(desk: Desk, repository: Repository) -> None:
    desk.project.define(faq_items=[ASKED])
    repository.commit()
    prompt = "You are front-desk. Be kind."
    identity = desk.service.add("front-desk", prompt, faq_items=[{**ASKED, "answer": "No."}])
    desk.service.ask(identity, "Cats?")
    refused = desk.apply(*OVERWRITE)
    assert (refused.code, desk.service.writes) == (3, [])
    assert "--drop-open-questions" in refused.out
    assert desk.apply(*OVERWRITE, "--drop-open-questions").code == 0


# Recreating.


@pytest.fixture
def recreated(moved: Desk) -> Desk:
    """The same, where a difference is settled by a new assistant."""
    moved.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    return moved


def test_a_recreate_over_an_edit_is_refused(recreated: Desk) -> None:
    assert recreated.apply("--base", "HEAD", "bar").code == 3
    assert recreated.service.writes == []


def test_a_recreate_that_skips_takes_the_edit_along(recreated: Desk) -> None:
    assert recreated.apply(*SKIP, "bar").code == 0
    (made,) = recreated.service.sent("POST")
    assert (made.body["prompt"], made.body["voicemail_message"]) == ("Be brief.", "typed in")


def test_a_recreate_that_skips_takes_an_edited_prompt_along(
    desk: Desk, repository: Repository
) -> None:
    desk.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    desk.project.define(prompt="Be kind.", voicemail_message="a")
    repository.commit()
    desk.project.define(prompt="Be kind.", voicemail_message="b")
    desk.service.add("front-desk", "Be loud.", voicemail_message="a")
    assert desk.apply(*SKIP).code == 0
    (made,) = desk.service.sent("POST")
    assert (made.body["prompt"], made.body["voicemail_message"]) == ("Be loud.", "b")


def test_a_recreate_is_not_made_for_an_edit_that_is_skipped(recreated: Desk) -> None:
    recreated.project.define(
        "bar", prompt="Be kind.", voicemail_message="a", first_sentence="Hello."
    )
    assert recreated.apply(*SKIP, "bar").code == 0
    assert recreated.service.writes == []


# Saved plans.


@pytest.fixture
def saved(moved: Desk) -> Desk:
    """The same, with a plan that was saved with its base."""
    assert moved.run("plan", "--base", "HEAD", "--out", "plan.json").code == 3
    return moved


def test_a_saved_plan_keeps_its_base_and_refuses(saved: Desk) -> None:
    result = saved.apply("plan.json")
    assert result.code == 4
    assert list(sent(saved)) == ["spa"]


@pytest.mark.parametrize(
    ("option", "fields"),
    [("refuse", None), ("skip", ["prompt"]), ("overwrite", ["prompt", "voicemail_message"])],
)
def test_a_saved_plan_takes_each_way(saved: Desk, option: str, fields: Any) -> None:
    assert saved.apply("plan.json", "--on-drift", option).code == (0 if fields else 4)
    assert sorted(sent(saved).get("bar", [])) == (fields or [])


def test_a_saved_plan_means_the_commit_not_the_branch(saved: Desk, repository: Repository) -> None:
    repository.commit("Be brief")
    assert saved.apply("plan.json", "--on-drift", "skip").code == 0
    assert sent(saved)["bar"] == {"prompt": "Be brief."}


def test_a_saved_plan_of_a_commit_that_is_not_here_is_said(
    saved: Desk, repository: Repository
) -> None:
    text = (saved.root / "plan.json").read_text()
    (saved.root / ".git").rename(saved.root.parent / "elsewhere")
    Repository.at(saved.root).commit()
    assert repository.root == saved.root
    result = saved.apply("plan.json")
    assert (result.code, saved.service.writes) == (64, [])
    assert "git knows no commit" in result.err
    assert (saved.root / "plan.json").read_text() == text


def test_what_was_edited_after_the_review_is_refused_even_so(saved: Desk) -> None:
    (bar,) = [i for i, held in saved.service.assistants.items() if held["name"] == "bar"]
    saved.service.edit(bar, first_sentence="Typed in since.")
    result = saved.apply("plan.json", "--on-drift", "skip")
    assert result.code == 4
    assert "no longer what was reviewed" in result.out
    assert list(sent(saved)) == ["spa"]


@pytest.mark.parametrize("option", ["skip", "overwrite"])
def test_a_definition_that_is_gone_since_the_review_is_said(saved: Desk, option: str) -> None:
    saved.project.remove("spa")
    result = saved.apply("plan.json", "--on-drift", option)
    assert result.code == 4
    assert "its definition is gone" in result.out


def test_a_saved_plan_without_a_base_has_nobody_to_ask(moved: Desk) -> None:
    assert moved.run("plan", "--out", "plan.json").code == 0
    result = moved.apply("plan.json", "--on-drift", "skip")
    assert (result.code, moved.service.writes) == (64, [])
    assert "--on-drift needs --base" in result.err


# How the options are given.


def test_on_drift_needs_a_base(moved: Desk) -> None:
    result = moved.apply("--on-drift", "skip")
    assert (result.code, moved.service.requests) == (64, [])


def test_another_way_is_wrong_usage(moved: Desk) -> None:
    assert moved.apply("--base", "HEAD", "--on-drift", "merge").code == 64


def test_a_plan_takes_no_way(moved: Desk) -> None:
    assert moved.run("plan", "--base", "HEAD", "--on-drift", "skip").code == 64


def test_a_saved_plan_takes_no_other_base(saved: Desk) -> None:
    result = saved.apply("plan.json", "--base", "HEAD")
    assert (result.code, saved.service.writes) == (64, [])


def test_an_unknown_commit_stops_before_the_network(moved: Desk) -> None:
    result = moved.apply("--base", "nowhere")
    assert (result.code, moved.service.requests) == (64, [])


def test_nobody_has_agreed_without_a_terminal(moved: Desk) -> None:
    result = moved.run("apply", *OVERWRITE)
    assert (result.code, moved.service.writes) == (3, [])
