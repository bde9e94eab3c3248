"""Who moved: the definition, the account, or both, since a commit.

With the definitions of that commit there are three values for each place: what was defined then
(*base*), what is defined now, and what the account holds. The definition moved where it is not as
it was; the account drifted where it does not hold what was defined. Where both did, a reviewer has
to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from revox_sync.definitions.definition import Definition
from revox_sync.model.canonical import dumps
from revox_sync.model.fields import Field
from revox_sync.model.sensitive import MASK
from revox_sync.plan.diff import Path
from revox_sync.plan.model import Origin
from revox_sync.plan.remote import Item, faq_item


@dataclass(frozen=True, slots=True)
class Told:
    """Who moved at one place; ``base`` is what was defined there, for a conflict."""

    origin: Origin
    base: Any = None


def counterparts(
    definitions: Sequence[Definition], base: Mapping[str, Definition]
) -> dict[str, Definition | None]:
    """Return what each definition (by key) was at the commit; None for one that is new since.

    A file that was moved is found by its id, then by its name.
    """
    keys = {definition.key for definition in definitions}
    left = [found for key, found in base.items() if key not in keys]
    by_id = {found.sync.id: found for found in left if found.sync.id is not None}
    by_name = {found.name: found for found in left}
    return {
        definition.key: base.get(definition.key)
        or by_id.get(definition.sync.id or "")
        or by_name.get(definition.name)
        or by_name.get(definition.sync.renamed_from or "")
        for definition in definitions
    }


class Origins:
    """Tells who moved in one assistant. ``base`` is its definition then, None where it is new.

    ``exists`` says whether the account has the assistant: one that was defined and is missing has
    drifted.
    """

    def __init__(self, base: Definition | None, *, exists: bool) -> None:
        self._base = base
        self._exists = exists

    def field(
        self,
        spec: Field,
        wanted: Any,
        values: tuple[Any, Any],
        place: tuple[Path, Any, Any],
        *,
        absent: bool,
    ) -> Told:
        """Return who moved at ``place``, one (path, old, new) of the field's differences.

        ``values`` are the canonical values of the whole field, held and wanted; ``wanted`` is
        what the definition states.
        """
        if self._base is None:
            return Told("definition")
        if spec.name not in self._base.fields:
            return Told("drift" if absent else "definition")
        told = self._moved(spec, wanted, values, place)
        return replace(told, base=MASK) if self._is_secret(spec.name) else told

    def _is_secret(self, name: str) -> bool:
        return self._base is not None and any(path[0] == name for path in self._base.secrets)

    def _moved(
        self, spec: Field, wanted: Any, values: tuple[Any, Any], place: tuple[Path, Any, Any]
    ) -> Told:
        path, old, new = place
        assert self._base is not None  # noqa: S101 - without one nothing is compared
        stated = self._base.fields[spec.name]
        base = spec.shape.canonical(spec.shape.project(stated, wanted))
        if not self._exists:
            return _told(dumps(base) != dumps(new), True, base)
        inner = path[1:]
        lists = _lists_at(inner, base, *values)
        if lists is None:
            if not _states(stated, inner):
                return Told("definition")
            found = _at(base, inner)
            return _told(dumps(found) != dumps(new), dumps(found) != dumps(old), found)
        return _in_list(lists, inner, old, new)

    def faq(self, wanted: Sequence[Item], before: Any, after: Any) -> Told:
        """Return who moved in one change of the FAQ, which is compared item by item."""
        if self._base is None or "faq_items" not in self._base.fields:
            return Told("definition")
        base = [faq_item(item) for item in self._base.fields["faq_items"]]
        if not self._exists:
            return _told(_pair(after) not in base, True, None)
        if before is None or after is None:
            mine = after if before is None else before
            known = _pair(mine) in base
            moved = known if after is None else not known
            return Told("definition" if moved else "drift")
        moved, drifted = _pair(after) not in base, _pair(before) not in base
        if not moved and not drifted:
            moved = Counter(base) != Counter(wanted)
            drifted = not moved
        if self._is_secret("faq_items"):
            return _told(moved, drifted, MASK)
        questions = {before["question"], after["question"]}
        was = next((item for item in base if item[0] in questions), None)
        held = None if was is None else {"question": was[0], "answer": was[1]}
        return _told(moved, drifted, held)


def _told(moved: bool, drifted: bool, base: Any) -> Told:
    if moved and drifted:
        return Told("both", base)
    return Told("drift" if drifted else "definition")


def _states(value: Any, path: Path) -> bool:
    """Whether a definition's value has every member that ``path`` names."""
    for part in path:
        if isinstance(value, dict) and part not in value:
            return False
        value = value.get(part) if isinstance(value, dict) else None
    return True


def _at(value: Any, path: Path) -> Any:
    """Return what stands at ``path``, None where nothing does."""
    for part in path:
        if isinstance(part, str) and isinstance(value, dict):
            value = value.get(part)
        elif isinstance(part, int) and isinstance(value, list) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _lists_at(path: Path, *values: Any) -> tuple[list[Any], list[Any], list[Any]] | None:
    """Return the lists of base, held and wanted that ``path`` goes into; None without one."""
    index = next((at for at, part in enumerate(path) if isinstance(part, int)), None)
    if index is None:
        return None
    base, held, wanted = (_at(value, path[:index]) or [] for value in values)
    return base, held, wanted


def _in_list(lists: tuple[list[Any], list[Any], list[Any]], path: Path, old: Any, new: Any) -> Told:
    """Return who moved an item of a list, or something in one.

    Items have no name that all three sides share: an item that the base has as well was moved by
    the other side. Lists of one length are compared place by place.
    """
    base, held, wanted = lists
    index = next(at for at, part in enumerate(path) if isinstance(part, int))
    position, inner = path[index], path[index + 1 :]
    assert isinstance(position, int)  # noqa: S101 - found as one
    known = {dumps(item) for item in base}
    if len(base) == len(held) == len(wanted):
        found = _at(base, (position, *inner))
        return _told(dumps(found) != dumps(new), dumps(found) != dumps(old), found)
    if not inner and old is None:
        return Told("drift" if dumps(new) in known else "definition")
    if not inner and new is None:
        return Told("definition" if dumps(old) in known else "drift")
    moved = position >= len(wanted) or dumps(wanted[position]) not in known
    kept = {dumps(item) for item in wanted}
    drifted = any(dumps(item) not in known and dumps(item) not in kept for item in held)
    return _told(moved or not drifted, drifted, None)


def _pair(item: Mapping[str, str]) -> Item:
    return item["question"], item["answer"]
