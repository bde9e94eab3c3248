"""An assistant of the account, as the API answered it.

The tool reads answers leniently: it relies on ``id`` and ``name`` alone, and every other member
may be missing. Members it does not know are kept and never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from revox_sync.model.fields import field_of
from revox_sync.model.likeness import same_name, same_question
from revox_sync.model.shapes import faq_item, is_open
from revox_sync.records import dataclass
from revox_sync.secrecy.values import without_tokens


@dataclass(frozen=True, slots=True)
class Faq:
    """A FAQ as the account holds it: answered items, and questions that wait for a human.

    Callers asked the latter, and they are shown to reviewers: what looks like a token is masked.
    """

    items: tuple[tuple[str, str], ...]
    open_questions: tuple[str, ...]

    def unanswered(self, stated: Iterable[Any]) -> tuple[str, ...]:
        """Return the open questions that none of the stated items answers."""
        if not self.open_questions:  # as nearly always: each question takes time to compare
            return ()
        items = map(faq_item, stated)
        answered = {same_question(question) for question, answer in items if answer.strip()}
        return tuple(one for one in self.open_questions if same_question(one) not in answered)


@dataclass(frozen=True, slots=True, repr=False)
class Remote:
    """One assistant of the account; ``data`` is the answer as it came."""

    data: Mapping[str, Any]

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
        """The name as it may be shown: what looks like a token in it is masked."""
        return without_tokens(self.name)

    def is_called(self, name: str) -> bool:
        """Whether it has this name, however that is spelled in Unicode."""
        return same_name(self.name) == same_name(name)

    @property
    def organization_id(self) -> str | None:
        """The owning organization, where the answer names it."""
        value = self.data.get("organization_id")
        return None if value is None else str(value)

    def tells(self, name: str) -> bool:
        """Whether the answer tells a field; one that it lacks is null, but a FAQ is unknown."""
        return field_of(name).shape.is_told(self.data.get(name))

    @property
    def faq(self) -> Faq | None:
        """The FAQ; None where the answer does not tell (unknown, which is not empty)."""
        items = self.data.get("faq_items")
        if not isinstance(items, list):
            return None
        answered = tuple(faq_item(item) for item in items if not is_open(item))
        waiting = (without_tokens(faq_item(item)[0]) for item in items if is_open(item))
        return Faq(answered, tuple(sorted(waiting)))

    def __repr__(self) -> str:
        return f"Remote(id={self.id!r}, name={self.shown_name!r})"
