"""The sandbox inside a client, without a server."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp


def in_process(app: ASGIApp) -> httpx.AsyncBaseTransport:
    """Return a transport that hands requests to the application."""
    return httpx.ASGITransport(app=app)
