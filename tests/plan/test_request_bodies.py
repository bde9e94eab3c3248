"""What is sent: the smallest PATCH that makes the account equal, and no null that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from planning import compared, definition, remote

VOICE = {"id": "v", "provider": "cartesia"}
OUTPUT = {"name": "size", "required": True, "type": "enum", "enum_options": ["s"]}
RETRY = {"calling_windows": [], "max_retry_attempts": 3}
DAYS = ["saturday"]


def test_a_text_is_sent_as_it_was_written() -> None:
    assert compared(definition(prompt="a\r\nb\n"), remote()).body == {"prompt": "a\r\nb\n"}


@pytest.mark.parametrize(
    ("field", "stated", "held", "sent"),
    [
        (
            "voice",
            {**VOICE, "id": "w"},
            {**VOICE, "speed": 1.2, "new": 1},
            {"id": "w", "provider": "cartesia", "speed": 1.2, "new": 1},
        ),
        (
            "voice",
            {**VOICE, "id": "w"},
            {**VOICE, "speed": None},
            {"id": "w", "provider": "cartesia"},
        ),
        ("voice", {**VOICE, "speed": None}, {**VOICE, "speed": 1.2}, {**VOICE, "speed": 1.0}),
        (
            "structured_output_config",
            [{"name": "size", "required": False, "type": "enum"}],
            [OUTPUT],
            [{**OUTPUT, "required": False}],
        ),
        (
            "structured_output_config",
            [{**OUTPUT, "required": False, "description": None, "enum_options": None}],
            [{**OUTPUT, "description": "d"}],
            [{"name": "size", "required": False, "type": "enum"}],
        ),
        ("structured_output_config", None, [OUTPUT], []),
        ("structured_output_config", [{**OUTPUT, "description": None}], None, [OUTPUT]),
        (
            "stt_context",
            {"general": [{"key": "tone", "value": "calm"}]},
            {"general": [{"key": "site", "value": "a"}, {"key": "tone", "value": "x", "new": 1}]},
            {
                "general": [
                    {"key": "tone", "value": "calm", "new": 1},
                    {"key": "site", "value": "a"},
                ]
            },
        ),
        (
            "call_retry_config",
            {**RETRY, "max_retry_attempts": 4},
            {**RETRY, "timezone": "UTC", "allowed_days": DAYS, "call_twice_in_a_row": True},
            {
                **RETRY,
                "max_retry_attempts": 4,
                "timezone": "UTC",
                "allowed_days": DAYS,
                "call_twice_in_a_row": True,
            },
        ),
        (
            "call_retry_config",
            {**RETRY, "timezone": None},
            {**RETRY, "timezone": "UTC"},
            {**RETRY, "timezone": None},
        ),
        ("calendly", None, {"connection_id": "c", "event_type_id": "e"}, None),
    ],
)
def test_a_nested_object_goes_whole_and_without_nulls(
    field: str, stated: Any, held: Any, sent: Any
) -> None:
    assert compared(definition(**{field: stated}), remote(**{field: held})).body == {field: sent}
