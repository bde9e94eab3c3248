"""What no workflow here may do, as rules; each yields what breaks it.

A job *has rights* if it names a secret, or its token may write. Such a job runs nothing that a pull
request brings along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner import read_yaml

ROOT = Path(__file__).parents[2] / ".github"

_TRIGGERS = {"pull_request", "push", "schedule", "workflow_dispatch"}
_WRITES = MappingProxyType(
    {
        ("plan", "plan"): ("pull-requests",),
        ("drift", "drift"): ("issues",),
        ("release", "publish"): ("id-token", "attestations"),
    }
)
_BASE = "${{ github.event.pull_request.base.sha }}"
_SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
_ALSO_AFTER_A_FAILURE = f"${{{{ !cancelled() && {_SAME_REPOSITORY} }}}}"
_MAIN = "github.ref == 'refs/heads/main'"
_GIVEN = re.compile(r"\$\{\{ (?:secrets\.[A-Z0-9_]+|github\.token) \}\}")
_WHETHER = re.compile(r"\$\{\{ !secrets\.[A-Z0-9_]+ && [^$]* \|\| '' \}\}")
_HEAD = re.compile(r"head_?ref|head\.(?!repo\.full_name)|refs/pull|/head\b", re.IGNORECASE)
_SECRET = re.compile(r"(?<![-\w])(?:secrets(?![-\w])|github\.token)")
_TOOL = re.compile(
    r"(?:revox-sync |state=closed$|--"
    r"|set -f # |# |case \"\$BASE\" in \*\[!0\]\*\) ;; \*\) revox-sync plan; exit ;; esac$"
    r"|for (\w+) in \$[A-Z_]+; do set -- \"\$@\" --[a-z-]+ \"\$\1\"; done$"
    r"|test \"\$[A-Z_]+\" != true \|\| set -- \"\$@\" --[a-z-]+$)"
)
_PIN = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
_LOCAL = re.compile(r"[.$]/\.github/actions/")
_MOST_DAYS = 7

Job = Mapping[str, Any]


@dataclass(frozen=True)
class Workflow:
    """One file: a workflow, or an action, which counts as a workflow with one job."""

    name: str
    text: str

    @classmethod
    def of(cls, path: Path) -> Workflow:
        """Return the workflow of a file."""
        return cls(path.stem, path.read_text(encoding="utf-8"))

    @property
    def tree(self) -> Any:
        """The document."""
        return read_yaml(self.text)

    @property
    def is_action(self) -> bool:
        """Whether it is an action."""
        return "runs" in self.tree

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The jobs by name."""
        return {"action": self.tree["runs"]} if self.is_action else self.tree["jobs"]

    @property
    def with_rights(self) -> Mapping[str, Job]:
        """The jobs that have rights."""
        return {name: job for name, job in self.jobs.items() if _has_rights(job)}

    @property
    def on_pull_requests(self) -> bool:
        """Whether it runs for pull requests."""
        return "pull_request" in self.tree.get("on", {})


def shipped() -> list[Workflow]:
    """Return every workflow and action of this repository."""
    files = [*ROOT.glob("workflows/*"), *ROOT.rglob("action.y*ml")]
    return [Workflow.of(path) for path in sorted(files)]


def _texts(value: Any) -> Iterator[str]:
    """Yield every text below a value, names included."""
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield str(name)
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)
    else:
        yield str(value)


def _has_rights(job: Job) -> bool:
    writes = "write" in _texts(job.get("permissions", {}))
    return writes or any(_SECRET.search(text) for text in _texts(job))


def _steps(workflow: Workflow, action: str) -> Iterator[Mapping[str, Any]]:
    for job in workflow.jobs.values():
        yield from (step for step in job["steps"] if step.get("uses", "").startswith(action))


def known_triggers(workflow: Workflow) -> Iterator[str]:
    """It runs neither with the rights of the target for a fork, nor after another workflow."""
    yield from () if workflow.is_action else set(workflow.tree["on"]) - _TRIGGERS


def nothing_put_into_scripts(workflow: Workflow) -> Iterator[str]:
    """Values come to a script by its environment, where they are no code."""
    for step in _steps(workflow, ""):
        if "${{" in step.get("run", ""):
            yield step["run"]


def pinned(workflow: Workflow) -> Iterator[str]:
    """An action is named by its commit, and by its version for the reader."""
    for found in re.finditer(r"uses: (.*)", workflow.text):
        if not _PIN.fullmatch(found[1]) and not _LOCAL.match(found[1]):
            yield found[1]


def no_token_left_behind(workflow: Workflow) -> Iterator[str]:
    """A checkout leaves no token in the folder for the steps that follow."""
    for step in _steps(workflow, "actions/checkout"):
        if step.get("with", {}).get("persist-credentials") is not False:
            yield str(step)


def least_permissions(workflow: Workflow) -> Iterator[str]:
    """All may read, and a job that writes names what it writes."""
    if workflow.is_action:
        return
    top = workflow.tree.get("permissions")
    if top not in ({}, {"contents": "read"}):
        yield f"permissions: {top}"
    for name, job in workflow.jobs.items():
        allowed = {"contents": "read"}
        allowed |= dict.fromkeys(_WRITES.get((workflow.name, name), ()), "write")
        if job.get("permissions", top) != allowed:
            yield f"{name}: {job.get('permissions')}"


