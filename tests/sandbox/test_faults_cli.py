"""``--faults`` on the command line: with the sandbox only, and read before anything happens."""

from __future__ import annotations

import json

import pytest
from support import cli
from support.project import Project

DOWN = "- {on: GET /assistants, times: 0, fault: status, status: 400}\n"


@pytest.fixture
def rehearsal(project: Project) -> Project:
    """A project with one definition that was never applied, and a file of faults."""
    project.define("front-desk", name="Front desk")
    project.write("faults.yaml", DOWN)
    return project


def run(project: Project, *arguments: str, **env: str) -> cli.Result:
    return cli.invoke(*arguments, env=env, cwd=project.root)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sandbox", "--faults", "faults.yaml", "plan"],
        ["plan", "--sandbox", "--faults", "faults.yaml"],
        ["--faults", "faults.yaml", "plan", "--sandbox"],
    ],
)
def test_it_stands_before_or_after_the_command(rehearsal: Project, arguments: list[str]) -> None:
    result = run(rehearsal, *arguments)
    assert result.code == 1
    assert "a fault, as rehearsed" in result.err


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "drift", "validate"])
def test_it_needs_the_sandbox(rehearsal: Project, command: str) -> None:
    rehearsal.write("faults.yaml", "- not even a rule")
    result = run(rehearsal, *command.split(), "--faults", "faults.yaml", REVOX_API_KEY="k")
    assert result.code == 64
    assert "--faults needs the sandbox" in result.err


@pytest.mark.parametrize(
    "command", ["plan --sandbox", "apply --sandbox --auto-approve", "sandbox serve --port 0"]
)
def test_a_broken_file_is_an_error_before_anything_is_done(
    rehearsal: Project, command: str
) -> None:
    rehearsal.write("faults.yaml", DOWN + "- {on: GET /voices, fault: statis, status: 400}\n")
    before = rehearsal.files()
    result = run(rehearsal, *command.split(), "--faults", "faults.yaml")
    assert (result.code, result.out) == (1, "")
    assert "error: faults.yaml: rule 2: fault must be one of status, delay" in result.err
    assert rehearsal.files() == before


def test_an_edit_that_the_account_cannot_hold_is_an_error_before_any_request(
    rehearsal: Project,
) -> None:
    rule = {"on": "GET *", "fault": "edit", "edit": {"assistant": "x", "set": {"promt": "p"}}}
    rehearsal.write("faults.yaml", json.dumps([rule]))
    result = run(rehearsal, "--sandbox", "--faults", "faults.yaml", "plan")
    assert result.code == 1
    assert "rule 1: edit: set: promt is not a member of this object" in result.err


def test_an_edit_of_nobody_is_a_warning_and_the_run_goes_on(rehearsal: Project) -> None:
    rule = {"on": "GET /assistants", "fault": "edit", "edit": {"assistant": "x", "ask": "q"}}
    rehearsal.write("faults.yaml", json.dumps([rule]))
    result = run(rehearsal, "--sandbox", "--faults", "faults.yaml", "plan")
    assert result.code == 0
    assert "WARNING: faults.yaml: rule 1: nothing was edited: no assistant has" in result.err


def test_a_server_that_drops_connections_says_nothing_about_it(rehearsal: Project) -> None:
    rehearsal.write(
        "faults.yaml",
        "- {on: GET /assistants, fault: drop-before}\n"
        "- {on: GET /assistants, nth: 2, fault: truncate}\n"
        "- {on: POST /assistants, fault: drop-after}\n",
    )
    serve = ("sandbox", "serve", "--port", "0", "--faults", "faults.yaml")
    with cli.start(*serve, env={}, cwd=rehearsal.root) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip().removeprefix("REVOX_BASE_URL=")
            run(rehearsal, "apply", "--auto-approve", REVOX_BASE_URL=url, REVOX_API_KEY="sandbox")
            again = ("plan", "--detailed-exitcode")
            assert run(rehearsal, *again, REVOX_BASE_URL=url, REVOX_API_KEY="sandbox").code == 0
        finally:
            server.kill()
            _, err = server.communicate(timeout=cli.LIMIT)
    assert err == 'serving; the key "sandbox" is accepted; Ctrl-C ends it\n'
