"""The record of a run on disk: what every assistant was before, and every request.

A run is a folder ``.revox-sync/runs/RUN/``:

``run.json``            the account, and when the run began
``snapshots/KEY.json``  an assistant before the run's first write to it, and the fields written; of
                        a second assistant of the key, ``KEY~2.json``
``journal.jsonl``       a line per request and per outcome; no values, no key

Everything is on disk (fsync) before the request that it precedes is sent, so that a kill at any
moment leaves a run that can be read. Nothing sensitive is written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from revox_sync import __version__
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.files.transaction import State
from revox_sync.history.records import Records
from revox_sync.history.snapshot import redacted

FORMAT_VERSION = "1.0"

#: How many runs are kept; older ones are deleted when a new one begins.
KEPT_RUNS = 50

_LONGEST_NAME = 200


class Account(Protocol):
    """The account that a run writes to, as a plan names it."""

    @property
    def base_url(self) -> str: ...  # noqa: D102
    @property
    def organization_id(self) -> str | None: ...  # noqa: D102
    @property
    def profile(self) -> str: ...  # noqa: D102
    @property
    def environment(self) -> str | None: ...  # noqa: D102


class Doing(Protocol):
    """What is done for one definition, as a plan names it."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def action(self) -> str: ...  # noqa: D102


class Journal:
    """Writes the record of one run. Methods raise OSError when the disk does not take it."""

    def __init__(
        self, records: Records, target: Account, secrets: AbstractSet[str] = frozenset()
    ) -> None:
        """Record a run against ``target`` after those of ``records``.

        ``secrets`` are values that are never written down.
        """
        self._records = records
        self._state = State(records.folder.parent.parent)
        self._target = target
        self._secrets = secrets
        self._folder: Path | None = None
        self._snapshots: dict[str, set[str]] = {}

    @property
    def name(self) -> str | None:
        """The run's name; None while nothing has been recorded."""
        return self._folder.name if self._folder else None

    def begin(self) -> None:
        """Make the run's folder, and delete runs that are older than the kept ones."""
        runs, names = self._records.folder, self._records.names
        name = f"{self._records.next_number:06}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
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
        except OSError:
            if not runs.is_symlink():
                shutil.rmtree(runs / name, ignore_errors=True)
            raise
        self._folder = runs / name
        for name in names[: max(0, len(names) + 1 - KEPT_RUNS)]:
            shutil.rmtree(runs / name, ignore_errors=True)

    def snapshot(
        self, action: Doing, definition: Definition | None, remote: Remote, fields: Sequence[str]
    ) -> None:
        """Record an assistant as it is, before its first write in this run."""
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
        path = f"runs/{self._open_run()}/snapshots/{name}.json"
        self._state.write(path, json.dumps(document, indent=2) + "\n")
        taken.add(remote.id)

    def line(self, event: str, action: Doing, **members: Any) -> None:
        """Append a line to the journal and wait until it is on disk."""
        record = {"at": _now(), "event": event, "key": action.key, **members}
        self._state.append(f"runs/{self._open_run()}/journal.jsonl", json.dumps(record))

    def _open_run(self) -> str:
        if self._folder is None:
            self.begin()
        assert self._folder is not None  # noqa: S101 - begin() sets it or raises
        return self._folder.name


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
