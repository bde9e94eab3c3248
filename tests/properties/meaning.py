"""What a value means, said a second time and on its own: the judge over the planner's comparison.

Nothing here comes from ``revox_sync``: a mistake there must not be repeated here. The rules are the
documented ones: times of day by the clock, numbers by value, texts by their lines, the FAQ as a
multiset, null and the empty list alike, members that are not stated left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

_PROSE = {
    "prompt",
    "first_sentence",
    "end_of_call_sentence",
    "voicemail_message",
    "description",
    "question",
    "answer",
}
_LISTS = {"structured_output_config", "enum_options", "calling_windows", "faq_items"}
_DEFAULTS: Mapping[str, Any] = {"speed": 1.0}

#: Fields that PATCH cannot empty: stated as null, they stay as the account has them.
NOT_CLEARABLE = frozenset(
    {"webhook_url", "first_sentence", "end_of_call_sentence", "voice", "call_retry_config"}
)


def disagreements(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> set[str]:
    """Return the fields of which the account does not hold what is stated."""
    return {
        name
        for name, value in wanted.items()
        if not (value is None and name in NOT_CLEARABLE)
        and not agree(name, value, stored.get(name))
    }


def agree(name: str, wanted: Any, held: Any) -> bool:
    """Whether the account's value of a field or member means what is wanted."""
    if name == "faq_items":
        return _faq(wanted) == _faq(held)
    if name in _LISTS:
        wanted, held = wanted or [], held or []
        return len(wanted) == len(held) and all(
            agree("", one, other) for one, other in zip(wanted, held, strict=True)
        )
    if isinstance(wanted, dict):
        return isinstance(held, dict) and all(
            agree(member, value, held.get(member)) for member, value in wanted.items()
        )
    same: bool = _plain(name, wanted) == _plain(name, held)
    return same


def _faq(items: Any) -> Counter[tuple[Any, Any]]:
    return Counter(
        (_plain("question", item["question"]), _plain("answer", item["answer"]))
        for item in items or []
        if not item.get("needs_human_answer")
    )


def _plain(name: str, value: Any) -> Any:
    if value is None:
        value = _DEFAULTS.get(name)
    if isinstance(value, bool) or value is None:
        return ("flag", value)
    if isinstance(value, int | float):
        return ("number", Fraction(value))
    if name.endswith("_time"):
        return ("minutes", minutes_of(value))
    if name in _PROSE:
        return ("text", re.sub(r"\r\n?", "\n", value).rstrip("\n"))
    return ("text", value)


def minutes_of(text: str) -> int:
    """Return a time of day in minutes after midnight."""
    found = re.fullmatch(r"(\d\d?)(?::(\d\d))?(am|pm)?", text)
    assert found is not None, text
    hour = int(found[1]) % 12 + 12 * (found[3] == "pm") if found[3] else int(found[1])
    return hour * 60 + int(found[2] or 0)
