"""The stored form of a JSON object: compact UTF-8, ready to be an answer."""

from __future__ import annotations

import json
from typing import Any


def dump(document: Any) -> bytes:
    """Return the value as compact JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def load(stored: bytes) -> dict[str, Any]:
    """Return the object that :func:`dump` wrote."""
    document: dict[str, Any] = json.loads(stored)
    return document
