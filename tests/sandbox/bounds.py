"""From the documented facts of a field: values that a service must take, and must refuse.

The facts (``data/facts.json``) are the API's documents in our own form: per path its type, enum,
bounds, whether a request must have it and may have it as null, and whether an answer has it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Fact = dict[str, Any]

LEFT_OUT: Any = object()

#: One valid value per variant of the union.
MODELS: dict[str, dict[str, Any]] = {
    "dedicated-instance": {"type": "dedicated-instance", "name": "gpt-4.1"},
    "openrouter": {
        "type": "openrouter",
        "openrouter_model_id": "openai/gpt-4.1",
        "openrouter_provider": "azure",
    },
    "custom": {
        "type": "custom",
        "api_key": "k",
        "api_url": "https://llm.example/v1",
        "model_name": "m",
    },
    "realtime": {
        "type": "realtime",
        "provider": "google",
        "realtime_model_id": "gemini",
        "realtime_voice_id": "Puck",
    },
}

_OF_ANOTHER_TYPE = {
    "string": 7,
    "integer": "7",
    "number": "7",
    "boolean": "true",
    "object": "x",
    "array": {},
}


class Trial(NamedTuple):
    """A top-level field with one member put to the test; ``path`` is how an error names it."""

    path: str
    field: str
    value: Any
    why: str


def refused(path: str, fact: Fact, body: dict[str, Any]) -> Iterator[Trial]:
    """Yield trials that break one documented bound each."""
    yield from _trials(path, body, {"another type": _OF_ANOTHER_TYPE[fact["type"]]})
    if "nullable" not in fact["request"]:
        yield from _trials(path, body, {"null": None})
    if fact["type"] == "integer":
        yield from _trials(path, body, {"a fraction": 1.5})
    if "enum" in fact:
        yield from _trials(path, body, {"enum": _listed(fact, "no such value")})
    if "items" in fact:
        yield from _trials(path, body, {"items": [None]})
    if fact["request"].startswith("required") and _is_nested(path):
        yield from _trials(path, body, {"left out": LEFT_OUT})
    step = 1 if fact["type"] == "integer" else 0.01
    if "minimum" in fact:
        yield from _trials(path, body, {"minimum": fact["minimum"] - step})
    if "maximum" in fact:
        yield from _trials(path, body, {"maximum": fact["maximum"] + step})
    if "exclusiveMinimum" in fact:
        yield from _trials(path, body, {"exclusiveMinimum": fact["exclusiveMinimum"]})
    if "minLength" in fact:
        yield from _trials(path, body, {"minLength": "x" * (fact["minLength"] - 1)})


def taken(path: str, fact: Fact, body: dict[str, Any]) -> Iterator[Trial]:
    """Yield trials that keep within the documented bounds, at their very edge."""
    if "nullable" in fact["request"]:
        yield from _trials(path, body, {"null": None})
    if fact["request"].startswith("optional") and _is_nested(path):
        yield from _trials(path, body, {"left out": LEFT_OUT})
    if not path.endswith(">.type"):
        for value in fact.get("enum", []):
            yield from _trials(path, body, {f"enum {value}": _listed(fact, value)})
    for bound in ("minimum", "maximum"):
        if bound in fact:
            yield from _trials(path, body, {bound: fact[bound]})
    if "exclusiveMinimum" in fact:
        yield from _trials(path, body, {"exclusiveMinimum": fact["exclusiveMinimum"] + 1})
    if "minLength" in fact:
        yield from _trials(path, body, {"minLength": "x" * fact["minLength"]})


def unknown_members(facts: dict[str, Fact], body: dict[str, Any]) -> Iterator[Trial]:
    """Yield, for each documented object, that object with a member that it has not."""
    holders = {match[1] for path in facts if (match := re.fullmatch(r"(.+)\.\w+", path))}
    for holder in sorted(holders):
        if any("request" in fact for path, fact in facts.items() if path.startswith(holder)):
            yield from _trials(f"{holder}.no_such_member", body, {"unknown member": 1})


def _trials(path: str, body: dict[str, Any], values: dict[str, Any]) -> Iterator[Trial]:
    variant = re.search(r"<(.+)>", path)
    field = re.split(r"[.<\[]", path)[0]
    plain = re.sub(r"<.+>", "", path)
    for why, value in values.items():
        changed = {field: copy.deepcopy(MODELS[variant[1]] if variant else body[field])}
        *steps, last = plain.replace("[]", ".0").split(".")
        holder: Any = changed
        for step in steps:
            holder = holder[int(step) if step.isdigit() else step]
        if value is LEFT_OUT:
            holder.pop(last, None)
        else:
            holder[last] = value
        yield Trial(plain.replace("[]", "[0]"), field, changed[field], why)


def _listed(fact: Fact, value: str) -> Any:
    return [value] if fact["type"] == "array" else value


def _is_nested(path: str) -> bool:
    return "." in path
