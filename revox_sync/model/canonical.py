"""When two values mean the same: one canonical form for both sides.

The definition says what is wanted, the account what is. Both are brought into one form first and
compared afterwards, by plain equality; there is no other comparison anywhere. A *shape* knows
three things about the values of one field or member:

``canonical(value)``         the one form of all values that mean the same (pure, never raises:
                             a remote value of an unexpected type stays what it is, and differs)
``project(remote, wanted)``  the remote value without the members that the definition leaves out,
                             because what is not stated is not managed
``merge(remote, wanted)``    the value to send: the wanted one, completed by the remote's members
                             that the definition leaves out, because the API replaces nested
                             objects whole
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Marks "no documented default".
NO_DEFAULT: Any = object()

_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::00)?\s*(am|pm)?", re.IGNORECASE)
_NOON = 12
_EXACT_INTEGER = 2**53


class Shape:
    """A value compared as it is."""

    def canonical(self, value: Any) -> Any:
        """Return the one form of all values that mean the same as ``value``."""
        return value

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return ``remote`` without what ``wanted`` does not state."""
        return remote

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return what to send so that the account ends as ``wanted`` and keeps the rest."""
        return wanted


class Exact(Shape):
    """Ids, enums, numbers to dial: every character counts."""


class Text(Shape):
    """Prose: line ends (CRLF, CR) and final newlines carry no meaning."""

    def canonical(self, value: Any) -> Any:
        """Return ``value`` with LF line ends and without final newlines."""
        if isinstance(value, str):
            if "\r" in value:
                value = value.replace("\r\n", "\n").replace("\r", "\n")
            return value.rstrip("\n")
        return value


class Number(Shape):
    """Numbers by value: 600, 600.0 and 6e2 are one. ``True`` is no number."""

    def canonical(self, value: Any) -> Any:
        """Return an integer where the value is whole; other types become a visible text."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and abs(value) > _EXACT_INTEGER:
            value = float(value)  # what any JSON reader may make of it
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value


class Flag(Shape):
    """True or false; 1 is not true."""

    def canonical(self, value: Any) -> Any:
        """Return a bool or None as it is, anything else as a visible text."""
        return value if value is None or isinstance(value, bool) else repr(value)


class Clock(Shape):
    """Times of day: ``6pm``, ``6:00pm`` and ``18:00`` are one."""

    def canonical(self, value: Any) -> Any:
        """Return ``HH:MM``; a text that is no time stays as it is."""
        found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            return value
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if not half and found[2] is None:
            return value
        if half and not 1 <= hour <= _NOON:
            return value
        if half:
            hour = hour % _NOON + (_NOON if half == "pm" else 0)
        return f"{hour:02}:{minute:02}"


@dataclass(frozen=True)
class SetOf(Shape):
    """Lists whose order and repetitions carry no meaning."""

    def canonical(self, value: Any) -> Any:
        """Return the distinct items in a fixed order."""
        if isinstance(value, list):
            return [json.loads(item) for item in sorted({dumps(item) for item in value})]
        return value


@dataclass(frozen=True)
class ListOf(Shape):
    """Lists in which order counts; null and ``[]`` are one.

    ``identity`` names the member by which an item of the account is known to be an item of the
    definition; without one the position decides.
    """

    item: Shape
    identity: str | None = None

    def canonical(self, value: Any) -> Any:
        """Return the list of canonical items; null becomes the empty list."""
        if value is None:
            return []
        if isinstance(value, list):
            return [self.item.canonical(item) for item in value]
        return value

    def project(self, remote: Any, wanted: Any) -> Any:
        """Project each remote item on the wanted item it belongs to."""
        if not (isinstance(remote, list) and isinstance(wanted, list)):
            return remote
        partner = self._partners(remote, wanted)
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
        partner = {mine: theirs for theirs, mine in self._partners(remote, wanted).items()}
        return [
            self.item.merge(remote[partner[index]] if index in partner else None, item)
            for index, item in enumerate(wanted)
        ]

    def _partners(self, remote: Sequence[Any], wanted: Sequence[Any]) -> dict[int, int]:
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


@dataclass(frozen=True)
class Member:
    """One member of a nested object: its shape and its documented default, if it has one."""

    shape: Shape = field(default_factory=Exact)
    default: Any = NO_DEFAULT
    nullable: bool = False


@dataclass(frozen=True)
class Object(Shape):
    """A nested object. ``variant`` names the member that tells the kinds of a union apart."""

    members: Mapping[str, Member]
    variant: str | None = None

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
        return {name: member for name, member in members if member is not None and member != []}

    def project(self, remote: Any, wanted: Any) -> Any:
        """Keep the members that are stated; a stated one that the remote lacks is null there."""
        if not (isinstance(remote, dict) and isinstance(wanted, dict)):
            return remote
        if self._other_variant(remote, wanted):
            return {name: value for name, value in remote.items() if name in self.members}
        return {
            name: self._shape(name).project(remote.get(name), value)
            for name, value in wanted.items()
        }

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Overlay the remote's members by the stated ones; leave out what may not be null."""
        if not isinstance(wanted, dict):
            return wanted
        if not isinstance(remote, dict) or self._other_variant(remote, wanted):
            remote = {}
        merged = {name: value for name, value in remote.items() if value is not None}
        for name, value in wanted.items():
            member = self.members.get(name, Member())
            if value is None and not member.nullable:
                merged.pop(name, None)
                if member.default is not NO_DEFAULT:
                    merged[name] = member.default
            else:
                merged[name] = member.shape.merge(remote.get(name), value)
        return merged

    def _shape(self, name: str) -> Shape:
        return self.members[name].shape if name in self.members else Shape()

    def _canonical_member(self, name: str, value: Any) -> Any:
        member = self.members.get(name)
        if member is None:
            return value
        if value is None and member.default is not NO_DEFAULT:
            value = member.default
        return member.shape.canonical(value)

    def _other_variant(self, remote: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        return self.variant is not None and remote.get(self.variant) != wanted.get(self.variant)


def _member(item: Any, name: str) -> str | None:
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else None


def dumps(value: Any) -> str:
    """Return ``value`` as compact JSON with sorted keys: equal values give equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of plain data, for telling whether it is the same as before."""
    return "sha256:" + hashlib.sha256(dumps(value).encode()).hexdigest()
