"""apply.yml: a push changes the account, and nothing that somebody edited meanwhile."""

from __future__ import annotations

import os

import pytest
from team import Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")

DEFINITION = "assistants/front-desk.yaml"


def _merged(team: Team, before: str, after: str) -> dict[str, str]:
    team.origin.change(DEFINITION, before, after)
    return team.origin.push()


def test_a_push_makes_the_account_equal_and_keeps_what_it_replaced(team: Team) -> None:
    first = team.push(_merged(team, "Be brief", "Be very brief"))
    assert not first.failed, first.said
    assert "Be very brief" in team.account.assistants()["Front desk"]["prompt"]
    kept = first.artifacts["runs"]
    (snapshot,) = [body.decode() for name, body in kept.items() if "front-desk" in name]
    assert "Be brief" in snapshot
    assert "1 done, 0 failed" in first.summary

    second = team.push(_merged(team, "say when you do", "say it if you do"))
    assert not second.failed, second.said
    assert "say it if you do" in team.account.assistants()["Front desk"]["prompt"]


def test_a_push_that_changes_nothing_keeps_nothing(team: Team) -> None:
    team.push(_merged(team, "small hotel", "hotel"))
    again = team.push(team.origin.push())
    assert not again.failed, again.said
    assert again.artifacts == {"runs": {}}


def test_an_edit_outside_git_stops_the_push_until_somebody_decides(team: Team) -> None:
    applied = team.origin.git("rev-parse", "HEAD")
    team.account.edit("Front desk", first_sentence="Hotel Lumière, good evening.")

    refused = team.push(_merged(team, "Be brief", "Be very brief"))
    assert refused.failed
    assert "edited outside git: first_sentence" in refused.said
    assert "very brief" not in team.account.assistants()["Front desk"]["prompt"]

    by_hand = team.by_hand(base=applied)
    assert by_hand.failed, "it refuses unless told otherwise"
    skipped = team.by_hand(**{"base": applied, "on-drift": "skip"})
    assert not skipped.failed, skipped.said
    found = team.account.assistants()["Front desk"]
    assert "very brief" in found["prompt"]
    assert found["first_sentence"] == "Hotel Lumière, good evening."


def test_a_push_after_one_that_was_not_applied_waits_for_somebody(team: Team) -> None:
    lost = _merged(team, "small hotel", "hotel")
    refused = team.push(_merged(team, "Be brief", "Be very brief"))
    assert refused.failed
    assert "small hotel" in team.account.assistants()["Front desk"]["prompt"]

    by_hand = team.by_hand(base=lost["before"])
    assert not by_hand.failed, by_hand.said
    prompt = team.account.assistants()["Front desk"]["prompt"]
    assert "small hotel" not in prompt and "very brief" in prompt


def test_a_job_that_is_run_again_does_not_undo_a_revert(team: Team) -> None:
    bad = _merged(team, "Be brief", "Be rude")
    team.push(bad)
    team.push(_merged(team, "Be rude", "Be brief"))
    again = team.push(bad, attempt=2)
    assert again.failed
    assert f"start the workflow by hand, with base {bad['before']}" in again.said
    assert "Be brief" in team.account.assistants()["Front desk"]["prompt"]


def test_this_repository_applies_its_own_examples_to_a_sandbox(ours: Team) -> None:
    ours.origin.change("assistants/hotel/front-desk.yaml", "delay_ms: 300", "delay_ms: 400")
    done = ours.push(ours.origin.push())
    assert not done.failed, done.said
    assert "Plan: 0 to create, 1 to replace, 7 unchanged." in done.said
    assert "Apply: 1 done, 0 failed" in done.said
