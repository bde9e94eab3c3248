"""Problems as text and as data. The texts lie in ``golden/``; read them there.

After a change that is meant, write them anew: ``REVOX_SYNC_GOLDEN=write pytest
tests/definitions``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reading import LEAST, problems_of, read
from support.project import Project

from revox_sync.definitions.problem import Location, Problem
from revox_sync.render.diagnostics import render_text
from revox_sync.render.safe import escape

GOLDEN = Path(__file__).parent / "golden"


def problem(line: str | None, column: int = 1, message: str = "wrong", file: str = "a.yaml") -> str:
    """Return the text of one problem."""
    place = Location(file, 7, column)
    return render_text([Problem("rule", message, None, location=place, source_line=line)])


def check(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("REVOX_SYNC_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unknown_key", LEAST + "voice:\n  provider: cartesia\n  id: x\n  sped: 1.1\n"),
        ("two_problems", LEAST + "first_sentence_mode: static\nfaq_items: null\n"),
        ("tab", LEAST + "voice:\n\tid: x\n"),
        ("tab_before_the_caret", LEAST + "webhook_url:\t\tftp://example.com\n"),
        ("long_line", f"name: A\nprompt: {'word ' * 60}${{var.NAME}} {'more ' * 60}\n"),
        ("wide_characters", LEAST + "voice: {id: 日本語, provider: カルテシア, speed: 9}\n"),
        ("combining_characters", LEAST + "voice: {id: e\u0301e\u0301, provider: x}\n"),
        ("bidi_and_escapes", LEAST + "voice: {id: a\u202eb\u2066\u200fc, provider: '\u200b'}\n"),
        ("masked_url", LEAST + "wobhook_url: https://me:pw@e.com/?key=s3cr3t&v={{v}}\n"),
        ("credential", LEAST + "llm_model: {type: openrouter, api_key: sk-1}\n"),
        ("not_utf8", b"name: A\nprompt: caf\xe9\n"),
        ("workflow_command", LEAST + "'::error::x': 1\n"),
        ("empty", ""),
    ],
)
def test_a_problem_shows_its_line_and_a_caret(
    project: Project, name: str, text: str | bytes
) -> None:
    check(f"{name}.txt", render_text(problems_of(project, text)))


def test_problems_in_several_files(project: Project) -> None:
    project.write("revox-sync.yaml", "defualts: {}\n")
    project.write("assistants/a.yaml", LEAST + "faq_items: {file: _x.yaml}\n")
    project.write("assistants/b.yaml", LEAST)
    project.write("assistants/_x.yaml", "- question: Do you take dogs?\n")
    check("several_files.txt", render_text(read(project)[2]))


def test_as_data(project: Project) -> None:
    problems = problems_of(project, LEAST + "first_sentence_mode: static\n")
    check("data.json", json.dumps([one.to_json() for one in problems], indent=2) + "\n")


def test_the_caret_stands_under_its_character_however_long_the_line() -> None:
    line = "x" * 3000 + "!" + "y" * 3000
    shown, caret = problem(line, 3001).splitlines()[1:3]
    assert shown[caret.index("^")] == "!"
    assert len(shown) < 120


def test_a_file_cannot_be_named_like_a_workflow_command() -> None:
    assert problem("x", file="::error::x").startswith("\\x3a:error::x:7:1: error[rule]")


def test_a_line_of_megabytes_is_cut_at_once() -> None:
    assert len(problem("x" * 5_000_000, 2_500_000)) < 400


def test_a_caret_past_the_end_of_a_line() -> None:
    assert problem("ab", 3).splitlines()[1:3] == [" 7 | ab", "   |   ^"]


_LINES = st.text(max_size=300)


@given(line=_LINES, column=st.integers(1, 310), message=_LINES, file=_LINES)
@example(line="\u0301", column=1, message="", file="a.yaml")
def test_nothing_that_is_printed_acts_or_hides(
    line: str, column: int, message: str, file: str
) -> None:
    text = problem(line.replace("\n", ""), column, message, file)
    text.encode()
    for row in text.split("\n"):
        assert escape(row) == row
        assert not row.startswith("::")
    assert text.count("\n") == 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日 😀 ❤️", "plain é 日 😀 ❤️"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\x00b\x7fc\x9b", "a\\x00b\\x7fc\\x9b"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\u202e\u2066\u2069\u200e\u200f\u061c", "\\u202e\\u2066\\u2069\\u200e\\u200f\\u061c"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("\u200b\ufeff\u00ad\u2060", "\\u200b\\ufeff\\xad\\u2060"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_characters_that_act_or_hide_are_shown(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_line_feeds_may_stay() -> None:
    assert escape("a\nb\r\x1b", newlines=True) == "a\nb\\r\\x1b"
