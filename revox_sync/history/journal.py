"""The record of a run on disk: what every assistant was before, and every request.

A run is a folder ``.revox-sync/runs/RUN/``:

``run.json``            the account, and when the run began
``snapshots/KEY.json``  an assistant before the run's first write to it, and the fields written
``journal.jsonl``       a line per request and per outcome; no values, no key

Everything is on disk (fsync) before the request that it precedes is sent, so that a kill at any
moment leaves a run that can be read. Nothing sensitive is written.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from revox_sync import __version__
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.history.records import Records
from revox_sync.history.snapshot import redacted

FORMAT_VERSION = "1.0"

#: How many runs are kept; older ones are deleted when a new one begins.
KEPT_RUNS = 50

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
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
        self._target = target
        self._secrets = secrets
        self._folder: Path | None = None
        self._snapshots: set[str] = set()

    @property
    def name(self) -> str | None:
        """The run's name; None while nothing has been recorded."""
        return self._folder.name if self._folder else None

    def begin(self) -> None:
        """Make the run's folder, and delete runs that are older than the kept ones."""
        runs, names = self._records.folder, self._records.names
        make_private(runs.parent)
        _make_folder(runs)
        folder = runs / f"{self._records.next_number:06}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
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
            _make_folder(folder / "snapshots")
            write_atomically(folder / "run.json", json.dumps(header, indent=2) + "\n")
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._folder = folder
        for name in names[: max(0, len(names) + 1 - KEPT_RUNS)]:
            shutil.rmtree(runs / name, ignore_errors=True)

    def snapshot(
        self, action: Doing, definition: Definition | None, remote: Remote, fields: Sequence[str]
    ) -> None:
        """Record an assistant as it is, before its first write in this run."""
        if action.key in self._snapshots:
            return
        places = definition.secrets if definition is not None else frozenset()
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
        path = self._open_folder() / "snapshots" / f"{file_name(action.key)}.json"
        write_atomically(path, json.dumps(document, indent=2) + "\n")
        self._snapshots.add(action.key)

    def line(self, event: str, action: Doing, **members: Any) -> None:
        """Append a line to the journal and wait until it is on disk."""
        record = {"at": _now(), "event": event, "key": action.key, **members}
        path = self._open_folder() / "journal.jsonl"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE_FILE)
        try:
            before = os.fstat(descriptor).st_size
            text = json.dumps(record).encode() + b"\n"
            if os.write(descriptor, text) != len(text):
                os.ftruncate(descriptor, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _open_folder(self) -> Path:
        if self._folder is None:
            self.begin()
        assert self._folder is not None  # noqa: S101 - begin() sets it or raises
        return self._folder


def make_private(folder: Path) -> None:
    """Make the tool's own folder in a project, readable for its owner alone and never committed."""
    _make_folder(folder)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_atomically(ignore, "*\n")


def write_atomically(path: Path, text: str) -> None:
    """Write a private file whole or not at all, and wait until it is on disk."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _make_folder(path: Path) -> None:
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link, which is not followed")
    path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)


def _sync_folder(path: Path) -> None:
    if os.name == "nt":
        return  # folders cannot be opened there
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
