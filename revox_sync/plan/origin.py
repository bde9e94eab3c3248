"""Who moved since a commit: the definition, the account, or both.

With the definitions of that commit there are three values for each place: what was defined then
(*base*), what is defined now, and what the account holds. The definition moved if it is not as it
was; the account drifted if it does not hold what was defined. If both did, a reviewer has to
decide. If the definition of that commit cannot be read, nobody knows: ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import Field
from revox_sync.model.likeness import same_name
from revox_sync.model.path import Path, value_at
from revox_sync.model.shapes import Faq, ListOf, Member, Number, Shape, dumps, is_same
from revox_sync.model.walk import absent_members, completed, inner, mapped
from revox_sync.plan.diff import item_pairs
from revox_sync.plan.match import Matching
from revox_sync.plan.model import Origin
from revox_sync.records import dataclass
from revox_sync.secrecy.values import unmasked

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base


@dataclass(frozen=True, slots=True)
class Unread:
    """What a definition was at the commit cannot be read; ``reasons`` are sentences."""

    reasons: tuple[str, ...]


Then = Mapping[str, Definition | Unread | None]


def counterparts(
    definitions: Sequence[Definition],
    base: Base,
    matching: Matching | None = None,
    *,
    by_key: bool = True,
) -> Then:
    """Return what each definition (by key) was at the commit; None for one that is new since.

    A definition without a counterpart is new only where everything at the commit could be read.

    As an assistant is found in the account, so is its earlier definition, wherever its file lay:
    first all ids, then names, then earlier names. What is left is known by its key where its name
    changed (``by_key``), unless ``matching`` tells that the key was given to another. One that
    stands for another assistant than before is new.
    """
    left = dict(base.definitions)
    found: dict[str, Definition | None] = {made.key: None for made in definitions}

    def called(made: Definition) -> Any:
        """Return what the account calls the assistant of a bound one: git may not have known."""
        remote = None if matching is None else matching.matches[made.key].remote
        return _NOTHING if remote is None or not made.sync.id else same_name(remote.name)

    def renamed(was: Definition) -> str | None:
        is_renamed = by_key if matching is None else matching.is_renamed(was)
        return was.key if is_renamed else None

    by_id, *by_name = _WAYS
    by_account = (called, lambda was: None if was.sync.id else same_name(was.name))
    first = (by_id,) if base.unread else (by_id, by_account)
    for mine, theirs in (*first, *by_name, (lambda made: made.key, renamed)):
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
    (lambda made: made.sync.renamed_from, lambda was: was.name),
    (
        lambda made: made.key if made.sync.id else _NOTHING,
        lambda was: None if was.sync.id else was.key,
    ),
)


def _rebound(made: Definition, was: Definition) -> bool:
    """Whether a definition was bound to another assistant."""
    return None not in (made.sync.id, was.sync.id) and made.sync.id != was.sync.id


def keeping_secrets(definitions: Sequence[Definition], then: Then) -> tuple[Definition, ...]:
    """Return the definitions with the secrets that they referred to at the commit.

    The account may still hold a secret whose reference was removed.
    """
    return tuple(
        replace(made, earlier=was.secrets) if isinstance(was, Definition) else made
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
        """Who moved where the account does not tell its value and the definition is written."""
        return "unknown" if self._then is None else "definition"

    def field(
        self,
        spec: Field,
        wanted: Any,
        held: Any,
        values: tuple[Any, Any],
        places: Sequence[tuple[Path, Any, Any]],
    ) -> list[Told]:
        """Return who moved at each of ``places``, the field's differences as (path, old, new).

        ``wanted`` is what the definition states, ``held`` what the account answered; ``values``
        are the canonical values of the whole field, held and wanted.
        """
        if self._then is None:
            return [Told("unknown")] * len(places)
        shape = spec.shape
        if spec.name not in self._then or (self._exists and not shape.is_told(held)):
            return [Told("definition")] * len(places)
        stated = self._then[spec.name]
        if not self._exists:
            base = shape.canonical(stated)
            known = _by_question(base) if isinstance(shape, Faq) else {}
            return [
                told_missing(base if len(path) == 1 else _counterpart(known, new), new)
                for path, _, new in places
            ]
        if self._resets:
            absent = [(at, known) for at, known, _ in absent_members(spec, held, stated)]
            stated = completed(stated, absent)
        base = shape.canonical(shape.project(shape.merge(held, stated), wanted))
        three = Three(base, *values)
        if isinstance(shape, Faq):
            sides = Three(*map(_by_question, three))
            return [tell_faq(sides, old, new) for _, old, new in places]
        return [tell(spec, three, path[1:], old, new) for path, old, new in places]


#: Stands for what was defined at the commit where nobody can say which item of a list it was.
UNCERTAIN = "(not certain which item)"


@dataclass(frozen=True, slots=True)
class Told:
    """Who moved at a place; for a conflict, ``base`` is what was defined there at the commit."""

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
        return _Who(self.moved or other.moved, self.drifted or other.drifted, UNCERTAIN)


def told_missing(base: Any, wanted: Any) -> Told:
    """Return who moved where the account lacks an assistant that was defined at the commit.

    Where nothing was defined, nothing is missing.
    """
    return _Who(not is_same(base, wanted), base not in (None, []), base).told()


def tell(member: Member, values: Three, place: Path, old: Any, new: Any) -> Told:
    """Return who moved at ``place``, where the held value ``old`` and the wanted ``new`` differ.

    ``member`` has the facts of the whole value, ``place`` leads into it.
    """
    if is_same(values.base, values.wanted):
        return Told("drift")
    if _holds(member, values.base, values.held):
        return Told("definition")
    if not place:
        return Told("both", values.base)
    part, rest = place[0], place[1:]
    if isinstance(part, int):
        told = _tell_item(member, values, place, old, new)
        return told.told() if isinstance(told, _Who) else told
    below = Three(*(one.get(part) if isinstance(one, dict) else None for one in values))
    return tell(inner(member, part), below, rest, old, new)


def tell_faq(values: Three, before: Any, after: Any) -> Told:
    """Return who moved in one change of the FAQ, which is compared as a multiset.

    ``values`` are the items of each side by their questions. An item that both sides changed, or
    one changed and one removed, is known by its question.
    """
    asked = sorted({item["question"] for item in (before, after) if item is not None})
    base, held, wanted = (
        [item for question in asked for item in side.get(question, ())] for side in values
    )
    was = next((item for item in base if item not in (before, after)), None)
    who = _Who(False, False)
    if before is not None:  # gone from what the definition says
        moved = base.count(before) > wanted.count(before)
        who = who.and_also(_Who(moved, held.count(before) > base.count(before)))
    if after is not None:  # not in the account
        moved = wanted.count(after) > base.count(after)
        who = who.and_also(_Who(moved, base.count(after) > held.count(after)))
    if after is None:
        who = who.and_also(_Who(wanted.count(was) < base.count(was), False))
    if before is None:
        who = who.and_also(_Who(False, held.count(was) < base.count(was)))
    return who._replace(base=was or next(iter(base), None)).told()


def _by_question(items: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the items of a canonical FAQ by their questions."""
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(item["question"], []).append(item)
    return found


