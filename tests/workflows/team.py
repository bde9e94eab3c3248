"""A team's repository with the workflows, its account, and GitHub."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from expressions import holds
from origin import OWN, Origin
from runner import Done, Job, Run, contexts, read_yaml
from support import cli
from support.github import FORK, WORKFLOW, GitHub, serving_github

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

    def night(self) -> Done:
        """Run drift.yml on its schedule."""
        return self._run("drift", "schedule", {}, _MAIN, self._tip())("drift")

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
            self._environment(),
            inputs or {},
            {} if fork else self.secrets,
            FORK if fork else WORKFLOW,
            OWN,
            {"OWNER/revox-sync": ROOT},
            attempt,
        )
        done = Jobs()
        for job_name, job in workflow["jobs"].items():
            done[job_name] = self._job(run, job_name, job, done)
        return done

    def _job(self, run: Run, name: str, job: Mapping[str, Any], earlier: Jobs) -> Done | None:
        needed = [earlier[job["needs"]]] if "needs" in job else []
        if any(found is None or found.failed for found in needed):
            return None
        if not holds(job.get("if", "success()"), contexts(run), {"success": lambda: True}):
            return None
        started = Job(run, name)
        (started.folder / "event.json").write_text(json.dumps(run.event), encoding="utf-8")
        seen = len(self.github.writes)
        done = started.perform(job["steps"])
        self._check_rights(job["permissions"], seen)
        return done

    def _check_rights(self, permissions: Mapping[str, str], seen: int) -> None:
        """Fail when a job wrote what its ``permissions`` do not allow."""
        pull_requests = {f"/issues/{number}/comments" for number in (1,)}
        for request in self.github.writes[seen:]:
            on_pull_request = request.path in pull_requests or "/comments/" in request.path
            needed = "pull-requests" if on_pull_request else "issues"
            assert permissions.get(needed) == "write", f"{request.method} {request.path}"

    def _environment(self) -> dict[str, str]:
        base_url = {"REVOX_BASE_URL": self.account.base_url} if self.account.base_url else {}
        return {"GITHUB_API_URL": self.github.base_url, **base_url}


@contextmanager
def a_team(folder: Path) -> Iterator[Team]:
    """Yield a team with an account, which a served sandbox is, and an empty repository."""
    (folder / "account").mkdir(parents=True)
    serve = cli.start(
        "sandbox", "serve", "--port", "0", env={"REVOX_API_KEY": KEY}, cwd=folder / "account"
    )
    assert serve.stdout is not None
    try:
        base_url = serve.stdout.readline().strip().removeprefix("REVOX_BASE_URL=")
        assert base_url, "the sandbox was not served"
        with serving_github() as github:
            yield Team(folder, github, base_url)
    finally:
        serve.terminate()
        serve.communicate(timeout=10)
