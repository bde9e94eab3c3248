"""What a definition leaves out inside of what it states: members of objects and of list items.

The account holds something there all the same. Where that is the member's documented default, null
or nothing in any form, nobody has set it: it is at rest. Anything else was set by somebody.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from revox_sync.model.path import Path
from revox_sync.model.shapes import NO_DEFAULT, Faq, Hints, Member, Object
from revox_sync.model.walk import pairs, put


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
    for pair in pairs(member, held, wanted, among=_is_the_teams):
        shape, theirs, mine = pair.member.shape, pair.held, pair.wanted
        if not (isinstance(shape, Object) and isinstance(theirs, dict) and isinstance(mine, dict)):
            continue
        if shape.other_variant(theirs, mine):
            continue
        stated = not mine.keys().isdisjoint(shape.one_of)
        for name, inner in shape.members.items():
            is_left_out = name not in mine and not (stated and name in shape.one_of)
            if is_left_out and inner.whose == "team" and not is_at_rest(inner, theirs.get(name)):
                yield (*path, *pair.at, name), inner, theirs[name]


def _is_the_teams(member: Member) -> bool:
    return not isinstance(member.shape, Faq | Hints)


def completed(wanted: Any, absent: Iterable[tuple[Path, Member]]) -> Any:
    """Return ``wanted`` with the members of ``absent`` at rest; paths lead from ``wanted``.

    That is the documented default, or null, which a request leaves out.
    """
    whole = copy.deepcopy(wanted)
    for path, member in absent:
        whole = put(whole, path, None if member.resting is NO_DEFAULT else member.resting)
    return whole
