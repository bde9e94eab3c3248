"""Rules on typed values: what is extracted from a call, and what custom tools are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.lint.rule import Found, Rule
from revox_sync.definitions.problem import spell

_OUTPUTS, _TOOLS, _PROMPT = "structured_output_config", "custom_tools", "structured_output_prompt"


def _enum_without_options(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A value of type `enum` needs `enum_options`.

    Without options there is nothing to choose from. This holds for `structured_output_config` and
    for the `input_schema` of custom tools.
    """
    for path, value in _values(fields):
        if value["type"] == "enum" and not value.get("enum_options"):
            message = "a value of type enum needs enum_options to choose from"
            yield Found((*path, "type"), message, "add `enum_options: [first, second]`")


def _options_without_enum(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`enum_options` mean something for type `enum` only."""
    for path, value in _values(fields):
        if value["type"] != "enum" and value.get("enum_options"):
            message = "enum_options only mean something for type enum"
            yield Found((*path, "enum_options"), message, "remove them, or use `type: enum`")


def _duplicate_value(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Two outputs, or two inputs of one custom tool, cannot have one name.

    A value is looked up by its name.
    """
    for base, values in _lists(fields):
        first: dict[str, int] = {}
        for index, value in enumerate(values):
            earlier = first.setdefault(value["name"], index)
            if earlier != index:
                message = f"{spell((*base, earlier))} has this name too"
                yield Found((*base, index, "name"), message, "rename or remove one of them")


def _idle_output_prompt(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`structured_output_prompt` is idle where `structured_output_config` is empty.

    It says how values are extracted, and none is. Outputs that are not stated may be set in the
    dashboard.
    """
    if fields.get(_PROMPT) and _OUTPUTS in fields and not fields[_OUTPUTS]:
        message = "structured_output_config is empty, so that there is nothing to extract"
        yield Found((_PROMPT,), message, "remove it, or add outputs")


def _values(fields: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for base, values in _lists(fields):
        for index, value in enumerate(values):
            yield (*base, index), value


def _lists(fields: Mapping[str, Any]) -> Iterator[tuple[Path, list[Any]]]:
    """Yield every list of typed values with its place."""
    yield (_OUTPUTS,), fields.get(_OUTPUTS) or []
    for index, tool in enumerate(fields.get(_TOOLS) or ()):
        yield (_TOOLS, index, "input_schema"), tool["input_schema"]


_BOTH = (_OUTPUTS, _TOOLS)
RULES = (
    Rule("enum-without-options", "error", _BOTH, _enum_without_options, apart=True),
    Rule("options-without-enum", "warning", _BOTH, _options_without_enum, apart=True),
    Rule("duplicate-value", "error", _BOTH, _duplicate_value, apart=True),
    Rule("idle-output-prompt", "warning", (_PROMPT, _OUTPUTS), _idle_output_prompt),
)
