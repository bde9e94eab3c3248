"""Rules on when calls are placed, and placed again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from revox_sync.definitions.lint.rule import Findings, rule
from revox_sync.definitions.suggest import closest
from revox_sync.model.shapes import Clock

_FIELD = "call_retry_config"
_START, _END = "calling_window_start_time", "calling_window_end_time"

#: Documented: "Format: 'HH:mm' (24-hour) or 'H:mma' (12-hour). Examples: '17:00', '6pm'."
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|(?:1[0-2]|[1-9])(?::[0-5][0-9])?[ap]m")
_LOOSE = re.compile(r"0*(\d{1,2})(?:\s*[:.h]\s*(\d{2})?)?\s*(?:([ap])\.?\s*m\.?)?", re.IGNORECASE)
_FEWEST = 2
#: A text of more characters is no time that somebody wrote in another form.
_LONGEST_TIME = 20


@rule("error", _FIELD)
def time_format(fields: Mapping[str, Any]) -> Findings:
    """Times of a calling window are written `18:00` or `6pm`.

    Either 24 hours with two digits each, or 12 hours with `am` or `pm` in lower case and no space:
    `9am`, `6:30pm`.
    """
    for index, window in enumerate(fields[_FIELD]["calling_windows"]):
        for member in (_START, _END):
            if not _TIME.fullmatch(window[member]):
                right = _right_form(window[member])
                hint = f'write "{right}"' if right else 'write "18:00" or "6pm"'
                message = "this is not a time as the API documents it"
                yield (_FIELD, "calling_windows", index, member), message, hint


@rule("error", _FIELD)
def window_order(fields: Mapping[str, Any]) -> Findings:
    """A calling window ends after it starts.

    A window lies within one day; a night takes two windows.
    """
    for index, window in enumerate(fields[_FIELD]["calling_windows"]):
        if not (_TIME.fullmatch(window[_START]) and _TIME.fullmatch(window[_END])):
            continue
        start, end = Clock().canonical(window[_START]), Clock().canonical(window[_END])
        if end <= start:
            message = f"this window ends {'when' if end == start else 'before'} it starts"
            hint = "a window lies within one day; split a night into two"
            yield (_FIELD, "calling_windows", index, _END), message, hint


@rule("error", _FIELD)
def unknown_timezone(fields: Mapping[str, Any]) -> Findings:
    """`timezone` is a name of the IANA time zone database, such as `Europe/Paris`."""
    zone = fields[_FIELD].get("timezone")
    if zone is None or zone in _zone_names():
        return
    match = _similar_zone(zone)
    hint = f"did you mean {match}?" if match else "write a name such as Europe/Paris"
    yield (_FIELD, "timezone"), "there is no IANA time zone of this name", hint


def _right_form(text: str) -> str | None:
    """Return the documented form of a time that a reader would still understand."""
    found = _LOOSE.fullmatch(text.strip()) if len(text) <= _LONGEST_TIME else None
    if not found or (found[3] is None and not re.search(r"[:.hH]", text)):
        return None
    half = f"{found[3].lower()}m" if found[3] else ""
    minutes = found[2] or "00"
    candidate = f"{int(found[1])}{f':{minutes}' if minutes != '00' else ''}{half}"
    form = candidate if half else f"{int(found[1]):02}:{minutes}"
    return form if _TIME.fullmatch(form) else None


def _similar_zone(zone: str) -> str | None:
    """Return the zone that ``zone`` comes closest to, also by its city alone."""
    names = _zone_names()
    match = closest(zone, names)
    if match:
        return match
    by_city = {name.rpartition("/")[2]: name for name in sorted(names, reverse=True)}
    city = closest(zone.rpartition("/")[2].replace(" ", "_"), by_city)
    return by_city[city] if city else None


@rule("error", _FIELD)
def no_calling_day(fields: Mapping[str, Any]) -> Findings:
    """`allowed_days` names at least one day.

    On a day that it does not name, no call is placed.
    """
    if fields[_FIELD].get("allowed_days") == []:
        message = "without a day, no call would ever be placed"
        yield (_FIELD, "allowed_days"), message, "name the days, such as [monday, tuesday]"


@rule("warning", _FIELD)
def idle_second_call(fields: Mapping[str, Any]) -> Findings:
    """`call_twice_in_a_row` needs `max_retry_attempts` of at least 2.

    It lets the second attempt follow the first at once; with one attempt there is no second.
    """
    config = fields[_FIELD]
    if config.get("call_twice_in_a_row") and config["max_retry_attempts"] < _FEWEST:
        message = "this has no effect while max_retry_attempts is below 2"
        hint = "raise max_retry_attempts to 2, or remove this"
        yield (_FIELD, "call_twice_in_a_row"), message, hint


@cache
def _zone_names() -> frozenset[str]:
    """Return every zone name. Read once; ``zoneinfo`` would open each zone's file to tell."""
    import tzdata  # type: ignore[import-untyped]

    listing = Path(tzdata.__file__).with_name("zones")
    return frozenset(listing.read_text(encoding="utf-8").split())
