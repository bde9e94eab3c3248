"""A team's repository with the workflows, its account, and GitHub."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from expressions import evaluate, fill, holds
from origin import OWN, Origin
from runner import FUNCTIONS, Done, Job, Run, contexts, read_yaml
from sandbox.running import Server
from support.github import FORK, WORKFLOW, GitHub, serving_github

from revox_sync.sandbox.app import create_app

ROOT = Path(__file__).parents[2]
KEY = "the-key-of-the-team"
_MAIN = "refs/heads/main"


class Account:
    """The account, as its dashboard shows and changes it: a served sandbox."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def assistants(self) -> dict[str, dict[str, Any]]:
        """Return the assistants by name."""
        return {found["name"]: found for found in self._ask("GET", "/assistants")["assistants"]}

    def edit(self, name: str, **fields: Any) -> None:
        """Change an assistant."""
        self._ask("PATCH", f"/assistants/{self.assistants()[name]['id']}", fields)

    def add(self, **fields: Any) -> None:
        """Make an assistant."""
        self._ask("POST", "/assistants", fields)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self.base_url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {KEY}", "content-type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


class Jobs(dict[str, Done | None]):
    """How the jobs of a run went, by name; a skipped one is None."""

    def __call__(self, name: str) -> Done:
        """Return how a job went that was not skipped."""
        done = self[name]
        assert done is not None, f"{name} was skipped"
        return done


