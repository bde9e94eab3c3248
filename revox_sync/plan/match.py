"""Which definition is which assistant of the account.

First every ``sync.id``, then every name, then every ``sync.renamed_from``, then the names that
definitions had at the commit that a plan is compared with; each among what is left.
There is no state file: the account and git are the state. If the tool is not sure, it refuses and
says what is needed to decide; it never guesses. If an assistant was recreated, its time of creation
or the record of a run tells which one is current.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.model.likeness import alike_name, same_name
from revox_sync.model.shapes import Text
from revox_sync.plan.commands import argument
from revox_sync.records import dataclass

_NONE: Mapping[str, str | None] = MappingProxyType({})
_NOTHING: Mapping[str, Definition] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Match:
    """The assistant that a definition describes, or why nobody can say which one it is.

    ``exists`` is false where a definition has no assistant yet; ``alike`` is an unmanaged one that
    it would duplicate. ``id`` is the one it is bound to, where that is all that is known, ``twins``
    are all that have its name. ``superseded`` are earlier assistants of its name that were kept,
    newest first, ``former`` older ones that have its earlier name; ``unretired`` are those that
    recreates have still to retire. ``name_of`` is the definition (key) that had its name at the
    base, while it had another one itself.
    """

    remote: Remote | None = None
    refused: str | None = None
    exists: bool = True
    alike: Remote | None = None
    id: str | None = None
    twins: tuple[Remote, ...] = ()
    superseded: tuple[Remote, ...] = ()
    former: tuple[Remote, ...] = ()
    unretired: tuple[Remote, ...] = ()
    name_of: str | None = None

    @property
    def remotes(self) -> tuple[Remote, ...]:
        """All that the definition describes, or may."""
        current = () if self.remote is None else (self.remote,)
        return (*current, *self.twins, *self.superseded, *self.unretired)


@dataclass(frozen=True, slots=True)
class Matching:
    """One match per definition key, and the assistants that no definition describes."""

    matches: Mapping[str, Match]
    unmanaged: tuple[Remote, ...]

    def is_renamed(self, was: Definition) -> bool:
        """Whether a definition whose name changed left no assistant behind."""
        return not left_behind(was, self)


def match(
    definitions: Sequence[Definition],
    remotes: Sequence[Remote],
    *,
    allow_create: frozenset[str] = frozenset(),
    keep_superseded: bool = False,
    unfinished: Mapping[str, str | None] = _NONE,
    environment: str | None = None,
    earlier: Mapping[str, Definition] = _NOTHING,
    sent: Callable[[], Mapping[str, Sequence[str]]] = dict,
) -> Matching:
    """Match definitions with the account's assistants.

    ``remotes`` holds every assistant of the list, and those that were read by id because a
    definition is bound to them: an id that is not among them does not exist. Definitions whose key
    is in ``allow_create`` may be created beside a look-alike. With ``keep_superseded`` the newest
    of several assistants of one name is the current one. ``unfinished`` names old assistants (and
    their successors, where known) that a recreate has still to retire. ``environment`` is the
    project's that the account belongs to: what is advised is written for it alone. ``earlier``
    holds by key the definitions of the commit that the plan is compared with. ``sent`` tells by key
    which ids earlier runs made; it is asked only where something is new.
    """
    matcher = _Matcher(definitions, remotes, keep_superseded, unfinished, environment, earlier)
    matcher.by_id()
    matcher.by_name(lambda made: made.name, "its name")
    matcher.by_name(lambda made: made.sync.renamed_from, "its earlier name (sync.renamed_from)")
    matcher.by_name(matcher.name_at_base, "the name that it had at the base")
    matcher.add_earlier_assistants()
    return matcher.finish(allow_create, sent)


def left_behind(was: Definition, matching: Matching) -> tuple[Remote, ...]:
    """Return the unmanaged assistants that an earlier definition described."""
    return tuple(remote for remote in matching.unmanaged if described(was, remote))


def described(was: Definition, remote: Remote) -> bool:
    """Whether an earlier definition described an assistant: the id that it named, or its name."""
    bound = was.sync.id
    return remote.id == bound if bound is not None else remote.is_called(was.name)


class _Matcher:
    """Matches definitions with assistants, the surest matches first."""

    def __init__(
        self,
        definitions: Sequence[Definition],
        remotes: Sequence[Remote],
        keep_superseded: bool,
        unfinished: Mapping[str, str | None],
        environment: str | None,
        earlier: Mapping[str, Definition],
    ) -> None:
        everything = {remote.id: remote for remote in remotes}
        self._definitions = definitions
        self._earlier = earlier
        self._retired = retiring(
            everything, definitions, unfinished, keep_superseded=keep_superseded, earlier=earlier
        )
        self._left = {
            key: remote for key, remote in everything.items() if key not in self._retired.old
        }
        self._organization = next((remote.organization_id for remote in remotes), None)
        self._keep_superseded = keep_superseded
        self._environment = environment
        self._matches: dict[str, Match] = {}
        self._contested: set[str] = set()

    def by_id(self) -> None:
        """Match bound definitions; an id that does not exist never falls back to the name."""
        for definition in self._definitions:
            if definition.sync.id is not None:
                bound = self._retired.successors.get(definition.sync.id, definition.sync.id)
                self._matches[definition.key] = _bound(self._left, bound, self._organization)
                self._left.pop(bound, None)

    def by_name(self, name_of: Callable[[Definition], str | None], called: str) -> None:
        """Match what is left by a name; ``called`` describes that name in messages."""
        named = self._by_name()
        for definition in self._definitions:
            if definition.key in self._matches or (name := name_of(definition)) is None:
                continue
            found = named.get(same_name(name), [])
            if len(found) == 1:
                if found[0].id in self._left:
                    self._matches[definition.key] = Match(self._left.pop(found[0].id))
            elif found and self._keep_superseded and (ranked := newest_first(found)):
                for remote in ranked:
                    self._left.pop(remote.id, None)
                self._matches[definition.key] = Match(ranked[0], superseded=tuple(ranked[1:]))
            elif found:
                self._contested.update(remote.id for remote in found)
                self._matches[definition.key] = self._ambiguous(found, called)

    def name_at_base(self, made: Definition) -> str | None:
        """Return the name that a definition had at the base; None for one that is new.

        It is new, too, if its file was given to another one: it has the prompt of one that is gone,
        or one that is new has the prompt that it had.
        """
        was, prompt = self._earlier.get(made.key), made.fields.get("prompt")
        before = None if was is None else was.fields.get("prompt")
        if was is None or prompt == before:
            return None if was is None else was.name
        now = {other.key: other.fields.get("prompt") for other in self._definitions}
        gone = (
            other.fields.get("prompt") for key, other in self._earlier.items() if key not in now
        )
        come = (other for key, other in now.items() if key not in self._earlier)
        return None if prompt in gone or before in come else was.name

    def _by_name(self) -> Mapping[str, list[Remote]]:
        """Return what is left, by what the same names have in common."""
        named: dict[str, list[Remote]] = defaultdict(list)
        for remote in self._left.values():
            named[same_name(remote.name)].append(remote)
        return named

    def _ambiguous(self, found: Sequence[Remote], called: str) -> Match:
        ids = ", ".join(remote.id for remote in found)
        bound = id_stated(found[0].id, self._environment)
        return Match(
            refused=f"{len(found)} assistants of the account have {called}: {ids}; bind the right "
            f"one by adding `{bound}` (or another of them) to the definition",
            twins=tuple(found),
        )

    def add_earlier_assistants(self) -> None:
        """Add to each match the earlier assistants of its definition."""
        named = self._by_name()

        def left(name: str) -> list[Remote]:
            return [one for one in named.get(same_name(name), ()) if one.id in self._left]

        for definition in self._definitions:
            found = self._matches.get(definition.key)
            if found is None:
                continue
            remote, names = found.remote, earlier_names(definition, self._earlier)
            if remote is not None:
                superseded = found.superseded
                if self._keep_superseded:
                    superseded += older(left(remote.name), remote)
                for earlier in superseded:
                    self._left.pop(earlier.id, None)
                former = tuple(one for was in names for one in not_newer(left(was), remote))
                unretired = self._retired.predecessors(remote)
                self._matches[definition.key] = replace(
                    found, superseded=superseded, former=former, unretired=unretired
                )

    def finish(
        self,
        allow_create: frozenset[str],
        sent: Callable[[], Mapping[str, Sequence[str]]],
    ) -> Matching:
        """Return the matches; definitions without one are new, unless they may be duplicates."""
        told = {old.id for found in self._matches.values() for old in found.unretired}
        waiting = {key: old for key, old in self._retired.old.items() if key not in told}
        left = [*self._left.values(), *waiting.values()]
        unmanaged = tuple(remote for remote in left if remote.id not in self._contested)
        new = [made.key for made in self._definitions if made.key not in self._matches]
        passed_on = self._passed_on([key for key in new if key not in allow_create])
        sent_before = sent() if new else {}
        twins = LookAlikes(unmanaged, self._environment, sent_before, self._earlier)
        for definition in self._definitions:
            if definition.key in self._matches:
                continue
            alike, refused = None, None
            if definition.key not in allow_create:
                alike, why = twins.of(definition)
                refused = _not_found(definition, self._earlier) or passed_on or why
            self._matches[definition.key] = Match(refused=refused, exists=False, alike=alike)
        return Matching(self._matches, unmanaged)

    def _passed_on(self, new: Sequence[str]) -> str | None:
        """Say why nothing is written where a definition took the name of another one.

        What is ``new`` (keys) may be that other one under a name of its own: then the first would
        be written over its assistant, and it would be made a second time. Otherwise its match says
        whose name it took.
        """
        if not self._earlier:
            return None
        keys = {same_name(was.name): key for key, was in self._earlier.items()}
        takers: list[tuple[Definition, Definition, Remote]] = []
        for made in self._definitions:
            before = self._earlier.get(keys.get(same_name(made.name), made.key))
            found = self._matches.get(made.key)
            if before is None or made.sync.id is not None or found is None or found.remote is None:
                continue
            if before.key != made.key and found.remote.is_called(made.name):
                takers.append((made, before, found.remote))
        left = [one for one in takers if self._is_left_to_new(*one[:2], new)] if new else []
        if not left:
            for made, before, _ in takers:
                if made.key in self._earlier:
                    self._matches[made.key] = replace(self._matches[made.key], name_of=before.key)
            return None
        takers = [one for one in takers if one in left or one[0].key in self._earlier]
        told = ", ".join(f'{self._then(made)} and is "{made.name}"' for made, _, _ in takers)
        allowed = " ".join(f"--allow-create {argument(key)}" for key in new)
        why = (
            f"names were passed on since the base: {told}, as another definition was; "
            f"{', '.join(new)} may be that one: bind them with sync.id, or say what is new with "
            f"{allowed}"
        )
        self._matches |= {made.key: Match(refused=why, id=held.id) for made, _, held in takers}
        return why

    def _is_left_to_new(self, made: Definition, before: Definition, new: Sequence[str]) -> bool:
        """Whether what one that took a name was, or the other that had it, may be a ``new`` one."""
        now = {other.key: other for other in self._definitions}
        was = _name_then(made.key, self._earlier)
        if was is not None:
            return same_name(was) not in {same_name(other.name) for other in now.values()}
        prompt = before.fields.get("prompt")
        if prompt == made.fields.get("prompt"):
            return False  # its file has another name now
        rest = (now[key].fields.get("prompt") for key in new)
        return before.key in new or (before.key not in now and prompt in rest)

    def _then(self, made: Definition) -> str:
        was = _name_then(made.key, self._earlier)
        return f"{made.key} is new" if was is None else f'{made.key} was "{was}"'


def _name_then(key: str, earlier: Mapping[str, Definition]) -> str | None:
    """Return the name that a definition had at the base; None for one that is new."""
    was = earlier.get(key)
    return None if was is None else was.name


def earlier_names(definition: Definition, earlier: Mapping[str, Definition]) -> tuple[str, ...]:
    """Return the names that a definition had: as it says itself, and at the base, by ``earlier``.

    The latter tells nothing of a bound one, which needs no name to be found. A name that is the
    same as another, or as its name, is left out.
    """
    at_base = _name_then(definition.key, earlier) if definition.sync.id is None else None
    told = (definition.sync.renamed_from, at_base)
    names = {same_name(name): name for name in told if name is not None}
    names.pop(same_name(definition.name), None)
    return tuple(names.values())


def _not_found(definition: Definition, earlier: Mapping[str, Definition]) -> str | None:
    """Say why a definition that existed before and was renamed is not created."""
    was, renamed_from = _name_then(definition.key, earlier), definition.sync.renamed_from
    if renamed_from is None or was is None or same_name(was) == same_name(definition.name):
        return None
    return (
        f'no assistant is called "{renamed_from}" (sync.renamed_from), nor "{was}", as the '
        "definition was at the base; correct renamed_from, bind the right one with sync.id, or "
        f"create a new one with --allow-create {argument(definition.key)}"
    )


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
    """Return how a definition states an id in a project's environment (None: no environments)."""
    bound = identity if environment is None else f"{{{environment}: {identity}}}"
    return f"sync: {{id: {bound}}}"


