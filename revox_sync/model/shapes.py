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

Shapes of single values and of sets come first, then those of lists and objects, which say how their
items and members belong together on both sides.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from revox_sync.records import dataclass

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

    def rendered(self, value: Any, texts: Any) -> Any:
        """Return the canonical form of ``texts``, laid out as that of ``value`` is.

        ``texts`` is ``value`` with other texts in some places: what is sorted goes by ``value``.
        """
        return self.canonical(texts)

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return ``remote`` without what ``wanted`` does not state."""
        return remote

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return what to send so that the account ends as ``wanted`` and keeps the rest."""
        return wanted

    def is_told(self, held: Any) -> bool:
        """Whether the account tells its value; what it does not tell is unknown, not empty."""
        return True

    def differs(self, held: Any, wanted: Any) -> bool:
        """Whether a value of the account is not, by meaning, what ``wanted`` states."""
        return not self.same(self.project(held, wanted), wanted)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values mean the same, whole: nothing that one of them lacks is left out."""
        return dumps(self.canonical(one)) == dumps(self.canonical(other))


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
            with suppress(OverflowError):  # no float is as large
                value = float(value)  # what any JSON reader may make of it
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return what was wanted where the remote is that as a 32-bit float.

        A service that keeps such floats gives 1.05 back as 1.0499999523162842.
        """
        return wanted if _is_float32(remote, wanted) else remote

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return an integer where the value is whole: a service may print 400.0 and not take it."""
        whole = isinstance(wanted, float) and wanted.is_integer() and abs(wanted) <= _EXACT_INTEGER
        return int(wanted) if whole else wanted


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

    def rendered(self, value: Any, texts: Any) -> Any:
        """Return the items of ``texts`` in the order of those of ``value``, each once."""
        if not isinstance(value, list):
            return self.canonical(texts)
        shown = {dumps(item): text for item, text in zip(value, texts, strict=True)}
        return [shown[item] for item in sorted(shown)]


class ByValue(Shape):
    """Data of an unknown field: compared as JSON, numbers by value.

    A member that is null counts as absent, as in every known object.
    """

    compared: ClassVar[str] = "by value"

    def canonical(self, value: Any) -> Any:
        """Return the value with whole numbers as integers and no null members, at any depth."""
        if isinstance(value, dict):
            return {n: self.canonical(item) for n, item in value.items() if item is not None}
        if isinstance(value, list):
            return [self.canonical(item) for item in value]
        return value if isinstance(value, bool) else Number().canonical(value)


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
        return items if self.ordered else [items[index] for index in self._order(items)]

    def rendered(self, value: Any, texts: Any) -> Any:
        """Return the items of ``texts`` in the order of those of ``value``."""
        if not isinstance(value, list):
            return self.canonical(texts)
        shown = list(map(self.item.rendered, value, texts))
        if self.ordered:
            return shown
        return [
            shown[index] for index in self._order([self.item.canonical(item) for item in value])
        ]

    def _order(self, items: Sequence[Any]) -> list[int]:
        """Return the indices of canonical items in the fixed order; equal ones stay in theirs."""
        places = [(self._name(item) or "", dumps(item)) for item in items]
        return sorted(range(len(items)), key=places.__getitem__)

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
        if not isinstance(wanted, list):
            return [] if wanted is None else wanted
        if not isinstance(remote, list):
            return [self.item.merge(None, item) for item in wanted]
        partner = {mine: theirs for theirs, mine in self.partners(remote, wanted).items()}
        return [
            self.item.merge(remote[partner[index]] if index in partner else None, item)
            for index, item in enumerate(wanted)
        ]

    def partners(self, remote: Sequence[Any], wanted: Sequence[Any]) -> dict[int, int]:
        """Return remote index -> wanted index of items that belong together.

        In a list without order and identity, those are the items that mean the same.
        """
        if self.identity is None and not self.ordered:
            return _paired(remote, wanted, {}, lambda one, mine: not self.item.differs(one, mine))
        if self.identity is None:
            return {index: index for index in range(min(len(remote), len(wanted)))}
        mine: dict[str | None, list[int]] = {}
        for index, item in enumerate(wanted):
            mine.setdefault(self._name(item), []).append(index)
        names = [self._name(item) for item in remote]
        return {
            index: mine[name].pop(0)
            for index, name in enumerate(names)
            if name is not None and mine.get(name)
        }

    def _name(self, item: Any) -> str | None:
        """Return what an item is known by; None if by nothing."""
        known = item.get(self.identity) if isinstance(item, dict) else None
        return known if isinstance(known, str) else None


@dataclass(frozen=True)
class Hints(ListOf):
    """Lists to which the service adds entries of its own, without replacing any.

    What the account has beyond the definition is no difference, and is sent along. Entries with the
    same identity are the same entry.
    """

    compared: ClassVar[str] = "as a superset: only an entry that is missing or altered counts"
    ordered: bool = False

    def partners(self, remote: Sequence[Any], wanted: Sequence[Any]) -> dict[int, int]:
        """Return remote index -> wanted index: of entries with one identity, then of equal ones."""
        known = super().partners(remote, wanted) if self.identity is not None else {}
        return _paired(remote, wanted, known, is_same)

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return the remote entries that the definition states, each once."""
        if not (isinstance(remote, list) and isinstance(wanted, list)):
            return remote
        mine = {self._name(item) or dumps(item): item for item in wanted}
        found = ((item, mine.get(self._name(item) or dumps(item))) for item in remote)
        return [self.item.project(item, own) for item, own in found if own is not None]

    def _order(self, items: Sequence[Any]) -> list[int]:
        """Return the indices of the distinct entries in a fixed order."""
        found: dict[str, int] = {}
        for index in super()._order(items):
            found.setdefault(dumps(items[index]), index)
        return list(found.values())

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return the wanted entries, merged with the account's, then what that has besides."""
        merged: list[Any] = super().merge(remote, wanted)
        if not (isinstance(remote, list) and isinstance(wanted, list)):
            return merged
        names = {self._name(item) for item in wanted} - {None}
        rest = [item for item in remote if item not in wanted and self._name(item) not in names]
        return [*merged, *rest]


