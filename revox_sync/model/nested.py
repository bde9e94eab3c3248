"""Shapes of lists and objects: how their items and members belong together on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from revox_sync.model.canonical import NO_DEFAULT, Exact, Number, SetOf, Shape, dumps


@dataclass(frozen=True)
class ListOf(Shape):
    """Lists; null and ``[]`` are one. Order counts unless ``ordered`` is false.

    ``identity`` names the member by which an item of the account is known to be an item of the
    definition; without one the position decides.
    """

    compared: ClassVar[str] = "item by item"
    item: Shape
    identity: str | None = None
    ordered: bool = True

    @cached_property
    def each(self) -> Member:
        """What is known of every item."""
        return Member(self.item)

    def canonical(self, value: Any) -> Any:
        """Return the list of canonical items; null becomes the empty list."""
        if value is None:
            return []
        if not isinstance(value, list):
            return value
        items = [self.item.canonical(item) for item in value]
        return items if self.ordered else sorted(items, key=self._place)

    def project(self, remote: Any, wanted: Any) -> Any:
        """Project each remote item on the wanted item it belongs to."""
        if not (isinstance(remote, list) and isinstance(wanted, list)):
            return remote
        partner = self.partners(remote, wanted)
        return [
            self.item.project(item, wanted[partner[index]]) if index in partner else item
            for index, item in enumerate(remote)
        ]

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Merge each wanted item with the remote item it belongs to."""
        if wanted is None:
            return []
        if not isinstance(remote, list):
            return [self.item.merge(None, item) for item in wanted]
        partner = {mine: theirs for theirs, mine in self.partners(remote, wanted).items()}
        return [
            self.item.merge(remote[partner[index]] if index in partner else None, item)
            for index, item in enumerate(wanted)
        ]

    def partners(self, remote: Sequence[Any], wanted: Sequence[Any]) -> dict[int, int]:
        """Return remote index -> wanted index of items that belong together."""
        if self.identity is None:
            return {index: index for index in range(min(len(remote), len(wanted)))}
        mine: dict[str | None, list[int]] = {}
        for index, item in enumerate(wanted):
            mine.setdefault(_member(item, self.identity), []).append(index)
        names = [_member(item, self.identity) for item in remote]
        return {
            index: mine[name].pop(0)
            for index, name in enumerate(names)
            if name is not None and mine.get(name)
        }

    def _place(self, item: Any) -> tuple[str, str]:
        """Return what an item is sorted by: first of all what it is known by."""
        known = None if self.identity is None else _member(item, self.identity)
        return known or "", dumps(item)


@dataclass(frozen=True)
class Hints(ListOf):
    """Lists that the service adds entries of its own to, without replacing any.

    What the account holds beyond the definition is no difference, and is sent along. A remote
    entry with the identity of a wanted one is that entry.
    """

    compared: ClassVar[str] = "as a superset: only an entry that is missing or altered counts"
    ordered: bool = False

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return the remote entries that the definition states, each once."""
        if not (isinstance(remote, list) and isinstance(wanted, list)):
            return remote
        mine = {self._name(item) or dumps(item): item for item in wanted}
        found = ((item, mine.get(self._name(item) or dumps(item))) for item in remote)
        return [self.item.project(item, own) for item, own in found if own is not None]

    def canonical(self, value: Any) -> Any:
        """Return the distinct entries in a fixed order; null becomes the empty list."""
        found = super().canonical(value)
        if not isinstance(found, list):
            return found
        return [item for index, item in enumerate(found) if item not in found[:index]]

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return the wanted entries, merged with the account's, then what that has besides."""
        if not (isinstance(remote, list) and isinstance(wanted, list)):
            return wanted if wanted is not None else []
        names = self._names(wanted)
        rest = [item for item in remote if item not in wanted and self._name(item) not in names]
        theirs = {self._name(item): item for item in remote if self._name(item) is not None}
        mine = [self.item.merge(theirs.get(self._name(item)), item) for item in wanted]
        return [*mine, *rest]

    def _name(self, item: Any) -> str | None:
        return None if self.identity is None else _member(item, self.identity)

    def _names(self, items: Sequence[Any]) -> set[str]:
        return {name for item in items if (name := self._name(item)) is not None}


