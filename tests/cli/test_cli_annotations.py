"""Problems as GitHub shows them at their lines, read as GitHub's runner reads a log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.cli import Result
from support.desk import Desk
from support.examples import examples

from revox_sync.definitions.problem import Location, Problem
from revox_sync.render.diagnostics import render_annotations

NOT_YAML = "name: [\n"
HARM = "\x1b[2J \u202e ::error::x \r\n::stop-commands::x\n##vso[task.x] ##[error]y %0A::error::z"


@dataclass(frozen=True)
class Annotation:
    """What the runner makes of a line that begins with ``::``."""

    command: str
    properties: dict[str, str]
    message: str


def annotations(result: Result) -> list[Annotation]:
    """Return the annotations that a run prints."""
    return parsed(result.out)


def parsed(log: str) -> list[Annotation]:
    """Return the commands in a log; every one of them has to be an annotation."""
    found = []
    for line in log.splitlines():
        if not line.lstrip().startswith("::"):
            continue
        info, separator, message = line.lstrip()[2:].partition("::")
        assert separator, line
        command, _, listed = info.partition(" ")
        pairs = [pair.split("=", 1) for pair in listed.split(",") if pair]
        found.append(Annotation(command, {n: _decoded(v) for n, v in pairs}, _decoded(message)))
    assert {one.command for one in found} <= {"error", "warning"}
    return found


def _decoded(text: str) -> str:
    for code, character in (("0D", "\r"), ("0A", "\n"), ("3A", ":"), ("2C", ","), ("25", "%")):
        text = text.replace(f"%{code}", character)
    return text


def check(desk: Desk, *arguments: str) -> Result:
    return desk.run("validate", "--format", "github", *arguments)


def test_a_problem_is_told_at_its_file_line_and_column(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: a\nprompt: 7\n")
    result = check(desk)
    assert result.code == 1
    (found,) = annotations(result)
    assert found.command == "error"
    assert found.properties == {
        "file": "assistants/a.yaml",
        "line": "2",
        "col": "9",
        "title": "wrong-type",
    }
    assert found.message.splitlines() == [
        "`prompt` wants a text; this is the number 7",
        'help: put it in quotes: "7"',
    ]


def test_a_warning_is_a_warning(desk: Desk) -> None:
    desk.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)
    result = check(desk)
    assert result.code == 0
    assert [found.command for found in annotations(result)] == ["warning"]


def test_every_problem_is_told_however_many_github_shows(desk: Desk) -> None:
    desk.project.define("many", **{f"unknown_{number}": 1 for number in range(25)})
    result = check(desk)
    assert len(annotations(result)) == 25
    assert result.out.endswith("\n1 definition, 25 errors, 0 warnings\n")


def test_people_get_the_report_as_well(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    report = desk.run("validate", "--format", "text").out
    assert check(desk).out.endswith(report)


def test_what_is_sound_is_not_annotated(desk: Desk) -> None:
    desk.project.define()
    result = check(desk)
    assert (result.code, result.out) == (0, "1 definition, 0 errors, 0 warnings\n")


def test_inside_github_actions_nobody_has_to_ask(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    desk.env["GITHUB_ACTIONS"] = "true"
    assert len(annotations(desk.run("validate"))) == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_inside_github_actions_another_format_can_be_asked_for(desk: Desk, form: str) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    desk.env["GITHUB_ACTIONS"] = "true"
    assert annotations(desk.run("validate", "--format", form)) == []


@pytest.mark.parametrize("value", [None, "", "false"])
def test_elsewhere_it_is_text(desk: Desk, value: str | None) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    if value is not None:
        desk.env["GITHUB_ACTIONS"] = value
    assert annotations(desk.run("validate")) == []


@pytest.mark.parametrize("arguments", [[], ["--project", "."]])
def test_files_are_told_from_the_root_of_the_checkout(desk: Desk, arguments: list[str]) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    desk.env["GITHUB_WORKSPACE"] = str(desk.root.parent)
    (found,) = annotations(check(desk, *arguments))
    assert found.properties["file"] == "project/assistants/a.yaml"


def test_a_project_below_the_checkout_is_told_with_its_folder(desk: Desk) -> None:
    desk.project.write("voice/agents/assistants/a.yaml", NOT_YAML)
    desk.env["GITHUB_WORKSPACE"] = str(desk.root)
    (found,) = annotations(check(desk, "--project", "voice/agents"))
    assert found.properties["file"] == "voice/agents/assistants/a.yaml"


def test_without_a_checkout_files_are_told_from_the_current_folder(desk: Desk) -> None:
    desk.project.write("voice/assistants/a.yaml", NOT_YAML)
    (found,) = annotations(check(desk, "--project", "voice"))
    assert found.properties["file"] == "voice/assistants/a.yaml"


def test_problems_of_the_project_file_are_told_too(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "limit: 3\n")
    desk.project.define()
    (found,) = annotations(check(desk))
    assert found.properties["file"] == "revox-sync.yaml"


@pytest.mark.parametrize("name", ["50%, or: more", "a=b", "%2C", "a::b", "c:/d"])
def test_any_name_of_a_file_comes_through(name: str) -> None:
    """Told to the view itself: not every system has files of these names."""
    problem = Problem("unknown-key", "unknown key", None, location=Location(name, 1, 1))
    (found,) = parsed(render_annotations([problem], PurePosixPath("voice")))
    assert found.properties["file"] == f"voice/{name}"


def test_nothing_in_a_definition_becomes_a_command(desk: Desk) -> None:
    desk.project.define("harm", **{json.dumps(HARM): 1, "voice": {"id": "v", "provider": HARM}})
    result = check(desk)
    assert "unknown-key" in [found.properties["title"] for found in annotations(result)]
    assert len(annotations(result)) == 2
    for sign in ("\x1b", "\u202e", "\r", "##vso[", "##[error]"):
        assert sign not in result.out, sign
    for found in annotations(result):
        assert not any(line.lstrip().startswith("::") for line in found.message.splitlines())


@settings(max_examples=examples(20))
@given(text=st.text(st.sampled_from("ab:,%=#[]0123456789ACDvso "), min_size=1, max_size=40))
@example("%0A::error::%25%2C,title=x::")
def test_any_text_arrives_as_it_is(desk: Desk, text: str) -> None:
    desk.project.define("any", **{json.dumps(f"key {text}"): 1})
    (found,) = annotations(check(desk))
    assert found.properties.keys() == {"file", "line", "col", "title"}
    what, hint = found.message.split("\n")
    assert what.replace("\\x23", "#") == f"unknown key `key {text}`"
    assert hint.startswith("help: ")
