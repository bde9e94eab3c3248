"""Tokens that somebody typed into names, and that callers told: no view shows them."""

from __future__ import annotations

import pytest
from support.desk import Desk

from revox_sync.account import remote

TOKEN = "sk-proj-77aa81cC03e4F5d6"
PROMPT = "You answer the phone."


@pytest.fixture
def told(desk: Desk) -> Desk:
    """An account with a token in an open question and in names that nobody manages."""
    identity = desk.service.add("front-desk", faq_items=[{"question": "Open?", "answer": "Yes."}])
    desk.service.ask(identity, f"Does {TOKEN} work?")
    desk.service.add(f"Kept {TOKEN}", PROMPT)
    desk.project.define(faq_items=[{"question": "Dogs?", "answer": "No."}])
    desk.project.define("twin", name="Lobby", prompt=PROMPT)
    return desk


@pytest.mark.parametrize(
    "view",
    [
        *(["plan", "--format", form] for form in ("terminal", "json", "markdown")),
        *(["drift", "--format", form] for form in ("terminal", "json", "markdown")),
        *(["list", "--format", form] for form in ("terminal", "json")),
        ["plan", "--out", "plan.json"],
        ["status"],
        ["pull"],
    ],
    ids=" ".join,
)
def test_a_token_in_a_name_or_an_open_question_is_not_shown(told: Desk, view: list[str]) -> None:
    said = told.run(*view).said
    assert "Kept (sensitive)" in said.replace("`", "") or view[0] not in ("plan", "list")
    assert TOKEN not in said
    assert all(TOKEN.encode() not in content for content in told.project.files().values())


def test_an_open_question_with_a_token_is_dropped_as_it_was_reviewed(told: Desk) -> None:
    told.project.remove("twin")
    assert told.run("plan", "--out", "plan.json").code == 0
    result = told.run("apply", "plan.json", "--auto-approve", "--settle", "0.1")
    assert result.code == 0, result.said
    assert TOKEN not in result.said


@pytest.mark.parametrize("view", ["plan", "list"])
def test_a_planted_fault_in_what_is_masked_is_noticed(
    told: Desk, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    monkeypatch.setattr(remote, "without_tokens", str)
    with pytest.raises(AssertionError):
        test_a_token_in_a_name_or_an_open_question_is_not_shown(told, [view])
