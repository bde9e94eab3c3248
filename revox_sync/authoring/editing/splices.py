"""The bytes of a file, and edits in terms of the text that is read from them.

What reads a file drops its byte order mark and makes every line end ``\\n`` (``files.py``); places
are offsets into that text. Edits are made in the bytes as they are, so that line ends, the mark and
everything that no edit names stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINE_END = re.compile(r"\r\n|\r|\n")
_BOM = "\ufeff"
#: From so many pairs of equal lines on, those that are found everywhere are no landmarks.
_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Splice:
    """Puts ``text`` in the place of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class Original:
    """One file as it is on disk: UTF-8."""

    def __init__(self, data: bytes) -> None:
        self._raw = data.decode()
        ends = list(_LINE_END.finditer(self._raw))
        begin = len(_BOM) if self._raw.startswith(_BOM) else 0
        self._raw_starts = [begin]
        self._starts = [0]
        for found in ends:
            self._starts.append(self._starts[-1] + found.start() - self._raw_starts[-1] + 1)
            self._raw_starts.append(found.end())
        used = Counter(found[0] for found in ends).most_common(1)
        self._line_end = used[0][0] if used else "\n"

    def edited(self, splices: Iterable[Splice]) -> bytes:
        """Return the file with these edits, which do not overlap; new lines end as most others."""
        parts: list[str] = []
        at = 0
        for splice in sorted(splices, key=lambda found: (found.start, found.end)):
            parts.append(self._raw[at : self._offset(splice.start)])
            parts.append(splice.text.replace("\n", self._line_end))
            at = self._offset(splice.end)
        return "".join([*parts, self._raw[at:]]).encode()

    def _offset(self, index: int) -> int:
        line = bisect_right(self._starts, index) - 1
        return self._raw_starts[line] + index - self._starts[line]


def in_lines(start: int, old: Sequence[str], new: Sequence[str]) -> list[Splice]:
    """Return the edits of a stretch of whole lines that begins at ``start``; equal lines stay.

    The lines are without their ends; the last one is followed by none, or by one that stays.
    """
    if not old or not new:
        return [Splice(start, start + len("\n".join(old)), "\n".join(new))]
    offsets = [start]
    for line in old:
        offsets.append(offsets[-1] + len(line) + 1)
    splices = []
    for i1, i2, j1, j2 in stretches(old, new):
        begin, end = offsets[i1], offsets[i2]
        text = "".join(f"{line}\n" for line in new[j1:j2])
        if i2 == len(old):  # the end of the last line is not in the stretch
            end -= 1
            text = text.removesuffix("\n")
            if j1 == j2 or i1 == i2:
                begin -= 1
                text = f"\n{text}" if text or j1 != j2 else ""
        splices.append(Splice(begin, end, text))
    return splices


def stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches that differ: ``old[i1:i2]`` becomes ``new[j1:j2]``."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    inner = old[head : len(old) - tail], new[head : len(new) - tail]
    count = Counter(inner[1])
    repetitive = sum(count[line] for line in inner[0]) > _MANY
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *inner, repetitive).get_opcodes():
        if tag != "equal":
            yield i1 + head, i2 + head, j1 + head, j2 + head
