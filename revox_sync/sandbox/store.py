"""The account behind the sandbox: assistants and phone numbers, as JSON ready to be sent.

Each call is one transaction. An assistant is stored in the very bytes that answer a request, so
listing a thousand of them is one query and one join.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from revox_sync.sandbox import assistants, catalogue
from revox_sync.sandbox.catalogue import Document
from revox_sync.sandbox.contract import Profile, assistant_members
from revox_sync.sandbox.documents import dump, load
from revox_sync.sandbox.state import check, insert_assistant, transaction


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
        check(self._database, self._profile)

    def list_assistants(self) -> list[bytes]:
        """Return the assistants that the list shows, oldest first (assumed), as JSON."""
        with transaction(self._database, self._profile) as state:
            query = "SELECT document FROM assistants WHERE listed ORDER BY position"
            return [row[0] for row in state.execute(query)]

    def assistant(self, identity: str) -> bytes:
        """Return one assistant as JSON; raises UnknownIdError."""
        with transaction(self._database, self._profile) as state:
            return _document(state, identity)

    def find(self, wanted: str) -> list[str]:
        """Return the ids of the assistants with this id or this name, hidden ones too."""
        with transaction(self._database, self._profile) as state:
            rows = state.execute("SELECT id, document FROM assistants ORDER BY position")
            return [row[0] for row in rows if wanted in (row[0], load(row[1])["name"])]

    def add_assistant(self, request: Document) -> bytes:
        """Create an assistant from a body that conforms; return it as JSON."""
        with transaction(self._database, self._profile, write=True) as state:
            document = assistants.created(
                request, members=self._members, profile=self._profile, owner=_owner(state)
            )
            insert_assistant(state, document)
        return dump(document)

    def clone_assistant(self, identity: str) -> bytes:
        """Copy an assistant; return the copy as JSON; raises UnknownIdError."""
        with transaction(self._database, self._profile, write=True) as state:
            source = load(_document(state, identity))
            document = assistants.cloned(source, owner=_owner(state))
            insert_assistant(state, document)
        return dump(document)

    def change_assistant(self, identity: str, request: Document) -> bytes:
        """Apply a PATCH; return the assistant as JSON; raises UnknownIdError."""
        return self._edit(
            identity, lambda document: assistants.patched(document, request, profile=self._profile)
        )

    def raise_question(self, assistant_id: str, question: str) -> str:
        """Leave an open FAQ question, as a call does; return the item's id.

        Raises UnknownIdError. The item waits for a human answer, and a PATCH with ``faq_items``
        drops it.
        """
        stored = self._edit(assistant_id, lambda d: assistants.with_question(d, question))
        item: str = load(stored)["faq_items"][-1]["id"]
        return item

    def remove_assistant(self, identity: str) -> None:
        """Delete an assistant and the links of numbers to it; raises UnknownIdError.

        Campaigns keep its id (assumed).
        """
        with transaction(self._database, self._profile, write=True) as state:
            if not state.execute("DELETE FROM assistants WHERE id = ?", (identity,)).rowcount:
                raise UnknownIdError("assistant")

    def phone_numbers(self) -> list[Document]:
        """Return the numbers, each with the assistant that answers it."""
        with transaction(self._database, self._profile) as state:
            return [_number(row) for row in state.execute(f"{_NUMBERS} ORDER BY numbers.rowid")]

    def change_phone_number(self, identity: str, request: Document) -> Document:
        """Apply a PATCH to a number; raises UnknownIdError, for the assistant it names too."""
        with transaction(self._database, self._profile, write=True) as state:
            stored = _number_row(state, identity)[0]
            if "inbound_assistant_id" in request:
                wanted = request["inbound_assistant_id"]
                if wanted is not None:
                    _document(state, wanted)
                link = "UPDATE phone_numbers SET inbound_assistant_id = ? WHERE id = ?"
                state.execute(link, (wanted, identity))
            if "label" in request:
                document = dump({**load(stored), "label": request["label"]})
                label = "UPDATE phone_numbers SET document = ? WHERE id = ?"
                state.execute(label, (document, identity))
            return _number(_number_row(state, identity))

    def campaigns(self) -> list[bytes]:
        """Return the campaigns as JSON."""
        with transaction(self._database, self._profile) as state:
            query = "SELECT document FROM campaigns ORDER BY rowid"
            return [row[0] for row in state.execute(query)]

    def user(self) -> Document:
        """Return the account's one user."""
        with transaction(self._database, self._profile) as state:
            return _user(state)

    @cached_property
    def _members(self) -> list[str]:
        return assistant_members(self._profile)

    def _edit(self, identity: str, edit: Callable[[Document], Document]) -> bytes:
        with transaction(self._database, self._profile, write=True) as state:
            document = edit(load(_document(state, identity)))
            stored = dump(document)
            state.execute(
                "UPDATE assistants SET document = ?, listed = ? WHERE id = ?",
                (stored, assistants.is_listed(document), identity),
            )
        return stored


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
    return {**load(number), "inbound_assistant": None if assistant is None else load(assistant)}


def _document(state: sqlite3.Connection, identity: str) -> bytes:
    query = "SELECT document FROM assistants WHERE id = ?"
    row: tuple[bytes] | None = state.execute(query, (identity,)).fetchone()
    if row is None:
        raise UnknownIdError("assistant")
    return row[0]


def _user(state: sqlite3.Connection) -> Document:
    return load(state.execute("SELECT user FROM account").fetchone()[0])


def _owner(state: sqlite3.Connection) -> Document:
    who = _user(state)
    return {"organization_id": who["organization_id"], "created_by": catalogue.creator(who)}
