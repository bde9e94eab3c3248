"""The sandbox with faults: an ASGI layer around the whole application.

Whoever runs it turns ConnectionDropped into what a caller sees of it:
:func:`revox_sync.sandbox.server.hanging_up` closes the TCP connection,
:func:`revox_sync.sandbox.transport.in_process` raises httpx's error for a closed one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from revox_sync.sandbox.altered import Altered, carried_out
from revox_sync.sandbox.errors import SandboxError
from revox_sync.sandbox.faults import (
    Answer,
    Delay,
    Drop,
    Edit,
    Fault,
    Faults,
    Ignore,
    Mask,
    Older,
    Rule,
    Truncate,
    Without,
)
from revox_sync.sandbox.store import Store, UnknownIdError
from revox_sync.sandbox.validation import Contract

logger = logging.getLogger("revox_sync.sandbox")


class ConnectionDropped(Exception):
    """The connection ends here, whatever was sent of the answer; the text says how it looks."""


class Faulty:
    """An application whose requests meet faults.

    Edits and delays come first, in the file's order; of the faults that end a request, the first
    one does. What changes requests or answers does so in the file's order. Raises SandboxError for
    what no assistant of the contract has: an edit, or a field to ignore or leave out.
    """

    def __init__(self, app: ASGIApp, faults: Faults, store: Store, contract: Contract) -> None:
        self._app = app
        self._faults = faults
        self._store = store
        for rule in faults.rules:
            _check(rule, contract)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or raise ConnectionDropped."""
        ending: Fault | None = None
        app = self._app
        path = scope["path"].removeprefix("/api")
        for rule in self._faults.strike(scope["method"], path):
            logger.info("%s (%s): %s %s", rule.place, rule.name, scope["method"], path)
            match rule.fault:
                case Edit() as edit:
                    self._edit(rule, edit)
                case Delay(seconds):
                    await asyncio.sleep(seconds)
                case Ignore() | Without() | Mask() | Older() as alteration:
                    app = Altered(app, alteration)
                case fault:
                    ending = ending or fault
        await _answer(ending, app, scope, receive, send)

    def _edit(self, rule: Rule, edit: Edit) -> None:
        try:
            found = self._store.find(edit.assistant)
            if len(found) != 1:
                number = "no assistant has" if not found else f"{len(found)} assistants have"
                raise SandboxError(f"{number} the name or id {edit.assistant!r}")
            if edit.fields:
                self._store.change_assistant(found[0], dict(edit.fields))
            if edit.question is not None:
                self._store.raise_question(found[0], edit.question)
        except (SandboxError, UnknownIdError) as error:
            logger.warning("%s: nothing was edited: %s", rule.place, error)


def _check(rule: Rule, contract: Contract) -> None:
    match rule.fault:
        case Edit(fields=fields) if fields:
            for problem in contract.problems("AssistantUpdate", dict(fields)):
                place = f"{rule.place}: edit: set"
                raise SandboxError(f"{place}: {problem.path} {problem.message}")
        case Ignore(fields):
            known = contract.members("AssistantUpdate") + contract.members("PhoneNumberUpdate")
            _known(rule, fields, known, "no request has")
        case Without(fields):
            _known(rule, fields, contract.members("Assistant"), "no assistant has")


def _known(rule: Rule, fields: Iterable[str], known: Collection[str], words: str) -> None:
    for field in fields:
        if field not in known:
            raise SandboxError(f"{rule.place}: fields: {words} {field!r}")


async def _answer(
    ending: Fault | None, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer as the fault says that ends the request, or as the application does."""
    match ending:
        case Answer() as answer:
            if answer.acting:
                await carried_out(app, scope, receive)
            headers = dict(answer.headers)
            response = Response(
                answer.content, answer.status, headers, media_type=answer.media_type
            )
            await response(scope, receive, send)
        case Drop(acting):
            if acting:
                await carried_out(app, scope, receive)
            raise ConnectionDropped("Server disconnected without sending a response.")
        case Truncate():
            start, body = await carried_out(app, scope, receive)
            await send(start)
            half = body[: len(body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            raise ConnectionDropped(f"the answer broke off after {len(half)} of {len(body)} bytes")
        case _:
            await app(scope, receive, send)