def _looks_of(name: str, prompt: Any) -> Iterator[tuple[str, str]]:
    """Yield what look-alikes share, by kind: a name that looks alike, the same prompt."""
    yield "name", alike_name(name)
    text = Text().canonical(prompt)
    if isinstance(text, str) and text.strip():
        yield "prompt", text


class LookAlikes:
    """Finds unmanaged assistants that a new definition would duplicate."""

    def __init__(
        self,
        unmanaged: Iterable[Remote],
        environment: str | None,
        sent: Mapping[str, Sequence[str]],
        earlier: Mapping[str, Definition] = _NOTHING,
    ) -> None:
        self._environment = environment
        self._sent = sent
        self._earlier = earlier
        self._ids: dict[str, Remote] = {}
        self._first: dict[tuple[str, str], Remote] = {}
        for remote in unmanaged:
            self._ids[remote.id] = remote
            for looks in _looks_of(remote.name, remote.data.get("prompt")):
                self._first.setdefault(looks, remote)

    def of(self, definition: Definition) -> tuple[Remote | None, str | None]:
        """Return which assistant creating this definition would duplicate, and why; or None."""
        looks = dict(_looks_of(definition.name, definition.fields["prompt"]))
        key = argument(definition.key)
        made = self._sent.get(definition.key, ())
        sent = next((self._ids[one] for one in made if one in self._ids), None)
        was = self._earlier.get(definition.key)
        bound = None if was is None else self._ids.get(was.sync.id or "")
        named, same = (self._first.get((kind, looks.get(kind, ""))) for kind in ("name", "prompt"))
        for found, why in (
            (bound, "it was bound to at the base"),
            (sent, "an earlier run made for it"),
            (named, "" if named is None else _likeness(definition.name, named.name)),
            (same, "has the same prompt"),
        ):
            if found is not None:
                return found, (
                    f'it would be a twin of {found.id}, "{found.shown_name}", which {why}; '
                    f"bind that one by adding `{id_stated(found.id, self._environment)}` to the "
                    f"definition, or allow the new one with --allow-create {key}"
                )
        return None, None


