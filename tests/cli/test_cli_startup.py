"""What a start costs: nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys

import pytest
from support import cli
from support.cli import Result
from support.desk import Desk

import revox_sync

#: Runs the command line and tells what was imported, on a line of its own at the end.
_TELL = """
import atexit, os, runpy, sys
names = "click pydantic httpx rich ruamel deepdiff starlette uvicorn jsonschema asyncio".split()
names += ["revox_sync.authoring.edit", "httpx._main", "pydantic_core.core_schema", "pathlib"]
def tell():
    sys.stdout.flush()
    os.write(1, ("\\n" + " ".join(name for name in names if name in sys.modules)).encode())
atexit.register(tell)
runpy.run_module("revox_sync", run_name="__main__", alter_sys=True)
"""


def told(desk: Desk, *arguments: str) -> tuple[Result, set[str]]:
    """Return a run and which of the heavy packages it imported."""
    program = [sys.executable, "-c", _TELL, *arguments]
    result = cli.execute(env=desk.env, cwd=desk.root, program=program)
    return result, set(result.out.splitlines()[-1].split())


def test_version_imports_nothing(desk: Desk) -> None:
    result, imported = told(desk, "--version")
    assert result.code == 0
    assert result.out.startswith(f"revox-sync {revox_sync.__version__}\n")
    assert imported == set()


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["apply", "-h"]])
def test_help_imports_nothing_but_click(desk: Desk, arguments: list[str]) -> None:
    result, imported = told(desk, *arguments)
    assert result.code == 0
    assert imported - {"asyncio", "pathlib"} == {"click"}
    assert "pathlib" not in imported or arguments != ["--help"]


def test_validate_imports_no_network(desk: Desk) -> None:
    desk.project.define()
    result, imported = told(desk, "validate")
    assert result.code == 0
    assert not imported & {"httpx", "starlette", "uvicorn", "asyncio", "deepdiff"}


def test_a_plain_plan_of_sound_definitions_needs_no_models_and_no_colours(desk: Desk) -> None:
    desk.project.define()
    result, imported = told(desk, "plan")
    assert result.code == 0
    assert not imported & {"pydantic", "pydantic_core.core_schema", "deepdiff", "rich"}
    assert "httpx._main" not in imported
    desk.project.define(max_call_duration_secs="ten minutes")
    result, imported = told(desk, "plan")
    assert result.code == 1
    assert "pydantic" in imported


def test_a_plain_apply_needs_neither_of_them_nor_edits_definitions(desk: Desk) -> None:
    desk.project.define()
    result, imported = told(desk, "apply", "--auto-approve")
    assert result.code == 0
    assert not imported & {"pydantic", "deepdiff", "rich", "revox_sync.authoring.edit"}
    result, imported = told(desk, "bind")
    assert result.code == 0
    assert "revox_sync.authoring.edit" in imported


def test_a_plan_imports_nothing_of_the_sandbox(desk: Desk) -> None:
    desk.project.define()
    result, imported = told(desk, "plan")
    assert result.code == 0
    assert not imported & {"starlette", "uvicorn", "jsonschema"}


def test_what_is_told_can_be_seen(desk: Desk) -> None:
    desk.project.define()
    _, imported = told(desk, "plan", "--sandbox")
    assert {"click", "httpx", "ruamel", "starlette"} <= imported


def test_the_installed_command_and_the_module_are_one(desk: Desk) -> None:
    result = desk.execute("--version")
    assert (result.code, result.out, result.err) == (
        0,
        f"revox-sync {revox_sync.__version__}\n",
        "",
    )
    assert desk.run("--version").out == result.out
