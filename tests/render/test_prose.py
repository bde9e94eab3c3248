"""The difference of two texts: whole, short, and marked word by word."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from revox_sync.render.prose import Line, line_diff, shortened

_TEXTS = st.lists(st.sampled_from(["", "a", "b c", "b  d", "e f g h i j", "é\u0301"]), max_size=9)


def diff(before: str, after: str, *, context: int = 2) -> list[Line]:
    """Return the difference with unchanged lines around what changed."""
    return list(shortened(line_diff(before, after), context))


def shown(lines: Sequence[Line]) -> list[str]:
    """Return lines as a reader writes them down, changed words in brackets."""
    marks = {"common": " ", "removed": "-", "added": "+"}
    return [
        f"… {line.count}"
        if line.mark == "skipped"
        else marks[line.mark]
        + "".join(f"[{part.text}]" if part.changed else part.text for part in line.segments)
        for line in lines
    ]


def _side(lines: Sequence[Line], mark: str) -> str:
    kept = [line for line in lines if line.mark in ("common", mark)]
    return "\n".join("".join(part.text for part in line.segments) for line in kept)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a", "b", ["-a", "+b"]),
        ("a\nb", "a\nb\nc", [" a", " b", "+c"]),
        ("a\nb\nc", "b\nc", ["-a", " b", " c"]),
        ("one two three", "one 2 three", ["-one [two] three", "+one [2] three"]),
        ("one two", "one two.", ["-one two", "+one two[.]"]),
        ("one ", "one", ["-one[ ]", "+one"]),
        ("", "a", ["-", "+a"]),
        ("x\n1\n2\n3\n4\ny", "z\n1\n2\n3\n4\ny", ["-x", "+z", " 1", " 2", "… 3"]),
        ("1\n2\n3\n4\n5\n6", "1\n2\n3\nx\n5\n6", ["… 1", " 2", " 3", "-4", "+x", " 5", " 6"]),
    ],
)
def test_a_difference_reads_as_a_person_would_write_it(
    before: str, after: str, expected: list[str]
) -> None:
    assert shown(diff(before, after)) == expected


def test_equal_texts_have_no_marks() -> None:
    assert shown(diff("a\nb", "a\nb")) == ["… 2"]


def test_words_are_not_marked_where_nearly_all_differ() -> None:
    assert shown(diff("abc def ghi", "uvw xyz rst")) == ["-abc def ghi", "+uvw xyz rst"]


@given(_TEXTS, _TEXTS)
def test_no_line_and_no_character_is_lost(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    assume(old != new)
    lines = diff(old, new, context=99)
    assert _side(lines, "removed") == old
    assert _side(lines, "added") == new


@given(_TEXTS, _TEXTS)
def test_skipped_lines_are_counted(before: list[str], after: list[str]) -> None:
    old = "\n".join(before)
    lines = diff(old, "\n".join(after), context=1)
    kept = sum(1 for line in lines if line.mark in ("common", "removed"))
    assert kept + sum(line.count for line in lines) == old.count("\n") + 1


def test_two_long_texts_are_compared_line_by_line_without_aligning_them() -> None:
    """Aligning thousands of rewritten lines would take minutes."""
    old = "\n".join(f"line {number} of the old text" for number in range(3000))
    new = "\n".join(f"line {number} of a new text" for number in range(3000))
    marks = [line.mark for line in diff(old, new)]
    assert marks == ["removed"] * 3000 + ["added"] * 3000


def test_one_edit_looks_the_same_whatever_stands_around_it() -> None:
    """A paragraph that ends a text, or is followed by another one."""
    ends = line_diff("last", "last\n\nnew")
    goes_on = line_diff("last\n\nown", "last\n\nnew\n\nown")
    assert shown(ends) == [" last", "+", "+new"]
    assert shown(goes_on) == [" last", "+", "+new", " ", " own"]
