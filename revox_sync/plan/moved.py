"""Who moved at one place of a value, told from three: defined then, held by the account, wanted.

All three are canonical, and members that were not defined then are as the account holds them.
Where the definition is as it was, the account moved; where the account holds what was defined, the
definition did; else both may have, and the place is looked at more closely: member by member, item
by item. An item of a list belongs to the one of its name, if its kind has names, else to the one
that it was made from. An edit of the account that would be lost never counts as the definition's
alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from revox_sync.account.remote import Item
from revox_sync.model.conceal import unmasked
from revox_sync.model.path import Path
from revox_sync.model.shapes import ListOf, Member, Number, Object, dumps
from revox_sync.model.walk import member_at
from revox_sync.plan.diff import pairs
from revox_sync.plan.model import Origin


@dataclass(frozen=True, slots=True)
class Told:
    """Who moved at one place; ``base`` is what was defined there, for a conflict."""

    origin: Origin
    base: Any = None


class Three(NamedTuple):
    """One value on all sides: defined then, held, wanted."""

    base: Any
    held: Any
    wanted: Any


class _Who(NamedTuple):
    """Whether the definition moved, whether the account did, and what was defined."""

    moved: bool
    drifted: bool
    base: Any = None

    def told(self) -> Told:
        if self.moved and self.drifted:
            return Told("both", self.base)
        return Told("drift" if self.drifted else "definition")

    def and_also(self, other: _Who) -> _Who:
        return _Who(self.moved or other.moved, self.drifted or other.drifted)


def told_missing(base: Any, wanted: Any) -> Told:
    """Return who moved where the account lacks the whole assistant that was defined."""
    return _Who(not _same(base, wanted), True, base).told()


def tell(member: Member, values: Three, place: Path, old: Any, new: Any) -> Told:
    """Return who moved at ``place``, where the held value ``old`` and the wanted ``new`` differ.

    ``member`` has the facts of the whole value, ``place`` leads into it.
    """
    if _same(values.base, values.wanted):
        return Told("drift")
    if _holds(member, values.base, values.held):
        return Told("definition")
    if not place:
        return _whole(values).told()
    part, rest = place[0], place[1:]
    if isinstance(part, int):
        return _Items(member, values).tell(part, rest, old, new)
    inner = Three(*(_get(value, part) for value in values))
    return tell(member_at(member, (part,)), inner, rest, old, new)


def tell_faq(
    base: Sequence[Item],
    held: Sequence[Item],
    wanted: Sequence[Item],
    before: Item | None,
    after: Item | None,
) -> Told:
    """Return who moved in one change of the FAQ, which is compared as a multiset.

    An item that both sides changed, or one changed and one removed, is known by its question.
    """
    counts = Three(Counter(base), Counter(held), Counter(wanted))
    asked = {item[0] for item in (before, after) if item is not None}
    was = next((item for item in base if item[0] in asked and item not in (before, after)), None)
    known = None if was is None else {"question": was[0], "answer": was[1]}
    gone = _Who(False, False) if before is None else _gone(counts, before)
    come = _Who(False, False) if after is None else _come(counts, after)
    who = gone.and_also(come)
    if was is not None and after is None:
        who = who.and_also(_Who(counts.wanted[was] < counts.base[was], False))
    if was is not None and before is None:
        who = who.and_also(_Who(False, counts.held[was] < counts.base[was]))
    return who._replace(base=known).told()


def _same(one: Any, other: Any) -> bool:
    return dumps(one) == dumps(other)


def _holds(member: Member, base: Any, held: Any) -> bool:
    """Whether the account holds what was defined; what it masks, or rounds, counts as that."""
    if _same(base, held):
        return True
    shape = member.shape
    if member.secret or member.url:
        return _same(unmasked(member, held, base, ())[0], base)
    if isinstance(shape, Number):
        return _same(shape.canonical(shape.project(held, base)), base)
    if isinstance(shape, Object) and isinstance(base, dict) and isinstance(held, dict):
        names = {**base, **held}
        return all(_holds(shape.member(name), base.get(name), held.get(name)) for name in names)
    if isinstance(shape, ListOf) and isinstance(base, list) and isinstance(held, list):
        item = Member(shape.item)
        return len(base) == len(held) and all(map(_holds, [item] * len(base), base, held))
    return False


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _whole(values: Three) -> _Who:
    """Tell of a value that is one change as a whole; of a list, where nothing but order differs."""
    if all(isinstance(value, list) for value in values):
        texts = _texts(values)
        if Counter(texts.held) == Counter(texts.wanted):
            return _by_order(texts, values.base)
    return _Who(True, True, values.base)


def _texts(lists: Three) -> Three:
    return Three(*([dumps(item) for item in items] for items in lists))


def _by_order(texts: Three, base: Any = None) -> _Who:
    """Tell who put items elsewhere."""
    moved, drifted = _reordered(texts.base, texts.wanted), _reordered(texts.base, texts.held)
    return _Who(moved, drifted, base) if moved or drifted else _Who(True, True, base)


def _reordered(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what two lists have in common stands in another order."""
    common = Counter(one) & Counter(other)
    return _kept(one, common) != _kept(other, common)


