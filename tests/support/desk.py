"""Everything that most tests need, on one desk: a project, a service, the command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from support import cli
from support.cli import Result
from support.project import Project
from support.record import Record, records
from support.service import KEY, Service
from support.terminal import Session, terminal

#: How long, in seconds, an apply looks for what the account does not show.
SETTLE = "0.1"


class Desk:
    """A project, and the command line run in its folder against one service.

    ``env`` is the whole environment of a run: the key and the base URL, unless a test changes it.
    """

    def __init__(self, project: Project, service: Service) -> None:
        self.project = project
        self.service = service
        self.env: dict[str, str] = {"REVOX_API_KEY": KEY, "REVOX_BASE_URL": service.base_url}
        self._started: list[cli.Process] = []

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.project.root

    def run(self, *arguments: str, typed: str = "") -> Result:
        """Run the command line in this process, without a terminal; ``typed`` is its stdin."""
        return cli.invoke(*arguments, env=self.env, cwd=self.root, typed=typed)

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Return a plan as JSON; fails unless there is one."""
        result = self.run("plan", "--format", "json", *arguments)
        assert result.code in (0, 3), result.err
        made: dict[str, Any] = result.json
        return made

    def action(self, *arguments: str) -> dict[str, Any]:
        """Return the only action of a plan."""
        (action,) = self.plan(*arguments)["actions"]
        found: dict[str, Any] = action
        return found

    def recreation(self) -> dict[str, Any]:
        """Return how a plan recreates its only assistant, which it has to."""
        found: dict[str, Any] | None = self.action()["recreate"]
        assert found is not None
        return found

    def changes(self, *arguments: str) -> dict[str, tuple[Any, Any]]:
        """Return path -> (before, after) of the only action of a plan."""
        return {c["path"]: (c["before"], c["after"]) for c in self.action(*arguments)["changes"]}

    def apply(self, *arguments: str) -> Result:
        """Apply without asking, and without waiting for long."""
        return self.run("apply", "--auto-approve", "--settle", SETTLE, *arguments)

    def rollback(self, *arguments: str) -> Result:
        """Roll back without asking."""
        return self.run("rollback", "--auto-approve", "--settle", SETTLE, *arguments)

    @property
    def records(self) -> list[Record]:
        """The records of the runs in this project, oldest first."""
        return records(self.root)

    def settled(self) -> bool:
        """Whether a plan finds nothing more to do."""
        return self.run("plan", "--detailed-exitcode").code == 0

    def execute(self, *arguments: str, first: str = "") -> Result:
        """Run the command line in a process of its own, and ``first`` Python before it."""
        return cli.execute(*arguments, env=self.env, cwd=self.root, first=first)

    def execute_within(self, size: int, *arguments: str) -> Result:
        """Run it where no file can become larger than so many bytes, as on a full disk."""
        limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
        return self.execute(*arguments, first=f"import resource; {limit}")

    def start(self, *arguments: str, first: str = "") -> cli.Process:
        """Start it in a process of its own, which ends with the test."""
        process = cli.start(*arguments, env=self.env, cwd=self.root, first=first)
        self._started.append(process)
        return process

    def close(self) -> None:
        """End what a test that failed has left running."""
        for process in self._started:
            with process:
                process.kill()

    def terminal(self, *arguments: str) -> AbstractContextManager[Session]:
        """Run the command line at a terminal."""
        return terminal(*arguments, env=self.env, cwd=self.root)


#: Makes a desk with a service of the given habits.
MakeDesk = Callable[..., Desk]
