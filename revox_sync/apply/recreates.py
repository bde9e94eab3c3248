"""What the records of earlier runs say about recreates: what is not finished, what was in vain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recreated:
    """A recreate of a run: ``new`` is None where the record does not say what it was given.

    ``finished`` says whether nothing of it is left to be done.
    """

    old: str
    new: str | None
    finished: bool


def recreated_in(records: Sequence[Mapping[str, Any]]) -> tuple[Recreated, ...]:
    """Return the recreates that the lines of one journal tell of, one per old assistant."""
    found: dict[str, Recreated] = {}
    begun: dict[str, str] = {}
    for record in records:
        event, key = record.get("event"), str(record["key"])
        if event == "sending" and record.get("method") == "POST" and record.get("id"):
            begun[key] = str(record["id"])
            found[begun[key]] = Recreated(begun[key], None, finished=False)
        elif event == "recreated":
            found[str(record["old"])] = Recreated(
                str(record["old"]), str(record["new"]), finished=False
            )
        elif event in ("retired", "withdrawn"):
            new = str(record["new"]) if event == "retired" else None
            found[str(record["old"])] = Recreated(str(record["old"]), new, finished=True)
        elif event == "outcome" and record.get("wrote") is False and key in begun:
            found.pop(begun[key], None)  # the service refused to make the new one
    return tuple(found.values())


def vain_in(records: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the differences that a recreate did not settle."""
    return frozenset(
        str(record["difference"]) for record in records if record.get("event") == "vain"
    )


def unfinished(runs: Iterable[Sequence[Recreated]]) -> dict[str, str | None]:
    """Return old id -> new id of what the runs, oldest first, left half-way."""
    left: dict[str, str | None] = {}
    for recreated in runs:
        for found in recreated:
            if found.finished:
                left.pop(found.old, None)
            else:
                left[found.old] = found.new
    return left
