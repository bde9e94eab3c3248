"""The account, and an assistant of it as the API answered it.

The tool reads answers leniently: it relies on ``id`` and ``name`` alone, and every other member
may be missing. Members it does not know are kept and never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from revox_sync.model.fields import FIELDS, field_of
from revox_sync.model.generations import Profile
from revox_sync.model.likeness import same_name, same_question
from revox_sync.model.shapes import UNKNOWN, Member, faq_item, is_open
from revox_sync.model.walk import inner
from revox_sync.records import dataclass
from revox_sync.secrecy.values import Known


@dataclass(frozen=True, slots=True)
class Target:
    """The account that a plan is for, or that a run wrote to.

    ``organization_id`` is null while it has no assistants, ``environment`` without environments.
    ``project`` is the project's path in its repository, empty at the top and where there is none.
    """

    base_url: str
    organization_id: str | None
    profile: Profile
    environment: str | None = None
    project: str = ""


@dataclass(frozen=True, slots=True)
class HeldFaq:
    """A FAQ as the account holds it: answered items, and questions that wait for a human.

    Callers ``asked`` the latter; ``known`` are the secrets without which they are shown.
    """

    items: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    known: Known = field(default=Known(), repr=False, compare=False)

    @property
    def open_questions(self) -> tuple[str, ...]:
        """The questions that wait, as they may be shown."""
        return tuple(map(self.known.shown, self.asked))

    def unanswered(self, stated: Iterable[Any]) -> tuple[str, ...]:
        """Return the open questions that none of the stated items answers, as they may be shown."""
        if not self.asked:  # as nearly always: each question takes time to compare
            return ()
        items = map(faq_item, stated)
        answered = {same_question(question) for question, answer in items if answer.strip()}
        left = (one for one in self.asked if same_question(one) not in answered)
        return tuple(map(self.known.shown, left))


@dataclass(frozen=True, slots=True, repr=False)
class Remote:
    """One assistant of the account; ``data`` is the answer as it came.

    ``known`` are the secrets that are set: what is shown of the account is shown without them.
    ``listed`` is false where the list of assistants lacks it, and a read by its id has it.
    """

    data: Mapping[str, Any]
    known: Known = field(default=Known(), compare=False)
    listed: bool = field(default=True, compare=False)

    @property
    def id(self) -> str:
        """The service's id; opaque."""
        return str(self.data["id"])

    @property
    def name(self) -> str:
        """The name, or an empty text where the answer has none."""
        name = self.data.get("name")
        return name if isinstance(name, str) else ""

    @property
    def shown_name(self) -> str:
        """The name as it may be shown."""
        return self.known.shown(self.name)

    def is_called(self, name: str) -> bool:
        """Whether it has this name, however that is spelled in Unicode."""
        return same_name(self.name) == same_name(name)

    @property
    def organization_id(self) -> str | None:
        """The owning organization, where the answer names it."""
        value = self.data.get("organization_id")
        return None if value is None else str(value)

    @property
    def is_missed(self) -> bool:
        """Whether the list of assistants lacks it, though it is of a type that lists show."""
        return not self.listed and self.data.get("type") == "standalone"

    def tells(self, name: str) -> bool:
        """Whether the answer tells a field; one that it lacks is null, but a FAQ is unknown."""
        return field_of(name).shape.is_told(self.data.get(name))

    def unlike(self, other: Remote) -> list[str]:
        """Return the fields whose values mean something else in another assistant."""
        return [
            name
            for name, spec in FIELDS.items()
            if not spec.same(self.data.get(name), other.data.get(name))
        ]

    def lost_since(self, before: Remote) -> list[str]:
        """Return the fields of which an earlier answer tells more: some of it is not there now."""
        return [
            name
            for name, spec in FIELDS.items()
            if _is_lost(spec, before.data.get(name), self.data.get(name))
        ]

    @property
    def faq(self) -> HeldFaq | None:
        """The FAQ; None where the answer does not tell (unknown, which is not empty)."""
        items = self.data.get("faq_items")
        if not isinstance(items, list):
            return None
        answered = tuple(faq_item(item) for item in items if not is_open(item))
        waiting = sorted(faq_item(item)[0] for item in items if is_open(item))
        return HeldFaq(answered, tuple(waiting), self.known)

    def __repr__(self) -> str:
        return f"Remote(id={self.id!r}, name={self.shown_name!r})"


def _is_lost(member: Member, was: Any, now: Any) -> bool:
    if now in (None, "", [], {}):
        return bool(was) and member is not UNKNOWN and not member.is_unset(was)
    if isinstance(was, dict) and isinstance(now, dict):
        parts = ((inner(member, name), part, now.get(name)) for name, part in was.items())
        return any(_is_lost(*part) for part in parts)
    return isinstance(was, list) and isinstance(now, list) and len(was) > len(now)
