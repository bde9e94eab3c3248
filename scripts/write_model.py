"""Writes what revox_sync/model/assistant.py says as data, for the start of the program.

assistant.json is the request model as pydantic's core takes it, fields.json what is known of each
field and member.

python scripts/write_model.py
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from revox_sync.model.assistant import Assistant, Compared, Facts
from revox_sync.model.shapes import Exact, Flag, ListOf, Number, Object, Shape

MODEL = Path(__file__).parent.parent / "revox_sync/model"

_CONFIG = {"strict": True, "extra_fields_behavior": "forbid"}
#: What is kept of each kind of value: everything that decides whether a value is allowed.
_KEPT: dict[str, set[str]] = {
    "str": {"min_length"},
    "int": {"gt", "ge", "lt", "le"},
    "float": {"gt", "ge", "lt", "le", "allow_inf_nan"},
    "bool": set(),
    "literal": {"expected"},
    "list": {"items_schema"},
    "nullable": {"schema"},
    "tagged-union": {"discriminator", "choices", "strict"},
}
#: What decides nothing about plain data.
_DROPPED = {"type", "metadata", "ref", "serialization", "from_attributes"}


#: How values of a type are compared, unless their annotation says otherwise.
_SHAPES: dict[Any, type[Shape]] = {str: Exact, int: Number, float: Number, bool: Flag}
#: Facts that belong to the object around a member, not to the member.
_AROUND = ("identity", "one_of")


def files() -> dict[Path, str]:
    """Return the text of each file by its path."""
    return {MODEL / "assistant.json": model(), MODEL / "fields.json": table()}


def model() -> str:
    """Return the request model: one field a line."""
    whole = _plain(Assistant.__pydantic_core_schema__, {})
    fields = whole.pop("fields")
    return json.dumps(whole)[:-1] + ', "fields": {\n' + _lines(fields) + "\n}}\n"


def table() -> str:
    """Return the table of fields: one field a line."""
    return "{\n" + _lines(_members(Assistant)) + "\n}\n"


def _lines(fields: Mapping[str, Any]) -> str:
    return ",\n".join(f"{json.dumps(name)}: {json.dumps(fields[name])}" for name in fields)


class _Value(NamedTuple):
    """An annotation taken apart: the types it allows besides null, and what else it says."""

    options: tuple[Any, ...]
    is_nullable: bool
    facts: dict[str, Any]
    compared: Compared | None


def _taken_apart(annotation: Any) -> _Value:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        options, is_nullable, facts, compared = _taken_apart(inner)
        for note in notes:
            compared = note if isinstance(note, Compared) else compared
            facts |= _stated(note) if isinstance(note, Facts) else {}
        return _Value(options, is_nullable, facts, compared)
    if origin in (Union, UnionType):
        parts = [_taken_apart(part) for part in get_args(annotation)]
        facts = {name: value for part in parts for name, value in part.facts.items()}
        compared = next((part.compared for part in parts if part.compared), None)
        options = tuple(option for part in parts for option in part.options)
        return _Value(options, any(part.is_nullable for part in parts), facts, compared)
    is_null = annotation is NoneType
    return _Value(() if is_null else (annotation,), is_null, {}, None)


def _stated(facts: Facts) -> dict[str, Any]:
    return {
        fact.name: getattr(facts, fact.name)
        for fact in dataclasses.fields(Facts)
        if getattr(facts, fact.name) != fact.default
    }


def _values(owner: type[BaseModel]) -> dict[str, _Value]:
    hints = get_type_hints(owner, include_extras=True)
    return {name: _taken_apart(hints[name]) for name in owner.model_fields}


def _members(owner: type[BaseModel]) -> dict[str, Any]:
    """Return the facts of each member of a model; those of fields tell how they are cleared."""
    found: dict[str, Any] = {}
    for name, value in _values(owner).items():
        facts = {n: fact for n, fact in value.facts.items() if n not in _AROUND}
        told: dict[str, Any] = {"shape": _shape(value)}
        if not owner.model_fields[name].is_required():
            told["optional"] = True
        if issubclass(owner, Assistant):
            told["clear"] = "NULL" if value.is_nullable else "VALUE"
        found[name] = told | facts
    return found


def _shape(value: _Value) -> dict[str, Any]:
    """Return the shape of a value as data; raises ValueError for a type without one."""
    option, compared = value.options[0], value.compared
    settings = {n: _pairs(one) for n, one in (compared.settings if compared else {}).items()}
    if get_origin(option) is list:
        kind: type[Shape] = ListOf
        settings |= _items(_taken_apart(get_args(option)[0]))
    elif len(value.options) > 1:
        kind = Object
        settings |= _union(value.options)
    elif isinstance(option, type) and issubclass(option, BaseModel):
        kind = Object
        settings["members"] = _members(option)
        if one_of := [name for name, at in _values(option).items() if "one_of" in at.facts]:
            settings["one_of"] = one_of
    elif get_origin(option) is Literal:
        kind = Exact
    elif option in _SHAPES:
        kind = _SHAPES[option]
    else:
        raise ValueError(f"this script does not know how values of {option} are compared")
    return {"kind": (compared.shape if compared else kind).__name__, **settings}


def _items(item: _Value) -> dict[str, Any]:
    """Return what a list's shape says of its items, and by which member they are known."""
    (option,) = item.options
    found: dict[str, Any] = {"item": _shape(item)}
    if isinstance(option, type) and issubclass(option, BaseModel):
        known = [name for name, value in _values(option).items() if "identity" in value.facts]
        found |= {"identity": known[0]} if known else {}
    return found


