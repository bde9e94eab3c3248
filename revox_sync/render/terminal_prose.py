"""Texts and their differences on a terminal, line by line."""

from __future__ import annotations

from collections.abc import Iterable

from revox_sync.render.prose import Line, Segment, ended, left_out
from revox_sync.render.sheet import Sheet, Span, data

STYLES = {"+": "green", "~": "yellow", "-": "red", "-/+": "yellow", "!": "magenta", " ": ""}

_NEW_LINES = 20
_COMMON_CELLS = 160
_CHANGED_CELLS = 2000


def render_block(sheet: Sheet, text: str, mark: str, indent: int, file: str | None) -> None:
    """Add the first lines of a text; ``file`` is where the others are."""
    lines = text.split("\n")
    for line in lines[:_NEW_LINES]:
        prefix = " " * indent + f"{mark} "
        sheet.line(
            data(_cut(line, _CHANGED_CELLS), STYLES[mark]), prefix=prefix, style=STYLES[mark]
        )
    if len(lines) > _NEW_LINES:
        where = f", see {file}" if file else ""
        more = f"… {len(lines) - _NEW_LINES} more lines{where}"
        sheet.line(data(more), prefix=" " * (indent + 2))


def render_diff(sheet: Sheet, lines: Iterable[Line], *, indent: int) -> None:
    """Add the lines of a difference."""
    marks = {"removed": "-", "added": "+", "common": " "}
    for line in lines:
        if line.mark in ("skipped", "elsewhere"):
            sheet.line(left_out(line), prefix=" " * (indent + 2), style="dim")
            continue
        mark = marks[line.mark]
        parts = _marked(line, STYLES[mark])
        sheet.line(*parts, prefix=" " * indent + f"{mark} ", style=STYLES[mark])


def _marked(line: Line, style: str) -> list[Span]:
    """Return a line with its changed words marked; the brackets say so without colour too."""
    whole = len(line.segments) == 1
    open_, close = ("[-", "-]") if line.mark == "removed" else ("{+", "+}")
    parts = []
    for position, segment in enumerate(line.segments):
        if whole:
            limit = _COMMON_CELLS if line.mark == "common" else _CHANGED_CELLS
            shown = _cut(segment.text, limit)
            parts.append(data(shown if line.mark == "common" else ended(shown), style))
        elif segment.changed:
            shown = _cut(segment.text, _CHANGED_CELLS)
            parts.append(data(f"{open_}{shown}{close}", f"bold {style}".strip()))
        else:
            parts.append(data(_around(segment, position, len(line.segments)), style))
    return parts


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"


def _around(segment: Segment, position: int, count: int) -> str:
    """Return an unchanged stretch, shortened to what stands next to the changed words."""
    text, half = segment.text, _COMMON_CELLS // 2
    if len(text) <= _COMMON_CELLS:
        return text
    head = text[:half] if position else ""
    tail = text[-half:] if position < count - 1 else ""
    return f"{head} … {tail}"
