"""One assistant that states every field and every member, for checks that need no luck."""

from __future__ import annotations

import copy
from typing import Any

from properties.documented import CLEARABLE, REMOVED, SEED

Fields = dict[str, Any]

#: The members that profile seed does not have, by field.
_LATER = {
    "call_retry_config": ("allowed_days", "call_twice_in_a_row"),
    "voice": ("model", "volume"),
}
#: The members of ``slack`` that ``channels`` took the place of.
_BEFORE_CHANNELS = ("channel_id", "channel_name")


def everything() -> Fields:
    """Return all 47 fields that some generation has, with all their members."""
    return {
        "name": "Front desk",
        "prompt": "You are kind.\nBe brief.",
        "background_sound": "audio/office.ogg",
        "calendly": {"connection_id": "c1", "event_type_id": "https://api.calendly.com/e/1"},
        "call_retry_config": {
            "calling_windows": [
                {
                    "calling_window_start_time": "9am",
                    "calling_window_end_time": "12:00",
                    "retry_delay_seconds": 600,
                },
                {
                    "calling_window_start_time": "14:00",
                    "calling_window_end_time": "6pm",
                    "retry_delay_seconds": 900,
                },
            ],
            "max_retry_attempts": 3,
            "timezone": "Europe/Paris",
            "allowed_days": ["monday", "wednesday"],
            "call_twice_in_a_row": True,
        },
        "end_of_call_sentence": "Goodbye",
        "faq_items": [
            {"question": "Dogs?", "answer": "Yes."},
            {"question": "Dogs?", "answer": "Up to 10 kg."},
            {"question": "Parking?", "answer": "Yes."},
            {"question": "Parking?", "answer": "Yes."},
        ],
        "first_sentence": "Hello",
        "first_sentence_delay_ms": 400,
        "first_sentence_mode": "static",
        "ivr_navigation_enabled": True,
        "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
        "max_call_duration_secs": 600,
        "structured_output_config": [
            {
                "name": "colour",
                "required": True,
                "type": "enum",
                "description": "Favourite colour",
                "enum_options": ["red", "green", "blue"],
            },
            {
                "name": "size",
                "required": False,
                "type": "string",
                "description": "Size",
                "enum_options": ["s"],
            },
        ],
        "transfer_phone_number": "+33123456789",
        "voice": {
            "id": "v1",
            "provider": "cartesia",
            "speed": 1.05,
            "model": "sonic-3.5",
            "volume": 1.3,
        },
        "voicemail_message": "Call us back",
        "webhook_url": "https://example.com/hook",
        **_added_later(),
    }


def _added_later() -> Fields:
    return {
        "after_call_sms_outcomes": ["interested", "completed"],
        "after_call_sms_prompt": "Thank {{name}}",
        "background_sound_volume": 0.4,
        "cartesia_dictionary_pronunciation_id": "dict-1",
        "custom_tools": [_tool("book", "POST"), _tool("look_up", "GET")],
        "email_notification_address": "ada@example.com, ben@example.com",
        "email_notification_language": "fr",
        "email_notification_outcomes": ["none"],
        "from_phone_number": "+33123456780",
        "human_transfer_mode": "warm",
        "logo_url": "https://example.com/logo.png?v=1",
        "max_duration_end_message": "Time is up",
        "position": {"x": 10, "y": -20.5},
        "precall_lookup_url": "https://crm.example.com/?phone={{phone}}&key=k1",
        "prompt_flow": {
            "nodes": [
                _node("n2", "Second", "Be brief.", 100),
                _node("n1", "First", "You are kind.", 0),
            ],
            "edges": [
                {"id": "e2", "source": "n2", "target": "n1"},
                {"id": "e1", "source": "n1", "target": "n2"},
            ],
        },
        "slack": {
            "connection_id": "slack-1",
            "channels": [{"id": "C2", "name": "desk"}, {"id": "C1", "name": "all"}],
            "channel_id": "C1",
            "channel_name": "all",
            "outcomes": ["interested", "none"],
            "template": "A call:\n{{summary}}",
        },
        "sms_enabled": True,
        "sms_template": "See you on {{day}}",
        "structured_output_prompt": "Read {{transcript}}",
        "stt_context": {
            "general": [{"key": "topic", "value": "hotel"}, {"key": "city", "value": "Paris"}],
            "terms": ["Lumière", "Chablis"],
        },
        "stt_model": "stt-rt-v5",
        "thinking_sound": "keyboard-typing.ogg",
        "thinking_sound_probability": 0.25,
        "thinking_sound_volume": 0.7,
        "transfer_destinations": [
            {"label": "sales", "phone_number": "+33123456781"},
            {"label": "desk", "phone_number": "+33123456782"},
        ],
        "type": "multi-step",
        "voicemail_sms_prompt": "We called",
        "warm_transfer_summary_instructions": "Tell the name",
        "zoho": {
            "connection_id": "zoho-1",
            "module": "Leads",
            "field_mapping": [
                {"source": "size", "zoho_field": "Size"},
                {"source": "colour", "zoho_field": "Colour"},
            ],
            "log_call_activity": True,
            "outcomes": ["completed"],
            "template": "A note",
        },
    }


