"""A power cut takes from the disk what nobody waited for: the record still leads to the account."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk

from revox_sync.files import transaction
from revox_sync.files.transaction import State
from revox_sync.history.journal import Journal

Disk = dict[Path, bytes]


class Power:
    """What a power cut would leave on the disk of ``desk``, now and whenever something happened.

    ``at_requests`` are the disks when each write arrived, ``at_lines`` those when each line was
    written; ``threads`` are those that waited for the disk.
    """

    def __init__(self, desk: Desk, patch: pytest.MonkeyPatch) -> None:
        self.kept: Disk = {}
        self.at_requests: list[tuple[Any, Disk]] = []
        self.at_lines: list[Disk] = []
        self.threads: list[threading.Thread] = []
        self._folder = desk.root / ".revox-sync"
        put, sync, append = transaction.put, State.sync, State.append

        def putting(path: Path, content: bytes, **how: Any) -> None:
            put(path, content, **how)
            self.kept[path] = content

        def syncing(state: State, path: str) -> None:
            self.threads.append(threading.current_thread())
            content = (state.folder / path).read_bytes()
            sync(state, path)
            self.kept[state.folder / path] = content

        def appending(state: State, path: str, line: str) -> None:
            append(state, path, line)
            self.at_lines.append(dict(self.kept))

        patch.setattr(transaction, "put", putting)
        patch.setattr(State, "sync", syncing)
        patch.setattr(State, "append", appending)
        for method in ("POST", "PATCH", "DELETE"):
            desk.service.on(method, times=None, edit=lambda: self._arrived(desk))

    def _arrived(self, desk: Desk) -> None:
        self.at_requests.append((desk.service.requests[-1], dict(self.kept)))

    def cut(self, disk: Disk) -> None:
        """Leave of the tool's folder what was on this disk."""
        shutil.rmtree(self._folder)
        for path, content in disk.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _journal(disk: Disk) -> list[Mapping[str, Any]]:
    (content,) = (one for path, one in disk.items() if path.name == "journal.jsonl")
    return list(map(json.loads, content.splitlines()))


def _a_run(desk: Desk) -> None:
    desk.service.add("old", prompt="Old.")
    for name in ("anna", "bruno", "old"):
        desk.project.define(name, prompt="New.")


def each_request_is_on_disk_before_it_leaves(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    _a_run(desk)
    power = Power(desk, patch)
    assert desk.apply("--parallelism", "1").code == 0
    assert len(power.at_requests) == 3
    for request, disk in power.at_requests:
        sent = [line for line in _journal(disk) if line["event"] == "sending"]
        assert sent, request
        assert sent[-1]["method"] == request.method
        if request.method == "POST":
            assert sent[-1]["key"] == request.body["name"]
        else:
            snapshots = [path for path in disk if path.parent.name == "snapshots"]
            assert [path.stem for path in snapshots] == ["old"]
    assert _journal(power.kept) == desk.records[-1].journal


def test_each_request_is_on_disk_before_it_leaves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_request_is_on_disk_before_it_leaves(desk, monkeypatch)


def _nobody_waits(patch: pytest.MonkeyPatch) -> None:
    async def at_once(_: Journal) -> None:
        pass

    sync = State.sync

    def late(state: State, path: str) -> None:
        time.sleep(0.2)
        sync(state, path)

    patch.setattr(Journal, "synced", at_once)
    patch.setattr(State, "sync", late)


def _no_snapshot(patch: pytest.MonkeyPatch) -> None:
    async def none(*_: Any) -> None:
        pass

    patch.setattr(Journal, "snapshot", none)


@pytest.mark.parametrize("plant", [_nobody_waits, _no_snapshot])
def test_a_request_that_leaves_too_early_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        each_request_is_on_disk_before_it_leaves(desk, monkeypatch)


def test_after_a_power_cut_the_next_run_finds_what_was_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _a_run(desk)
    with monkeypatch.context() as patch:
        power = Power(desk, patch)
        assert desk.apply("--parallelism", "1").code == 0
    desk.service.calm()
    wrote = len(desk.service.writes)
    for disk in power.at_lines:  # the last write has been answered, and the disk may not know yet
        power.cut(disk)
        assert desk.run("rollback", "--list").code == 0
        assert desk.apply().code == 0
    assert len(desk.service.writes) == wrote


def test_creates_that_wait_at_once_share_a_sync_beside_the_loop(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(16):
        desk.project.define(f"a{number:02}")
    power = Power(desk, monkeypatch)
    assert desk.apply("--parallelism", "16").code == 0
    assert len(_journal(power.at_requests[0][1])) == 16
    assert threading.main_thread() not in power.threads


def test_after_a_sync_that_failed_nothing_more_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("anna", "bruno", "clara"):
        desk.project.define(name)
    sync, broken = State.sync, ["Input/output error"]

    def fail_once(state: State, path: str) -> None:
        if desk.service.writes and broken:
            raise OSError(5, broken.pop())
        sync(state, path)

    monkeypatch.setattr(State, "sync", fail_once)
    result = desk.apply("--parallelism", "1")
    assert result.code == 4
    assert [request.body["name"] for request in desk.service.writes] == ["anna"]
    assert "could not be recorded, so nothing was sent: Input/output error" in result.out
    assert "the end of the record may not be on disk" in result.err
