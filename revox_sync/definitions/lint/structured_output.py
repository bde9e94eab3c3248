"""Rules on the values that are extracted from a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_FIELD = "structured_output_config"


def _enum_without_options(fields: Mapping[str, Any]) -> Iterator[Found]:
    """An output of type `enum` needs `enum_options`.

    Without options there is nothing to choose from.
    """
    for index, output in enumerate(fields[_FIELD]):
        if output["type"] == "enum" and not output.get("enum_options"):
            message = "an output of type enum needs enum_options to choose from"
            yield Found((_FIELD, index, "type"), message, "add `enum_options: [first, second]`")


def _options_without_enum(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`enum_options` mean something for type `enum` only."""
    for index, output in enumerate(fields[_FIELD]):
        if output["type"] != "enum" and output.get("enum_options"):
            message = "enum_options only mean something for type enum"
            yield Found(
                (_FIELD, index, "enum_options"), message, "remove them, or use `type: enum`"
            )


def _duplicate_output(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Two outputs cannot have one name.

    An extracted value is looked up by the name of its output.
    """
    first: dict[str, int] = {}
    for index, output in enumerate(fields[_FIELD]):
        earlier = first.setdefault(output["name"], index)
        if earlier != index:
            message = f"the output {_FIELD}[{earlier}] has this name too"
            yield Found((_FIELD, index, "name"), message, "rename or remove one of them")


RULES = (
    Rule("enum-without-options", "error", (_FIELD,), _enum_without_options),
    Rule("options-without-enum", "warning", (_FIELD,), _options_without_enum),
    Rule("duplicate-output", "error", (_FIELD,), _duplicate_output),
)
