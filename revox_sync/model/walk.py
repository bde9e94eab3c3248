"""The one walk over a value together with what is known of it.

A value and its member (``model/shapes.py``) belong together: an object's members have facts of
their own, and so have a list's items. Whoever needs both side by side asks here: ``places`` and
``leaves`` tell what stands where, ``mapped`` puts something else there. ``pairs`` walks through two
values at once: the account's, and what a definition states. ``absent_members`` tells what the
definition leaves out inside of what it states.

The walk follows the value, which need not have the shape that is known of it: an account may
answer anything. Nothing is known of what an unknown member holds. What a credential or URL holds,
though it should be a text, counts as one itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from revox_sync.model.path import Path, put_at
from revox_sync.model.shapes import NO_DEFAULT, UNKNOWN, Faq, Hints, ListOf, Member, Object, SetOf


def inner(member: Member, part: str | int) -> Member:
    """Return what is known of an item of a value of ``member``, or of its member ``part``."""
    if member.secret or member.url:
        return member
    shape = member.shape
    if isinstance(shape, Object):
        return shape.member(str(part))
    if isinstance(shape, ListOf):
        return shape.each
    return Member(shape.item) if isinstance(shape, SetOf) else UNKNOWN


def member_at(member: Member, path: Path) -> Member:
    """Return what is known of what stands at ``path`` below a value of ``member``."""
    for part in path:
        member = inner(member, part)
    return member


def places(
    member: Member,
    value: Any,
    path: Path = (),
    *,
    among: Callable[[Member], bool] | None = None,
) -> Iterator[tuple[Path, Member, Any]]:
    """Yield (path, member, value) of ``value`` and of everything in it, the outer before the inner.

    ``path`` is where ``value`` stands. What ``among`` does not want is passed over with all that it
    holds: ``is_guarded`` and ``is_dated`` answer for that, too.
    """
    if among is not None and not among(member):
        return
    yield path, member, value
    if not isinstance(value, dict | list):
        return
    for part, item in value.items() if isinstance(value, dict) else enumerate(value):
        at = inner(member, part)
        if isinstance(item, dict | list):
            yield from places(at, item, (*path, part), among=among)
        elif among is None or among(at):  # most are leaves: a generator for each would take time
            yield (*path, part), at, item


def leaves(
    member: Member,
    value: Any,
    path: Path = (),
    *,
    among: Callable[[Member], bool] | None = None,
) -> Iterator[tuple[Path, Member, Any]]:
    """Yield those of ``places`` that are neither list nor object."""
    for place in places(member, value, path, among=among):
        if not isinstance(place[2], dict | list):
            yield place


def mapped(
    member: Member,
    value: Any,
    change: Callable[[Path, Member, Any], Any],
    path: Path = (),
    *,
    members: Callable[[Path, Object, Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> Any:
    """Return ``value`` with ``change(path, member, leaf)`` in place of every leaf.

    ``members(path, shape, value)`` tells what to go through in place of an object of known shape.
    """
    if isinstance(value, dict):
        if members is not None and isinstance(member.shape, Object):
            value = members(path, member.shape, value)
        return {
            name: mapped(inner(member, name), item, change, (*path, name), members=members)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [
            mapped(inner(member, index), item, change, (*path, index), members=members)
            for index, item in enumerate(value)
        ]
    return change(path, member, value)


class Pair(NamedTuple):
    """What the account holds at a place, and what is wanted there.

    ``at`` is the place in what is wanted, ``of`` that in the account's value: items of a list need
    not stand at the same index. What the account lacks is None.
    """

    member: Member
    held: Any
    wanted: Any
    at: Path = ()
    of: Path = ()


def pairs(
    member: Member, held: Any, wanted: Any, *, among: Callable[[Member], bool] | None = None
) -> Iterator[Pair]:
    """Yield what belongs together in two values, in the order of what is wanted.

    Of an object those are the members that are wanted, of a list the items that are the same; of
    two kinds of a union nothing belongs together. What ``among`` does not want is passed over.
    """
    waiting = [Pair(member, held, wanted)]
    while waiting:
        pair = waiting.pop()
        if among is not None and not among(pair.member):
            continue
        yield pair
        shape, theirs, mine = pair.member.shape, pair.held, pair.wanted
        steps: list[tuple[str | int, str | int]] = []
        if isinstance(shape, ListOf) and isinstance(theirs, list) and isinstance(mine, list):
            steps = sorted((at, of) for of, at in shape.partners(theirs, mine).items())
        elif isinstance(shape, Object) and isinstance(theirs, dict) and isinstance(mine, dict):
            steps = [] if shape.other_variant(theirs, mine) else [(name, name) for name in mine]
        for at, of in reversed(steps):
            there = theirs.get(of) if isinstance(theirs, dict) else theirs[of]
            known = inner(pair.member, at)
            waiting.append(Pair(known, there, mine[at], (*pair.at, at), (*pair.of, of)))


def absent_members(
    member: Member, held: Any, wanted: Any, path: Path = ()
) -> Iterator[tuple[Path, Member, Any]]:
    """Yield (path, member, held value) of what the account has set and ``wanted`` leaves out.

    ``path`` is where ``wanted`` stands; items have their index in ``wanted``. What the service
    writes by itself is passed over, and so is an item that only one side has.
    """
    for pair in pairs(member, held, wanted, among=lambda at: not isinstance(at.shape, Faq | Hints)):
        shape, theirs, mine = pair.member.shape, pair.held, pair.wanted
        if not (isinstance(shape, Object) and isinstance(theirs, dict) and isinstance(mine, dict)):
            continue
        if shape.other_variant(theirs, mine):
            continue
        stated = not mine.keys().isdisjoint(shape.one_of)
        for name, inner in shape.members.items():
            is_left_out = name not in mine and not (stated and name in shape.one_of)
            if is_left_out and inner.whose == "team" and not inner.is_unset(theirs.get(name)):
                yield (*path, *pair.at, name), inner, theirs[name]


def completed(wanted: Any, absent: Iterable[tuple[Path, Member]]) -> Any:
    """Return ``wanted`` with the members of ``absent`` at rest; paths lead from ``wanted``.

    At rest is the documented default, or null, which a request leaves out.
    """
    whole = copy.deepcopy(wanted)
    for path, member in absent:
        whole = put_at(whole, path, None if member.resting is NO_DEFAULT else member.resting)
    return whole
