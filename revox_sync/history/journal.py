"""The record of a run on disk: what every assistant was before, and every request.

A run is a folder ``.revox-sync/runs/RUN/``:

``run.json``            the account, and when the run began
``snapshots/KEY.json``  an assistant before the run's first write to it, and the fields written; of
                        a second assistant of the key, ``KEY~2.json``
``journal.jsonl``       a line per request and per outcome; no values, no key

A request leaves when its line and its snapshot are on disk (fsync). Syncs run beside the event
loop, and lines that wait at the same moment share one: a sync per line would cost more than a
hundred creates take.

What comes after an answer (``created``, ``outcome``) is synced too, but nobody waits for it. This
is safe. The file only grows, and a sync brings all earlier lines to disk, so a power cut takes
lines from its end alone, and no request left after those. What stays is a record that ends with a
request and no answer, as a kill between the two leaves it: the next run looks for what became of
it, and rollback says that it is not known. So each moment of a power cut is one of a kill:

- before the sync of a ``sending`` line: nothing was sent, whether the line is there or not;
- after it: the line is there, with its snapshot, and the account tells what became of the request;
- after the answer: the line of the answer is there, or this is the case above. Before a run says
  how it ended, all of its lines are on disk.

A recreate waits for the lines before and after it writes a new id into a definition, because a
change of a file is no request.

Nothing sensitive is written.

A record says what this tool sent from this machine. What came with a checkout says nothing of the
kind, so what git tracks is no record, nor is what a link leads to. A folder that was named on the
command line, such as a pipeline's artifact, is read as it is.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from revox_sync import __version__
from revox_sync.account.remote import Remote, Target
from revox_sync.definitions.definition import Definition
from revox_sync.errors import SetupError, UsageError
from revox_sync.files.transaction import STATE, State
from revox_sync.history.snapshot import redacted
from revox_sync.records import dataclass

FORMAT_VERSION = "1.0"

#: How many runs are kept; older ones are deleted when a new one begins.
KEPT_RUNS = 50

_LONGEST_NAME = 200


_LABEL = f"{STATE}/runs"

_RUN = re.compile(r"\d{6}-\d{8}T\d{6}Z")
#: The highest number that a run is given, and shares where it was given before.
_LAST = 999_998


@dataclass(frozen=True, slots=True)
class Records:
    """The runs recorded in ``folder``: their names, oldest first.

    ``label`` is the folder as messages name it; ``ignored`` says what is there and not read.
    """

    folder: Path
    label: str
    names: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def own_records(project: Path, environ: Mapping[str, str]) -> Records:
    """Return the runs of a project that this machine recorded; ``environ`` is git's environment.

    Where git cannot tell what it tracks, there are none.
    """
    folder = project / STATE / "runs"
    for place, label in ((folder.parent, STATE), (folder, _LABEL)):
        if place.is_symlink():
            return Records(folder, _LABEL, (), (f"{label} is a link, and is not followed",))
    names = _names(folder)
    if not names:
        return Records(folder, _LABEL)
    from revox_sync.files.git import tracked

    try:
        found = tracked(project, environ, STATE)
    except SetupError as error:
        why = f"{_LABEL} is not read, because git cannot tell whether it tracks it: {error}"
        return Records(folder, _LABEL, (), (why,))
    foreign = {path.casefold() for path in found}
    kept, ignored = [], []
    for name in names:
        if (folder / name).is_symlink():
            ignored.append(f"{_LABEL}/{name} is a link, and is not followed")
        elif any(_touch(f"{_LABEL}/{name}".casefold(), path) for path in foreign):
            ignored.append(f"{_LABEL}/{name}: git tracks it, so this machine did not record it")
        else:
            kept.append(name)
    return Records(folder, _LABEL, tuple(kept), tuple(ignored))


def is_recent(project: Path, seconds: float) -> bool:
    """Whether a run of a project wrote something in the last ``seconds``, at a glance."""
    folder = project / STATE / "runs"
    names = _names(folder)
    try:
        written = (folder / names[-1] / "journal.jsonl").lstat().st_mtime if names else -math.inf
    except OSError:
        return False
    return time.time() - written < seconds


def records_in(folder: Path) -> Records:
    """Return the runs in a folder that was named. Raises UsageError where there are none."""
    names = [name for name in _names(folder) if not (folder / name).is_symlink()]
    if not names:
        raise UsageError(
            f"no run is recorded in {folder}",
            hint="name the folder that holds the folders of runs, such as 000001-20260131T120000Z",
        )
    return Records(folder, str(folder), tuple(names))


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def _names(folder: Path) -> list[str]:
    try:
        names = [entry.name for entry in folder.iterdir() if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    # Their numbers order them, whatever the clock did.
    return sorted(name for name in names if _RUN.fullmatch(name) and _number(name) <= _LAST)


def _touch(run: str, path: str) -> bool:
    """Whether a tracked path is the run's folder, or lies in or around it."""
    return f"{path}/".startswith(f"{run}/") or f"{run}/".startswith(f"{path}/")


