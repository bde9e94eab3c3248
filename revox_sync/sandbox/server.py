"""The sandbox as a server on this machine."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from revox_sync.sandbox import SandboxError
from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.contract import Profile

_HOST = "127.0.0.1"


def serve(
    database: Path,
    *,
    profile: Profile,
    port: int,
    keys: Collection[str],
    announce: Callable[[str], None],
) -> None:
    """Serve on 127.0.0.1 until interrupted (SIGINT or SIGTERM), then return.

    ``announce`` gets the base URL, ``/api`` included, once the server answers. Port 0 takes a free
    one. Raises SandboxError when the port is taken or the state cannot be used.
    """
    app = create_app(database, profile=profile, keys=keys)
    with _listening(port) as listener:
        taken = listener.getsockname()[1]
        config = uvicorn.Config(
            _LocalOnly(app, taken),
            access_log=False,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        server = _Server(config, lambda: announce(f"http://{_HOST}:{taken}/api"))
        with _signals_end_quietly():
            server.run(sockets=[listener])


class _LocalOnly:
    """Answers programs of this machine, and no page in a browser.

    A page reaches a loopback address like any other: then it sends an Origin, or, where its own
    name was made to lead here (DNS rebinding), a Host that is not this machine's.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in (_HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if "origin" in headers:
            why = "no page in a browser may ask: the request has an Origin"
        elif headers.get("host", "").lower() not in self._hosts:
            why = "the Host of the request is not this machine"
        else:
            await self._app(scope, receive, send)
            return
        await JSONResponse({"error": why}, 403)(scope, receive, send)


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError as error:
            raise SandboxError(
                f"cannot listen on {_HOST} port {port} ({error.strerror})"
            ) from error
        yield listener


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """Keep the signal that stopped the server from stopping the caller.

    uvicorn handles SIGINT and SIGTERM while it runs and raises them again for whoever handled them
    before it. A thread other than the main one can handle none.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ending = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: None) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
