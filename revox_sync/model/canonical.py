"""When two values mean the same: one canonical form for both sides.

The definition says what is wanted, the account what is. Both are brought into one form first and
compared afterwards, by plain equality; there is no other comparison anywhere. A *shape* knows
three things about the values of one field or member:

``canonical(value)``         the one form of all values that mean the same (pure, never raises:
                             a remote value of an unexpected type stays what it is, and differs)
``project(remote, wanted)``  the remote value without what the definition leaves out, because
                             what is not stated is not managed
``merge(remote, wanted)``    the value to send: the wanted one, completed by what the remote holds
                             and the definition leaves out, because the API replaces nested
                             objects whole

Shapes of single values and of sets stand here, those of lists and objects in ``nested.py``.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

#: Marks "no documented default".
NO_DEFAULT: Any = object()

_NOTHING: Mapping[Any, str] = MappingProxyType({})
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::00)?\s*(am|pm)?", re.IGNORECASE)
_NOON = 12
_EXACT_INTEGER = 2**53
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


class Shape:
    """A value compared as it is. ``compared`` says for readers how values are compared."""

    compared: ClassVar[str] = "as it is written"

    def canonical(self, value: Any) -> Any:
        """Return the one form of all values that mean the same as ``value``."""
        return value

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return ``remote`` without what ``wanted`` does not state."""
        return remote

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return what to send so that the account ends as ``wanted`` and keeps the rest."""
        return wanted


@dataclass(frozen=True)
class Exact(Shape):
    """Ids, enums, numbers to dial: every character counts.

    ``since`` and ``until`` name the API release that brought a value, or the last that has it.
    """

    since: Mapping[Any, str] = field(default_factory=lambda: _NOTHING)
    until: Mapping[Any, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Text(Shape):
    """Prose: line ends (CRLF, CR) and final newlines carry no meaning.

    With ``empty_is_null`` the empty text is documented to mean the same as none.
    """

    compared: ClassVar[str] = "as text, whatever its line ends and final newlines"
    empty_is_null: bool = False

    def canonical(self, value: Any) -> Any:
        """Return ``value`` with LF line ends and without final newlines."""
        if not isinstance(value, str):
            return value
        if "\r" in value:
            value = value.replace("\r\n", "\n").replace("\r", "\n")
        return value.rstrip("\n") or (None if self.empty_is_null else "")


@dataclass(frozen=True)
class Number(Shape):
    """Numbers by value: 600, 600.0 and 6e2 are one. ``True`` is no number.

    ``since`` names the API release that brought a value which the bounds excluded before.
    """

    compared: ClassVar[str] = "by value: `600` is `600.0`"
    since: Mapping[Any, str] = field(default_factory=lambda: _NOTHING)

    def canonical(self, value: Any) -> Any:
        """Return an integer where the value is whole; other types become a visible text."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and abs(value) > _EXACT_INTEGER:
            value = float(value)  # what any JSON reader may make of it
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return what was wanted where the remote is that as a 32-bit float.

        A service that keeps such floats gives 1.05 back as 1.0499999523162842.
        """
        return wanted if _is_float32(remote, wanted) else remote


def _is_float32(remote: Any, wanted: Any) -> bool:
    """Whether ``remote`` is what a 32-bit float makes of ``wanted``; only that has more digits."""
    if not (isinstance(remote, float) and isinstance(wanted, float)):
        return False
    try:
        narrow = struct.unpack("f", struct.pack("f", wanted))[0]
    except OverflowError:
        return False
    return bool(narrow == remote) and len(repr(remote)) > len(repr(wanted))


class Flag(Shape):
    """True or false; 1 is not true."""

    compared: ClassVar[str] = "true or false"

    def canonical(self, value: Any) -> Any:
        """Return a bool or None as it is, anything else as a visible text."""
        return value if value is None or isinstance(value, bool) else repr(value)


class Clock(Shape):
    """Times of day: ``6pm``, ``6:00pm`` and ``18:00`` are one."""

    compared: ClassVar[str] = "as a time of day: `6pm` is `18:00`"

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


class Addresses(Shape):
    """A comma-separated list of e-mail addresses: order, spaces and repetitions mean nothing."""

    compared: ClassVar[str] = "as a set of addresses"

    def canonical(self, value: Any) -> Any:
        """Return the distinct addresses in a fixed order; none at all is null."""
        if not isinstance(value, str):
            return value
        found = {part.strip() for part in value.split(",")} - {""}
        return ", ".join(sorted(found)) or None


@dataclass(frozen=True)
class SetOf(Shape):
    """Lists whose order and repetitions carry no meaning. With ``null_is_empty`` null is one."""

    compared: ClassVar[str] = "as a set"
    item: Shape = field(default_factory=Exact)
    null_is_empty: bool = False

    def canonical(self, value: Any) -> Any:
        """Return the distinct items in a fixed order."""
        if value is None and self.null_is_empty:
            return []
        if isinstance(value, list):
            return [json.loads(item) for item in sorted({dumps(item) for item in value})]
        return value


class ByValue(Shape):
    """Data of a field that this version does not know: as JSON compares it, numbers by value.

    A member that is null is as good as absent, as it is in every object that this version knows.
    """

    compared: ClassVar[str] = "by value"

    def canonical(self, value: Any) -> Any:
        """Return the value with whole numbers as integers and no null members, at any depth."""
        if isinstance(value, dict):
            return {n: self.canonical(item) for n, item in value.items() if item is not None}
        if isinstance(value, list):
            return [self.canonical(item) for item in value]
        return value if isinstance(value, bool) else Number().canonical(value)


def dumps(value: Any) -> str:
    """Return ``value`` as compact JSON with sorted keys: equal values give equal texts."""
    return _JSON.encode(value)


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of plain data, for telling whether it is the same as before."""
    return "sha256:" + hashlib.sha256(dumps(value).encode()).hexdigest()