def _tool(name: str, method: str) -> Fields:
    return {
        "name": name,
        "description": f"Use {name}.\nOnce.",
        "method": method,
        "url": f"https://tools.example.com/{name}?t=1",
        "headers": [
            {"key": "X-Auth", "value": f"k3y-{name}"},
            {"key": "Accept", "value": "text/plain"},
        ],
        "query_params": [{"key": "token", "value": f"t0k-{name}"}],
        "body_template": '{"day": "{{day}}"}',
        "input_schema": [
            {
                "name": "day",
                "required": True,
                "type": "enum",
                "description": "Which day",
                "enum_options": ["today", "tomorrow"],
            }
        ],
    }


def _node(identity: str, title: str, body: str, x: float) -> Fields:
    data = {"title": title, "body": body}
    return {"id": identity, "type": "promptBlock", "data": data, "position": {"x": x, "y": 0.5}}


#: Every kind of model, each with all its members.
MODELS: tuple[Fields, ...] = (
    {"type": "dedicated-instance", "name": "gpt-4.1"},
    {
        "type": "openrouter",
        "openrouter_model_id": "openai/gpt-4.1",
        "openrouter_provider": "azure",
    },
    {
        "type": "custom",
        "api_url": "https://llm.example.com/v1?tier=2",
        "api_key": "sk-0123abcd",
        "model_name": "m1",
    },
    {
        "type": "realtime",
        "provider": "openai",
        "realtime_model_id": "gpt-realtime",
        "realtime_voice_id": "marin",
    },
)


def with_model(kind: str) -> Fields:
    """Return name, prompt and a model of one kind."""
    [model] = [model for model in MODELS if model["type"] == kind]
    return {"name": "Front desk", "prompt": "You are kind.", "llm_model": copy.deepcopy(model)}


def with_nulls() -> Fields:
    """Return the same assistant with null where a definition may say so, and empty lists."""
    fields = everything()
    fields["call_retry_config"] |= {"timezone": None, "calling_windows": []}
    fields["structured_output_config"][0] |= {"description": None, "enum_options": []}
    fields["voice"] |= {"speed": None, "model": None, "volume": None}
    fields["slack"] |= {"template": "", "outcomes": [], "channel_name": None}
    fields["slack"]["channels"][0]["name"] = None
    fields["zoho"] |= {"template": None, "field_mapping": []}
    fields["custom_tools"][0] |= {"body_template": None, "headers": [], "input_schema": []}
    fields["stt_context"]["general"] = []
    fields["prompt_flow"]["edges"] = []
    kept = {"slack", "zoho", "custom_tools", "stt_context", "prompt_flow", "position"}
    return {**fields, **dict.fromkeys(CLEARABLE - kept), "faq_items": []}


def sparse() -> Fields:
    """Return an assistant that leaves out what it may, and asks for no extraction."""
    return {
        "name": "Front desk",
        "prompt": "You are kind.",
        "voice": {"id": "v1", "provider": "cartesia"},
        "structured_output_config": [],
        "custom_tools": [],
        "prompt_flow": {"nodes": [], "edges": []},
        "stt_context": {"general": [], "terms": []},
        "voicemail_message": "",
        "llm_model": {"type": "realtime", "provider": "google", "realtime_model_id": "g"},
    }


def of_profile(profile: str, fields: Fields) -> Fields:
    """Return what of ``fields`` an account of this profile has."""
    known = SEED if profile == "seed" else [name for name in fields if name not in REMOVED]
    kept = copy.deepcopy({name: fields[name] for name in fields if name in known})
    if profile == "current":
        _without(kept.get("slack"), _BEFORE_CHANNELS)
        return kept
    for name, members in _LATER.items():
        _without(kept.get(name), members)
    if kept.get("llm_model", {}).get("type") in ("custom", "realtime"):
        del kept["llm_model"]
    if (kept.get("voice") or {}).get("provider") == "gradium":
        kept["voice"]["provider"] = "elevenlabs"
    return kept


def _without(value: Any, members: tuple[str, ...]) -> None:
    for member in members:
        if value is not None:
            value.pop(member, None)
