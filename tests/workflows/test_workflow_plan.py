"""plan.yml: what a pull request changes is told on it, and a fork's gets no key."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from document import init, with_environments
from sandbox.running import Server
from stand_in import installed
from support.github import serving_github
from team import KEY, Team, an_account

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")

DEFINITION = "assistants/front-desk.yaml"
NOBODY = "http://127.0.0.1:9/nobody-is-here"


def _bodies(team: Team) -> list[str]:
    return [comment["body"] for comment in team.github.comments[1]]


def test_a_plan_that_fails_says_so_above_the_earlier_one(team: Team) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be kind")
    assert not team.pull_request(team.origin.propose())("plan").failed
    team.origin.change(DEFINITION, "first_sentence", "first_sentense")
    failed = team.pull_request(team.origin.propose())
    assert failed("check").failed
    assert f"::error file={DEFINITION},line=3," in failed("check").said
    assert ("Plan", 1) in failed("plan").ran
    (comment,) = _bodies(team)
    assert "There is no plan of commit" in comment
    assert comment.index("out of date") < comment.index("kind")


def test_a_plan_that_the_base_holds_is_not_taken_for_that_of_the_run(team: Team) -> None:
    team.origin.write("plan.json", "{}\n")
    team.origin.push()
    team.origin.change(DEFINITION, "first_sentence", "first_sentense")
    plan = team.pull_request(team.origin.propose())("plan")
    (comment,) = _bodies(team)
    assert "There is no plan of commit" in comment
    assert plan.artifacts == {}


def test_a_pull_request_from_a_fork_is_checked_without_key_secret_and_account(team: Team) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be rude")
    hook = "webhook_url: https://hotel.example/calls?key=${secret.HOOK_KEY}\n"
    team.origin.change(DEFINITION, "prompt:", f"{hook}prompt:")
    team.account.base_url = NOBODY
    jobs = team.pull_request(team.origin.propose(fork=True))
    assert not jobs("check").failed, jobs("check").said
    assert "{+rude+}" in jobs("diff").said
    assert jobs["plan"] is None
    assert team.github.received == []


def test_an_account_that_cannot_be_read_fails_and_says_nothing_wrong(team: Team) -> None:
    team.secrets = {"REVOX_API_KEY": "another-key"}
    jobs = team.pull_request(team.origin.propose())
    assert ("Plan", 1) in jobs("plan").ran
    (comment,) = _bodies(team)
    assert "There is no plan of commit" in comment


def test_what_a_pull_request_brings_is_not_run_where_the_key_is(
    ours: Team, tmp_path: Path, server: Server
) -> None:
    """The action, and modules that Python would find: the base's are run, or none."""
    for name in ("pip.py", "venv.py", "sitecustomize.py", "revox_sync/__main__.py"):
        ours.origin.write(name, "raise SystemExit('planted')\n")
    ours.origin.change(".github/actions/revox-sync/action.yml", "Put it on the PATH", "Planted")
    ours.secrets = {"REVOX_API_KEY": KEY}
    with an_account(tmp_path / "account", server) as ours.account:
        plan = ours.pull_request(ours.origin.propose())("plan")

    (comment,) = _bodies(ours)
    assert "8 to create" in comment, "the account has none of them"
    assert "Planted" not in [name for name, _ in plan.ran]
    assert "planted" not in plan.said
    folder = ours.folder / "run1/plan"
    action = folder / "work" / ".github/actions/revox-sync"
    assert installed(folder) == [f"{action}/requirements.txt", f"{action}/../../.."]
    assert not (folder / "work/pip.py").exists()


def test_a_project_for_the_sandbox_needs_no_key(tmp_path: Path) -> None:
    """From its first pull request, and from its first push, before which there is no commit."""
    with serving_github() as github:
        team = Team(tmp_path, github)
        team.origin.commit()
        init(team.origin.folder, "github", sandbox=True)
        plan = team.pull_request(team.origin.propose())("plan")
        assert not plan.failed, plan.said
        (comment,) = _bodies(team)
        assert "1 to create" in comment
        event = team.origin.merge()
        done = team.push(event)
        assert not done.failed, done.said
        assert "Apply: 1 done" in done.said
        first = team.push({**event, "before": "0" * 40})
        assert not first.failed, first.said
        assert "1 unchanged. Nothing to do." in first.said


def test_a_project_for_the_sandbox_may_lie_below_the_top(tmp_path: Path) -> None:
    """Also in the pull request that brings it."""
    with serving_github() as github:
        team = Team(tmp_path, github)
        team.origin.commit()
        (team.origin.folder / "hotel").mkdir()
        init(team.origin.folder / "hotel", "github", sandbox=True)
        (team.origin.folder / "hotel/.github").rename(team.origin.folder / ".github")
        for file in (team.origin.folder / ".github/workflows").iterdir():
            text = re.sub(
                r"(revox-sync (?:validate|diff|apply))", r"\1 --project hotel", file.read_text()
            )
            text = re.sub(r"(project:? )proposed", r"\1proposed/hotel", text)
            file.write_text(text.replace("project: .", "project: hotel"))
        plan = team.pull_request(team.origin.propose())("plan")
        assert not plan.failed, plan.said
        (comment,) = _bodies(team)
        assert "1 to create" in comment
        applied = team.push(team.origin.merge())
        assert "Apply: 1 done" in applied.said


def test_each_environment_of_a_project_for_the_sandbox_has_a_plan(tmp_path: Path) -> None:
    with serving_github() as github:
        team = Team(tmp_path, github)
        init(team.origin.folder, "github", sandbox=True)
        with_environments(team.origin)
        team.origin.commit()
        team.origin.change(DEFINITION, "Be brief", "Be kind")
        jobs = team.pull_request(team.origin.propose())
        for name in ("staging", "production"):
            assert not jobs(f"plan ({name})").failed, jobs(f"plan ({name})").said
        assert ["1 to replace" in body for body in _bodies(team)] == [True, True]
        applied = team.environments(team.origin.merge())("apply (staging)")
        assert "Apply: 1 done" in applied.said


def test_this_repository_plans_its_own_examples_against_a_sandbox(ours: Team) -> None:
    ours.origin.change("assistants/hotel/front-desk.yaml", "delay_ms: 300", "delay_ms: 400")
    plan = ours.pull_request(ours.origin.propose())("plan")
    assert not plan.failed, plan.said
    (comment,) = _bodies(ours)
    assert "0 to create, 1 to replace, 7 unchanged" in comment