def _counterpart(known: Mapping[str, list[Any]], new: Any) -> Any:
    """Return the earlier one of an item of a FAQ: itself, or the first with its question."""
    same = known.get(new["question"], [])
    return new if new in same else next(iter(same), None)


def _holds(member: Member, base: Any, held: Any) -> bool:
    """Whether the account holds what was defined, apart from masked and rounded values."""
    if is_same(base, held):
        return True

    def rounded(path: Path, at: Member, leaf: Any) -> Any:
        number = isinstance(at.shape, Number)
        return at.shape.canonical(at.shape.project(leaf, value_at(base, path))) if number else leaf

    known, _ = unmasked(member, held, base, ())
    return is_same(base, mapped(member, known, rounded))


def _tell_item(member: Member, values: Three, place: Path, old: Any, new: Any) -> _Who | Told:
    """Return who moved in one item of a list that both sides changed.

    ``place`` begins with the index in the held list if the item was removed, otherwise with the
    index in the wanted list. Items without names are not told apart: both sides moved.
    """
    index, rest = int(place[0]), place[1:]
    named = _by_name(values, member.shape)
    if named is None:
        return _Who(True, True, UNCERTAIN if values.base else None)
    base, held, wanted = (dict(side) for side in named)
    item = inner(member, index)

    def gone(name: str) -> _Who:
        """Tell of an item that the account has and the definition has no more."""
        if name not in base:
            return _Who(False, True)
        if not _holds(item, base[name], held[name]):
            return _Who(True, True, base[name])
        is_moved = name in wanted  # by whom, only the order of all would tell
        return _Who(True, is_moved, base[name])

    def come(name: str) -> _Who:
        """Tell of an item that the definition has and the account has not."""
        if name not in base:
            return _Who(True, name in held)
        was = base[name]
        if name not in held:
            return _Who(not is_same(was, wanted[name]), True, was)
        return _Who(True, True, was)

    if not rest and new is None:
        return gone(named.held[index][0])
    mine = named.wanted[index][0]
    if not rest and old is None:
        return come(mine)
    theirs, ours = ([dumps(one) for one in side] for side in (values.held, values.wanted))
    partners = {new: old for old, new in item_pairs(theirs, ours, member.shape)}
    earlier = named.held[partners[index] or 0][0]
    if mine != earlier:
        return gone(earlier).and_also(come(mine))
    return tell(item, Three(base.get(mine), held[mine], wanted[mine]), rest, old, new)


def _by_name(lists: Three, shape: Shape) -> Three | None:
    """Return (name, item) for the items of each list; None if names are missing or repeated."""
    identity = shape.identity if isinstance(shape, ListOf) else None
    found = []
    for items in lists:
        each = items if isinstance(items, list) else []
        names = [item.get(identity) if isinstance(item, dict) else None for item in each]
        if len({*names}) < len(names) or not all(isinstance(name, str) for name in names):
            return None
        found.append(list(zip(names, each, strict=True)))
    return Three(*found)