class Team:
    """One repository with workflows, its account, and its GitHub."""

    def __init__(self, folder: Path, github: GitHub, base_url: str = "") -> None:
        self.folder = folder
        self.origin = Origin(folder / "origin")
        self.github = github
        self.account = Account(base_url)
        self.secrets = {"REVOX_API_KEY": KEY} if base_url else {}
        #: The accounts of environments, by name, where there are any.
        self.accounts: dict[str, Account] = {}
        #: GitHub's environments whose jobs wait for somebody, and those jobs.
        self.reviewed: set[str] = set()
        self._waiting: dict[str, Callable[[], Done]] = {}
        self._runs = 0

    def pull_request(self, event: Mapping[str, Any]) -> Jobs:
        """Run plan.yml for a pull request, with what GitHub gives one from a fork: no secret."""
        fork = event["pull_request"]["head"]["repo"]["full_name"] != OWN
        sha = self.origin.git("rev-parse", "refs/pull/1/merge")
        ref = "refs/pull/1/merge"
        return self._run("plan", "pull_request", event, ref, sha, fork=fork)

    def push(self, event: Mapping[str, Any], *, attempt: int = 1) -> Done:
        """Run apply.yml for a push, or run it again."""
        jobs = self._run("apply", "push", event, _MAIN, event["after"], attempt=attempt)
        return jobs("apply")

    def by_hand(self, **inputs: str) -> Done:
        """Run apply.yml from the button."""
        jobs = self._run("apply", "workflow_dispatch", {}, _MAIN, self._tip(), inputs=inputs)
        return jobs("apply")

    def environments(self, event: Mapping[str, Any], **inputs: str) -> Jobs:
        """Run apply.yml for a push, or from the button; return how each environment's job went."""
        if inputs:
            return self._run("apply", "workflow_dispatch", {}, _MAIN, self._tip(), inputs=inputs)
        return self._run("apply", "push", event, _MAIN, event["after"])

    def approve(self, environment: str) -> Done:
        """Let a job go on that waits for somebody."""
        return self._waiting.pop(environment)()

    def night(self) -> Done:
        """Run drift.yml on its schedule."""
        return self.nights()("drift")

    def nights(self) -> Jobs:
        """Run drift.yml on its schedule; return how each environment's job went."""
        return self._run("drift", "schedule", {}, _MAIN, self._tip())

    def _tip(self) -> str:
        return self.origin.git("rev-parse", "main")

    def _run(
        self,
        name: str,
        event_name: str,
        event: Mapping[str, Any],
        ref: str,
        sha: str,
        *,
        fork: bool = False,
        inputs: Mapping[str, str] | None = None,
        attempt: int = 1,
    ) -> Jobs:
        self._runs += 1
        workflow = read_yaml(self.origin.git("show", f"{sha}:.github/workflows/{name}.yml"))
        assert event_name in workflow["on"], f"{name} does not run on {event_name}"
        run = Run(
            event_name,
            event,
            ref,
            sha,
            self.origin.folder,
            self.folder / f"run{self._runs}",
            {},
            inputs or {},
            {} if fork else self.secrets,
            FORK if fork else WORKFLOW,
            OWN,
            {"OWNER/revox-sync": ROOT},
            attempt,
        )
        done = Jobs()
        for job_name, job in workflow["jobs"].items():
            self._jobs(run, job_name, job, done)
        return done

    def _jobs(self, run: Run, name: str, job: Mapping[str, Any], done: Jobs) -> None:
        """Run a job once for every value of its matrix, one after the other, until one fails."""
        needed = [done[job["needs"]]] if "needs" in job else []
        good = all(found is not None and not found.failed for found in needed)
        condition = job.get("if", "success()")
        known = {"success": lambda: good, "cancelled": lambda: False}
        due = holds(condition, contexts(run), known)
        if "cancelled()" not in condition:
            due = due and good
        matrix = job.get("strategy", {}).get("matrix", {"environment": "${{ fromJSON('[\"\"]') }}"})
        told = matrix["environment"].removeprefix("${{").removesuffix("}}")
        for environment in evaluate(told, contexts(run), FUNCTIONS):
            one = f"{name} ({environment})" if environment else name
            own = replace(
                run, matrix={"environment": environment}, env=self._environment(environment)
            )
            done[one] = None
            if not due:
                continue

            def start(own: Run = own, one: str = one) -> Done:
                return self._job(own, one.replace(" (", "-").rstrip(")"), job)

            guard = fill(_guard(job), contexts(own), FUNCTIONS)
            if guard in self.reviewed:
                self._waiting[guard] = start
                due = False
                continue
            found = done[one] = start()
            due = not (found.failed and job.get("strategy", {}).get("fail-fast", True))

    def _job(self, run: Run, name: str, job: Mapping[str, Any]) -> Done:
        started = Job(run, name)
        (started.folder / "event.json").write_text(json.dumps(run.event), encoding="utf-8")
        seen = len(self.github.writes)
        done = started.perform(job)
        self._check_rights(job["permissions"], seen)
        return done

    def _check_rights(self, permissions: Mapping[str, str], seen: int) -> None:
        """Fail when a job wrote what its ``permissions`` do not allow."""
        pull_requests = {f"/issues/{number}/comments" for number in (1,)}
        for request in self.github.writes[seen:]:
            on_pull_request = request.path in pull_requests or "/comments/" in request.path
            needed = "pull-requests" if on_pull_request else "issues"
            assert permissions.get(needed) == "write", f"{request.method} {request.path}"

    def _environment(self, environment: str) -> dict[str, str]:
        account = self.accounts.get(environment, self.account)
        base_url = {"REVOX_BASE_URL": account.base_url} if account.base_url else {}
        return {"GITHUB_API_URL": self.github.base_url, **base_url}


def _guard(job: Mapping[str, Any]) -> str:
    """Return the name of GitHub's environment of a job, whose rules may let it wait."""
    found = job.get("environment", "")
    return str(found["name"] if isinstance(found, Mapping) else found)


@contextmanager
def a_team(folder: Path, server: Server) -> Iterator[Team]:
    """Yield a team with an account, which a sandbox on the server is, and an empty repository."""
    with an_account(folder / "account", server) as account, serving_github() as github:
        yield Team(folder, github, account.base_url)


@contextmanager
def an_account(folder: Path, server: Server) -> Iterator[Account]:
    """Yield an account, which a sandbox on the server is."""
    folder.mkdir(parents=True)
    app = create_app(folder / "account.sqlite3", profile="current", keys=[KEY])
    with server.running(app, "current") as api:
        yield Account(api.base_url)