@dataclass(frozen=True)
class Member:
    """One member of a nested object.

    ``default`` is its documented default (NO_DEFAULT where there is none), ``nullable`` whether a
    request may hold null there. ``since`` and ``until`` name the API releases that bound its life.
    ``secret`` marks a credential, ``url`` a URL, whose user information and query values are never
    shown.
    """

    shape: Shape = field(default_factory=Exact)
    default: Any = NO_DEFAULT
    nullable: bool = False
    since: str = "seed"
    until: str | None = None
    secret: bool = False
    url: bool = False

    @cached_property
    def is_guarded(self) -> bool:
        """Whether it is a credential or a URL, or holds one at any depth."""
        return self.secret or self.url or any(inner.is_guarded for inner in self._inner)

    @cached_property
    def is_dated(self) -> bool:
        """Whether a value of it, or anything it holds, came or went with a release of the API."""
        shape = self.shape
        if isinstance(shape, Exact | Number):
            return bool(shape.since or (isinstance(shape, Exact) and shape.until))
        if isinstance(shape, Object) and shape.one_of:
            return True
        return any(
            inner.since != "seed" or inner.until is not None or inner.is_dated
            for inner in self._inner
        )

    @property
    def _inner(self) -> Iterable[Member]:
        """What is known of what it holds."""
        if isinstance(self.shape, Object):
            return self.shape.members.values()
        if isinstance(self.shape, SetOf):
            return (Member(self.shape.item),)
        return (self.shape.each,) if isinstance(self.shape, ListOf) else ()


@dataclass(frozen=True)
class Object(Shape):
    """A nested object. ``variant`` names the member that tells the kinds of a union apart.

    With ``empty_is_null`` an object that holds nothing means the same as none. ``one_of`` names
    members of which a request needs the one that its generation of the API has.
    """

    compared: ClassVar[str] = "member by member; members left out are not compared"
    members: Mapping[str, Member]
    variant: str | None = None
    empty_is_null: bool = False
    one_of: tuple[str, ...] = ()

    def canonical(self, value: Any) -> Any:
        """Return the object with canonical members.

        A null member is its documented default; one that is empty all the same is as good as
        absent.
        """
        if not isinstance(value, dict):
            return value
        known = [name for name in self.members if name in value]
        others = sorted(value.keys() - self.members.keys())
        members = ((name, self._canonical_member(name, value[name])) for name in (*known, *others))
        kept = {name: member for name, member in members if member is not None and member != []}
        return kept or (None if self.empty_is_null else kept)

    def project(self, remote: Any, wanted: Any) -> Any:
        """Keep the members that are stated; a stated one that the remote lacks is null there."""
        if not (isinstance(remote, dict) and isinstance(wanted, dict)):
            return remote
        if self.other_variant(remote, wanted):
            return {name: value for name, value in remote.items() if name in self.members}
        return {
            name: self.member(name).shape.project(remote.get(name), value)
            for name, value in wanted.items()
        }

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Overlay the remote's members by the stated ones; leave out what may not be null."""
        if not isinstance(wanted, dict):
            return wanted
        if not isinstance(remote, dict) or self.other_variant(remote, wanted):
            remote = {}
        merged = {name: value for name, value in remote.items() if value is not None}
        for name, value in wanted.items():
            member = self.member(name)
            if value is None and not member.nullable:
                merged.pop(name, None)
                if member.default is not NO_DEFAULT:
                    merged[name] = member.default
            else:
                merged[name] = member.shape.merge(remote.get(name), value)
        return merged

    def member(self, name: str) -> Member:
        """Return what is known of a member; the least for one that this version does not know."""
        return self.members.get(name, UNKNOWN)

    def other_variant(self, remote: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        """Whether the two sides are different kinds of a union."""
        return self.variant is not None and remote.get(self.variant) != wanted.get(self.variant)

    def _canonical_member(self, name: str, value: Any) -> Any:
        member = self.members.get(name)
        if member is None:
            return value
        if value is None and member.default is not NO_DEFAULT:
            value = member.default
        return member.shape.canonical(value)


#: What is known of a member that this version does not know.
UNKNOWN = Member(Shape())


def _member(item: Any, name: str) -> str | None:
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else None
