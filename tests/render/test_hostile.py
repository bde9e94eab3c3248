"""Texts of others stay texts: no markup, no cursor, no CI command, and no line beyond the width."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from plans_at_random import plans
from rich.cells import cell_len
from scenes import HOSTILE, everything, hostile, outcomes
from support.examples import examples

from revox_sync.apply.events import Outcome
from revox_sync.plan.model import Plan
from revox_sync.render.outcome import render_outcomes
from revox_sync.render.terminal import render_plan

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@cache
def _hostile() -> Plan:
    return hostile()


def _outcomes(width: int, *, colour: bool) -> str:
    """Return a summary in which the service's words are the hostile ones."""
    found = [
        Outcome(action, "failed", text, text, hint=text, warnings=(text,))
        for action, text in zip(_hostile().actions, HOSTILE, strict=False)
    ]
    return render_outcomes(found, width=width, colour=colour)


@cache
def _pages(width: int, colour: bool) -> list[str]:
    plans = [
        render_plan(found, width=width, colour=colour, drift=drift)
        for found in (_hostile(), everything())
        for drift in (False, True)
    ]
    return [
        *plans,
        _outcomes(width, colour=colour),
        render_outcomes(outcomes(), width=80, colour=colour),
    ]


#: With colours, a page is without them what the plain one is; a test below holds that.
KINDS = [(80, False), (80, True), (200, True)]


def _plain(page: str) -> str:
    return _COLOUR.sub("", page)


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_is_wider_than_the_terminal(kind: tuple[int, bool]) -> None:
    lines = [line for page in _pages(*kind) for line in _plain(page).split("\n")]
    assert [line for line in lines if cell_len(line) > kind[0]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_moves_the_cursor_or_turns_the_text(kind: tuple[int, bool]) -> None:
    for page in _pages(*kind):
        text = _plain(page) if kind[1] else page
        assert {c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")} <= {"\n"}
        assert not set(text) & set(_DIRECTION)


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_is_a_command_to_a_ci_system(kind: tuple[int, bool]) -> None:
    for page in _pages(*kind):
        for text in (page, _plain(page)):
            assert not [line for line in text.split("\n") if line.lstrip().startswith("::")]
            assert "##[" not in text and "##vso[" not in text


@settings(max_examples=examples(20))
@given(plans())
def test_any_plan_stays_within_the_terminal(plan: Plan) -> None:
    page = render_plan(plan, width=80, colour=False, notes=True)
    assert [line for line in page.split("\n") if cell_len(line) > 80] == []
    assert not [line for line in page.split("\n") if line.lstrip().startswith("::")]


def test_markup_is_shown_as_it_was_written() -> None:
    page = render_plan(hostile(["[/b][red]markup[/red]"]), width=200, colour=False)
    assert '"[/b][red]markup[/red]"' in page


def test_a_text_without_an_end_is_cut_and_says_so() -> None:
    page = render_plan(hostile(["x" * 10_000]), width=200, colour=False)
    assert "more characters)" in page


def test_the_page_is_text_that_a_pipe_can_take() -> None:
    for page in _pages(80, False):
        page.encode()


def test_colour_repeats_what_the_marks_say() -> None:
    """Without its colours, the coloured page is the plain one."""
    for coloured, plain in zip(_pages(80, True), _pages(80, False), strict=True):
        lines = [line.rstrip() for line in _plain(coloured).split("\n")]
        assert lines == [line.rstrip() for line in plain.split("\n")]
