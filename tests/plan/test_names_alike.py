"""Names: spelled otherwise, alike to the eye, changed in git, changed by the service."""

from __future__ import annotations

import html
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from support.desk import Desk

from revox_sync.account.remote import Remote
from revox_sync.apply import create, recreate
from revox_sync.model.likeness import alike_name, same_name
from revox_sync.operations import context
from revox_sync.plan import match

pytestmark = pytest.mark.usefixtures("hurried")

SAME = [
    ("Hôtel Lumière", "Ho\u0302tel Lumie\u0300re"),
    ("Front desk", "Front\u200b desk"),
    ("Front desk", "Front\u00a0 desk"),
    ("Front desk", "\ufeffFront desk "),
]
ALIKE = [
    ("Tom’s desk", "Tom's desk"),
    ("Day – night", "Day - night"),
    ("Desk \uff08A\uff09", "Desk (A)"),
    ("Hôtel Lumière", "Hotel LUMIERE"),
    ("\uff24esk", "Desk"),
    ("“Desk”", '"Desk"'),
    ("Łódź", "Lodz"),
    ("Tom &amp; Jerry", "Tom & Jerry"),
    ("Œuvre", "Oeuvre"),
    ("Front d\u0435sk", "Front desk"),
    ("\u041d\u041e\u0422\u0415L", "HOTEL"),
    ("N\u03bfrth", "North"),
]
APART = [
    ("Desk A", "Desk (A)"),
    ("Line 1.5", "Line 15"),
    ("Line 1 5", "Line 15"),
    ("か", "が"),
    ("Desk A", "Desk B"),
    ("C", "C++"),
    ("й", "и"),
    ("Вера", "Мера"),
]


@pytest.mark.parametrize(("held", "stated"), SAME)
def test_the_same_name_is_found_and_is_no_change(desk: Desk, held: str, stated: str) -> None:
    desk.service.add(held, "Be kind.")
    desk.project.define(name=stated, prompt="Be kind.")
    assert desk.action()["action"] == "unchanged"


@pytest.mark.parametrize(("held", "stated"), SAME)
def test_the_same_name_twice_is_an_error(desk: Desk, held: str, stated: str) -> None:
    desk.project.define("a", name=held)
    desk.project.define("b", name=stated)
    result = desk.run("validate")
    assert result.code == 1
    assert "has this name too" in result.said


@pytest.mark.parametrize(("held", "stated"), ALIKE)
def test_what_looks_alike_is_not_created_unasked(desk: Desk, held: str, stated: str) -> None:
    desk.service.add(held, "Another.")
    desk.project.define(name=stated)
    result = desk.apply()
    assert result.code == 3
    assert "looks alike" in result.out or "case or space" in result.out
    assert desk.service.writes == []
    assert desk.apply("--allow-create", "front-desk").code == 0


@pytest.mark.parametrize(("held", "stated"), ALIKE)
def test_what_looks_alike_is_a_warning_between_definitions(
    desk: Desk, held: str, stated: str
) -> None:
    desk.project.define("a", name=held)
    desk.project.define("b", name=stated)
    result = desk.run("validate")
    assert result.code == 0
    assert "looks like this one" in result.said


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_the_eye_tells_apart_is_two(desk: Desk, one: str, other: str) -> None:
    assert same_name(one) != same_name(other)
    assert alike_name(one) != alike_name(other)
    desk.service.add(one, "Another.")
    desk.project.define(name=other)
    assert desk.apply().code == 0
    assert len(desk.service.assistants) == 2


def commit(desk: Desk) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for arguments in (("init", "-q"), ("add", "assistants"), ("commit", "-qm", "So far")):
        subprocess.run(["git", "-C", str(desk.root), *identity, *arguments], check=True)  # noqa: S607


@pytest.fixture
def renamed(desk: Desk) -> Desk:
    """One assistant whose name and prompt changed in one commit."""
    desk.project.define(name="Front desk", prompt="one two")
    assert desk.apply().code == 0
    commit(desk)
    desk.project.define(name="Welcome desk", prompt="one three")
    commit(desk)
    return desk


