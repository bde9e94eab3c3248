"""Streams that are closed or full, readers that leave, and Ctrl-C at any moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest
from support import forks
from support.cli import LIMIT, clean, command
from support.desk import SETTLE, Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such shell")
APPLY = ("apply", "--auto-approve", "--settle", SETTLE)


def shell(desk: Desk, redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with a stream redirected as a shell does it.

    A fresh interpreter finds out by itself which streams are closed; a full one it meets later.
    """
    env = clean(desk.env)
    program = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command(*arguments)]
    if "&-" not in redirection and forks.can_fork(env):
        program = ["sh", "-c", f"{forks.client()} {redirection}", "sh", *arguments]
    return subprocess.run(
        program,
        env=env,
        cwd=desk.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        (">&-", ["plan"]),
        (">/dev/full", ["plan"]),
        (">/dev/full", ["validate"]),
        (">/dev/full", ["status"]),
    ],
)
def test_a_result_that_nobody_gets_is_an_error(
    desk: Desk, place: str, arguments: Sequence[str]
) -> None:
    desk.project.define()
    done = shell(desk, place, *arguments)
    assert done.returncode == 1
    assert "error: cannot write to stdout" in done.stderr
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        (">&-", ["--help"]),
        (">&-", ["--version"]),
        ("2>&-", ["plan", "--help"]),
        (">/dev/full", ["plan", "--help"]),
        (">/dev/full", ["--help"]),
        (">/dev/full", ["--version"]),
        ("2>/dev/full", ["--help"]),
        ("2>/dev/full", ["--version"]),
    ],
)
def test_help_is_no_reason_to_complain(desk: Desk, place: str, arguments: Sequence[str]) -> None:
    done = shell(desk, place, *arguments)
    assert done.returncode in ((0, 1) if place == ">/dev/full" else (0,))
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "internal error" not in done.stderr


@pytest.mark.parametrize(
    ("place", "arguments", "code"),
    [
        ("2>&-", ["plan", "--detailed-exitcode"], 2),
        ("2>/dev/full", ["plan", "--detailed-exitcode"], 2),
        ("2>/dev/full", ["plan", "nobody"], 64),
        ("2>/dev/full", ["show", "none.json"], 1),
    ],
)
def test_without_stderr_the_exit_code_is_true(
    desk: Desk, place: str, arguments: Sequence[str], code: int
) -> None:
    desk.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)  # which warns
    assert shell(desk, place, *arguments).returncode == code


@pytest.mark.parametrize("place", [">&-", ">/dev/full"])
def test_an_apply_that_cannot_show_its_plan_writes_nothing(desk: Desk, place: str) -> None:
    desk.project.define()
    done = shell(desk, place, *APPLY)
    assert done.returncode == 1
    assert "error: cannot write to stdout" in done.stderr
    assert desk.service.writes == []


@pytest.mark.parametrize("place", ["2>&-", "2>/dev/full"])
def test_without_stderr_the_run_is_named_on_stdout(desk: Desk, place: str) -> None:
    desk.project.define()
    done = shell(desk, place, *APPLY)
    assert done.returncode == 0
    assert "1 done" in done.stdout
    assert f"recorded as run {desk.records[0].name}" in done.stdout


def test_what_was_written_is_told_when_the_reader_has_left(desk: Desk) -> None:
    """As with ``apply | head -1``: exit 4 says that something was written."""
    for number in range(3):
        desk.project.define(f"desk-{number}")
    process = desk.start(*APPLY)
    assert process.stdout is not None
    desk.service.on("POST", "/assistants", edit=process.stdout.close)
    assert process.stderr is not None
    with process.stderr as stderr:
        err = stderr.read()
    assert process.wait(LIMIT) == 4
    assert "3 done" in err
    assert f"recorded as run {desk.records[0].name}" in err
    assert "Traceback" not in err


def test_no_module_that_is_loaded_lets_ctrl_c_through(desk: Desk) -> None:
    """Every import of the tool may be the moment of Ctrl-C."""
    script = """
import sys
_, wanted = sys.argv
sys.argv[1:] = ["plan"]
class Interrupting:
    def find_spec(name, path=None, target=None):
        if name == wanted:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting)
from revox_sync.__main__ import main
main()
"""
    desk.project.define()
    for name in ("click", "revox_sync.cli.main", "revox_sync.cli.plan", "httpx", "ruamel.yaml"):
        done = subprocess.run(
            [sys.executable, "-c", script, name],
            env=clean(desk.env),
            cwd=desk.root,
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT,
            check=False,
        )
        assert (done.returncode, done.stderr.strip()) == (130, "interrupted"), name


def test_a_closed_stream_gives_its_number_to_no_file(desk: Desk) -> None:
    desk.project.define()
    done = shell(desk, "<&- >&- 2>&-", "plan", "--out", "plan.json")
    assert done.returncode == 1
    assert (desk.root / "plan.json").stat().st_size > 0
