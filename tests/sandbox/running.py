"""A sandbox on a real port, in a thread of the test."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from revox_sync.sandbox.contract import Profile

KEY = "sk_sandbox"
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Api:
    """A running sandbox and a client that knows its key; paths are relative to ``/api``."""

    client: httpx.Client
    base_url: str
    profile: Profile

    def create(self, **fields: Any) -> dict[str, Any]:
        answer = self.client.post("/assistants", json={"name": "n", "prompt": "p", **fields})
        assert answer.status_code == 200, answer.text
        assistant: dict[str, Any] = answer.json()["assistant"]
        return assistant

    def update(self, identity: str, **fields: Any) -> dict[str, Any]:
        answer = self.client.patch(f"/assistants/{identity}", json=fields)
        assert answer.status_code == 200, answer.text
        assistant: dict[str, Any] = answer.json()["assistant"]
        return assistant

    def retrieve(self, identity: str) -> dict[str, Any]:
        answer = self.client.get(f"/assistants/{identity}")
        assert answer.status_code == 200, answer.text
        assistant: dict[str, Any] = answer.json()
        return assistant

    def listed(self) -> list[dict[str, Any]]:
        assistants: list[dict[str, Any]] = self.client.get("/assistants").json()["assistants"]
        return assistants


@contextmanager
def running(app: Any, profile: Profile) -> Iterator[Api]:
    """Serve the ASGI application until the block ends."""
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
            headers = {"Authorization": f"Bearer {KEY}"}
            with httpx.Client(base_url=base_url, headers=headers, timeout=30) as client:
                yield Api(client, base_url, profile)
        finally:
            server.should_exit = True
            thread.join()


def data(name: str, profile: str) -> dict[str, Any]:
    """Return the profile's part of a file in ``data/``."""
    part: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))[profile]
    return part
