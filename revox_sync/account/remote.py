"""An assistant of the account, as the API answered it.

The tool reads answers leniently: it relies on ``id`` and ``name`` alone, and every other member
may be missing. Members it does not know are kept and never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from revox_sync.model.shapes import Text

Item = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Faq:
    """A FAQ as the account holds it: answered items, and questions that wait for a human."""

    items: tuple[Item, ...]
    open_questions: tuple[str, ...]


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
    def organization_id(self) -> str | None:
        """The owning organization, where the answer names it."""
        value = self.data.get("organization_id")
        return None if value is None else str(value)

    @property
    def tells_faq(self) -> bool:
        """Whether the answer tells the FAQ."""
        return isinstance(self.data.get("faq_items"), list)

    @property
    def faq(self) -> Faq | None:
        """The FAQ; None where the answer does not tell (unknown, which is not empty)."""
        items = self.data.get("faq_items")
        if not isinstance(items, list):
            return None
        answered: list[Item] = []
        waiting: list[str] = []
        for item in items:
            question, answer = faq_item(item)
            if isinstance(item, dict) and item.get("needs_human_answer") is True:
                waiting.append(question)
            else:
                answered.append((question, answer))
        return Faq(tuple(answered), tuple(waiting))

    @property
    def answered_items(self) -> list[dict[str, str]]:
        """The answered items in the form of a request, every character as the account has it."""
        items = self.data.get("faq_items")
        return [
            _as_stated(item)
            for item in (items if isinstance(items, list) else [])
            if not (isinstance(item, Mapping) and item.get("needs_human_answer") is True)
        ]

    def __repr__(self) -> str:
        return f"Remote(id={self.id!r}, name={self.name!r})"


_TEXT = Text()


def faq_item(item: Any) -> Item:
    """Return question and answer in canonical form."""
    if not isinstance(item, dict):
        return str(item), ""
    return _text(item.get("question")), _text(item.get("answer"))


def _as_stated(item: Any) -> dict[str, str]:
    question, answer = faq_item(item)
    held = item if isinstance(item, Mapping) else {}
    texts = {"question": held.get("question"), "answer": held.get("answer")}
    plain = {"question": question, "answer": answer}
    return {name: text if isinstance(text, str) else plain[name] for name, text in texts.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(_TEXT.canonical(value))
