"""What appears where: results, remarks, colour, pipes, and texts that mean harm."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from rich.cells import cell_len
from support.cli import LIMIT, clean, command
from support.desk import Desk

ESC = "\x1b"
at_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
AT_ONCE = {"retry-after": "0"}


def differ(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")


def warn(desk: Desk) -> None:
    desk.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_json_stays_readable_while_warnings_go_to_stderr(desk: Desk, command: str) -> None:
    warn(desk)
    result = desk.run(command, "--format", "json", "--log-level", "debug")
    assert "warning" in result.err
    assert "DEBUG: GET /assistants -> 200" in result.err
    assert result.json["summary"]["create"] == 1
    assert result.json["diagnostics"][0]["severity"] == "warning"


def test_json_is_ascii(desk: Desk) -> None:
    desk.project.define(prompt="Grüße 🙂 \u202e")
    result = desk.run("plan", "--format", "json")
    assert result.out.isascii()
    assert result.json["actions"][0]["changes"][1]["after"] == "Grüße 🙂 \u202e"


@pytest.mark.parametrize(
    ("command", "form"),
    [
        *((command, "markdown") for command in ("plan", "drift", "show plan.json", "questions")),
        ("validate", "github"),
    ],
)
def test_what_is_for_github_is_utf_8_wherever_it_is_made(
    desk: Desk, command: str, form: str
) -> None:
    desk.service.ask(desk.service.add("front-desk"), "Où est la piscine ?")
    desk.project.define(prompt="Grüße 🙂 und où")
    desk.run("plan", "--out", "plan.json")
    if command == "validate":
        desk.project.define(où="1")
    desk.env |= {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    result = desk.execute(*command.split(), "--format", form)
    assert "où" in result.out.lower(), result.err
    assert "\\x" not in result.out


def test_an_error_leaves_stdout_empty(desk: Desk) -> None:
    differ(desk)
    desk.service.on("GET", status=401)
    result = desk.run("plan")
    assert result.out == ""
    assert result.err.startswith("error: 401")


def test_an_error_is_json_where_json_is_asked_for(desk: Desk) -> None:
    differ(desk)
    desk.service.on("GET", status=401)
    result = desk.run("plan", "--format", "json")
    error = result.json["error"]
    assert {*error} == {"message", "hint", "exit_code", "diagnostics"}
    assert error["message"].startswith("401")
    assert error["exit_code"] == result.code == 1


def test_a_failed_action_does_not_eat_the_plan(desk: Desk) -> None:
    differ(desk)
    desk.service.on("PATCH", status=400)
    result = desk.apply()
    assert "Plan: 0 to create, 1 to replace, 0 unchanged." in result.out
    assert "Apply: 0 done, 1 failed" in result.out


@pytest.mark.parametrize("arguments", ["plan", "drift", "apply --auto-approve", "validate"])
def test_piped_output_has_no_escape_sequence(desk: Desk, arguments: str) -> None:
    differ(desk)
    desk.env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    assert ESC not in desk.execute(*arguments.split()).said


@at_a_terminal
def test_a_terminal_gets_colour(desk: Desk) -> None:
    differ(desk)
    with desk.terminal("plan") as session:
        assert session.end() == 0
    shown = session.shown.partition("Plan for")[2]
    styles = {
        code for found in re.findall(rf"{ESC}\[([\d;]*)m", shown) for code in found.split(";")
    }
    # Bold, dim, underlined, and colours that are readable on a light and on a dark background.
    assert {"1", "36"} <= styles <= {"", "0", "1", "2", "4", "31", "32", "35", "36"}
    assert not re.search(rf"{ESC}\[1;3\d", shown), "bold colours are bright ones on some terminals"


@at_a_terminal
def test_progress_stays_in_its_line_and_obeys_no_key(desk: Desk) -> None:
    desk.project.define("\u202e" + "日本" * 30, name="front-desk")
    desk.env["COLUMNS"] = "40"
    with desk.terminal("apply", "--auto-approve") as session:
        assert session.end() == 0, session.shown
    steps = [step.partition("\r")[0] for step in session.shown.split(f"\r{ESC}[K")]
    assert any("applying" in step and "日本" in step for step in steps)
    assert "\u202e" not in session.shown
    assert max(cell_len(step) for step in steps if step.startswith("applying")) < 40


@at_a_terminal
@pytest.mark.parametrize("columns", [40, 200])
def test_a_terminal_gets_sentences_folded_between_words(desk: Desk, columns: int) -> None:
    desk.project.define(first_sentence=5)
    words = "`first_sentence` wants a text; this is the number 5"
    told = f"assistants/front-desk.yaml:3:17: error[wrong-type]: {words}"
    desk.env["COLUMNS"] = str(columns)
    for verb in ("plan", "validate"):
        assert told in desk.run(verb).said, "one line for logs"
        with desk.terminal(verb) as session:
            assert session.end() == 1
        lines = session.shown.replace("\r", "").replace(f"{ESC}[K", "").split("\n")
        (begin,) = [n for n, line in enumerate(lines) if line.startswith("assistants/")]
        (end,) = [n for n, line in enumerate(lines) if line.startswith(" 3 |")]
        here = lines[begin:end]
        assert (len(here) == 1) == (columns > len(told))
        assert " ".join(line.strip() for line in here) == told
        assert max(map(len, lines)) <= columns


@at_a_terminal
@pytest.mark.parametrize("way", ["--no-color", "NO_COLOR", "TERM"])
def test_colour_can_be_declined(desk: Desk, way: str) -> None:
    differ(desk)
    desk.env |= {"NO_COLOR": {"NO_COLOR": "1"}, "TERM": {"TERM": "dumb"}}.get(way, {})
    with desk.terminal("plan", *(["--no-color"] if way == "--no-color" else [])) as session:
        assert session.end() == 0
    assert ESC not in session.shown.partition("Plan for")[2]


@at_a_terminal
@pytest.mark.parametrize("arguments", ["plan", "apply --auto-approve --settle 0", "plan nobody"])
def test_a_dumb_terminal_gets_plain_lines(desk: Desk, arguments: str) -> None:
    differ(desk)
    desk.env["TERM"] = "dumb"
    with desk.terminal(*arguments.split()) as session:
        session.end()
    assert ESC not in session.shown
    assert "\r" not in session.shown
    assert "reading the account" not in session.shown


@pytest.mark.parametrize("arguments", ["plan", "plan --format json", "validate --format json"])
def test_a_reader_that_has_seen_enough_causes_no_traceback(desk: Desk, arguments: str) -> None:
    desk.project.define(prompt="Line\n" * 50_000)
    process = subprocess.Popen(
        command(*arguments.split()),
        env=clean(desk.env),
        cwd=desk.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=LIMIT)
    assert err == b""
    assert process.returncode in (1, 141)


def test_an_apply_whose_reader_went_away_writes_nothing(desk: Desk) -> None:
    differ(desk)
    process = subprocess.Popen(
        command("apply", "--auto-approve"),
        env=clean(desk.env),
        cwd=desk.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=LIMIT)
    assert err == b""
    assert process.returncode != 0
    assert desk.service.writes == []


HARM = f"{ESC}[2J \u202e \x07 ::error::x \r##vso[task.x]"


def test_harm_in_a_definition_is_shown_escaped(desk: Desk) -> None:
    desk.project.define(name="front-desk", prompt=f"::error::first\n{HARM}")
    harmless(desk.apply().out)


def test_harm_in_the_account_is_shown_escaped(desk: Desk) -> None:
    desk.service.add("front-desk", prompt=f"::error::first\n{HARM}")
    desk.service.add(f"::error::{HARM}")
    desk.project.define()
    harmless(desk.run("plan").out)


def test_harm_in_an_error_of_the_service_is_shown_escaped(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=400, body={"error": HARM})
    harmless(desk.run("plan").err)


def test_harm_in_an_error_of_a_write_is_shown_escaped(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("POST", status=400, body={"error": HARM})
    harmless(desk.apply().out)


def test_harm_in_an_error_is_logged_escaped(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=503, headers=AT_ONCE, body={"error": HARM})
    result = desk.run("plan", "--log-level", "debug")
    assert result.code == 0
    assert "503" in result.err
    harmless(result.err)


def test_harm_in_an_argument_is_shown_escaped(desk: Desk) -> None:
    desk.project.define()
    harmless(desk.run("plan", HARM).err)
    harmless(desk.run("plan", f"--{HARM}").err)
    harmless(desk.apply(f"{HARM}.json").err)


def test_harm_in_a_plan_file_is_shown_escaped(desk: Desk) -> None:
    desk.project.define()
    desk.run("plan", "--out", "plan.json")
    path = desk.root / "plan.json"
    data = json.loads(path.read_text())
    data["target"]["base_url"] = data["actions"][0]["name"] = f"::error::{HARM}"
    data["actions"][0] |= {"key": HARM, "file": HARM, "refused": HARM, "notes": [HARM]}
    path.write_text(json.dumps(data))
    harmless(desk.run("show", "plan.json").out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["apply", "--auto-approve", "--settle", "0"],
        ["list"],
        ["plan", "##vso[task.x]"],
    ],
    ids=" ".join,
)
def test_harm_in_json_is_escaped_and_stays_what_it_is(desk: Desk, arguments: list[str]) -> None:
    desk.project.define(name="front ##[add-mask]e", prompt="\\##vso[task.x] ###[error]y")
    result = desk.run(*arguments, "--format", "json")
    assert "#[" in result.out or "#vso[" in result.out
    assert "##[" not in result.out
    assert "##vso[" not in result.out
    assert "##[add-mask]e" in str(result.json) or "##vso[task.x]" in str(result.json)


def harmless(text: str) -> None:
    """Fail on anything that a terminal or a CI system would obey."""
    assert text
    for sign in (ESC, "\x07", "\u202e", "\r"):
        assert sign not in text, repr(sign)
    for line in text.splitlines():
        assert not line.lstrip().startswith("::"), line
        assert "##vso[" not in line, line


def test_progress_is_for_terminals_alone(desk: Desk) -> None:
    differ(desk)
    remark = r"recorded as run \S+; `revox-sync rollback` restores what it replaced\n"
    assert re.fullmatch(remark, desk.apply().err)


def test_the_plan_names_the_account_it_is_for(desk: Desk) -> None:
    differ(desk)
    first = desk.run("plan").out.splitlines()[0]
    address = desk.service.base_url
    assert first == f"Plan for {address}, organization org_lumiere, profile current"


@pytest.mark.parametrize("columns", ["20", "80"])
def test_no_line_is_wider_than_the_terminal(desk: Desk, columns: str) -> None:
    desk.env["COLUMNS"] = columns
    desk.project.define(prompt="A long sentence about nothing at all. " * 20)
    widest = max(map(len, desk.run("plan").out.splitlines()))
    assert widest <= int(columns)
