"""Which definition is which assistant of the account.

First every ``sync.id``, then every name, then every ``sync.renamed_from``, each from what is left.
There is no state file: the account and git are the state. What cannot be told for certain is
refused, with what is needed to decide it; nothing is ever guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from revox_sync.definitions.definition import Definition
from revox_sync.model.canonical import Text
from revox_sync.plan.remote import Remote

_NONE: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Match:
    """The assistant that a definition describes, or why nobody can say which one it is.

    ``exists`` is false where a definition has no assistant yet. ``id`` is the one it is bound to,
    where that is all that is known. ``superseded`` are earlier assistants of its name that were
    kept, newest first; ``old`` is one that a recreate has still to retire.
    """

    remote: Remote | None = None
    refused: str | None = None
    exists: bool = True
    id: str | None = None
    superseded: tuple[Remote, ...] = ()
    old: Remote | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """One match per definition key, and the assistants that no definition describes."""

    matches: Mapping[str, Match]
    unmanaged: tuple[Remote, ...]


def match(
    definitions: Sequence[Definition],
    remotes: Sequence[Remote],
    *,
    allow_create: frozenset[str] = frozenset(),
    keep_superseded: bool = False,
    unfinished: Mapping[str, str | None] = _NONE,
) -> Matching:
    """Match definitions with the account's assistants.

    ``remotes`` holds every assistant of the list, and those that were read by id because a
    definition is bound to them: an id that is not among them does not exist. Definitions whose key
    is in ``allow_create`` may be created beside a look-alike. With ``keep_superseded`` the newest
    of several assistants of one name is the current one. ``unfinished`` names old assistants (and
    their successors, where known) that a recreate has still to retire.
    """
    left = {remote.id: remote for remote in remotes}
    retiring = _retiring(left, unfinished)
    organization = next((remote.organization_id for remote in remotes), None)
    matches: dict[str, Match] = {}
    for definition in definitions:
        if definition.sync.id is not None:
            bound = retiring.successors.get(definition.sync.id, definition.sync.id)
            matches[definition.key] = retiring.told(_bound(left, bound, organization))
            left.pop(bound, None)
    for definition in definitions:
        if (stated := definition.sync.id) is not None:
            left.pop(stated, None)
    contested: set[str] = set()
    for wanted_name in (lambda d: d.name, lambda d: d.sync.renamed_from):
        _by_name(definitions, left, matches, contested, wanted_name, keep_superseded)
    matches = {key: retiring.told(found) for key, found in matches.items()}
    unmanaged = tuple(remote for remote in left.values() if remote.id not in contested)
    twins = _LookAlikes(unmanaged)
    for definition in definitions:
        if definition.key not in matches:
            alike = None if definition.key in allow_create else twins.of(definition)
            matches[definition.key] = Match(refused=alike, exists=False)
    return Matching(matches, unmanaged)


def _bound(left: Mapping[str, Remote], bound: str, organization: str | None) -> Match:
    remote = left.get(bound)
    if remote is None:
        return Match(
            refused=f"it is bound to {bound} (sync.id), and no such assistant exists in this "
            "account; correct sync.id, or remove it to find the assistant by its name or create it",
            id=bound,
        )
    if organization and remote.organization_id and remote.organization_id != organization:
        return Match(
            refused=f"it is bound to {bound} (sync.id), which belongs to another organization "
            f"({remote.organization_id}, not {organization}); use that organization's key, or "
            "correct sync.id",
            id=bound,
        )
    return Match(remote)


def _by_name(
    definitions: Iterable[Definition],
    left: dict[str, Remote],
    matches: dict[str, Match],
    contested: set[str],
    wanted_name: Callable[[Definition], str | None],
    keep_superseded: bool,
) -> None:
    named: dict[str, list[Remote]] = defaultdict(list)
    for remote in left.values():
        named[remote.name].append(remote)
    for definition in definitions:
        if definition.key in matches or (name := wanted_name(definition)) is None:
            continue
        found = named.get(name, [])
        if len(found) == 1:
            if found[0].id in left:
                matches[definition.key] = Match(left.pop(found[0].id))
        elif found and keep_superseded and (ranked := _newest_first(found)):
            for remote in ranked:
                left.pop(remote.id, None)
            matches[definition.key] = Match(ranked[0], superseded=tuple(ranked[1:]))
        elif found:
            contested.update(remote.id for remote in found)
            ids = ", ".join(remote.id for remote in found)
            matches[definition.key] = Match(
                refused=f"{len(found)} assistants of the account have its name: {ids}; bind the "
                f"right one by adding `sync: {{id: {found[0].id}}}` (or another of them) to the "
                "definition"
            )


def _newest_first(remotes: Sequence[Remote]) -> list[Remote] | None:
    """Return assistants by created_at; None where that does not tell which is the newest."""
    times = {remote.id: _time(remote.data.get("created_at")) for remote in remotes}
    known = [time for time in times.values() if time is not None]
    if len(set(known)) < len(remotes):
        return None
    return sorted(remotes, key=lambda remote: times[remote.id] or 0.0, reverse=True)


def _time(value: Any) -> float | None:
    """Return the seconds of a point in time: ISO 8601, or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if when is None:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True, slots=True)
class _Retiring:
    """Old assistants that a recreate has still to retire, and who takes their place."""

    old: Mapping[str, Remote]
    successors: Mapping[str, str]

    def told(self, found: Match) -> Match:
        """Return the match with the old assistant that its assistant succeeds, if any."""
        if found.remote is None or found.old is not None:
            return found
        for old_id, new_id in self.successors.items():
            if new_id == found.remote.id:
                return replace(found, old=self.old[old_id])
        return found


def _retiring(left: dict[str, Remote], unfinished: Mapping[str, str | None]) -> _Retiring:
    """Take out of ``left`` the old assistants whose successor is in the account.

    A successor whose id nobody knows is the only other assistant of the name.
    """
    old: dict[str, Remote] = {}
    successors: dict[str, str] = {}
    for old_id, new_id in unfinished.items():
        if old_id not in left:
            continue
        known = [left[new_id]] if new_id in left else []
        if new_id is None:
            known = [
                remote
                for remote in left.values()
                if remote.name == left[old_id].name and remote.id != old_id
            ]
        if len(known) == 1:
            successors[old_id] = known[0].id
            old[old_id] = left.pop(old_id)
    return _Retiring(old, successors)


class _LookAlikes:
    """Unmanaged assistants that are plainly what a definition is about to create again."""

    def __init__(self, unmanaged: Iterable[Remote]) -> None:
        self._names: dict[str, Remote] = {}
        self._prompts: dict[str, Remote] = {}
        for remote in unmanaged:
            self._names.setdefault(_folded(remote.name), remote)
            prompt = Text().canonical(remote.data.get("prompt"))
            if isinstance(prompt, str) and prompt.strip():
                self._prompts.setdefault(prompt, remote)

    def of(self, definition: Definition) -> str | None:
        """Return why creating this one would make a twin, or None."""
        prompt = Text().canonical(definition.fields["prompt"])
        for found, why in (
            (
                self._names.get(_folded(definition.name)),
                "a name that differs only in case or space",
            ),
            (self._prompts.get(prompt), "the same prompt"),
        ):
            if found is not None:
                return (
                    f'it would be a twin of {found.id}, "{found.name}", which has {why}; '
                    f"bind that one by adding `sync: {{id: {found.id}}}` to the definition, or "
                    f"allow the new one with --allow-create {definition.key}"
                )
        return None


def _folded(name: str) -> str:
    return "".join(name.casefold().split())
