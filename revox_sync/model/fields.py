"""What is known about each field, in one table; facts are the API's unless said otherwise.

The nested members stand above the table, in the order in which views show them: their shapes,
documented defaults, whether a request may hold null there, and what in them is a credential.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from revox_sync.model.likeness import Name
from revox_sync.model.shapes import (
    NO_DEFAULT,
    Addresses,
    ByValue,
    Clock,
    Exact,
    Faq,
    Flag,
    Hints,
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
    documented). ``since`` and ``until`` name the API releases that bound its life (``seed``: from
    the beginning; None: to this day); ``successor`` names what took its place. ``url`` marks a
    field that is a URL, whose user information and query values are never shown. ``whose`` says
    who else writes it: ``editor`` fields are the state of the dashboard's canvas, without effect
    on calls, and ``service`` fields get entries from the service itself; neither is reset because
    a definition leaves it out.
    """

    name: str
    shape: Shape
    clear: Clear
    resting: Any = NO_DEFAULT
    since: str = "seed"
    until: str | None = None
    successor: str | None = None
    url: bool = False
    whose: Literal["team", "editor", "service"] = "team"

    @cached_property
    def member(self) -> Member:
        """The field's facts in the form of a nested member's."""
        return Member(self.shape, since=self.since, until=self.until, url=self.url)

    def differs(self, held: Any, wanted: Any) -> bool:
        """Whether the account's value is not, by meaning, what a definition states."""
        return self.shape.differs(held, wanted)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values, of accounts or of definitions, mean the same."""
        return self.shape.same(one, other)

    def is_unset(self, value: Any) -> bool:
        """Whether the account's value is as if nobody had set it: null, empty, off, or at rest.

        At rest is what has the documented value, members included that the service fills in.
        """
        if value is None or value is False or value == []:
            return True
        if isinstance(self.shape, ByValue):
            return not value
        if self.shape.canonical(value) in (None, []):
            return True
        resting = None if self.resting is NO_DEFAULT else self.resting
        if isinstance(self.shape, Object) and isinstance(value, dict) and isinstance(resting, dict):
            value, resting = {**self.shape.defaults, **value}, {**self.shape.defaults, **resting}
        return resting is not None and self.same(value, resting)

    @property
    def resets(self) -> bool:
        """Whether ``absent: reset`` puts the field back to its resting value.

        ``type`` has one, but is not changed in place.
        """
        return self.resting is not NO_DEFAULT and self.whose == "team" and self.name != "type"

    @property
    def sensitive(self) -> tuple[str, ...]:
        """The places that hold a credential or a URL with one, such as ``llm_model.api_key``."""
        return tuple(_sensitive_places(self.name, self.member))


def _sensitive_places(path: str, member: Member) -> Iterator[str]:
    """Yield the places at and below ``path`` that hold a credential, or a URL with one."""
    if member.secret or member.url:
        yield path
    shape = member.shape
    if isinstance(shape, ListOf):
        yield from _sensitive_places(f"{path}[]", Member(shape.item))
    elif isinstance(shape, Object):
        for name, inner in shape.members.items():
            yield from _sensitive_places(f"{path}.{name}", inner)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")

#: Three outcomes are gone since release 0.4.0.
OUTCOME = Exact(
    until=MappingProxyType(
        dict.fromkeys(("requested_callback_new_number", "do_not_contact", "ai_averse"), "0.3.0")
    )
)

CALENDLY = Object({"connection_id": Member(), "event_type_id": Member(url=True)})
_WINDOW = Object(
    {
        "calling_window_start_time": Member(Clock()),
        "calling_window_end_time": Member(Clock()),
        # 0, "as soon as the window allows", came with release 0.4.0.
        "retry_delay_seconds": Member(Number(since=MappingProxyType({0: "0.4.0"}))),
    }
)
RETRY = Object(
    {
        "calling_windows": Member(ListOf(_WINDOW)),
        "timezone": Member(nullable=True),
        "max_retry_attempts": Member(Number()),
        "allowed_days": Member(SetOf(), default=list(WEEKDAYS), since="0.2.0"),
        "call_twice_in_a_row": Member(Flag(), default=False, since="0.2.0"),
    }
)
FAQ = Faq(Object({"question": Member(Text()), "answer": Member(Text())}))
MODEL = Object(
    {
        "type": Member(Exact(since=MappingProxyType({"custom": "0.2.0", "realtime": "0.2.0"}))),
        "name": Member(),
        "openrouter_model_id": Member(),
        "openrouter_provider": Member(),
        "model_name": Member(since="0.2.0"),
        "api_url": Member(since="0.2.0", url=True),
        "api_key": Member(since="0.2.0", secret=True),
        "provider": Member(since="0.2.0"),
        "realtime_model_id": Member(since="0.2.0"),
        "realtime_voice_id": Member(since="0.2.0"),
    },
    variant="type",
)
_VALUE = Object(
    {
        "name": Member(),
        "type": Member(),
        "enum_options": Member(ListOf(Exact())),
        "required": Member(Flag()),
        "description": Member(Text()),
    }
)
OUTPUTS = ListOf(_VALUE, identity="name")
VOICE = Object(
    {
        "provider": Member(Exact(since=MappingProxyType({"gradium": "0.4.0"}))),
        "id": Member(),
        "speed": Member(Number(), default=1.0),
        "model": Member(default="sonic-3", since="0.2.0"),
        "volume": Member(Number(), default=1.0, since="0.2.0"),
    }
)
DESTINATIONS = ListOf(Object({"label": Member(), "phone_number": Member()}), identity="label")
_PAIRS = ListOf(Object({"key": Member(), "value": Member(secret=True)}), identity="key")
TOOLS = ListOf(
    Object(
        {
            "name": Member(),
            "description": Member(Text()),
            "method": Member(),
            "url": Member(url=True),
            "headers": Member(_PAIRS),
            "query_params": Member(_PAIRS),
            "body_template": Member(Text(), nullable=True),
            "input_schema": Member(ListOf(_VALUE, identity="name")),
        }
    ),
    identity="name",
)
STT_CONTEXT = Object(
    {
        "general": Member(Hints(Object({"key": Member(), "value": Member()}), identity="key")),
        "terms": Member(Hints(Exact())),
    },
    empty_is_null=True,
)
SLACK = Object(
    {
        "connection_id": Member(),
        "channels": Member(
            ListOf(
                Object({"id": Member(), "name": Member(nullable=True)}),
                identity="id",
                ordered=False,
            ),
            since="0.4.0",
        ),
        "channel_id": Member(until="0.3.0"),
        "channel_name": Member(nullable=True, until="0.3.0"),
        "outcomes": Member(SetOf(OUTCOME)),
        "template": Member(Text(empty_is_null=True), nullable=True),
    },
    one_of=("channels", "channel_id"),
)
ZOHO = Object(
    {
        "connection_id": Member(),
        "module": Member(),
        "field_mapping": Member(
            ListOf(Object({"source": Member(), "zoho_field": Member()}), ordered=False)
        ),
        "log_call_activity": Member(Flag()),
        "outcomes": Member(SetOf(OUTCOME)),
        "template": Member(Text(empty_is_null=True), nullable=True),
    }
)
POSITION = Object({"x": Member(Number()), "y": Member(Number())})
FLOW = Object(
    {
        "nodes": Member(
            ListOf(
                Object(
                    {
                        "id": Member(),
                        "type": Member(),
                        "data": Member(Object({"title": Member(Text()), "body": Member(Text())})),
                        "position": Member(POSITION),
                    }
                ),
                identity="id",
                ordered=False,
            )
        ),
        "edges": Member(
            ListOf(
                Object({"id": Member(), "source": Member(), "target": Member()}),
                identity="id",
                ordered=False,
            )
        ),
    }
)

#: The members of ``call_retry_config`` that came after profile ``seed``, with their documented
#: defaults; a definition in the older shape leaves them out, and later requests need them.
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


def _text(name: str, since: str = "seed", *, empty_is_null: bool = False) -> Field:
    """Return a field that holds prose and is cleared by null."""
    return Field(name, Text(empty_is_null), Clear.NULL, resting=None, since=since)


def _exact(name: str, since: str = "seed") -> Field:
    """Return a field that holds a name or a number to dial and is cleared by null."""
    return Field(name, Exact(), Clear.NULL, resting=None, since=since)


def _nested(name: str, shape: Shape, since: str = "0.2.0") -> Field:
    """Return a field that holds a list or an object and is cleared by null."""
    return Field(name, shape, Clear.NULL, resting=None, since=since)


def _share(name: str) -> Field:
    """Return a field that holds a number from 0 to 1."""
    return Field(name, Number(), Clear.VALUE, since="0.2.0")


_OUTCOMES = SetOf(OUTCOME, null_is_empty=True)

_TABLE = (
    Field("name", Name(), Clear.VALUE),
    Field("first_sentence", Text(), Clear.NEVER),
    Field("first_sentence_mode", Exact(), Clear.VALUE),
    Field("first_sentence_delay_ms", Number(), Clear.VALUE, resting=400),
    Field("end_of_call_sentence", Text(), Clear.NEVER),
    _text("max_duration_end_message", "0.2.0"),
    _text("voicemail_message"),
    _text("voicemail_sms_prompt", "0.2.0"),
    _nested("transfer_destinations", DESTINATIONS, "0.4.0"),
    Field(
        "transfer_phone_number",
        Exact(),
        Clear.NULL,
        resting=None,
        until="0.3.0",
        successor="transfer_destinations",
    ),
    _exact("human_transfer_mode", "0.2.0"),
    _text("warm_transfer_summary_instructions", "0.2.0", empty_is_null=True),
    Field("call_retry_config", RETRY, Clear.NEVER, resting=_RETRY_DEFAULT),
    Field("prompt", Text(), Clear.VALUE),
    Field("faq_items", FAQ, Clear.EMPTY),
    Field("voice", VOICE, Clear.NEVER),
    _exact("cartesia_dictionary_pronunciation_id", "0.2.0"),
    _exact("background_sound"),
    _share("background_sound_volume"),
    _exact("thinking_sound", "0.2.0"),
    _share("thinking_sound_probability"),
    _share("thinking_sound_volume"),
    Field("ivr_navigation_enabled", Flag(), Clear.VALUE),
    Field("max_call_duration_secs", Number(), Clear.VALUE),
    Field("llm_model", MODEL, Clear.VALUE),
    Field("stt_model", Exact(), Clear.VALUE, since="0.2.0"),
    Field(
        "stt_context",
        STT_CONTEXT,
        Clear.NULL,
        resting=None,
        since="0.2.0",
        whose="service",
    ),
    _exact("from_phone_number", "0.2.0"),
    Field("precall_lookup_url", Exact(), Clear.NULL, resting=None, since="0.4.0", url=True),
    _nested("custom_tools", TOOLS),
    _nested("calendly", CALENDLY, "seed"),
    Field("sms_enabled", Flag(), Clear.VALUE, since="0.2.0"),
    _text("sms_template", "0.2.0"),
    _text("after_call_sms_prompt", "0.2.0"),
    _nested("after_call_sms_outcomes", _OUTCOMES),
    Field("email_notification_address", Addresses(), Clear.NULL, resting=None, since="0.2.0"),
    _nested("email_notification_outcomes", _OUTCOMES),
    Field(
        "email_notification_language",
        Exact(),
        Clear.VALUE,
        resting="en",
        since="0.2.0",
        until="0.3.0",
    ),
    _nested("slack", SLACK),
    _nested("zoho", ZOHO),
    Field("structured_output_config", OUTPUTS, Clear.EMPTY),
    _text("structured_output_prompt", "0.2.0"),
    Field("webhook_url", Exact(), Clear.NEVER, url=True),
    Field("logo_url", Exact(), Clear.NULL, resting=None, since="0.2.0", url=True),
    Field("type", Exact(), Clear.VALUE, resting="standalone", since="0.2.0"),
    Field("prompt_flow", FLOW, Clear.NULL, resting=None, since="0.2.0", whose="editor"),
    Field("position", POSITION, Clear.NULL, resting=None, since="0.2.0", whose="editor"),
)

#: Every request field by name, in the order in which views show them: what callers hear first,
#: then what the assistant is told, then the rest.
FIELDS: Mapping[str, Field] = MappingProxyType({spec.name: spec for spec in _TABLE})

#: What callers hear, or whom they reach and when: views tell it first.
HEARD = frozenset(
    {
        "call_retry_config",
        "end_of_call_sentence",
        "first_sentence",
        "first_sentence_delay_ms",
        "first_sentence_mode",
        "human_transfer_mode",
        "max_duration_end_message",
        "transfer_destinations",
        "transfer_phone_number",
        "voicemail_message",
        "voicemail_sms_prompt",
        "warm_transfer_summary_instructions",
    }
)

#: What POST /assistants cannot do without.
REQUIRED = frozenset({"name", "prompt"})

#: The order in which a definition is written: what each one has comes first.
WRITTEN = tuple(sorted(FIELDS, key=lambda name: name not in REQUIRED))

#: Members that answers hold and requests do not.
READ_ONLY = frozenset(
    {
        "id",
        "organization_id",
        "created_at",
        "updated_at",
        "created_by",
        "pending_faq_count",
        "is_inbound_receptionist",
        "is_realestate_assistant",
    }
)


def field_of(name: str) -> Field:
    """Return what is known of a field; for one that this version does not know, the least.

    Such a field is stated under ``sync.extra`` and compared by value.
    """
    return FIELDS.get(name) or Field(name, ByValue(), Clear.NULL)
