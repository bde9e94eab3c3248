"""Composed data against the request model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revox_sync.definitions.places import Places
from revox_sync.definitions.problem import Problem
from revox_sync.model.sound import is_sound


def schema_findings(fields: Mapping[str, Any], places: Places) -> list[Problem]:
    """Return everything in ``fields`` that the request model does not allow."""
    if is_sound(fields):
        return []
    from revox_sync.definitions.unsound import unsound_findings

    return unsound_findings(fields, places)
