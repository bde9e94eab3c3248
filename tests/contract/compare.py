"""Two sides of one contract: where they differ, in words that name the field.

Pure functions of data. What one side has and the other lacks is always a difference; what both
have is compared in the aspects that both know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract.facts import NO_DEFAULT, Fact, Side

#: The aspects of a :class:`Fact` that every side knows of a request.
COMMON = ("type", "items", "required", "nullable")


@dataclass(frozen=True)
class Named:
    """A side and what to call it."""

    name: str
    facts: Side


def differences(
    ours: Named, theirs: Named, aspects: tuple[str, ...] = COMMON, *, newer: bool = False
) -> list[str]:
    """Return one line per difference: fields and members, their values, then ``aspects``.

    With ``newer`` their side is of a release that ours does not know, so that what only they have
    is told as new.
    """
    lines = [*_only(ours, theirs.name, theirs.facts)]
    lines += _only(theirs, ours.name, ours.facts, new=newer)
    for path, fact in ours.facts.items():
        if path in theirs.facts:
            other = theirs.facts[path]
            lines += _values(path, fact, other, (ours.name, theirs.name), new=newer)
            lines += _aspects(path, fact, other, (ours.name, theirs.name), aspects)
    return lines


def as_patch(side: Side) -> dict[str, Fact]:
    """Return what PATCH takes, by what POST takes: no field is required; members stay as is."""
    return {
        path: replace(fact, required=False) if is_field(path) else fact
        for path, fact in side.items()
    }


def is_field(path: str) -> bool:
    """Whether a path names a field of the request, not a member of one."""
    return not any(mark in path for mark in ".[<")


def _only(there: Named, here: str, known: Side, *, new: bool = False) -> Iterator[str]:
    for path in there.facts:
        if path not in known:
            what = f"field {path}" if is_field(path) else f"member {path}"
            yield f"new in {there.name}: {what}" if new else f"{path}: {here} lacks it"


def _values(
    path: str, our: Fact, their: Fact, names: tuple[str, str], *, new: bool
) -> Iterator[str]:
    ours, theirs = names
    for value in sorted({*our.values} - {*their.values}):
        yield f"{path}: {theirs} lacks the value {value}"
    for value in sorted({*their.values} - {*our.values}):
        yield (
            f"new in {theirs}: value {value} of {path}"
            if new
            else f"{path}: {ours} lacks the value {value}"
        )


def _aspects(
    path: str, our: Fact, their: Fact, names: tuple[str, str], aspects: tuple[str, ...]
) -> Iterator[str]:
    for aspect in aspects:
        mine, other = getattr(our, aspect), getattr(their, aspect)
        if mine != other and NO_DEFAULT not in (mine, other):
            told = f"{_shown(mine)} in {names[0]}, {_shown(other)} in {names[1]}"
            yield f"{path}: {aspect} is {told}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name} {bound:g}" for name, bound in sorted(value.items())) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)
