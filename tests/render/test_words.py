"""What callers hear, in words; and nothing in words that has another form than the API's."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.plan.model import Change, Op
from revox_sync.render.words import consequence, days_in_words, duration, tell, title

TIMES = "call_retry_config"
WINDOW = {
    "calling_window_start_time": "10:00",
    "calling_window_end_time": "18:00",
    "retry_delay_seconds": 7200,
}
WORKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def said(path: str, before: Any, after: Any, op: Op = "change", **more: Any) -> list[str] | None:
    """Return a change in words, one line each."""
    found = tell(Change(path, op, before, after, **more))
    if found is None:
        return None
    return [
        f"{words.what}: "
        + " -> ".join(side for side in (words.base, words.before, words.after) if side is not None)
        for words in found
    ]


@pytest.mark.parametrize(
    ("path", "before", "after", "words"),
    [
        (".calling_windows[0].calling_window_end_time", "18:00", "19:00", "ends: 18:00 -> 19:00"),
        (
            ".calling_windows[1].retry_delay_seconds",
            7200,
            1800,
            "window 2, tries again after: 2 hours -> 30 minutes",
        ),
        (".timezone", None, "Europe/Paris", "time zone: the recipient's -> Europe/Paris"),
        (".timezone", "Europe/Paris", None, "time zone: Europe/Paris -> the recipient's"),
        (".max_retry_attempts", 3, 5, "retry attempts at most: 3 -> 5"),
        (".call_twice_in_a_row", False, True, "when no human was reached: no -> yes"),
        (".allowed_days[2]", "saturday", None, "day: Saturday"),
        (".allowed_days[5]", None, "sunday", "day: Sunday"),
        (".allowed_days[0]", "friday", "sunday", "day: Friday -> Sunday"),
        (".allowed_days", None, ["sunday", "friday"], "days: Friday, Sunday"),
        (".calling_windows[1]", None, WINDOW, "window 2: 10:00 to 18:00, again after 2 hours"),
        (".calling_windows", [WINDOW], None, "windows: 10:00 to 18:00, again after 2 hours"),
    ],
)
def test_a_part_of_the_calling_times(path: str, before: Any, after: Any, words: str) -> None:
    [line] = said(f"{TIMES}{path}", before, after) or ["nothing"]
    assert line.endswith(words)


def test_the_whole_of_the_calling_times() -> None:
    evening = {**WINDOW, "calling_window_start_time": "19:00", "retry_delay_seconds": 0}
    config = {
        "calling_windows": [WINDOW, evening],
        "timezone": None,
        "max_retry_attempts": 3,
        "allowed_days": ["sunday", "monday"],
        "call_twice_in_a_row": False,
    }
    assert said(TIMES, None, config, "add") == [
        "windows: 10:00 to 18:00, again after 2 hours; "
        "19:00 to 18:00, again as soon as the window allows",
        "time zone: the recipient's",
        "retry attempts at most: 3",
        "days: Monday, Sunday",
        "calls a second time at once when no human was reached: no",
    ]


@pytest.mark.parametrize(
    ("path", "before", "after", "words"),
    [
        (
            "first_sentence_mode",
            "static",
            "generated",
            'first_sentence_mode: "static" (said word for word) -> '
            '"generated" (taken as an instruction for the opening line)',
        ),
        (
            "human_transfer_mode",
            "warm",
            None,
            'human_transfer_mode: "warm" (the assistant bridges the two) -> no transfer',
        ),
        (
            "transfer_destinations[0]",
            None,
            {"label": "Sales", "phone_number": "+33123456789"},
            "destination 1: Sales, +33123456789",
        ),
        ("transfer_destinations[1].phone_number", "+1", "+2", "destination 2, number: +1 -> +2"),
        (
            "transfer_destinations",
            None,
            [{"label": "A", "phone_number": "+1"}, {"label": "B", "phone_number": "+2"}],
            "destinations: A, +1; B, +2",
        ),
    ],
)
def test_whom_callers_reach(path: str, before: Any, after: Any, words: str) -> None:
    assert said(path, before, after) == [words]


def test_all_three_values_of_a_conflict_are_told() -> None:
    more: dict[str, Any] = {"origin": "both", "base": "18:00"}
    path = f"{TIMES}.calling_windows[0].calling_window_end_time"
    assert said(path, "19:00", "20:00", **more) == ["window 1 ends: 18:00 -> 19:00 -> 20:00"]
    days = said(f"{TIMES}.allowed_days", ["monday"], [], origin="both", base=WORKDAYS)
    assert days == ["days: Monday, Tuesday, Wednesday, Thursday, Friday -> Monday -> none"]


@pytest.mark.parametrize(
    ("path", "after"),
    [
        (TIMES, {**WINDOW, "calling_windows": []}),
        (TIMES, {"calling_windows": [{**WINDOW, "more": 1}]}),
        (TIMES, {"calling_windows": "always"}),
        (TIMES, {"max_retry_attempts": True}),
        (TIMES, {"allowed_days": ["someday"]}),
        (f"{TIMES}.timezone", 7),
        (f"{TIMES}.calling_windows[x]", WINDOW),
        (f"{TIMES}.calling_windows[0].retry_delay_seconds", -1),
        (f"{TIMES}.unknown", 1),
        ("transfer_destinations[0]", {"label": "Sales"}),
        ("transfer_destinations[0]", {"label": 1, "phone_number": 2}),
        ("human_transfer_mode", 1),
        ("prompt", "text"),
    ],
)
def test_what_has_another_form_is_left_to_be_shown_as_data(path: str, after: Any) -> None:
    assert said(path, None, after, "add") is None


def test_what_is_masked_has_no_words() -> None:
    assert said(f"{TIMES}.timezone", "(sensitive)", "(sensitive)", sensitive=True) is None


def test_an_emptied_voicemail_hangs_up() -> None:
    gone = Change("voicemail_message", "remove", "Call back.", None)
    assert consequence(gone) == "(hangs up at once)"
    assert consequence(Change("voicemail_message", "change", "a", "b")) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (60, "1 minute"), (5400, "1 hour 30 minutes"), (3601, "1 hour 1 second")],
)
def test_durations(seconds: int, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["sunday", "saturday"], "Saturday, Sunday"),
        (["sunday", "friday", "tuesday", "monday"], "Monday, Tuesday, Friday, Sunday"),
        ([], "none"),
    ],
)
def test_days(days: list[str], words: str) -> None:
    assert days_in_words(days) == words


def test_a_field_without_a_title_goes_by_its_name() -> None:
    assert title("end_of_call_sentence") == "closing sentence"
    assert title("sms_template") == "sms template"
