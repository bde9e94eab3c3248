"""Definitions that state every field of a generation of the API, and accounts beside the two.

The values are valid by the API's documents; the lists of fields are those of the test service.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import pytest
from support import contract, service
from support.contract import FRESH, REQUEST_FIELDS, RETRY_MEMBERS
from support.desk import Desk, MakeDesk

#: The fields of SDK 0.2.0 and 0.3.0.
EARLIER = (
    *(
        name
        for name in REQUEST_FIELDS["current"]
        if name not in ("transfer_destinations", "precall_lookup_url")
    ),
    "transfer_phone_number",
    "email_notification_language",
)
FIELDS = MappingProxyType({**REQUEST_FIELDS, "0.3.0": EARLIER})

_WINDOW = {
    "calling_window_start_time": "09:00",
    "calling_window_end_time": "17:00",
    "retry_delay_seconds": 600,
}
#: The shape of profile ``seed``; later accounts need two members more.
RETRY: dict[str, Any] = {
    "calling_windows": [_WINDOW],
    "max_retry_attempts": 2,
    "timezone": "Europe/Paris",
}
LATER_RETRY = {**RETRY, "allowed_days": ["monday", "saturday"], "call_twice_in_a_row": True}
TOOL = {
    "name": "free_rooms",
    "description": "Is a room free?",
    "method": "POST",
    "url": "https://hooks.example.com/rooms",
    "headers": [],
    "query_params": [],
    "body_template": None,
    "input_schema": [{"name": "night", "type": "date", "required": True, "description": "When"}],
}
CHANNELS = {
    "connection_id": "slack-1",
    "channels": [{"id": "C01", "name": "desk"}],
    "outcomes": ["interested"],
    "template": None,
}
CHANNEL = {
    "connection_id": "slack-1",
    "channel_id": "C01",
    "channel_name": "desk",
    "outcomes": ["interested", "ai_averse"],
}
ZOHO = {
    "connection_id": "zoho-1",
    "module": "Leads",
    "field_mapping": [{"source": "email", "zoho_field": "Email"}],
    "log_call_activity": True,
    "outcomes": ["interested"],
}
VOICE = {"provider": "cartesia", "id": "65b25c5d", "speed": 1.05}
DEDICATED = {"type": "dedicated-instance", "name": "gpt-4.1"}
OPENROUTER = {"type": "openrouter", "openrouter_model_id": "m/1", "openrouter_provider": "azure"}
REALTIME = {"type": "realtime", "provider": "openai", "realtime_model_id": "gpt-realtime"}
OUTPUT = {"name": "nights", "type": "number", "required": True}
NODE = {
    "id": "a",
    "type": "promptBlock",
    "position": {"x": 0, "y": 1.5},
    "data": {"title": "Greeting", "body": "Greet."},
}

#: Two values for every field of today's API but ``name``, whose change is another matter.
VALUES: MappingProxyType[str, tuple[Any, Any]] = MappingProxyType(
    {
        "prompt": ("Be kind. Reception, Bar.", "Be kind and brief. Reception, Bar."),
        "background_sound": ("audio/office.ogg", None),
        "calendly": (
            {"connection_id": "c1", "event_type_id": "https://api.calendly.com/event_types/1"},
            {"connection_id": "c1", "event_type_id": "https://api.calendly.com/event_types/2"},
        ),
        "call_retry_config": (LATER_RETRY, {**LATER_RETRY, "timezone": None}),
        "end_of_call_sentence": ("Goodbye.", "See you."),
        "faq_items": ([{"question": "Dogs?", "answer": "Yes."}], []),
        "first_sentence": ("Hello.", "Good evening."),
        "first_sentence_delay_ms": (250, 0),
        "first_sentence_mode": ("static", "generated"),
        "ivr_navigation_enabled": (True, False),
        "llm_model": (OPENROUTER, REALTIME),
        "max_call_duration_secs": (420.5, 600),
        "structured_output_config": ([OUTPUT], []),
        "voice": (VOICE, {**VOICE, "model": "sonic-3.5", "volume": 1.5}),
        "voicemail_message": ("Please call again.", None),
        "webhook_url": ("https://hooks.example.com/a", "https://hooks.example.com/b"),
        "after_call_sms_outcomes": (["interested", "none"], []),
        "after_call_sms_prompt": ("Thank the guest.", None),
        "background_sound_volume": (0.25, 0),
        "cartesia_dictionary_pronunciation_id": ("dict-1", None),
        "custom_tools": ([TOOL], []),
        "email_notification_address": ("a@example.com, b@example.com", None),
        "email_notification_outcomes": (["completed"], ["completed", "none"]),
        "from_phone_number": ("+33159169001", None),
        "human_transfer_mode": ("warm", "cold"),
        "logo_url": ("https://example.com/logo.png", None),
        "max_duration_end_message": ("I must hang up.", None),
        "position": ({"x": 12.5, "y": -3}, {"x": 1, "y": 2}),
        "precall_lookup_url": ("https://crm.example.com/?phone={{phone}}", None),
        "prompt_flow": ({"nodes": [NODE], "edges": []}, None),
        "slack": (CHANNELS, {**CHANNELS, "channels": [{"id": "C02"}]}),
        "sms_enabled": (True, False),
        "sms_template": ("See {{url}}", None),
        "structured_output_prompt": ("From {{transcript}}.", None),
        "stt_context": (
            {"general": [{"key": "domain", "value": "hotel"}], "terms": ["Lumière"]},
            {"general": [{"key": "domain", "value": "spa"}], "terms": ["Spa"]},
        ),
        "stt_model": ("stt-rt-v4", "stt-rt-v5"),
        "thinking_sound": ("keyboard-typing.ogg", "hold_music.ogg"),
        "thinking_sound_probability": (0.75, 1),
        "thinking_sound_volume": (0.1, 0),
        "transfer_destinations": (
            [{"label": "Reception", "phone_number": "+33159169001"}],
            [
                {"label": "Bar", "phone_number": "+33159169002"},
                {"label": "Reception", "phone_number": "+33159169001"},
            ],
        ),
        "type": ("standalone", "standalone"),
        "voicemail_sms_prompt": ("Sorry we missed you.", None),
        "warm_transfer_summary_instructions": ("Name the guest.", None),
        "zoho": (ZOHO, {**ZOHO, "outcomes": []}),
    }
)

#: What other generations take in their place.
OTHERWISE: MappingProxyType[str, dict[str, tuple[Any, Any]]] = MappingProxyType(
    {
        "current": {},
        "seed": {
            "call_retry_config": (RETRY, {**RETRY, "timezone": None}),
            "llm_model": (OPENROUTER, DEDICATED),
            "voice": (VOICE, {**VOICE, "speed": 1}),
            "transfer_phone_number": ("+33123456789", None),
        },
        "0.3.0": {
            "transfer_phone_number": ("+33123456789", "+33123456780"),
            "email_notification_language": ("fr", "en"),
            "slack": (CHANNEL, {**CHANNEL, "channel_id": "C02"}),
            "zoho": (ZOHO, {**ZOHO, "outcomes": ["do_not_contact"]}),
            "after_call_sms_outcomes": (["requested_callback_new_number"], []),
        },
    }
)


def values_of(generation: str) -> dict[str, tuple[Any, Any]]:
    """Return two values for every field of a generation but ``name``."""
    known = {**VALUES, **OTHERWISE[generation]}
    return {name: known[name] for name in FIELDS[generation] if name != "name"}


def everything(generation: str = "current") -> dict[str, Any]:
    """Return the first value of every field of a generation but ``name``."""
    return {name: first for name, (first, _) in values_of(generation).items()}


def earlier(make: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk whose service is of SDK 0.3.0."""
    _teach(monkeypatch, "0.3.0", EARLIER, email_notification_language="en")
    return make(generation="0.3.0")


def later(make: MakeDesk, monkeypatch: pytest.MonkeyPatch, *fields: str) -> Desk:
    """Return a desk whose service has ``fields`` beside those of today's API."""
    _teach(monkeypatch, "later", (*REQUEST_FIELDS["current"], *fields))
    return make(generation="later")


def _teach(
    monkeypatch: pytest.MonkeyPatch, generation: str, fields: Sequence[str], **fresh: Any
) -> None:
    """Let the tables of the test service hold one more generation, as long as a test runs."""
    known = {**REQUEST_FIELDS, generation: tuple(fields)}
    retry = {**RETRY_MEMBERS, generation: RETRY_MEMBERS["current"]}
    monkeypatch.setattr(contract, "REQUEST_FIELDS", known)
    monkeypatch.setattr(contract, "RETRY_MEMBERS", retry)
    monkeypatch.setattr(service, "REQUEST_FIELDS", known)
    monkeypatch.setattr(service, "FRESH", {**FRESH, generation: {**FRESH["current"], **fresh}})
