"""The request model in a quick form, which says at once that all is well, as it mostly is.

``assistant.json`` is ``assistant.py`` as pydantic's core takes it, written by
``scripts/write_model.py``. Importing and building the models takes longer than all that a small
plan does besides, so they are looked at only where something is wrong, for what to say about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from revox_sync.model.core import SchemaError, SchemaValidator, ValidationError, from_json


def _validator(schema: Any) -> SchemaValidator | None:
    """Return a validator for this schema; None if a later pydantic takes another form of it."""
    try:
        return SchemaValidator(schema)
    except SchemaError:
        return None


_VALIDATOR = _validator(from_json(Path(__file__).with_name("assistant.json").read_bytes()))


def is_sound(fields: Mapping[str, Any]) -> bool:
    """Whether the request model certainly allows ``fields``; if not, ask the models."""
    if _VALIDATOR is None:
        return False
    try:
        _VALIDATOR.validate_python(fields)
    except ValidationError:
        return False
    return True
