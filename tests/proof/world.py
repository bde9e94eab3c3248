"""A project, an account, and everything that was done to both."""

from __future__ import annotations

import asyncio
import copy
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from proof.account import Account, Change, Trouble, serving
from proof.choices import IMPATIENT, Fields
from support.cli import Result
from support.desk import Desk
from support.project import Project
from support.service import Habits, Recorded

from revox_sync.account import reader, retry
from revox_sync.apply import create

SECRET = "hush-7f3aKq9c41Zd2"
_RUNS = Path(".revox-sync/runs")


@dataclass(frozen=True)
class Run:
    """One run of the command line and all that it brought about.

    ``stated`` are the fields of every definition as they stood, secrets put in; ``changes`` what
    happened in the account meanwhile, ``earlier`` how much of its history lies before.
    ``folder`` is where the run keeps what it replaced; None without one.
    """

    command: str
    arguments: tuple[str, ...]
    result: Result
    stated: Mapping[str, Fields]
    changes: Sequence[Change]
    earlier: int
    requests: Sequence[Recorded]
    folder: Path | None
    troubled: bool
    restored: Run | None = None

    @property
    def writes(self) -> list[Change]:
        """What the tool changed."""
        return [change for change in self.changes if change.by == "tool"]

    @property
    def agreed(self) -> bool:
        """Whether the run was told that open questions may go."""
        return "--drop-open-questions" in self.arguments


@dataclass
class World:
    """Everything there is. ``runs`` holds what ``run`` did, in order."""

    desk: Desk
    account: Account
    definitions: dict[str, Fields] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    number: int = 0

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.desk.root

    def next(self) -> int:
        """Return a number that was never used here."""
        self.number += 1
        return self.number

    def define(self, key: str, fields: Fields) -> None:
        """Write a definition; its name is its key."""
        self.definitions[key] = dict(fields)
        self.desk.project.define(key, **{"name": key, **fields})

    def withdraw(self, key: str) -> None:
        """Delete a definition."""
        del self.definitions[key]
        self.desk.project.remove(key)

    def stated(self) -> dict[str, Fields]:
        """Return what every definition states, secrets put in."""
        return {
            key: {"name": key, **{name: _resolved(value) for name, value in fields.items()}}
            for key, fields in self.definitions.items()
        }

    def named(self, name: str) -> list[Fields]:
        """Return the assistants of this name."""
        return [found for found in self.account.assistants.values() if found["name"] == name]

    def run(self, *arguments: str, troubles: Sequence[Trouble] = (), quick: bool = True) -> Run:
        """Run a command with ``--auto-approve``, one action at a time, and record it.

        ``quick`` gives up early on a service that stays silent.
        """
        options = ["--auto-approve", "--parallelism", "1"]
        if quick and any("silent" in trouble.kind for trouble in troubles):
            options += ["--timeout", str(IMPATIENT)]
        with self.recorded(*arguments, troubles=troubles) as ended:
            ended.append(self.desk.run(*arguments, *options))
        return self.runs[-1]

    @contextmanager
    def recorded(self, *arguments: str, troubles: Sequence[Trouble] = ()) -> Iterator[list[Result]]:
        """Record what a run does that the block makes; the block appends its result."""
        stated, earlier = self.stated(), len(self.account.changes)
        requests, folders = len(self.account.requests), set(self.folders())
        ended: list[Result] = []
        self.account.expect(troubles)
        yield ended
        self.account.wait_until(lambda: self.account.under_way == 0)
        self.account.expect(())
        new = [folder for folder in self.folders() if folder not in folders]
        self.runs.append(
            Run(
                arguments[0],
                arguments,
                ended[0],
                stated,
                tuple(self.account.changes[earlier:]),
                earlier,
                tuple(self.account.requests[requests:]),
                new[-1] if new else None,
                bool(troubles),
                self._restored(arguments),
            )
        )

    def folders(self) -> list[Path]:
        """Return the folders that runs left, in the order of their names."""
        return sorted(path for path in (self.root / _RUNS).glob("*") if path.is_dir())

    def _restored(self, arguments: tuple[str, ...]) -> Run | None:
        if arguments[0] != "rollback":
            return None
        return next(run for run in self.runs if run.folder and run.folder.name == arguments[1])


class _Clock:
    """Time that passes only where somebody waits: a wait of seconds is over at once."""

    gather = staticmethod(asyncio.gather)

    def __init__(self) -> None:
        self._now = 0.0

    def get_running_loop(self) -> _Clock:
        """Return what tells the time."""
        return self

    def time(self) -> float:
        """Return the seconds that were waited for so far."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self._now += seconds
        await asyncio.sleep(0)


@contextmanager
def swift() -> Iterator[None]:
    """Take the tool's own pauses away; what it does between them stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retry, "_FIRST_PAUSE_S", 0.001)
        patch.setattr(create, "_PAUSE_S", 0.001)
        patch.setattr(retry, "_LONGEST_SLOWDOWN_S", 0.01)
        patch.setattr(retry, "_FIRST_GAP_S", 0.001)
        patch.setattr(retry, "_LONGEST_GAP_S", 0.01)
        patch.setattr(retry, "PATIENCE_S", 0.3)
        patch.setattr(reader, "asyncio", _Clock())
        yield


def _resolved(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("${secret.HOOK}", SECRET)
    return copy.deepcopy(value)


@contextmanager
def world(habits: Habits | None = None) -> Iterator[World]:
    """Yield a new world: an empty project and an empty account."""
    root = Path(tempfile.mkdtemp(prefix="revox-sync-proof-"))
    try:
        (root / "assistants").mkdir()
        with serving(habits or Habits()) as account:
            desk = Desk(Project(root), account)
            desk.env["REVOX_SECRET_HOOK"] = SECRET
            with swift():
                yield World(desk, account)
    finally:
        shutil.rmtree(root)
