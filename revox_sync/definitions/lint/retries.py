"""Rules on how calls are tried again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_FIELD = "call_retry_config"
_FEWEST = 2


def _no_day(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`allowed_days` names at least one day.

    On a day that it does not name, no call is placed.
    """
    if fields[_FIELD].get("allowed_days") == []:
        message = "without a day, no call would ever be placed"
        yield Found((_FIELD, "allowed_days"), message, "name the days, such as [monday, tuesday]")


def _idle_second_call(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`call_twice_in_a_row` needs `max_retry_attempts` of at least 2.

    It lets the second attempt follow the first at once; with one attempt there is no second.
    """
    config = fields[_FIELD]
    if config.get("call_twice_in_a_row") and config["max_retry_attempts"] < _FEWEST:
        message = "this has no effect while max_retry_attempts is below 2"
        hint = "raise max_retry_attempts to 2, or remove this"
        yield Found((_FIELD, "call_twice_in_a_row"), message, hint)


RULES = (
    Rule("no-calling-day", "error", (_FIELD,), _no_day),
    Rule("idle-second-call", "warning", (_FIELD,), _idle_second_call),
)
