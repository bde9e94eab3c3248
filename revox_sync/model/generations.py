"""What each generation of the API has: fields, nested members and values.

Three generations are told apart, by the last SDK release that describes them: ``seed`` (profile
``seed``, SDK 0.0.3 and 0.1.1), ``0.3.0`` (45 fields, with ``transfer_phone_number``) and ``0.5.0``
(45 fields, with ``transfer_destinations``). The last two are profile ``current``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, Literal, NamedTuple

from revox_sync.model.canonical import Exact, Number, SetOf
from revox_sync.model.fields import FIELDS
from revox_sync.model.nested import ListOf, Member, Object

Profile = Literal["seed", "current"]
Generation = Literal["seed", "0.3.0", "0.5.0"]

#: Release by release, in order; a life is bounded by the names of releases.
_ORDER = ("seed", "0.2.0", "0.3.0", "0.4.0", "0.5.0")
_CAME_LATER = frozenset(name for name, spec in FIELDS.items() if spec.since != "seed")
_GONE = frozenset(name for name, spec in FIELDS.items() if spec.until is not None)
_LATEST = frozenset(name for name, spec in FIELDS.items() if spec.since == "0.4.0")


class Outside(NamedTuple):
    """Something that an account does not have: where it is stated, and what is wrong with it."""

    path: tuple[str | int, ...]
    message: str


def is_current(members: Set[str]) -> bool:
    """Whether the members that assistants report are those of profile ``current``."""
    return not _CAME_LATER.isdisjoint(members)


def generation_of(profile: Profile, members: Set[str]) -> Generation:
    """Return the generation of an account from its profile and what its assistants report."""
    if profile == "seed":
        return "seed"
    earlier = _LATEST.isdisjoint(members) and not _GONE.isdisjoint(members)
    return "0.3.0" if earlier else "0.5.0"


def spoken(since: str, until: str | None, generation: Generation) -> bool:
    """Whether something that lived from ``since`` to ``until`` is part of a generation."""
    now = _ORDER.index(generation)
    return _ORDER.index(since) <= now and (until is None or now <= _ORDER.index(until))


def outside(
    fields: Mapping[str, Any], generation: Generation, members: Set[str] = frozenset()
) -> Iterator[Outside]:
    """Yield what in ``fields`` an account of this generation does not have.

    ``members`` are those that its assistants report: a field among them is spoken all the same.
    """
    for name, value in fields.items():
        spec = FIELDS.get(name)
        if spec is None:
            continue
        if name not in members and not spoken(spec.since, spec.until, generation):
            yield Outside((name,), _gone(name, spec.until, generation, spec.successor))
        else:
            yield from _inside(spec.member, value, (name,), generation)


def _inside(
    member: Member, value: Any, path: tuple[str | int, ...], generation: Generation
) -> Iterator[Outside]:
    shape = member.shape
    if isinstance(shape, Object) and isinstance(value, Mapping):
        yield from _members(shape, value, path, generation)
    elif isinstance(shape, ListOf | SetOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(Member(shape.item), item, (*path, index), generation)
    elif isinstance(shape, Exact | Number) and not isinstance(value, dict | list | bool):
        since = shape.since.get(value, "seed")
        until = shape.until.get(value) if isinstance(shape, Exact) else None
        if not spoken(since, until, generation):
            yield Outside(path, _gone(f"{_spell(path)}: {value}", until, generation, None))


def _members(
    shape: Object, value: Mapping[str, Any], path: tuple[str | int, ...], generation: Generation
) -> Iterator[Outside]:
    for name, item in value.items():
        member = shape.member(name)
        at = (*path, name)
        if spoken(member.since, member.until, generation):
            yield from _inside(member, item, at, generation)
        else:
            yield Outside(at, _gone(_spell(at), member.until, generation, None))
    needed = [
        name
        for name in shape.one_of
        if spoken(shape.members[name].since, shape.members[name].until, generation)
    ]
    if needed and value.keys().isdisjoint(needed):
        yield Outside(path, f"this account needs {_spell((*path, needed[0]))}")


def _gone(what: str, until: str | None, generation: Generation, successor: str | None) -> str:
    if until is not None and generation == "0.5.0":
        then = f"; its successor is {successor}" if successor else ""
        return f"this account no longer has {what}{then}"
    older = "the first API (profile seed)" if generation == "seed" else "an API before 0.4.0"
    return f"this account speaks {older}, which has no {what}"


def _spell(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
