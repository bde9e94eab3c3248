"""Rules on the first sentence and its mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_READS = ("first_sentence_mode", "first_sentence")


def _static_without_sentence(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Mode `static` needs a `first_sentence`.

    In mode `static` the assistant speaks `first_sentence` word for word. What it says when there
    is none is not documented.
    """
    if fields.get("first_sentence_mode") == "static" and not fields.get("first_sentence"):
        message = "mode static speaks the first_sentence word for word, and there is none"
        yield Found(("first_sentence_mode",), message, "add `first_sentence: …`")


def _idle_sentence(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A `first_sentence` is idle in mode `none`.

    In mode `none` the assistant waits for the other side to speak, so that the sentence is never
    said.
    """
    if fields.get("first_sentence_mode") == "none" and fields.get("first_sentence"):
        message = "in mode none the assistant waits, so that this sentence is never said"
        yield Found(("first_sentence",), message, "remove it, or use mode static or generated")


RULES = (
    Rule("static-without-sentence", "error", _READS, _static_without_sentence),
    Rule("idle-first-sentence", "warning", _READS, _idle_sentence),
)