def secrets_for_the_tool_alone(workflow: Workflow) -> Iterator[str]:
    """A secret or token goes into the environment of steps that run revox-sync, nowhere else.

    An action may be told whether there is one.
    """
    for name, job in workflow.jobs.items():
        rest: list[Any] = [{key: value for key, value in job.items() if key != "steps"}]
        for step in job["steps"]:
            given = [
                text for text in map(str, step.get("env", {}).values()) if _SECRET.search(text)
            ]
            lines = str(step.get("run", "")).splitlines()
            runs_the_tool = lines and all(_TOOL.match(line) for line in lines)
            sound = runs_the_tool and all(map(_GIVEN.fullmatch, given))
            given_on = {
                name: value
                for name, value in step.get("with", {}).items()
                if not _WHETHER.fullmatch(str(value))
            }
            rest.append({**step, "with": given_on, **({"env": {}} if sound else {})})
        yield from (f"{name}: {text}" for text in _texts(rest) if _SECRET.search(text))
    top = {key: value for key, value in workflow.tree.items() if key not in ("jobs", "runs")}
    yield from (text for text in _texts(top) if _SECRET.search(text))


def no_head(workflow: Workflow) -> Iterator[str]:
    """A job with rights checks out no pull request's head, and fetches nothing itself."""
    for name, job in workflow.with_rights.items():
        for step in job["steps"]:
            ref = step.get("with", {}).get("ref")
            if ref not in (None, _BASE):
                yield f"{name}: ref: {ref}"
            yield from (f"{name}: {text}" for text in _texts(step) if _HEAD.search(text))
            if re.search(r"\b(?:git|gh|curl|wget)\b (?!hub)", str(step.get("run", ""))):
                yield f"{name}: {step['run']}"


def not_for_forks(workflow: Workflow) -> Iterator[str]:
    """A job with rights runs for branches of the repository alone."""
    if workflow.on_pull_requests:
        for name, job in workflow.with_rights.items():
            if job.get("if") not in (_SAME_REPOSITORY, _ALSO_AFTER_A_FAILURE):
                yield f"{name}: if: {job.get('if')}"


def code_of_the_base_alone(workflow: Workflow) -> Iterator[str]:
    """In a job with rights, what a pull request brings lies in a folder, and no action is there."""
    for name, job in workflow.with_rights.items() if workflow.on_pull_requests else ():
        folders = set()
        for step in job["steps"]:
            given = step.get("with", {})
            if step.get("uses", "").startswith("actions/checkout") and given.get("ref") != _BASE:
                folders.add(given.get("path"))
            uses = step.get("uses", "")
            if uses.startswith("$/") or any(uses.startswith(f"./{one}") for one in folders):
                yield f"{name}: {uses}"
        if None in folders:
            yield f"{name}: the pull request is checked out in place of the base"


def from_main_alone(workflow: Workflow) -> Iterator[str]:
    """A job with rights that runs for no pull request runs on the default branch."""
    if workflow.on_pull_requests or workflow.is_action:
        return
    branches = (workflow.tree["on"].get("push") or {"branches": ["main"]}).get("branches")
    if branches != ["main"]:
        yield f"branches: {branches}"
    for name, job in workflow.with_rights.items():
        if job.get("if") != _MAIN:
            yield f"{name}: if: {job.get('if')}"


def one_at_a_time(workflow: Workflow) -> Iterator[str]:
    """What reads or writes the account from main waits its turn, and is not ended half-way."""
    group = "revox-account-${{ matrix.environment }}"
    wanted = {"group": group, "cancel-in-progress": False, "queue": "max"}
    for name, job in () if workflow.on_pull_requests else workflow.with_rights.items():
        reads_it = any("secrets.REVOX_API_KEY" in text for text in _texts(job))
        if reads_it and job.get("concurrency") != wanted:
            yield f"{name}: {job.get('concurrency')}"


def guarded(workflow: Workflow) -> Iterator[str]:
    """A job with rights has an environment, whose rules the repository's settings hold."""
    for name, job in workflow.with_rights.items():
        if "environment" not in job:
            yield name


def kept_for_a_short_time(workflow: Workflow) -> Iterator[str]:
    """Plans and snapshots hold prompts; they are gone after a week."""
    for step in _steps(workflow, "actions/upload-artifact"):
        days = step["with"].get("retention-days")
        if not isinstance(days, int) or days > _MOST_DAYS:
            yield f"{days} days"


def bounded(workflow: Workflow) -> Iterator[str]:
    """Every job ends."""
    for name, job in workflow.jobs.items():
        if not workflow.is_action and "timeout-minutes" not in job:
            yield name


RULES: tuple[Callable[[Workflow], Iterator[str]], ...] = (
    known_triggers,
    nothing_put_into_scripts,
    pinned,
    no_token_left_behind,
    least_permissions,
    secrets_for_the_tool_alone,
    no_head,
    not_for_forks,
    code_of_the_base_alone,
    from_main_alone,
    one_at_a_time,
    guarded,
    kept_for_a_short_time,
    bounded,
)
