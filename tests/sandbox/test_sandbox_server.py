"""The sandbox as a server of its own: a real process, a real port, a real signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from running import KEY, own_process

from revox_sync.sandbox import SandboxError
from revox_sync.sandbox.server import serve


def _me(base_url: str) -> httpx.Response:
    return httpx.get(f"{base_url}/users/me", headers={"Authorization": f"Bearer {KEY}"})


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_once_announced_and_ends_quietly(database: Path, ending: signal.Signals) -> None:
    with own_process(database) as (process, base_url):
        assert base_url.startswith("http://127.0.0.1:")
        assert _me(base_url).json()["user"]["organization_id"] == "org_sandbox"
        process.send_signal(ending)
        out, err = process.communicate(timeout=20)
    assert (out, err, process.returncode) == ("returned\n", "", 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.com", ""])  # noqa: S104
def test_an_address_that_others_could_reach_is_refused(database: Path, host: str) -> None:
    with pytest.raises(SandboxError, match="not a loopback address"):
        serve(database, profile="current", host=host, port=0, keys=[KEY], announce=_never)


def test_a_port_that_is_taken_is_told(database: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1 port {port}"):
            serve(
                database,
                profile="current",
                host="127.0.0.1",
                port=port,
                keys=[KEY],
                announce=_never,
            )


def test_a_state_that_cannot_be_used_is_told_before_listening(database: Path) -> None:
    database.parent.mkdir()
    database.write_text("Dear diary, this is not a database, as anyone can see.")
    with pytest.raises(SandboxError, match="sandbox reset"):
        serve(database, profile="current", host="::1", port=0, keys=[KEY], announce=_never)


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
