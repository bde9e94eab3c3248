"""Runs of changed lines: what one edit did to a text, apart from where the text is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from revox_sync.render.prose import Line

_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Run:
    """Lines ``start`` to ``end`` (exclusive) of a difference, and unchanged ones around them.

    ``before`` and ``after`` hold up to two lines each, the nearest first.
    """

    start: int
    end: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def anchors(self) -> tuple[tuple[str, ...], ...]:
        """What tells, best first, whether lines were only added at the same place.

        Lines that replace or remove others tell their place by themselves.
        """
        if self.removed:
            return ((),)
        found: list[tuple[str, ...]] = []
        if self.before and self.before[0].strip():
            found.append(("after", self.before[0]))
        elif self.after and self.after[0].strip():
            found.append(("before", self.after[0]))
        found += [] if self.after else [("at the end",)]
        found += [] if self.before else [("at the beginning",)]
        return tuple(found)


def runs_of(lines: Sequence[Line]) -> Iterator[Run]:
    """Yield the runs of changed lines of a whole difference."""
    start = None
    for index in range(len(lines) + 1):
        changed = index < len(lines) and lines[index].mark in ("added", "removed")
        if changed and start is None:
            start = index
        elif not changed and start is not None:
            yield _run(lines, start, index)
            start = None


def _run(lines: Sequence[Line], start: int, end: int) -> Run:
    return Run(
        start,
        end,
        tuple(line.text for line in lines[start:end] if line.mark == "removed"),
        tuple(line.text for line in lines[start:end] if line.mark == "added"),
        _unchanged(lines[max(start - _CONTEXT, 0) : start][::-1]),
        _unchanged(lines[end : end + _CONTEXT]),
    )


def _unchanged(lines: Sequence[Line]) -> tuple[str, ...]:
    changed = [index for index, line in enumerate(lines) if line.mark != "common"]
    return tuple(line.text for line in lines[: changed[0] if changed else len(lines)])


def assembled(lines: Sequence[Line], runs: Sequence[Sequence[Run]]) -> tuple[Line, ...]:
    """Return the lines of some runs, with the unchanged lines that all their texts have there.

    ``runs`` holds for each run its equals in every text; ``lines`` is the difference that the
    first of them are of.
    """
    shown: list[Line] = []
    last = 0
    for equals in sorted(runs, key=lambda equals: equals[0].start):
        first = equals[0]
        start = max(first.start - _common([run.before for run in equals]), last)
        if shown and start > last:
            shown.append(Line("skipped"))
        last = first.end + _common([run.after for run in equals])
        shown += lines[start:last]
    return tuple(shown)


def _common(contexts: Sequence[Sequence[str]]) -> int:
    """Return how many lines all contexts begin with alike."""
    count = 0
    for alike in zip(*contexts, strict=False):
        if len(set(alike)) > 1:
            break
        count += 1
    return count


def without(lines: Sequence[Line], told: Mapping[int, int]) -> tuple[Line, ...]:
    """Return a difference in which runs that are told elsewhere are references.

    ``told`` holds the number of the shared change for the first line of each such run.
    """
    shown: list[Line] = []
    last = 0
    for run in runs_of(lines):
        if run.start in told:
            shown += [*lines[last : run.start], Line("elsewhere", count=told[run.start])]
            last = run.end
    return (*shown, *lines[last:])
