"""Writes revox_sync/model/assistant.json: the request model as pydantic's core takes it.

python scripts/write_model.py
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from revox_sync.model.assistant import Assistant

PATH = Path(__file__).parent.parent / "revox_sync/model/assistant.json"

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


def model() -> str:
    """Return the text of the file: one field a line."""
    whole = _plain(Assistant.__pydantic_core_schema__, {})
    fields = whole.pop("fields")
    lines = [f"{json.dumps(name)}: {json.dumps(fields[name])}" for name in fields]
    return json.dumps(whole)[:-1] + ', "fields": {\n' + ",\n".join(lines) + "\n}}\n"


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
    PATH.write_text(model(), encoding="utf-8")
