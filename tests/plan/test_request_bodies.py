"""What is sent: the smallest PATCH that makes the account equal, and no null that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from planning import compared, definition, faq, remote

VOICE = {"id": "v", "provider": "cartesia"}
OUTPUT = {"name": "size", "required": True, "type": "enum", "enum_options": ["s"]}
RETRY = {"calling_windows": [], "max_retry_attempts": 3}
DAYS = ["saturday"]


def test_only_what_differs_is_sent() -> None:
    stated = definition(first_sentence="New", voicemail_message="Same", voice=VOICE)
    held = remote(first_sentence="Old", voicemail_message="Same", voice=VOICE)
    assert compared(stated, held).body == {"first_sentence": "New"}


def test_a_text_is_sent_as_it_was_written() -> None:
    assert compared(definition(prompt="a\r\nb\n"), remote()).body == {"prompt": "a\r\nb\n"}


def test_nothing_is_sent_when_nothing_differs() -> None:
    assert compared(definition(voice=VOICE), remote(voice=VOICE)).body == {}


@pytest.mark.parametrize(
    ("field", "stated", "held", "sent"),
    [
        (
            "voice",
            {**VOICE, "id": "w"},
            {**VOICE, "speed": 1.2},
            {"id": "w", "provider": "cartesia", "speed": 1.2},
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


def test_a_create_sends_what_is_stated_and_no_more() -> None:
    stated = definition(
        voice={**VOICE, "speed": None},
        first_sentence=None,
        voicemail_message=None,
        structured_output_config=[{**OUTPUT, "description": None}],
        faq_items=[],
    )
    assert compared(stated, None).body == {
        "name": "desk",
        "prompt": "You are desk.",
        "voice": {**VOICE, "speed": 1.0},
        "voicemail_message": None,
        "structured_output_config": [OUTPUT],
        "faq_items": [],
    }


def test_the_faq_goes_whole_in_the_definitions_order() -> None:
    items = [{"question": "b", "answer": "1"}, {"question": "a", "answer": "2"}]
    held = remote(faq_items=faq(("a", "2"), ("c", "3")))
    assert compared(definition(faq_items=items), held).body == {"faq_items": items}


def test_a_faq_that_is_equal_is_not_sent_with_another_change() -> None:
    items = [{"question": "a", "answer": "1"}]
    held = remote(faq_items=faq(("a", "1"), waiting=["Open?"]))
    body = compared(definition(faq_items=items, prompt="New"), held).body
    assert body == {"prompt": "New"}
