"""``call_retry_config`` in words: when calls may be placed, and when they are tried again.

A value of an unexpected form has no words (None), and is shown as data instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RANGE = 3
_HOUR, _MINUTE = 3600, 60
_WINDOW = {"calling_window_start_time", "calling_window_end_time", "retry_delay_seconds"}
_CONFIG = {
    "calling_windows",
    "timezone",
    "max_retry_attempts",
    "allowed_days",
    "call_twice_in_a_row",
}
_MEMBERS = {
    "calling_windows": "windows",
    "timezone": "time zone",
    "max_retry_attempts": "retry attempts at most",
    "call_twice_in_a_row": "calls a second time at once when no human was reached",
}
_AT_ONCE = "as soon as the window allows"
_OF_A_WINDOW = {
    "": "",
    "calling_window_start_time": " begins",
    "calling_window_end_time": " ends",
    "retry_delay_seconds": ", tries again after",
}


def calling_times(config: Any) -> list[str] | None:
    """Return a whole ``call_retry_config`` as sentences."""
    if not isinstance(config, dict) or not config.keys() <= _CONFIG:
        return None
    windows = config.get("calling_windows") or []
    spans = [_span(window) for window in windows] if isinstance(windows, list) else [None]
    days = days_in_words(config.get("allowed_days") or [])
    zone, most = _zone(config.get("timezone")), _count(config.get("max_retry_attempts", 0))
    twice = config.get("call_twice_in_a_row")
    if None in (days, zone, most, *spans) or not (twice is None or isinstance(twice, bool)):
        return None
    when = ", ".join(filter(None, [days, _listed([span for span in spans if span])]))
    where = "in the recipient's time zone"
    if config.get("timezone") is not None:
        where = f"in the time zone {zone}"
    lines = [f"calls may be placed {when or 'at any time'}, {where}"]
    waits = [_again(window) for window in windows]
    if len(set(waits)) == 1:
        lines.append(f"tries {waits[0]}")
    else:
        lines += [f"window {number}: tries {wait}" for number, wait in enumerate(waits, 1)]
    lines += [f"retry attempts at most: {most}"] if "max_retry_attempts" in config else []
    lines += [_MEMBERS["call_twice_in_a_row"]] if twice else []
    return lines


def what_of_times(path: str) -> str | None:
    """Return what the value at a path below ``call_retry_config`` is."""
    if path in _MEMBERS:
        return _MEMBERS[path]
    window, _, part = path.partition(".")
    number = index_of(window) if window.startswith("calling_windows[") else None
    return None if number is None or part not in _OF_A_WINDOW else _window(number, part)


def _window(number: int, part: str) -> str:
    return f"window {number}{_OF_A_WINDOW[part]}"


def value_of_times(path: str, value: Any) -> str | None:
    """Return the words for a value at a path below ``call_retry_config``."""
    member = path.rpartition(".")[2].partition("[")[0]
    return _VALUES[member](value) if member in _VALUES else None


def days_in_words(days: Any) -> str | None:
    """Return days as people say them, three or more in a row as a range."""
    if not isinstance(days, list) or any(day not in _DAYS for day in days):
        return None
    runs: list[list[int]] = []
    for number in sorted({_DAYS.index(day) for day in days}):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = [day.capitalize() for day in _DAYS]
    parts: list[str] = []
    for run in runs:
        if len(run) >= _RANGE:
            parts.append(f"{names[run[0]]} to {names[run[-1]]}")
        else:
            parts += [names[number] for number in run]
    return _listed(parts)


def duration(seconds: Any) -> str | None:
    """Return seconds in words; 0 is documented as "as soon as the window allows"."""
    if not _is_whole(seconds) or seconds < 0:
        return None
    if seconds == 0:
        return f"no delay, {_AT_ONCE}"
    units = (
        (seconds // _HOUR, "hour"),
        (seconds % _HOUR // _MINUTE, "minute"),
        (seconds % _MINUTE, "second"),
    )
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in units if count)


def index_of(part: str) -> int | None:
    """Return the number, from 1, of an item in a path; None where none is named."""
    digits = part.partition("[")[2].removesuffix("]")
    return int(digits) + 1 if part.endswith("]") and digits.isdecimal() else None


def text(value: Any) -> str | None:
    """Return a text as it is; None for other values."""
    return value if isinstance(value, str) else None


def _span(window: Any) -> str | None:
    """Return a calling window's hours."""
    if not isinstance(window, dict) or window.keys() != _WINDOW:
        return None
    begins = text(window["calling_window_start_time"])
    ends = text(window["calling_window_end_time"])
    if None in (begins, ends, duration(window["retry_delay_seconds"])):
        return None
    return f"{begins} to {ends}"


def _windows(value: Any) -> str | None:
    """Return one window, or several, with what they wait."""
    windows = value if isinstance(value, list) else [value]
    if not windows or any(_span(window) is None for window in windows):
        return None
    return "; ".join(f"{_span(window)}, {_again(window)}" for window in windows)


def _again(window: Mapping[str, Any]) -> str:
    """Return when a window's calls are tried again."""
    seconds = window["retry_delay_seconds"]
    return f"again after {duration(seconds)}" if seconds else f"again {_AT_ONCE}"


def _zone(value: Any) -> str | None:
    return "the recipient's" if value is None else text(value)


def _count(value: Any) -> str | None:
    return str(value) if _is_whole(value) else None


def _flag(value: Any) -> str | None:
    return ("yes" if value else "no") if isinstance(value, bool) else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


_VALUES: Mapping[str, Callable[[Any], str | None]] = MappingProxyType(
    {
        "calling_windows": _windows,
        "timezone": _zone,
        "max_retry_attempts": _count,
        "call_twice_in_a_row": _flag,
        "retry_delay_seconds": duration,
        "calling_window_start_time": text,
        "calling_window_end_time": text,
    }
)
