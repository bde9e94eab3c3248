"""Every changed word is in the view, or its absence is stated with its count."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scenes_views import plan_of, replaced
from support.examples import examples

from revox_sync.account.remote import Target
from revox_sync.apply.events import Outcome
from revox_sync.plan.model import Change, Create, Plan
from revox_sync.render import alike, markdown, page, prose, safe, terminal
from revox_sync.render.markdown import LIMIT, render_markdown
from revox_sync.render.outcome import render_outcomes, render_outcomes_markdown
from revox_sync.render.prose import words
from revox_sync.render.safe import apart, apart_within, escape
from revox_sync.render.terminal import render_plan

_COUNTED = re.compile(r"(\d+) changed lines? or values? not shown(?! here\*\*:)")


def _text(draw: st.DrawFn, mark: str) -> tuple[str, str, list[str]]:
    """Return a text, the same with words changed, and those words of both sides."""
    source = draw(st.randoms(use_true_random=True))
    lines = []
    for _ in range(source.choice((1, 1, 3, 40))):
        length = source.choice((3, 30, 600))
        ends = ("", "", "", "", ".", "!", ",")
        lines.append([f"{source.choice('abcde')}{source.choice(ends)}" for _ in range(length)])
    new = [list(line) for line in lines]
    changed = []
    for number in range(source.randrange(1, 9)):
        line = source.randrange(len(lines))
        at = source.randrange(len(lines[line]))
        lines[line][at], new[line][at] = f"{mark}old{number}x", f"{mark}new{number}x"
    for old_line, new_line in zip(lines, new, strict=True):
        pairs = zip(old_line, new_line, strict=True)
        changed += [word for pair in pairs if pair[0] != pair[1] for word in pair]
    sides = ("\n".join(" ".join(line) for line in side) for side in (lines, new))
    return (*sides, changed)  # type: ignore[return-value]


@st.composite
def _plans(draw: st.DrawFn) -> tuple[Plan, dict[str, list[str]]]:
    actions, changed = [], {}
    for number in range(draw(st.integers(1, 5))):
        key = f"desk-{number}"
        before, after, found = _text(draw, f"p{number}")
        changes = [Change("prompt", "change", before, after)]
        if draw(st.booleans()):
            old, new, more = _text(draw, f"q{number}")
            items = [{"question": "q", "answer": answer} for answer in (old, new)]
            changes.append(Change("faq_items[q]", "change", *items))
            found += more
        if draw(st.booleans()):
            old, new, more = _text(draw, f"v{number}")
            changes.append(Change("llm_model", "change", {"a": old, "b": 1}, {"a": new, "c": [2]}))
            found += more
        actions.append(replaced(key, *changes))
        changed[key] = found
    return plan_of(*actions), changed


def unseen(plan: Plan, changed: dict[str, list[str]], limit: int) -> Iterator[str]:
    """Yield what is neither shown nor counted: on a terminal, and in a comment of this size."""
    shown = re.sub(r"\s+", "", render_plan(plan, width=120, colour=False))
    yield from (
        f"terminal: {word}" for found in changed.values() for word in found if word not in shown
    )
    told = render_markdown(plan, limit=limit)
    missing = {key: [one for one in found if one not in told] for key, found in changed.items()}
    counted = sum(map(int, _COUNTED.findall(told)))
    for key, found in missing.items():
        row = re.findall(rf"(?m)^(?:\| `{key}` .*|\*\*.*not shown\*\*.*\n\n.*`{key}`.*)$", told)
        if found and not any(map(_COUNTED.search, row)):
            yield f"markdown: nothing is said of {len(found)} changes of {key}"
    # A line that is not shown may hold several words.
    if any(missing.values()) and not counted:
        yield "markdown: no count"


@settings(max_examples=examples(20))
@given(_plans(), st.sampled_from([LIMIT, 12_000, 4_000, 1_500]))
def test_every_changed_word_is_shown_or_counted(
    found: tuple[Plan, dict[str, list[str]]], limit: int
) -> None:
    assert list(unseen(*found, limit)) == []


def _long(count: int) -> tuple[Plan, dict[str, list[str]]]:
    actions, changed = [], {}
    for number in range(count):
        text = " ".join(f"w{number}x{at}" for at in range(400))
        after = text.replace(f"w{number}x390 ", f"n{number}x390 ")
        actions.append(replaced(f"desk-{number}", Change("prompt", "change", text, after)))
        changed[f"desk-{number}"] = [f"w{number}x390", f"n{number}x390"]
    return plan_of(*actions), changed


def _from_the_start(line: prose.Line, reach: int) -> list[prose.Segment]:
    return [prose.Segment(line.text[: 4 * reach])]


def _beginnings(lines: Any, room: int) -> list[str]:
    return [f"-{line.text}"[:9] for line in lines if line.is_change]


FAULTS: dict[str, tuple[Any, str, Callable[..., Any], int]] = {
    "a line is cut from its start on a terminal": (terminal, "near", _from_the_start, LIMIT),
    "a line is cut from its start in a comment": (markdown, "near", _from_the_start, LIMIT),
    "what fits is cut from its start": (markdown, "_within", _beginnings, 3_000),
    "what does not fit is not counted": (markdown, "_number", lambda count: "some", 1_500),
    "changed lines are left out": (page, "line_diff", lambda *_: [], LIMIT),
    "texts lose their lines": (alike, "line_diff", lambda *_: [], LIMIT),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_change_that_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    room, name, planted, limit = FAULTS[fault]
    plan, changed = _long(12)
    model = Change("llm_model", "change", {"a": "old1x " * 20}, {"a": "new1x " * 20})
    plan = plan_of(*plan.actions, replaced("more", model))
    changed["more"] = ["old1x", "new1x"]
    assert list(unseen(plan, changed, limit)) == []
    monkeypatch.setattr(room, name, planted)
    assert list(unseen(plan, changed, limit)) != []


@pytest.mark.parametrize("word", ["word ", "a sentence of its own. ", "x, y; "])
def test_a_line_with_changes_at_both_ends_is_compared_in_time(word: str) -> None:
    body = word * (200_000 // len(word))
    start = time.process_time()
    old, new = words(f"first {body}last", f"begin {body}end")
    assert time.process_time() - start < 5
    assert [one.text for one in old if one.changed] == ["first", "last"]
    assert [one.text for one in new if one.changed] == ["begin", "end"]


_PARTS = [
    "a",
    "\u0430",
    " ",
    "\u00a0",
    "é",
    "e\u0301",
    "e",
    "-",
    "\u2011",
    "\u200b",
    "\\",
    "\\xa0",
    "Ａ",
]
_ALIKE = st.lists(st.sampled_from(_PARTS), max_size=6).map("".join)


@settings(max_examples=examples(150))
@given(_ALIKE, _ALIKE)
@example("\u00a0", "\\xa0")
def test_two_texts_that_differ_are_shown_differently(one: str, other: str) -> None:
    shown = [safe.look(escape(text)) for text in apart(one, other)]
    assert (shown[0] == shown[1]) is (one == other)


def test_a_name_in_a_sentence_is_told_apart_from_others() -> None:
    message = 'no field "pr\u043empt"'
    assert apart_within(message, 'did you mean "prompt"?')[0] == 'no field "pr\\u043empt"'
    assert apart_within("Café", "Hôtel") == ("Café", "Hôtel")


def test_what_looks_alike_unseen_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    change = Change("first_sentence", "change", "Bonjour\u00a0!", "Bonjour !")
    pages = [render_plan(plan_of(replaced("a", change)), width=80, colour=False)]
    pages.append(render_markdown(plan_of(replaced("a", change))))
    assert all(r"\xa0" in shown for shown in pages)
    monkeypatch.setattr(prose, "apart", lambda *sides: sides)
    assert r"\xa0" not in render_plan(plan_of(replaced("a", change)), width=80, colour=False)


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_a_reason_tells_a_name_apart_that_looks_like_the_assistants_own(form: str) -> None:
    reason = 'the account has "H\u043etel": bind it'
    action = Create(key="hotel", name="Hotel", file="assistants/hotel.yaml", refused=reason)
    plan = Plan(Target("https://www.getrevox.com/api", None, "current"), (action,))
    paint = {"terminal": partial(render_plan, width=80, colour=False), "markdown": render_markdown}
    assert r"H\u043etel" in paint[form](plan)
    outcome = Outcome(action, "failed", None, reason)
    assert r"H\u043etel" in render_outcomes([outcome], width=80, colour=False)
    assert r"H\u043etel" in render_outcomes_markdown([outcome], limit=5_000)