@dataclass(frozen=True)
class Faq(ListOf):
    """Questions with their answers, in any order.

    Questions that wait for a human (``needs_human_answer``) are the service's own: they are no part
    of any value. A FAQ that is no list is not told, which is not the same as empty.
    """

    compared: ClassVar[str] = (
        "question by question, in any order; a difference replaces the whole list. Open questions "
        "that the service raised are none"
    )
    ordered: bool = False

    def is_told(self, held: Any) -> bool:
        """Whether ``held`` is a list: a list of assistants may leave their FAQs out."""
        return isinstance(held, list)

    def canonical(self, value: Any) -> Any:
        """Return the answered items, questions and answers as texts, in a fixed order."""
        if not isinstance(value, list):
            return value
        items = sorted(faq_item(item) for item in value if not is_open(item))
        return [{"question": question, "answer": answer} for question, answer in items]

    def rendered(self, value: Any, texts: Any) -> Any:
        """Return the items of ``texts`` in their own order: people read a FAQ as it was written."""
        return list(map(self.item.canonical, texts))

    def partners(self, remote: Sequence[Any], wanted: Sequence[Any]) -> dict[int, int]:
        """Return remote index -> wanted index of items that belong together.

        First those that are the same, then those with the same question, then with the same answer.
        """
        theirs = {at: faq_item(item) for at, item in enumerate(remote) if not is_open(item)}
        mine = dict(enumerate(map(faq_item, wanted)))
        found: dict[int, int] = {}
        for known in (slice(0, 2), 0, 1):
            waiting: defaultdict[Any, deque[int]] = defaultdict(deque)
            for at, item in mine.items():
                waiting[item[known]].append(at)
            met = {
                at: waiting[item[known]].popleft()
                for at, item in theirs.items()
                if waiting.get(item[known])
            }
            found |= met
            taken = {*met.values()}
            theirs = {at: item for at, item in theirs.items() if at not in met}
            mine = {at: item for at, item in mine.items() if at not in taken}
        return found

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return the whole FAQ: a definition that states it states all of it."""
        return remote

    def merge(self, remote: Any, wanted: Any) -> Any:
        """Return the wanted items in the form of a request, every character as it is."""
        items = wanted if isinstance(wanted, list) else []
        return [question_of(item) for item in items if not is_open(item)]


@dataclass(frozen=True)
class Member:
    """What is known of a member of a nested object, of a list's items, or of a field.

    ``default`` is its documented default (NO_DEFAULT where there is none), ``optional`` whether a
    definition may leave it out, ``nullable`` whether a request may hold null there. ``since`` and
    ``until`` name the API releases that bound its life. ``secret`` marks a credential, ``url`` a
    URL, whose user information and query values are never shown. ``whose`` says who writes it
    besides the team.
    """

    shape: Shape = field(default_factory=Exact)
    default: Any = NO_DEFAULT
    optional: bool = False
    nullable: bool = False
    since: str = "seed"
    until: str | None = None
    secret: bool = False
    url: bool = False
    whose: Literal["team", "editor", "service"] = "team"

    @cached_property
    def resting(self) -> Any:
        """Its value where nobody set it: the documented default, or null.

        NO_DEFAULT for a member that always has a value, because every request states it.
        """
        if not self.optional:
            return NO_DEFAULT
        return None if self.default is NO_DEFAULT else self.default

    def is_unset(self, held: Any) -> bool:
        """Whether the account's value is as if nobody had set it: null, empty, off, or at rest.

        At rest is what has the documented value, members included that the service fills in.
        """
        if held is None or held is False or held == []:
            return True
        if isinstance(self.shape, ByValue):
            return not held
        if self.shape.canonical(held) in (None, []):
            return True
        resting = None if self.resting is NO_DEFAULT else self.resting
        if isinstance(self.shape, Object) and isinstance(held, dict) and isinstance(resting, dict):
            held, resting = {**self.shape.defaults, **held}, {**self.shape.defaults, **resting}
        return resting is not None and self.shape.same(held, resting)

    @cached_property
    def is_guarded(self) -> bool:
        """Whether it is a credential or a URL, or holds one at any depth."""
        return self.secret or self.url or any(inner.is_guarded for inner in self._inner)

    @cached_property
    def is_dated(self) -> bool:
        """Whether it, a value of it, or anything it holds came or went with a release."""
        shape = self.shape
        if self.since != "seed" or self.until is not None:
            return True
        if isinstance(shape, Exact | Number):
            return bool(shape.since or (isinstance(shape, Exact) and shape.until))
        return any(inner.is_dated for inner in self._inner)

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
    """A nested object.

    ``variant`` names the member that tells the kinds of a union apart, ``kinds`` what each kind
    holds. With ``empty_is_null`` an object that holds nothing means the same as none. ``one_of``
    names members of which a request needs the one that its generation of the API has.
    """

    compared: ClassVar[str] = "member by member; one that is left out, with its default"
    members: Mapping[str, Member]
    variant: str | None = None
    kinds: Mapping[str, Sequence[str]] = field(default_factory=lambda: _NOTHING)
    empty_is_null: bool = False
    one_of: Sequence[str] = ()

    def canonical(self, value: Any) -> Any:
        """Return the object with canonical members.

        A null member is its documented default; one that is empty all the same is as good as
        absent.
        """
        if not isinstance(value, dict):
            return value
        known = [name for name in self.members if name in value]
        others = sorted(value.keys() - self.members.keys())
        kept: dict[str, Any] = {}
        for name in (*known, *others):
            held = self.defaults.get(name) if value[name] is None else value[name]
            member = self.member(name).shape.canonical(held)
            if member is not None and member != []:
                kept[name] = member
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
                if name in self.defaults:
                    merged[name] = member.default
            else:
                merged[name] = member.shape.merge(remote.get(name), value)
        return merged

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The documented defaults of its members, as far as there are some."""
        return {
            name: member.default
            for name, member in self.members.items()
            if member.default is not NO_DEFAULT
        }

    def member(self, name: str) -> Member:
        """Return what is known of a member; the least for one that this version does not know."""
        return self.members.get(name, UNKNOWN)

    def known(self, value: Mapping[str, Any]) -> Mapping[str, Member] | None:
        """Return the members that an object like ``value`` has; None for an unknown kind."""
        if self.variant is None:
            return self.members
        kind = value.get(self.variant)
        names = self.kinds.get(kind) if isinstance(kind, str) else None
        return None if names is None else {name: self.members[name] for name in names}

    def other_variant(self, remote: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        """Whether the two sides are different kinds of a union."""
        return self.variant is not None and remote.get(self.variant) != wanted.get(self.variant)

    def rendered(self, value: Any, texts: Any) -> Any:
        """Return the object with canonical members of ``texts``, those that ``value`` keeps."""
        kept = self.canonical(value)
        if not isinstance(value, dict) or not isinstance(kept, dict):
            return self.canonical(texts) if type(value) is type(texts) else kept
        return {
            name: member
            if value.get(name) is None
            else self.member(name).shape.rendered(value[name], texts[name])
            for name, member in kept.items()
        }


def _paired(
    remote: Sequence[Any],
    wanted: Sequence[Any],
    found: Mapping[int, int],
    same: Callable[[Any, Any], bool],
) -> dict[int, int]:
    """Return ``found`` with more partners: among the remaining items, those that are the same."""
    partners = dict(found)
    left = [index for index in range(len(remote)) if index not in partners]
    for mine in sorted(set(range(len(wanted))) - set(found.values())):
        theirs = next((index for index in left if same(remote[index], wanted[mine])), None)
        if theirs is not None:
            left.remove(theirs)
            partners[theirs] = mine
    return partners


#: What is known of a member that this version does not know.
UNKNOWN = Member(Shape())


def is_open(item: Any) -> bool:
    """Whether an item of an account's FAQ is a question that waits for a human."""
    return isinstance(item, dict) and item.get("needs_human_answer") is True


def question_of(item: Any) -> dict[str, str]:
    """Return an item of a FAQ in the form of a request: two texts, every character as it is."""
    if not isinstance(item, dict):
        return {"question": str(item), "answer": ""}
    texts = {name: item.get(name) for name in ("question", "answer")}
    return {name: "" if text is None else str(text) for name, text in texts.items()}


def faq_item(item: Any) -> tuple[str, str]:
    """Return question and answer of an item of a FAQ in canonical form."""
    if type(item) is dict:  # nearly every item is two texts that are canonical as they come
        question, answer = item.get("question"), item.get("answer")
        if type(question) is str and type(answer) is str:
            both = question + answer
            if "\r" not in both and "\n" not in (question[-1:], answer[-1:]):
                return question, answer
    question, answer = map(Text().canonical, question_of(item).values())
    return question, answer


def dumps(value: Any) -> str:
    """Return ``value`` as compact JSON with sorted keys: equal values give equal texts."""
    return _JSON.encode(value)


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: 1 is neither 1.0 nor true.

    It goes through both, which takes a tenth of the time that writing them down takes.
    """
    if type(one) is not type(other) or isinstance(one, float):
        return dumps(one) == dumps(other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if not isinstance(one, dict):
        return bool(one == other)
    if one.keys() != other.keys():
        return False
    for name, value in one.items():
        theirs = other[name]
        # Most are texts, which nothing but a text is equal to.
        if value != theirs if isinstance(value, str) else not is_same(value, theirs):
            return False
    return True


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of plain data, for telling whether it is the same as before."""
    return "sha256:" + hashlib.sha256(dumps(value).encode()).hexdigest()
