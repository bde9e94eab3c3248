"""Which run is rolled back, and what happens to records that are foreign or half written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.desk import Desk
from support.record import RUNS
from support.service import Service


@pytest.fixture
def twice(desk: Desk) -> Desk:
    """Two runs, which replaced one prompt twice: First., Second., Third."""
    desk.service.add("front-desk", prompt="First.")
    for prompt in ("Second.", "Third."):
        desk.project.define(prompt=prompt)
        assert desk.apply().code == 0
    return desk


def prompt(desk: Desk) -> str:
    (document,) = desk.service.assistants.values()
    return str(document["prompt"])


def test_the_latest_run_is_rolled_back_unless_one_is_named(twice: Desk) -> None:
    assert twice.rollback().code == 0
    assert prompt(twice) == "Second."


def test_a_named_run_is_rolled_back(twice: Desk) -> None:
    assert twice.rollback(twice.records[0].name).code == 0
    assert prompt(twice) == "First."


def test_the_runs_are_listed_without_the_network(twice: Desk) -> None:
    twice.project.define("newcomer")
    twice.apply()
    asked = len(twice.service.requests)
    result = twice.run("rollback", "--list")
    assert result.code == 0
    lines = result.out.splitlines()
    assert [line.split()[0] for line in lines] == [record.name for record in twice.records]
    assert "replaced front-desk" in lines[0]
    assert "created newcomer" in lines[2]
    assert len(twice.service.requests) == asked


def test_the_apply_names_the_run_that_it_recorded(desk: Desk) -> None:
    desk.project.define()
    result = desk.apply()
    assert f"recorded as run {desk.records[-1].name}" in result.err


def test_listing_no_runs_lists_nothing(desk: Desk) -> None:
    result = desk.run("rollback", "--list")
    assert (result.code, result.out) == (0, "")


def test_a_rollback_without_any_run_is_wrong_usage(desk: Desk) -> None:
    result = desk.rollback()
    assert result.code == 64
    assert "no run is recorded in this project" in result.err
    assert desk.service.requests == []


@pytest.mark.parametrize("name", ["000009-20200101T000000Z", "latest", "../runs", "", "."])
def test_an_unknown_run_is_wrong_usage(twice: Desk, name: str) -> None:
    result = twice.rollback(name)
    assert result.code == 64
    assert "there is no run" in result.err
    assert "--list" in result.err
    assert prompt(twice) == "Third."


def test_a_run_against_another_address_is_refused(
    twice: Desk, serve: Callable[..., Service]
) -> None:
    other = serve()
    other.assistants = {key: dict(value) for key, value in twice.service.assistants.items()}
    twice.env["REVOX_BASE_URL"] = other.base_url
    result = twice.rollback()
    assert result.code == 3
    assert f"was against another account: {twice.service.base_url}" in result.err
    assert other.writes == []


def test_a_run_against_another_organization_is_refused(twice: Desk) -> None:
    (identity,) = twice.service.assistants
    twice.service.edit(identity, organization_id="org_other")
    result = twice.rollback()
    assert result.code == 3
    assert "another account" in result.err
    assert prompt(twice) == "Third."


def test_a_torn_last_line_of_the_journal_says_nothing(desk: Desk) -> None:
    desk.project.define("a")
    desk.project.define("b")
    assert desk.apply("--parallelism", "1").code == 0
    path = desk.records[-1].folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:5]) + lines[5][:20] + b"\xc3")
    result = desk.rollback("--delete-created")
    assert result.code == 0
    assert desk.service.assistants == {}


def test_a_snapshot_that_was_being_written_says_nothing(twice: Desk) -> None:
    folder = twice.records[-1].folder / "snapshots"
    (folder / ".writing-abc").write_text('{"format_version": "1.0", "key": "fro')
    assert twice.rollback().code == 0
    assert prompt(twice) == "Second."


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "run.json").write_text('{"format_version": "1.0", "bas'),
        lambda folder: (folder / "run.json").write_text("{}"),
        lambda folder: (folder / "run.json").write_text("[]"),
        lambda folder: (folder / "run.json").write_bytes(b"\xff\xfe"),
        lambda folder: (folder / "run.json").write_text('{"format_version": "2.0"}'),
        lambda folder: (folder / "run.json").write_text('{"format_version": "1.0"}'),
        lambda folder: (folder / "snapshots/front-desk.json").write_text('{"key": "fr'),
        lambda folder: (folder / "snapshots/front-desk.json").write_text(
            '{"format_version": "1.0"}'
        ),
    ],
    ids=[
        "half a run.json",
        "an empty one",
        "a list",
        "no text",
        "a later format",
        "no account",
        "half a snapshot",
        "an empty snapshot",
    ],
)
def test_a_damaged_record_is_refused_by_name_and_the_others_serve(
    twice: Desk, damage: Callable[..., object]
) -> None:
    first, last = twice.records
    damage(last.folder)
    result = twice.rollback()
    assert result.code == 3
    assert last.name in result.err
    assert "missing or damaged" in result.err
    assert "--list" in result.err
    assert first.name in twice.run("rollback", "--list").out
    assert twice.rollback(first.name).code == 0
    assert prompt(twice) == "First."


def test_a_run_that_was_killed_before_its_header_is_no_run(twice: Desk) -> None:
    killed = twice.root / RUNS / "000003-20200101T000000Z"
    (killed / "snapshots").mkdir(parents=True)
    assert killed.name not in twice.run("rollback", "--list").out
    assert twice.rollback().code == 0
    assert prompt(twice) == "Second."
    assert twice.records[-1].name.startswith("000004-")


@pytest.mark.parametrize(
    "damage",
    [
        {"sensitive": 7},
        {"sensitive": [[]]},
        {"sensitive": [["prompt", 0]]},
        {"sensitive": [["voice", "id", "x"]]},
        {"secrets": [[]]},
        {"secrets": [[7]]},
    ],
    ids=str,
)
def test_a_snapshot_with_a_value_of_the_wrong_kind_writes_nothing_wrong(
    twice: Desk, damage: dict[str, Any]
) -> None:
    path = next(twice.records[-1].folder.glob("snapshots/*.json"))
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, **damage}))
    result = twice.rollback()
    assert result.code == 3
    assert prompt(twice) == "Third."


def test_a_run_without_a_journal_is_rolled_back(twice: Desk) -> None:
    (twice.records[-1].folder / "journal.jsonl").unlink()
    assert twice.rollback().code == 0
    assert prompt(twice) == "Second."


def test_foreign_things_among_the_runs_are_no_runs(twice: Desk) -> None:
    twice.project.write(f"{RUNS}/000001-notes.txt", "mine")
    twice.project.write(f"{RUNS}/9999999-20200101T000000Z/run.json", "{}")
    twice.project.write(f"{RUNS}/.DS_Store", "x")
    assert twice.rollback().code == 0
    assert prompt(twice) == "Second."


@pytest.mark.parametrize("arguments", [(), ("--list",)], ids=["rollback", "--list"])
def test_a_file_in_place_of_the_runs_is_an_error(desk: Desk, arguments: tuple[str, ...]) -> None:
    desk.project.write(RUNS, "not a folder")
    result = desk.rollback(*arguments)
    assert "internal error" not in result.err
    assert desk.service.requests == []


def test_a_rollback_from_a_subfolder_of_another_project_finds_no_runs(twice: Desk) -> None:
    (twice.root / "elsewhere").mkdir()
    result = twice.rollback("--project", "elsewhere")
    assert result.code == 64
    assert prompt(twice) == "Third."
