"""The type of an assistant: made with it, never changed in place, and hidden from lists."""

from __future__ import annotations

import json

import pytest
from support.desk import Desk


@pytest.mark.parametrize(
    ("held", "stated"), [("multi-step", "standalone"), ("standalone", "multi-step")]
)
def test_another_type_is_refused_and_the_ways_on_are_named(
    desk: Desk, held: str, stated: str
) -> None:
    identity = desk.service.add("front-desk", type=held, prompt="As it was.")
    desk.project.define(type=stated, prompt="As it shall be.")
    result = desk.apply()
    assert result.code == 3
    assert "change it in the dashboard" in result.out
    assert "`sync: {ignore: [type]}`" in result.out
    assert desk.run("drift").code == 3
    assert desk.service.writes == []

    desk.project.define(type=stated, prompt="As it shall be.", sync={"ignore": ["type"]})
    assert desk.apply().code == 0
    assert desk.service.writes[0].body == {"prompt": "As it shall be."}
    desk.service.edit(identity, type=stated)
    desk.project.define(type=stated, prompt="As it shall be.")
    assert desk.settled()


def test_an_assistant_is_made_with_its_type(desk: Desk) -> None:
    desk.project.define(type="multi-step")
    assert desk.apply().code == 0
    assert desk.service.writes[0].body["type"] == "multi-step"
    assert desk.settled()


def test_a_sub_assistant_is_not_made_unless_that_is_allowed(desk: Desk) -> None:
    desk.project.define(type="sub-assistant")
    result = desk.apply()
    assert result.code == 3
    assert "lists hide sub-assistants" in result.out
    assert "--allow-create front-desk" in result.out
    assert desk.service.writes == []
    assert desk.apply("--allow-create", "front-desk").code == 0
    assert desk.service.writes[0].body["type"] == "sub-assistant"


def test_a_sub_assistant_that_lists_hide_is_kept_by_its_id(desk: Desk) -> None:
    identity = desk.service.add("front-desk", type="sub-assistant", prompt="As it was.")
    desk.service.hidden.add(identity)
    desk.project.define(type="sub-assistant", prompt="As it shall be.", sync={"id": identity})
    assert desk.apply().code == 0
    (patch,) = desk.service.writes
    assert (patch.path, patch.body) == (f"/assistants/{identity}", {"prompt": "As it shall be."})
    assert desk.settled()


def test_the_sandbox_hides_them_and_a_bound_one_is_found(desk: Desk) -> None:
    desk.project.define(type="sub-assistant")
    created = desk.apply("--sandbox", "--allow-create", "front-desk")
    assert created.code == 0, created.said
    known = desk.run("plan", "--sandbox", "--detailed-exitcode")
    assert known.code == 0, "the record of the run that made it leads to it"
    made = json.loads(desk.records[0].folder.joinpath("journal.jsonl").read_text().splitlines()[-1])
    desk.project.define(type="sub-assistant", sync={"id": made["id"]})
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0
