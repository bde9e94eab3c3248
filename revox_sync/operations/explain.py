"""``explain``: what a field, a key of the tool, or a rule means."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from revox_sync.definitions.editor import Kind, schema
from revox_sync.definitions.lint import ALL_RULES, RULES
from revox_sync.definitions.problem import did_you_mean
from revox_sync.definitions.severity import ADJUSTABLE, FORMAT, Severities
from revox_sync.errors import UsageError
from revox_sync.model.fields import FIELDS, Clear, Field
from revox_sync.model.shapes import (
    NO_DEFAULT,
    Faq,
    Hints,
    ListOf,
    Member,
    Object,
    SetOf,
    Shape,
    Text,
)

CLEARED = {
    Clear.NULL: "with `null`",
    Clear.EMPTY: "with `[]`",
    Clear.NEVER: (
        "not in place: a stated `null` is noted in the plan, and is drift while the account has a "
        "value"
    ),
    Clear.VALUE: "never; it always has a value, and `null` is an error",
}

_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "greater than {}",
    "maximum": "at most {}",
    "minLength": "not empty",
}
_TYPES = {"array": "list", "string": "text", "integer": "whole number", "boolean": "true or false"}
_TEXTS = {"#/$defs/text": "string", "#/$defs/plainText": "string"}
_FIELD = re.compile(r"(?:\[[^\]]*\])?(?:\.|$)")


def explain(name: str, rules: Severities | None = None) -> dict[str, Any]:
    """Return what a field, key or rule is: ``kind``, ``name``, ``meaning`` and ``facts``.

    Facts are texts by what they are about. ``rules`` is what the project says of the severity of
    rules. Raises UsageError for a name that nothing has.
    """
    for rule in ALL_RULES:
        if rule.id == name.removeprefix("rules."):
            facts = dict(_severity(rule.id, rule.severity, rules or Severities()))
            return _told("rule", rule.id, inspect.cleandoc(rule.documentation), facts)
    if name in FORMAT:
        return _told("rule", name, FORMAT[name], {"severity": "`rules` cannot change it"})
    path = [part for part in _FIELD.split(name) if part]
    for kind in ("definition", "project"):
        found = _in_schema(kind, path)
        if found is not None:
            about: Literal["field", "key"] = "field" if path[0] in FIELDS else "key"
            facts = dict(_limits(found))
            if about == "field":
                facts |= _facts(path)
            return _told(about, ".".join(path), found["description"], facts)
    hint = did_you_mean(name, names()) or "name a field such as voice.speed, or a rule's id"
    raise UsageError(f"there is no field, key or rule {name!r}", hint=hint)


def names() -> list[str]:
    """Return the names of all fields, keys and rules, members as ``voice.speed``."""
    kinds: tuple[Kind, ...] = ("definition", "project")
    known = [name for kind in kinds for name in _members(json.loads(schema(kind)))]
    return [*dict.fromkeys(known), *(rule.id for rule in ALL_RULES), *FORMAT]


def _members(node: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Yield the name of every member of what a schema describes, and those of their members."""
    for part in _parts(node):
        for name, member in part.get("properties", {}).items():
            yield before + name
            yield from _members(member, f"{before}{name}.")


def _severity(name: str, severity: str, rules: Severities) -> Iterator[tuple[str, str]]:
    if name not in ADJUSTABLE:
        yield "severity", f"always {severity}, which stops plan and apply"
        return
    yield "severity", f"{severity}; an error stops plan and apply, a warning does not"
    here: list[str] = [rules.general[name]] if name in rules.general else []
    here += [f"{words[name]} for {glob}" for glob, words in rules.by_key if name in words]
    if here:
        yield "in this project", ", ".join(here)


def _told(kind: str, name: str, meaning: str, facts: Mapping[str, str]) -> dict[str, Any]:
    return {"kind": kind, "name": name, "meaning": meaning, "facts": dict(facts)}


