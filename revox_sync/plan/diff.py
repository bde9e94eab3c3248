"""Two canonical values -> the list of changes that lead from one to the other.

Nested objects are walked by DeepDiff. Lists are aligned first, so that an item put in front is one
addition and not a change of every item behind it; a pair that belongs together is walked again.
The FAQ has a form of its own: order carries no meaning there, and a question names its item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from revox_sync.model.fields import field_of
from revox_sync.model.path import Path, path_text
from revox_sync.model.shapes import ListOf, Shape, dumps
from revox_sync.model.walk import member_at
from revox_sync.plan.model import Change, Op


def differences(before: Any, after: Any, path: Path) -> list[tuple[Path, Any, Any]]:
    """Return (path, old, new) for each place where two values differ."""
    return list(_walk(before, after, path))


def _walk(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    if _are_equal(before, after):
        return
    if isinstance(before, list) and isinstance(after, list) and before and after:
        yield from _lists(before, after, path)
    elif not _comparable(before, after):
        yield path, before, after
    elif any(isinstance(value, dict | list) for value in (*before.values(), *after.values())):
        yield from _objects(before, after, path)
    else:
        # Most of what changes is flat, and not worth the time that importing DeepDiff takes.
        for name in {**before, **after}:
            yield from _walk(before.get(name), after.get(name), (*path, name))


def _are_equal(before: Any, after: Any) -> bool:
    """Whether two values are the same JSON: 1 is neither 1.0 nor true."""
    if isinstance(before, str) and isinstance(after, str):
        return before == after
    return dumps(before) == dumps(after)


def _comparable(before: Any, after: Any) -> bool:
    """Whether two objects are of one kind; another kind of a union is one change as a whole."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    kinds = {before.get("type"), after.get("type")} - {None}
    return len(kinds) < 2 or before.keys() == after.keys()  # noqa: PLR2004 - two sides


def _objects(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    from deepdiff import DeepDiff
    from deepdiff.operator import BaseOperator

    class Lists(BaseOperator):
        """Hands lists back to the alignment below."""

        def match(self, level: Any) -> bool:
            return isinstance(level.t1, list) and isinstance(level.t2, list)

        def give_up_diffing(self, level: Any, diff_instance: Any) -> bool:
            diff_instance.custom_report_result("lists", level)
            return True

    found = DeepDiff(
        before,
        after,
        view="tree",
        verbose_level=2,
        custom_operators=[Lists()],
        threshold_to_diff_deeper=0,  # else two objects with little in common come back as they are
    )
    for levels in found.values():
        for level in levels:
            where = (*path, *level.path(output_format="list"))
            yield from _walk(_known(level.t1), _known(level.t2), where)


def _known(value: Any) -> Any:
    from deepdiff.helper import NotPresent

    return None if isinstance(value, NotPresent) or value is NotPresent else value


def _lists(before: list[Any], after: list[Any], path: Path) -> Iterator[tuple[Path, Any, Any]]:
    old, new = [dumps(item) for item in before], [dumps(item) for item in after]
    if Counter(old) == Counter(new):
        yield path, before, after
        return
    shape = member_at(field_of(str(path[0])), path[1:]).shape
    for one, other in pairs(old, new, shape):
        if one is None:
            assert other is not None  # noqa: S101 - one side of a pair is there
            yield (*path, other), None, after[other]
        elif other is None:
            yield (*path, one), before[one], None
        else:
            yield from _walk(before[one], after[other], (*path, other))


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
    for i1, i2, j1, j2 in _differing(old, new):
        paired = min(i2 - i1, j2 - j1)
        for step in range(paired):
            yield i1 + step, j1 + step
        for index in range(i1 + paired, i2):
            yield index, None
        for index in range(j1 + paired, j2):
            yield None, index


def _differing(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches that differ: ``old[i1:i2]`` became ``new[j1:j2]``.

    What both begin and end with is set aside first: SequenceMatcher looks for long runs, and would
    make several changes of one edit among items that repeat.
    """
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    inner = old[head : len(old) - tail], new[head : len(new) - tail]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *inner, autojunk=False).get_opcodes():
        if tag != "equal":
            yield i1 + head, i2 + head, j1 + head, j2 + head


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


def faq_changes(before: Sequence[Item], after: Sequence[Item]) -> list[Change]:
    """Return the changes between two FAQs of (question, answer), compared as multisets.

    Items that are equal on both sides are none. Of the rest, items of one question are a change of
    its answer, items of one answer a change of its question; what is left was added or removed.
    Paths name the question (``faq_items[Do you take dogs?]``), a repeated one with its number.
    """
    if [*before] == [*after]:
        return []
    before = sorted(before)  # a list and a GET may answer the same FAQ in two orders
    gone, come = _difference(before, after), _difference(after, before)
    found: list[tuple[int, str, Any, Any]] = []
    for same in (0, 1):
        for position, new in list(come):
            match = next((entry for entry in gone if entry[1][same] == new[same]), None)
            if match is not None:
                gone.remove(match)
                come.remove((position, new))
                found.append((position, _label(after, position), match[1], new))
    found += [(position, _label(after, position), None, new) for position, new in come]
    found.sort(key=lambda entry: entry[0])
    found += [(position, _label(before, position), old, None) for position, old in gone]
    return [
        Change(f"faq_items[{label}]", _op(old, new), _item(old), _item(new))
        for _, label, old, new in found
    ]


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


def _label(items: Sequence[Item], position: int) -> str:
    question = items[position][0]
    nth = sum(1 for other, _ in items[: position + 1] if other == question)
    return question if nth == 1 else f"{question}#{nth}"


def _item(item: Item | None) -> dict[str, str] | None:
    return None if item is None else {"question": item[0], "answer": item[1]}
