"""The short way from the command line to the test service, where both are in this process.

httpx makes every request and reads every answer, but what lies below it is left out: no socket, no
thread. That was nearly half of the CPU of all tests through the command line. These still go over
a real connection: a request while which something happens (it breaks, comes late, or somebody
edits), a proxy, every other address, every run in a process of its own, and all tests of the room
that speaks HTTP. With ``TESTS_OVER_SOCKETS=1`` everything does.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import httpx

#: Answers a request with status, headers and content; with None where it takes a connection.
Exchange = Callable[[httpx.Request], tuple[int, list[tuple[str, str]], bytes] | None]

#: As much as is read from a socket at once, in bytes.
_PIECE = 65536

#: Whether any request takes the short way.
SHORT = not os.environ.get("TESTS_OVER_SOCKETS")

_exchanges: dict[tuple[str, int | None], Exchange] = {}
_proxied: WeakSet[httpx.AsyncHTTPTransport] = WeakSet()
_open = httpx.AsyncHTTPTransport.__init__
_over_sockets = httpx.AsyncHTTPTransport.handle_async_request


@contextmanager
def short(host: str, port: int, exchange: Exchange) -> Iterator[None]:
    """Let requests to this address take the short way until the block ends."""
    _exchanges[host, port] = exchange
    try:
        yield
    finally:
        del _exchanges[host, port]


class _Content(httpx.AsyncByteStream):
    """A body as it comes from a socket: in pieces, and not unpacked."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), _PIECE):
            yield self._content[start : start + _PIECE]


def _init(self: httpx.AsyncHTTPTransport, *arguments: Any, **options: Any) -> None:
    if options.get("proxy") is not None:
        _proxied.add(self)
    _open(self, *arguments, **options)


async def _handle(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
    exchange = _exchanges.get((request.url.host, request.url.port))
    straight = SHORT and self not in _proxied
    answer = exchange(request) if exchange and straight else None
    if answer is None:
        return await _over_sockets(self, request)
    await asyncio.sleep(0)  # others have their turn, as while a socket is waited for
    status, headers, content = answer
    return httpx.Response(status, headers=headers, stream=_Content(content))


# httpx makes its transports by itself, and nobody can hand the command line another one.
httpx.AsyncHTTPTransport.__init__ = _init  # type: ignore[method-assign]
httpx.AsyncHTTPTransport.handle_async_request = _handle  # type: ignore[method-assign]
