"""The tool's own side: the request model, and the table of what is known about each field.

The model takes what any generation takes; the table knows when each part came and went. So the
side of one release is what the model says of those parts that the table knows to live then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract.annotations import read
from contract.compare import is_field
from contract.facts import NO_DEFAULT, Fact, Side, age

from revox_sync.model import shapes
from revox_sync.model.assistant import Assistant
from revox_sync.model.fields import FIELDS, RETRY_FILL, Clear, Field
from revox_sync.model.shapes import Exact, ListOf, Member, Number, Object, SetOf, Shape

_TAG = re.compile(r"<([^>]*)>")


@dataclass(frozen=True)
class Row:
    """What the table says of one field or member, whatever the kind of a union it stands in.

    ``since`` and ``until`` bound its life together with that of what it stands in; ``partial``
    tells that what it stands in lives longer. ``asked`` tells that a request of a generation that
    has such a member needs it: the tool fills it in, or asks for it. ``field`` is the whole entry
    of a field.
    """

    member: Member
    since: str
    until: str | None
    partial: bool
    asked: bool = False
    field: Field | None = None

    @property
    def nullable(self) -> bool:
        """Whether a request may hold null here."""
        return self.field.clear is Clear.NULL if self.field else self.member.nullable

    @property
    def default(self) -> Any:
        """The documented default, or the resting value of a field."""
        found = self.field.resting if self.field else self.member.default
        return NO_DEFAULT if found is shapes.NO_DEFAULT else found

    def lives(self, release: str) -> bool:
        """Whether a release has it."""
        return _lives(self.since, self.until, release)


def table() -> dict[str, Row]:
    """Return the table by path, without the kinds of unions."""
    rows: dict[str, Row] = {}
    for name, spec in FIELDS.items():
        rows[name] = Row(spec, spec.since, spec.until, partial=False, field=spec)
        rows.update(_beneath(name, rows[name]))
    return rows


def model() -> dict[str, Fact]:
    """Return the request model's own facts: ``nullable`` is what a definition may state."""
    return read(Assistant)


def at(release: str) -> dict[str, Fact]:
    """Return the side that model and table together give for one release."""
    rows = table()
    by_path = {path: (fact, of_kind(path, rows)) for path, fact in model().items()}
    return {
        path: _known(fact, row, release)
        for path, (fact, row) in by_path.items()
        if row.lives(release)
    }


def required_for_a_time() -> list[str]:
    """Return what the model requires always, although what it stands in lives longer."""
    rows = table()
    return [path for path, fact in model().items() if fact.required and of_kind(path, rows).partial]


def bare(path: str) -> str:
    """Return a path without the kinds of unions in it."""
    return _TAG.sub("", path)


def default_differences(ours: Mapping[str, Row], documented: Side) -> list[str]:
    """Return what is wrong with documented defaults: another value, one too many, one missing.

    A member that every request must state needs no default. A resting null says no more than that
    null clears the field.
    """
    wrong = []
    for path, fact in documented.items():
        row = ours[bare(path)]
        known, told = row.default, fact.default
        if told is NO_DEFAULT:
            if known is not NO_DEFAULT and not (known is None and row.nullable):
                wrong.append(f"{path}: default is {known!r} in the table, none is documented")
        elif known is NO_DEFAULT:
            if told is not None and (is_field(path) or row.partial or not fact.required):
                wrong.append(f"{path}: the documented default {told!r} is not in the table")
        elif _meaning(row, known) != _meaning(row, told):
            wrong.append(f"{path}: default is {known!r} in the table, documented is {told!r}")
    return wrong


def _meaning(row: Row, value: Any) -> Any:
    """Return the canonical form, with the documented defaults of members that are left out."""
    shape = row.member.shape
    if isinstance(shape, Object) and isinstance(value, dict):
        value = {**dict.fromkeys(shape.members), **value}
    return shape.canonical(value)


def _beneath(path: str, around: Row) -> Iterator[tuple[str, Row]]:
    shape = around.member.shape
    if isinstance(shape, ListOf):
        path, shape = f"{path}[]", shape.item
    if isinstance(shape, Object):
        filled = RETRY_FILL if path == "call_retry_config" else {}
        for name, member in shape.members.items():
            since = max(around.since, member.since, key=age)
            ends = [end for end in (around.until, member.until) if end is not None]
            until = min(ends, key=age) if ends else None
            partial = (since, until) != (around.since, around.until)
            asked = name in shape.one_of or name in filled
            row = Row(member, since, until, partial, asked)
            yield f"{path}.{name}", row
            yield from _beneath(f"{path}.{name}", row)


def of_kind(path: str, rows: Mapping[str, Row]) -> Row:
    """Return the row of a path; a member of a union's kind is at least as young as the kind."""
    row, tag = rows[bare(path)], _TAG.search(path)
    if tag is None:
        return row
    kinds = rows[f"{bare(path[: tag.start()])}.type"].member.shape
    born = kinds.since.get(tag[1], "seed") if isinstance(kinds, Exact) else "seed"
    since = max(row.since, born, key=age)
    return replace(row, since=since, partial=(since, row.until) != (born, None))


def _known(fact: Fact, row: Row, release: str) -> Fact:
    shape = row.member.shape
    return replace(
        fact,
        values=tuple(value for value in fact.values if _has_value(value, shape, release)),
        bounds=_bounds(fact.bounds, shape, release),
        required=fact.required or row.asked,
        nullable=row.nullable,
        since=row.since,
        until=row.until,
        default=row.default,
        secret=row.member.secret,
        url=row.member.url,
    )


def _has_value(value: str, shape: Shape, release: str) -> bool:
    item = shape.item if isinstance(shape, ListOf | SetOf) else shape
    if not isinstance(item, Exact):
        return True
    return _lives(item.since.get(value, "seed"), item.until.get(value), release)


def _bounds(bounds: Mapping[str, float], shape: Shape, release: str) -> dict[str, float]:
    """Return the bounds of a release: a least value that came later was excluded before."""
    found, came = dict(bounds), shape.since if isinstance(shape, Number) else {}
    least = found.get("min")
    if least in came and age(release) < age(came[least]):
        found["above"] = found.pop("min")
    return found


def _lives(since: str, until: str | None, release: str) -> bool:
    return age(since) <= age(release) and (until is None or age(release) <= age(until))
