"""A page of text for a terminal: prefixed lines that wrap within a width.

Texts from definitions and the account come in through ``data`` and are escaped there; nothing else
may bring them in. A finished page has no line that a CI system could take for a command.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from revox_sync.render.safe import defused, escape, harmless
from revox_sync.render.wrapping import wrapped

_NARROWEST = 20


class Span(NamedTuple):
    """A stretch of text that may stand in a page, and its style, such as ``bold red``."""

    text: str
    style: str = ""


def data(text: object, style: str = "") -> Span:
    """Return a text from a definition or the account, harmless: one line, no control characters."""
    return Span(defused(escape(str(text))), style)


class Sheet:
    """Collects lines and returns them as one text of at most ``width`` cells per line."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self._stream = io.StringIO()
        self._width = max(width, _NARROWEST)
        self._paint = _Paint(self._stream, self._width) if colour else None

    def line(self, *parts: str | Span, prefix: str = "", style: str = "", hang: int = 0) -> None:
        """Add a line after ``prefix``; what does not fit goes on below it, ``hang`` cells in.

        Plain strings among ``parts`` are the tool's own words; texts of others come as ``data``.
        ``style`` is for the prefix and the plain strings.
        """
        spans = [part if isinstance(part, Span) else Span(part, style) for part in parts]
        text = "".join(span.text for span in spans)
        head = Span(prefix, style)
        below = Span(" " * (len(prefix) + hang))
        for begin, end in wrapped(text, self._room(head), self._room(below)):
            if self._paint is None:
                self._stream.write(f"{head.text}{text[begin:end]}".rstrip() + "\n")
            else:
                self._paint.row(head, _between(spans, begin, end))
            head = below

    def _room(self, head: Span) -> int:
        """Return how many cells are left of a line behind ``head``."""
        return max(self._width - len(head.text), _NARROWEST // 2)

    def blank(self) -> None:
        """Add an empty line."""
        self._stream.write("\n")

    def text(self) -> str:
        """Return the page."""
        return harmless(self._stream.getvalue())


def _between(spans: list[Span], begin: int, end: int) -> list[Span]:
    """Return the part of a line from character ``begin`` to ``end``."""
    found, position = [], 0
    for text, style in spans:
        part = text[max(begin - position, 0) : max(end - position, 0)]
        if part:
            found.append(Span(part, style))
        position += len(text)
    return found


class _Paint:
    """Writes rows in colour."""

    def __init__(self, stream: io.StringIO, width: int) -> None:
        from rich.console import Console  # a page without colour does not need it

        self._console = Console(
            file=stream,
            width=width,
            force_terminal=True,
            color_system="standard",
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def row(self, head: Span, spans: list[Span]) -> None:
        """Write one row; the style of its head is that of all that has none."""
        from rich.text import Text

        row = Text(head.text, style=head.style)
        for span in spans:
            row.append(span.text, span.style)
        row.rstrip()
        self._console.print(row, overflow="ignore", no_wrap=True, crop=False)
