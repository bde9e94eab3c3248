"""A value of the wrong type: what was found, what is wanted, and how to write it instead."""

from __future__ import annotations

from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.places import Places
from revox_sync.definitions.problem import Problem, Unusable, spell
from revox_sync.definitions.yaml import plain

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


def found(value: Any, written: str | None) -> str:
    """Return what kind of value this is, with its source text where it is at hand and short."""
    if isinstance(value, bool):
        return "the value true" if value else "the value false"
    if isinstance(value, (int, float)):
        return f"the number {written}" if written else "a number"
    if isinstance(value, str):
        return f'the text "{written}"' if written else "another text"
    if value is None:
        return "null"
    return "a list" if isinstance(value, list) else "a mapping"


def wrong_type(kind: str, path: Path, value: Any, places: Places) -> Problem:
    """Return the finding for ``value`` of another type than pydantic's error ``kind`` names."""
    wanted = _WANTED.get(kind)
    if wanted is None:
        return Problem("wrong-value", f"the API does not take this as `{spell(path)}`", path=path)
    written = places.written(path)
    what = "a text" if isinstance(value, str) and written is None else found(value, written)
    message = f"`{spell(path)}` wants {wanted}; this is {what}"
    return Problem("wrong-type", message, _hint(wanted, value, written, path, places), path=path)


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
