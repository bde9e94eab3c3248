"""The changes of one assistant, or those that several have alike, in markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from revox_sync.plan.model import Action, Change
from revox_sync.render.detail import Detail
from revox_sync.render.digest import INLINE, Piece, are_texts, is_prose, rank
from revox_sync.render.markdown_faq import render_faq
from revox_sync.render.prose import Line, ended, left_out, shortened, whole
from revox_sync.render.safe import LONGEST_NAME, code, cut, fenced, prose
from revox_sync.render.summary import DONE, MADE_OF_IT, MARKS, SENSITIVE, THREE, origins_of
from revox_sync.render.values import in_json, value_lines
from revox_sync.render.words import Told, consequence, tell
from revox_sync.secrecy.redactor import MASK

_DIFF = {"removed": "-", "added": "+", "common": " "}
_GROUPS = ("What callers hear", "Prompt", "FAQ", "The rest")


def render_pieces(
    pieces: Sequence[Piece], action: Action, detail: Detail, *, origins: bool
) -> Iterator[str]:
    """Yield the lines that tell changes; ``action`` has them, or is the first of several.

    ``origins`` parts those of the definition from edits elsewhere.
    """
    if not origins or action.action == "create":
        yield from _grouped(pieces, detail)
        return
    headings = origins_of(action)
    for origin in (*headings, None):
        found = [piece for piece in pieces if piece.change.origin == origin]
        if found and origin is not None:
            words = headings[origin]
            yield from ("", f"#### {words[0].upper()}{words[1:]}")
        yield from _grouped(found, detail)


def _grouped(pieces: Sequence[Piece], detail: Detail) -> Iterator[str]:
    several = detail.form == "whole" and len({rank(piece.change) for piece in pieces}) > 1
    for group, found in groupby(pieces, key=lambda piece: rank(piece.change)):
        yield ""
        if several:
            yield from (f"**{_GROUPS[group]}**", "")
        yield from _fields(found, detail)


def _fields(pieces: Iterable[Piece], detail: Detail) -> Iterator[str]:
    for field, found in groupby(pieces, key=lambda piece: piece.change.field):
        group = list(found)
        if field == "faq_items":
            yield from render_faq([piece.change for piece in group], detail)
        elif detail.form == "lines":
            yield from (f"- {_in_short(piece)}" for piece in group)
        else:
            yield from _field(field, [(piece, tell(piece.change)) for piece in group], detail)


def _field(
    field: str, group: Sequence[tuple[Piece, list[Told] | None]], detail: Detail
) -> Iterator[str]:
    told = [(words, piece.change) for piece, found in group for words in found or ()]
    if all(found is not None for _, found in group):
        yield from _words(field, told)
        return
    for piece, found in group:
        if found is None:
            yield from _change(piece, detail)
        else:
            yield from _words(field, [(words, piece.change) for words in found])


def _words(field: str, told: Sequence[tuple[Told, Change]]) -> Iterator[str]:
    """Tell changes of one field in words: on its line, or below it where they are several."""
    if len(told) == 1 and told[0][0].what == field:
        yield f"- {_where(told[0][1])}{_said(told[0][0])}"
        return
    yield f"- {code(cut(field, LONGEST_NAME))}:"
    for words, change in told:
        absent = " (not in the definition)" if change.absent else ""
        yield f"  - {prose(words.what)}{absent}{_said(words)}"


def _said(words: Told) -> str:
    """Return the values behind what they are of."""
    before, after = (None if side is None else prose(side) for side in (words.before, words.after))
    if words.base is not None:
        return _three([prose(words.base), before or "", after or ""])
    sides = " → ".join(side for side in (before, after) if side is not None)
    return f": {sides}" if words.what else sides


def _three(values: Sequence[str]) -> str:
    """Return the three values of a conflict."""
    pairs = zip(THREE, values, strict=True)
    return ": " + ", ".join(f"{name} {value}" for name, value in pairs)


def _in_short(piece: Piece) -> str:
    """Return what happens to a value, without the value."""
    change = piece.change
    if piece.lines is None:
        return f"{_where(change)}: {DONE[change.op]}"
    counts = [sum(1 for line in piece.lines if line.mark == mark) for mark in ("added", "removed")]
    added = f"{counts[0]} line{'s' * (counts[0] != 1)} added"
    return f"{_where(change)}: {added}, {counts[1]} removed"


def _where(change: Change) -> str:
    absent = " (not in the definition)" if change.absent else ""
    return code(cut(change.path, LONGEST_NAME)) + absent


def _change(piece: Piece, detail: Detail) -> Iterator[str]:
    change = piece.change
    where = _where(change)
    if change.sensitive and change.before == change.after:
        masked = change.after if isinstance(change.after, str) and change.after != MASK else ""
        yield f"- {where}: {code(cut(masked, LONGEST_NAME)) + ' ' if masked else ''}{SENSITIVE}"
    elif change.origin == "both":
        yield from _conflict(where, (change.base, change.before, change.after), detail)
    elif piece.lines is not None:
        yield f"- {where}:"
        yield from _difference(piece.lines, detail)
    elif change.op == "change":
        before, after = in_json(change.before), in_json(change.after)
        if len(before) + len(after) <= INLINE:
            yield f"- {where}: {code(before)} → {code(after)}"
        else:
            yield f"- {where}:"
            yield from _block([f"-{before}", f"+{after}"], detail)
    else:
        yield from _one_value(change, where, detail)


def _one_value(change: Change, where: str, detail: Detail) -> Iterator[str]:
    """Tell a value that comes or goes."""
    mark = MARKS[change.op]
    value = change.after if change.op == "add" else change.before
    end = f" ({found})" if (found := consequence(change)) else ""
    if is_prose(change):
        lines = value.split("\n")
    elif len(in_json(value)) <= INLINE:
        yield f"- {where}: {DONE[change.op]} {code(in_json(value))}{end}"
        return
    else:
        lines = value_lines(value)
    yield f"- {where}:{end}"
    yield from _block([f"{mark}{ended(line)}" for line in lines], detail)


def _conflict(where: str, values: Sequence[Any], detail: Detail) -> Iterator[str]:
    """Tell what both sides made of a value; of long texts, as their differences from it."""
    if not are_texts(values):
        told = [in_json(value) for value in values]
        if sum(map(len, told)) <= INLINE:
            yield f"- {where}{_three([code(value) for value in told])}"
            return
        yield f"- {where}:"
        lines = [f"{name}: {value}" for name, value in zip(THREE, told, strict=True)]
        yield from _block(lines, detail)
        return
    base, *sides = (value or "" for value in values)
    for name, side in zip(MADE_OF_IT, sides, strict=True):
        yield f"- {where}, {name}:"
        yield from _difference(whole(base, side), detail)


def _difference(lines: Sequence[Line], detail: Detail) -> Iterator[str]:
    shown = []
    for line in shortened(lines, detail.context):
        if line.mark in ("skipped", "elsewhere"):
            shown.append(f"@@ {left_out(line)} @@")
        else:
            text = line.text if line.mark == "common" else ended(line.text)
            shown.append(f"{_DIFF[line.mark]}{text}")
    yield from _block(shown, detail)


def _block(lines: Sequence[str], detail: Detail) -> Iterator[str]:
    """Yield a fenced difference that takes no more room than it may."""
    if detail.block is None:
        yield from fenced(lines)
        return
    shown: list[str] = []
    room = detail.block
    for index, line in enumerate(lines):
        fitting = cut(line, max(room, 1))
        shown.append(fitting)
        room -= len(line.encode(errors="replace")) + 1
        if room < 0 and index + 1 < len(lines):
            shown.append(f"@@ … {len(lines) - index - 1} more lines @@")
            break
    yield from fenced(shown)
