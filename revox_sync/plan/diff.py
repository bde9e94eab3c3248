"""Two canonical values -> the list of changes that lead from one to the other.

DeepDiff compares nested values. Before it compares two lists, their items are set side by side, so
that an item put in front is one addition and not a change of every item after it. In the FAQ order
means nothing, and its shape knows which items belong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from revox_sync.model.alignment import alignment
from revox_sync.model.fields import field_of
from revox_sync.model.path import Path
from revox_sync.model.shapes import Faq, ListOf, Shape, dumps, is_same
from revox_sync.model.walk import member_at
from revox_sync.plan.model import Change, Op


def differences(before: Any, after: Any, path: Path) -> list[tuple[Path, Any, Any]]:
    """Return (path, old, new) for each place where two values differ."""
    shape = field_of(str(path[0])).shape
    if isinstance(shape, Faq) and isinstance(after, list):
        return item_changes(shape, before or [], after, path)
    if is_same(before, after):
        return []
    if not _comparable(before, after):
        return [(path, before, after)]
    if isinstance(before, dict) and not _holds_more({**before, **after}, before, after):
        # Most of what changes is flat, and not worth the time that importing DeepDiff takes.
        each = ((name, before.get(name), after.get(name)) for name in {**before, **after})
        return [((*path, name), old, new) for name, old, new in each if not is_same(old, new)]
    return _nested(before, after, path)


def _holds_more(names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    values = (side.get(name) for name in names for side in (before, after))
    return any(isinstance(value, dict | list) for value in values)


def _comparable(before: Any, after: Any) -> bool:
    """Whether two values are compared part by part; otherwise they are one change.

    Two objects are, unless they are different kinds of a union. Two lists are, unless one is empty
    or only the order of their items differs.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        kinds = before.get("type"), after.get("type")
        return None in kinds or is_same(*kinds) or before.keys() == after.keys()
    if isinstance(before, list) and isinstance(after, list) and before and after:
        return Counter(map(dumps, before)) != Counter(map(dumps, after))
    return False


def _nested(before: Any, after: Any, path: Path) -> list[tuple[Path, Any, Any]]:
    """Return the changes between two objects or lists that hold objects or lists."""
    from deepdiff import DeepDiff
    from deepdiff.helper import NotPresent

    seen: _Seen = {}
    found = DeepDiff(
        before,
        after,
        view="tree",
        verbose_level=2,
        zip_ordered_iterables=True,
        custom_operators=[_side_by_side(path, seen)],
        threshold_to_diff_deeper=0,  # else two objects with little in common come back as they are
    )

    def value(side: Any) -> Any:
        return None if side is NotPresent or isinstance(side, NotPresent) else side

    def real_place(place: Path) -> Path:
        real = list(place)
        for depth, part in enumerate(place):
            if isinstance(part, int):
                one, other = seen[place[:depth]][part]
                real[depth] = one if other is None else other  # type: ignore[assignment]
        return (*path, *real)

    changes = [
        (tuple(level.path(output_format="list")), value(level.t1), value(level.t2))
        for levels in found.values()
        for level in levels
    ]
    # DeepDiff keeps members in sets, so each run of the program would tell them in another order.
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(_names([before, after])))}
    changes.sort(key=lambda change: [ranks.get(part, part) for part in change[0]])
    return [(real_place(place), old, new) for place, old, new in changes if not is_same(old, new)]


#: By the place of two lists: the indices of the items that DeepDiff sees there.
_Seen = dict[Path, list[tuple[int | None, int | None]]]


def _side_by_side(path: Path, seen: _Seen) -> Any:
    """Return a DeepDiff operator that sets the differing items of two lists side by side.

    ``path`` is the place of the two values; ``seen`` collects the indices of the items.
    """
    from deepdiff.helper import NotPresent
    from deepdiff.operator import BaseOperator

    member = field_of(str(path[0]))

    class SideBySide(BaseOperator):
        def match(self, level: Any) -> bool:
            return isinstance(level.t1, dict | list) and isinstance(level.t2, dict | list)

        def give_up_diffing(self, level: Any, diff_instance: Any) -> bool:
            old, new = level.t1, level.t2
            if is_same(old, new):
                return True
            if not _comparable(old, new):
                diff_instance.custom_report_result("whole", level)
                return True
            if isinstance(old, list):
                place = tuple(level.path(output_format="list"))
                shape = member_at(member, (*path, *place)[1:]).shape
                aligned = list(item_pairs([*map(dumps, old)], [*map(dumps, new)], shape))
                seen[place] = aligned
                level.t1 = [NotPresent if one is None else old[one] for one, _ in aligned]
                level.t2 = [NotPresent if other is None else new[other] for _, other in aligned]
            return False

    return SideBySide()


def _names(value: Any) -> Iterator[str]:
    """Yield the names of all members, in their order."""
    yield from value if isinstance(value, dict) else ()
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _names(inner)


def item_pairs(
    old: list[str], new: list[str], shape: Shape
) -> Iterator[tuple[int | None, int | None]]:
    """Yield (index in ``old``, index in ``new``) of the items that differ, as texts.

    An item without a counterpart is paired with None. In a list without order, one item that is
    gone and one that is new are a pair wherever they stand.
    """
    if isinstance(shape, ListOf) and not shape.ordered:
        gone = list((Counter(old) - Counter(new)).elements())
        come = list((Counter(new) - Counter(old)).elements())
        if len(gone) == len(come) == 1:
            yield old.index(gone[0]), new.index(come[0])
            return
    for is_equal, i1, i2, j1, j2 in alignment(old, new):
        if is_equal:
            continue
        paired = min(i2 - i1, j2 - j1)
        for step in range(paired):
            yield i1 + step, j1 + step
        for index in range(i1 + paired, i2):
            yield index, None
        for index in range(j1 + paired, j2):
            yield None, index


def change_at(place: str, before: Any, after: Any) -> Change:
    """Return the change of the value at ``place``."""
    op: Op = "add" if _is_empty(before) else "remove" if _is_empty(after) else "change"
    return Change(place, op, before, after)


def _is_empty(value: Any) -> bool:
    return value is None or value == []


def item_changes(
    shape: Faq, before: Sequence[Any], after: Sequence[Any], path: Path
) -> list[tuple[Path, Any, Any]]:
    """Return (path, old, new) of the items that differ, compared as multisets.

    A path holds the index in ``after``, or, of an item that is gone, in ``before``.
    """
    if before == after:
        return []
    partners = shape.partners(before, after)
    found = [((*path, mine), before[theirs], after[mine]) for theirs, mine in partners.items()]
    taken = {*partners.values()}
    found += [((*path, at), None, item) for at, item in enumerate(after) if at not in taken]
    found.sort(key=itemgetter(0))
    found += [((*path, at), item, None) for at, item in enumerate(before) if at not in partners]
    return [(at, old, new) for at, old, new in found if old != new]


def labels(items: Sequence[Any]) -> list[str]:
    """Return what names each item of a FAQ: its question, a repeated one with its number."""
    counts: Counter[str] = Counter()
    found = []
    for item in items:
        question = item["question"]
        counts[question] += 1
        nth = counts[question]
        found.append(question if nth == 1 else f"{question}#{nth}")
    return found
