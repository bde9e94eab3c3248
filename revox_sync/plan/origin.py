"""Who moved since a commit: the definition, the account, or both.

With the definitions of that commit there are three values for each place: what was defined then
(*base*), what is defined now, and what the account holds. The definition moved where it is not as
it was; the account drifted where it does not hold what was defined. Where both did, a reviewer has
to decide. Where the definition of that commit cannot be read, nobody knows: ``unknown``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from revox_sync.account.remote import Item, faq_item
from revox_sync.definitions.definition import Definition
from revox_sync.model.absence import absent_members, completed
from revox_sync.model.fields import Field
from revox_sync.model.path import Path
from revox_sync.model.shapes import ListOf, Member, Number, dumps
from revox_sync.model.walk import mapped, member_at
from revox_sync.plan.diff import pairs
from revox_sync.plan.model import Origin
from revox_sync.secrecy.values import unmasked

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base


@dataclass(frozen=True, slots=True)
class Unread:
    """What a definition was at the commit cannot be read; ``reasons`` are sentences."""

    reasons: tuple[str, ...]


Then = Mapping[str, Definition | Unread | None]


def counterparts(definitions: Sequence[Definition], base: Base) -> Then:
    """Return what each definition (by key) was at the commit; None for one that is new since.

    A definition without a counterpart is new only where everything at the commit could be read.

    As an assistant is found in the account, so is its earlier definition, wherever its file lay:
    first all ids, then names, then earlier names. A definition that was bound since, and renamed
    with that, is known by its file. One that stands for another assistant than before is new.
    """
    left = dict(base.definitions)
    found: dict[str, Definition | None] = {made.key: None for made in definitions}
    for mine, theirs in _WAYS:
        known = {theirs(was): was for was in left.values()}
        for made in definitions:
            was = known.get(mine(made)) if found[made.key] is None else None
            if was is not None and was.key in left and not _rebound(made, was):
                found[made.key] = left.pop(was.key)
    if not base.unread:
        return dict(found)
    unread = Unread(base.unread)
    return {key: unread if was is None else was for key, was in found.items()}


_Mark = Callable[[Definition], Any]
_NOTHING = object()

#: What a definition and its earlier form have in common, surest first.
_WAYS: tuple[tuple[_Mark, _Mark], ...] = (
    (lambda made: made.sync.id or _NOTHING, lambda was: was.sync.id),
    (lambda made: made.name, lambda was: was.name),
    (lambda made: made.sync.renamed_from or _NOTHING, lambda was: was.name),
    (
        lambda made: made.key if made.sync.id else _NOTHING,
        lambda was: None if was.sync.id else was.key,
    ),
)


def _rebound(made: Definition, was: Definition) -> bool:
    """Whether a definition was bound to another assistant."""
    return None not in (made.sync.id, was.sync.id) and made.sync.id != was.sync.id


def keeping_secrets(definitions: Sequence[Definition], then: Then) -> tuple[Definition, ...]:
    """Return the definitions; a place that held a secret at the commit still counts as one.

    The account may hold that secret to this day, so it is neither shown nor written to disk.
    """
    return tuple(
        replace(made, secrets=made.secrets | was.secrets) if isinstance(was, Definition) else made
        for made, was in ((made, then[made.key]) for made in definitions)
    )


class Origins:
    """Tells who moved in one assistant.

    ``then`` holds the values that the definition wanted at the commit, by field; a new one none.
    It is None where that cannot be read. ``exists`` says whether the account has the assistant: one
    that was defined and is missing has drifted. ``resets`` says whether members that were left out
    went back to their resting values.
    """

    def __init__(
        self, then: Mapping[str, Any] | None, *, exists: bool, resets: bool = False
    ) -> None:
        self._then = then
        self._exists = exists
        self._resets = resets

    @property
    def unseen(self) -> Origin:
        """Who moved where the account does not tell its value, and the definition is written."""
        return "unknown" if self._then is None else "definition"

    def field(
        self,
        spec: Field,
        wanted: Any,
        held: Any,
        values: tuple[Any, Any],
        place: tuple[Path, Any, Any],
    ) -> Told:
        """Return who moved at ``place``, one (path, old, new) of the field's differences.

        ``wanted`` is what the definition states, ``held`` what the account answered; ``values``
        are the canonical values of the whole field, held and wanted.
        """
        if self._then is None:
            return Told("unknown")
        if spec.name not in self._then:
            return Told("definition")
        stated, shape = self._then[spec.name], spec.shape
        if not self._exists:
            return told_missing(shape.canonical(stated), values[1])
        if self._resets:
            absent = [(at, known) for at, known, _ in absent_members(spec, held, stated)]
            stated = completed(stated, absent)
        base = shape.canonical(shape.project(shape.merge(held, stated), wanted))
        path, old, new = place
        return tell(spec, Three(base, *values), path[1:], old, new)

    def faq(
        self,
        wanted: Sequence[Item],
        held: Sequence[Item] | None,
        before: Mapping[str, str] | None,
        after: Mapping[str, str] | None,
    ) -> Told:
        """Return who moved in one change of the FAQ; ``held`` is None where it cannot be read."""
        if self._then is None:
            return Told("unknown")
        if "faq_items" not in self._then or held is None:
            return Told("definition")
        base = [faq_item(item) for item in self._then["faq_items"]]
        if not self._exists:
            mine = [item for item in base if after is not None and item[0] == after["question"]]
            same = after is not None and _pair(after) in base
            was = {"question": mine[0][0], "answer": mine[0][1]} if mine else None
            return Told("drift") if same else Told("both", was)
        return tell_faq(base, held, wanted, _pair(before), _pair(after))


def _pair(item: Mapping[str, str] | None) -> Item | None:
    return None if item is None else (item["question"], item["answer"])


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

    def rounded(path: Path, at: Member, leaf: Any) -> Any:
        number = isinstance(at.shape, Number)
        return at.shape.canonical(at.shape.project(leaf, _part(base, path))) if number else leaf

    known, _ = unmasked(member, held, base, ())
    return _same(base, mapped(member, known, rounded))


def _part(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


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