class Doing(Protocol):
    """What is done for one definition, as a plan names it."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def action(self) -> str: ...  # noqa: D102


class Journal:
    """Writes the record of one run. Methods raise OSError when the disk does not take it.

    A sync that failed says of no line whether it is on disk, and the next one would not tell
    either: from then on every line fails that has to wait for one.
    """

    def __init__(
        self, records: Records, target: Target, secrets: AbstractSet[str] = frozenset()
    ) -> None:
        """Record a run against ``target`` after those of ``records``.

        ``secrets`` are values that are never written down.
        """
        self._records = records
        self._state = State(records.folder.parent.parent)
        self._target = target
        self._secrets = secrets
        self._name: str | None = None
        self._snapshots: dict[str, set[str]] = {}
        self._one_sync = asyncio.Lock()
        self._next_sync: asyncio.Task[None] | None = None
        self._failed: OSError | None = None

    @property
    def name(self) -> str | None:
        """The run's name; None while nothing has been recorded."""
        return self._name

    def _begun(self) -> str:
        """Make the run's folder, and delete runs that are older than the kept ones."""
        runs, names = self._records.folder, self._records.names
        number = min(_number(names[-1]) + 1, _LAST) if names else 1
        name = f"{number:06}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        header = {
            "format_version": FORMAT_VERSION,
            "tool": f"revox-sync {__version__}",
            "base_url": self._target.base_url,
            "organization_id": self._target.organization_id,
            "profile": self._target.profile,
            "environment": self._target.environment,
            "began_at": _now(),
        }
        try:
            self._state.make(f"runs/{name}/snapshots")
            self._state.write(f"runs/{name}/run.json", json.dumps(header, indent=2) + "\n")
            self._state.write(f"runs/{name}/journal.jsonl", "")  # its place is on disk, too
        except OSError:
            if not runs.is_symlink():
                shutil.rmtree(runs / name, ignore_errors=True)
            raise
        self._name = name
        for old in names[: max(0, len(names) + 1 - KEPT_RUNS)]:
            shutil.rmtree(runs / old, ignore_errors=True)
        return name

    async def snapshot(
        self, action: Doing, definition: Definition | None, remote: Remote, fields: Sequence[str]
    ) -> None:
        """Record an assistant as it is, before its first write; return when that is on disk."""
        taken = self._snapshots.setdefault(action.key, set())
        if remote.id in taken:
            return
        places = definition.secret_places if definition is not None else frozenset()
        data, masked = redacted(remote.data, places, self._secrets)
        document = {
            "format_version": FORMAT_VERSION,
            "key": action.key,
            "name": action.name,
            "id": remote.id,
            "action": action.action,
            "fields": sorted(fields),
            "sensitive": [list(path) for path in masked],
            "secrets": sorted((list(path) for path in places), key=str),
            "taken_at": _now(),
            "remote": data,
        }
        name = file_name(action.key) + (f"~{len(taken) + 1}" if taken else "")
        path = f"runs/{self._name or self._begun()}/snapshots/{name}.json"
        await asyncio.to_thread(self._state.write, path, json.dumps(document, indent=2) + "\n")
        taken.add(remote.id)

    async def line(self, event: str, action: Doing, **members: Any) -> None:
        """Append a line to the journal; return when it is on disk, with all before it."""
        self.note(event, action, **members)
        await self.synced()

    def note(self, event: str, action: Doing, **members: Any) -> None:
        """Append a line to the journal, which is on disk soon, or with the next line."""
        record = {"at": _now(), "event": event, "key": action.key, **members}
        self._state.append(f"runs/{self._name or self._begun()}/journal.jsonl", json.dumps(record))
        self._sync_soon()

    async def synced(self) -> None:
        """Return when every line is on disk."""
        if self._name is not None:
            await asyncio.shield(self._sync_soon())
        if self._failed is not None:
            raise OSError(*self._failed.args)

    def _sync_soon(self) -> asyncio.Task[None]:
        """Return the sync that brings all lines to disk which are written before it begins."""
        if self._next_sync is None:
            self._next_sync = asyncio.get_running_loop().create_task(self._sync())
        return self._next_sync

    async def _sync(self) -> None:
        async with self._one_sync:
            self._next_sync = None  # what is written from here on needs another one
            try:
                await asyncio.to_thread(self._state.sync, f"runs/{self._name}/journal.jsonl")
            except OSError as error:
                self._failed = error


def file_name(key: str) -> str:
    """Return a key as one file name; distinct keys stay distinct."""
    name = "".join(
        character if character.isalnum() or character in "-_." else f"%{ord(character):x}%"
        for character in key
    )
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    return f"{name[:40]}-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
