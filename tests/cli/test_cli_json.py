"""``list``, and the objects that verbs print for programs."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jsonschema import validate  # type: ignore[import-untyped]
from support.desk import Desk


def _object(desk: Desk, schema: str, *arguments: str) -> dict[str, Any]:
    result = desk.run(*arguments, "--format", "json")
    folder, _, name = schema.rpartition("/")
    text = files(f"revox_sync.{folder}").joinpath(f"{name}-1.0.schema.json").read_text("utf-8")
    validate(result.json, json.loads(text))
    told: dict[str, Any] = result.json
    return told


def test_list_has_a_line_for_each_assistant(desk: Desk) -> None:
    identity = desk.service.add("front-desk")
    other = desk.service.add("Night")
    desk.project.define()
    desk.project.define("spa")
    assert desk.run("list").out.splitlines() == [
        f'front-desk  "front-desk"  {identity}  managed',
        'spa  "spa"  -  managed',
        f'-  "Night"  {other}  not managed',
    ]
    found = _object(desk, "cli/list", "list")["assistants"]
    assert [one["managed"] for one in found] == [True, True, False]


def test_list_works_without_definitions(desk: Desk) -> None:
    identity = desk.service.add("Night")
    assert desk.run("list").out == f'-  "Night"  {identity}  not managed\n'


def test_apply_and_rollback_tell_each_outcome(desk: Desk) -> None:
    desk.service.add("front-desk", "As it was.")
    desk.project.define(prompt="As it shall be.")
    told = _object(desk, "render/outcome", "apply", "--auto-approve")
    assert [one["status"] for one in told["outcomes"]] == ["done"]
    assert told["plan"]["summary"]["replace"] == 1
    assert told["run"] == desk.records[0].name
    again = _object(desk, "render/outcome", "apply", "--auto-approve")
    assert (again["outcomes"], again["run"]) == ([], None)
    back = _object(desk, "render/outcome", "rollback", "--auto-approve")
    assert [one["key"] for one in back["outcomes"]] == ["front-desk"]


def test_json_asks_nobody(desk: Desk) -> None:
    desk.project.define()
    result = desk.run("apply", "--format", "json")
    assert (result.code, result.json["error"]["exit_code"]) == (64, 64)
    assert desk.service.writes == []


def test_pull_and_bind_tell_what_they_wrote(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Typed in.")
    other = desk.service.add("Night")
    desk.project.define(prompt="As it was.")
    told = _object(desk, "render/pull", "pull")
    assert [one["id"] for one in told["written"]] == [other]
    assert [one["paths"] for one in told["changed"]] == [["prompt"]]
    assert (told["secrets"], told["failed"], told["contested"], told["left"]) == ([], [], [], [])
    bound = _object(desk, "cli/bind", "bind")
    assert bound["bound"] == [f"assistants/front-desk.yaml: bound to {identity}"]
    assert bound["already"] == 1
