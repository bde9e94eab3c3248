"""drift.yml: one issue is open while the account differs from git."""

from __future__ import annotations

import os

import pytest
from team import Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")


def test_an_account_that_cannot_be_compared_fails_and_leaves_the_issue(team: Team) -> None:
    team.account.edit("Front desk", first_sentence="Good evening.")
    team.night()
    team.secrets = {"REVOX_API_KEY": "another-key"}
    done = team.night()
    assert done.failed
    assert len(team.github.open_issues) == 1


def test_an_assistant_that_cannot_be_compared_hides_no_other(team: Team) -> None:
    team.origin.write("assistants/spa.yaml", "name: Spa\nprompt: You take bookings.\n")
    team.origin.push()
    for _ in range(2):
        team.account.add(name="Spa", prompt="You take bookings.")
    team.account.edit("Front desk", first_sentence="Good evening.")
    done = team.night()
    assert not done.failed, done.said
    (issue,) = team.github.open_issues
    assert "Good evening." in issue["body"]
    assert "2 assistants of the account have its name" in issue["body"]


def test_this_repository_differs_from_no_sandbox(ours: Team) -> None:
    done = ours.night()
    assert not done.failed, done.said
    assert "No drift." in done.summary
    assert ours.github.issues == {}
