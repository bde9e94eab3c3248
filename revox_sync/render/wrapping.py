"""Where a line breaks that is longer than there is room for: between words, else anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r"\s*\S+\s*")


def wrapped(text: str, first: int, rest: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each line that ``text`` comes to, one at least.

    ``first`` is the room for the first line and ``rest`` that for all others, in cells: a wide
    character takes two. Spaces around a break belong to neither line. ``text`` has no line ends
    and no tabs.
    """
    plain, begin, room = text.isascii(), 0, first
    while True:
        end = _plain_end(text, begin, room) if plain else _end(text, begin, room)
        yield begin, end
        begin, room = end, rest
        while text.startswith(" ", begin):
            begin += 1
        if begin == len(text):
            return


def _plain_end(text: str, begin: int, room: int) -> int:
    """Return where a line ends in which every character takes one cell."""
    if len(text) - begin <= room:
        return len(text)
    space = text.rfind(" ", begin, begin + room + 1)
    return space if space > begin and not text[begin:space].isspace() else begin + room


def _end(text: str, begin: int, room: int) -> int:
    """Return where a line ends, however wide its characters are."""
    from rich.cells import cell_len, chop_cells

    end, taken = begin, 0
    far = min(len(text), begin + 2 * room + 1)  # what lies beyond has a line of its own
    for word in _WORD.finditer(text, begin, far):
        if taken + cell_len(word[0].rstrip()) > room:
            return end if end > begin else begin + max(len(chop_cells(word[0], room)[0]), 1)
        end, taken = word.end(), taken + cell_len(word[0])
    return far
