"""Where a new member belongs, and by what an item of a list is known."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.definitions.options import SYNC_KEYS
from revox_sync.model.fields import WRITTEN, field_of
from revox_sync.model.path import Path
from revox_sync.model.shapes import ListOf, Member, Object
from revox_sync.model.walk import member_at

_EXTRA = ("sync", "extra")


def fact_at(path: Path) -> Member:
    """Return what is known of what stands at ``path`` in a definition."""
    inner = path[2:] if path[:2] == _EXTRA else path
    if not inner or inner[0] == "sync":
        return Member()
    return member_at(field_of(str(inner[0])).member, inner[1:])


def place_of(path: Path, name: str, names: Sequence[str]) -> int:
    """Return the index of the member behind which ``name`` belongs; of the last without one.

    ``names`` are those of the mapping at ``path``, as they are written.
    """
    order = _order(path)
    if name in order:
        before = order[: order.index(name)]
        found = [index for index, other in enumerate(names) if other in before]
        if found:
            return max(found, key=lambda index: before.index(names[index]))
    return len(names) - 1


def _order(path: Path) -> list[str]:
    if not path:
        return list(WRITTEN)
    if path == ("sync",):
        return list(SYNC_KEYS)
    shape = fact_at(path).shape
    return list(shape.members) if isinstance(shape, Object) else []


def identity_at(path: Path) -> str | None:
    """Return the member by which an item of the list at ``path`` is known, None without one."""
    shape = fact_at(path).shape
    return shape.identity if isinstance(shape, ListOf) else None
