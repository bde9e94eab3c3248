"""Cases of lists without an order: sets, hints of the service's own, the FAQ."""

from __future__ import annotations

from typing import Any

from moving import DEFINITION, DRIFT, UNCERTAIN, both, moves


def _retry(*days: str) -> dict[str, Any]:
    window = {
        "calling_window_start_time": "12:00",
        "calling_window_end_time": "14:00",
        "retry_delay_seconds": 600,
    }
    return {
        "calling_windows": [window],
        "max_retry_attempts": 2,
        "allowed_days": list(days),
        "call_twice_in_a_row": False,
    }


def _faq(**items: str) -> list[dict[str, str]]:
    return [{"question": f"{asked}?", "answer": answer} for asked, answer in items.items()]


def _known(asked: str, answer: str) -> dict[str, str]:
    return {"question": f"{asked}?", "answer": answer}


_RETRY = "call_retry_config"

SETS = {
    "days": moves(
        {
            f"{_RETRY}.allowed_days[1]": both(UNCERTAIN),
            f"{_RETRY}.allowed_days[2]": both(UNCERTAIN),
        },
        _RETRY,
        _retry("monday", "friday"),
        now=_retry("saturday", "friday", "monday"),
        held=_retry("friday"),
    ),
    "days-in-another-order": moves(
        {f"{_RETRY}.allowed_days[0]": DRIFT},
        _RETRY,
        _retry("monday", "friday"),
        now=_retry("friday", "monday"),
        held=_retry("monday"),
    ),
    "one-day-for-another": moves(
        {f"{_RETRY}.allowed_days[1]": DEFINITION},
        _RETRY,
        _retry("monday", "friday"),
        now=_retry("friday", "sunday"),
    ),
    "one-day-for-another-there": moves(
        {f"{_RETRY}.allowed_days[1]": DRIFT},
        _RETRY,
        _retry("monday", "friday"),
        held=_retry("friday", "sunday"),
    ),
    "one-day-against-another": moves(
        {f"{_RETRY}.allowed_days[1]": both(UNCERTAIN)},
        _RETRY,
        _retry("friday"),
        now=_retry("friday", "sunday"),
        held=_retry("friday", "monday"),
    ),
    "outcomes": moves(
        {"email_notification_outcomes[1]": DEFINITION},
        "email_notification_outcomes",
        ["completed"],
        now=["none", "completed"],
    ),
    "outcomes-taken-there": moves(
        {"after_call_sms_outcomes": DRIFT}, "after_call_sms_outcomes", ["interested"], held=[]
    ),
    "hints-of-the-service": moves(
        {"stt_context.terms[1]": DEFINITION},
        "stt_context",
        {"general": [], "terms": ["Lumière"]},
        now={"general": [], "terms": ["Spa", "Lumière"]},
        held={"general": [], "terms": ["Lumière", "learnt"]},
    ),
    "hint-taken-there": moves(
        {"stt_context.terms[1]": DRIFT},
        "stt_context",
        {"general": [], "terms": ["Lumière", "Spa"]},
        held={"general": [], "terms": ["learnt", "Lumière"]},
    ),
    "hint-each": moves(
        {
            "stt_context.general[0].value": DRIFT,
            "stt_context.general[1].value": both("calm"),
        },
        "stt_context",
        {
            "general": [{"key": "domain", "value": "hotel"}, {"key": "mood", "value": "calm"}],
            "terms": [],
        },
        now={
            "general": [{"key": "mood", "value": "gay"}, {"key": "domain", "value": "hotel"}],
            "terms": [],
        },
        held={
            "general": [{"key": "domain", "value": "spa"}, {"key": "mood", "value": "sad"}],
            "terms": [],
        },
    ),
    "channels": moves(
        {"slack.channels[1]": DEFINITION, "slack.outcomes[0]": DRIFT},
        "slack",
        {"connection_id": "s", "channels": [{"id": "C1"}], "outcomes": ["interested"]},
        now={
            "connection_id": "s",
            "channels": [{"id": "C2"}, {"id": "C1"}],
            "outcomes": ["interested"],
        },
        held={
            "connection_id": "s",
            "channels": [{"id": "C1"}],
            "outcomes": ["completed", "interested"],
        },
    ),
}

