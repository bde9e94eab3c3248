"""A project, an account, and everything that was done to both."""

from __future__ import annotations

import copy
import random
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from proof.account import Account, Change, Clock, Special, Trouble, serving
from proof.choices import IMPATIENT, Fields
from support.cli import LIMIT, Result
from support.desk import Desk
from support.project import Project
from support.service import Habits, Recorded

from revox_sync.account import reader, retry, transport
from revox_sync.apply import replace as changing
from revox_sync.history import runs

SECRET = "hush-7f3aKq9c41Zd2"
_STATE = Path(".revox-sync")
_RUNS = _STATE / "runs"

#: How long a run looks for what reads do not show, unless it is told otherwise, in seconds.
_SETTLE_S = 10.0

Retire = Literal["delete", "keep"]


@dataclass(frozen=True)
class Run:
    """One run of the command line and all that it brought about.

    ``stated`` are the fields of every definition as they stood, secrets put in; ``changes`` what
    happened in the account meanwhile, ``earlier`` how much of its history lies before.
    ``folder`` is where the run keeps what it replaced; None without one. ``began`` and ``ended``
    are seconds by the account's clock, ``lag`` those by which reads lagged. ``slowed`` are the
    requests that met a rate limit, ``short`` says how many lists lacked something. ``retire`` says
    what becomes of an assistant that a new one replaces; None where it is changed in place.
    ``here`` tells the machine, and ``known`` holds the ids in its journals when the run began.
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
    began: float
    ended: float
    lag: float
    slowed: Sequence[Recorded]
    short: int
    retire: Retire | None
    here: bool
    known: str
    restored: Run | None = None

    @property
    def writes(self) -> list[Change]:
        """What the tool changed."""
        return [change for change in self.changes if change.by == "tool"]

    @property
    def settle(self) -> float:
        """How many seconds the run looks for what reads do not show yet."""
        return 0.0 if "--settle" in self.arguments else _SETTLE_S

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
    retire: Retire | None = None
    here: bool = True

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.desk.root

    def next(self) -> int:
        """Return a number that was never used here."""
        self.number += 1
        return self.number

    def recreate(self, retire: Retire) -> None:
        """Let a new assistant take an old one's place wherever one differs."""
        self.retire = retire
        self.desk.project.write("revox-sync.yaml", f"replace: recreate\nretire: {retire}\n")

    def define(self, key: str, fields: Fields) -> None:
        """Write a definition; its name is its key. One that is bound stays so."""
        self.bind(key, self.bound(key), fields)

    def bind(self, key: str, identity: str | None, fields: Fields | None = None) -> None:
        """Bind a definition to an assistant, or to none."""
        stated = dict(self.definitions[key] if fields is None else fields)
        self.definitions[key] = stated
        bound = {"sync": {"id": identity}} if identity else {}
        self.desk.project.define(key, **{"name": key, **stated, **bound})

    def bound(self, key: str) -> str | None:
        """Return the id that a definition is bound to; the tool may have written it."""
        path = self.root / f"assistants/{key}.yaml"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found = re.search(r'^sync:.*?\bid"?:\s*"?([\w-]+)', text, re.MULTILINE | re.DOTALL)
        return found[1] if found else None

    def go_to_another_machine(self) -> None:
        """Go on in another clone, which has the same definitions and its own journals."""
        there, aside = (self.root.with_name(self.root.name + end) for end in ("-there", "-aside"))
        for origin, target in ((self.root / _STATE, aside), (there, self.root / _STATE)):
            if origin.exists():
                origin.rename(target)
        if aside.exists():
            aside.rename(there)
        self.here = not self.here

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

    def kill(self, trouble: Trouble, *options: str) -> Run:
        """Apply in a process of its own, and kill that when a request meets the trouble."""
        options = (*options, "--auto-approve", "--parallelism", "1", "--settle", "0")

        def kill() -> None:
            process.kill()

        reaction = Special(acts=trouble.reaction.acts, kill=kill)
        deadly = replace(trouble, reaction=reaction)
        with self.recorded("apply", *options, troubles=[deadly]) as ended:
            process = self.desk.start("apply", *options)
            out, err = process.communicate(timeout=LIMIT)
            ended.append(Result(process.returncode, out, err))
        return self.runs[-1]

    @contextmanager
    def recorded(self, *arguments: str, troubles: Sequence[Trouble] = ()) -> Iterator[list[Result]]:
        """Record what a run does that the block makes; the block appends its result."""
        account = self.account
        stated, earlier, began = self.stated(), len(account.changes), account.now()
        slowed, short = len(account.slowed), len(account.short)
        requests, folders = len(self.account.requests), set(self.folders())
        known = self._known()
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
                began,
                account.now(),
                account.lagging,
                tuple(account.slowed[slowed:]),
                len(account.short) - short,
                self.retire,
                self.here,
                known,
                self._restored(arguments),
            )
        )

    def folders(self) -> list[Path]:
        """Return the folders that runs left, in the order of their names."""
        return sorted(path for path in (self.root / _RUNS).glob("*") if path.is_dir())

    def _known(self) -> str:
        journals = (self.root / _RUNS).glob("*/journal.jsonl")
        return "".join(path.read_text(encoding="utf-8") for path in journals)

    def _restored(self, arguments: tuple[str, ...]) -> Run | None:
        if arguments[0] != "rollback":
            return None
        own = [run for run in self.runs if run.here == self.here and run.folder is not None]
        return next(run for run in own if run.folder and run.folder.name == arguments[1])


@contextmanager
def swift(clock: Clock) -> Iterator[None]:
    """Take the tool's own pauses away; what it does between them stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retry, "time", clock)
        # How long ago a run was, a busy machine would say differently each time.
        patch.setattr(runs, "_seconds_since", lambda _: 0.0)
        patch.setattr(transport, "random", random.Random(0))  # noqa: S311 - no secret
        for module in (reader, changing, retry, transport):
            patch.setattr(module, "asyncio", clock)
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
            with swift(account.clock):
                yield World(desk, account)
    finally:
        shutil.rmtree(root)
        shutil.rmtree(root.with_name(root.name + "-there"), ignore_errors=True)
