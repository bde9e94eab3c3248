"""Who moved since a commit: the definition, the account, or both.

With the definitions of that commit there are three values for each place: what was defined then
(*base*), what is defined now, and what the account holds. The definition moved where it is not as
it was; the account drifted where it does not hold what was defined. Where both did, a reviewer has
to decide. Where the definition of that commit cannot be read, nobody knows: ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from revox_sync.account.remote import Item, faq_item
from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import Field
from revox_sync.model.path import Path
from revox_sync.plan.model import Origin
from revox_sync.plan.moved import Three, Told, tell, tell_faq, told_missing

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base


@dataclass(frozen=True, slots=True)
class Unread:
    """What a definition was at the commit cannot be read; ``reasons`` are sentences."""

    reasons: tuple[str, ...]


Then = Mapping[str, Definition | Unread | None]


def counterparts(definitions: Sequence[Definition], base: Base) -> Then:
    """Return what each definition (by key) was at the commit; None for one that is new since.

    A definition without a counterpart is new only where everything at the commit could be read.

    As an assistant is found in the account, so is its earlier definition, wherever its file lay:
    first all ids, then names, then earlier names. A definition that was bound since, and renamed
    with that, is known by its file. One that stands for another assistant than before is new.
    """
    left = dict(base.definitions)
    found: dict[str, Definition | None] = {made.key: None for made in definitions}
    for mine, theirs in _WAYS:
        known = {theirs(was): was for was in left.values()}
        for made in definitions:
            was = known.get(mine(made)) if found[made.key] is None else None
            if was is not None and was.key in left and not _rebound(made, was):
                found[made.key] = left.pop(was.key)
    if not base.unread:
        return dict(found)
    unread = Unread(base.unread)
    return {key: unread if was is None else was for key, was in found.items()}


_Mark = Callable[[Definition], Any]
_NOTHING = object()

#: What a definition and its earlier form have in common, surest first.
_WAYS: tuple[tuple[_Mark, _Mark], ...] = (
    (lambda made: made.sync.id or _NOTHING, lambda was: was.sync.id),
    (lambda made: made.name, lambda was: was.name),
    (lambda made: made.sync.renamed_from or _NOTHING, lambda was: was.name),
    (
        lambda made: made.key if made.sync.id else _NOTHING,
        lambda was: None if was.sync.id else was.key,
    ),
)


def _rebound(made: Definition, was: Definition) -> bool:
    """Whether a definition was bound to another assistant."""
    return None not in (made.sync.id, was.sync.id) and made.sync.id != was.sync.id


def keeping_secrets(definitions: Sequence[Definition], then: Then) -> tuple[Definition, ...]:
    """Return the definitions; a place that held a secret at the commit still counts as one.

    The account may hold that secret to this day, so it is neither shown nor written to disk.
    """
    return tuple(
        replace(made, secrets=made.secrets | was.secrets) if isinstance(was, Definition) else made
        for made, was in ((made, then[made.key]) for made in definitions)
    )


class Origins:
    """Tells who moved in one assistant.

    ``then`` holds the values that the definition wanted at the commit, by field; a new one none.
    It is None where that cannot be read. ``exists`` says whether the account has the assistant: one
    that was defined and is missing has drifted.
    """

    def __init__(self, then: Mapping[str, Any] | None, *, exists: bool) -> None:
        self._then = then
        self._exists = exists

    @property
    def unseen(self) -> Origin:
        """Who moved where the account does not tell its value, and the definition is written."""
        return "unknown" if self._then is None else "definition"

    def field(
        self,
        spec: Field,
        wanted: Any,
        held: Any,
        values: tuple[Any, Any],
        place: tuple[Path, Any, Any],
    ) -> Told:
        """Return who moved at ``place``, one (path, old, new) of the field's differences.

        ``wanted`` is what the definition states, ``held`` what the account answered; ``values``
        are the canonical values of the whole field, held and wanted.
        """
        if self._then is None:
            return Told("unknown")
        if spec.name not in self._then:
            return Told("definition")
        stated, shape = self._then[spec.name], spec.shape
        if not self._exists:
            return told_missing(shape.canonical(stated), values[1])
        base = shape.canonical(shape.project(shape.merge(held, stated), wanted))
        path, old, new = place
        return tell(spec.member, Three(base, *values), path[1:], old, new)

    def faq(
        self,
        wanted: Sequence[Item],
        held: Sequence[Item] | None,
        before: Mapping[str, str] | None,
        after: Mapping[str, str] | None,
    ) -> Told:
        """Return who moved in one change of the FAQ; ``held`` is None where it cannot be read."""
        if self._then is None:
            return Told("unknown")
        if "faq_items" not in self._then or held is None:
            return Told("definition")
        base = [faq_item(item) for item in self._then["faq_items"]]
        if not self._exists:
            mine = [item for item in base if after is not None and item[0] == after["question"]]
            same = after is not None and _pair(after) in base
            was = {"question": mine[0][0], "answer": mine[0][1]} if mine else None
            return Told("drift") if same else Told("both", was)
        return tell_faq(base, held, wanted, _pair(before), _pair(after))


def _pair(item: Mapping[str, str] | None) -> Item | None:
    return None if item is None else (item["question"], item["answer"])