def held(desk: Desk) -> list[tuple[str, str]]:
    return [(found["name"], found["prompt"]) for found in desk.service.assistants.values()]


def test_a_rename_that_git_knows_is_one(renamed: Desk) -> None:
    assert renamed.apply("--base", "HEAD^", "--on-drift", "refuse").code == 0
    assert held(renamed) == [("Welcome desk", "one three")]


def test_a_name_comes_before_the_name_at_the_base(renamed: Desk) -> None:
    renamed.service.add("Welcome desk", "Another.")
    assert renamed.apply("--base", "HEAD^").code == 0
    assert sorted(held(renamed)) == [("Front desk", "one two"), ("Welcome desk", "one three")]


def test_a_name_at_the_base_that_another_definition_has_now_is_not_taken(renamed: Desk) -> None:
    renamed.project.define("other", name="Front desk", prompt="one two")
    assert renamed.apply("--base", "HEAD^").code == 0
    assert sorted(held(renamed)) == [("Front desk", "one two"), ("Welcome desk", "one three")]


def test_an_earlier_name_that_is_nobodys_refuses(renamed: Desk) -> None:
    (identity,) = renamed.service.assistants
    renamed.service.edit(identity, name="Reception", prompt="Edited.")
    stated: dict[str, Any] = {"name": "Welcome desk", "prompt": "one three"}
    renamed.project.define(**stated, sync={"renamed_from": "Frnt desk"})
    result = renamed.apply("--base", "HEAD^", "--on-drift", "overwrite")
    assert result.code == 3
    assert 'no assistant is called "Frnt desk"' in result.out
    assert renamed.service.sent("POST") == renamed.service.sent("POST")[:1]


@pytest.mark.parametrize(
    ("called", "made"),
    [
        ("Tom’s “desk”", str),
        ("Tom&#39;s &quot;desk&quot;", str),
        ("Entirely else", str),
        ("Tom’s “desk”", html.escape),
        ("Entirely else", str.strip),
    ],
)
def test_a_name_that_the_service_alters_makes_no_second_one(
    desk: Desk, called: str, made: Callable[[str], str]
) -> None:
    desk.project.define(name='Tom\'s "desk"', prompt="Be <b>kind</b>.  ")
    desk.service.alterations |= {"name": lambda _: called, "prompt": made}
    result = desk.apply()
    (identity,) = desk.service.assistants
    assert result.code == 4
    assert identity in result.out
    assert f"sync: {{id: {identity}}}" in result.out
    for prompt in ("Be kind.", "Be brief."):
        desk.project.define(name='Tom\'s "desk"', prompt=prompt)
        result = desk.apply()
        assert (result.code, [*desk.service.assistants]) == (3, [identity])
        assert f"twin of {identity}" in result.out


def test_what_an_earlier_run_made_for_a_definition_is_not_made_again(desk: Desk) -> None:
    desk.project.define(name="Front desk", prompt="one two")
    assert desk.apply().code == 0
    (identity,) = desk.service.assistants
    desk.project.define(name="Welcome", prompt="one three")
    refused = desk.action()["refused"] or ""
    assert f'twin of {identity}, "Front desk", which an earlier run made for it' in refused
    assert desk.action("--allow-create", "front-desk")["refused"] is None


def test_an_answer_with_the_id_of_another_touches_nothing(desk: Desk) -> None:
    other = desk.service.add("other", "Another.")
    desk.project.define(prompt="Be kind.")
    before = dict(desk.service.assistants[other])
    desk.service.on("POST", status=201, body={**before, "name": "front-desk"})
    result = desk.apply()
    assert result.code == 4
    assert f"{other}, which was there before" in result.out
    assert desk.service.assistants[other] == before
    assert [request.method for request in desk.service.writes] == ["POST"]
    assert not any(line["event"] == "created" for line in desk.records[-1].journal)