def _likeness(name: str, other: str) -> str:
    folded = ["".join(text.casefold().split()) for text in (name, other)]
    if folded[0] == folded[1]:
        return "has a name that differs only in case or space"
    return "has a name that looks alike"


def newest_first(remotes: Sequence[Remote]) -> list[Remote] | None:
    """Return assistants by ``created_at``, newest first; None if that does not tell the newest."""
    times = {remote.id: _time(remote.data.get("created_at")) for remote in remotes}
    known = [time for time in times.values() if time is not None]
    if len(set(known)) < len(remotes):
        return None
    return sorted(remotes, key=lambda remote: times[remote.id] or 0.0, reverse=True)


def is_older(remote: Remote, other: Remote) -> bool | None:
    """Whether an assistant was created before another; None if nobody can tell."""
    time, theirs = (_time(found.data.get("created_at")) for found in (remote, other))
    return None if time is None or theirs is None else time < theirs


def older(remotes: Iterable[Remote], remote: Remote) -> tuple[Remote, ...]:
    """Return the assistants that were created before ``remote``, newest first."""
    found = [other for other in remotes if is_older(other, remote)]
    return tuple(newest_first(found) or found)


def not_newer(remotes: Iterable[Remote], remote: Remote) -> tuple[Remote, ...]:
    """Return the assistants that may have been created before ``remote``."""
    return tuple(one for one in remotes if not is_older(remote, one))


