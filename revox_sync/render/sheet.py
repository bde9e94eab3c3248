"""A page of text for a terminal: prefixed lines that wrap within a width.

Texts from definitions and the account come in through ``data`` and are escaped there; nothing else
may bring them in. A finished page has no line that a CI system could take for a command.
"""

from __future__ import annotations

import io

from rich.console import Console
from rich.containers import Lines
from rich.text import Text

from revox_sync.render.escape import escape
from revox_sync.render.guard import defused, harmless

_NARROWEST = 20


def data(text: object, style: str = "") -> Text:
    """Return a text from a definition or the account, harmless: one line, no control characters."""
    return Text(defused(escape(str(text))), style=style)


class Sheet:
    """Collects lines and returns them as one text of at most ``width`` cells per line."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self._stream = io.StringIO()
        self._width = max(width, _NARROWEST)
        self._colour = colour
        self._console = Console(
            file=self._stream,
            width=self._width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            no_color=not colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def line(self, *parts: str | Text, prefix: str = "", style: str = "", hang: int = 0) -> None:
        """Add a line after ``prefix``; what does not fit goes on below it, ``hang`` cells in.

        Plain strings among ``parts`` are the tool's own words; texts of others come as ``data``.
        ``style`` is for the prefix and the plain strings.
        """
        body = Text()
        for part in parts:
            body.append_text(part if isinstance(part, Text) else Text(part, style=style))
        room = self._width - len(prefix)
        if len(body) <= room and (body.plain.isascii() or body.cell_len <= room):
            # Most lines fit, and looking for places to break them takes most of the time.
            self._row(Text(prefix, style=style), body)
            return
        first, rest = self._first(body, room)
        self._row(Text(prefix, style=style), first)
        indent = " " * (len(prefix) + hang)
        for piece in self._wrapped(rest, self._width - len(indent)) if rest else ():
            self._row(Text(indent), piece)

    def _wrapped(self, body: Text, room: int) -> Lines:
        return body.wrap(self._console, max(room, _NARROWEST // 2), overflow="fold")

    def _first(self, body: Text, room: int) -> tuple[Text, Text]:
        """Return what fits into ``room`` cells, and what is left."""
        beginning = body[: 2 * max(room, _NARROWEST) + 1]
        pieces = self._wrapped(beginning, room)
        if not pieces:
            return Text(), Text()
        plain = body.plain
        end = len(pieces[0].plain)
        while end < len(plain) and plain[end] == " ":
            end += 1
        return pieces[0], body[end:]

    def _row(self, row: Text, piece: Text) -> None:
        if not self._colour:
            self._stream.write(f"{row.plain}{piece.plain}".rstrip() + "\n")
            return
        row.append_text(piece)
        row.rstrip()
        self._console.print(row, overflow="ignore", no_wrap=True, crop=False)

    def blank(self) -> None:
        """Add an empty line."""
        self._stream.write("\n")

    def text(self) -> str:
        """Return the page."""
        return harmless(self._stream.getvalue())
