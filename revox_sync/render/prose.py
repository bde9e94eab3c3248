"""Differences between two texts as a person reads them: lines first, then words.

Only data comes out: lines of segments, each marked as common, removed or added. How a mark looks
is the renderers' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Mark = Literal["common", "removed", "added", "skipped", "elsewhere"]

_WORD = re.compile(r"\s+|\w+|[^\w\s]")

#: Up to this many lines (old times new) are aligned exactly; beyond it, and for words in a line
#: likewise, what stands between the common beginning and end counts as rewritten.
_EXACT = 1_000_000
_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text; ``changed`` where it differs from the line it is compared with."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference.

    A ``skipped`` one stands for ``count`` unchanged lines (0: for what is not told), one told
    ``elsewhere`` for the change of that number.
    """

    mark: Mark
    segments: tuple[Segment, ...] = ()
    count: int = 0

    @property
    def text(self) -> str:
        """The line as it is written."""
        return "".join(segment.text for segment in self.segments)


def diff(before: str, after: str, *, context: int = 2) -> list[Line]:
    """Return the lines that lead from one text to the other, with unchanged ones around them."""
    return list(shortened(whole(before, after), context))


def whole(before: str, after: str) -> list[Line]:
    """Return every line that leads from one text to the other, unchanged ones included.

    What was only added or only removed stands as early as it can: where a paragraph and the blank
    lines around it allow for several places, equal edits of different texts look alike.
    """
    old, new = before.split("\n"), after.split("\n")
    lines: list[Line] = []
    for tag, i1, i2, j1, j2 in _opcodes(old, new):
        if tag == "equal":
            lines += [Line("common", (Segment(text),)) for text in old[i1:i2]]
        elif tag == "replace":
            lines += _rewritten(old[i1:i2], new[j1:j2])
        else:
            _slide(lines, list(_rewritten(old[i1:i2], new[j1:j2])))
    return lines


def _slide(lines: list[Line], run: list[Line]) -> None:
    """Append a run of lines that were only added, or removed, as early as it can stand."""
    passed: list[Line] = []
    while (
        len(lines) > 1
        and lines[-1].mark == lines[-2].mark == "common"
        and lines[-1].text == run[-1].text
    ):
        passed.append(lines.pop())
        run.insert(0, run.pop())
    lines += run
    lines += reversed(passed)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    i2, j2 = len(old) - tail, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    if (i2 - head) * (j2 - head) > _EXACT:
        yield "replace", head, i2, head, j2
    else:
        matcher = SequenceMatcher(None, old[head:i2], new[head:j2], autojunk=False)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes():
            yield tag, a1 + head, a2 + head, b1 + head, b2 + head
    if tail:
        yield "equal", i2, len(old), j2, len(new)


def _rewritten(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    paired = min(len(old), len(new))
    pairs = [_words(old[index], new[index]) for index in range(paired)]
    yield from (Line("removed", removed) for removed, _ in pairs)
    yield from (Line("removed", (Segment(text),)) for text in old[paired:])
    yield from (Line("added", added) for _, added in pairs)
    yield from (Line("added", (Segment(text),)) for text in new[paired:])


def _words(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    pairs = [
        (tag == "equal", "".join(before[i1:i2]), "".join(after[j1:j2]))
        for tag, i1, i2, j1, j2 in _opcodes(before, after)
    ]
    common = sum(len(text) for same, text, _ in pairs if same)
    pairs = _joined(pairs)
    removed = tuple(Segment(text, not same) for same, text, _ in pairs if text)
    added = tuple(Segment(text, not same) for same, _, text in pairs if text)
    if common < _ALIKE * max(len(old), len(new), 1):
        # Marking nearly every word of a line helps nobody.
        return (Segment(old),), (Segment(new),)
    return removed, added


def _joined(pairs: Sequence[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Join changed words that nothing but white space separates."""
    joined: list[tuple[bool, str, str]] = []
    for index, (same, old, new) in enumerate(pairs):
        between = same and old.isspace() and 0 < index < len(pairs) - 1
        changed = not same or between
        if joined and changed and not joined[-1][0]:
            _, old_before, new_before = joined[-1]
            joined[-1] = (False, old_before + old, new_before + new)
        else:
            joined.append((not changed, old, new))
    return joined


def shortened(lines: Sequence[Line], context: int) -> Iterator[Line]:
    """Yield the lines without unchanged ones that are more than ``context`` away from a change.

    Beside what is told elsewhere, nothing needs to be said of unchanged lines.
    """
    near = {
        other
        for index, line in enumerate(lines)
        if line.mark in ("added", "removed")
        for other in range(index - context, index + context + 1)
    }
    skipped, gap, told = 0, False, False
    for index, line in enumerate(lines):
        if line.mark == "skipped":
            gap = True
        elif line.mark == "common" and index not in near:
            skipped += 1
        else:
            if (skipped or gap) and not told and line.mark != "elsewhere":
                yield Line("skipped", count=0 if gap else skipped)
            skipped, gap, told = 0, False, line.mark == "elsewhere"
            yield line
    if skipped and not told:
        yield Line("skipped", count=skipped)


def left_out(line: Line) -> str:
    """Return the words for a line that stands for others."""
    if line.mark == "elsewhere":
        return f"… changed as in [{line.count}]"
    return f"… {line.count} unchanged line{'s' * (line.count > 1)}" if line.count else "…"


def ended(text: str) -> str:
    """Return a changed line with the white space at its end made visible."""
    end = len(text.rstrip(" "))
    return text[:end] + "·" * (len(text) - end)
