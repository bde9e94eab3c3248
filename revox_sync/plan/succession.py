"""Which of several assistants follows which: by the time they were made, or as a record says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition


def newest_first(remotes: Sequence[Remote]) -> list[Remote] | None:
    """Return assistants by created_at; None where that does not tell which is the newest."""
    times = {remote.id: _time(remote.data.get("created_at")) for remote in remotes}
    known = [time for time in times.values() if time is not None]
    if len(set(known)) < len(remotes):
        return None
    return sorted(remotes, key=lambda remote: times[remote.id] or 0.0, reverse=True)


def is_older(remote: Remote, other: Remote) -> bool | None:
    """Whether an assistant was made before another; None where nothing tells."""
    time, theirs = (_time(found.data.get("created_at")) for found in (remote, other))
    return None if time is None or theirs is None else time < theirs


def older(remotes: Iterable[Remote], name: str, remote: Remote) -> tuple[Remote, ...]:
    """Return the assistants of a name that were made before ``remote``, newest first."""
    found = [other for other in remotes if other.name == name and is_older(other, remote)]
    return tuple(newest_first(found) or found)


def not_newer(remotes: Iterable[Remote], name: str, remote: Remote) -> tuple[Remote, ...]:
    """Return the assistants of a name but for those that were certainly made after ``remote``."""
    return tuple(other for other in remotes if other.name == name and not is_older(remote, other))


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
class Retiring:
    """Old assistants that a recreate has still to retire, and who takes their place."""

    old: Mapping[str, Remote]
    successors: Mapping[str, str]

    def predecessor(self, remote: Remote) -> Remote | None:
        """Return the assistant whose place this one takes, if any."""
        ids = (old_id for old_id, new_id in self.successors.items() if new_id == remote.id)
        return next((self.old[old_id] for old_id in ids), None)


def retiring(
    remotes: Mapping[str, Remote],
    definitions: Sequence[Definition],
    unfinished: Mapping[str, str | None],
) -> Retiring:
    """Return the old assistants, by id, whose successor is in the account.

    A successor whose id nobody knows is the only other one of the name that was made since. The
    name is the old one's, or what its definition gave it.
    """
    old: dict[str, Remote] = {}
    successors: dict[str, str] = {}
    for old_id, new_id in unfinished.items():
        if old_id not in remotes or _is_another(remotes, definitions, old_id, new_id):
            continue
        if new_id is None:
            known = _candidates(remotes, definitions, remotes[old_id])
        else:
            known = [remotes[new_id]] if new_id in remotes else []
        if len(known) == 1:
            successors[old_id] = known[0].id
            old[old_id] = remotes[old_id]
    return Retiring(old, successors)


def _is_another(
    remotes: Mapping[str, Remote],
    definitions: Sequence[Definition],
    old_id: str,
    new_id: str | None,
) -> bool:
    """Whether an old assistant is found by its name as the one of a definition of its own."""
    name = remotes[old_id].name
    new = remotes.get(new_id) if new_id is not None else None
    if new is None or new.name == name:
        return False
    heirs = [found for found in definitions if found.name == new.name or found.sync.id == new_id]
    claimed = any(found.sync.id is None and found.name == name for found in definitions)
    return claimed and all(found.sync.renamed_from != name for found in heirs)


def _candidates(
    remotes: Mapping[str, Remote], definitions: Sequence[Definition], old: Remote
) -> list[Remote]:
    names = {old.name}
    for definition in definitions:
        own = (definition.name, definition.sync.renamed_from)
        if definition.sync.id == old.id or old.name in own:
            names.add(definition.name)
    bound = {definition.sync.id for definition in definitions}
    return [
        remote
        for remote in remotes.values()
        if remote.id not in {old.id, *bound} and remote.name in names and not is_older(remote, old)
    ]
