"""What callers hear, in the words of the people who answer for it.

Every text that is returned may hold texts of others (a time zone, a label, a number): renderers
escape it. A value of an unexpected form has no words, and is shown as data instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from revox_sync.plan.model import Change, Op

#: What the API documents about each value.
_MODES = {
    "static": "said word for word",
    "generated": "taken as an instruction for the opening line",
    "none": "the assistant waits for the caller to speak",
}
_TRANSFERS = {
    "warm": "the assistant bridges the two",
    "cold": "the call is handed over by SIP REFER",
    None: "no transfer",
}
_EMPTIED = {
    "voicemail_message": "(hangs up at once)",
    "max_duration_end_message": "(the call ends silently)",
}

#: What people call a field whose name does not say it.
_TITLES = {
    "end_of_call_sentence": "closing sentence",
    "max_duration_end_message": "message at the time limit",
    "voicemail_message": "voicemail",
    "voicemail_sms_prompt": "text message after voicemail",
    "transfer_destinations": "transfer",
    "transfer_phone_number": "transfer",
    "human_transfer_mode": "transfer",
    "warm_transfer_summary_instructions": "transfer",
    "call_retry_config": "calling times",
    "first_sentence_mode": "first sentence",
    "first_sentence_delay_ms": "first sentence",
    "max_call_duration_secs": "longest call",
    "ivr_navigation_enabled": "IVR navigation",
    "webhook_url": "webhook",
    "llm_model": "model",
    "structured_output_config": "structured output",
    "structured_output_prompt": "structured output",
    "stt_model": "transcription",
    "stt_context": "transcription",
}

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))
_WINDOW = ("calling_window_start_time", "calling_window_end_time", "retry_delay_seconds")
_Speaker = tuple[str | None, Callable[[Any], str | None]]
_INDEX = re.compile(r"([a-z_]+)\[([0-9]+)\](?:\.(.+))?")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that changes, in words; ``before`` and ``after`` are null where there is none.

    ``base`` is what the definition said before, in a conflict.
    """

    op: Op
    what: str
    before: str | None
    after: str | None
    base: str | None = None


def counted(number: int, noun: str) -> str:
    """Return a number of things in words, such as ``1 file`` or ``2 files``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def title(field: str) -> str:
    """Return what people call a field."""
    return _TITLES.get(field, field.replace("_", " "))


def consequence(change: Change) -> str | None:
    """Return what the API documents about a field that is emptied, where callers notice it."""
    return _EMPTIED.get(change.path) if change.op == "remove" and change.after is None else None


def tell(change: Change) -> list[Told] | None:
    """Return a change in words; None for what has no words of its own."""
    if change.sensitive or (change.before is None and change.after is None):
        return None
    if change.path == "call_retry_config":
        return _whole_times(change)
    what, speak = _speaker(change.path)
    if what is None:
        return None
    given = [change.before, change.after] + ([change.base] if change.origin == "both" else [])
    told = [speak(value) for value in given]
    if any(said is None and value is not None for said, value in zip(told, given, strict=True)):
        return None
    op: Op = "change" if None not in told[:2] else change.op
    return [Told(op, what, *told)]


def _whole_times(change: Change) -> list[Told] | None:
    """Tell of all calling times that come, or go."""
    value = change.after if change.op == "add" else change.before
    if change.op == "change" or change.origin == "both" or not isinstance(value, dict):
        return None
    told = []
    for name, member in value.items():
        words = _TIMES[name][1](member) if name in _TIMES else None
        if words is None:
            return None
        sides = (None, words) if change.op == "add" else (words, None)
        told.append(Told(change.op, _TIMES[name][0], *sides))
    return told or None


def _speaker(path: str) -> _Speaker:
    """Return what the value at a path is, and what puts such a value into words."""
    if path in _FIELDS:
        return _FIELDS[path]
    rest = path.removeprefix("call_retry_config.")
    found = _INDEX.fullmatch(rest)
    if found is None:
        return _NOTHING if rest == path else _TIMES.get(rest, _NOTHING)
    what, speak = _ITEMS.get(found[1], {}).get(found[3], _NOTHING)
    return None if what is None else what.format(int(found[2]) + 1), speak


def days_in_words(days: Any) -> str | None:
    """Return days as people say them, in the order of the week."""
    if not isinstance(days, list) or any(day not in _DAYS for day in days):
        return None
    found = [day.capitalize() for day in _DAYS if day in days]
    return ", ".join(found) or "none"


def duration(seconds: Any) -> str | None:
    """Return seconds in words; 0 is documented as "as soon as the window allows"."""
    if not _is_whole(seconds) or seconds < 0:
        return None
    parts = []
    left = seconds
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        parts += [counted(count, unit)] if count else []
    return " ".join(parts) or "as soon as the window allows"


def _named(value: Any, meanings: Mapping[Any, str]) -> str | None:
    if value is not None and not isinstance(value, str):
        return None
    meaning = meanings.get(value)
    return meaning if value is None else f'"{value}"' + (f" ({meaning})" if meaning else "")


def _all(values: Any, speak: Callable[[Any], str | None]) -> str | None:
    told = [speak(item) for item in values] if isinstance(values, list) else []
    return None if None in told or not told else "; ".join(filter(None, told))


def _destination(value: Any) -> str | None:
    if not isinstance(value, dict) or value.keys() != {"label", "phone_number"}:
        return None
    label, number = _text(value["label"]), _text(value["phone_number"])
    return None if label is None or number is None else f"{label}, {number}"


def _window(value: Any) -> str | None:
    if not isinstance(value, dict) or value.keys() != {*_WINDOW}:
        return None
    begins, ends = _text(value[_WINDOW[0]]), _text(value[_WINDOW[1]])
    wait = duration(value[_WINDOW[2]])
    if begins is None or ends is None or wait is None:
        return None
    after = "after " if value[_WINDOW[2]] else ""
    return f"{begins} to {ends}, again {after}{wait}"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _zone(value: Any) -> str | None:
    return "the recipient's" if value is None else _text(value)


def _count(value: Any) -> str | None:
    return str(value) if _is_whole(value) else None


def _flag(value: Any) -> str | None:
    return ("yes" if value else "no") if isinstance(value, bool) else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_NOTHING: _Speaker = (None, _text)
_FIELDS: Mapping[str, _Speaker] = {
    "first_sentence_mode": ("first_sentence_mode", lambda value: _named(value, _MODES)),
    "human_transfer_mode": ("human_transfer_mode", lambda value: _named(value, _TRANSFERS)),
    "transfer_destinations": ("destinations", lambda value: _all(value, _destination)),
}
_TIMES: Mapping[str, tuple[str, Callable[[Any], str | None]]] = {
    "calling_windows": ("windows", lambda value: _all(value, _window)),
    "timezone": ("time zone", _zone),
    "max_retry_attempts": ("retry attempts at most", _count),
    "allowed_days": ("days", days_in_words),
    "call_twice_in_a_row": ("calls a second time at once when no human was reached", _flag),
}
_ITEMS: Mapping[str, Mapping[str | None, _Speaker]] = {
    "calling_windows": {
        None: ("window {}", _window),
        _WINDOW[0]: ("window {} begins", _text),
        _WINDOW[1]: ("window {} ends", _text),
        _WINDOW[2]: ("window {}, tries again after", duration),
    },
    "allowed_days": {None: ("day", lambda value: days_in_words([value]))},
    "transfer_destinations": {
        None: ("destination {}", _destination),
        "label": ("destination {}, label", _text),
        "phone_number": ("destination {}, number", _text),
    },
}