def _time(value: Any) -> float | None:
    """Return a point in time, given as ISO 8601 or a number, in seconds."""
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

    def predecessors(self, remote: Remote) -> tuple[Remote, ...]:
        """Return the assistants that this one replaces."""
        ids = (old_id for old_id, new_id in self.successors.items() if new_id == remote.id)
        return tuple(self.old[old_id] for old_id in ids)


def retiring(
    remotes: Mapping[str, Remote],
    definitions: Sequence[Definition],
    unfinished: Mapping[str, str | None],
    *,
    keep_superseded: bool = False,
    earlier: Mapping[str, Definition] = _NOTHING,
) -> Retiring:
    """Return the old assistants, by id, whose successor is in the account.

    A successor whose id nobody knows is the only other one of the name that was made since; of a
    bound one, with ``keep_superseded``, the newest. The name is the old one's, or what its
    definition gave it, which may be known by the name that it had at the base (``earlier``).
    """
    bound = {definition.sync.id for definition in definitions}
    old: dict[str, Remote] = {}
    successors: dict[str, str] = {}
    for old_id, new_id in unfinished.items():
        if old_id not in remotes or _is_another(remotes, definitions, old_id, new_id):
            continue
        if new_id is None:
            found = _candidates(remotes, definitions, remotes[old_id], earlier)
            known = [remote for remote in found if remote.id not in unfinished]
            if keep_superseded and old_id in bound and (ranked := newest_first(known)):
                known = ranked[:1]  # several runs were cut short: it superseded the others
        else:
            known = [remotes[new_id]] if new_id in remotes else []
        if keep_superseded and known and _is_superseded(remotes, definitions, known[0]):
            continue  # another machine went on: both are among those that the newest superseded
        if len(known) == 1:
            successors[old_id] = known[0].id
            old[old_id] = remotes[old_id]
    for old_id, new_id in successors.items():  # one that was replaced hands its place on
        last = new_id
        for _ in successors:  # no longer, since a journal may lead in a circle
            last = successors.get(last, last)
        successors[old_id] = last
    return Retiring(old, successors)


