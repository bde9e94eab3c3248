"""docs/ci.md from its first line to its last, as a team goes: one repository, one account."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest
from document import block
from origin import GIT
from runner import Done
from stand_in import installed
from support.terminal import terminal
from team import ROOT, Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")

DESK, SPA = "assistants/front-desk.yaml", "assistants/spa.yaml"


def test_a_team_goes_through_the_document(beginners: Team, tmp_path: Path) -> None:
    team = beginners
    _the_first_pull_request_says_what_callers_will_hear_and_its_merge_does_it(team)
    _a_second_commit_updates_the_comment(team)
    applied = _the_dashboard_is_edited_and_an_issue_says_so(team)
    _the_edit_stops_a_push_until_somebody_presses_the_button(team, applied)
    run = _a_file_is_removed_and_its_assistant_with_the_button(team)
    _what_the_run_deleted_comes_back_from_its_artifact(team, run, tmp_path / "clone")


def _comment(team: Team) -> str:
    """Return the only comment on the pull request."""
    (comment,) = team.github.comments[1]
    body: str = comment["body"]
    return body


def _good(done: Done) -> Done:
    assert not done.failed, done.said
    return done


def _the_first_pull_request_says_what_callers_will_hear_and_its_merge_does_it(team: Team) -> None:
    _good(team.pull_request(team.origin.propose())("plan"))
    action = f"{ROOT}/.github/actions/revox-sync"
    what = installed(team.folder / "run1/plan")
    assert what == [f"{action}/requirements.txt", f"{action}/../../.."], "the pinned commit's"
    assert "0 to create, 1 to replace" in _comment(team)
    assert "small hotel" in _comment(team)
    assert "small hotel" not in team.account.assistants()["Front desk"]["prompt"]

    done = _good(team.push(team.origin.merge()))
    assert "small hotel" in team.account.assistants()["Front desk"]["prompt"]
    assert "1 done, 0 failed" in done.summary
    (snapshot,) = [body for name, body in done.artifacts["runs"].items() if "front-desk" in name]
    assert "small hotel" not in snapshot.decode()


def _a_second_commit_updates_the_comment(team: Team) -> None:
    seen = len(team.github.writes)
    team.origin.change(DESK, "Be brief", "Be kind")
    _good(team.pull_request(team.origin.propose())("plan"))
    team.origin.change(DESK, "Be brief", "Be quick")
    team.origin.write(SPA, "name: Spa\nprompt: You take bookings for the spa.\n")
    jobs = team.pull_request(team.origin.propose())
    assert [request.method for request in team.github.writes[seen:]] == ["PATCH", "PATCH"]
    assert "quick" in _comment(team) and "kind" not in _comment(team)
    assert "{+quick+}" in jobs("diff").said
    assert "quick" in jobs("plan").summary
    kept = json.loads(jobs("plan").artifacts["plan"]["plan.json"])
    changes = [change for action in kept["actions"] for change in action["changes"]]
    assert {change.get("origin") for change in changes} == {"definition"}
    _good(team.push(team.origin.merge()))
    assert "Be quick" in team.account.assistants()["Front desk"]["prompt"]


def _the_dashboard_is_edited_and_an_issue_says_so(team: Team) -> str:
    """Return the commit that is applied."""
    for greeting in ("Good evening.", "Good night."):
        team.account.edit("Front desk", first_sentence=greeting)
        _good(team.night())
        (issue,) = team.github.open_issues
        assert greeting in issue["body"]
    return team.origin.git("rev-parse", "main")


def _the_edit_stops_a_push_until_somebody_presses_the_button(team: Team, applied: str) -> None:
    team.origin.change(DESK, "Be quick", "Be patient")
    assert team.pull_request(team.origin.propose())("plan").failed
    assert "edited outside git" in _comment(team)
    refused = team.push(team.origin.merge())
    assert refused.failed
    assert "edited outside git: first_sentence" in refused.said
    assert team.by_hand(base=applied).failed, "it refuses unless told otherwise"
    assert "patient" not in team.account.assistants()["Front desk"]["prompt"]

    _good(team.by_hand(**{"base": applied, "on-drift": "skip"}))
    assert team.account.assistants()["Front desk"]["first_sentence"] == "Good night."
    assert "patient" in team.account.assistants()["Front desk"]["prompt"]
    _good(team.by_hand(**{"base": applied, "on-drift": "overwrite"}))
    _good(team.night())
    assert team.github.open_issues == []
    assert len(team.github.issues) == 1


def _a_file_is_removed_and_its_assistant_with_the_button(team: Team) -> Done:
    project = team.origin.folder / "revox-sync.yaml"
    before = project.read_text(encoding="utf-8") if project.exists() else ""
    team.origin.write("revox-sync.yaml", before + block("prune: true"))
    assert _good(team.push(team.origin.push())).artifacts == {"runs": {}}, "it changes nothing"

    (team.origin.folder / SPA).unlink()
    assert team.pull_request(team.origin.propose())("plan").failed
    first = _comment(team).partition("| Assistant |")[0]
    assert "Spa" in first and "--over-limit delete" in first
    event = team.origin.merge()
    assert team.push(event).failed
    assert "Spa" in team.account.assistants()
    done = _good(team.by_hand(**{"base": event["before"], "over-limit": "create delete"}))
    assert list(team.account.assistants()) == ["Front desk"]
    return done


def _what_the_run_deleted_comes_back_from_its_artifact(team: Team, run: Done, clone: Path) -> None:
    subprocess.run([GIT, "clone", "-q", str(team.origin.folder), str(clone)], check=True)
    for name, body in run.artifacts["runs"].items():  # what `gh run download` makes of it
        target = clone / "runs" / Path(name).relative_to(".revox-sync/runs")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    (line,) = block("command: rollback").splitlines()
    env = {**team.secrets, "REVOX_BASE_URL": team.account.base_url}
    with terminal(*shlex.split(line)[1:], env=env, cwd=clone) as session:
        session.wait_for("Type `yes` to apply")
        session.type("yes\n")
        assert session.end() == 0, session.shown
    assert "bookings" in team.account.assistants()["Spa"]["prompt"]
    assert "git still holds the definitions" in session.shown
