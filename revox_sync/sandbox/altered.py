"""An application whose requests and answers pass through a fault that changes them."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.sandbox.alterations import altered_answer, altered_request
from revox_sync.sandbox.documents import dump, load
from revox_sync.sandbox.faults import Alteration, Ignore
from revox_sync.sandbox.validation import parse


class Altered:
    """The application, its requests and its good answers changed. What is no JSON stays."""

    def __init__(self, app: ASGIApp, alteration: Alteration) -> None:
        self._app = app
        self._alteration = alteration

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if isinstance(self._alteration, Ignore):
            body = self._taken(await Request(scope, receive).body())
            await self._app(scope, _saying(body, receive), send)
            return
        start, body = await carried_out(self._app, scope, receive)
        if start["status"] == HTTPStatus.OK and body:
            body = dump(altered_answer(self._alteration, load(body)))
        response = Response(body, start["status"])
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        response.raw_headers = [*kept, (b"content-length", str(len(body)).encode())]
        await response(scope, receive, send)

    def _taken(self, body: bytes) -> bytes:
        try:
            return dump(altered_request(self._alteration, parse(body)))
        except ValueError:
            return body  # the application says what is wrong with it


async def carried_out(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Act, and return the answer's beginning and its body unsent."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


def _saying(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that has this body first, and then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def say() -> Message:
        return waiting.pop() if waiting else await receive()

    return say
