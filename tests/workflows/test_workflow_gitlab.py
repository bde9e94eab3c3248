"""The .gitlab-ci.yml of `init` does what the workflows do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from document import COMMIT
from gitlab import Ended, configuration, pipeline, written
from team import KEY, Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")

DEFINITION = "assistants/front-desk.yaml"
OURS, FORK = "1", "2"


def _run(
    team: Team, name: str, commit: str, *, source: str, has_key: bool = True, **env: str
) -> dict[str, Ended]:
    secret = {"REVOX_API_KEY": KEY, "REVOX_BASE_URL": team.account.base_url}
    given = {"CI_PIPELINE_SOURCE": source, "CI_PROJECT_ID": OURS, "CI_DEFAULT_BRANCH": "main"}
    given |= {"CI_COMMIT_SHA": commit}
    own = env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", OURS) == OURS
    return pipeline(
        team.origin.folder,
        team.folder / name,
        commit,
        {**given, **env},
        secret if own and has_key else {},
        written(sandbox=not has_key),
    )


def _merge_request(
    team: Team,
    name: str,
    project: str = OURS,
    *,
    request: dict[str, Any] | None = None,
    has_key: bool = True,
) -> dict[str, Ended]:
    request = request or team.origin.propose()["pull_request"]
    return _run(
        team,
        name,
        request["head"]["sha"],
        source="merge_request_event",
        has_key=has_key,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=request["base"]["sha"],
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID=project,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
    )


@pytest.mark.skipif(
    find_spec("check_jsonschema") is None, reason="check-jsonschema is not installed"
)
def test_it_is_one_that_gitlab_takes(tmp_path: Path) -> None:
    files = [tmp_path / ".gitlab-ci.yml", tmp_path / "sandbox.gitlab-ci.yml"]
    for file, text in zip(files, (written(), written(sandbox=True)), strict=True):
        file.write_text(text, encoding="utf-8")
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_merge_request_is_checked_and_planned(team: Team) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be quick")
    jobs = _merge_request(team, "request")
    assert {name: job.code for name, job in jobs.items()} == {"check": 0, "plan": 0}
    assert "{+quick+}" in jobs["check"].said
    assert "1 to replace" in jobs["plan"].said
    assert len(json.loads(jobs["plan"].kept["plan.json"])["actions"]) == 1


@pytest.mark.parametrize("has_key", [True, False])
def test_what_was_merged_since_is_no_edit(team: Team, has_key: bool) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be quick")
    request = team.origin.propose()["pull_request"]
    team.origin.change(DEFINITION, "Hello", "Welcome")
    team.origin.push()
    team.account.edit("Front desk", first_sentence="Welcome, Hotel Lumière, how can I help?")
    plan = _merge_request(team, "request", request=request, has_key=has_key)["plan"]
    assert plan.code == 0, plan.said
    assert "{+quick+}" in plan.said
    assert "Welcome" not in plan.said


def test_a_sandbox_takes_the_accounts_place_until_there_is_a_key(team: Team) -> None:
    text = written(sandbox=True)
    before = team.account.assistants()
    base = team.origin.git("rev-parse", "HEAD")
    team.origin.change(DEFINITION, "Be brief", "Be quick")
    commit = team.origin.push()["after"]
    push = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}

    def pushed(name: str, before: str, secrets: dict[str, str]) -> Ended:
        env = {**push, "CI_COMMIT_SHA": commit, "CI_COMMIT_BEFORE_SHA": before}
        folder = team.folder / name
        return pipeline(team.origin.folder, folder, commit, env, secrets, text)["apply"]

    done = pushed("sandbox", base, {})
    assert (done.code, "1 to replace" in done.said) == (0, True), done.said
    first = pushed("first", "0" * 40, {})
    assert (first.code, "0 to create" in first.said) == (0, True), first.said
    assert team.account.assistants() == before
    key = {"REVOX_API_KEY": KEY, "REVOX_BASE_URL": team.account.base_url}
    assert pushed("account", base, key).code == 0
    assert "Be quick" in team.account.assistants()["Front desk"]["prompt"]


def test_one_from_a_fork_is_checked_alone(team: Team) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be rude")
    jobs = _merge_request(team, "fork", project=FORK)
    assert {name: job.code for name, job in jobs.items()} == {"check": 0}


def test_a_push_to_the_default_branch_is_applied_and_drift_fails_the_schedule(team: Team) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be quick")
    event = team.origin.push()
    jobs = _run(
        team,
        "push",
        event["after"],
        source="push",
        CI_COMMIT_BRANCH="main",
        CI_COMMIT_BEFORE_SHA=event["before"],
    )
    assert {name: job.code for name, job in jobs.items()} == {"apply": 0}, jobs
    assert "Be quick" in team.account.assistants()["Front desk"]["prompt"]
    assert any("front-desk" in name for name in jobs["apply"].kept)

    assert _run(team, "clean", event["after"], source="schedule")["drift"].code == 0
    team.account.edit("Front desk", first_sentence="Good evening.")
    assert _run(team, "edited", event["after"], source="schedule")["drift"].code == 2


def test_a_push_to_another_branch_runs_nothing(team: Team) -> None:
    commit = team.origin.git("rev-parse", "HEAD")
    assert _run(team, "other", commit, source="push", CI_COMMIT_BRANCH="spring") == {}


@pytest.mark.parametrize("zeros", ["0" * 40, "0" * 64, ""])
def test_the_first_push_is_shown_and_writes_nothing(team: Team, zeros: str) -> None:
    team.origin.change(DEFINITION, "Be brief", "Be quick")
    event = team.origin.push()
    jobs = _run(
        team,
        "first",
        event["after"],
        source="push",
        CI_COMMIT_BRANCH="main",
        CI_COMMIT_BEFORE_SHA=zeros,
    )
    assert {name: job.code for name, job in jobs.items()} == {"apply": 0}, jobs
    assert "1 to replace" in jobs["apply"].said
    assert "Be brief" in team.account.assistants()["Front desk"]["prompt"]


def test_the_tool_comes_from_a_pinned_commit_and_its_packages_by_their_hashes() -> None:
    clone, checkout, packages, own = configuration()["default"]["before_script"]
    assert clone.endswith(" https://github.com/OWNER/revox-sync /tmp/revox-sync")
    assert checkout.endswith(f" checkout --quiet {COMMIT}")
    assert "--require-hashes" in packages and "--only-binary :all:" in packages
    assert "--no-index --no-deps" in own
