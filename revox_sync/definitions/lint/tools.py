"""Rules on custom tools, and on typed values: their inputs, and what calls are asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Findings, rule
from revox_sync.definitions.lint.urls import PLACEHOLDER
from revox_sync.model.path import Path, path_text

_TOOLS, _OUTPUTS, _PROMPT = "custom_tools", "structured_output_config", "structured_output_prompt"
_BOTH = (_OUTPUTS, _TOOLS)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@rule("error", _TOOLS)
def tool_name(fields: Mapping[str, Any]) -> Findings:
    """Custom tools are named in `lower_snake_case`, such as `check_inventory`."""
    for index, tool in enumerate(fields[_TOOLS]):
        if not _NAME.fullmatch(tool["name"]):
            right = "_".join(_WORD.findall(tool["name"])).lower()
            is_right = tool["name"].isascii() and _NAME.fullmatch(right)
            hint = f"write {right}" if is_right else "write check_inventory, say"
            message = "the name of a tool is written in lower_snake_case"
            yield (_TOOLS, index, "name"), message, hint


@rule("error", _TOOLS)
def duplicate_tool(fields: Mapping[str, Any]) -> Findings:
    """Two custom tools cannot have one name: the assistant calls a tool by its name."""
    first: dict[str, int] = {}
    for index, tool in enumerate(fields[_TOOLS]):
        earlier = first.setdefault(tool["name"], index)
        if earlier != index:
            message = f"{_TOOLS}[{earlier}] has this name too"
            yield (_TOOLS, index, "name"), message, "rename or remove one of them"


@rule("warning", _TOOLS)
def idle_body(fields: Mapping[str, Any]) -> Findings:
    """A `body_template` goes with POST, PUT and PATCH.

    Servers do not expect a body with GET and DELETE: many ignore it, some refuse the request.
    """
    for index, tool in enumerate(fields[_TOOLS]):
        if tool["method"] in ("GET", "DELETE") and tool["body_template"]:
            message = f"servers do not expect a body with {tool['method']}"
            hint = "write `body_template: null`, and use query_params"
            yield (_TOOLS, index, "body_template"), message, hint


@rule("warning", _TOOLS)
def body_not_json(fields: Mapping[str, Any]) -> Findings:
    """A `body_template` is JSON, and its `{{placeholders}}` stand in quotes.

    The API documents `"{{name}}"`, with the quotes, for values that a call fills in.
    """
    for index, tool in enumerate(fields[_TOOLS]):
        body = tool["body_template"] or ""
        if body.strip() and not _is_json(PLACEHOLDER.sub("x", body)):
            if _is_json(PLACEHOLDER.sub("0", body)):
                message, hint = "a placeholder stands outside quotes", 'write "{{name}}"'
            else:
                message = "this is not JSON, whatever its placeholders stand for"
                hint = "texts and names need double quotes; no comma after the last member"
            yield (_TOOLS, index, "body_template"), message, hint


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@rule("error", *_BOTH, apart=True)
def enum_without_options(fields: Mapping[str, Any]) -> Findings:
    """A value of type `enum` needs `enum_options`.

    Without options there is nothing to choose from. This holds for `structured_output_config` and
    for the `input_schema` of custom tools.
    """
    for path, value in _values(fields):
        if value["type"] == "enum" and not value.get("enum_options"):
            message = "a value of type enum needs enum_options to choose from"
            yield (*path, "type"), message, "add `enum_options: [first, second]`"


@rule("warning", *_BOTH, apart=True)
def options_without_enum(fields: Mapping[str, Any]) -> Findings:
    """`enum_options` mean something for type `enum` only."""
    for path, value in _values(fields):
        if value["type"] != "enum" and value.get("enum_options"):
            message = "enum_options only mean something for type enum"
            yield (*path, "enum_options"), message, "remove them, or use `type: enum`"


@rule("error", *_BOTH, apart=True)
def duplicate_value(fields: Mapping[str, Any]) -> Findings:
    """Two outputs, or two inputs of one custom tool, cannot have one name.

    A value is looked up by its name.
    """
    for base, values in _lists(fields):
        first: dict[str, int] = {}
        for index, value in enumerate(values):
            earlier = first.setdefault(value["name"], index)
            if earlier != index:
                message = f"{path_text((*base, earlier))} has this name too"
                yield (*base, index, "name"), message, "rename or remove one of them"


@rule("warning", _PROMPT, _OUTPUTS)
def idle_output_prompt(fields: Mapping[str, Any]) -> Findings:
    """`structured_output_prompt` is idle where `structured_output_config` is empty.

    It says how values are extracted, and none is. Outputs that are not stated may be set in the
    dashboard.
    """
    if fields.get(_PROMPT) and _OUTPUTS in fields and not fields[_OUTPUTS]:
        message = "structured_output_config is empty, so that there is nothing to extract"
        yield (_PROMPT,), message, "remove it, or add outputs"


def _values(fields: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for base, values in _lists(fields):
        for index, value in enumerate(values):
            yield (*base, index), value


def _lists(fields: Mapping[str, Any]) -> Iterator[tuple[Path, list[Any]]]:
    """Yield every list of typed values with its place."""
    yield (_OUTPUTS,), fields.get(_OUTPUTS) or []
    for index, tool in enumerate(fields.get(_TOOLS) or ()):
        yield (_TOOLS, index, "input_schema"), tool["input_schema"]
