"""One writing run at a time in a project, on one machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.cli import Process
from support.desk import Desk

#: Longer than anything here takes, in seconds.
LONG = 20


@contextmanager
def a_run_under_way(desk: Desk, delay: float = LONG) -> Iterator[Process]:
    """Start an apply whose create takes long; it has been sent when the block begins."""
    desk.project.define("slow")
    desk.service.on("POST", delay=delay)
    process = desk.start("apply", "--auto-approve", "--settle", "0")
    try:
        desk.service.wait_until(lambda: len(desk.service.writes) == 1)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("command", ["apply", "rollback"])
def test_a_second_run_is_refused_and_told_who_holds_the_lock(desk: Desk, command: str) -> None:
    desk.project.define("first")
    assert desk.apply().code == 0
    done = len(desk.service.writes)
    desk.service.requests.clear()
    with a_run_under_way(desk) as process:
        began = time.monotonic()
        result = desk.run(command, "--auto-approve")
        assert time.monotonic() - began < LONG / 4
        assert result.code == 3
        assert "another run is under way in this project: apply" in result.err
        assert f"process {process.pid} on " in result.err
        assert "--lock-timeout" in result.err
    assert done == 1
    assert len(desk.service.writes) == 1


def test_commands_that_only_read_take_no_lock(desk: Desk) -> None:
    with a_run_under_way(desk):
        assert desk.run("validate").code == 0
        assert desk.run("plan", "--out", "plan.json").code == 0
        assert desk.run("show", "plan.json").code == 0
        assert desk.run("drift").code == 2
        assert desk.run("rollback", "--list").code == 0


@pytest.mark.parametrize("command", ["plan", "drift", "validate"])
def test_commands_that_only_read_leave_no_trace(desk: Desk, command: str) -> None:
    desk.project.define()
    desk.run(command)
    assert not (desk.root / ".revox-sync").exists()


def test_lock_timeout_waits_for_the_other_run(desk: Desk) -> None:
    with a_run_under_way(desk, delay=0.5) as process:
        result = desk.apply("--lock-timeout", str(LONG))
        assert result.code == 0, result.said
        assert process.wait(LONG) == 0
    assert "Nothing to do." in result.out
    assert len(desk.service.assistants) == 1


def test_lock_timeout_ends(desk: Desk) -> None:
    with a_run_under_way(desk):
        result = desk.apply("--lock-timeout", "0.1")
        assert result.code == 3
        assert "another run is under way" in result.err


def test_a_killed_run_holds_no_lock(desk: Desk) -> None:
    with a_run_under_way(desk) as process:
        process.kill()
        process.wait()
        assert desk.apply().code == 0
    assert len(desk.service.assistants) == 1


def test_a_run_that_failed_holds_no_lock(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=401)
    assert desk.apply().code == 1
    assert desk.apply().code == 0


def test_another_project_has_a_lock_of_its_own(desk: Desk) -> None:
    with a_run_under_way(desk):
        other = desk.root / "other"
        desk.project.write("other/assistants/front-desk.yaml", "name: Other\nprompt: Be kind.\n")
        assert desk.apply("--project", str(other)).code == 0
        assert [found["name"] for found in desk.service.assistants.values()] == ["Other"]


def test_a_holder_that_cannot_be_read_is_not_told(desk: Desk) -> None:
    with a_run_under_way(desk):
        for content in ("", "{", "[]", '{"command": "apply"}', "\x00"):
            (desk.root / ".revox-sync/lock.json").write_text(content)
            result = desk.apply()
            assert result.code == 3, content
            assert "another run is under way in this project\n" in result.err


def test_a_lock_timeout_below_zero_is_wrong_usage(desk: Desk) -> None:
    assert desk.apply("--lock-timeout", "-1").code == 64
