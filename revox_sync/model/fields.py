"""The table of fields: what is known of each, and of the members in it.

``assistant.py`` says it; ``scripts/write_model.py`` writes it down as ``fields.json``, which is
read here: the models themselves take longer to import than a small plan takes altogether.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from revox_sync.model import likeness, shapes
from revox_sync.model.shapes import NO_DEFAULT, ByValue, ListOf, Member, Object, Shape
from revox_sync.records import dataclass


class Clear(Enum):
    """How PATCH empties a field."""

    NULL = "null"
    EMPTY = "[]"
    NEVER = "cannot be cleared in place"
    VALUE = "always has a value"


@dataclass(frozen=True, kw_only=True)
class Field(Member):
    """One request field.

    ``successor`` names what took the place of a field that is gone, ``heard`` what callers hear, or
    whom they reach and when. ``whose`` says who else writes it: ``editor`` fields are the state of
    the dashboard's canvas, without effect on calls, and ``service`` fields get entries from the
    service itself; neither is reset because a definition leaves it out.
    """

    name: str
    clear: Clear = Clear.NULL
    successor: str | None = None
    heard: bool = False

    @cached_property
    def resting(self) -> Any:
        """The documented value of a field that nobody set; NO_DEFAULT where none is."""
        cleared = self.default is NO_DEFAULT and self.clear is Clear.NULL
        return None if cleared else self.default

    def differs(self, held: Any, wanted: Any) -> bool:
        """Whether the account's value is not, by meaning, what a definition states."""
        return self.shape.differs(held, wanted)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values, of accounts or of definitions, mean the same."""
        return self.shape.same(one, other)

    @cached_property
    def is_ours(self) -> bool:
        """Whether only people of the team set it; ``type`` is the editor's."""
        return self.whose == "team" and self.name != "type"

    @cached_property
    def rest(self) -> Any:
        """What the account holds if nobody set the field; NO_DEFAULT if nobody can tell.

        That is the documented default, or nothing if the field may be empty. A service may choose a
        voice by itself.
        """
        if self.resting is not NO_DEFAULT:
            return self.resting
        if self.clear is Clear.EMPTY:
            return []
        is_chosen = self.clear is not Clear.NEVER or isinstance(self.shape, Object)
        return NO_DEFAULT if is_chosen else None

    @cached_property
    def resets(self) -> bool:
        """Whether ``absent: reset`` puts the field back to ``rest``; PATCH has to allow that."""
        is_stuck = self.clear is Clear.NEVER and self.rest is None
        return self.is_ours and self.rest is not NO_DEFAULT and not is_stuck

    @cached_property
    def sensitive(self) -> tuple[str, ...]:
        """The places that hold a credential or a URL with one, such as ``llm_model.api_key``."""
        return tuple(_sensitive_places(self.name, self))


def _sensitive_places(path: str, member: Member) -> Iterator[str]:
    """Yield the places at and below ``path`` that hold a credential, or a URL with one."""
    if member.secret or member.url:
        yield path
    shape = member.shape
    if isinstance(shape, ListOf):
        yield from _sensitive_places(f"{path}[]", Member(shape.item))
    elif isinstance(shape, Object):
        for name, inner in shape.members.items():
            yield from _sensitive_places(f"{path}.{name}", inner)


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "shape": _shape(facts["shape"])}


def _shape(settings: dict[str, Any]) -> Shape:
    """Return the shape that these settings describe; raises what the shape raises."""
    kind, made = settings["kind"], {n: value for n, value in settings.items() if n != "kind"}
    if "item" in made:
        made["item"] = _shape(made["item"])
    if "members" in made:
        made["members"] = {name: Member(**_facts(one)) for name, one in made["members"].items()}
    for life in ("since", "until"):
        if life in made:
            made[life] = MappingProxyType(dict(made[life]))
    shape: Shape = _KINDS[kind](**made)
    return shape


_KINDS: Mapping[str, Any] = {**vars(shapes), "Name": likeness.Name}
_TABLE: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("fields.json").read_text(encoding="utf-8")
)

#: Every request field by name, in the order in which views show them.
FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        name: Field(name=name, **{**_facts(facts), "clear": Clear[facts["clear"]]})
        for name, facts in _TABLE.items()
    }
)

#: What callers hear, or whom they reach and when: views tell it first.
HEARD = frozenset(name for name, spec in FIELDS.items() if spec.heard)

#: What POST /assistants cannot do without.
REQUIRED = frozenset(name for name, spec in FIELDS.items() if not spec.optional)

#: The order in which a definition is written: what each one has comes first.
WRITTEN = tuple(sorted(FIELDS, key=lambda name: name not in REQUIRED))

#: The members of ``call_retry_config`` that came after profile ``seed``, with their documented
#: defaults; a definition in the older shape leaves them out, and later requests need them.
RETRY_FILL: Mapping[str, Any] = MappingProxyType(
    {
        name: facts["default"]
        for name, facts in _TABLE["call_retry_config"]["shape"]["members"].items()
        if "since" in facts
    }
)

#: Members that answers hold and requests do not.
READ_ONLY = frozenset(
    {
        "id",
        "organization_id",
        "created_at",
        "updated_at",
        "created_by",
        "pending_faq_count",
        "is_inbound_receptionist",
        "is_realestate_assistant",
    }
)


def field_of(name: str) -> Field:
    """Return what is known of a field; for an unknown one, as little as there is.

    Such a field is stated under ``sync.extra`` and compared by value.
    """
    return FIELDS.get(name) or Field(name=name, shape=ByValue(), optional=True)
