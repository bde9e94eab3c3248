"""Two canonical values -> the list of changes that lead from one to the other.

DeepDiff compares what is nested. Before it compares two lists, their items are set side by side, so
that an item put in front is one addition and not a change of every item behind it. The FAQ has a
form of its own: order carries no meaning there, and a question names its item.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from revox_sync.model.alignment import alignment
from revox_sync.model.fields import field_of
from revox_sync.model.path import Path, path_text
from revox_sync.model.shapes import ListOf, Shape, dumps
from revox_sync.model.walk import member_at
from revox_sync.plan.model import Change, Op


def differences(before: Any, after: Any, path: Path) -> list[tuple[Path, Any, Any]]:
    """Return (path, old, new) for each place where two values differ."""
    if _are_equal(before, after):
        return []
    if not _comparable(before, after):
        return [(path, before, after)]
    if isinstance(before, dict) and not _holds_more({**before, **after}, before, after):
        # Most of what changes is flat, and not worth the time that importing DeepDiff takes.
        each = ((name, before.get(name), after.get(name)) for name in {**before, **after})
        return [((*path, name), old, new) for name, old, new in each if not _are_equal(old, new)]
    return _nested(before, after, path)


def _holds_more(names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    values = (side.get(name) for name in names for side in (before, after))
    return any(isinstance(value, dict | list) for value in values)


def _are_equal(before: Any, after: Any) -> bool:
    """Whether two values are the same JSON: 1 is neither 1.0 nor true."""
    if isinstance(before, str) and isinstance(after, str):
        return before == after
    return dumps(before) == dumps(after)


def _comparable(before: Any, after: Any) -> bool:
    """Whether two values are compared part by part; otherwise they are one change as a whole.

    That are two objects, but of no two kinds of a union, and two lists, unless one is empty or
    nothing but the order of their items differs.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        kinds = {before.get("type"), after.get("type")} - {None}
        return len(kinds) < 2 or before.keys() == after.keys()  # noqa: PLR2004 - two sides
    if isinstance(before, list) and isinstance(after, list) and before and after:
        return Counter(map(dumps, before)) != Counter(map(dumps, after))
    return False


def _nested(before: Any, after: Any, path: Path) -> list[tuple[Path, Any, Any]]:
    """Return the changes of two objects or lists that hold more of them."""
    from deepdiff import DeepDiff
    from deepdiff.helper import NotPresent
    from deepdiff.operator import BaseOperator

    member = field_of(str(path[0]))
    #: By the place of two lists: the indices of the items that DeepDiff sees there.
    seen: dict[Path, list[tuple[int | None, int | None]]] = {}

    class Aligned(BaseOperator):
        """Lets DeepDiff see of two lists the items that differ, side by side."""

        def match(self, level: Any) -> bool:
            return isinstance(level.t1, dict | list) and isinstance(level.t2, dict | list)

        def give_up_diffing(self, level: Any, diff_instance: Any) -> bool:
            old, new = level.t1, level.t2
            if _are_equal(old, new):
                return True
            if not _comparable(old, new):
                diff_instance.custom_report_result("whole", level)
                return True
            if isinstance(old, list):
                place = tuple(level.path(output_format="list"))
                shape = member_at(member, (*path, *place)[1:]).shape
                aligned = list(pairs([*map(dumps, old)], [*map(dumps, new)], shape))
                seen[place] = aligned
                level.t1 = [NotPresent if one is None else old[one] for one, _ in aligned]
                level.t2 = [NotPresent if other is None else new[other] for _, other in aligned]
            return False

    found = DeepDiff(
        before,
        after,
        view="tree",
        verbose_level=2,
        zip_ordered_iterables=True,
        custom_operators=[Aligned()],
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
    return [
        (real_place(place), old, new) for place, old, new in changes if not _are_equal(old, new)
    ]


def _names(value: Any) -> Iterator[str]:
    """Yield the names of all members, in their order."""
    yield from value if isinstance(value, dict) else ()
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _names(inner)


def pairs(old: list[str], new: list[str], shape: Shape) -> Iterator[tuple[int | None, int | None]]:
    """Yield (index in ``old``, index in ``new``) of the items that differ, as texts.

    Two that belong together stand in one pair; None where an item has no counterpart. Without an
    order, what alone is gone and what alone came belong together wherever they stand.
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


def change_at(path: Path, before: Any, after: Any) -> Change:
    """Return the change of the value at ``path``."""
    return Change(path_text(path), _op(before, after), before, after)


def _is_empty(value: Any) -> bool:
    return value is None or value == []


def _op(before: Any, after: Any) -> Op:
    if _is_empty(before):
        return "add"
    return "remove" if _is_empty(after) else "change"


Item = tuple[str, str]


class FaqChange(NamedTuple):
    """A change of a FAQ: the positions of an item before and after, None where there is none."""

    old: int | None
    new: int | None


def faq_changes(before: Sequence[Item], after: Sequence[Item]) -> list[FaqChange]:
    """Return the changes between two FAQs of (question, answer), compared as multisets.

    Items that are equal on both sides are none. Of the rest, items of one question are a change of
    its answer, items of one answer a change of its question; what is left was added or removed.
    """
    if [*before] == [*after]:
        return []
    gone, come = _difference(before, after), _difference(after, before)
    found: list[FaqChange] = []
    for same in (0, 1):
        waiting: defaultdict[str, deque[int]] = defaultdict(deque)
        for position, old in gone:
            waiting[old[same]].append(position)
        met = {
            position: waiting[new[same]].popleft() for position, new in come if waiting[new[same]]
        }
        taken = {*met.values()}
        found += [FaqChange(one, position) for position, one in met.items()]
        gone = [entry for entry in gone if entry[0] not in taken]
        come = [entry for entry in come if entry[0] not in met]
    found += [FaqChange(None, position) for position, _ in come]
    found.sort(key=lambda change: change.new or 0)
    return found + [FaqChange(position, None) for position, _ in gone]


def changes_of_faq(
    found: Sequence[FaqChange], before: Sequence[Item], after: Sequence[Item]
) -> list[Change]:
    """Return changes of a FAQ as part of a plan, from the items as they may be shown.

    A path names the question (``faq_items[Do you take dogs?]``), a repeated one with its number.
    """
    labels = _labels(before), _labels(after)
    changes = []
    for one in found:
        old = None if one.old is None else _item(before[one.old])
        new = None if one.new is None else _item(after[one.new])
        label = labels[0][one.old or 0] if one.new is None else labels[1][one.new]
        changes.append(Change(f"faq_items[{label}]", _op(old, new), old, new))
    return changes


def _difference(items: Sequence[Item], others: Sequence[Item]) -> list[tuple[int, Item]]:
    """Return the items, with positions, that are more often in ``items`` than in ``others``."""
    spare = Counter(others)
    rest = []
    for position, item in enumerate(items):
        if spare[item]:
            spare[item] -= 1
        else:
            rest.append((position, item))
    return rest


def _labels(items: Sequence[Item]) -> list[str]:
    """Return what names each item: one pass for all of them, however many there are."""
    counts: Counter[str] = Counter()
    labels = []
    for question, _ in items:
        counts[question] += 1
        nth = counts[question]
        labels.append(question if nth == 1 else f"{question}#{nth}")
    return labels


def _item(item: Item) -> dict[str, str]:
    return {"question": item[0], "answer": item[1]}
