"""What the kills rely on, and records that a kill tore; the document's test does the killing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from proof.kills import REQUESTS, undisturbed
from proof.steps import apply_cleanly
from proof.world import world

_METHODS = {
    **dict.fromkeys(("list", "numbers", "campaigns", "read"), "GET"),
    **dict.fromkeys(("calls", "create"), "POST"),
    "change": "PATCH",
}


def test_the_killed_run_has_these_requests() -> None:
    assert undisturbed() == [_METHODS[request] for request in REQUESTS]


def _only_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _half_of_the_header(folder: Path) -> None:
    (folder / "run.json").write_text('{"format_ver', encoding="utf-8")


def _a_snapshot_that_was_being_written(folder: Path) -> None:
    (folder / "snapshots/.writing-x1").write_text('{"format_ver', encoding="utf-8")


def _half_a_line(folder: Path) -> None:
    with (folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"event": "crea')


#: What a kill between two requests can leave of a run's record, and how its rollback ends.
_TORN: dict[str, tuple[Callable[[Path], None], int]] = {
    "only the folder": (_only_the_folder, 64),
    "half of the header": (_half_of_the_header, 3),
    "a snapshot that was being written": (_a_snapshot_that_was_being_written, 0),
    "half a line of the journal": (_half_a_line, 0),
}


@pytest.mark.parametrize("torn", _TORN)
def test_a_record_that_was_torn_by_a_kill_is_in_nobodys_way(torn: str) -> None:
    tear, code = _TORN[torn]
    with world() as made:
        made.account.add("desk", "Old.")
        made.define("desk", {"prompt": "New."})
        folder = apply_cleanly(made).folder
        assert folder is not None
        tear(folder)
        back = made.desk.run("rollback", folder.name, "--auto-approve")
        assert back.code == code, back.said
        made.define("desk", {"prompt": "Newer."})
        done = apply_cleanly(made)
        assert done.folder is not None
        assert made.run("rollback", done.folder.name).result.code == 0