@pytest.mark.parametrize("echo", [True, False], ids=["echoed", "as it is"])
@pytest.mark.parametrize("renewed", [False, True], ids=["create", "recreate"])
def test_an_answer_with_the_id_of_one_that_no_list_shows_touches_nothing(
    desk: Desk, echo: bool, renewed: bool
) -> None:
    other = desk.service.add("other", "Another.", type="sub-assistant")
    desk.service.hidden.add(other)
    desk.project.define(prompt="Be kind.")
    if renewed:
        desk.service.add("front-desk", "Old.")
        desk.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    before = dict(desk.service.assistants)
    told = {"name": "front-desk", "prompt": "Be kind."} if echo else {}
    desk.service.on("POST", status=201, body={**before[other], **told})
    result = desk.apply("--settle", "0.1")
    assert result.code == 4
    assert f"{other}, which was there before" in result.out
    assert desk.service.assistants == before
    assert [request.method for request in desk.service.writes] == ["POST"]


def test_planted_another_answer_is_taken_for_ours(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (create, recreate):
        monkeypatch.setattr(module, "is_anothers", lambda *_: False)
    monkeypatch.setattr(recreate, "is_older", lambda *_: False)
    with pytest.raises(AssertionError):
        test_an_answer_with_the_id_of_one_that_no_list_shows_touches_nothing(desk, True, True)


@pytest.mark.parametrize(
    ("renewed", "sign"), [(False, "type"), (True, "type"), (True, "created_at")]
)
def test_an_answer_with_a_hidden_one_of_its_name_touches_nothing(
    desk: Desk, renewed: bool, sign: str
) -> None:
    if renewed:
        desk.service.add("front-desk", "Old.")
        desk.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    kind = {"type": "sub-assistant"} if sign == "type" else {}
    other = desk.service.add("front-desk", "Another.", **kind)
    desk.service.hidden.add(other)
    desk.service.add("the newest", "A third.")
    desk.project.define(prompt="Be kind.")
    before = dict(desk.service.assistants)
    desk.service.on("POST", status=201, body=before[other])
    result = desk.apply("--settle", "0.1")
    assert result.code == 4
    assert f"{other}, which was there before" in result.out
    assert desk.service.assistants == before


def test_an_assistant_whose_name_the_service_empties_is_bound(desk: Desk) -> None:
    desk.project.define()
    desk.service.alterations["name"] = lambda _: ""
    result = desk.apply()
    (identity,) = desk.service.assistants
    assert result.code == 4
    assert f"sync: {{id: {identity}}}" in result.out


# Each measure, the name at the base, and the look at an answer's name are needed.


def _as_written(name: str) -> str:
    return name


def test_a_planted_fault_in_what_is_the_same_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "same_name", _as_written)
    with pytest.raises(AssertionError):
        test_the_same_name_is_found_and_is_no_change(desk, *SAME[0])


def test_a_planted_fault_in_what_is_alike_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "alike_name", _as_written)
    with pytest.raises(AssertionError):
        test_what_looks_alike_is_not_created_unasked(desk, *ALIKE[0])


def test_a_planted_fault_in_what_runs_made_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.Context, "sent", lambda _: {})
    with pytest.raises(AssertionError):
        test_what_an_earlier_run_made_for_a_definition_is_not_made_again(desk)


def test_a_planted_fault_in_the_name_at_the_base_is_noticed(
    renamed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "match", _without_base)
    with pytest.raises(AssertionError):
        test_a_rename_that_git_knows_is_one(renamed)


def _without_base(*arguments: Any, **options: Any) -> match.Matching:
    return match.match(*arguments, **{**options, "earlier": {}})


def test_a_planted_fault_in_the_name_of_an_answer_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Remote, "is_called", lambda *_: True)
    with pytest.raises(AssertionError):
        test_a_name_that_the_service_alters_makes_no_second_one(desk, "Entirely else", str)
