"""With ``--format json`` an error is one object on stdout, beside the words on stderr."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import validate  # type: ignore[import-untyped]
from support.desk import Desk

SCHEMA = json.loads(files("revox_sync.cli").joinpath("error-1.0.schema.json").read_text("utf-8"))


def _error(desk: Desk, *arguments: str) -> dict[str, Any]:
    result = desk.run(*arguments)
    validate(result.json, SCHEMA)
    error: dict[str, Any] = result.json["error"]
    assert error["exit_code"] == result.code
    assert error["message"].partition("\\n")[0] in result.err
    return error


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "--format", "json", "nobody"), 64),
        (("plan", "--format=json", "--unheard-of"), 64),
        (("drift", "--format", "json", "--base", "0" * 40), 64),
        (("show", "gone.json", "--format", "json"), 1),
        (("status", "--format", "json", "--env", "nowhere"), 64),
    ],
)
def test_every_error_is_an_object(desk: Desk, arguments: tuple[str, ...], code: int) -> None:
    desk.project.define()
    assert _error(desk, *arguments)["exit_code"] == code


def test_an_answer_of_the_service_is_in_it(desk: Desk) -> None:
    desk.project.define()
    desk.env["REVOX_API_KEY"] = "another"
    assert "401" in _error(desk, "plan", "--format", "json")["message"]


def test_what_is_wrong_in_the_definitions_is_listed(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: A\nprompt: p\nvoice: 1\nfoo: 1\n")
    error = _error(desk, "plan", "--format", "json")
    assert error["message"] == "2 problems in the definitions; nothing was sent"
    assert [found["line"] for found in error["diagnostics"]] == [3, 4]


def test_without_it_stdout_stays_empty(desk: Desk) -> None:
    desk.project.define()
    for arguments in (("plan", "nobody"), ("plan", "--", "--format", "json")):
        assert desk.run(*arguments).out == ""
