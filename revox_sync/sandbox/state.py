"""The account behind the sandbox: one SQLite file that several processes may use at once.

Each call is one transaction, and a connection lives as long as that: nothing is held open between
requests, so nothing leaks and the file may be reset under a running server. Writers take the lock
at once and others wait for it, so a transaction never fails half-way for having read first.

An assistant is stored in the very bytes that answer a request, so listing a thousand of them is one
query and one join.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from revox_sync.sandbox import SandboxError, assistants
from revox_sync.sandbox.catalogue import KINDS, Contents, Document, creator, new_account
from revox_sync.sandbox.contract import Profile, assistant_members

_APPLICATION_ID: Final = 0x52565853  # "RVXS" in the file's header: this is a sandbox's state
_VERSION: Final = 4
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
CREATE TABLE calls (document BLOB NOT NULL) STRICT;
CREATE TABLE voices (document BLOB NOT NULL) STRICT;
"""

_COUNTS = ", ".join(f"(SELECT count(*) FROM {kind})" for kind in KINDS)  # noqa: S608 - fixed


class Holding(NamedTuple):
    """What is in a sandbox's file; ``profile`` is None and the counts 0 when there is none."""

    database: Path
    exists: bool
    profile: Profile | None
    assistants: int
    phone_numbers: int
    campaigns: int
    calls: int
    voices: int


def status(database: Path) -> Holding:
    """Return what the file holds. Creates nothing; raises SandboxError for an unusable file."""
    exists = database.exists()
    held: tuple[Any, ...] = (None, *[0] * len(KINDS))
    if exists:
        with _told(database), closing(_connect(database)) as connection:
            connection.execute("BEGIN")  # all that is read is of one moment
            if not _is_empty(database, connection):
                query = f"SELECT profile, {_COUNTS} FROM account"  # noqa: S608 - fixed
                held = connection.execute(query).fetchone()
    return Holding(database, exists, *held)


