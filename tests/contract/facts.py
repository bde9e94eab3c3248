"""What one side knows of each field and nested member, in one form for all sides.

A side is a mapping of paths to facts: ``a.b`` is a member, ``a[]`` the items of a list, ``a<tag>``
the kind of a union whose ``type`` is ``tag``. ``facts.json`` is the documents' side; the others
are read from the official SDK (``annotations.py``), from the sandbox's JSON schemas
(``schemas.py``), and from the tool's own model and table (``ours.py``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

#: Marks "none documented"; null is a default like others.
NO_DEFAULT: Any = object()


@dataclass(frozen=True)
class Fact:
    """One field or member.

    ``items`` is the type of a list's items, ``values`` the allowed values of the field or of its
    items (none: any). ``bounds`` may hold ``min``, ``above``, ``max`` and ``min_length``. ``since``
    names the generation that brought it, ``until`` the last release that had it. ``secret`` marks
    a credential, ``url`` a URL that may hold one.
    """

    type: str
    items: str | None = None
    values: tuple[str, ...] = ()
    required: bool = False
    nullable: bool = False
    bounds: Mapping[str, float] = field(default_factory=dict)
    since: str = "seed"
    until: str | None = None
    default: Any = NO_DEFAULT
    secret: bool = False
    url: bool = False


Side = Mapping[str, Fact]


@dataclass(frozen=True)
class Documents:
    """The documents' side.

    ``releases`` maps each generation, named by the release that began it, to its releases;
    ``profiles`` maps the tool's profiles to generations; ``sides`` holds what each generation
    takes. Generations and releases stand oldest first.
    """

    releases: Mapping[str, tuple[str, ...]]
    profiles: Mapping[str, str]
    sides: Mapping[str, Side]

    @property
    def newest(self) -> str:
        """The newest release that the documents tell of."""
        return self.releases[self.latest][-1]

    @property
    def latest(self) -> str:
        """The generation that is spoken today."""
        return list(self.releases)[-1]

    def generation(self, release: str) -> str:
        """Return the generation of a release; the latest for releases yet to come."""
        return next((g for g, known in self.releases.items() if release in known), self.latest)

    def ever(self) -> Side:
        """Return every path that any generation takes, as the last that takes it says."""
        return {path: fact for side in self.sides.values() for path, fact in side.items()}


def age(release: str) -> tuple[int, ...]:
    """Return what orders releases; ``seed`` stands before all of them."""
    return () if release == "seed" else tuple(int(part) for part in release.split("."))


def documents() -> Documents:
    """Read ``facts.json``: per path what the first generation says, and what later ones change."""
    content = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
    releases = {name: tuple(known) for name, known in content["releases"].items()}
    order = list(releases)
    sides: dict[str, dict[str, Fact]] = {generation: {} for generation in order}
    for path, entry in content["fields"].items():
        changes = entry.pop("from", {})
        fact = Fact(**_in_types(entry))
        last = order[-1] if fact.until is None else _owner(releases, fact.until)
        for generation in order[order.index(fact.since) : order.index(last) + 1]:
            fact = replace(fact, **_in_types(changes.get(generation, {})))
            sides[generation][path] = fact
    return Documents(releases, content["profiles"], sides)


def _owner(releases: Mapping[str, tuple[str, ...]], release: str) -> str:
    return next(generation for generation, known in releases.items() if release in known)


def _in_types(entry: Mapping[str, Any]) -> dict[str, Any]:
    known = dict(entry)
    if "enum" in known:
        known["values"] = tuple(known.pop("enum"))
    return known
