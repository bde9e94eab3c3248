"""The changes of one assistant, or those that several have alike, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from revox_sync.plan.model import Action, Change
from revox_sync.render.digest import INLINE, Piece, are_texts, is_prose
from revox_sync.render.prose import diff, shortened
from revox_sync.render.sheet import Sheet, Span, data
from revox_sync.render.summary import DONE, MADE_OF_IT, MARKS, SENSITIVE, THREE, origins_of
from revox_sync.render.terminal_prose import STYLES, render_block, render_diff
from revox_sync.render.values import in_json, item_label, qa, value_lines
from revox_sync.render.words import Told, consequence, tell
from revox_sync.secrecy.redactor import MASK

_CONTEXT = 2


def render_pieces(sheet: Sheet, pieces: Sequence[Piece], action: Action, *, origins: bool) -> None:
    """Add changes to the sheet; ``origins`` parts those of the definition from edits elsewhere.

    ``action`` is the assistant that has them, or the first of several.
    """
    if not origins or action.action == "create":
        _pieces(sheet, pieces, action)
        return
    for origin, heading in origins_of(action).items():
        found = [piece for piece in pieces if piece.change.origin == origin]
        if found:
            sheet.line(f"{heading}:", prefix="  ", style="bold", hang=2)
            _pieces(sheet, found, action)
    _pieces(sheet, [piece for piece in pieces if piece.change.origin is None], action)


def _pieces(sheet: Sheet, pieces: Iterable[Piece], action: Action) -> None:
    for field, found in groupby(pieces, key=lambda piece: piece.change.field):
        group = list(found)
        if field == "faq_items":
            _faq(sheet, [piece.change for piece in group], whole=action.action == "create")
            continue
        told = [tell(piece.change) for piece in group]
        if None not in told:
            _words(sheet, field, group, [words for words in told if words is not None])
            continue
        for piece, words in zip(group, told, strict=True):
            if words is None:
                _change(sheet, piece, action)
            else:
                _words(sheet, field, [piece], [words])


def _words(
    sheet: Sheet, field: str, pieces: Sequence[Piece], told: Sequence[Sequence[Told]]
) -> None:
    """Tell changes of one field in words: on its line, or below it where they are several."""
    entries = [
        (words, piece.change.absent)
        for piece, found in zip(pieces, told, strict=True)
        for words in found
    ]
    if len(entries) == 1 and entries[0][0].what:
        words, absent = entries[0]
        what = field if words.what == field else f"{field}, {words.what}"
        _told(sheet, words, _where(what, absent=absent), indent=4)
        return
    mark = MARKS[pieces[0].change.op] if len(pieces) == 1 else "~"
    sheet.line(data(f"{field}:"), prefix=f"    {mark} ", style=STYLES[mark], hang=2)
    for words, absent in entries:
        _told(sheet, words, _where(words.what, absent=absent), indent=8)


def _told(sheet: Sheet, words: Told, what: Span, *, indent: int) -> None:
    mark = MARKS[words.op]
    prefix, style = " " * indent + f"{mark} ", STYLES[mark]
    sides = [side for side in (words.before, words.after) if side is not None]
    if words.base is not None:
        sheet.line(what, ":", prefix=prefix, style=style, hang=2)
        _three(sheet, [words.base, words.before or "", words.after or ""], indent + 4)
    elif not words.what:
        sheet.line(data(words.after), prefix=prefix, style=style, hang=2)
    elif len(sides) == 1:
        sheet.line(what, ": ", data(sides[0]), prefix=prefix, style=style, hang=2)
    else:
        _from_to(sheet, what, sides[0], sides[1], prefix)


def _from_to(sheet: Sheet, what: Span, before: str, after: str, prefix: str) -> None:
    """Tell two short values on one line, or below it."""
    style = STYLES["~"]
    if len(before) + len(after) <= INLINE:
        sheet.line(
            what, ": ", data(before), " -> ", data(after), prefix=prefix, style=style, hang=2
        )
        return
    sheet.line(what, ":", prefix=prefix, style=style, hang=2)
    indent = " " * (len(prefix) + 2)
    sheet.line(data(before, "red"), prefix=f"{indent}- ", style="red")
    sheet.line(data(after, "green"), prefix=f"{indent}+ ", style="green")


def _three(sheet: Sheet, values: Sequence[str], indent: int) -> None:
    """Tell the three values of a conflict."""
    for name, value in zip(THREE, values, strict=True):
        sheet.line(f"{name}: ", data(value), prefix=" " * indent, hang=4)


def _where(path: str, *, absent: bool) -> Span:
    return data(path + (" (not in the definition)" if absent else ""))


def _change(sheet: Sheet, piece: Piece, action: Action) -> None:
    change = piece.change
    mark = MARKS[change.op]
    where = _where(change.path, absent=change.absent)
    prefix, style = f"    {mark} ", STYLES[mark]

    def head(*parts: str | Span) -> None:
        sheet.line(where, *parts, prefix=prefix, style=style, hang=2)

    if change.sensitive and change.before == change.after:
        masked = change.after if isinstance(change.after, str) and change.after != MASK else ""
        head(": ", *((data(masked), " ") if masked else ()), SENSITIVE)
    elif change.origin == "both":
        head(":")
        _conflict(sheet, (change.base, change.before, change.after), indent=8)
    elif piece.lines is not None:
        head(":")
        render_diff(sheet, shortened(piece.lines, _CONTEXT), indent=8)
    elif change.op == "change":
        _from_to(sheet, where, in_json(change.before), in_json(change.after), prefix)
    else:
        _one_value(sheet, change, where, action)


def _one_value(sheet: Sheet, change: Change, where: Span, action: Action) -> None:
    """Tell a value that comes or goes."""
    mark = MARKS[change.op]
    style = STYLES[mark]
    value = change.after if change.op == "add" else change.before
    after = consequence(change)
    end = f" ({after})" if after else ""
    if is_prose(change):
        sheet.line(where, f":{end}", prefix=f"    {mark} ", style=style, hang=2)
        render_block(sheet, value, mark, 8, action.file)
    elif len(in_json(value)) <= INLINE:
        sheet.line(
            where, ": ", data(in_json(value)), end, prefix=f"    {mark} ", style=style, hang=2
        )
    else:
        sheet.line(where, f":{end}", prefix=f"    {mark} ", style=style, hang=2)
        for line in value_lines(value):
            sheet.line(data(line, style), prefix=f"        {mark} ", style=style)


def _conflict(sheet: Sheet, values: Sequence[Any], *, indent: int) -> None:
    """Tell what both sides made of a value; of long texts, as their differences from it."""
    if not are_texts(values):
        _three(sheet, [in_json(value) for value in values], indent)
        return
    base, *sides = (value or "" for value in values)
    for name, side in zip(MADE_OF_IT, sides, strict=True):
        sheet.line(f"{name}:", prefix=" " * indent)
        render_diff(sheet, diff(base, side), indent=indent + 4)


def _faq(sheet: Sheet, changes: Sequence[Change], *, whole: bool) -> None:
    """Tell changed questions and answers; ``whole`` says that the FAQ is a new one."""
    counts = [
        f"{sum(1 for change in changes if change.op == op)} {word}"
        for op, word in DONE.items()
        if any(change.op == op for change in changes)
    ]
    mark = "+" if whole else "~"
    head = f"faq_items: {', '.join(counts)}"
    sheet.line(head, prefix=f"    {mark} ", style=STYLES[mark], hang=2)
    for change in changes:
        _item(sheet, change)


def _item(sheet: Sheet, change: Change) -> None:
    mark = MARKS[change.op]
    style, prefix = STYLES[mark], f"        {mark} "
    old, new = qa(change.before), qa(change.after)
    if change.path == "faq_items":
        sheet.line("emptied, whatever it holds", prefix=prefix, style=style)
    elif old is None and new is None:
        sheet.line(SENSITIVE, prefix=prefix, style=style)
    elif change.origin == "both":
        sheet.line(data(item_label(change), style), prefix=prefix, style=style)
        values = (qa(change.base), old, new)
        _conflict(sheet, [None if value is None else value[1] for value in values], indent=12)
    elif old is None or new is None:
        question, answer = old or new or ("", "")
        sheet.line(data(question, style), prefix=prefix, style=style)
        render_block(sheet, answer, " ", 12, None)
    elif old[0] != new[0]:
        sheet.line("question:", prefix=prefix, style=style)
        render_diff(sheet, diff(old[0], new[0]), indent=12)
    else:
        sheet.line(data(new[0], style), prefix=prefix, style=style)
        render_diff(sheet, diff(old[1], new[1]), indent=12)
