"""What is read of numbers, campaigns, calls and voices is what the official SDK says there is."""

from __future__ import annotations

from typing import Any, Literal, Required, get_args, get_origin

import pytest
from contract.annotations import of_sdk
from pydantic import BaseModel
from typing_extensions import get_type_hints

from revox_sync.account.uses import WAITING, campaigns_of, search
from revox_sync.secrecy.values import Known


def at(kind: Any, *path: str) -> Any:
    """Return the type of a member of a response, through lists and what may be null."""
    for name in path:
        while not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            kind = next(one for one in get_args(kind) if one is not type(None))
        fields = {one.alias or key: one for key, one in kind.model_fields.items()}
        kind = fields[name].annotation
    return kind


def words(kind: Any) -> set[str]:
    """Return the words of a type that holds some."""
    if get_origin(kind) is None:
        return set()
    return {one for one in get_args(kind) if isinstance(one, str)} | {
        word for one in get_args(kind) for word in words(one)
    }


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (
            "PhoneNumberListResponse",
            {
                str: [
                    *("phone_numbers.id", "phone_numbers.phone_number"),
                    "phone_numbers.inbound_assistant.id",
                ]
            },
        ),
        (
            "PhoneNumberUpdateResponse",
            {str: ["phone_number.id", "phone_number.inbound_assistant.id"]},
        ),
        (
            "CampaignListResponse",
            {
                str: ["campaigns.assistant_id", "campaigns.name"],
                Literal: ["campaigns.status"],
                float: [
                    *(f"campaigns.row_stats.{one}" for one in ("calling", "not_launched")),
                    *(f"campaigns.row_stats.{one}" for one in ("pending", "retry")),
                ],
            },
        ),
        (
            "CallSearchResponse",
            {str: ["calls.assistant.id"], Literal: ["calls.status"], float: ["total_count"]},
        ),
        (
            "VoiceListResponse",
            {
                str: ["voices.id", "voices.name", "voices.description"],
                Literal: ["voices.provider", "voices.language", "voices.modelCompat"],
            },
        ),
        ("VoiceRetrieveResponse", {str: ["voice.id", "voice.name"]}),
        (
            "AssistantListResponse",
            {
                str: [
                    *(f"assistants.{one}.connection_id" for one in ("calendly", "slack", "zoho")),
                    *("assistants.from_phone_number", "assistants.faq_items.question"),
                ],
                bool: ["assistants.faq_items.needs_human_answer"],
            },
        ),
    ],
)
def test_the_sdk_has_what_is_read(response: str, told: dict[Any, list[str]]) -> None:
    for wanted, paths in told.items():
        for path in paths:
            kind = at(of_sdk(response), *path.split("."))
            options = [one for one in get_args(kind) if one is not type(None)] or [kind]
            kinds = {get_origin(one) or one for one in (kind, *options)}
            assert wanted in kinds, (path, kind)


def test_what_is_asked_is_what_the_sdk_asks() -> None:
    body = search(["a"], 0, 100)
    hints = get_type_hints(of_sdk("CallSearchParams"), include_extras=True)
    required = {name for name, kind in hints.items() if get_origin(kind) is Required}
    assert body.keys() == required
    assert set(WAITING) <= words(hints["statuses"])


def test_counts_may_be_told_as_the_sdk_types_them() -> None:
    stats = dict.fromkeys(("calling", "completed", "failed", "not_launched", "pending"), 0.0)
    held = {"assistant_id": "a", "name": "Spring", "status": "completed"}
    used = {**held, "row_stats": {**stats, "retry": 2.0, "skipped": 0.0, "total": 2.0}}
    over = {**held, "row_stats": {**stats, "retry": 0.0, "skipped": 0.0, "total": 2.0}}
    assert [one.name for one in campaigns_of([used, over], Known())] == ["Spring"]


def test_the_statuses_of_waiting_calls_are_those_of_the_sdk() -> None:
    told = words(at(of_sdk("CallSearchResponse"), "calls", "status"))
    ended = {"post_processing", "completed", "cancelled", "errored"}
    assert told - ended == set(WAITING)
