from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from revox_sync.sandbox.app import create_app
from running import KEY, Api, running


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sandbox.db"


@pytest.fixture
def api(database: Path) -> Iterator[Api]:
    """A sandbox of profile current, on a real port."""
    with running(create_app(database, profile="current", keys=[KEY]), "current") as served:
        yield served


@pytest.fixture
def seed_api(database: Path) -> Iterator[Api]:
    """A sandbox of profile seed, on a real port."""
    with running(create_app(database, profile="seed", keys=[KEY]), "seed") as served:
        yield served
