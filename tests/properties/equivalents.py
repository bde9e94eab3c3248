"""What means nothing: other ways to say the same, and what a definition leaves out.

``equivalents`` yields pairs of what is stated and what is held between which a plan must be empty.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from meaning import minutes_of

Fields = dict[str, Any]

_TEXTS = {
    "prompt",
    "first_sentence",
    "end_of_call_sentence",
    "voicemail_message",
    "description",
    "question",
    "answer",
}
_LISTS = {"structured_output_config", "enum_options", "calling_windows"}


def equivalents(fields: Fields) -> Iterator[tuple[str, Fields, Fields]]:
    """Yield (what is different, stated, held)."""
    yield "nothing", fields, copy.deepcopy(fields)
    for rewrite in _REWRITES:
        other = _map(fields, rewrite)
        what = str(rewrite.__doc__)
        yield f"held: {what}", fields, other
        yield f"stated: {what}", other, fields
    yield "held: members that nobody knows", fields, _map(fields, _more_members)
    yield "held: the FAQ in another order, with ids", fields, _faq_of_the_service(fields)
    yield "held: null members left out", fields, _map(fields, _no_nulls)
    for path in _paths(fields):
        if path not in (("name",), ("prompt",)):
            yield f"not stated: {path}", _without(fields, path), fields


def _lines(value: Any, name: str) -> Any:
    """CRLF line ends and a final one"""
    if name in _TEXTS and isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") + "\r\n"
    return value


def _numbers(value: Any, name: str) -> Any:
    """floats for whole numbers"""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _times(value: Any, name: str) -> Any:
    """the other format of times"""
    if not name.endswith("_time"):
        return value
    minutes = minutes_of(value)
    hour, minute = divmod(minutes, 60)
    if value[-1] == "m":
        return f"{hour:02}:{minute:02}"
    half = "pm" if hour > 11 else "am"
    return f"{hour % 12 or 12}{f':{minute:02}' if minute else ''}{half}"


def _nothing(value: Any, name: str) -> Any:
    """null for empty lists"""
    return None if name in _LISTS and value == [] else value


def _something(value: Any, name: str) -> Any:
    """empty lists for null"""
    return [] if name in _LISTS and value is None else value


def _speed(value: Any, name: str) -> Any:
    """null for the documented speed"""
    return None if name == "speed" and value == 1 else value


def _days(value: Any, name: str) -> Any:
    """days in another order and twice"""
    return [*reversed(value), value[0]] if name == "allowed_days" and value else value


def _reversed(value: Any, name: str) -> Any:
    """members in another order"""
    return dict(reversed(value.items())) if isinstance(value, dict) else value


_REWRITES: tuple[Callable[[Any, str], Any], ...] = (
    _lines,
    _numbers,
    _times,
    _nothing,
    _something,
    _speed,
    _days,
    _reversed,
)


def _more_members(value: Any, name: str) -> Any:
    return {**value, "unheard_of": {"x": 1}} if isinstance(value, dict) else value


def _no_nulls(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if item is not None}
    return value


def _faq_of_the_service(fields: Fields) -> Fields:
    """Return the FAQ turned round, with the service's own members and an open question."""
    if "faq_items" not in fields:
        return fields
    items = [
        {"id": str(number), "source": "human", "needs_human_answer": False, **item}
        for number, item in enumerate(reversed(fields["faq_items"]))
    ]
    waiting = {"id": "w", "question": "Open?", "answer": "", "needs_human_answer": True}
    return {**fields, "faq_items": [waiting, *items]}


def _map(value: Any, rewrite: Callable[[Any, str], Any], name: str = "") -> Any:
    if isinstance(value, dict):
        value = {key: _map(item, rewrite, key) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_map(item, rewrite) for item in value]
    return rewrite(value, name)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every field and member that a definition may leave out."""
    if isinstance(value, dict):
        for key, item in value.items():
            # What tells items, FAQ entries and variants apart cannot be left out.
            if (*path, key) == ("llm_model", "type") or path[:1] == ("faq_items",):
                continue
            if path[:1] == ("structured_output_config",) and key == "name":
                continue
            yield (*path, key)
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


def _without(fields: Fields, path: tuple[str | int, ...]) -> Fields:
    less = copy.deepcopy(fields)
    inner: Any = less
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return less
