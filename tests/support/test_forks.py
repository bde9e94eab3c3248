"""A forked run is what a run in a fresh interpreter is."""

from __future__ import annotations

import os
import signal

import pytest

from support import forks
from support.desk import Desk

pytestmark = pytest.mark.skipif(not forks.POSSIBLE, reason="forked on Linux only")


@pytest.fixture(params=["forked", "fresh"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "POSSIBLE", request.param == "forked")


@pytest.mark.usefixtures("way")
def test_it_has_its_own_streams_environment_folder_and_exit_code(desk: Desk) -> None:
    desk.project.define(prompt="${secret.ONE}")
    desk.env |= {"ONE": "x" * 12}
    done = desk.execute("plan", "--detailed-exitcode", "--no-color")
    assert done == desk.run("plan", "--detailed-exitcode", "--no-color")
    assert done.code == 2
    assert os.environ.get("ONE") is None


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_takes_signals(desk: Desk, number: int) -> None:
    desk.service.on("GET", times=None, delay=20)
    process = desk.start("plan")
    desk.service.wait_until(lambda: desk.service.under_way > 0)
    assert process.poll() is None
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)


@pytest.mark.usefixtures("way")
def test_it_has_its_own_terminal(desk: Desk) -> None:
    desk.project.define()
    with desk.terminal("apply") as session:
        session.wait_for("Type `yes` to apply")
        session.type("\x03")
        assert session.end() == 130
    assert "\x1b[" in session.shown
