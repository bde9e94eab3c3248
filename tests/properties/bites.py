"""Property B, as a check that raises: one edit that means something is exactly one change, with its
path and its op, whichever side was edited; what means nothing is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from edits import Edit, edits
from equivalents import equivalents

from revox_sync.definitions.definition import Definition
from revox_sync.plan.compare import Rules, compare
from revox_sync.plan.remote import Remote

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
        for stated, held in _sides(fields, edit):
            [(path, _)] = changes(stated, held)
            assert _no_index(path) in {_no_index(edit.path), _no_index(edit.other_path or "")}


def _check(fields: Fields, edit: Edit) -> None:
    if not edit.answer_only:
        found = changes(edit.fields, fields)
        assert found == [edit.change(of_definition=True)], edit
    found = changes(fields, edit.fields)
    assert found == [edit.change(of_definition=False)], edit


def _sides(fields: Fields, edit: Edit) -> Iterable[tuple[Fields, Fields]]:
    yield fields, edit.fields
    if not edit.answer_only:
        yield edit.fields, fields


def _no_index(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def changes(stated: Fields, held: Fields) -> list[tuple[str, str]]:
    """Return path and op of each change between what a definition states and an account holds."""
    definition = Definition("desk", "desk.yaml", stated)
    found = compare(definition, Remote({"id": "1", **held}), Rules("current")).changes
    return [(change.path, change.op) for change in found]
