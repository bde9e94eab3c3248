"""What the request model does not allow, in plain words instead of pydantic's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from revox_sync.definitions.keys import explained
from revox_sync.definitions.places import Places
from revox_sync.definitions.problem import Problem, Unusable, closest, did_you_mean, hint_for
from revox_sync.definitions.references import variable_in
from revox_sync.definitions.yaml import ScalarNode, is_plain, plain
from revox_sync.model.assistant import Assistant
from revox_sync.model.fields import FIELDS
from revox_sync.model.path import Path, path_text
from revox_sync.model.shapes import ListOf, Member, Object, SetOf
from revox_sync.model.walk import inner

#: The allowed values, as pydantic lists them.
_QUOTED = re.compile(r"'([^']*)'")
_BOUNDS = {
    "greater_than": ("out-of-range", "must be greater than {gt}"),
    "greater_than_equal": ("out-of-range", "must be at least {ge}"),
    "less_than_equal": ("out-of-range", "must be at most {le}"),
    "finite_number": ("out-of-range", "wants a number, not infinity or .nan"),
    "string_too_short": ("empty-text", "cannot be empty"),
}


def mismatches(fields: Mapping[str, Any], places: Places) -> list[Problem]:
    """Return everything in ``fields`` that the request model does not allow."""
    try:
        Assistant.__pydantic_validator__.validate_python(fields)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
        mistyped = _mistyped(details)
        return [_finding(detail, places) for detail in details if detail["loc"] not in mistyped]
    return []


def _mistyped(details: list[Any]) -> set[tuple[str | int, ...]]:
    """Return the places of missing keys for which a mistyped key stands beside them."""
    missing: dict[tuple[str | int, ...], list[str]] = {}
    for detail in details:
        if detail["type"] == "missing":
            missing.setdefault(detail["loc"][:-1], []).append(str(detail["loc"][-1]))
    found: set[tuple[str | int, ...]] = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *around, name = detail["loc"]
            match = closest(str(name), missing.get(tuple(around), ()))
            if match:
                found.add((*around, match))
    return found


def _finding(detail: Any, places: Places) -> Problem:
    path, member, known = _locate(detail["loc"])
    kind, value = detail["type"], detail["input"]
    name = path_text(path)
    if kind == "missing":
        return _missing(path)
    if kind == "extra_forbidden":
        return _unknown_key(path, list(known))
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return _variant(path, kind, member, places)
    if value is None:
        return Problem("null-value", f"`{name}` cannot be null", _instead(path, member), path=path)
    if kind == "literal_error":
        return _unknown_value(path, _QUOTED.findall(detail["ctx"]["expected"]), value, places)
    return _wrong_type(detail, path, places)


def _missing(path: Path) -> Problem:
    parent, name = path[:-1], path[-1]
    if parent:
        message = f"`{path_text(parent)}` lacks `{name}`"
        return Problem("missing-key", message, f"add `{name}: …`", path=parent)
    hint = f"add `{name}: …`; every assistant needs name and prompt"
    return Problem("missing-key", f"`{name}` is missing", hint, path=parent)


def _unknown_key(path: Path, known: list[str]) -> Problem:
    name = str(path[-1])
    if len(path) == 1:
        known.append("sync")
    where = f" in `{path_text(path[:-1])}`" if len(path) > 1 else ""
    if name == "file":
        hint = "an include is {file: …} alone, in place of a text or a list"
    elif path == ("sync",):  # among the defaults: a definition may state it
        hint = "each definition has its own; what holds for all are keys of revox-sync.yaml"
    elif len(path) > 1:
        hint = hint_for(name, known)
    else:
        hint = did_you_mean(name, known) or (
            "field names are the API's own; see the list of fields in the documentation, or pass "
            "it through with `sync: {extra: {…}}` if the API has it"
        )
    return Problem("unknown-key", f"unknown key `{name}`{where}", hint, on_key=True, path=path)


def _unknown_value(path: Path, known: list[str], value: Any, places: Places) -> Problem:
    written = places.written(path)
    hint = (did_you_mean(written, known) if written else None) or explained(path)
    one_of = f"must be {known[0]}" if len(known) == 1 else "must be one of " + ", ".join(known)
    message = f"`{path_text(path)}` {one_of}; this is {_what(value, written)}"
    return Problem("unknown-value", message, hint, path=path)


def _variant(path: Path, kind: str, member: Member, places: Places) -> Problem:
    """Return the problem of a union whose ``type`` is missing or unknown."""
    known = list(member.shape.kinds) if isinstance(member.shape, Object) else []
    at = (*path, "type")
    if kind == "union_tag_not_found":
        message, hint = f"`{path_text(path)}` lacks `type`", "type is one of " + ", ".join(known)
        return Problem("missing-key", message, hint, path=path)
    return _unknown_value(at, known, "", places)


def _instead(path: Path, member: Member) -> str:
    """Return what to write where null is not allowed."""
    if isinstance(member.shape, ListOf | SetOf):
        return "write [] for none; left out, the field is not managed"
    if len(path) == 1:
        return "state a value, or leave the field out: then it is not managed"
    return "state a value"


def _locate(loc: tuple[str | int, ...]) -> tuple[Path, Member, Iterable[str]]:
    """Return pydantic's ``loc`` as a path in the data, what is known there, and the names around.

    In a union pydantic also names the kind, which is no place in the data.
    """
    path: Path = ()
    around: Iterable[str] = ()
    member, kind = Member(Object(FIELDS)), None
    for part in loc:
        shape = member.shape
        if isinstance(shape, Object) and shape.variant is not None and kind is None:
            kind = str(part)
            continue
        if isinstance(shape, Object):
            around = shape.members if kind is None else shape.kinds[kind]
        path, member, kind = (*path, part), inner(member, part), None
    return path, member, around


_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
}
_SHAPES = {
    "a list": "begin each item with -",
    "a mapping": "write its members as `key: value`, indented below it",
}
_YES = frozenset(("yes", "on", "y", "true"))
_NO = frozenset(("no", "off", "n", "false"))


def _what(value: Any, written: str | None) -> str:
    """Return what kind of value this is, with its source text if that is short."""
    if isinstance(value, bool):
        return "the value true" if value else "the value false"
    if isinstance(value, (int, float)):
        return f"the number {written}" if written else "a number"
    if isinstance(value, str):
        return f'the text "{written}"' if written else "another text"
    return "a list" if isinstance(value, list) else "a mapping"


def _wrong_type(detail: Any, path: Path, places: Places) -> Problem:
    """Return the problem of a value that has another type, or lies out of its bounds."""
    value, wanted = detail["input"], _WANTED.get(detail["type"])
    if wanted is None:
        rule, words = _BOUNDS.get(detail["type"], ("wrong-value", "is nothing that the API takes"))
        message = f"`{path_text(path)}` {words.format(**detail.get('ctx', {}))}"
        return Problem(rule, message, explained(path), path=path)
    written = places.written(path)
    what = "a text" if isinstance(value, str) and written is None else _what(value, written)
    message = f"`{path_text(path)}` wants {wanted}; this is {what}"
    hint = _hint(wanted, value, written, path, places) or explained(path)
    return Problem("wrong-type", message, hint, path=path)


def _hint(wanted: str, value: Any, written: str | None, path: Path, places: Places) -> str | None:
    if wanted == "a text":
        return _text_hint(value, written, path, places)
    if isinstance(value, str):
        return _unquoted_hint(wanted, value if written is None else written, path, places)
    if wanted == "a whole number" and isinstance(value, float):
        return "round it to a whole number"
    return _SHAPES.get(wanted)


def _text_hint(value: Any, written: str | None, path: Path, places: Places) -> str | None:
    if isinstance(value, (bool, int, float)) and written:
        return f'put it in quotes: "{written}"'
    if isinstance(value, list) and places.is_include(path):
        return "a YAML file stands for a list; a text comes from a file with another suffix"
    if isinstance(value, list):
        return "only prompt may be a list of texts"
    if isinstance(value, dict) and "file" in value:
        return "an include is {file: …} alone"
    if isinstance(value, dict):
        return "a text that holds `: ` or begins with { needs quotes"
    return None


def _unquoted_hint(wanted: str, written: str, path: Path, places: Places) -> str | None:
    """Return how to write ``wanted`` where a text was found."""
    word = written.casefold()
    if variable_in(written) and wanted not in _SHAPES:
        node = places[path][2] if path in places else None
        if isinstance(node, ScalarNode) and is_plain(node):
            return f"{written} stands for a text in revox-sync.yaml; correct it there"
        return f"remove the quotes, and any {{ }} around it; then {written} keeps its type"
    if wanted == "true or false" and word in _YES | _NO:
        return f"write {'true' if word in _YES else 'false'}, without quotes"
    if wanted in ("a number", "a whole number") and _is_number(written):
        return f"remove the quotes: {written}"
    if wanted == "a list" and places.is_include(path):
        return "a list comes from a file that ends in .yaml"
    return _SHAPES.get(wanted)


def _is_number(written: str) -> bool:
    try:
        value = plain(written)
    except Unusable:
        return False
    return isinstance(value, (int, float)) and not isinstance(value, bool)
