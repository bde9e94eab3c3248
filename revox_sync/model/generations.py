"""What each generation of the API has: fields, nested members and values.

Three generations are told apart, by the last SDK release that describes them: ``seed`` (profile
``seed``, SDK 0.0.3 and 0.1.1), ``0.3.0`` (45 fields, with ``transfer_phone_number``) and ``0.5.0``
(45 fields, with ``transfer_destinations``). The last two are profile ``current``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from revox_sync.model.fields import FIELDS, Field
from revox_sync.model.path import Path, lies_in, path_text
from revox_sync.model.shapes import Exact, Member, Number, Object
from revox_sync.model.walk import member_at, places

Profile = Literal["seed", "current"]
Generation = Literal["seed", "0.3.0", "0.5.0"]

#: Release by release, in order; a life is bounded by the names of releases.
_ORDER = ("seed", "0.2.0", "0.3.0", "0.4.0", "0.5.0")
_CAME_LATER = frozenset(name for name, spec in FIELDS.items() if spec.since != "seed")
_GONE = frozenset(name for name, spec in FIELDS.items() if spec.until is not None)
_LATEST = frozenset(name for name, spec in FIELDS.items() if spec.since == "0.4.0")


class Outside(NamedTuple):
    """Something that an account does not have: where it is stated, what is wrong, what to do.

    ``is_value`` says that the account has the field or member, but not the value.
    """

    path: Path
    message: str
    hint: str
    is_value: bool = False


def is_current(members: Set[str]) -> bool:
    """Whether the members that assistants report are those of profile ``current``."""
    return not _CAME_LATER.isdisjoint(members)


def generation_of(profile: Profile, members: Set[str]) -> Generation:
    """Return the generation of an account from its profile and what its assistants report."""
    if profile == "seed":
        return "seed"
    earlier = _LATEST.isdisjoint(members) and not _GONE.isdisjoint(members)
    return "0.3.0" if earlier else "0.5.0"


@cache
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
            first = spec.since == "seed"
            yield _outside((name,), spec.until, generation, spec.successor, first=first)
        elif spec.is_dated:
            yield from _inside(spec, value, generation)


def _inside(spec: Field, value: Any, generation: Generation) -> Iterator[Outside]:
    told: Path | None = None
    for path, member, held in places(spec, value, (spec.name,), among=attrgetter("is_dated")):
        if told is not None and lies_in(path, told):
            continue  # of what an account does not have, nothing that it holds need be told
        found = _at(spec, path, member, held, generation)
        if found is not None:
            told = path
            yield found
        elif isinstance(member.shape, Object) and isinstance(held, Mapping):
            needed = _needed(member.shape, path, generation)
            if needed and held.keys().isdisjoint(member.shape.one_of):
                yield Outside(path, f"this account needs {needed}", f"state {needed}")


def _at(
    spec: Field, path: Path, member: Member, held: Any, generation: Generation
) -> Outside | None:
    """Return what the account lacks at ``path``: the member, its kind, or its value."""
    shape = member.shape
    if len(path) > 1 and not spoken(member.since, member.until, generation):
        around = member_at(spec, path[1:-1]).shape
        successor = _needed(around, path[:-1], generation) if isinstance(around, Object) else None
        return _outside(path, member.until, generation, successor)
    if isinstance(shape, Object) and shape.variant is not None and isinstance(held, Mapping):
        kind = held.get(shape.variant)
        path, shape, held = (*path, shape.variant), shape.member(shape.variant).shape, kind
    if not isinstance(shape, Exact | Number) or isinstance(held, dict | list | bool):
        return None
    until = shape.until.get(held) if isinstance(shape, Exact) else None
    if spoken(shape.since.get(held, "seed"), until, generation):
        return None
    return _outside(path, until, generation, value=held)


def _needed(shape: Object, path: Path, generation: Generation) -> str | None:
    """Return which of the members of ``one_of`` the account's generation has, as a path."""
    for name in shape.one_of:
        if spoken(shape.members[name].since, shape.members[name].until, generation):
            return path_text((*path, name))
    return None


def _outside(
    path: Path,
    until: str | None,
    generation: Generation,
    successor: str | None = None,
    *,
    first: bool = False,
    value: Any = None,
) -> Outside:
    """Return what is wrong at ``path``, and what to do.

    ``successor`` replaced it; ``first`` says that the first API has it; ``value`` is what the
    account does not know there.
    """
    what = path_text(path) if value is None else f"{path_text(path)}: {value}"
    is_value = value is not None
    hint = "state another value" if is_value and isinstance(path[-1], str) else "remove it"
    if until is not None and generation == "0.5.0":
        message = f"this account no longer has {what}"
        if successor:
            message += f"; its successor is {successor}"
            hint = f"state {successor} instead"
        if first:
            hint += ", or, if the account does speak the first API, say so with --profile seed"
    elif generation == "seed":
        message = f"this account speaks the first API (profile seed), which has no {what}"
        hint += ", or, if it is a later account, say so with --profile current"
    else:
        message = f"this account speaks an API before 0.4.0, which has no {what}"
        if successor:
            hint = f"state {successor} instead"
    return Outside(path, message, hint, is_value)
