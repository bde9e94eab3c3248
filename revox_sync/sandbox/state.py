"""The sandbox's file: one SQLite database that several processes may use at once.

A connection lives as long as one transaction: nothing is held open between requests, so nothing
leaks and the file may be reset under a running server. Writers take the lock at once and others
wait for it, so a transaction never fails half-way for having read first.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypedDict

from revox_sync.sandbox import assistants
from revox_sync.sandbox.catalogue import Account, Document, new_account
from revox_sync.sandbox.contract import Profile
from revox_sync.sandbox.documents import dump
from revox_sync.sandbox.errors import SandboxError

_APPLICATION_ID: Final = 0x52565853  # "RVXS" in the file's header: this is a sandbox's state
_VERSION: Final = 2
_WAIT_SECONDS: Final = 20.0
_NOWHERE: Final = ":memory:"

_TABLES = """
CREATE TABLE account (profile TEXT NOT NULL, user BLOB NOT NULL) STRICT;
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
CREATE TABLE campaigns (document BLOB NOT NULL) STRICT;
"""


class Status(TypedDict):
    """What is in a sandbox's file; ``profile`` is None and the counts 0 when there is none."""

    database: str
    exists: bool
    profile: Profile | None
    assistants: int
    phone_numbers: int
    campaigns: int


def status(database: Path) -> Status:
    """Return what the file holds. Creates nothing; raises SandboxError for an unusable file."""
    found: Status = {
        "database": str(database),
        "exists": database.exists(),
        "profile": None,
        "assistants": 0,
        "phone_numbers": 0,
        "campaigns": 0,
    }
    if found["exists"]:
        with _told(database), closing(_connect(database)) as connection:
            connection.execute("BEGIN")  # all that is read is of one moment
            if _is_empty(database, connection):
                return found
            found["profile"] = connection.execute("SELECT profile FROM account").fetchone()[0]
            found["assistants"] = _count(connection, "SELECT count(*) FROM assistants")
            found["phone_numbers"] = _count(connection, "SELECT count(*) FROM phone_numbers")
            found["campaigns"] = _count(connection, "SELECT count(*) FROM campaigns")
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


def fill(database: Path, profile: Profile, account: Account) -> None:
    """Put the account in place of all that the file holds, in one transaction.

    A file that cannot be used is deleted first. Raises SandboxError when the place cannot hold one.
    """
    try:
        status(database)
    except SandboxError:
        reset(database)
    with _told(database):
        _make_place(database)
        with closing(_connect(database)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                if _is_empty(database, connection):
                    _create_tables(connection)
                for table in ("phone_numbers", "campaigns", "assistants", "account"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of the above
                _insert(connection, profile, account)


def insert_assistant(connection: sqlite3.Connection, document: Document) -> None:
    """Add an assistant behind those that are there."""
    connection.execute(
        "INSERT INTO assistants (id, listed, document) VALUES (?, ?, ?)",
        (document["id"], assistants.is_listed(document), dump(document)),
    )


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
            _make_place(database)
        with closing(_connect(database if write or database.exists() else _NOWHERE)) as connection:
            connection.execute("BEGIN")  # another process may begin a state between two reads
            with connection:
                is_empty = _is_empty(database, connection)
            if is_empty:
                _create(database, connection, profile)
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            with connection:
                holds = connection.execute("SELECT profile FROM account").fetchone()[0]
                if holds != profile:
                    raise _other_profile(database, holds, profile)
                yield connection


def _make_place(database: Path) -> None:
    """Make the file for its owner alone: what it holds may be a copy of an account.

    A hidden folder is the project's own, and git never sees what is in it.
    """
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ignore = database.with_name(".gitignore")
    if database.parent.name.startswith(".") and not os.path.lexists(ignore):
        ignore.write_text("*\n", encoding="utf-8")
        ignore.chmod(0o600)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(database, flags, 0o600))


def _connect(database: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=_WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _create(database: Path, connection: sqlite3.Connection, profile: Profile) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if not _is_empty(database, connection):
            return  # another process was first
        _create_tables(connection)
        _insert(connection, profile, new_account(profile))


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _insert(connection: sqlite3.Connection, profile: Profile, account: Account) -> None:
    connection.execute("INSERT INTO account VALUES (?, ?)", (profile, dump(account.user)))
    for assistant in account.assistants:
        insert_assistant(connection, assistant)
    connection.executemany(
        "INSERT INTO phone_numbers VALUES (?, ?, ?)",
        [
            (number["id"], answered_by, dump(number))
            for number, answered_by in account.phone_numbers
        ],
    )
    connection.executemany(
        "INSERT INTO campaigns VALUES (?)", [(dump(campaign),) for campaign in account.campaigns]
    )


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
