"""Property B, as a check that raises: one edit that means something is exactly one change, with its
path and its op, whichever side was edited; what means nothing is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from properties.edits import Edit, Shown, edits
from properties.equivalents import equivalents

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Rules

Fields = dict[str, Any]


def check_bites(fields: Fields) -> set[str]:
    """Check every edit and every equivalent of ``fields``; return the places that were edited."""
    for what, stated, held in equivalents(fields):
        assert changes(stated, held) == [], what
    places = set()
    for edit in edits(fields):
        _check(fields, edit)
        places.add(edit.place)
    return places


def check_counts(fields: Fields) -> None:
    """Check edits where the index is not told apart: in lists that hold an item twice."""
    for edit in edits(fields):
        for found, expected in _sides(fields, edit):
            [(path, _)] = found
            assert _no_index(path) == _no_index(expected[0]), edit


def _check(fields: Fields, edit: Edit) -> None:
    for found, expected in _sides(fields, edit):
        assert found == [expected], edit


def _sides(fields: Fields, edit: Edit) -> Iterable[tuple[list[Shown], Shown]]:
    """Yield what a plan shows and what it must show, for each side that the edit means to."""
    if edit.stated is not None:
        yield changes(edit.fields, fields), edit.stated
    if edit.held is not None:
        yield changes(fields, edit.fields), edit.held


def _no_index(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def changes(stated: Fields, held: Fields) -> list[Shown]:
    """Return path and op of each change between what a definition states and an account holds."""
    definition = Definition("desk", "desk.yaml", stated)
    found = compare(definition, Remote({"id": "1", **held}), Rules("current")).changes
    return [(change.path, change.op) for change in found]
