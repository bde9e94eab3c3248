"""A disk that does not take what has to be recorded: then nothing is written to the account."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from support.cli import Result
from support.desk import SETTLE, Desk
from support.record import RUNS

no_rlimits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")


def apply_within(desk: Desk, size: int, *arguments: str) -> Result:
    """Apply while no file can become larger than ``size`` bytes."""
    return desk.execute_within(size, "apply", "--auto-approve", "--settle", SETTLE, *arguments)


def a_change(desk: Desk, key: str = "front-desk", **fields: Any) -> str:
    identity = desk.service.add(key, prompt=f"{key} as it was.", **fields)
    desk.project.define(key, prompt=f"{key} as it shall be.")
    return identity


@no_rlimits
def test_a_snapshot_that_does_not_fit_leaves_the_account_alone(desk: Desk) -> None:
    a_change(desk, sms_template="x" * 5000)
    result = apply_within(desk, 2000)
    assert desk.service.writes == []
    assert result.code == 3
    assert "could not be recorded, so nothing was sent" in result.out
    assert "File too large" in result.out
    assert "internal error" not in result.said
    assert desk.records[-1].snapshots == {}


@no_rlimits
def test_the_next_run_does_it_when_there_is_room_again(desk: Desk) -> None:
    identity = a_change(desk, sms_template="x" * 5000)
    apply_within(desk, 2000)
    assert desk.apply().code == 0
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["prompt"] == "front-desk as it was."


@no_rlimits
def test_one_snapshot_that_does_not_fit_does_not_stop_the_others(desk: Desk) -> None:
    large = a_change(desk, "large", sms_template="x" * 9000)
    small = a_change(desk, "small")
    result = apply_within(desk, 6000)
    assert result.code == 4
    assert desk.service.assistants[large]["prompt"] == "large as it was."
    assert desk.service.assistants[small]["prompt"] == "small as it shall be."


@no_rlimits
def test_a_line_that_the_disk_takes_half_of_is_no_line(desk: Desk) -> None:
    for key in ("a", "b"):
        desk.project.define(key)
    assert desk.apply("--parallelism", "1").code == 0
    journal = (desk.records[-1].folder / "journal.jsonl").read_bytes()
    written = len(b"".join(journal.splitlines(keepends=True)[:2]))
    desk.service.assistants.clear()
    desk.service.requests.clear()
    result = apply_within(desk, written + 20, "--parallelism", "1")
    assert [request.body["name"] for request in desk.service.sent("POST")] == ["a"]
    assert "Apply: 1 done, 0 failed, 1 refused, 0 skipped, 0 unknown." in result.out


@no_rlimits
def test_a_create_whose_record_does_not_fit_is_not_sent(desk: Desk) -> None:
    desk.project.define()
    result = apply_within(desk, 100)
    assert desk.service.writes == []
    assert result.code in (1, 3)
    assert "internal error" not in result.said


@no_rlimits
def test_a_disk_that_takes_nothing_pushes_no_earlier_run_out(desk: Desk) -> None:
    for number in range(60):
        a_change(desk, f"a{number}", sms_template="x" * 5000)
    assert desk.apply("a0").code == 0
    first = desk.records[0].name
    apply_within(desk, 150)
    assert len(desk.records) <= 2
    assert desk.apply().code == 0
    assert desk.records[0].name == first


PLACES = (".revox-sync", ".revox-sync/runs", ".revox-sync/lock.json/x")


@pytest.mark.parametrize("place", PLACES[:2])
def test_a_file_in_place_of_a_folder_leaves_the_account_alone(desk: Desk, place: str) -> None:
    a_change(desk)
    desk.project.define("newcomer")
    desk.project.write(place, "not a folder")
    result = desk.apply()
    assert desk.service.writes == []
    assert result.code in (1, 3)
    assert ".revox-sync" in result.said
    assert "internal error" not in result.said


def test_a_folder_in_place_of_the_holder_of_the_lock_hinders_nothing(desk: Desk) -> None:
    a_change(desk)
    desk.project.write(".revox-sync/lock.json/x", "")
    result = desk.apply()
    assert "internal error" not in result.said
    assert result.code == 0


def test_a_plan_needs_no_folder_to_write_in(desk: Desk) -> None:
    a_change(desk)
    desk.project.write(".revox-sync", "not a folder")
    assert desk.run("plan").code == 0
    assert desk.run("drift").code == 2


def test_a_record_that_is_deleted_during_the_run_stops_what_was_not_begun(desk: Desk) -> None:
    for key in ("a", "b"):
        a_change(desk, key)

    def lose() -> None:
        folder = desk.root / RUNS
        folder.rename(folder.with_name("lost"))
        folder.write_text("in the way")

    desk.service.on("PATCH", edit=lose)
    result = desk.apply("--parallelism", "1")
    assert len(desk.service.sent("PATCH")) == 1
    assert result.code == 4
    assert "Apply: 1 done, 0 failed, 1 refused" in result.out