def _is_superseded(
    remotes: Mapping[str, Remote], definitions: Sequence[Definition], remote: Remote
) -> bool:
    names = _names_since(definitions, remote)
    return any(same_name(one.name) in names and is_older(remote, one) for one in remotes.values())


def _is_another(
    remotes: Mapping[str, Remote],
    definitions: Sequence[Definition],
    old_id: str,
    new_id: str | None,
) -> bool:
    """Whether a definition of its own describes an old assistant by its name."""
    name = remotes[old_id].name
    new = remotes.get(new_id or "")
    if new is None or new.is_called(name):
        return False
    heirs = [made for made in definitions if new.is_called(made.name) or made.sync.id == new_id]
    old = remotes[old_id]
    claimed = any(made.sync.id is None and old.is_called(made.name) for made in definitions)
    return claimed and not any(old.is_called(found.sync.renamed_from or "") for found in heirs)


def _candidates(
    remotes: Mapping[str, Remote],
    definitions: Sequence[Definition],
    old: Remote,
    earlier: Mapping[str, Definition],
) -> list[Remote]:
    names = _names_since(definitions, old, earlier)
    bound = {definition.sync.id for definition in definitions}
    return [
        remote
        for remote in remotes.values()
        if remote.id not in {old.id, *bound}
        and same_name(remote.name) in names
        and not is_older(remote, old)
    ]


def _names_since(
    definitions: Sequence[Definition], old: Remote, earlier: Mapping[str, Definition] = _NOTHING
) -> set[str]:
    """Return the names that the successor of an assistant may have, as ``same_name`` gives them."""
    names = {same_name(old.name)}
    for definition in definitions:
        own = (definition.name, *earlier_names(definition, earlier))
        if definition.sync.id == old.id or any(map(old.is_called, own)):
            names.add(same_name(definition.name))
    return names
