"""What the sandbox's server does before it listens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import KEY

from revox_sync.sandbox import SandboxError
from revox_sync.sandbox.server import serve


def test_a_state_that_cannot_be_used_is_told_before_listening(database: Path) -> None:
    database.parent.mkdir()
    database.write_text("Dear diary, this is not a database, as anyone can see.")
    with pytest.raises(SandboxError, match="sandbox reset"):
        serve(database, profile="current", port=0, keys=[KEY], announce=_never)


def test_the_room_and_a_read_load_no_more_than_they_need(database: Path) -> None:
    script = """
import sys
import revox_sync.sandbox
assert not {"starlette", "uvicorn", "jsonschema", "sqlite3"} & sys.modules.keys()
from pathlib import Path
import revox_sync.sandbox.app
revox_sync.sandbox.app.create_app(Path(sys.argv[1]), profile="current", keys=["k"])
assert not {"uvicorn", "jsonschema"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", script, str(database)], check=True, timeout=60)


def _never(base_url: str) -> None:
    raise AssertionError(f"announced {base_url}")
