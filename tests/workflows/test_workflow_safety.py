"""No workflow breaks a rule, and each rule is seen to be broken when something is planted."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from document import SOURCE, init
from safety import ROOT, RULES, Workflow, shipped

from revox_sync.operations.init import pipelines
from revox_sync.operations.settings import Settings

#: A file, a text that it holds, what stands there instead, and the rule that this breaks.
PLANTED = [
    ("plan", "  pull_request:\n", "  pull_request_target:\n", "known_triggers"),
    ("drift", "  workflow_dispatch:\n", "  workflow_run:\n", "known_triggers"),
    ("apply", '--base "$BASE"', "--base ${{ inputs.base }}", "nothing_put_into_scripts"),
    ("action", '"$PROJECT" apply', "${{ inputs.project }} apply", "nothing_put_into_scripts"),
    ("plan", "checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "checkout@v4", "pinned"),
    ("action", "setup-python@a26af69be951a213d495a4c3e4e4022e16d87065", "setup-py@main", "pinned"),
    ("drift", " # v4.2.2", "", "pinned"),
    ("apply", "persist-credentials: false", "clean: true", "no_token_left_behind"),
    ("plan", "permissions: {}", "permissions: write-all", "least_permissions"),
    ("plan", "permissions: {}", "permissions: {contents: write}", "least_permissions"),
    ("drift", "issues: write # for the issue", "packages: write", "least_permissions"),
    (
        "plan",
        "      contents: read\n    steps",
        "      contents: write\n    steps",
        "least_permissions",
    ),
    (
        "plan",
        "permissions: {}",
        "permissions: {}\nenv: {REVOX_API_KEY: '${{ secrets.REVOX_API_KEY }}'}",
        "secrets_for_the_tool_alone",
    ),
    (
        "plan",
        "run: revox-sync validate",
        "env: {A: '${{ toJSON(secrets) }}'}\n        run: revox-sync validate",
        "secrets_for_the_tool_alone",
    ),
    ("apply", "revox-sync apply", "./apply.sh", "secrets_for_the_tool_alone"),
    (
        "apply",
        "sandbox: ${{ !secrets.REVOX_API_KEY && (inputs.base || github.event.before) || '' }}",
        "key: ${{ secrets.REVOX_API_KEY }}",
        "secrets_for_the_tool_alone",
    ),
    ("plan", "pull_request.base.sha", "pull_request.head.sha", "no_head"),
    ("plan", "path: proposed", "path: proposed\n          ref: ${{ github.head_ref }}", "no_head"),
    ("plan", "run: revox-sync github", "run: git fetch && revox-sync github", "no_head"),
    ("plan", "run: revox-sync github", 'run: gh pr checkout "$N"; revox-sync github', "no_head"),
    ("drift", "state=closed\n", "git pull\n          state=closed\n", "no_head"),
    ("plan", "head.repo.full_name == github.repository", "draft == false", "not_for_forks"),
    ("plan", "uses: ./.github/actions", "uses: $/.github/actions", "code_of_the_base_alone"),
    (
        "plan",
        "uses: ./.github/actions",
        "uses: ./proposed/.github/actions",
        "code_of_the_base_alone",
    ),
    ("plan", "path: proposed\n          fetch-depth", "fetch-depth", "code_of_the_base_alone"),
    (
        "plan",
        "ref: ${{ github.event.pull_request.base.sha }}",
        "clean: true",
        "code_of_the_base_alone",
    ),
    ("apply", "branches: [main]", "branches: ['**']", "from_main_alone"),
    ("apply", "if: github.ref == 'refs/heads/main'", "if: always()", "from_main_alone"),
    ("drift", "if: github.ref == 'refs/heads/main'", "name: drift", "from_main_alone"),
    ("apply", "cancel-in-progress: false", "cancel-in-progress: true", "one_at_a_time"),
    ("apply", "group: revox-account", "group: ${{ github.sha }}", "one_at_a_time"),
    ("drift", "queue: max", "queue: single", "one_at_a_time"),
    ("apply", "environment: revox-apply", "name: apply", "guarded"),
    (
        "plan",
        "environment:\n      name: revox-plan",
        "outputs:\n      A: plan",
        "guarded",
    ),
    ("release", "attestations: write", "packages: write", "least_permissions"),
    ("release", "environment: pypi", "name: publish", "guarded"),
    ("apply", "retention-days: 7", "retention-days: 90", "kept_for_a_short_time"),
    ("plan", "          retention-days: 7\n", "", "kept_for_a_short_time"),
    ("drift", "timeout-minutes: 10", "name: drift", "bounded"),
]


def _named(name: str) -> Workflow:
    (found,) = [workflow for workflow in shipped() if workflow.name == name]
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_workflow_breaks_a_rule(rule: object) -> None:
    assert callable(rule)
    assert {workflow.name: list(rule(workflow)) for workflow in shipped()} == {
        "action": [],
        "apply": [],
        "ci": [],
        "drift": [],
        "plan": [],
        "release": [],
    }


@pytest.mark.parametrize(("name", "before", "after", "rule"), PLANTED)
def test_what_is_planted_is_found(name: str, before: str, after: str, rule: str) -> None:
    text = _named(name).text
    assert before in text
    planted = Workflow(name, text.replace(before, after, 1))
    (check,) = [one for one in RULES if one.__name__ == rule]
    assert list(check(planted))


def test_every_rule_has_something_planted() -> None:
    assert {rule for *_, rule in PLANTED} == {rule.__name__ for rule in RULES}


def test_every_job_with_rights_is_known() -> None:
    """A rule that takes a job for one without rights would let everything pass."""
    found = {(workflow.name, job) for workflow in shipped() for job in workflow.with_rights}
    assert found == {
        ("plan", "plan"),
        ("apply", "apply"),
        ("drift", "drift"),
        ("release", "publish"),
    }


def test_every_file_is_looked_at_that_runs_something() -> None:
    files = {path.name for path in ROOT.rglob("*") if path.is_file()}
    assert files - {f"{workflow.name}.yml" for workflow in shipped()} == {
        "dependabot.yml",
        "package-lock.json",
        "package.json",
        "requirements.txt",
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")
def test_what_init_writes_breaks_no_rule(tmp_path: Path) -> None:
    """But for the version beside the commit, which is the team's to write."""
    team = tmp_path
    init(team, "github")
    files = sorted(team.glob(".github/workflows/*"))
    assert [file.name for file in files] == ["apply.yml", "drift.yml", "plan.yml"]
    for workflow in map(Workflow.of, files):
        broken = {rule.__name__ for rule in RULES if list(rule(workflow))}
        assert broken == {"pinned"}
        assert "sandbox" not in workflow.text and "/.github/actions/" in workflow.text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")
@pytest.mark.skipif(
    find_spec("check_jsonschema") is None, reason="check-jsonschema is not installed"
)
def test_what_init_writes_is_a_workflow(tmp_path: Path) -> None:
    for sandbox in (False, True):
        for source in ("revox-sync==0.1.0", SOURCE):
            made = pipelines(Settings({}, sandbox=sandbox), "github", source)
            for file, text in made.items():
                name = f"{sandbox}-{source == SOURCE}-{file.rpartition('/')[2]}"
                (tmp_path / name).write_text(text, encoding="utf-8")
    files = sorted(tmp_path.glob("*.yml"))
    assert len(files) == 12
    schema = ("--builtin-schema", "vendor.github-workflows")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, *map(str, files)], check=False
    )
    assert done.returncode == 0