def _in_schema(kind: Any, path: list[str]) -> dict[str, Any] | None:
    """Return what the schema of a kind of file says of the value at ``path``."""
    found: dict[str, Any] | None = json.loads(schema(kind))
    for name in path:
        if found is None:
            return None
        inner = [part.get("properties", {}) for part in _parts(found)]
        kinds = [members[name] for members in inner if name in members]
        found = {**kinds[0], "anyOf": kinds} if len(kinds) > 1 else next(iter(kinds), None)
    return found if path else None


def _parts(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the ways to write a value, and those to write an item of a list."""
    yield node
    for way in (*node.get("anyOf", ()), *node.get("patternProperties", {}).values()):
        if isinstance(way, dict):
            yield from _parts(way)
    if isinstance(node.get("items"), dict):
        yield from _parts(node["items"])


def _limits(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the type, the allowed values, and the default."""
    parts = [part for part in _parts(node) if "$ref" not in part]
    if words := dict.fromkeys(str(word) for part in parts for word in part.get("enum", ())):
        yield "allowed", ", ".join(words)
    else:
        ways = (node, *node.get("anyOf", ()))
        kinds = [way.get("type") or _TEXTS.get(way.get("$ref")) for way in ways]
        yield "type", " or ".join(dict.fromkeys(_TYPES.get(kind, kind) for kind in kinds if kind))
    bounds = [
        template.format(part[name])
        for part in parts[:3]
        for name, template in _BOUNDS.items()
        if name in part
    ]
    if bounds:
        yield "bounds", ", ".join(bounds)
    if "default" in node:
        yield "default", json.dumps(node["default"], ensure_ascii=False)


def _facts(path: list[str]) -> dict[str, str]:
    """Return what the table of fields says of a field or of a member in it."""
    spec = FIELDS[path[0]]
    member: Member = spec
    for name in path[1:]:
        shape = member.shape
        while isinstance(shape, ListOf):
            shape = shape.item
        member = shape.members[name] if isinstance(shape, Object) else Member()
    told = {"absent": _absent(spec) if member is spec else _absent_member(member)}
    told["since"] = "the first API" if member.since == "seed" else f"release {member.since}"
    if member.until is not None:
        then = f"; then {spec.successor}" if member is spec and spec.successor else ""
        told["until"] = f"release {member.until}{then}"
    told["compared"] = compared(member.shape)
    if member is spec:
        told["cleared"] = CLEARED[spec.clear]
    if rules := [rule.id for rule in RULES if spec.name in rule.reads]:
        told["rules"] = ", ".join(rules)
    return told


def _absent(spec: Field) -> str:
    """Return what it means that a definition leaves a field out."""
    if not spec.optional:
        return "an error: every assistant needs it"
    if not spec.is_ours:
        return "never written, and never drift: others write it, too"
    if spec.rest is NO_DEFAULT:
        return "never written. It has no documented default, so plan and drift only name it"
    goes = "goes back to " + json.dumps(spec.rest, ensure_ascii=False) if spec.resets else "stays"
    return f"never written; plan and drift show what was set. With `absent: reset` it {goes}"


def _absent_member(member: Member) -> str:
    """Return what it means that a definition leaves out a member of what it states."""
    if not member.optional:
        return "an error: the API requires it"
    if member.default is not NO_DEFAULT:
        return "compared with the default, which a new assistant gets"
    told = ", and plan and drift show it" if member.whose == "team" else ""
    return f"the account's value stays{told}"


def compared(shape: Shape) -> str:
    """Return when two values of this shape mean the same."""
    told = [shape.compared]
    if isinstance(shape, ListOf):
        told += [f"known by `{shape.identity}`"] if shape.identity else []
        told += ["in any order"] if not (shape.ordered or isinstance(shape, Hints | Faq)) else []
    if isinstance(shape, SetOf) and shape.null_is_empty:
        told.append("`null` is `[]`")
    if isinstance(shape, Text) and shape.empty_is_null:
        told.append("an empty text is `null`")
    return ", ".join(told)
