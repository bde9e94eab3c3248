"""Lines of a journal that no run wrote: they tell nothing, and break nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.desk import Desk

pytestmark = pytest.mark.usefixtures("hurried", "waits_take_no_time")

DAMAGED: list[dict[str, Any]] = [
    {"event": "retired"},
    {"event": "withdrawn", "old": "1"},
    {"event": "retired", "old": ["1"], "new": {}},
    {"event": "outcome", "id": ["1"], "status": "done"},
    {"event": "outcome", "status": ["done"]},
    {"event": ["created"], "id": "1"},
    {"event": "created"},
    {"event": "created", "id": "1", "secrets": 7},
    {"event": "created", "id": "1", "secrets": [7]},
    {"event": "created", "id": "1", "secrets": [["prompt", []]]},
    {"event": "sending"},
    {"event": "sending", "method": "DELETE"},
    {"event": "sending", "method": "DELETE", "id": ["1"]},
    {"event": "sending", "method": "PATCH"},
    {"event": "sending", "method": "POST", "id": "1", "marks": [1]},
    {"event": "vain", "difference": ["x"]},
    {"event": "vain", "difference": "x", "fields": "prompt"},
]


@pytest.mark.parametrize("line", DAMAGED, ids=str)
def test_a_damaged_line_tells_nothing(desk: Desk, line: dict[str, Any]) -> None:
    identity = desk.service.add("front-desk", "Good.")
    desk.project.write("revox-sync.yaml", "retire: keep\n")
    desk.project.define(prompt="Bad.")
    assert desk.apply().code == 0
    (journal,) = desk.root.glob(".revox-sync/runs/*/journal.jsonl")
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"key": "front-desk", **line}) + "\n")
    assert desk.plan()["summary"]["unchanged"] == 1
    desk.project.define("night")
    assert desk.apply("night").code == 0
    assert desk.run("rollback", "--list").code == 0
    assert desk.rollback("1").code == 0
    assert desk.service.assistants[identity]["prompt"] == "Good."
