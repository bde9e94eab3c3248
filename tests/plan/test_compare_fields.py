"""What a definition states against what the account holds, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from planning import changed, compared, definition, remote

from revox_sync.definitions.definition import SyncOptions
from revox_sync.plan.model import Rules

WINDOW = {
    "calling_window_start_time": "9am",
    "calling_window_end_time": "6pm",
    "retry_delay_seconds": 600,
}
RETRY = {"calling_windows": [WINDOW], "max_retry_attempts": 3}
EVENING = {**WINDOW, "calling_window_start_time": "19:00", "calling_window_end_time": "8pm"}
DESTINATIONS = [{"label": one, "phone_number": "+33123456789"} for one in "ba"]
VOICE = {"id": "v", "provider": "cartesia"}
OUTPUT = {"name": "size", "required": True, "type": "string"}
DEDICATED = {"type": "dedicated-instance", "name": "gpt-4.1"}
OPENROUTER = {"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "p"}


@pytest.mark.parametrize(
    ("field", "stated", "held"),
    [
        ("max_call_duration_secs", 600, 600.0),
        ("first_sentence", "Hello\nyou", "Hello\r\nyou\r\n"),
        ("structured_output_config", [], None),
        ("structured_output_config", None, []),
        ("structured_output_config", [OUTPUT], [{**OUTPUT, "enum_options": None}]),
        ("voice", {**VOICE, "speed": None}, VOICE),
        ("voice", {**VOICE, "speed": None}, {**VOICE, "speed": 1}),
        ("voice", {**VOICE, "speed": 1.0}, {**VOICE, "speed": None}),
        ("voice", VOICE, {**VOICE, "speed": 1.4, "volume": 2}),
        ("call_retry_config", RETRY, {**RETRY, "timezone": "UTC", "allowed_days": []}),
        ("call_retry_config", {**RETRY, "timezone": None}, RETRY),
        (
            "call_retry_config",
            {**RETRY, "calling_windows": [EVENING, WINDOW]},
            {**RETRY, "calling_windows": [WINDOW, EVENING]},
        ),
        ("transfer_destinations", DESTINATIONS, DESTINATIONS[::-1]),
        ("calendly", None, None),
        ("voicemail_message", None, None),
    ],
)
def test_values_that_mean_the_same_are_no_change(field: str, stated: Any, held: Any) -> None:
    assert changed(definition(**{field: stated}), remote(**{field: held})) == []


@pytest.mark.parametrize(
    ("field", "stated", "held", "path", "op"),
    [
        ("first_sentence_delay_ms", 1, True, "first_sentence_delay_ms", "change"),
        ("ivr_navigation_enabled", True, 1, "ivr_navigation_enabled", "change"),
        ("ivr_navigation_enabled", False, None, "ivr_navigation_enabled", "add"),
        ("voicemail_message", "", None, "voicemail_message", "add"),
        ("voicemail_message", None, "", "voicemail_message", "remove"),
        ("background_sound", None, "audio/office.ogg", "background_sound", "remove"),
        ("voice", {**VOICE, "speed": 1.05}, VOICE, "voice.speed", "change"),
        ("voice", {**VOICE, "speed": None}, {**VOICE, "speed": 1.2}, "voice.speed", "change"),
        ("voice", VOICE, None, "voice", "add"),
        ("llm_model", OPENROUTER, DEDICATED, "llm_model", "change"),
        ("structured_output_config", [OUTPUT], [], "structured_output_config", "add"),
        ("structured_output_config", None, [OUTPUT], "structured_output_config", "remove"),
        (
            "call_retry_config",
            {**RETRY, "timezone": "UTC"},
            RETRY,
            "call_retry_config.timezone",
            "add",
        ),
        (
            "call_retry_config",
            RETRY,
            {**RETRY, "calling_windows": [{**WINDOW, "calling_window_end_time": "18:30"}]},
            "call_retry_config.calling_windows[0].calling_window_end_time",
            "change",
        ),
    ],
)
def test_values_that_mean_something_else_are_one_change(
    field: str, stated: Any, held: Any, path: str, op: str
) -> None:
    assert changed(definition(**{field: stated}), remote(**{field: held})) == [(path, op)]


def test_a_change_shows_canonical_values_of_both_sides() -> None:
    [change] = compared(
        definition(prompt="You are new.\r\n"), remote(prompt="You are old.\n\n")
    ).changes
    assert (change.before, change.after) == ("You are old.", "You are new.")


def test_an_ignored_field_is_neither_compared_nor_sent_nor_created() -> None:
    stated = definition(voicemail_message="New", sync=SyncOptions(ignore=("voicemail_message",)))
    for held in (remote(voicemail_message="Old"), None):
        found = compared(stated, held)
        assert "voicemail_message" not in found.body
        assert "voicemail_message" not in {change.field for change in found.changes}
        assert found.notes == ("ignored, though the definition states it: voicemail_message",)


def test_fields_come_in_the_order_of_the_table() -> None:
    stated = definition(voice=VOICE, first_sentence="Hello", name="x", prompt="y")
    order = [change.field for change in compared(stated, remote()).changes]
    assert order == ["name", "first_sentence", "prompt", "voice"]


RESET = Rules("seed", absent="reset")


def test_an_absent_retry_config_goes_back_to_all_its_defaults() -> None:
    rest = {
        "calling_windows": [
            {
                "calling_window_start_time": "10am",
                "calling_window_end_time": "6pm",
                "retry_delay_seconds": 7200,
            }
        ],
        "max_retry_attempts": 3,
    }
    assert changed(definition(), remote(call_retry_config=rest), RESET) == []
    moved = {**rest, "max_retry_attempts": 5}
    assert changed(definition(), remote(call_retry_config=moved), RESET) == [
        ("call_retry_config.max_retry_attempts", "change")
    ]


def test_an_absent_retry_config_loses_its_time_zone_too() -> None:
    """Documented default of ``timezone``: null, which takes the zone from the number."""
    found = compared(
        definition(), remote(call_retry_config={**RETRY, "timezone": "Europe/Paris"}), RESET
    )
    assert "call_retry_config.timezone" in [change.path for change in found.changes]
    assert found.body["call_retry_config"]["timezone"] is None


@pytest.mark.parametrize("stated", [{}, {"prompt_flow": {"nodes": [], "edges": []}}])
def test_a_new_prompt_says_that_the_flow_editor_keeps_the_earlier_one(
    stated: dict[str, Any],
) -> None:
    flow = {"nodes": [{"id": "1"}], "edges": []}
    new = definition(prompt="Be brief.", **stated)
    told = any("flow editor" in note for note in compared(new, remote(prompt_flow=flow)).notes)
    assert told is (not stated)
    assert compared(new, remote()).notes == ()
    same = definition(first_sentence="Hello.")
    assert compared(same, remote(prompt_flow=flow)).notes == ()
