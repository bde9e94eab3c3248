from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from lines import Line, Open
from running import KEY, Api, Server, serving

from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.faults_file import read_faults
from revox_sync.sandbox.server import hanging_up
from revox_sync.sandbox.store import Store
from revox_sync.sandbox.transport import in_process


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A port that serves any number of applications."""
    with serving() as listening:
        yield listening


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sandbox.db"


@pytest.fixture
def api(server: Server, database: Path) -> Iterator[Api]:
    """A sandbox of profile current, on a real port."""
    app = create_app(database, profile="current", keys=[KEY])
    with server.running(app, "current") as served:
        yield served


@pytest.fixture
def seed_api(server: Server, tmp_path: Path) -> Iterator[Api]:
    """A sandbox of profile seed, on a real port."""
    app = create_app(tmp_path / "seed.db", profile="seed", keys=[KEY])
    with server.running(app, "seed") as served:
        yield served


@pytest.fixture(params=["over HTTP", "in process"])
def line(request: pytest.FixtureRequest, database: Path, server: Server) -> Iterator[Open]:
    """Open a sandbox with the rules given, as members of a JSON file."""
    with ExitStack() as running:

        def open_line(*rules: dict[str, Any]) -> Line:
            file = database.parent.with_name("faults.json")
            file.write_text(json.dumps(rules), "utf-8")
            store = Store(database, "current")
            faults = read_faults(file)
            app = create_app(database, profile="current", keys=[KEY], faults=faults)
            if request.param == "in process":
                return Line(store, "http://sandbox/api", lambda: in_process(app))
            served = running.enter_context(server.running(hanging_up(app), "current"))
            return Line(store, served.base_url, lambda: httpx.AsyncHTTPTransport(verify=False))

        yield open_line
