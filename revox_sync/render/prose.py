"""The difference of two texts as a person reads it: lines first, then sentences, then words.

Only data comes out: lines of segments, each marked as common, removed or added. How a mark looks
is the renderers' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from revox_sync.model.alignment import alignment
from revox_sync.records import dataclass
from revox_sync.render.safe import apart
from revox_sync.render.sentences import counted
from revox_sync.secrecy.values import HOLDS_SECRET

Mark = Literal["common", "removed", "added", "skipped"]
SIGNS: dict[Mark, str] = {"removed": "-", "added": "+", "common": " "}

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_SENTENCE = re.compile(r"[^.!?…。！？]*[.!?…。！？]*\s*")

#: Lines of more characters than this are aligned by sentence first: else words that many sentences
#: have in common would be matched across them.
_LONG = 400
#: Texts that have less than this part in common are shown as rewritten: marking nearly every word
#: of a line helps nobody.
_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text; ``changed`` where it differs from the line it is compared with.

    ``apart`` is the text with everything visible that the eye could not tell from the other side;
    None where nothing is.
    """

    text: str
    changed: bool = False
    apart: str | None = None

    @property
    def shown(self) -> str:
        """The text as a reader is to see it."""
        return self.text if self.apart is None else self.apart


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference.

    A ``skipped`` one stands for ``count`` unchanged lines, or for some where that is 0.
    """

    mark: Mark
    segments: tuple[Segment, ...] = ()
    count: int = 0

    @property
    def text(self) -> str:
        """The line as it is written."""
        return "".join(segment.text for segment in self.segments)

    @property
    def is_change(self) -> bool:
        """Whether the line was added or removed."""
        return self.mark in ("added", "removed")


def line_diff(before: str, after: str) -> list[Line]:
    """Return every line that leads from one text to the other, unchanged ones included.

    A run that was only added or only removed stands as early as it can. Where a paragraph and the
    blank lines around it allow several places, equal edits of different texts then look alike.
    """
    old, new = before.split("\n"), after.split("\n")
    lines: list[Line] = []
    if HOLDS_SECRET in (before, after):  # it has no words in common with any text
        return [*new_lines(old, "removed"), *new_lines(new, "added")]
    for is_equal, i1, i2, j1, j2 in alignment(old, new):
        if is_equal:
            lines += [Line("common", (Segment(text),)) for text in old[i1:i2]]
        elif i1 < i2 and j1 < j2:
            lines += _rewritten(old[i1:i2], new[j1:j2])
        else:
            _slide(lines, list(_rewritten(old[i1:i2], new[j1:j2])))
    return lines


def new_lines(lines: Sequence[str], mark: Mark) -> tuple[Line, ...]:
    """Return the lines of a text that was added or removed as a whole."""
    return tuple(Line(mark, (Segment(line),)) for line in lines)


def _slide(lines: list[Line], run: list[Line]) -> None:
    """Append a run of lines that were only added or removed, as early as it can stand."""
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


def _rewritten(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    paired = min(len(old), len(new))
    pairs = [words(old[index], new[index]) for index in range(paired)]
    yield from (Line("removed", removed) for removed, _ in pairs)
    yield from new_lines(old[paired:], "removed")
    yield from (Line("added", added) for _, added in pairs)
    yield from new_lines(new[paired:], "added")


def words(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return both sides of a line with the changed words marked."""
    pairs = _pairs(old, new)
    told = [
        (same, was, now, *((was, now) if same else apart(was, now))) for same, was, now in pairs
    ]
    common = sum(len(was) for same, was, _ in pairs if same)
    if common < _ALIKE * max(len(old), len(new), 1):
        old_shown = "".join(entry[3] for entry in told)
        new_shown = "".join(entry[4] for entry in told)
        return (Segment(old, apart=old_shown),), (Segment(new, apart=new_shown),)
    told = _joined(told)
    removed = tuple(Segment(was, not same, shown) for same, was, _, shown, _ in told if was)
    added = tuple(Segment(now, not same, shown) for same, _, now, _, shown in told if now)
    return removed, added


_Pair = tuple[bool, str, str]
_Told = tuple[bool, str, str, str, str]


def _pairs(old: str, new: str) -> Iterator[_Pair] | list[_Pair]:
    """Return (is equal, old text, new text) for each stretch of a line."""
    if max(len(old), len(new)) <= _LONG:
        return list(_aligned(_WORD.findall(old), _WORD.findall(new)))
    found: list[_Pair] = []
    for same, was, now in _aligned(_SENTENCE.findall(old), _SENTENCE.findall(new)):
        if same:
            found.append((same, was, now))
            continue
        inner = list(_aligned(_WORD.findall(was), _WORD.findall(now)))
        common = sum(len(text) for equal, text, _ in inner if equal)
        is_rewritten = common < _ALIKE * max(len(was), len(now))
        found += [(False, was, now)] if is_rewritten else inner
    return found


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[_Pair]:
    for is_equal, i1, i2, j1, j2 in alignment(old, new):
        yield is_equal, "".join(old[i1:i2]), "".join(new[j1:j2])


def _joined(pairs: Sequence[_Told]) -> list[_Told]:
    """Join changed words that nothing but white space separates."""
    joined: list[_Told] = []
    for index, pair in enumerate(pairs):
        same, *texts = pair
        changed = not same or (texts[0].isspace() and 0 < index < len(pairs) - 1)
        if joined and changed and not joined[-1][0]:
            a, b, c, d = (one + other for one, other in zip(joined[-1][1:], texts, strict=True))
            joined[-1] = (False, a, b, c, d)
        else:
            joined.append((not changed, *pair[1:]))
    return joined


def shortened(lines: Sequence[Line], context: int) -> Iterator[Line]:
    """Yield the lines, without unchanged ones more than ``context`` away from a change."""
    if all(line.is_change for line in lines):
        yield from lines
        return
    near = {
        other
        for index, line in enumerate(lines)
        if line.is_change
        for other in range(index - context, index + context + 1)
    }
    skipped, gap = 0, False
    for index, line in enumerate(lines):
        if line.mark == "skipped":
            gap = True
        elif line.mark == "common" and index not in near:
            skipped += 1
        else:
            if skipped or gap:
                yield Line("skipped", count=0 if gap else skipped)
            skipped, gap = 0, False
            yield line
    if skipped:
        yield Line("skipped", count=0 if gap else skipped)


def left_out(line: Line) -> str:
    """Return the words for a line that stands for skipped lines."""
    return f"… {counted(line.count, 'unchanged line')}" if line.count else "…"


def near(line: Line, reach: int) -> list[Segment]:
    """Return the segments of a line, cut around what changed.

    Of what did not change, ``reach`` characters stay on each side of a change. What changed stays.
    """
    found = []
    for position, segment in enumerate(line.segments):
        text = segment.shown
        if line.is_change and (segment.changed or len(line.segments) == 1):
            found.append(Segment(text, changed=True))
        elif len(text) <= 2 * reach:
            found.append(Segment(text))
        elif len(line.segments) == 1:
            more = len(text) - 2 * reach
            found.append(Segment(f"{text[: 2 * reach]}… ({more} more characters)"))
        else:
            head = f"{text[:reach]} " if position else ""
            tail = f" {text[-reach:]}" if position < len(line.segments) - 1 else ""
            found.append(Segment(f"{head}…{tail}"))
    return found


def ended(text: str) -> str:
    """Return a changed line with the white space at its end made visible."""
    end = len(text.rstrip(" "))
    return text[:end] + "·" * (len(text) - end)