def reset(database: Path) -> None:
    """Delete the state, with what SQLite may keep beside it."""
    try:
        for suffix in ("", "-journal", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise SandboxError(f"{database}: cannot be deleted ({error.strerror})") from error


def fill(database: Path, profile: Profile, account: Contents) -> None:
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
                for table in ("account", *reversed(KINDS)):  # numbers before their assistants
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of the above
                _insert(connection, profile, account)


def dump(document: Any) -> bytes:
    """Return a value as compact JSON, ready to be an answer."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


class UnknownIdError(LookupError):
    """Nothing in the account has the id; ``kind`` says what was looked for."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"there is no {kind} with this id")


class Store:
    """One account in one file. Cheap to make: the file is opened, or created, at the first call."""

    def __init__(self, database: Path, profile: Profile) -> None:
        self._database = database
        self._profile: Profile = profile

    def check(self) -> None:
        """Raise SandboxError when the file is there and cannot be used."""
        holds = status(self._database).profile
        if holds not in (None, self._profile):
            raise _other_profile(self._database, str(holds), self._profile)

    def list_assistants(self) -> list[bytes]:
        """Return the assistants that the list shows, oldest first (assumed), as JSON."""
        with self._transaction() as state:
            query = "SELECT document FROM assistants WHERE listed ORDER BY position"
            return [row[0] for row in state.execute(query)]

    def assistant(self, identity: str) -> bytes:
        """Return one assistant as JSON; raises UnknownIdError."""
        with self._transaction() as state:
            return _document(state, identity)

    def add_assistant(self, request: Document) -> bytes:
        """Create an assistant from a body that conforms; return it as JSON."""
        with self._transaction(write=True) as state:
            document = assistants.created(
                request, members=self._members, profile=self._profile, owner=_owner(state)
            )
            _insert_assistant(state, document)
        return dump(document)

    def clone_assistant(self, identity: str) -> bytes:
        """Copy an assistant; return the copy as JSON; raises UnknownIdError."""
        with self._transaction(write=True) as state:
            source = json.loads(_document(state, identity))
            document = assistants.cloned(source, owner=_owner(state))
            _insert_assistant(state, document)
        return dump(document)

    def change_assistant(self, identity: str, request: Document) -> bytes:
        """Apply a PATCH; return the assistant as JSON; raises UnknownIdError."""
        with self._transaction(write=True) as state:
            before = json.loads(_document(state, identity))
            document = assistants.patched(before, request, profile=self._profile)
            stored = dump(document)
            state.execute(
                "UPDATE assistants SET document = ?, listed = ? WHERE id = ?",
                (stored, assistants.is_listed(document), identity),
            )
        return stored

    def remove_assistant(self, identity: str) -> None:
        """Delete an assistant and the links of numbers to it; raises UnknownIdError.

        Campaigns keep its id (assumed).
        """
        with self._transaction(write=True) as state:
            if not state.execute("DELETE FROM assistants WHERE id = ?", (identity,)).rowcount:
                raise UnknownIdError("assistant")

    def phone_numbers(self) -> list[Document]:
        """Return the numbers, each with the assistant that answers it."""
        with self._transaction() as state:
            return [_number(row) for row in state.execute(f"{_NUMBERS} ORDER BY numbers.rowid")]

    def change_phone_number(self, identity: str, request: Document) -> Document:
        """Apply a PATCH to a number; raises UnknownIdError, for the assistant it names too."""
        with self._transaction(write=True) as state:
            stored = _number_row(state, identity)[0]
            if "inbound_assistant_id" in request:
                wanted = request["inbound_assistant_id"]
                if wanted is not None:
                    _document(state, wanted)
                link = "UPDATE phone_numbers SET inbound_assistant_id = ? WHERE id = ?"
                state.execute(link, (wanted, identity))
            if "label" in request:
                document = dump({**json.loads(stored), "label": request["label"]})
                label = "UPDATE phone_numbers SET document = ? WHERE id = ?"
                state.execute(label, (document, identity))
            return _number(_number_row(state, identity))

    def documents(self, kind: Literal["campaigns", "calls", "voices"]) -> list[bytes]:
        """Return what requests cannot change, as JSON."""
        with self._transaction() as state:
            query = f"SELECT document FROM {kind} ORDER BY rowid"  # noqa: S608 - one of the above
            return [row[0] for row in state.execute(query)]

    def user(self) -> Document:
        """Return the account's one user."""
        with self._transaction() as state:
            return _user(state)

    @cached_property
    def _members(self) -> list[str]:
        return assistant_members(self._profile)

    @contextmanager
    def _transaction(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the state, new if there is none, for one transaction; commit unless the body raises.

        Reading where there is no state yet sees a new one and leaves no file behind.
        """
        database, profile = self._database, self._profile
        with _told(database):
            if write:
                _make_place(database)
            with closing(
                _connect(database if write or database.exists() else _NOWHERE)
            ) as connection:
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


_NUMBERS = """
    SELECT numbers.document, assistants.document FROM phone_numbers AS numbers
    LEFT JOIN assistants ON assistants.id = numbers.inbound_assistant_id
"""


def _number_row(state: sqlite3.Connection, identity: str) -> tuple[Any, Any]:
    row: tuple[Any, Any] | None = state.execute(
        f"{_NUMBERS} WHERE numbers.id = ?", (identity,)
    ).fetchone()
    if row is None:
        raise UnknownIdError("phone number")
    return row


def _number(row: tuple[Any, Any]) -> Document:
    number, assistant = row
    return {
        **json.loads(number),
        "inbound_assistant": None if assistant is None else json.loads(assistant),
    }


def _document(state: sqlite3.Connection, identity: str) -> bytes:
    query = "SELECT document FROM assistants WHERE id = ?"
    row: tuple[bytes] | None = state.execute(query, (identity,)).fetchone()
    if row is None:
        raise UnknownIdError("assistant")
    return row[0]


def _user(state: sqlite3.Connection) -> Document:
    user: Document = json.loads(state.execute("SELECT user FROM account").fetchone()[0])
    return user


def _owner(state: sqlite3.Connection) -> Document:
    who = _user(state)
    return {"organization_id": who["organization_id"], "created_by": creator(who)}


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


def _insert_assistant(connection: sqlite3.Connection, document: Document) -> None:
    """Add an assistant behind those that are there."""
    connection.execute(
        "INSERT INTO assistants (id, listed, document) VALUES (?, ?, ?)",
        (document["id"], assistants.is_listed(document), dump(document)),
    )


def _insert(connection: sqlite3.Connection, profile: Profile, account: Contents) -> None:
    connection.execute("INSERT INTO account VALUES (?, ?)", (profile, dump(account.user)))
    for assistant in account.assistants:
        _insert_assistant(connection, assistant)
    connection.executemany(
        "INSERT INTO phone_numbers VALUES (?, ?, ?)",
        [
            (number["id"], answered_by, dump(number))
            for number, answered_by in account.phone_numbers
        ],
    )
    for kind in ("campaigns", "calls", "voices"):
        rows = [(dump(document),) for document in getattr(account, kind)]
        connection.executemany(f"INSERT INTO {kind} VALUES (?)", rows)  # noqa: S608 - as above


def _is_empty(database: Path, connection: sqlite3.Connection) -> bool:
    """Return whether nothing was stored yet; raise SandboxError when it is no state of ours."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) == (_APPLICATION_ID, _VERSION):
        return False
    if application or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise SandboxError(
            f"{database}: not a state that this version of the sandbox can read. "
            "Start over with `revox-sync sandbox reset`."
        )
    return True


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
