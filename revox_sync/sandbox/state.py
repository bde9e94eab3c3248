"""The sandbox's file: one SQLite database that several processes may use at once.

A connection lives as long as one transaction: nothing is held open between requests, so nothing
leaks and the file may be reset under a running server. Writers take the lock at once and others
wait for it, so a transaction never fails half-way for having read first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypedDict

from revox_sync.sandbox import catalogue
from revox_sync.sandbox.contract import Profile
from revox_sync.sandbox.documents import dump
from revox_sync.sandbox.errors import SandboxError

_APPLICATION_ID: Final = 0x52565853  # "RVXS" in the file's header: this is a sandbox's state
_VERSION: Final = 1
_WAIT_SECONDS: Final = 20.0
_NOWHERE: Final = ":memory:"
#: When the account, its user and its numbers came to be: the same for every new state.
_FOUNDED: Final = "2026-01-01T09:00:00.000000Z"

_TABLES = """
CREATE TABLE account (profile TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
CREATE TABLE assistants (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    listed INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;
CREATE TABLE phone_numbers (
    id TEXT PRIMARY KEY,
    inbound_assistant_id TEXT REFERENCES assistants (id) ON DELETE SET NULL,
    document BLOB NOT NULL
) STRICT;
"""


class Status(TypedDict):
    """What is in a sandbox's file; ``profile`` is None and the counts 0 when there is none."""

    database: str
    exists: bool
    profile: Profile | None
    assistants: int
    phone_numbers: int


def status(database: Path) -> Status:
    """Return what the file holds. Creates nothing; raises SandboxError for an unusable file."""
    found: Status = {
        "database": str(database),
        "exists": database.exists(),
        "profile": None,
        "assistants": 0,
        "phone_numbers": 0,
    }
    if found["exists"]:
        with _told(database), closing(_connect(database)) as connection:
            if _is_empty(database, connection):
                return found
            found["profile"] = connection.execute("SELECT profile FROM account").fetchone()[0]
            found["assistants"] = _count(connection, "SELECT count(*) FROM assistants")
            found["phone_numbers"] = _count(connection, "SELECT count(*) FROM phone_numbers")
    return found


def reset(database: Path) -> bool:
    """Delete the state, with what SQLite may keep beside it. Returns whether there was any."""
    existed = database.exists()
    try:
        for suffix in ("", "-journal", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise SandboxError(f"{database}: cannot be deleted ({error.strerror})") from error
    return existed


def check(database: Path, profile: Profile) -> None:
    """Raise SandboxError when a file is there that this profile cannot use. Creates nothing."""
    holds = status(database)["profile"]
    if holds not in (None, profile):
        raise _other_profile(database, str(holds), profile)


@contextmanager
def transaction(
    database: Path, profile: Profile, *, write: bool = False
) -> Iterator[sqlite3.Connection]:
    """Open the state, new if there is none, for one transaction; commit unless the body raises.

    Reading where there is no state yet sees a new one and leaves no file behind.
    """
    with _told(database):
        if write:
            database.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(database if write or database.exists() else _NOWHERE)) as connection:
            if _is_empty(database, connection):
                _create(database, connection, profile)
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            with connection:
                holds = connection.execute("SELECT profile FROM account").fetchone()[0]
                if holds != profile:
                    raise _other_profile(database, holds, profile)
                yield connection


def _connect(database: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=_WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _create(database: Path, connection: sqlite3.Connection, profile: Profile) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if not _is_empty(database, connection):
            return  # another process was first
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO account VALUES (?, ?)", (profile, _FOUNDED))
        connection.executemany(
            "INSERT INTO phone_numbers VALUES (?, NULL, ?)",
            [(number["id"], dump(number)) for number in catalogue.phone_numbers(_FOUNDED)],
        )
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _is_empty(database: Path, connection: sqlite3.Connection) -> bool:
    """Return whether nothing was stored yet; raise SandboxError when it is no state of ours."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) == (_APPLICATION_ID, _VERSION):
        return False
    if application or _count(connection, "SELECT count(*) FROM sqlite_master"):
        raise SandboxError(
            f"{database}: not a state that this version of the sandbox can read. "
            "Start over with `revox-sync sandbox reset`."
        )
    return True


def _count(connection: sqlite3.Connection, query: str) -> int:
    count: int = connection.execute(query).fetchone()[0]
    return count


def _other_profile(database: Path, holds: str, wanted: Profile) -> SandboxError:
    return SandboxError(
        f"{database}: holds an account of profile {holds}, not {wanted}. Use --profile {holds}, "
        "or start over with `revox-sync sandbox reset`."
    )


@contextmanager
def _told(database: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into words that name the file and the way on."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SandboxError(f"{database}: cannot be used ({error}).") from error
    except sqlite3.DatabaseError as error:
        raise SandboxError(
            f"{database}: not a sandbox's state, or damaged ({error}). "
            "Start over with `revox-sync sandbox reset`."
        ) from error
    except OSError as error:
        raise SandboxError(f"{database}: cannot be used ({error.strerror}).") from error
