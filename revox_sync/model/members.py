"""The nested members of the fields, in the order in which views show them."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from revox_sync.model.shapes import (
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
    Text,
)

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


def sensitive_places(path: str, member: Member) -> Iterator[str]:
    """Yield the places at and below ``path`` that hold a credential, or a URL with one."""
    if member.secret or member.url:
        yield path
    shape = member.shape
    if isinstance(shape, ListOf):
        yield from sensitive_places(f"{path}[]", Member(shape.item))
    elif isinstance(shape, Object):
        for name, inner in shape.members.items():
            yield from sensitive_places(f"{path}.{name}", inner)
