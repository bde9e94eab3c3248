"""What a definition leaves out inside of what it states: members of objects and of list items.

The account holds something there all the same. Where that is the member's documented default, null
or nothing in any form, nobody has set it: it is at rest. Anything else was set by somebody.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from revox_sync.model.path import Path
from revox_sync.model.shapes import NO_DEFAULT, Faq, Hints, ListOf, Member, Object


def is_at_rest(member: Member, held: Any) -> bool:
    """Whether the account's value of a member is as if nobody had set it."""
    if held is None or member.shape.canonical(held) in (None, []):
        return True
    return member.resting is not NO_DEFAULT and not member.shape.differs(held, member.resting)


def absent_members(
    member: Member, held: Any, wanted: Any, path: Path = ()
) -> Iterator[tuple[Path, Member, Any]]:
    """Yield (path, member, held value) of what the account has set and ``wanted`` leaves out.

    ``path`` is where ``wanted`` stands; items have their index in ``wanted``. What the service
    writes by itself is passed over, and so is an item that only one side has.
    """
    shape = member.shape
    if isinstance(shape, Object) and isinstance(held, dict) and isinstance(wanted, dict):
        if shape.other_variant(held, wanted):
            return
        for name, inner in shape.members.items():
            if name in wanted:
                yield from absent_members(inner, held.get(name), wanted[name], (*path, name))
            elif not (
                inner.whose != "team"
                or (name in shape.one_of and not wanted.keys().isdisjoint(shape.one_of))
                or is_at_rest(inner, held.get(name))
            ):
                yield (*path, name), inner, held[name]
    elif isinstance(shape, Faq | Hints):
        return
    elif isinstance(shape, ListOf) and isinstance(held, list) and isinstance(wanted, list):
        partners = shape.partners(held, wanted)
        for theirs, mine in sorted(partners.items(), key=lambda pair: pair[1]):
            yield from absent_members(shape.each, held[theirs], wanted[mine], (*path, mine))


def completed(wanted: Any, absent: Iterable[tuple[Path, Member]]) -> Any:
    """Return ``wanted`` with the members of ``absent`` at rest; paths lead from ``wanted``.

    That is the documented default, or null, which a request leaves out.
    """
    whole = copy.deepcopy(wanted)
    for path, member in absent:
        holder = whole
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = None if member.resting is NO_DEFAULT else member.resting
    return whole
