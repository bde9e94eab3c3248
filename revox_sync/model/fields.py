"""What is known about each field, in one table; facts are the API's unless said otherwise.

The nested members of a field stand with it: their shapes, documented defaults, and whether a
request may hold null there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from revox_sync.model.canonical import (
    NO_DEFAULT,
    Clock,
    Exact,
    Flag,
    ListOf,
    Member,
    Number,
    Object,
    SetOf,
    Shape,
    Text,
)


class Clear(Enum):
    """How PATCH empties a field."""

    NULL = "null"
    EMPTY = "[]"
    NEVER = "cannot be cleared in place"
    VALUE = "always has a value"


@dataclass(frozen=True)
class Field:
    """One request field.

    ``resting`` is the documented value of a field that nobody set (NO_DEFAULT where none is
    documented). ``url`` marks fields that hold URLs, whose user information and query values are
    never shown.
    ``successor`` names what took the place of a field that today's API no longer has.
    """

    name: str
    shape: Shape
    clear: Clear
    resting: Any = NO_DEFAULT
    url: bool = False
    successor: str | None = None


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")

# Members stand in the order in which views show them.
_CALENDLY = Object({"connection_id": Member(), "event_type_id": Member()})
_WINDOW = Object(
    {
        "calling_window_start_time": Member(Clock()),
        "calling_window_end_time": Member(Clock()),
        "retry_delay_seconds": Member(Number()),
    }
)
_RETRY = Object(
    {
        "calling_windows": Member(ListOf(_WINDOW)),
        "timezone": Member(nullable=True),
        "max_retry_attempts": Member(Number()),
        "allowed_days": Member(SetOf(), default=list(WEEKDAYS)),
        "call_twice_in_a_row": Member(Flag(), default=False),
    }
)
_FAQ_ITEM = Object({"question": Member(Text()), "answer": Member(Text())})
_MODEL = Object(
    {
        "type": Member(),
        "name": Member(),
        "openrouter_model_id": Member(),
        "openrouter_provider": Member(),
    },
    variant="type",
)
_OUTPUT = Object(
    {
        "name": Member(),
        "type": Member(),
        "enum_options": Member(ListOf(Exact())),
        "required": Member(Flag()),
        "description": Member(Text()),
    }
)
_VOICE = Object({"provider": Member(), "id": Member(), "speed": Member(Number(), default=1.0)})

#: The members of ``call_retry_config`` that profile ``current`` requires, with their documented
#: defaults; a definition in the older shape leaves them out.
RETRY_FILL: Mapping[str, Any] = MappingProxyType(
    {"allowed_days": list(WEEKDAYS), "call_twice_in_a_row": False}
)

_RETRY_DEFAULT = {
    "calling_windows": [
        {
            "calling_window_start_time": "10:00",
            "calling_window_end_time": "18:00",
            "retry_delay_seconds": 7200,
        }
    ],
    "timezone": None,
    "max_retry_attempts": 3,
}

_TABLE = (
    Field("name", Exact(), Clear.VALUE),
    Field("prompt", Text(), Clear.VALUE),
    Field("first_sentence", Text(), Clear.NEVER),
    Field("first_sentence_mode", Exact(), Clear.VALUE),
    Field("first_sentence_delay_ms", Number(), Clear.VALUE, resting=400),
    Field("end_of_call_sentence", Text(), Clear.NEVER),
    Field("voicemail_message", Text(), Clear.NULL, resting=None),
    Field(
        "transfer_phone_number",
        Exact(),
        Clear.NULL,
        resting=None,
        successor="transfer_destinations",
    ),
    Field("voice", _VOICE, Clear.NEVER),
    Field("background_sound", Exact(), Clear.NULL, resting=None),
    Field("ivr_navigation_enabled", Flag(), Clear.VALUE),
    Field("max_call_duration_secs", Number(), Clear.VALUE),
    Field("llm_model", _MODEL, Clear.VALUE),
    Field("call_retry_config", _RETRY, Clear.NEVER, resting=_RETRY_DEFAULT),
    Field("calendly", _CALENDLY, Clear.NULL, resting=None, url=True),
    Field("structured_output_config", ListOf(_OUTPUT, identity="name"), Clear.EMPTY),
    Field("webhook_url", Exact(), Clear.NEVER, url=True),
    Field("faq_items", ListOf(_FAQ_ITEM), Clear.EMPTY),
)

#: Every request field by name, in the order in which views show them.
FIELDS: Mapping[str, Field] = MappingProxyType({spec.name: spec for spec in _TABLE})

#: What POST /assistants cannot do without.
REQUIRED = frozenset({"name", "prompt"})

#: Request fields that only accounts of profile ``current`` report; one of them on any assistant
#: tells which generation of the API an account speaks.
CURRENT_MARKERS = frozenset(
    {
        "after_call_sms_prompt",
        "custom_tools",
        "email_notification_address",
        "from_phone_number",
        "human_transfer_mode",
        "sms_enabled",
        "stt_model",
        "thinking_sound",
        "transfer_destinations",
        "type",
        "voicemail_sms_prompt",
        "zoho",
    }
)
