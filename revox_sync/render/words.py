"""What callers hear, in the words of the people who answer for it.

Every text that is returned may hold texts of others (a time zone, a label, a number): renderers
escape it. A value of an unexpected form has no words, and is shown as data instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from revox_sync.plan.model import Change, Op
from revox_sync.render.times import (
    calling_times,
    days_in_words,
    index_of,
    text,
    value_of_times,
    what_of_times,
)

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
    "voicemail_message": "hangs up at once",
    "max_duration_end_message": "the call ends silently",
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


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that changes, in words; ``before`` and ``after`` are null where there is none.

    ``what`` is empty where ``after`` is a sentence. ``base`` is what the definition said before,
    in a conflict.
    """

    op: Op
    what: str
    before: str | None
    after: str | None
    base: str | None = None


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
    if change.path == "call_retry_config" and change.op == "add" and change.origin != "both":
        lines = calling_times(change.after)
        return None if lines is None else [Told("add", "", None, line) for line in lines]
    if change.path.startswith("call_retry_config.allowed_days"):
        return _days_told(change)
    what, words = _speaker(change.path)
    if what is None:
        return None
    given = [change.before, change.after] + ([change.base] if change.origin == "both" else [])
    told = [words(value) for value in given]
    if any(said is None and value is not None for said, value in zip(told, given, strict=True)):
        return None
    op: Op = "change" if None not in told[:2] else change.op
    return [Told(op, what, *told)]


def _speaker(path: str) -> tuple[str | None, Callable[[Any], str | None]]:
    """Return what the value at a path is, and what puts such a value into words."""
    field, _, rest = path.partition(".")
    if path == "first_sentence_mode":
        return path, lambda value: _named(value, _MODES)
    if path == "human_transfer_mode":
        return path, lambda value: _named(value, _TRANSFERS)
    if field == "call_retry_config":
        return what_of_times(rest), lambda value: value_of_times(rest, value)
    if path == "transfer_destinations":
        return "destinations", _destinations
    number = index_of(field) if field.startswith("transfer_destinations[") else None
    part = {"": "", "label": ", label", "phone_number": ", number"}.get(rest)
    what = None if number is None or part is None else f"destination {number}{part}"
    return what, _destination if rest == "" else text


def _named(value: Any, meanings: Mapping[Any, str]) -> str | None:
    if value is not None and not isinstance(value, str):
        return None
    meaning = meanings.get(value)
    return meaning if value is None else f'"{value}"' + (f" ({meaning})" if meaning else "")


def _destinations(value: Any) -> str | None:
    told = [_destination(item) for item in value] if isinstance(value, list) else []
    return None if None in told or not told else "; ".join(filter(None, told))


def _destination(value: Any) -> str | None:
    if not isinstance(value, dict) or value.keys() != {"label", "phone_number"}:
        return None
    label, number = text(value["label"]), text(value["phone_number"])
    return None if label is None or number is None else f"{label}, {number}"


def _days_told(change: Change) -> list[Told] | None:
    """Return a change of the days: a list that comes or goes, or one day of it."""
    conflict = change.origin == "both"
    sides = [change.before, change.after] + ([change.base] if conflict else [])
    told = [
        days_in_words(side if isinstance(side, list) else [] if side is None else [side])
        for side in sides
    ]
    if None in told:
        return None
    before, after = told[:2]
    if conflict:
        return [Told("change", "days", *(days or "none" for days in told))]
    if isinstance(change.before, list):
        return [Told("change", "days", before or "none", after or "none")]
    if isinstance(change.after, list):
        return [Told("add", "days", None, after)]
    parts = [f"without {before}"] if before else []
    parts += [f"also {after}"] if after else []
    return [Told("change", "days", None, ", ".join(parts))]
