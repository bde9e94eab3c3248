"""The sandbox with faults: an ASGI layer around the whole application.

Whoever runs it turns ConnectionDropped into what a caller sees of it:
:func:`revox_sync.sandbox.server.hanging_up` closes the TCP connection,
:func:`revox_sync.sandbox.transport.in_process` raises httpx's error for a closed one.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.sandbox.errors import SandboxError
from revox_sync.sandbox.faults import Answer, Delay, Drop, Edit, Fault, Faults, Rule, Truncate
from revox_sync.sandbox.store import Store, UnknownIdError
from revox_sync.sandbox.validation import Contract

logger = logging.getLogger("revox_sync.sandbox")


class ConnectionDropped(Exception):
    """The connection ends here, whatever was sent of the answer; the text says how it looks."""


class Faulty:
    """An application whose requests meet faults.

    Edits and delays come first, in the file's order; of the faults that end a request, the first
    one does. Raises SandboxError for an edit that the contract does not allow.
    """

    def __init__(self, app: ASGIApp, faults: Faults, store: Store, contract: Contract) -> None:
        self._app = app
        self._faults = faults
        self._store = store
        for rule in faults.rules:
            if isinstance(rule.fault, Edit) and rule.fault.fields:
                for problem in contract.problems("AssistantUpdate", dict(rule.fault.fields)):
                    raise SandboxError(f"{rule.place}: edit: set: {problem.path} {problem.message}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or raise ConnectionDropped."""
        ending: Fault | None = None
        path = scope["path"].removeprefix("/api")
        for rule in self._faults.strike(scope["method"], path):
            logger.info("%s (%s): %s %s", rule.place, rule.name, scope["method"], path)
            match rule.fault:
                case Edit() as edit:
                    self._edit(rule, edit)
                case Delay(seconds):
                    await asyncio.sleep(seconds)
                case fault:
                    ending = ending or fault
        match ending:
            case Answer() as answer:
                await self._answer(answer, scope, receive, send)
            case Drop(acting):
                if acting:
                    await self._carried_out(scope, receive)
                raise ConnectionDropped("Server disconnected without sending a response.")
            case Truncate():
                start, body = await self._carried_out(scope, receive)
                await send(start)
                half = body[: len(body) // 2]
                await send({"type": "http.response.body", "body": half, "more_body": True})
                raise ConnectionDropped(
                    f"the answer broke off after {len(half)} of {len(body)} bytes"
                )
            case _:
                await self._app(scope, receive, send)

    async def _answer(self, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
        if answer.acting:
            await self._carried_out(scope, receive)
        response = Response(
            answer.content, answer.status, dict(answer.headers), media_type=answer.media_type
        )
        await response(scope, receive, send)

    async def _carried_out(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """Act, and return the answer's beginning and its body unsent."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        return messages[0], b"".join(message.get("body", b"") for message in messages[1:])

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
