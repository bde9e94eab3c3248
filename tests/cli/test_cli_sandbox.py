"""The embedded sandbox through the same command line: inside the process and as a server."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from support import cli
from support.cli import LIMIT
from support.clock import Clock
from support.project import Project

from revox_sync.account import reader

WINDOWS = sys.platform == "win32"
DEFINITION: dict[str, Any] = {
    "first_sentence": "Hello.",
    "faq_items": [{"question": "A", "answer": "a"}],
}
KEY = {"REVOX_API_KEY": "rvx_served"}


def run(project: Project, *arguments: str, **env: str) -> cli.Result:
    return cli.invoke(*arguments, env=env, cwd=project.root)


@contextmanager
def serving(project: Project, *arguments: str, **env: str) -> Iterator[tuple[str, cli.Process]]:
    """Serve on a free port, for the key of KEY unless told otherwise; yields the base URL."""
    command = ("sandbox", "serve", "--port", "0", *arguments)
    with cli.start(*command, env=env or KEY, cwd=project.root) as process:
        try:
            assert process.stdout is not None
            name, _, url = process.stdout.readline().strip().partition("=")
            assert name == "REVOX_BASE_URL"
            yield url, process
        finally:
            process.kill()


def test_plan_apply_plan_without_a_key(project: Project) -> None:
    project.define(**DEFINITION)
    assert run(project, "plan", "--sandbox", "--detailed-exitcode").code == 2
    applied = run(project, "apply", "--sandbox", "--auto-approve")
    assert applied.code == 0, applied.said
    again = run(project, "plan", "--sandbox", "--detailed-exitcode")
    assert again.code == 0
    assert "Nothing to do." in again.out
    assert "nothing leaves this machine" in again.err


def test_an_edit_is_replaced_in_place(project: Project) -> None:
    project.define(**DEFINITION)
    run(project, "apply", "--sandbox", "--auto-approve")
    project.define(**{**DEFINITION, "first_sentence": "Good evening."})
    drifted = run(project, "drift", "--sandbox")
    assert drifted.code == 2
    assert "`revox-sync apply --sandbox " in drifted.out
    assert run(project, "--sandbox", "apply", "--auto-approve").code == 0
    assert run(project, "drift", "--sandbox").code == 0
    assert "assistants:    1" in run(project, "sandbox", "status").out


def test_a_plan_of_an_empty_sandbox_writes_nothing(project: Project) -> None:
    project.define()
    before = project.files()
    assert run(project, "plan", "--sandbox", "--format", "json").code == 0
    assert project.files() == before


def test_the_sandbox_ignores_where_the_account_is(project: Project) -> None:
    project.define()
    env = {"REVOX_BASE_URL": "https://nowhere.invalid/api", "REVOX_API_KEY": "rvx_real"}
    assert run(project, "plan", "--sandbox", **env).code == 0


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_the_sandbox_speaks_either_generation(project: Project, generation: str) -> None:
    project.define(**DEFINITION)
    applied = run(project, "apply", "--sandbox", "--auto-approve", "--profile", generation)
    assert applied.code == 0, applied.said
    assert f"profile:       {generation}" in run(project, "sandbox", "status").out
    assert run(project, "drift", "--sandbox").code == 0


def test_a_sandbox_of_another_generation_is_told(project: Project) -> None:
    project.define()
    run(project, "apply", "--sandbox", "--auto-approve", "--profile", "seed")
    result = run(project, "plan", "--sandbox", "--profile", "current")
    assert result.code == 1
    assert "sandbox reset" in result.err


def test_reset_forgets_everything(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(reader, "asyncio", clock)
    project.define()
    run(project, "apply", "--sandbox", "--auto-approve")
    began = clock.time()
    assert run(project, "sandbox", "reset").out == "the sandbox is empty\n"
    assert "(not there yet)" in run(project, "sandbox", "status").out
    assert run(project, "plan", "--sandbox", "--detailed-exitcode").code == 2
    assert clock.time() == began, "it waits for what the last run made"


def test_reset_and_status_of_nothing_are_no_errors(project: Project) -> None:
    before = project.files()
    assert run(project, "sandbox", "status").code == 0
    assert run(project, "sandbox", "reset").code == 0
    assert project.files() == before


def test_a_damaged_state_is_told(project: Project) -> None:
    project.define()
    project.write(".revox-sync/sandbox.sqlite3", b"not a database at all" * 100)
    result = run(project, "plan", "--sandbox")
    assert result.code == 1
    assert "sandbox reset" in result.err
    assert "internal error" not in result.err


def test_a_served_sandbox_is_an_account_like_any_other(project: Project) -> None:
    project.define(**DEFINITION)
    with serving(project) as (url, _):
        env = {"REVOX_BASE_URL": url, **KEY}
        applied = run(project, "apply", "--auto-approve", **env)
        assert applied.code == 0, applied.said
        project.define(**{**DEFINITION, "faq_items": []})
        assert run(project, "drift", **env).code == 2
        assert run(project, "apply", "--auto-approve", **env).code == 0
        assert run(project, "plan", "--detailed-exitcode", **env).code == 0
        wrong = run(project, "plan", **{**env, "REVOX_API_KEY": "another"})
        assert wrong.code == 1
        assert "401" in wrong.err
    assert run(project, "plan", "--sandbox", "--detailed-exitcode").code == 0


def test_a_served_sandbox_takes_the_key_that_is_set_and_a_file_of_account_data(
    project: Project,
) -> None:
    project.define(voice={"provider": "cartesia", "id": "v2"})
    voice = {"id": "v1", "provider": "cartesia", "name": "Lucie"}
    project.write("account.json", json.dumps({"voices": [voice]}))
    arguments = ("--data", "account.json")
    with serving(project, *arguments, REVOX_API_KEY="rvx_mine") as (url, _):
        refused = run(project, "plan", REVOX_BASE_URL=url, REVOX_API_KEY="rvx_mine")
        assert refused.code == 3
        assert 'the nearest are v1 "Lucie" (cartesia, en)' in " ".join(refused.out.split())
        assert run(project, "plan", REVOX_BASE_URL=url, **KEY).code == 1


def test_a_served_sandbox_makes_a_key_of_its_own_where_none_is_set(project: Project) -> None:
    project.define()
    keys = []
    for _ in range(2):
        with serving(project, HOME="x") as (url, process):
            assert process.stdout is not None
            name, _, key = process.stdout.readline().strip().partition("=")
            assert name == "REVOX_API_KEY"
            assert run(project, "plan", REVOX_BASE_URL=url, REVOX_API_KEY=key).code == 0
            assert run(project, "plan", REVOX_BASE_URL=url, REVOX_API_KEY="sandbox").code == 1
            keys.append(key)
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Host": "evil.example.com"},
        {"Host": "evil.example.com:80"},
        {"Host": "127.0.0.1.evil.example.com"},
    ],
)
def test_a_served_sandbox_answers_no_page_in_a_browser(
    project: Project, header: dict[str, str]
) -> None:
    with serving(project) as (url, _):
        known = {"Authorization": f"Bearer {KEY['REVOX_API_KEY']}"}
        assert httpx.get(f"{url}/assistants", headers=known).status_code == 200
        refused = httpx.get(f"{url}/assistants", headers={**known, **header})
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
        assert httpx.options(f"{url}/assistants", headers=header).status_code == 403


@pytest.mark.skipif(WINDOWS, reason="Windows sends no signal to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_served_sandbox_ends_quietly(project: Project, number: signal.Signals) -> None:
    with serving(project) as (_, process):
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
        assert process.returncode == 0
        assert out == ""
        assert err.startswith("serving; ")
        assert "Traceback" not in err


def test_a_port_that_is_taken_is_told(project: Project) -> None:
    with serving(project) as (url, _):
        port = url.partition("127.0.0.1:")[2].partition("/")[0]
        result = run(project, "sandbox", "serve", "--port", port)
        assert result.code == 1
        assert f"cannot listen on 127.0.0.1 port {port}" in result.err


@pytest.mark.parametrize(
    ("package", "arguments"),
    [
        ("starlette", "plan --sandbox"),
        ("uvicorn", "sandbox serve --port 0"),
        ("jsonschema", "apply --sandbox --auto-approve"),
    ],
)
def test_a_missing_extra_is_answered_with_the_command_that_installs_it(
    project: Project, package: str, arguments: str
) -> None:
    project.define()
    block = f"import runpy, sys; sys.modules[{package!r}] = None; "
    start = "runpy.run_module('revox_sync', run_name='__main__', alter_sys=True)"
    program = [sys.executable, "-c", block + start, *arguments.split()]
    result = cli.execute(env={}, cwd=project.root, program=program, limit=5)
    assert result.code == 1
    assert f"not installed: {package}" in result.err
    assert "-m pip install '" in result.err and "[sandbox]'" in result.err
    assert "Traceback" not in result.err