FAQ = {
    "faq-added": moves(
        {"faq_items[Cats?]": DEFINITION},
        "faq_items",
        _faq(Dogs="Yes"),
        now=_faq(Dogs="Yes", Cats="No"),
    ),
    "faq-added-there": moves(
        {"faq_items[Cats?]": DRIFT}, "faq_items", _faq(Dogs="Yes"), held=_faq(Dogs="Yes", Cats="No")
    ),
    "faq-removed-and-repeated-there": moves(
        {f"faq_items[Dogs?{nth}]": both(_known("Dogs", "Yes")) for nth in ("", "#2")},
        "faq_items",
        _faq(Dogs="Yes", Cats="No"),
        now=_faq(Cats="No"),
        held=[_known("Dogs", "Yes"), *_faq(Dogs="Yes", Cats="No")],
    ),
    "faq-removed": moves(
        {"faq_items[Cats?]": DEFINITION},
        "faq_items",
        _faq(Dogs="Yes", Cats="No"),
        now=_faq(Dogs="Yes"),
    ),
    "faq-removed-there": moves(
        {"faq_items[Cats?]": DRIFT}, "faq_items", _faq(Dogs="Yes", Cats="No"), held=_faq(Dogs="Yes")
    ),
    "faq-answered": moves(
        {"faq_items[Dogs?]": DEFINITION}, "faq_items", _faq(Dogs="Yes"), now=_faq(Dogs="No")
    ),
    "faq-answered-there": moves(
        {"faq_items[Dogs?]": DRIFT}, "faq_items", _faq(Dogs="Yes"), held=_faq(Dogs="No")
    ),
    "faq-answered-by-both": moves(
        {"faq_items[Dogs?]": both(_known("Dogs", "Yes"))},
        "faq_items",
        _faq(Dogs="Yes"),
        now=_faq(Dogs="No"),
        held=_faq(Dogs="Some"),
    ),
    "faq-reworded": moves(
        {"faq_items[Pets?]": DEFINITION}, "faq_items", _faq(Dogs="Yes"), now=_faq(Pets="Yes")
    ),
    "faq-reworded-there": moves(
        {"faq_items[Dogs?]": DRIFT}, "faq_items", _faq(Dogs="Yes"), held=_faq(Pets="Yes")
    ),
    "faq-reworded-by-both": moves(
        {"faq_items[Pets?]": both()},
        "faq_items",
        _faq(Dogs="Yes"),
        now=_faq(Pets="Yes"),
        held=_faq(Cats="Yes"),
    ),
    "faq-added-on-both-sides": moves(
        {"faq_items[Cats?]": DEFINITION, "faq_items[Birds?]": DRIFT},
        "faq_items",
        _faq(Dogs="Yes"),
        now=_faq(Dogs="Yes", Cats="No"),
        held=_faq(Dogs="Yes", Birds="Perhaps"),
    ),
    "faq-answered-and-removed-there": moves(
        {"faq_items[Dogs?]": both(_known("Dogs", "Yes"))},
        "faq_items",
        _faq(Dogs="Yes", Cats="No"),
        now=_faq(Dogs="No way", Cats="No"),
        held=_faq(Cats="No"),
    ),
    "faq-removed-and-answered-there": moves(
        {"faq_items[Dogs?]": both(_known("Dogs", "Yes"))},
        "faq_items",
        _faq(Dogs="Yes", Cats="No"),
        now=_faq(Cats="No"),
        held=_faq(Dogs="No way", Cats="No"),
    ),
    "faq-same-answer-by-both": moves(
        {"faq_items[Cats?]": DRIFT},
        "faq_items",
        _faq(Dogs="Yes", Cats="No"),
        now=_faq(Dogs="Sure", Cats="No"),
        held=_faq(Dogs="Sure", Cats="Never"),
    ),
    "faq-twice": moves(
        {"faq_items[Dogs?#2]": DEFINITION},
        "faq_items",
        _faq(Dogs="Yes"),
        now=_faq(Dogs="Yes") + _faq(Dogs="Yes"),
    ),
    "faq-emptied": moves(
        {"faq_items[Dogs?]": DEFINITION, "faq_items[Cats?]": DRIFT},
        "faq_items",
        _faq(Dogs="Yes"),
        now=[],
        held=_faq(Dogs="Yes", Cats="No"),
    ),
}
