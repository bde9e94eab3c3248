"""The sandbox inside a client, without a server."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

from revox_sync.sandbox.faulty import ConnectionDropped


def in_process(app: ASGIApp) -> httpx.AsyncBaseTransport:
    """Return a transport that hands requests to the application.

    A dropped connection raises httpx.RemoteProtocolError, as it does over a network.
    """
    return _InProcess(app)


class _InProcess(httpx.AsyncBaseTransport):
    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionDropped as dropped:
            raise httpx.RemoteProtocolError(str(dropped), request=request) from None
