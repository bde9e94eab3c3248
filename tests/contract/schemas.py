"""Facts from JSON schemas: what the embedded sandbox takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract.facts import NO_DEFAULT, Fact

Schema = Mapping[str, Any]

_BOUNDS = {
    "minimum": "min",
    "exclusiveMinimum": "above",
    "maximum": "max",
    "exclusiveMaximum": "below",
    "minLength": "min_length",
    "maxLength": "max_length",
}


def read(document: Schema, name: str) -> dict[str, Fact]:
    """Return the facts of the members of the schema ``name`` of an OpenAPI document."""
    schemas = document["components"]["schemas"]
    return dict(_members(schemas[name], "", schemas))


def _members(schema: Schema, prefix: str, schemas: Schema) -> Iterator[tuple[str, Fact]]:
    for name, wanted in schema["properties"].items():
        required = name in schema.get("required", ())
        yield from _member(prefix + name, wanted, required, schemas)


def _member(
    path: str, written: Schema, required: bool, schemas: Schema
) -> Iterator[tuple[str, Fact]]:
    (schema, *more), nullable = _options(written, schemas)
    kind, items = "union" if more else _type(schema), None
    inner = [schema, *more]
    if kind == "array":
        inner, _ = _options(schema["items"], schemas)
        items = _type(inner[0])
    bounds = {name: schema[keyword] for keyword, name in _BOUNDS.items() if keyword in schema}
    default = written.get("default", NO_DEFAULT)
    values = tuple(value for option in inner for value in _values(option))
    yield path, Fact(kind, items, values, required, nullable, bounds, default=default)
    beneath = f"{path}[]" if kind == "array" else path
    for option in inner:
        if "properties" in option:
            tag = f"<{option['properties']['type']['const']}>" if more else ""
            yield from _members(option, f"{beneath}{tag}.", schemas)


def _options(written: Schema, schemas: Schema) -> tuple[list[Schema], bool]:
    """Return what a schema allows besides null, and whether it allows null."""
    schema = _followed(written, schemas)
    parts = schema.get("anyOf") or schema.get("oneOf")
    options = [_followed(part, schemas) for part in parts] if parts else [schema]
    nullable = any(_takes_null(option) for option in options)
    return [option for option in options if option.get("type") != "null"], nullable


def _followed(schema: Schema, schemas: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    return _followed(schemas[schema["$ref"].rpartition("/")[2]], schemas)


def _takes_null(schema: Schema) -> bool:
    kind = schema.get("type", ())
    return kind == "null" or (isinstance(kind, list) and "null" in kind) or None in _enum(schema)


def _enum(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _values(schema: Schema) -> list[str]:
    return [value for value in _enum(schema) if value is not None]


def _type(schema: Schema) -> str:
    kind = schema.get("type", "string" if _enum(schema) else "object")
    return str(next(k for k in kind if k != "null") if isinstance(kind, list) else kind)
