"""What means nothing: other ways to say the same, and what a definition leaves out.

``equivalents`` yields pairs of what is stated and what is held between which a plan must be empty.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from properties.documented import (
    ADDRESSES,
    CONTEXT,
    DEFAULTS,
    EMPTY_IS_NULL,
    HINTS,
    IDENTITY,
    LISTS,
    OPTIONAL,
    PROSE,
    SECRET,
    SETS,
    UNORDERED,
    URLS,
    name_of,
    narrow,
)
from properties.meaning import agree, minutes_of, plain
from properties.places import Path, place_of, without

Fields = dict[str, Any]
Rewrite = Callable[[Any, str], Any]


def equivalents(fields: Fields) -> Iterator[tuple[str, Fields, Fields]]:
    """Yield (what is different, stated, held)."""
    yield "nothing", fields, copy.deepcopy(fields)
    for rewrite in _REWRITES:
        other = _map(fields, rewrite)
        if other != fields or rewrite is _numbers:
            yield f"held: {rewrite.__doc__}", fields, other
            yield f"stated: {rewrite.__doc__}", other, fields
    for rewrite in _ANSWERS:
        yield f"held: {rewrite.__doc__}", fields, _map(fields, rewrite)
    yield "held: the FAQ in another order, with ids", fields, _faq_of_the_service(fields)
    for path in _paths(fields):
        if path not in (("name",), ("prompt",)):
            yield f"not stated: {path}", without(fields, path), fields
    for path in _hints(fields):
        yield f"held besides: {path}", without(fields, path), fields


def _lines(value: Any, place: str) -> Any:
    """CRLF line ends and a final one"""
    if name_of(place) in PROSE and isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") + "\r\n"
    return value


def _numbers(value: Any, place: str) -> Any:
    """floats for whole numbers"""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _times(value: Any, place: str) -> Any:
    """the other format of times"""
    if not place.endswith("_time"):
        return value
    minutes = minutes_of(value)
    hour, minute = divmod(minutes, 60)
    if value[-1] == "m":
        return f"{hour:02}:{minute:02}"
    half = "pm" if hour > 11 else "am"
    return f"{hour % 12 or 12}{f':{minute:02}' if minute else ''}{half}"


def _nothing(value: Any, place: str) -> Any:
    """null for empty lists"""
    return None if _is_plain_list(place) and value == [] else value


def _something(value: Any, place: str) -> Any:
    """empty lists for null"""
    return [] if _is_plain_list(place) and value is None else value


def _is_plain_list(place: str) -> bool:
    """Whether null and [] are one here; null for the days stands for their default."""
    return name_of(place) in LISTS - {"allowed_days", "faq_items"}


def _no_context(value: Any, place: str) -> Any:
    """null for a context without an entry"""
    return None if place == CONTEXT and not any((value or {}).values()) else value


def _empty_context(value: Any, place: str) -> Any:
    """a context without an entry for null"""
    return {"general": [], "terms": []} if place == CONTEXT and value is None else value


def _no_text(value: Any, place: str) -> Any:
    """null for texts of which the empty one means none"""
    text = isinstance(value, str) and plain(value) == ""
    return None if name_of(place) in EMPTY_IS_NULL and text else value


def _empty_text(value: Any, place: str) -> Any:
    """the empty text for null where that means none"""
    return "" if name_of(place) in EMPTY_IS_NULL and value is None else value


def _no_default(value: Any, place: str) -> Any:
    """null for documented defaults"""
    name = name_of(place)
    if name not in DEFAULTS or value is None:
        return value
    return None if agree(place, DEFAULTS[name], value) else value


def _default(value: Any, place: str) -> Any:
    """documented defaults for null"""
    return DEFAULTS.get(name_of(place)) if value is None else value


def _sets(value: Any, place: str) -> Any:
    """sets in another order, and an item twice"""
    return [*reversed(value), value[0]] if name_of(place) in SETS and value else value


def _orders(value: Any, place: str) -> Any:
    """lists without an order the other way round"""
    return value[::-1] if name_of(place) in UNORDERED | HINTS and value else value


def _addresses(value: Any, place: str) -> Any:
    """addresses in another order, with more spaces, and one twice"""
    if place != ADDRESSES or value is None:
        return value
    found = value.split(",")
    return " ,  ".join([*reversed(found), found[0]])


def _reversed(value: Any, place: str) -> Any:
    """members in another order"""
    return dict(reversed(value.items())) if isinstance(value, dict) else value


def _optional(value: Any, place: str) -> Any:
    """null for members that are left out"""
    if not isinstance(value, dict):
        return value
    optional = OPTIONAL.get(place, ())
    if place == "llm_model" and value["type"] == "realtime":
        optional = ("realtime_voice_id",)
    return {**dict.fromkeys(optional), **value}


_REWRITES: tuple[Rewrite, ...] = (
    _lines,
    _numbers,
    _times,
    _nothing,
    _something,
    _no_context,
    _empty_context,
    _no_text,
    _empty_text,
    _no_default,
    _default,
    _sets,
    _orders,
    _addresses,
    _reversed,
    _optional,
)


def _more_members(value: Any, place: str) -> Any:
    """members that nobody knows"""
    return {**value, "unheard_of": {"x": 1}} if isinstance(value, dict) else value


def _no_nulls(value: Any, place: str) -> Any:
    """null members left out"""
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if item is not None}
    return value


def _narrow(value: Any, place: str) -> Any:
    """32-bit floats"""
    return narrow(value)


def _more_hints(value: Any, place: str) -> Any:
    """hints that the service found by itself"""
    if name_of(place) not in HINTS:
        return value
    new = "found by itself"
    found = [{"key": new, "value": new}] if place.endswith("general") else [new]
    return [*found, *(value or []), *(value or [])[:1]]


def _stars(value: Any, place: str) -> Any:
    """credentials masked by stars"""
    return "****" if SECRET.fullmatch(place) else value


def _last_characters(value: Any, place: str) -> Any:
    """credentials masked but for their ends"""
    return f"sk-…{value[-4:]}" if SECRET.fullmatch(place) else value


def _emptied(value: Any, place: str) -> Any:
    """credentials masked by the empty text"""
    return "" if SECRET.fullmatch(place) else value


def _left_out(value: Any, place: str) -> Any:
    """credentials left out"""
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if not SECRET.fullmatch(f"{place}.{key}")}


def _masked_urls(value: Any, place: str) -> Any:
    """query values of URLs masked"""
    if name_of(place) not in URLS or not isinstance(value, str) or "?" not in value:
        return value
    head, _, query = value.partition("?")
    pairs = (part.split("=") for part in query.split("&"))
    shown = (f"{k}={v if v.startswith('{{') else '***'}" for k, v in pairs)
    return f"{head}?{'&'.join(shown)}"


#: What only an account may say in its own way.
_ANSWERS: tuple[Rewrite, ...] = (
    _more_members,
    _no_nulls,
    _narrow,
    _more_hints,
    _stars,
    _last_characters,
    _emptied,
    _left_out,
    _masked_urls,
)


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


def _map(value: Any, rewrite: Rewrite, place: str = "") -> Any:
    if isinstance(value, dict):
        value = {
            key: _map(item, rewrite, f"{place}.{key}" if place else key)
            for key, item in value.items()
        }
    elif isinstance(value, list):
        value = [_map(item, rewrite, f"{place}[]") for item in value]
    return rewrite(value, place)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every field and member that a definition may leave out."""
    if isinstance(value, dict):
        item_of = name_of(place_of(path)).partition("[]")
        known = IDENTITY.get(item_of[0]) if item_of[1] else None
        for key, item in value.items():
            # What tells items, FAQ entries and variants apart cannot be left out.
            if (*path, key) == ("llm_model", "type") or path[:1] == ("faq_items",):
                continue
            if key == known:
                continue
            yield (*path, key)
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


def _hints(fields: Fields) -> Iterator[Path]:
    """Yield the path of every entry of the context."""
    context = fields.get(CONTEXT) or {}
    for name, entries in context.items():
        for index in range(len(entries or ())):
            yield (CONTEXT, name, index)
