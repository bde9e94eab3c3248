"""What the API's documents say about an assistant's fields, as far as the test service needs it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

Document = dict[str, Any]

#: Fields of both generations.
COMMON = (
    "name",
    "prompt",
    "background_sound",
    "calendly",
    "call_retry_config",
    "end_of_call_sentence",
    "faq_items",
    "first_sentence",
    "first_sentence_delay_ms",
    "first_sentence_mode",
    "ivr_navigation_enabled",
    "llm_model",
    "max_call_duration_secs",
    "structured_output_config",
    "voice",
    "voicemail_message",
    "webhook_url",
)

REQUEST_FIELDS = MappingProxyType(
    {
        "seed": (*COMMON, "transfer_phone_number"),
        "current": (
            *COMMON,
            "after_call_sms_outcomes",
            "after_call_sms_prompt",
            "background_sound_volume",
            "cartesia_dictionary_pronunciation_id",
            "custom_tools",
            "email_notification_address",
            "email_notification_outcomes",
            "from_phone_number",
            "human_transfer_mode",
            "logo_url",
            "max_duration_end_message",
            "position",
            "precall_lookup_url",
            "prompt_flow",
            "slack",
            "sms_enabled",
            "sms_template",
            "structured_output_prompt",
            "stt_context",
            "stt_model",
            "thinking_sound",
            "thinking_sound_probability",
            "thinking_sound_volume",
            "transfer_destinations",
            "type",
            "voicemail_sms_prompt",
            "warm_transfer_summary_instructions",
            "zoho",
        ),
    }
)

#: Fields that a request may not hold as null, in either generation.
NEVER_NULL = frozenset(
    {
        "name",
        "prompt",
        "call_retry_config",
        "end_of_call_sentence",
        "faq_items",
        "first_sentence",
        "first_sentence_delay_ms",
        "first_sentence_mode",
        "ivr_navigation_enabled",
        "llm_model",
        "max_call_duration_secs",
        "structured_output_config",
        "voice",
        "webhook_url",
        "background_sound_volume",
        "sms_enabled",
        "stt_model",
        "thinking_sound_probability",
        "thinking_sound_volume",
        "type",
    }
)

#: What an assistant has where nobody said anything and the answer is never null.
FRESH = MappingProxyType(
    {
        "seed": {
            "first_sentence_delay_ms": 400,
            "first_sentence_mode": "generated",
            "ivr_navigation_enabled": False,
            "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
            "max_call_duration_secs": 600,
        },
        "current": {
            "first_sentence_delay_ms": 400,
            "first_sentence_mode": "generated",
            "ivr_navigation_enabled": False,
            "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
            "max_call_duration_secs": 600,
            "background_sound_volume": 0.5,
            "sms_enabled": False,
            "stt_model": "stt-rt-v5",
            "thinking_sound_probability": 0.5,
            "thinking_sound_volume": 0.5,
            "type": "standalone",
        },
    }
)

#: Members that ``call_retry_config`` must have in a request.
RETRY_MEMBERS = MappingProxyType(
    {
        "seed": ("calling_windows", "max_retry_attempts"),
        "current": (
            "calling_windows",
            "max_retry_attempts",
            "allowed_days",
            "call_twice_in_a_row",
        ),
    }
)


#: What a request states as an integer, ``400`` and never ``400.0``.
INTEGERS = ("first_sentence_delay_ms", "max_retry_attempts")


def problems(body: Any, generation: str, *, creating: bool) -> list[tuple[list[str], str]]:
    """Return what a service of this generation would refuse in a body, as (path, words)."""
    if not isinstance(body, dict):
        return [([], "Expected object")]
    known = REQUEST_FIELDS[generation]
    found = [([name], "Unrecognized key") for name in body if name not in known]
    found += [
        ([name], "Expected a value, received null")
        for name, value in body.items()
        if value is None and name in NEVER_NULL
    ]
    if creating:
        found += [([name], "Required") for name in ("name", "prompt") if name not in body]
    retry = body.get("call_retry_config")
    found += [
        ([*path, name], "Expected integer, received number")
        for path, held in (((), body), (("call_retry_config",), retry))
        for name in INTEGERS
        if isinstance(held, dict) and isinstance(held.get(name), float)
    ]
    if isinstance(retry, dict):
        found += [
            (["call_retry_config", name], "Required")
            for name in RETRY_MEMBERS[generation]
            if name not in retry
        ]
    return found
