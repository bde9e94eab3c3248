"""What uses an assistant: phone numbers that it answers, campaigns and calls that wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from typing import Any

from revox_sync.account.wire import is_id
from revox_sync.errors import UnreadableAnswer
from revox_sync.records import dataclass
from revox_sync.secrecy.values import Known

#: The calls of a campaign that still need its assistant, by the names of ``row_stats``.
_TO_MAKE = ("calling", "not_launched", "pending", "retry")

_COMPLETED = "completed"

#: The statuses of a call that needs its assistant no more.
_OVER = ("post_processing", "completed", "cancelled", "errored")

#: The statuses of a call that still needs its assistant.
WAITING = ("initializing", "queued_for_calling", "calling", "not_launched", "scheduled", "paused")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number (``number``, E.164) and the id by which the API knows it.

    ``assistant_id`` is None where no assistant answers it, ``label`` what the account calls it.
    """

    id: str
    number: str
    assistant_id: str | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that has calls to make."""

    name: str
    assistant_id: str


@dataclass(frozen=True, slots=True)
class Uses:
    """The links of an account.

    ``numbers`` are all of the account, ``campaigns`` those with calls to make, ``calls`` how many
    single calls wait, by assistant. ``unknown`` says which of them could not be read, and why; None
    where all could. ``asked`` are the assistants whose calls were looked for.
    """

    numbers: tuple[PhoneNumber, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    unknown: str | None = None
    asked: frozenset[str] = frozenset()

    def numbers_of(self, assistant_id: str) -> tuple[PhoneNumber, ...]:
        """Return the phone numbers that an assistant answers."""
        return tuple(found for found in self.numbers if found.assistant_id == assistant_id)

    def campaigns_of(self, assistant_id: str) -> list[str]:
        """Return the names of the campaigns that have calls to make with an assistant."""
        return [found.name for found in self.campaigns if found.assistant_id == assistant_id]

    def waiting(self, assistant_id: str) -> Iterator[str]:
        """Yield in words the calls and campaigns that still use an assistant, or may."""
        names = self.campaigns_of(assistant_id)
        if names:
            call = "a campaign calls" if len(names) == 1 else f"{len(names)} campaigns call"
            yield f"{call} with it: {', '.join(names)}"
        count = self.calls.get(assistant_id, 0)
        if count:
            yield f"{count} call{'s wait' if count > 1 else ' waits'} for it"
        if self.unknown is not None:
            yield f"whether calls wait for it cannot be told: {self.unknown}"

    def words(self, assistant_id: str) -> tuple[str, ...]:
        """Return what would break without the assistant, in words."""
        return (
            *(f"phone number {found.number}" for found in self.numbers_of(assistant_id)),
            *self.waiting(assistant_id),
        )

    def refusal(self, assistant_id: str) -> str | None:
        """Say why an assistant is not deleted; None if nothing uses it."""
        words = self.words(assistant_id)
        return f"it may be in use: {'; '.join(words)}; end that first" if words else None


def numbers_of(items: Iterable[Mapping[str, Any]], known: Known) -> tuple[PhoneNumber, ...]:
    """Return the numbers of GET /phone-numbers, with the assistants that answer them.

    Labels, as names of campaigns, are without the secrets that are ``known``.

    Raises UnreadableAnswer for one without id or number: what it leads to may not be told either,
    and where that cannot be read.
    """
    found = []
    for item in items:
        if item.get("id") is None or item.get("phone_number") is None:
            raise UnreadableAnswer("the list of phone numbers holds one without id or number")
        label = known.shown(str(item.get("label") or ""))
        answers = _linked(item, "inbound_assistant")
        found.append(PhoneNumber(str(item["id"]), str(item["phone_number"]), answers, label))
    return tuple(found)


def campaigns_of(items: Iterable[Mapping[str, Any]], known: Known) -> tuple[Campaign, ...]:
    """Return the campaigns of GET /campaigns that have calls to make.

    Raises UnreadableAnswer for one that does not tell its assistant.
    """
    found = []
    for item in items:
        if not _calls_on(item):
            continue
        assistant_id = _linked(item, "assistant")
        if assistant_id is not None:
            found.append(Campaign(known.shown(str(item.get("name"))), assistant_id))
        elif "assistant_id" not in item:
            raise UnreadableAnswer("the list of campaigns holds one that names no assistant")
    return tuple(found)


def _calls_on(campaign: Mapping[str, Any]) -> bool:
    """Whether a campaign has calls to make.

    Its counts decide; its status does not say. Where a count is missing, a status that is not
    ``completed`` counts as in use, too, and so does a count that is no number.
    """
    stats = campaign.get("row_stats")
    counts = [stats.get(name) for name in _TO_MAKE] if isinstance(stats, Mapping) else [stats]
    told = [count for count in counts if isinstance(count, int | float)]
    if len(told) < sum(count is not None for count in counts):
        return True
    if any(told) or len(told) == len(_TO_MAKE):
        return any(told)
    return campaign.get("status") != _COMPLETED


def search(assistant_ids: Iterable[str], page: int, size: int) -> dict[str, Any]:
    """Return the body of POST /call/search for the calls that wait for these assistants."""
    lists = ("assignee_ids", "campaign_ids", "directions", "from_phone_numbers", "outcomes")
    return {
        **{name: [] for name in (*lists, "results")},
        "assistant_ids": list(assistant_ids),
        "statuses": list(WAITING),
        "page": page,
        "page_size": size,
    }


def assistants_waited_for(calls: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield for each call that waits the id of its assistant.

    Raises UnreadableAnswer for one that does not tell it.
    """
    for call in calls:
        if call.get("status") in _OVER:  # of one that nobody knows, what was asked for tells
            continue
        assistant_id = _linked(call, "assistant")
        if assistant_id is None:
            raise UnreadableAnswer("a call that waits does not name its assistant")
        yield assistant_id


def answered_by(answer: Any) -> str | None:
    """Return the id of the assistant that answers the number of a PATCH's answer, if it tells."""
    inner = answer.get("phone_number") if isinstance(answer, dict) else None
    # A number's own digits, where there is no envelope.
    number = inner if isinstance(inner, dict) else answer
    with suppress(UnreadableAnswer):
        return _linked(number, "inbound_assistant") if isinstance(number, dict) else None
    return None


def _linked(item: Mapping[str, Any], name: str) -> str | None:
    """Return the id of a linked assistant: answers embed it whole, requests name its id.

    Raises UnreadableAnswer for a link that is told in another way: it is not the same as none.
    """
    for key in (name, f"{name}_id"):
        told = item.get(key)
        found = told.get("id") if isinstance(told, Mapping) else told
        if is_id(found):
            return str(found)
        if told:
            raise UnreadableAnswer(f'"{key}" does not tell the id of an assistant')
    for key, value in item.items():
        if value and "assistant" in key.lower():
            raise UnreadableAnswer(f'"{key}" may name an assistant in a way that is not known')
    return None
