"""Tokens and secrets in names, and in what callers asked: no view shows them."""

from __future__ import annotations

import pytest
from support.desk import Desk

from revox_sync.secrecy.values import Known

PROMPT = "You answer the phone."
#: What is told in the account, and what stands for it where it is shown.
TOLD = {"sk-proj-77aa81cC03e4F5d6": "(sensitive)", "open sesame 42": "${secret.CODE}"}
VIEWS = [
    *(["plan", "--format", form] for form in ("terminal", "json", "markdown")),
    *(["drift", "--format", form] for form in ("terminal", "json", "markdown")),
    *(["list", "--format", form] for form in ("terminal", "json")),
    ["plan", "--out", "plan.json"],
    ["questions"],
    ["status"],
    ["pull"],
]
every_kind = pytest.mark.parametrize("what", TOLD, ids=["token", "secret"])


def tell(desk: Desk, what: str) -> None:
    """Fill the account: an open question, and names that nobody manages, hold ``what``."""
    desk.env |= {"REVOX_SECRET_CODE": "open sesame 42"}
    identity = desk.service.add("front-desk", faq_items=[{"question": "Open?", "answer": "Yes."}])
    desk.service.ask(identity, f"Does {what} work?")
    desk.service.add(f"Kept {what}", PROMPT)
    desk.project.define(faq_items=[{"question": "Dogs?", "answer": "No."}])
    desk.project.define("twin", name="Lobby", prompt=PROMPT)


@every_kind
@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_what_is_told_in_a_name_or_an_open_question_is_not_shown(
    desk: Desk, view: list[str], what: str
) -> None:
    tell(desk, what)
    said = desk.run(*view).said
    shown = said.replace("`", "").replace("\\", "")
    assert f"Kept {TOLD[what]}" in shown or view[0] not in ("plan", "list")
    assert f"Does {TOLD[what]} work?" in shown or view[0] not in ("plan", "questions")
    assert what not in said
    assert all(what.encode() not in content for content in desk.project.files().values())


@every_kind
def test_an_open_question_is_dropped_as_it_was_reviewed(desk: Desk, what: str) -> None:
    tell(desk, what)
    desk.project.remove("twin")
    assert desk.run("plan", "--out", "plan.json").code == 0
    result = desk.run("apply", "plan.json", "--auto-approve", "--settle", "0.1")
    assert result.code == 0, result.said
    assert what not in result.said


def test_an_open_question_is_answered_by_what_was_asked(desk: Desk) -> None:
    tell(desk, "open sesame 42")
    desk.project.remove("twin")
    desk.project.define(faq_items=[{"question": "Does ${secret.CODE} work?", "answer": "Yes."}])
    result = desk.run("apply", "--auto-approve", "--settle", "0.1")
    assert result.code == 0, result.said


@every_kind
def test_an_assistant_is_deleted_under_the_name_that_was_reviewed(desk: Desk, what: str) -> None:
    tell(desk, what)
    result = desk.run("delete", f"Kept {what}", "--auto-approve", "--settle", "0.1")
    assert result.code == 0, result.said
    assert f"Kept {TOLD[what]}" in result.said
    assert what not in result.said
    assert all(what.encode() not in content for content in desk.project.files().values())


@every_kind
@pytest.mark.parametrize("view", [["plan"], ["list"], ["questions"]], ids=" ".join)
def test_a_planted_fault_in_what_is_masked_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, view: list[str], what: str
) -> None:
    monkeypatch.setattr(Known, "shown", lambda _, text: text)
    with pytest.raises(AssertionError):
        test_what_is_told_in_a_name_or_an_open_question_is_not_shown(desk, view, what)
