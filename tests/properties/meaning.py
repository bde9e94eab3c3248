"""What a value means, said a second time and on its own: the judge over the planner's comparison.

Nothing here comes from ``revox_sync``: a mistake there must not be repeated here. The rules are the
documented ones: times of day by the clock, numbers by value, texts by their lines, the FAQ as a
multiset, days and outcomes as sets, hints as a superset, null and the empty list alike, members
that are not stated left out. What an account masks may be anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from properties.documented import (
    ADDRESSES,
    CONTEXT,
    DEFAULTS,
    EMPTY_IS_NULL,
    HINTS,
    LISTS,
    NOT_CLEARABLE,
    PROSE,
    SECRET,
    SETS,
    UNORDERED,
    name_of,
    narrow,
    unreadable,
)


def disagreements(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> set[str]:
    """Return the fields of which the account does not hold what is stated."""
    return {
        name
        for name, value in wanted.items()
        if not (value is None and name in NOT_CLEARABLE)
        and not agree(name, value, stored.get(name))
    }


def agree(place: str, wanted: Any, held: Any) -> bool:
    """Whether the account's value at a place (of a field: its name) means what is wanted."""
    name = name_of(place)
    if name == "faq_items":
        return _faq(wanted) == _faq(held)
    if wanted is None and name in DEFAULTS:
        wanted = DEFAULTS[name]
    if held is None and name in DEFAULTS:
        held = DEFAULTS[name]
    if name in LISTS:
        return _lists_agree(place, wanted or [], held or [])
    if place == CONTEXT:
        wanted, held = wanted and _hints(wanted), held and _hints(held)
        if not wanted:
            return wanted == {} or not held
    if isinstance(wanted, dict):
        return isinstance(held, dict) and all(
            agree(f"{place}.{member}", value, held.get(member)) for member, value in wanted.items()
        )
    if SECRET.fullmatch(place) and unreadable(held):
        return True
    return bool(_plain(name, wanted) in (_plain(name, held), _plain(name, _wide(wanted, held))))


def _lists_agree(place: str, wanted: list[Any], held: list[Any]) -> bool:
    name = name_of(place)
    if name in SETS:
        return set(wanted) == set(held)
    if name not in UNORDERED | HINTS:
        return len(wanted) == len(held) and all(
            agree(f"{place}[]", one, other) for one, other in zip(wanted, held, strict=True)
        )
    left = list(held)
    for one in wanted:
        match = next((other for other in left if agree(f"{place}[]", one, other)), None)
        if match is None:
            return False
        left.remove(match)
    return name in HINTS or not left


def _hints(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: items for name, items in context.items() if items}


def _wide(wanted: Any, held: Any) -> Any:
    """Return ``held``, or ``wanted`` where the account holds that as a 32-bit float."""
    return wanted if isinstance(wanted, float) and narrow(wanted) == held else held


def _faq(items: Any) -> Counter[tuple[Any, Any]]:
    return Counter(
        (_plain("question", item["question"]), _plain("answer", item["answer"]))
        for item in items or []
        if not item.get("needs_human_answer")
    )


def _plain(name: str, value: Any) -> Any:
    if name in EMPTY_IS_NULL and value is not None and plain(value) == "":
        value = None
    if isinstance(value, bool) or value is None:
        return ("flag", value)
    if isinstance(value, int | float):
        return ("number", Fraction(value))
    if name.endswith("_time"):
        return ("minutes", minutes_of(value))
    if name in PROSE:
        return ("text", plain(value))
    if name == ADDRESSES:
        return ("addresses", frozenset(filter(None, map(str.strip, value.split(",")))))
    return ("text", value)


def plain(text: str) -> str:
    """Return a text with LF line ends and without final ones."""
    return re.sub(r"\r\n?", "\n", text).rstrip("\n")


def minutes_of(text: str) -> int:
    """Return a time of day in minutes after midnight."""
    found = re.fullmatch(r"(\d\d?)(?::(\d\d))?(am|pm)?", text)
    assert found is not None, text
    hour = int(found[1]) % 12 + 12 * (found[3] == "pm") if found[3] else int(found[1])
    return hour * 60 + int(found[2] or 0)
