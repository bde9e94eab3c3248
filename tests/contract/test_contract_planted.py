"""Each comparison notices what it is there for, and names the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from contract import ours
from contract.compare import COMMON, Named, differences
from contract.facts import Fact, Side, documents

DOCUMENTS = documents()
TOLD = DOCUMENTS.sides[DOCUMENTS.latest]
EVERYTHING = (*COMMON, "bounds", "since", "until", "default", "secret", "url")


def _changed(path: str, **facts: Any) -> Side:
    return {**TOLD, path: replace(TOLD[path], **facts)}


def _without(path: str) -> Side:
    return {name: fact for name, fact in TOLD.items() if name != path}


def _seen(side: Side, *, newer: bool = False) -> list[str]:
    return differences(Named("A", side), Named("B", TOLD), EVERYTHING, newer=newer)


def test_a_side_agrees_with_itself() -> None:
    assert _seen(TOLD) == []


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (lambda: _without("voice"), "voice: A lacks it"),
        (lambda: _without("slack.channels[].name"), "slack.channels[].name: A lacks it"),
        (lambda: {**TOLD, "x": Fact("string")}, "x: B lacks it"),
        (
            lambda: _changed("voice.provider", values=("cartesia", "elevenlabs")),
            "voice.provider: A lacks the value gradium",
        ),
        (
            lambda: _changed("stt_model", values=(*TOLD["stt_model"].values, "stt-rt-v6")),
            "stt_model: B lacks the value stt-rt-v6",
        ),
        (
            lambda: _changed("webhook_url", nullable=True),
            "webhook_url: nullable is yes in A, no in B",
        ),
        (
            lambda: _changed("llm_model<custom>.api_key", required=False),
            "llm_model<custom>.api_key: required is no in A, yes in B",
        ),
        (
            lambda: _changed("voice.speed", bounds={"min": 0.5, "max": 1.5}),
            "voice.speed: bounds is max 1.5 min 0.5 in A, max 1.5 min 0.6 in B",
        ),
        (
            lambda: _changed("voice.id", bounds={}),
            "voice.id: bounds is nothing in A, min_length 1 in B",
        ),
        (
            lambda: _changed("first_sentence_delay_ms", type="number"),
            "first_sentence_delay_ms: type is number in A, integer in B",
        ),
        (
            lambda: _changed("stt_context.terms", items="object"),
            "stt_context.terms: items is object in A, string in B",
        ),
        (
            lambda: _changed("type", since="0.4.0"),
            "type: since is 0.4.0 in A, 0.2.0 in B",
        ),
        (
            lambda: _changed("voice.volume", default=2.0),
            "voice.volume: default is 2.0 in A, 1.0 in B",
        ),
        (
            lambda: _changed("llm_model<custom>.api_key", secret=False),
            "llm_model<custom>.api_key: secret is no in A, yes in B",
        ),
    ],
)
def test_a_planted_difference_is_told_by_its_name(planted: Callable[[], Side], words: str) -> None:
    assert words in _seen(planted())


def test_what_a_newer_release_brings_is_told_as_new() -> None:
    newer = {**_changed("voice.provider", values=("acme",)), "x": Fact("string")}
    told = differences(Named("the model", TOLD), Named("revox 0.6.0", newer), newer=True)
    assert "new in revox 0.6.0: field x" in told
    assert "new in revox 0.6.0: value acme of voice.provider" in told
    assert "voice.provider: revox 0.6.0 lacks the value gradium" in told


@pytest.mark.parametrize(
    ("path", "row", "words"),
    [
        ("type", {"default": "multi-step"}, "type: default is 'multi-step' in the table"),
        ("first_sentence_mode", {"default": "none"}, "first_sentence_mode: default is 'none'"),
    ],
)
def test_a_planted_resting_value_is_told(path: str, row: dict[str, Any], words: str) -> None:
    table = ours.table()
    entry = table[path].field
    assert entry is not None
    table[path] = replace(table[path], field=replace(entry, **row))
    (told,) = ours.default_differences(table, DOCUMENTS.ever())
    assert told.startswith(words)


def test_a_documented_default_that_the_table_lacks_is_told() -> None:
    table = ours.table()
    path = "voice.speed"
    table[path] = replace(table[path], member=replace(table["voice.id"].member))
    (told,) = ours.default_differences(table, DOCUMENTS.ever())
    assert told == "voice.speed: the documented default 1.0 is not in the table"


def test_a_part_that_the_table_takes_for_gone_is_missed() -> None:
    """The sides of releases follow from the table, so that a wrong life of a field is seen."""
    interim = Named("the model", ours.at("0.2.0"))
    told = differences(interim, Named("facts.json", TOLD))
    assert "transfer_destinations: the model lacks it" in told
    assert "transfer_phone_number: facts.json lacks it" in told
    assert "slack.outcomes: facts.json lacks the value ai_averse" in told
