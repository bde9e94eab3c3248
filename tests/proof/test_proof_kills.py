"""A killed run leaves nothing that the next one cannot put right."""

from __future__ import annotations

import pytest
from proof.kills import REQUESTS, Kills, Moment, kill_at, moments, undisturbed
from proof.steps import apply_cleanly
from proof.world import World, world

_METHODS = {"list": "GET", "read": "GET", "create": "POST", "change": "PATCH"}


def test_the_killed_run_has_these_requests() -> None:
    assert undisturbed() == [_METHODS[request] for request in REQUESTS]


@pytest.mark.parametrize(("nth", "moment"), moments())
def test_a_run_killed_at_a_request_is_completed_by_the_next(nth: int, moment: Moment) -> None:
    kill_at(nth, moment, Kills())


#: What a kill between two requests can leave of a run's record.
_TORN = {
    "an empty folder": {},
    "half of run.json": {"run.json": '{"format_ver'},
    "a file that was being written": {"snapshots/.writing-x1": '{"remote'},
    "half a line in the journal": {"journal.jsonl": '{"event": "sen'},
}


@pytest.mark.parametrize("torn", _TORN)
def test_a_record_that_was_torn_by_a_kill_is_in_nobodys_way(torn: str) -> None:
    with world() as made:
        _replaced(made)
        folder = made.folders()[-1].parent / "000009-20260101T000000Z"
        for path, content in {**_TORN[torn]}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, encoding="utf-8")
        folder.mkdir(exist_ok=True)
        made.define("desk", {"prompt": "Newer still."})
        assert apply_cleanly(made).folder is not None
        assert made.run("rollback", made.folders()[-1].name).result.code == 0
        damaged = made.desk.run("rollback", folder.name, "--auto-approve")
        assert damaged.code == 3
        assert "is missing or damaged" in damaged.err


def _replaced(made: World) -> None:
    made.account.add("desk", "Old.")
    made.define("desk", {"prompt": "New."})
    apply_cleanly(made)
