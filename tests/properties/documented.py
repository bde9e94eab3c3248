"""What the documents say about the fields, as far as these tests need it; none of it is the tool's.

A *place* is spelt ``voice.speed`` or ``custom_tools[].headers[].value``. Where a name alone is
listed, it means the same wherever it stands.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Any

#: Texts in which line ends and final newlines carry no meaning.
PROSE = frozenset(
    {
        "prompt",
        "first_sentence",
        "end_of_call_sentence",
        "max_duration_end_message",
        "voicemail_message",
        "voicemail_sms_prompt",
        "warm_transfer_summary_instructions",
        "sms_template",
        "after_call_sms_prompt",
        "structured_output_prompt",
        "description",
        "question",
        "answer",
        "body_template",
        "template",
        "title",
        "body",
    }
)
#: Prose of which the empty text is documented to mean the same as null.
EMPTY_IS_NULL = frozenset({"template", "warm_transfer_summary_instructions"})
#: One text that lists addresses.
ADDRESSES = "email_notification_address"
#: What the service adds entries of its own to.
CONTEXT = "stt_context"

SETS = frozenset(
    {"allowed_days", "outcomes", "after_call_sms_outcomes", "email_notification_outcomes"}
)
#: Lists that the service adds entries to without replacing any.
HINTS = frozenset({"general", "terms"})
#: Lists of which the documents give the order no meaning.
UNORDERED = frozenset(
    {"channels", "field_mapping", "nodes", "edges", "calling_windows", "transfer_destinations"}
)
#: Every list; null and [] are one in each of them.
LISTS = (
    SETS
    | HINTS
    | UNORDERED
    | {
        "structured_output_config",
        "enum_options",
        "calling_windows",
        "faq_items",
        "custom_tools",
        "headers",
        "query_params",
        "input_schema",
        "transfer_destinations",
    }
)
#: The member by which an item of a list is known.
IDENTITY: Mapping[str, str] = {
    "structured_output_config": "name",
    "input_schema": "name",
    "custom_tools": "name",
    "headers": "key",
    "query_params": "key",
    "general": "key",
    "transfer_destinations": "label",
    "channels": "id",
    "nodes": "id",
    "edges": "id",
}

WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
#: Documented defaults of members: null is that.
DEFAULTS: Mapping[str, Any] = {
    "speed": 1,
    "volume": 1,
    "model": "sonic-3",
    "call_twice_in_a_row": False,
    "allowed_days": list(WORKDAYS),
    "max_retry_attempts": 3,
    "calling_window_start_time": "10:00",
    "calling_window_end_time": "18:00",
    "retry_delay_seconds": 7200,
}

OUTCOMES = ("not_interested", "interested", "completed", "requested_callback_later", "none")
#: What the items of each set may be.
CHOICES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(SETS, OUTCOMES),
    "allowed_days": (*WORKDAYS, "saturday", "sunday"),
}
_KINDS = ("string", "number", "boolean", "enum", "date", "datetime")
#: What stands at a place when it is one of a few values.
ENUMS: Mapping[str, tuple[str, ...]] = {
    "background_sound": ("audio/office.ogg",),
    "email_notification_language": ("en", "fr"),
    "first_sentence_mode": ("generated", "static", "none"),
    "human_transfer_mode": ("warm", "cold"),
    "stt_model": ("stt-rt-v4", "stt-rt-v5"),
    "thinking_sound": (
        "city-ambience.ogg",
        "forest-ambience.ogg",
        "office-ambience.ogg",
        "crowded-room.ogg",
        "keyboard-typing.ogg",
        "keyboard-typing2.ogg",
        "hold_music.ogg",
    ),
    "type": ("standalone", "multi-step", "sub-assistant"),
    "structured_output_config[].type": _KINDS,
    "custom_tools[].input_schema[].type": _KINDS,
    "custom_tools[].method": ("GET", "POST", "PUT", "PATCH", "DELETE"),
    "voice.provider": ("cartesia", "elevenlabs", "gradium"),
    "voice.model": ("sonic-3", "sonic-3.5"),
    "llm_model.name": ("gpt-4.1", "ministral-3-8b-instruct"),
    "llm_model.provider": ("openai", "google"),
    "prompt_flow.nodes[].type": ("promptBlock",),
}

#: Fields that PATCH cannot empty: stated as null, they stay as the account has them.
NOT_CLEARABLE = frozenset(
    {"webhook_url", "first_sentence", "end_of_call_sentence", "voice", "call_retry_config"}
)
#: Fields that null clears.
CLEARABLE = frozenset(
    {
        "after_call_sms_outcomes",
        "after_call_sms_prompt",
        "background_sound",
        "calendly",
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
        "sms_template",
        "structured_output_prompt",
        "stt_context",
        "thinking_sound",
        "transfer_destinations",
        "transfer_phone_number",
        "voicemail_message",
        "voicemail_sms_prompt",
        "warm_transfer_summary_instructions",
        "zoho",
    }
)
#: Members that an object may lack, by the place of the object.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "call_retry_config": ("timezone", "allowed_days", "call_twice_in_a_row"),
    "structured_output_config[]": ("description", "enum_options"),
    "custom_tools[].input_schema[]": ("description", "enum_options"),
    "voice": ("speed", "model", "volume"),
    "slack": ("template", "channels", "channel_id", "channel_name"),
    "slack.channels[]": ("name",),
    "zoho": ("template",),
}
#: What a definition may state as null, members included; anything else is null in answers only.
NULL = re.compile(
    "|".join(CLEARABLE)
    + r"|structured_output_config|.*\.(timezone|description|enum_options|body_template|template)"
    r"|voice\.(speed|model|volume)|slack\.(channel_name|channels\[\]\.name)"
    r"|llm_model\.realtime_voice_id"
)

#: Credentials, which an account may mask.
SECRET = re.compile(r"llm_model\.api_key|custom_tools\[\]\.(headers|query_params)\[\]\.value")
#: URLs, of which an account may mask the query values.
URLS = frozenset(
    {"webhook_url", "event_type_id", "logo_url", "precall_lookup_url", "api_url", "url"}
)

#: The fields of profile seed, and those that profile current lost since.
SEED = (
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
    "transfer_phone_number",
    "voice",
    "voicemail_message",
    "webhook_url",
)
REMOVED = ("transfer_phone_number", "email_notification_language")
#: Every field that some generation has.
EVERY_FIELD = frozenset(
    {
        *SEED,
        *REMOVED,
        *CLEARABLE,
        "background_sound_volume",
        "sms_enabled",
        "stt_model",
        "thinking_sound_probability",
        "thinking_sound_volume",
        "type",
    }
)


def name_of(place: str) -> str:
    """Return the name at the end of a place; that of an item is its list's with ``[]``."""
    return place.rpartition(".")[2]


def narrow(value: Any) -> Any:
    """Return what a service that keeps 32-bit floats makes of a number that people write."""
    if not isinstance(value, float) or not re.fullmatch(r"-?[\d.]{1,7}", repr(value)):
        return value
    return struct.unpack("f", struct.pack("f", value))[0]


def unreadable(value: Any) -> bool:
    """Whether an account answers this in place of a credential."""
    return value in (None, "") or (isinstance(value, str) and ("***" in value or "…" in value))
