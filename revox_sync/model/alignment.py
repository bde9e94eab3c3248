"""Which parts of one sequence became which of another: lines, words, items of a list."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

#: The work that the shortest edit may cost, and how much more for each part of the two sequences.
_WORK, _WORK_FOR_EACH = 40_000, 10


def alignment(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yield (is equal, i1, i2, j1, j2): ``old[i1:i2]`` is, or became, ``new[j1:j2]``.

    If a short edit leads from one to the other, the shortest is found. Otherwise equal runs are
    looked for around the parts that occur exactly once on both sides, so that the time does not
    grow with the square of the length.
    """
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    i2, j2 = len(old) - tail, len(new) - tail
    equal = [(0, 0, head)] if head else []
    if i2 > head and j2 > head:
        inner = old[head:i2], new[head:j2]
        matches = _shortest(*inner) or list(_around_single_ones(*inner))
        equal += [(i + head, j + head, count) for i, j, count in matches]
    equal.append((i2, j2, tail))
    i = j = 0
    for i1, j1, count in equal:
        if i1 > i or j1 > j:
            yield False, i, i1, j, j1
        if count:
            yield True, i1, i1 + count, j1, j1 + count
        i, j = i1 + count, j1 + count


def _around_single_ones(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield equal runs (i, j, count), in order, around parts that occur once on both sides."""
    counts = Counter(old), Counter(new)
    where = {part: at for at, part in enumerate(old) if counts[0][part] == counts[1][part] == 1}
    i2 = j2 = 0
    for i, j in _rising([(where[part], at) for at, part in enumerate(new) if part in where]):
        if i < i2:  # the run before holds it
            continue
        i1, j1 = i, j
        while i1 > i2 and j1 > j2 and old[i1 - 1] == new[j1 - 1]:
            i1, j1 = i1 - 1, j1 - 1
        i2, j2 = i, j
        while i2 < len(old) and j2 < len(new) and old[i2] == new[j2]:
            i2, j2 = i2 + 1, j2 + 1
        yield i1, j1, i2 - i1


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs that rises in both; they are sorted by the second."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (i, _) in enumerate(pairs):
        place = bisect_left(ends, i)
        before.append(last[place - 1] if place else -1)
        ends[place : place + 1] = [i]
        last[place : place + 1] = [index]
    found = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _shortest(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]] | None:
    """Return the equal runs (i, j, count) of a shortest edit; None where finding it costs too much.

    Myers, "An O(ND) difference algorithm", 1986: ``furthest`` has, for each diagonal, how far in
    ``old`` that many edits can lead.
    """
    work = _WORK + _WORK_FOR_EACH * (len(old) + len(new))
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(len(old) + len(new) + 1):
        trace.append(furthest.copy())
        work -= 2 * edits
        for diagonal in range(-edits, edits + 1, 2):
            x = _step(furthest, diagonal, edits)
            y = begin = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            work -= y - begin
            if x >= len(old) and y >= len(new):
                return _backwards(trace, len(old), len(new))
        if work < 0:
            return None
    return None


def _step(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Return where one more edit leads on a diagonal: down from the one above, or right."""
    if diagonal == -edits:
        return furthest[diagonal + 1]
    if diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]:
        return furthest[diagonal + 1]
    return furthest[diagonal - 1] + 1


def _backwards(trace: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    """Return the equal runs along the path that was found, traced back from its end."""
    runs = []
    for edits in range(len(trace) - 1, -1, -1):
        begin = _step(trace[edits], x - y, edits) if edits else 0
        if x > begin:
            runs.append((begin, begin - (x - y), x - begin))
        if edits:
            diagonal = x - y
            down = diagonal == -edits or (
                diagonal != edits and trace[edits][diagonal - 1] < trace[edits][diagonal + 1]
            )
            x, y = (begin, begin - diagonal - 1) if down else (begin - 1, begin - diagonal)
    return runs[::-1]
