"""What each generation of the API has. The dates themselves are held against the documents."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.model.fields import FIELDS
from revox_sync.model.generations import Generation, generation_of, is_current, outside
from revox_sync.model.path import path_text

GENERATIONS: tuple[Generation, ...] = ("seed", "0.3.0", "0.5.0")
SLACK = {"connection_id": "c", "outcomes": []}
CHANNELS = {"channels": [{"id": "C1"}]}


def places(fields: dict[str, Any], generation: Generation) -> list[str]:
    """Return where ``fields`` state what the generation does not have."""
    return [path_text(found.path) for found in outside(fields, generation)]


@pytest.mark.parametrize(
    ("generation", "stated", "expected"),
    [
        ("seed", {**SLACK, **CHANNELS}, ["slack"]),
        ("0.3.0", {**SLACK, "channel_id": "C1", "channel_name": None}, []),
        ("0.3.0", {**SLACK, **CHANNELS}, ["slack.channels"]),
        ("0.3.0", SLACK, ["slack"]),
        ("0.5.0", {**SLACK, **CHANNELS}, []),
        (
            "0.5.0",
            {**SLACK, "channel_id": "C1", "channel_name": "c"},
            ["slack.channel_id", "slack.channel_name"],
        ),
        ("0.5.0", {**SLACK, **CHANNELS, "outcomes": ["ai_averse"]}, ["slack.outcomes[0]"]),
        ("0.5.0", SLACK, ["slack"]),
    ],
)
def test_slack_speaks_of_channels_or_of_one_channel(
    generation: Generation, stated: dict[str, Any], expected: list[str]
) -> None:
    assert places({"slack": stated}, generation) == expected


def test_of_a_kind_that_an_account_does_not_have_only_the_kind_is_told() -> None:
    model = {"type": "realtime", "provider": "openai", "realtime_voice_id": "v"}
    assert places({"llm_model": model}, "seed") == ["llm_model.type"]
    assert places({"llm_model": model}, "0.3.0") == []


@pytest.mark.parametrize(
    ("generation", "fields", "hint"),
    [
        ("0.3.0", {"slack": {**SLACK, **CHANNELS}}, "state slack.channel_id instead"),
        ("0.3.0", {"precall_lookup_url": None}, "remove it"),
        ("0.3.0", {"voice": {"id": "v", "provider": "gradium"}}, "state another value"),
        ("0.5.0", {"after_call_sms_outcomes": ["ai_averse"]}, "remove it"),
    ],
)
def test_what_to_do_is_told(generation: Generation, fields: dict[str, Any], hint: str) -> None:
    [found] = outside(fields, generation)
    assert found.hint == hint


def test_what_the_assistants_report_is_spoken_whatever_the_documents_say() -> None:
    stated = {"transfer_phone_number": "+33123456789", "voice": {"id": "v", "model": "sonic-3"}}
    assert list(outside(stated, "0.5.0", {"transfer_phone_number"})) == []
    later = {"precall_lookup_url": None, "transfer_destinations": [], "sms_enabled": True}
    found = outside(later, "seed", {"precall_lookup_url", "sms_enabled"})
    assert [one.path for one in found] == [("transfer_destinations",)]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("value", [None, True, 7, "text", [], ["x", None], {}, {"x": 1}])
def test_no_value_breaks_the_look(value: Any, generation: Generation) -> None:
    for name in FIELDS:
        found = places({name: value}, generation)
        assert all(place.startswith(name) for place in found)
    assert places({"brand_new": {"deep": value}}, generation) == []


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (set(), "0.5.0"),
        ({"sms_enabled"}, "0.5.0"),
        ({"sms_enabled", "transfer_phone_number"}, "0.3.0"),
        ({"email_notification_language"}, "0.3.0"),
        ({"transfer_destinations"}, "0.5.0"),
        ({"transfer_destinations", "transfer_phone_number"}, "0.5.0"),
    ],
)
def test_the_generation_is_known_by_what_assistants_report(
    members: set[str], expected: str
) -> None:
    assert generation_of("current", members) == expected
    assert generation_of("seed", members) == "seed"


def test_an_account_is_todays_when_it_reports_one_later_field() -> None:
    later = {name for name, spec in FIELDS.items() if spec.since != "seed"}
    assert all(is_current({"name", name}) for name in later)
    assert not is_current(FIELDS.keys() - later)
