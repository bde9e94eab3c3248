"""Rules on custom tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule
from revox_sync.definitions.lint.urls import PLACEHOLDER

_FIELD = "custom_tools"
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _tool_name(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Custom tools are named in `lower_snake_case`, such as `check_inventory`."""
    for index, tool in enumerate(fields[_FIELD]):
        if not _NAME.fullmatch(tool["name"]):
            right = "_".join(_WORD.findall(tool["name"])).lower()
            is_right = tool["name"].isascii() and _NAME.fullmatch(right)
            hint = f"write {right}" if is_right else "write check_inventory, say"
            message = "the name of a tool is written in lower_snake_case"
            yield Found((_FIELD, index, "name"), message, hint)


def _duplicate_tool(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Two custom tools cannot have one name: the assistant calls a tool by its name."""
    first: dict[str, int] = {}
    for index, tool in enumerate(fields[_FIELD]):
        earlier = first.setdefault(tool["name"], index)
        if earlier != index:
            message = f"{_FIELD}[{earlier}] has this name too"
            yield Found((_FIELD, index, "name"), message, "rename or remove one of them")


def _idle_body(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A `body_template` goes with POST, PUT and PATCH.

    Servers do not expect a body with GET and DELETE: many ignore it, some refuse the request.
    """
    for index, tool in enumerate(fields[_FIELD]):
        if tool["method"] in ("GET", "DELETE") and tool["body_template"]:
            message = f"servers do not expect a body with {tool['method']}"
            hint = "write `body_template: null`, and use query_params"
            yield Found((_FIELD, index, "body_template"), message, hint)


def _body_not_json(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A `body_template` is JSON, and its `{{placeholders}}` stand in quotes.

    The API documents `"{{name}}"`, with the quotes, for values that a call fills in.
    """
    for index, tool in enumerate(fields[_FIELD]):
        body = tool["body_template"] or ""
        if body.strip() and not _is_json(PLACEHOLDER.sub("x", body)):
            if _is_json(PLACEHOLDER.sub("0", body)):
                message, hint = "a placeholder stands outside quotes", 'write "{{name}}"'
            else:
                message = "this is not JSON, whatever its placeholders stand for"
                hint = "texts and names need double quotes; no comma after the last member"
            yield Found((_FIELD, index, "body_template"), message, hint)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


RULES = (
    Rule("tool-name", "error", (_FIELD,), _tool_name),
    Rule("duplicate-tool", "error", (_FIELD,), _duplicate_tool),
    Rule("idle-body", "warning", (_FIELD,), _idle_body),
    Rule("body-not-json", "warning", (_FIELD,), _body_not_json),
)
