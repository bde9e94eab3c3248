from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import KEY, Api, Server, serving

from revox_sync.sandbox.app import create_app


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
