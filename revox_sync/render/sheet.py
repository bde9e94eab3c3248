"""A page of text for a terminal: prefixed lines that wrap within a width.

Texts from definitions and the account come in through ``data`` and are escaped there; nothing else
may bring them in. A finished page has no line that a CI system could take for a command.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from revox_sync.render.safe import NARROW, defused, escape, harmless

_NARROWEST = 20
_WORD = re.compile(r"\s*\S+\s*")
#: Somebody copies it, so it stays in one line.
_COMMAND = re.compile(r"`[^`]*`")


class Styled(NamedTuple):
    """A stretch of text that may stand in a page, and its style, such as ``bold red``."""

    text: str
    style: str = ""


def data(text: object, style: str = "") -> Styled:
    """Return a text from a definition or the account, harmless: one line, no control characters."""
    return Styled(defused(escape(str(text))), style)


class Sheet:
    """Collects lines and returns them as one text of at most ``width`` cells per line."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self._stream = io.StringIO()
        self._width = max(width, _NARROWEST)
        self._paint = _Paint(self._stream, self._width) if colour else None

    def line(self, *parts: str | Styled, prefix: str = "", style: str = "", hang: int = 0) -> None:
        """Add a line after ``prefix``; what does not fit goes on below it, ``hang`` cells in.

        Plain strings among ``parts`` are the tool's own words; texts of others come as ``data``.
        ``style`` is for all that has none of its own.
        """
        spans = [part if isinstance(part, Styled) else Styled(part) for part in parts]
        text = "".join([span.text for span in spans])
        head, below = prefix, " " * (len(prefix) + hang)
        for begin, end in _wrapped(text, self._room(head), self._room(below)):
            if self._paint is None:
                self._stream.write(f"{head}{text[begin:end]}".rstrip() + "\n")
            else:
                self._paint.row([Styled(head), *_between(spans, begin, end)], style)
            head = below

    def _room(self, head: str) -> int:
        """Return how many cells are left of a line behind ``head``."""
        return max(self._width - len(head), _NARROWEST // 2)

    def blank(self) -> None:
        """Add an empty line."""
        self._stream.write("\n")

    def text(self) -> str:
        """Return the page."""
        return harmless(self._stream.getvalue())


def folded(text: str, width: int | None, *, hang: int = 2) -> str:
    """Return a paragraph in lines of at most ``width`` cells; as it is without a width.

    Lines after the first begin ``hang`` cells in. A word that is longer than a line stays whole, as
    does a command in backticks: the terminal wraps it, and it can still be copied.
    """
    if width is None or cells(text) <= width:
        return text
    below = " " * (len(text) - len(text.lstrip()) + hang)
    room = max(width - len(below), _NARROWEST // 2)
    found = _wrapped(text, width, room, splits=False)
    return f"\n{below}".join(text[begin:end].rstrip() for begin, end in found)


def cells(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes."""
    if _is_narrow(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fitting(text: str, room: int) -> str:
    """Return as much of the beginning of ``text`` as fits into ``room`` cells."""
    if room < 1 or _is_narrow(text):
        return text[: max(room, 0)]
    from rich.cells import chop_cells

    return next(iter(chop_cells(text, room)), text)  # no lines, if nothing takes a cell


def _is_narrow(text: str) -> bool:
    # Counting the cells of the others takes ten times as long.
    return text.isascii() or NARROW.fullmatch(text) is not None


def _between(spans: list[Styled], begin: int, end: int) -> list[Styled]:
    """Return the part of a line from character ``begin`` to ``end``."""
    found, position = [], 0
    for text, style in spans:
        part = text[max(begin - position, 0) : max(end - position, 0)]
        if part:
            found.append(Styled(part, style))
        position += len(text)
    return found


def _wrapped(text: str, first: int, rest: int, *, splits: bool = True) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each line that ``text`` comes to, one at least.

    ``first`` is the room for the first line and ``rest`` that for all others, in cells: a wide
    character takes two. Spaces around a break belong to neither line. What is too long for a line
    goes on in the next one if it ``splits``. ``text`` has no line ends and no tabs.
    """
    if "`" in text:
        text = _COMMAND.sub(
            lambda at: at[0] if splits and len(at[0]) > rest else at[0].replace(" ", "_"), text
        )
    end_of, begin, room = _plain_end if _is_narrow(text) else _end, 0, first
    while True:
        end = end_of(text, begin, room, splits)
        yield begin, end
        begin, room = end, rest
        while text.startswith(" ", begin):
            begin += 1
        if begin == len(text):
            return


def _plain_end(text: str, begin: int, room: int, splits: bool) -> int:
    """Return where a line ends in which every character takes one cell."""
    if len(text) - begin <= room:
        return len(text)
    space = text.rfind(" ", begin, begin + room + 1)
    if space > begin and not text[begin:space].isspace():
        return space
    return begin + room if splits else _word_end(text, begin)


def _end(text: str, begin: int, room: int, splits: bool) -> int:
    """Return where a line ends, however wide its characters are."""
    end, taken = begin, 0
    far = min(len(text), begin + 2 * room + 1)  # what lies beyond has a line of its own
    for word in _WORD.finditer(text, begin, far):
        if taken + cells(word[0].rstrip()) > room:
            if end > begin:
                return end
            fits = max(len(fitting(word[0], room)), 1)
            return begin + fits if splits else _word_end(text, begin)
        end, taken = word.end(), taken + cells(word[0])
    return far


def _word_end(text: str, begin: int) -> int:
    found = _WORD.match(text, begin)
    return found.end() if found else len(text)


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

    def row(self, spans: list[Styled], style: str) -> None:
        """Write one row; parts without a style have this one."""
        from rich.text import Text

        row = Text()
        for own, found in groupby(spans, key=lambda span: span.style or style):
            row.append("".join(span.text for span in found), own)
        row.rstrip()
        self._console.print(row, overflow="ignore", no_wrap=True, crop=False)
