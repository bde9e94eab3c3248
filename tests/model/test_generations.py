"""What each generation of the API has: every field, member and value from its first release on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from revox_sync.model.fields import FIELDS
from revox_sync.model.generations import (
    Generation,
    generation_of,
    is_current,
    outside,
)
from revox_sync.model.shapes import Exact, ListOf, Member, Number, Object, SetOf

Fields = dict[str, Any]

GENERATIONS: tuple[Generation, ...] = ("seed", "0.3.0", "0.5.0")

WINDOW = {"calling_window_start_time": "9am", "calling_window_end_time": "6pm"}
RETRY = {"calling_windows": [], "max_retry_attempts": 3}
VOICE = {"id": "v", "provider": "cartesia"}
SLACK = {"connection_id": "c", "outcomes": []}
CHANNELS = {"channels": [{"id": "C1"}]}
ZOHO = {
    "connection_id": "c",
    "module": "Leads",
    "field_mapping": [],
    "log_call_activity": True,
    "outcomes": [],
}

#: Documented: what came with release 0.2.0, with 0.4.0, and what is gone since 0.4.0.
CAME_FIRST: Fields = {
    "after_call_sms_outcomes": ["none"],
    "after_call_sms_prompt": "p",
    "background_sound_volume": 0.5,
    "cartesia_dictionary_pronunciation_id": "d",
    "custom_tools": [],
    "email_notification_address": "a@example.com",
    "email_notification_outcomes": None,
    "from_phone_number": "+33123456789",
    "human_transfer_mode": "warm",
    "logo_url": "https://example.com",
    "max_duration_end_message": "m",
    "position": {"x": 1, "y": 2},
    "prompt_flow": {"nodes": [], "edges": []},
    "sms_enabled": True,
    "sms_template": "t",
    "structured_output_prompt": "p",
    "stt_context": {"general": [], "terms": []},
    "stt_model": "stt-rt-v5",
    "thinking_sound": None,
    "thinking_sound_probability": 1,
    "thinking_sound_volume": 0,
    "type": "standalone",
    "voicemail_sms_prompt": "p",
    "warm_transfer_summary_instructions": "w",
    "zoho": ZOHO,
}
CAME_LAST: Fields = {
    "precall_lookup_url": "https://example.com/{{phone}}",
    "transfer_destinations": [],
}
WENT = ("transfer_phone_number", "email_notification_language")
OUTCOMES = ("requested_callback_new_number", "do_not_contact", "ai_averse")


class Life(NamedTuple):
    """A member or value: the fields that state it, its place, and the releases that bound it."""

    place: str
    fields: Fields
    since: str = "seed"
    until: str | None = None


def outcomes_gone() -> Iterator[Life]:
    """Yield the outcomes that are gone, wherever they may stand."""
    for outcome in OUTCOMES:
        for name in ("after_call_sms_outcomes", "email_notification_outcomes"):
            yield Life(f"{name}[1]", {name: ["none", outcome]}, until="0.3.0")
        stated = {**ZOHO, "outcomes": [outcome]}
        yield Life("zoho.outcomes[0]", {"zoho": stated}, until="0.3.0")


LIVES = (
    Life(
        "call_retry_config.allowed_days",
        {"call_retry_config": {**RETRY, "allowed_days": ["monday"]}},
        "0.2.0",
    ),
    Life(
        "call_retry_config.call_twice_in_a_row",
        {"call_retry_config": {**RETRY, "call_twice_in_a_row": False}},
        "0.2.0",
    ),
    Life(
        "call_retry_config.calling_windows[0].retry_delay_seconds",
        {
            "call_retry_config": {
                **RETRY,
                "calling_windows": [{**WINDOW, "retry_delay_seconds": 0}],
            }
        },
        "0.4.0",
    ),
    Life("voice.model", {"voice": {**VOICE, "model": "sonic-3"}}, "0.2.0"),
    Life("voice.volume", {"voice": {**VOICE, "volume": 1}}, "0.2.0"),
    Life("voice.provider", {"voice": {**VOICE, "provider": "gradium"}}, "0.4.0"),
    Life(
        "llm_model.type",
        {"llm_model": {"type": "custom", "api_url": "u", "api_key": "k", "model_name": "m"}},
        "0.2.0",
    ),
    Life(
        "llm_model.type",
        {
            "llm_model": {
                "type": "realtime",
                "provider": "openai",
                "realtime_model_id": "m",
                "realtime_voice_id": "v",
            }
        },
        "0.2.0",
    ),
    *outcomes_gone(),
)


def is_in(generation: Generation, since: str, until: str | None) -> bool:
    """Whether something of this life is part of a generation."""
    order = ("seed", "0.2.0", "0.3.0", "0.4.0", "0.5.0")
    now = order.index(generation)
    return order.index(since) <= now <= order.index(until or "0.5.0")


def places(fields: Fields, generation: Generation) -> list[str]:
    """Return where ``fields`` state what the generation does not have."""
    return [_spelt(found.path) for found in outside(fields, generation)]


def _spelt(path: tuple[str | int, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("name", CAME_FIRST)
def test_a_field_of_release_0_2_0_is_in_every_later_generation(
    name: str, generation: Generation
) -> None:
    expected = [name] if generation == "seed" else []
    assert places({name: CAME_FIRST[name]}, generation) == expected


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("name", CAME_LAST)
def test_a_field_of_release_0_4_0_is_in_the_last_generation(
    name: str, generation: Generation
) -> None:
    expected = [] if generation == "0.5.0" else [name]
    assert places({name: CAME_LAST[name]}, generation) == expected


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_went_with_release_0_4_0_is_in_no_later_generation(generation: Generation) -> None:
    phone = places({"transfer_phone_number": "+33123456789"}, generation)
    assert phone == (["transfer_phone_number"] if generation == "0.5.0" else [])
    language = places({"email_notification_language": "en"}, generation)
    assert language == ([] if generation == "0.3.0" else ["email_notification_language"])


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.place)
def test_a_member_or_value_is_in_the_generations_of_its_releases(
    life: Life, generation: Generation
) -> None:
    [name] = life.fields
    if not is_in(generation, FIELDS[name].since, FIELDS[name].until):
        assert places(life.fields, generation) == [name]
        return
    alive = is_in(generation, life.since, life.until)
    assert places(life.fields, generation) == ([] if alive else [life.place])


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
        ("0.5.0", {**SLACK, **CHANNELS, "outcomes": [OUTCOMES[0]]}, ["slack.outcomes[0]"]),
        ("0.5.0", SLACK, ["slack"]),
    ],
)
def test_slack_speaks_of_channels_or_of_one_channel(
    generation: Generation, stated: Fields, expected: list[str]
) -> None:
    assert places({"slack": stated}, generation) == expected


def test_the_lives_above_are_all_that_the_table_knows() -> None:
    """Places whose life the table bounds, by their own dates or those of single values."""
    above = {*CAME_FIRST, *CAME_LAST, *WENT, "slack"}
    above |= {"slack.channels", "slack.channel_id", "slack.channel_name", "slack.outcomes[]"}
    for life in LIVES:
        above.add("".join(c for c in life.place if not c.isdigit()))
        [(name, value)] = life.fields.items()
        if life.place == f"{name}.type":
            above |= {f"{name}.{member}" for member in value}
    bounded = {place for name, spec in FIELDS.items() for place in _bounded(name, spec)}
    assert bounded == above


def _bounded(place: str, member: Member) -> Iterator[str]:
    shape = member.shape
    values = isinstance(shape, Exact | Number) and bool(shape.since)
    values = values or (isinstance(shape, Exact) and bool(shape.until))
    if member.since != "seed" or member.until is not None or values:
        yield place
    if isinstance(shape, ListOf | SetOf):
        yield from _bounded(f"{place}[]", Member(shape.item))
    elif isinstance(shape, Object):
        for name, inner in shape.members.items():
            yield from _bounded(f"{place}.{name}", inner)


@pytest.mark.parametrize(
    ("generation", "fields", "message"),
    [
        (
            "0.5.0",
            {"transfer_phone_number": "+33123456789"},
            "this account no longer has transfer_phone_number; "
            "its successor is transfer_destinations",
        ),
        (
            "0.5.0",
            {"slack": {**SLACK, "channel_id": "C1"}},
            "this account no longer has slack.channel_id; its successor is slack.channels",
        ),
        (
            "0.5.0",
            {"email_notification_language": "en"},
            "this account no longer has email_notification_language",
        ),
        (
            "0.5.0",
            {"after_call_sms_outcomes": ["ai_averse"]},
            "this account no longer has after_call_sms_outcomes[0]: ai_averse",
        ),
        (
            "0.3.0",
            {"voice": {**VOICE, "provider": "gradium"}},
            "this account speaks an API before 0.4.0, which has no voice.provider: gradium",
        ),
        (
            "seed",
            {"sms_enabled": True},
            "this account speaks the first API (profile seed), which has no sms_enabled",
        ),
        ("0.5.0", {"slack": SLACK}, "this account needs slack.channels"),
        ("0.3.0", {"slack": SLACK}, "this account needs slack.channel_id"),
    ],
)
def test_what_is_wrong_is_told_with_its_successor(
    generation: Generation, fields: Fields, message: str
) -> None:
    assert [found.message for found in outside(fields, generation)] == [message]


@pytest.mark.parametrize(
    ("generation", "fields", "hint"),
    [
        ("0.5.0", {"transfer_phone_number": "+33"}, "state transfer_destinations instead"),
        ("0.5.0", {"slack": {**SLACK, "channel_id": "C"}}, "state slack.channels instead"),
        ("0.3.0", {"slack": {**SLACK, **CHANNELS}}, "state slack.channel_id instead"),
        ("0.3.0", {"precall_lookup_url": None}, "remove it"),
        ("0.3.0", {"voice": {**VOICE, "provider": "gradium"}}, "state another value"),
        ("seed", {"sms_enabled": True}, "say so with --profile current"),
        ("0.5.0", {"transfer_phone_number": "+33"}, "say so with --profile seed"),
    ],
)
def test_the_way_on_is_told(generation: Generation, fields: Fields, hint: str) -> None:
    [found] = outside(fields, generation)
    assert hint in found.hint


def test_what_the_assistants_report_is_spoken_whatever_the_documents_say() -> None:
    stated = {"transfer_phone_number": "+33123456789", "voice": {**VOICE, "model": "sonic-3"}}
    assert list(outside(stated, "0.5.0", {"transfer_phone_number"})) == []
    later = {**CAME_LAST, "sms_enabled": True}
    found = outside(later, "seed", {"precall_lookup_url", "sms_enabled"})
    assert [one.path for one in found] == [("transfer_destinations",)]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_field_that_this_version_does_not_know_is_never_outside(generation: Generation) -> None:
    assert places({"brand_new": {"deep": [1]}}, generation) == []


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("value", [None, True, 7, "text", [], ["x", None], {}, {"x": 1}])
def test_no_value_breaks_the_look(value: Any, generation: Generation) -> None:
    for name in FIELDS:
        found = places({name: value}, generation)
        assert all(place.startswith(name) for place in found)


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
    later = {*CAME_FIRST, *CAME_LAST, "slack", "email_notification_language"}
    assert all(is_current({"name", name}) for name in later)
    assert not is_current(FIELDS.keys() - later)
