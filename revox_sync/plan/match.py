"""Which definition is which assistant of the account.

First every ``sync.id``, then every name, then every ``sync.renamed_from``, each from what is left.
There is no state file: the account and git are the state. If the tool is not sure, it refuses and
says what is needed to decide; it never guesses. Of several assistants that were made one after the
other, the time tells which follows which, or the record of a run does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.model.shapes import Text
from revox_sync.plan.commands import argument

_NONE: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Match:
    """The assistant that a definition describes, or why nobody can say which one it is.

    ``exists`` is false where a definition has no assistant yet. ``id`` is the one it is bound to,
    where that is all that is known, ``twins`` are all that have its name. ``superseded`` are
    earlier assistants of its name that were kept, newest first, ``former`` older ones that have
    its earlier name; ``old`` is one that a recreate has still to retire.
    """

    remote: Remote | None = None
    refused: str | None = None
    exists: bool = True
    id: str | None = None
    twins: tuple[Remote, ...] = ()
    superseded: tuple[Remote, ...] = ()
    former: tuple[Remote, ...] = ()
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
    environment: str | None = None,
) -> Matching:
    """Match definitions with the account's assistants.

    ``remotes`` holds every assistant of the list, and those that were read by id because a
    definition is bound to them: an id that is not among them does not exist. Definitions whose key
    is in ``allow_create`` may be created beside a look-alike. With ``keep_superseded`` the newest
    of several assistants of one name is the current one. ``unfinished`` names old assistants (and
    their successors, where known) that a recreate has still to retire. ``environment`` is the
    project's that the account belongs to: what is advised is written for it alone.
    """
    everything = {remote.id: remote for remote in remotes}
    retired = retiring(everything, definitions, unfinished)
    left = {key: remote for key, remote in everything.items() if key not in retired.old}
    organization = next((remote.organization_id for remote in remotes), None)
    matches: dict[str, Match] = {}
    for definition in definitions:
        if definition.sync.id is not None:
            bound = retired.successors.get(definition.sync.id, definition.sync.id)
            matches[definition.key] = _bound(left, bound, organization)
            left.pop(bound, None)
    contested: set[str] = set()
    for names in _NAMES:
        _by_name(definitions, left, matches, contested, names, keep_superseded, environment)
    for definition in definitions:
        if definition.key in matches:
            found = _with_earlier(definition, matches[definition.key], left, keep_superseded)
            old = None if found.remote is None else retired.predecessor(found.remote)
            matches[definition.key] = replace(found, old=old)
    told = {found.old.id for found in matches.values() if found.old is not None}
    left |= {key: remote for key, remote in retired.old.items() if key not in told}
    unmanaged = tuple(remote for remote in left.values() if remote.id not in contested)
    twins = _LookAlikes(unmanaged, environment)
    for definition in definitions:
        if definition.key not in matches:
            alike = None if definition.key in allow_create else twins.of(definition)
            matches[definition.key] = Match(refused=alike, exists=False)
    return Matching(matches, unmanaged)


def _with_earlier(
    definition: Definition, found: Match, left: dict[str, Remote], keep_superseded: bool
) -> Match:
    """Return a match with the earlier assistants of the definition, which are not looked for."""
    remote, renamed_from = found.remote, definition.sync.renamed_from
    if remote is None:
        return found
    superseded = found.superseded
    if keep_superseded and definition.sync.id is not None:
        superseded = older(left.values(), remote.name, remote)
        for earlier in superseded:
            del left[earlier.id]
    former = not_newer(left.values(), renamed_from, remote) if renamed_from else ()
    return replace(found, superseded=superseded, former=former)


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


def id_stated(identity: str, environment: str | None) -> str:
    """Return what a definition says to be bound in a project's environment, None without any."""
    bound = identity if environment is None else f"{{{environment}: {identity}}}"
    return f"sync: {{id: {bound}}}"


#: What a definition is looked for by, and what that is called.
_NAMES: tuple[tuple[Callable[[Definition], str | None], str], ...] = (
    (lambda definition: definition.name, "its name"),
    (lambda definition: definition.sync.renamed_from, "its earlier name (sync.renamed_from)"),
)


def _by_name(
    definitions: Iterable[Definition],
    left: dict[str, Remote],
    matches: dict[str, Match],
    contested: set[str],
    names: tuple[Callable[[Definition], str | None], str],
    keep_superseded: bool,
    environment: str | None,
) -> None:
    wanted_name, called = names
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
        elif found and keep_superseded and (ranked := newest_first(found)):
            for remote in ranked:
                left.pop(remote.id, None)
            matches[definition.key] = Match(ranked[0], superseded=tuple(ranked[1:]))
        elif found:
            contested.update(remote.id for remote in found)
            ids = ", ".join(remote.id for remote in found)
            matches[definition.key] = Match(
                refused=f"{len(found)} assistants of the account have {called}: {ids}; bind the "
                f"right one by adding `{id_stated(found[0].id, environment)}` (or another of them) "
                "to the definition",
                twins=tuple(found),
            )


class _LookAlikes:
    """Unmanaged assistants that are plainly what a definition is about to create again."""

    def __init__(self, unmanaged: Iterable[Remote], environment: str | None) -> None:
        self._environment = environment
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
        key = argument(definition.key)
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
                    f"bind that one by adding `{id_stated(found.id, self._environment)}` to the "
                    f"definition, or allow the new one with --allow-create {key}"
                )
        return None


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


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
