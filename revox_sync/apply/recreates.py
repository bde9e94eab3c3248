"""What the records of earlier runs say about recreates: what is not finished, what was in vain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Recreated:
    """A recreate of a run: ``new`` is None where the record does not say what it was given.

    ``finished`` says whether nothing of it is left to be done, ``kept`` whether that is because the
    service declined to delete the old one. Either way the new one serves.
    """

    key: str
    old: str
    new: str | None = None
    finished: bool = False
    kept: bool = False

    @property
    def serves(self) -> bool:
        """Whether the new assistant has taken the old one's place."""
        return self.new is not None and (self.finished or self.kept)


def recreated_in(records: Sequence[Mapping[str, Any]]) -> tuple[Recreated, ...]:
    """Return the recreates that the lines of one journal tell of, one per old assistant."""
    found: dict[str, Recreated] = {}
    begun: dict[str, str] = {}
    for record in records:
        event, key = record.get("event"), str(record["key"])
        if event == "sending" and record.get("method") == "POST" and record.get("id"):
            begun[key] = str(record["id"])
            found[begun[key]] = Recreated(key, begun[key])
        elif event in ("recreated", "kept", "retired"):
            old, new = str(record["old"]), str(record["new"])
            found[old] = Recreated(key, old, new, event == "retired", event == "kept")
        elif event == "withdrawn":
            old = str(record["old"])
            found[old] = Recreated(key, old, finished=True)
        elif event == "outcome" and record.get("wrote") is False and key in begun:
            found.pop(begun[key], None)  # the service refused to make the new one
    return tuple(found.values())


def vain_in(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the differences that a recreate did not settle, and what the service did not take."""
    return {
        str(record["difference"]): tuple(map(str, record["fields"]))
        for record in records
        if record.get("event") == "vain"
    }


def unfinished(
    runs: Iterable[Sequence[Recreated]], bound: frozenset[str | None]
) -> dict[str, Recreated]:
    """Return by old id what the runs, oldest first, left half-way.

    A successor that was replaced itself hands its place on. Who bound the definition (``bound``,
    all their ids) to a new one whose predecessor cannot be deleted, has left it at that.
    """
    left: dict[str, Recreated] = {}
    for recreated in runs:
        for found in recreated:
            for old, earlier in left.items():
                if earlier.new == found.old and found.serves:
                    left[old] = replace(earlier, new=found.new)
            if found.finished:
                left.pop(found.old, None)
            else:
                left[found.old] = found
    return {old: found for old, found in left.items() if not (found.kept and found.new in bound)}


def successor(assistant_id: str, runs: Iterable[Sequence[Recreated]]) -> str:
    """Return the assistant that took the place of another in these runs, oldest first, if any."""
    for recreated in runs:
        for found in recreated:
            if found.old == assistant_id and found.serves and found.new is not None:
                assistant_id = found.new
    return assistant_id
