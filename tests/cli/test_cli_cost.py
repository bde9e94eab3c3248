"""What a plan costs, in calls of functions: the same on every machine, however busy it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from support.desk import Desk
from support.project import Project

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

#: Calls for each definition of the benchmark, those of built-in functions included. CPython 3.11
#: makes 3,360.
MOST = 3_450


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in ("data", "server"):
        sys.modules.pop(name, None)


def calls_of_plan(desk: Desk, project: Path, listed: bytes) -> int:
    """Return how many functions a plan of ``project`` calls."""
    from data import SECRETS
    from server import Server

    server = Server(listed)
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    desk.project.root = project
    desk.env |= SECRETS | {"REVOX_BASE_URL": server.url}
    before = sys.getprofile()
    sys.setprofile(called)
    try:
        result = desk.run("plan")
    finally:
        sys.setprofile(before)
        server.close()
    assert "Plan: 0 to create" in result.out, result.err
    return count


def test_a_definition_costs_no_more_calls_than_it_did(desk: Desk, tmp_path: Path) -> None:
    import data

    counts = []
    for size in (5, 10, 30):  # the first run imports what the others use
        made = data.make(tmp_path / f"p{size}", size)
        counts.append(calls_of_plan(desk, made.folder, made.listed))
    assert (counts[2] - counts[1]) / 20 < MOST


@pytest.mark.parametrize("kind", ["undeclared", "answers", "everything"])
def test_twice_the_faq_takes_twice_the_calls(desk: Desk, tmp_path: Path, kind: str) -> None:
    counts = []
    for size in (100, 100, 200):
        held = [{"question": f"Question {n}?", "answer": f"Answer {n}."} for n in range(size)]
        wanted = [{**item, "answer": item["answer"] + " Yes."} for item in held]
        if kind == "everything":
            wanted = [{**item, "question": "So: " + item["question"]} for item in wanted]
        stated = {} if kind == "undeclared" else {"faq_items": wanted}
        project = Project(tmp_path / f"{size}-{len(counts)}")
        project.define(**stated)
        remote = {"id": "x", "name": "front-desk", "prompt": "You are front-desk. Be kind."}
        listed = json.dumps({"assistants": [{**remote, "faq_items": held}]}).encode()
        counts.append(calls_of_plan(desk, project.root, listed))
    assert counts[2] < 2.2 * counts[1]
