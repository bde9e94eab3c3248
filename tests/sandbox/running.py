"""A sandbox on a real port, in a thread of the test."""

from __future__ import annotations

import itertools
import json
import re
import socket
import subprocess
import sys
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


class Server:
    """One port for a whole test session, because stopping a server takes longer than most tests.

    Each application that runs gets a prefix of its own, which it does not see.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._apps: dict[str, Any] = {}
        self._numbers = itertools.count(1)

    @contextmanager
    def running(self, app: Any, profile: Profile) -> Iterator[Api]:
        """Serve the ASGI application until the block ends."""
        prefix = f"/{next(self._numbers)}"
        self._apps[prefix] = app
        base_url = f"{self._address}{prefix}/api"
        headers = {"Authorization": f"Bearer {KEY}"}
        # verify=False: there is no TLS here, and loading certificates takes 50 ms
        with httpx.Client(base_url=base_url, headers=headers, timeout=30, verify=False) as client:  # noqa: S501
            yield Api(client, base_url, profile)
        del self._apps[prefix]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        prefix, path = re.fullmatch("(/[0-9]+)(/.*)", scope["path"], re.DOTALL).groups()  # type: ignore[union-attr]
        await self._apps[prefix]({**scope, "path": path}, receive, send)


@contextmanager
def serving() -> Iterator[Server]:
    """Listen on a free port of this machine."""
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
        config = uvicorn.Config(
            server, log_config=None, access_log=False, lifespan="off", ws="none"
        )
        listening = uvicorn.Server(config)
        thread = threading.Thread(target=listening.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not listening.started and thread.is_alive():
                time.sleep(0.005)
            yield server
        finally:
            listening.should_exit = True
            thread.join()


SERVE = """
import sys
from pathlib import Path
from revox_sync.sandbox.server import serve
serve(Path(sys.argv[1]), profile=sys.argv[2], port=0, keys=sys.argv[3:],
      announce=lambda url: print(url, flush=True))
"""


@contextmanager
def own_process(
    database: Path, profile: Profile = "current"
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve from a process of its own, with every warning an error; give it and its base URL."""
    command = [sys.executable, "-W", "error", "-c", SERVE, str(database), profile, KEY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def data(name: str, profile: str) -> dict[str, Any]:
    """Return the profile's part of a file in ``data/``."""
    part: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))[profile]
    return part
