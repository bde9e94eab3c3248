"""What uses an assistant: the phone numbers that it answers and the campaigns that call with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from revox_sync.errors import UnreadableAnswer

#: The states of a campaign that still places calls, or may go on to.
_ACTIVE = ("running", "paused")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number (``number``, E.164) and the id by which the API knows it."""

    id: str
    number: str
    assistant_id: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that is running or paused."""

    name: str
    assistant_id: str


@dataclass(frozen=True, slots=True)
class Uses:
    """The links of an account: numbers that an assistant answers, and active campaigns."""

    numbers: tuple[PhoneNumber, ...] = ()
    campaigns: tuple[Campaign, ...] = ()

    def numbers_of(self, assistant_id: str) -> tuple[PhoneNumber, ...]:
        """Return the phone numbers that an assistant answers."""
        return tuple(found for found in self.numbers if found.assistant_id == assistant_id)

    def campaigns_of(self, assistant_id: str) -> tuple[Campaign, ...]:
        """Return the active campaigns of an assistant."""
        return tuple(found for found in self.campaigns if found.assistant_id == assistant_id)

    def words(self, assistant_id: str) -> tuple[str, ...]:
        """Return what would break without the assistant, in words."""
        return (
            *(f"phone number {found.number}" for found in self.numbers_of(assistant_id)),
            *(f"campaign {found.name}" for found in self.campaigns_of(assistant_id)),
        )


def numbers_of(items: Iterable[Mapping[str, Any]]) -> tuple[PhoneNumber, ...]:
    """Return the numbers of GET /phone-numbers that an assistant answers.

    Raises UnreadableAnswer for one without id or number: what it leads to may not be told either.
    """
    found = []
    for item in items:
        if item.get("id") is None or item.get("phone_number") is None:
            raise UnreadableAnswer("the list of phone numbers holds one without id or number")
        assistant_id = _inbound(item)
        if assistant_id is not None:
            found.append(PhoneNumber(str(item["id"]), str(item["phone_number"]), assistant_id))
    return tuple(found)


def campaigns_of(items: Iterable[Mapping[str, Any]]) -> tuple[Campaign, ...]:
    """Return the campaigns of GET /campaigns that are running or paused.

    Raises UnreadableAnswer for one that does not tell its assistant.
    """
    found = []
    for item in items:
        if item.get("status") not in _ACTIVE:
            continue
        embedded = item.get("assistant")
        inner = embedded.get("id") if isinstance(embedded, Mapping) else None
        if inner is None and "assistant_id" not in item:
            raise UnreadableAnswer("the list of campaigns holds one that names no assistant")
        found.append(Campaign(str(item.get("name")), str(item.get("assistant_id", inner))))
    return tuple(found)


def answered_by(answer: Any) -> str | None:
    """Return the id of the assistant that answers the number of a PATCH's answer."""
    if not isinstance(answer, dict):
        return None
    inner = answer.get("phone_number")  # a number's own digits, where there is no envelope
    return _inbound(inner if isinstance(inner, dict) else answer)


def _inbound(item: Mapping[str, Any]) -> str | None:
    """Return the linked assistant: answers embed it whole, requests name its id."""
    embedded = item.get("inbound_assistant")
    if isinstance(embedded, Mapping) and embedded.get("id") is not None:
        return str(embedded["id"])
    found = item.get("inbound_assistant_id")
    return None if found is None else str(found)