def _kept(items: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    left = dict(counts)
    kept = []
    for item in items:
        if left.get(item, 0) > 0:
            left[item] -= 1
            kept.append(item)
    return kept


def _gone(counts: Three, item: Any) -> _Who:
    """Tell who did away with an item that the account has and the definition does not."""
    return _Who(counts.base[item] > counts.wanted[item], counts.held[item] > counts.base[item])


def _come(counts: Three, item: Any) -> _Who:
    """Tell who brought an item that the definition has and the account does not."""
    return _Who(counts.wanted[item] > counts.base[item], counts.base[item] > counts.held[item])


class _Items:
    """Tells who moved in a list that both sides changed."""

    def __init__(self, member: Member, values: Three) -> None:
        self._shape = member.shape
        self._item = member_at(member, (0,))
        self._lists = Three(*(value if isinstance(value, list) else [] for value in values))
        self._texts = _texts(self._lists)
        self._counts = Three(*map(Counter, self._texts))
        identity = member.shape.identity if isinstance(member.shape, ListOf) else None
        self._identity = identity
        self._named = None if identity is None else _by_name(self._lists, identity)

    def tell(self, index: int, rest: Path, old: Any, new: Any) -> Told:
        """Return who moved at an index of a change: the held list's where the item is removed."""
        if not rest and old is None:
            return self._come(index).told()
        if not rest and new is None:
            return self._gone(index).told()
        partner = self._partners(self._texts.held)[index]
        base = self._base_of(partner, index)
        if base is None:
            return self._gone(partner).and_also(self._come(index)).told()
        three = Three(base[0], self._lists.held[partner], self._lists.wanted[index])
        return tell(self._item, three, rest, old, new)

    def _partners(self, texts: list[str]) -> dict[int, int]:
        """Return wanted index -> index in ``texts`` of items of which one was made from the other.

        Equal items are not in it.
        """
        found = pairs(texts, self._texts.wanted, self._shape)
        return {new: old for old, new in found if old is not None and new is not None}

    def _base_of(self, held: int, wanted: int) -> list[Any] | None:
        """Return what both items were made from, in a list; None where that is not one thing."""
        if self._named is not None:
            mine, theirs = (
                self._name(self._lists.wanted[wanted]),
                self._name(self._lists.held[held]),
            )
            return [self._named.base.get(mine)] if mine == theirs else None
        there = pairs(self._texts.base, self._texts.held, self._shape)
        back = {new: old for old, new in there}
        found = self._partners(self._texts.base).get(wanted)
        if found is None or back.get(held) != found:
            return None
        return [self._lists.base[found]]

    def _name(self, item: Any) -> Any:
        return item[self._identity]

    def _gone(self, index: int) -> _Who:
        """Tell of an item that the account has and the definition has no more."""
        item = self._lists.held[index]
        if self._named is None:
            was = self._lost(self._texts.held, index, self._texts.wanted)
            if was is not None and isinstance(item, dict):
                return _Who(True, True, was)
            who = _gone(self._counts, self._texts.held[index])
            return who if who.moved or who.drifted else _by_order(self._texts)
        base, _, wanted = self._named
        name = self._name(item)
        if name not in base:
            return _Who(False, True)
        if not _holds(self._item, base[name], item):
            return _Who(True, True, base[name])
        return self._order(base[name]) if name in wanted else _Who(True, False)

    def _come(self, index: int) -> _Who:
        """Tell of an item that the definition has and the account has not."""
        item = self._lists.wanted[index]
        if self._named is None:
            was = self._lost(self._texts.wanted, index, self._texts.held)
            if was is not None and isinstance(item, dict):
                return _Who(True, True, was)
            who = _come(self._counts, self._texts.wanted[index])
            return who if who.moved or who.drifted else _by_order(self._texts)
        base, held, _ = self._named
        name = self._name(item)
        if name not in base:
            return _Who(True, name in held)
        was = base[name]
        if name not in held:
            return _Who(not _same(was, item), True, was)
        if _same(was, item) and _holds(self._item, was, held[name]):
            return self._order(was)
        return _Who(True, True, was)

    def _lost(self, texts: list[str], index: int, others: list[str]) -> Any:
        """Return what one side's item was made from, if the other side took that away."""
        mine = pairs(self._texts.base, texts, self._shape)
        origin = next((old for old, new in mine if new == index), None)
        theirs = pairs(self._texts.base, others, self._shape)
        gone = [old for old, new in theirs if new is None]
        return None if origin is None or origin not in gone else self._lists.base[origin]

    def _order(self, was: Any) -> _Who:
        assert self._named is not None  # noqa: S101 - asked only where items have names
        return _by_order(Three(*(list(map(str, side)) for side in self._named)), was)


def _by_name(lists: Three, identity: str) -> Three | None:
    """Return the items of each list by name; None where some have none, or the same."""
    named = []
    for items in lists:
        names = [item.get(identity) if isinstance(item, dict) else None for item in items]
        if len({*names}) < len(names) or not all(isinstance(name, str) for name in names):
            return None
        named.append(dict(zip(names, items, strict=True)))
    return Three(*named)
