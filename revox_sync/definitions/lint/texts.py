"""Rules on the name and the FAQ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule


def _blank_name(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`name` is not blank: an assistant is found by it."""
    if not fields["name"].strip():
        yield Found(("name",), "the name is blank", "name the assistant; it is found by its name")


def _duplicate_question(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A question stands in the FAQ once.

    The API takes a question twice; which of the answers the assistant gives is open.
    """
    first: dict[str, int] = {}
    for index, item in enumerate(fields["faq_items"]):
        earlier = first.setdefault(item["question"], index)
        if earlier != index:
            message = f"faq_items[{earlier}] asks the same"
            yield Found(("faq_items", index, "question"), message, "keep one of them")


RULES = (
    Rule("blank-name", "error", ("name",), _blank_name),
    Rule("duplicate-question", "warning", ("faq_items",), _duplicate_question),
)
