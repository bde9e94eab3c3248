"""What an account has set and a definition leaves out is told; what nobody set is not."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk

#: The documented default of ``call_retry_config``, and the members that later accounts add.
REST: dict[str, Any] = {
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
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def told(desk: Desk) -> list[str]:
    """Return the fields that are told as set in the account and not in the definition."""
    return [found["path"] for found in desk.action()["reported"]]


@pytest.mark.parametrize(
    ("field", "held"),
    [
        ("first_sentence_delay_ms", 0),
        ("first_sentence_delay_ms", 250),
        ("call_retry_config", {**REST, "max_retry_attempts": 5}),
        ("call_retry_config", {**REST, "allowed_days": ["saturday"]}),
        ("call_retry_config", {**REST, "call_twice_in_a_row": True}),
        ("call_retry_config", {**REST, "timezone": "Europe/Paris"}),
        ("voicemail_message", "Call back."),
        ("email_notification_outcomes", ["completed"]),
    ],
)
def test_what_is_set_in_the_account_is_told(desk: Desk, field: str, held: Any) -> None:
    desk.service.add("front-desk", prompt="Be kind.", **{field: held})
    desk.project.define(prompt="Be kind.")
    assert field in told(desk)


@pytest.mark.parametrize(
    ("field", "held"),
    [
        ("first_sentence_delay_ms", 400),
        ("first_sentence_delay_ms", 400.0),
        ("call_retry_config", REST),
        ("call_retry_config", {**REST, "allowed_days": WEEK, "call_twice_in_a_row": False}),
        ("call_retry_config", {**REST, "allowed_days": WEEK[::-1]}),
        ("email_notification_outcomes", []),
        ("email_notification_address", ""),
        ("warm_transfer_summary_instructions", ""),
        ("structured_output_config", []),
        ("voicemail_message", None),
        ("sms_enabled", False),
    ],
)
def test_what_nobody_set_is_not(desk: Desk, field: str, held: Any) -> None:
    desk.service.add("front-desk", prompt="Be kind.", **{field: held})
    desk.project.define(prompt="Be kind.")
    assert field not in told(desk)
