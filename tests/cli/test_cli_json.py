"""``--format json``: one object of a published schema from every command, on errors, too.

The commands are those of the command line itself, each run as its help's example says.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, validate  # type: ignore[import-untyped]
from support import scripts
from support.desk import Desk
from support.github import serving_github

from revox_sync.cli.options import Command

GIT = shutil.which("git") or "git"
COMMANDS = dict(scripts.load("write_docs").commands())


@cache
def _schema(name: str) -> Any:
    text = files("revox_sync.schemas").joinpath(f"{name}-1.0.schema.json").read_text("utf-8")
    return json.loads(text)


def _is_one_of(schemas: tuple[str, ...], found: Any) -> bool:
    return any(Draft202012Validator(_schema(name)).is_valid(found) for name in schemas)


def _object(desk: Desk, schema: str, *arguments: str) -> dict[str, Any]:
    result = desk.run(*arguments, "--format", "json")
    validate(result.json, _schema(schema))
    told: dict[str, Any] = result.json
    return told


def _error(desk: Desk, *arguments: str) -> dict[str, Any]:
    result = desk.run(*arguments)
    validate(result.json, _schema("error"))
    error: dict[str, Any] = result.json["error"]
    assert error["exit_code"] == result.code
    assert error["message"].partition("\\n")[0] in result.err
    return error


@pytest.fixture
def office(desk: Desk) -> Iterator[Desk]:
    """A desk where the examples of the commands can be run."""
    for key, name in (("front-desk", "Front desk"), ("hotel/spa", "Spa"), ("old-desk", "Old")):
        desk.project.define(key, name=name)
        desk.service.add(name, f"You are {key}. Be kind.")
    desk.project.write(".gitignore", ".revox-sync/\n")
    desk.project.write("revox-sync.yaml", "environments: {staging: {}}\n")
    desk.project.write("account.yaml", "assistants: [{name: Front desk, prompt: Be kind.}]\n")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for arguments in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-q", "-m", "1")):
        subprocess.run([GIT, *identity, *arguments], cwd=desk.root, check=True)
    desk.env["REVOX_SYNC_ENV"] = "staging"
    assert desk.run("plan", "--out", "plan.json").code == 0
    for name in ("plan", "drift"):
        desk.project.write(f"{name}.md", f"<!-- revox-sync: {name} -->\nText\n")
    with serving_github() as github:
        desk.env |= github.env()
        yield desk


def _arguments(command: Command) -> list[str]:
    """Return the command line of a command's example, such as can be run here."""
    assert command.example, "it has no example"
    words = shlex.split(re.sub(r'^eval "\$\(|\)"$| > .*', "", command.example))[1:]
    more = {
        "pr": ["--pr", "1"],
        "auto_approve": ["--auto-approve"],
        "requirement": ["--from", f"git+https://github.com/OWNER/revox-sync@{'a' * 40}"],
    }
    names = [parameter.name for parameter in command.params]
    return [*words, *(word for name in more if name in names for word in more[name])]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "sandbox serve"])
def test_every_command_prints_an_object_of_its_schema(office: Desk, name: str) -> None:
    command = COMMANDS[name]
    result = office.run(*_arguments(command), "--format", "json")
    assert result.code in (0, 2), result.err
    assert _is_one_of(command.prints, result.json), result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_an_error_as_an_object(desk: Desk, name: str) -> None:
    assert _error(desk, *name.split(), "--format=json", "--unheard-of")["exit_code"] == 64


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "sandbox serve"])
def test_whatever_is_wrong_there_is_one_object(desk: Desk, name: str) -> None:
    """A project file that cannot be read, no key, no token, no definition."""
    desk.project.write("revox-sync.yaml", "environments: [\n")
    desk.env.clear()
    command = COMMANDS[name]
    result = desk.run(*_arguments(command), "--format", "json")
    assert _is_one_of(("error", *command.prints), result.json), result.out
    if "error" in result.json:
        assert result.json["error"]["exit_code"] == result.code != 0


def test_a_served_sandbox_says_where_it_is(desk: Desk) -> None:
    desk.env.clear()
    with desk.start("sandbox", "serve", "--port", "0", "--format", "json") as process:
        assert process.stdout is not None
        told = "".join(iter(process.stdout.readline, "}\n")) + "}"
        process.kill()
    validate(json.loads(told), _schema("sandbox-serve"))
    assert json.loads(told)["key"]


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
    found = _object(desk, "list", "list")["assistants"]
    assert [one["managed"] for one in found] == [True, True, False]


def test_list_works_without_definitions(desk: Desk) -> None:
    identity = desk.service.add("Night")
    assert desk.run("list").out == f'-  "Night"  {identity}  not managed\n'


def test_apply_and_rollback_tell_each_outcome(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "As it was.")
    desk.project.define(prompt="As it shall be.")
    told = _object(desk, "outcome", "apply", "--auto-approve")
    assert [one["status"] for one in told["outcomes"]] == ["done"]
    assert told["plan"]["summary"]["replace"] == 1
    assert told["run"] == desk.records[0].name
    again = _object(desk, "outcome", "apply", "--auto-approve")
    assert (again["outcomes"], again["run"]) == ([], None)
    (run,) = _object(desk, "runs", "rollback", "--list")["runs"]
    assert (run["name"], run["created"]) == (told["run"], [])
    assert run["replaced"] == [{"key": "front-desk", "id": identity}]
    back = _object(desk, "outcome", "rollback", "--auto-approve", "1")
    assert [one["key"] for one in back["outcomes"]] == ["front-desk"]


def test_pull_and_bind_tell_what_they_wrote(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Typed in.")
    other = desk.service.add("Night")
    desk.project.define(prompt="As it was.")
    desk.project.define("spa")
    told = _object(desk, "pull", "pull")
    assert [one["id"] for one in told["written"]] == [other]
    assert [one["paths"] for one in told["changed"]] == [["prompt"]]
    assert (told["secrets"], told["failed"], told["contested"], told["left"]) == ([], [], [], [])
    bound = _object(desk, "bind", "bind")
    assert bound["bound"] == [{"file": "assistants/front-desk.yaml", "id": identity}]
    assert [one["id"] for one in bound["already"]] == [other]
    assert bound["missing"] == [{"file": "assistants/spa.yaml"}]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "--format", "json", "nobody"), 64),
        (("--format", "json", "plna"), 64),
        (("drift", "--format", "json", "--base", "0" * 40), 64),
        (("show", "gone.json", "--format", "json"), 1),
        (("status", "--format", "json", "--env", "nowhere"), 64),
        (("apply", "--format", "json"), 64),  # it asks nobody
    ],
)
def test_every_error_is_an_object(desk: Desk, arguments: tuple[str, ...], code: int) -> None:
    desk.project.define()
    assert _error(desk, *arguments)["exit_code"] == code
    assert desk.service.writes == []


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
