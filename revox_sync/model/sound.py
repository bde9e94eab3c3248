"""The request model without its words: says at once that all is well, which it mostly is.

``assistant.json`` is ``assistant.py`` as pydantic's core takes it, written by
``scripts/write_model.py``. Importing and building the models takes longer than all that a small
plan does besides, so they are looked at only where something is wrong, for what to say about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, from_json

_VALIDATOR = SchemaValidator(from_json(Path(__file__).with_name("assistant.json").read_bytes()))


def is_sound(fields: Mapping[str, Any]) -> bool:
    """Whether the request model allows ``fields``."""
    try:
        _VALIDATOR.validate_python(fields)
    except ValidationError:
        return False
    return True