def _union(options: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """Return the shape of a union: its kinds' members, which came with their kind."""
    members: dict[str, Any] = {}
    kinds: dict[str, list[str]] = {}
    since: list[list[str]] = []
    for option in options:
        values = _members(option)
        tag = get_args(option.model_fields["type"].annotation)[0]
        born = values.pop("type").get("since")
        for name, facts in values.items():
            if name in members:
                raise ValueError(f"two kinds of a union have a member {name}")
            members[name] = {**facts, **({"since": born} if born else {})}
        kinds[tag] = ["type", *values]
        since += [[tag, born]] if born else []
    kind = {"shape": {"kind": "Exact", "since": since}}
    return {"members": {"type": kind, **members}, "variant": "type", "kinds": kinds}


def _pairs(setting: Any) -> Any:
    """Return a mapping as pairs: in JSON, names of members are texts."""
    return [list(pair) for pair in setting.items()] if isinstance(setting, dict) else setting


def _plain(schema: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return a core schema as plain data: objects without their classes, references in place.

    ``named`` holds what references name. Raises ValueError for what it does not know.
    """
    kind = schema["type"]
    if kind == "definitions":
        return _plain(schema["schema"], {found["ref"]: found for found in schema["definitions"]})
    if kind == "definition-ref":
        return _plain(named[schema["schema_ref"]], named)
    if kind == "model":
        return _object(schema, named)
    if kind not in _KEPT or schema.keys() - _KEPT[kind] - _DROPPED:
        raise ValueError(f"this script does not know what becomes of {schema}")
    kept = {"type": kind} | {name: schema[name] for name in sorted(_KEPT[kind] & schema.keys())}
    for name in ("schema", "items_schema"):
        if name in kept:
            kept[name] = _plain(kept[name], named)
    if "choices" in kept:
        kept["choices"] = {tag: _plain(one, named) for tag, one in kept["choices"].items()}
    return kept


def _object(schema: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    inner, config = schema["schema"], {**schema["config"]}
    config.pop("title")
    if config != _CONFIG or inner["type"] != "model-fields" or schema.get("post_init"):
        raise ValueError(f"this script does not know what becomes of {schema['cls']}")
    fields = {name: _field(field["schema"], named) for name, field in inner["fields"].items()}
    return {"type": "typed-dict", "config": config, "fields": fields}


def _field(schema: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    is_required = schema["type"] != "default"
    value = schema if is_required else schema["schema"]
    return {"type": "typed-dict-field", "required": is_required, "schema": _plain(value, named)}


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8", newline="\n")
