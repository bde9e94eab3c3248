"""Which item of a list became which: both in order, so that what stays can stay where it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

from revox_sync.authoring.editing.splices import stretches
from revox_sync.model.shapes import dumps


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are one: 1 is neither 1.0 nor true."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def aligned(
    old: Sequence[Any], new: Sequence[Any], identity: str | None
) -> Iterator[tuple[int | None, int | None]]:
    """Yield (index in ``old``, index in ``new``), in order; None where there is no counterpart.

    ``identity`` names the member by which an item is known. Without one, and where what an item is
    known by has changed, objects belong together that have most in common.
    """
    kept = _known(old, identity) & _known(new, identity)
    i = j = 0
    for i1, i2, j1, j2 in stretches([dumps(item) for item in old], [dumps(item) for item in new]):
        yield from zip(range(i, i1), range(j, j1), strict=True)
        yield from _paired(old, new, (i1, i2), (j1, j2), identity, kept)
        i, j = i2, j2
    yield from zip(range(i, len(old)), range(j, len(new)), strict=True)


def _paired(
    old: Sequence[Any],
    new: Sequence[Any],
    mine: tuple[int, int],
    theirs: tuple[int, int],
    identity: str | None,
    kept: Set[str],
) -> Iterator[tuple[int | None, int | None]]:
    at = mine[0]
    for j in range(*theirs):
        alike = [(_likeness(old[i], new[j], identity, kept), -i) for i in range(at, mine[1])]
        best, negative = max(alike, default=(0, 0))
        if best == 0:
            yield None, j
            continue
        for i in range(at, -negative):
            yield i, None
        at = 1 - negative
        yield -negative, j
    for i in range(at, mine[1]):
        yield i, None


def _likeness(one: Any, other: Any, identity: str | None, kept: Set[str]) -> int:
    """Return how much two items have in common; 0 where they are different things.

    ``kept`` is what items on both sides are known by.
    """
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return 0
    names = {_name(one, identity), _name(other, identity)}
    common = sum(1 for name in one if name in other and same(one[name], other[name]))
    renamed = len(names) > 1
    return 0 if renamed and (2 * common < len(one) or not names.isdisjoint(kept)) else common


def _known(items: Sequence[Any], identity: str | None) -> set[str]:
    found = (_name(item, identity) for item in items)
    return {name for name in found if name is not None}


def _name(item: Any, identity: str | None) -> str | None:
    """Return what an item is known by, None where it is known by nothing."""
    if identity is None or not isinstance(item, dict) or identity not in item:
        return None
    return dumps(item[identity])
