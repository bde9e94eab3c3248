"""drift.yml: one issue is open while the account differs from git."""

from __future__ import annotations

import os

import pytest
from stand_in import installed
from team import ROOT, Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")


def test_one_issue_is_opened_updated_and_closed(team: Team) -> None:
    team.account.edit("Front desk", first_sentence="Good evening.")
    first = team.night()
    assert not first.failed, first.said
    (issue,) = team.github.open_issues
    assert "Good evening." in issue["body"]
    action = f"{ROOT}/.github/actions/revox-sync"
    what = installed(team.folder / "run1/drift")
    assert what == [f"{action}/requirements.txt", f"{action}/../../.."], "the pinned commit's"

    team.account.edit("Front desk", first_sentence="Good night.")
    second = team.night()
    assert not second.failed, second.said
    (issue,) = team.github.open_issues
    assert "Good night." in issue["body"]

    greeting = "Hello, Hotel Lumière, how can I help?"
    team.account.edit("Front desk", first_sentence=greeting)
    third = team.night()
    assert not third.failed, third.said
    assert team.github.open_issues == []
    assert len(team.github.issues) == 1


def test_an_account_that_cannot_be_compared_fails_and_leaves_the_issue(team: Team) -> None:
    team.account.edit("Front desk", first_sentence="Good evening.")
    team.night()
    team.secrets = {"REVOX_API_KEY": "another-key"}
    done = team.night()
    assert done.failed
    assert len(team.github.open_issues) == 1


def test_this_repository_differs_from_no_sandbox(ours: Team) -> None:
    done = ours.night()
    assert not done.failed, done.said
    assert "No drift." in done.summary
    assert ours.github.issues == {}
