"""One assistant that states every field and every member, for checks that need no luck."""

from __future__ import annotations

from typing import Any


def everything() -> dict[str, Any]:
    """Return all 18 fields, nested members of today's API included."""
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
        "voice": {"id": "v1", "provider": "cartesia", "speed": 1.05},
        "voicemail_message": "Call us back",
        "webhook_url": "https://example.com/hook",
    }


def through_openrouter() -> dict[str, Any]:
    """Return the same assistant with the other kind of model."""
    model = {
        "type": "openrouter",
        "openrouter_model_id": "openai/gpt-4.1",
        "openrouter_provider": "azure",
    }
    return {**everything(), "llm_model": model}


def with_nulls() -> dict[str, Any]:
    """Return the same assistant with null where a definition may say so, and empty lists."""
    fields = everything()
    fields["call_retry_config"] |= {"timezone": None, "calling_windows": []}
    fields["structured_output_config"][0] |= {"description": None, "enum_options": []}
    fields["voice"]["speed"] = None
    nothing = dict.fromkeys(("background_sound", "calendly", "transfer_phone_number"))
    return {**fields, **nothing, "faq_items": [], "voicemail_message": None}


def sparse() -> dict[str, Any]:
    """Return an assistant that leaves out what it may, and asks for no extraction."""
    return {
        "name": "Front desk",
        "prompt": "You are kind.",
        "voice": {"id": "v1", "provider": "cartesia"},
        "structured_output_config": [],
    }


def of_profile_seed(fields: dict[str, Any]) -> dict[str, Any]:
    """Return ``fields`` without the members that only today's API has."""
    newer = ("allowed_days", "call_twice_in_a_row")
    if "call_retry_config" not in fields:
        return fields
    config = fields["call_retry_config"]
    older = {name: value for name, value in config.items() if name not in newer}
    return {**fields, "call_retry_config": older}
