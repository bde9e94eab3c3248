"""A way to a sandbox with faults: over a real port, or inside the client's own process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from running import KEY

from revox_sync.sandbox.store import Store

BODY = {"name": "Front desk", "prompt": "Be kind."}
#: The first of a new sandbox's phone numbers.
NUMBER = "c2b6f6d0-2f0e-4a7e-8a53-5f5f5f0b7a11"


@dataclass(frozen=True)
class Line:
    """A way to a sandbox with faults, and what its account holds whatever the faults."""

    store: Store
    base_url: str
    transport: Callable[[], httpx.AsyncBaseTransport]

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        async def sent() -> httpx.Response:
            headers = {"Authorization": f"Bearer {KEY}"}
            async with httpx.AsyncClient(transport=self.transport(), headers=headers) as client:
                return await client.request(method, self.base_url + path, json=body, **options)

        return asyncio.run(sent())

    def post(self) -> httpx.Response:
        return self.send("POST", "/assistants", BODY)

    def held(self) -> list[dict[str, Any]]:
        return [json.loads(found) for found in self.store.list_assistants()]


Open = Callable[..., Line]
