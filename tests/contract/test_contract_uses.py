"""What is read of numbers, campaigns, calls and voices is what the official SDK says there is."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from revox import types

from revox_sync.account.uses import WAITING


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
    ("response", "paths"),
    [
        (
            "PhoneNumberListResponse",
            [
                "phone_numbers.id",
                "phone_numbers.phone_number",
                "phone_numbers.inbound_assistant.id",
            ],
        ),
        (
            "CampaignListResponse",
            [
                *("campaigns.assistant_id", "campaigns.name", "campaigns.status"),
                *(f"campaigns.row_stats.{one}" for one in ("calling", "not_launched", "pending")),
                "campaigns.row_stats.retry",
            ],
        ),
        ("CallSearchResponse", ["calls.assistant.id", "calls.status", "total_count"]),
        ("VoiceListResponse", ["voices.id", "voices.provider", "voices.modelCompat"]),
        ("VoiceRetrieveResponse", ["voice.id", "voice.name"]),
    ],
)
def test_the_sdk_has_what_is_read(response: str, paths: list[str]) -> None:
    for path in paths:
        assert at(getattr(types, response), *path.split(".")) is not None, path


def test_the_statuses_of_waiting_calls_are_those_of_the_sdk() -> None:
    told = words(at(types.CallSearchResponse, "calls", "status"))
    ended = {"post_processing", "completed", "cancelled", "errored"}
    assert told - ended == set(WAITING)
