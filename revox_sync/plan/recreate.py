"""Replacing an assistant by a new one: when, what the new one is, and the reasons against it.

A recreate is for what PATCH cannot do, and for services without PATCH. The new assistant is the
old one overlaid by the definition, so that what the definition leaves out comes along. It is never
triggered by what a definition does not state, and never twice for the same difference. Every reason
against it says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Literal

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.history.runs import Recreated
from revox_sync.history.snapshot import Snapshot
from revox_sync.model.fields import FIELDS, READ_ONLY, Clear, Field, field_of
from revox_sync.model.path import field_in, path_text
from revox_sync.model.shapes import fingerprint
from revox_sync.model.sound import is_sound
from revox_sync.model.walk import leaves
from revox_sync.plan.commands import argument, ignoring
from revox_sync.plan.compare import compare, dropping, wanted_fields, with_absent
from revox_sync.plan.match import Match, newest_first
from revox_sync.plan.model import Change, Comparison, Recreation, Rules
from revox_sync.plan.origin import Origins
from revox_sync.records import dataclass
from revox_sync.secrecy.values import carried_masks, masked_places

Retire = Literal["delete", "keep"]


@dataclass(frozen=True, slots=True)
class Recreating:
    """What the project, the command line and earlier runs say about recreating.

    ``retire``      what becomes of the old assistant; None: not stated, so nothing is recreated
    ``keys``        definitions that are recreated in this run where they differ
    ``rebind``      bound definitions may be recreated; their files get the new id
    ``force``       also what a campaign uses, and what cannot be copied whole
    ``unfinished``  by old id the recreates that ended half-way
    ``asked``       old ids among them that somebody named, so that no record is needed
    ``snapshots``   by old id what the record has of them
    ``made``        by new id the recreates of all runs
    ``vain``        differences that a recreate did not settle, as ``difference`` gives them, and
                    the fields that the service did not take
    ``changed``     ids of assistants that a run changed in place, as a rollback does
    """

    retire: Retire | None = None
    keys: frozenset[str] = frozenset()
    rebind: bool = False
    force: bool = False
    unfinished: Mapping[str, Recreated] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    made: Mapping[str, Recreated] = field(default_factory=dict)
    vain: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


#: The default: nothing is recreated.
NOTHING_RECREATED = Recreating()


def is_recreated(definition: Definition, recreating: Recreating) -> bool:
    """Whether a definition's assistant is replaced by a new one where it differs."""
    return definition.sync.replace == "recreate" or definition.key in recreating.keys


def triggers(comparison: Comparison) -> bool:
    """Whether the definition states something that certainly differs."""
    return bool(comparison.not_clearable) or any(
        not change.absent and not {change.path, change.field} & {*comparison.unknown}
        for change in comparison.changes
    )


def difference(key: str, changes: tuple[Change, ...]) -> str:
    """Return a fingerprint of a difference: two recreates for the same one have the same."""
    return fingerprint([key, [[change.path, change.after] for change in changes]])


def marks(definition: Definition, rules: Rules, fields: Iterable[str]) -> dict[str, str]:
    """Return fingerprints of the wanted values by path, without secrets."""
    secret = {str(place[0]) for place in definition.secrets}
    return {
        path: mark
        for spec, value, _ in wanted_fields(definition, rules, create=False)
        if spec.name in fields and spec.name not in secret and not spec.sensitive
        for path, mark in _marks(spec, value)
    }


def _marks(spec: Field, value: Any) -> Iterator[tuple[str, str]]:
    canonical = spec.shape.canonical(value)
    for path, _, leaf in leaves(spec, canonical, (spec.name,)):
        yield path_text(path), fingerprint(leaf)[:_MARK]


#: How much of a fingerprint tells two values apart.
_MARK = 16


def marked(noted: Mapping[str, str], remote: Remote) -> bool:
    """Whether an assistant holds the values whose fingerprints were noted; it may hold more."""
    names = {field_in(path) for path in noted}
    held = dict(mark for name in names for mark in _marks(field_of(name), remote.data.get(name)))
    return noted.items() <= held.items()


def whole_body(
    definition: Definition, remote: Remote, rules: Rules
) -> tuple[dict[str, Any], list[str]]:
    """Return the new assistant, which is the old one overlaid by the definition, and what is lost.

    Lost are members of the old one that cannot be copied; the body leaves them out.
    """
    body = dict(_copied(remote))
    stated = set()
    # Ignored fields are copied as well, even required ones: the old assistant has them all.
    for spec, value, _ in wanted_fields(definition, rules, create=False):
        stated.add(spec.name)
        if value is None and spec.clear is Clear.NEVER:
            body.pop(spec.name, None)
        elif value is None:
            body[spec.name] = None if spec.clear is Clear.NULL else []
        else:
            held = remote.data.get(spec.name)
            body[spec.name] = spec.shape.merge(held, with_absent(spec, held, value, rules)[0])
    lost = list(_lost(remote, body, stated))
    for problem in lost:
        body.pop(field_in(problem), None)
    return body, lost


def unlike(definition: Definition, old: Remote, new: Remote, rules: Rules) -> tuple[str, ...]:
    """Return the fields in which ``new`` is not ``old`` overlaid by the definition."""
    body, _ = whole_body(definition, old, rules)
    copied = replace(definition, fields=body, sync=SyncOptions())
    plain = replace(rules, absent="keep", push_unknown=False)
    return compare(copied, new, plain).fields


def _copied(remote: Remote) -> Iterator[tuple[str, Any]]:
    """Yield the old assistant's fields in the form of a request."""
    for name, held in remote.data.items():
        if name in FIELDS and held is not None:
            yield name, FIELDS[name].shape.merge(held, held)


def _lost(remote: Remote, body: Mapping[str, Any], stated: set[str]) -> Iterator[str]:
    """Yield what the old assistant has and cannot be copied."""
    told = set(stated)
    if remote.faq is None and "faq_items" not in stated:
        yield "faq_items"
    for name, held in remote.data.items():
        if name in stated or name == "faq_items":
            continue
        if name not in FIELDS:
            flag = name in READ_ONLY and held is True
            if flag or (name not in READ_ONLY and not field_of(name).is_unset(held)):
                yield name
            continue
        member = field_of(name)
        masked = [*masked_places(member, held, (name,)), *carried_masks(member, held, (name,))]
        masked = list(dict.fromkeys(masked))
        yield from map(path_text, masked)
        told |= {name} if masked else set()
    yield from _not_taken_back(body, told)


def _not_taken_back(body: Mapping[str, Any], told: set[str]) -> Iterator[str]:
    """Yield fields, except ``told``, whose values are allowed in an answer but not in a request."""
    known = {name: value for name, value in body.items() if name in FIELDS}
    if is_sound(known):
        return
    from pydantic import ValidationError

    from revox_sync.model.assistant import Assistant

    try:
        Assistant.__pydantic_validator__.validate_python(known)
    except ValidationError as error:
        found = {str(detail["loc"][0]) for detail in error.errors(include_url=False)}
        yield from sorted(found - told)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A recreate to begin or to finish: what changes, why it is refused (if it is), and how."""

    comparison: Comparison
    refused: str | None
    how: Recreation


@dataclass(frozen=True)
class RecreatePlanner:
    """Says for each definition whether its assistant is replaced by a new one.

    ``options`` name the account in a command.
    """

    uses: Uses
    rules: Rules
    recreating: Recreating
    unmanaged: Sequence[Remote]
    options: str

    def of(
        self,
        definition: Definition,
        found: Match,
        remote: Remote,
        comparison: Comparison,
        origins: Origins | None,
    ) -> Proposal | None:
        """Return the recreate to begin or to finish; None if there is none.

        ``comparison`` is with ``remote``, the matched assistant. An unfinished recreate is finished
        first; what differs after that is changed in the same run.
        """
        begun, differs = None, triggers(comparison)
        if differs and is_recreated(definition, self.recreating):
            begun = self._begin(definition, found, remote, origins)
        waiting = found.unretired
        if not waiting and (not differs or self.recreating.retire == "delete"):
            waiting = self._left_behind(definition, found)
        if not waiting:
            return begun
        return self._finish(definition, found, remote, waiting, comparison, begun)

    def _begin(
        self, definition: Definition, found: Match, remote: Remote, origins: Origins | None
    ) -> Proposal:
        comparison = compare(definition, remote, self.rules, recreate=True, origins=origins)
        lost = whole_body(definition, remote, self.rules)[1]
        if lost and self.recreating.force:
            notes = (*comparison.notes, *_lost_notes(map(field_in, lost)))
            comparison = replace(comparison, notes=notes)
            lost = []
        obstacles = self._obstacles(definition, found, remote, comparison, lost)
        how = "--recreate" if definition.key in self.recreating.keys else "replace: recreate"
        left = self._left_behind(definition, found) if self._retire == "keep" else ()
        recreation = Recreation(
            how,
            remote.id,
            None,
            self._retire,
            self._numbers([remote, *left]),
            remote.shown_name,
            tuple(old.id for old in left),
        )
        return Proposal(comparison, next(obstacles, None), recreation)

    def _finish(
        self,
        definition: Definition,
        found: Match,
        new: Remote,
        waiting: Sequence[Remote],
        comparison: Comparison,
        begun: Proposal | None,
    ) -> Proposal:
        """Return how to finish a recreate whose new assistant exists, and what changes then."""
        after: Literal["in-place", "recreate"] | None = None
        if begun is not None:
            comparison, after = begun.comparison, "recreate"
        elif comparison.changes:
            after = "in-place"
        obstacles = (
            reason
            for old in waiting
            for reason in self._half_way(definition, found, old, new, comparison)
        )
        refused = next(obstacles, None if begun is None else begun.refused)
        questions = [
            question
            for old in waiting
            if old.faq
            for question in old.faq.unanswered(definition.faq)
        ]
        notes = [*dropping(questions, recreate=True)]
        notes += [f"retired along with it: {old.id}" for old in waiting[1:]]
        if self.recreating.force:
            notes += _lost_notes(
                name
                for old in waiting
                for name in self._lacking(definition, found, old, new, comparison)
            )
        comparison = replace(
            comparison,
            notes=(*notes, *comparison.notes),
            open_questions=(*questions, *comparison.open_questions),
        )
        moving = [*waiting, new] if after == "recreate" else waiting
        why = "an earlier run made the new one and did not finish"
        if after is not None:
            way = "by another new one" if after == "recreate" else "in place"
            why += f"; what differs since is changed {way} after that"
        how = Recreation(
            why,
            waiting[0].id,
            new.id,
            self._retire,
            self._numbers(moving),
            waiting[0].shown_name,
            tuple(old.id for old in waiting[1:]),
            after,
        )
        return Proposal(comparison, refused, how)

    @property
    def _retire(self) -> Retire:
        return self.recreating.retire or "delete"

    def _numbers(self, remotes: Sequence[Remote]) -> tuple[str, ...]:
        """Return the phone numbers that these assistants answer."""
        found = (number for one in remotes for number in self.uses.numbers_of(one.id))
        return tuple(sorted(number.number for number in found))

    def _left_behind(self, definition: Definition, found: Match) -> tuple[Remote, ...]:
        """Return earlier assistants that were to be retired, as far as the account tells.

        A kept one that still answers a phone number is, and, where old ones are deleted, one that
        has the earlier name of a recreated definition.
        """
        earlier = found.superseded
        if is_recreated(definition, self.recreating):
            earlier = (*earlier, *found.former)
        if self.recreating.retire == "delete":
            return earlier[:1]
        return tuple(old for old in earlier if self.uses.numbers_of(old.id))

    # Reasons against it, the most important one first.

    def _half_way(
        self,
        definition: Definition,
        found: Match,
        old: Remote,
        new: Remote,
        comparison: Comparison,
    ) -> Iterator[str]:
        """Yield why a recreate whose new assistant exists cannot be finished."""
        recreating, recorded = self.recreating, old in found.unretired
        hint = finish_hint(definition, [old, new], self.options)
        if old in found.former and recreating.retire == "delete":
            way = "take renamed_from out of the definition"
            if not old.is_called(definition.sync.renamed_from or ""):  # the base has that name
                hint, way = f"{hint} and the same --base", f"rename {old.id} in the dashboard"
            yield (
                f"{old.id} still has its earlier name, {old.shown_name}, beside {new.id}{hint}; "
                f"else {way}"
            )
        if recorded and not self._is_known(definition, old):
            yield (
                f'a record says that {old.id}, "{old.shown_name}", is its predecessor, but no '
                "definition names that one, and it is not as the record found it; if it is, "
                f"retire it with --finish-recreate {old.id}"
            )
        if definition.sync.id == old.id and not recreating.rebind:
            yield needs_rebind(definition, old.id)
        begun = f"its recreate from {old.id} to {new.id} is not finished, and {new.id}"
        if recorded and triggers(comparison) and not self._is_as_sent(old, new):
            yield (
                f"{begun} is not as the definition says: {', '.join(comparison.fields)}; put it "
                f"right, or delete one of them, in the dashboard{hint}"
            )
        lacking = self._lacking(definition, found, old, new, comparison)
        if lacking and not recreating.force:
            yield (
                f"{begun} lacks what {old.id} has: {', '.join(lacking)}; put it right, or delete "
                "one of them, in the dashboard, or accept the loss with --force-recreate"
            )
        if recreating.retire == "delete":
            yield from self._in_use(old)

    def _is_known(self, definition: Definition, old: Remote) -> bool:
        """Whether something besides a record says that an assistant was the definition's.

        A record alone is no reason to delete an assistant.
        """
        if old.id in (definition.sync.id, *self.recreating.asked):
            return True
        snapshot = self.recreating.snapshots.get(old.id)
        names = (definition.name, definition.sync.renamed_from)
        named = any(old.is_called(name) for name in names if name is not None)
        return named or (snapshot is not None and snapshot.shows(old))

    def _is_as_sent(self, old: Remote, new: Remote) -> bool:
        """Whether this is certainly what was made in the place of ``old``, and as it was sent.

        Somebody who names the old one vouches for that. A new one that was handed over was read
        back before. Else what was sent was noted, and it has all the rest from the old one.
        """
        left = self.recreating.unfinished[old.id]
        if left.serving or old.id in self.recreating.asked:
            return True
        snapshot = self.recreating.snapshots.get(old.id)
        if snapshot is None or not left.marks or not marked(left.marks, new):
            return False
        return left.new == new.id or {*old.unlike(new)} <= {*snapshot.fields}

    def _lacking(
        self,
        definition: Definition,
        found: Match,
        old: Remote,
        new: Remote,
        comparison: Comparison,
    ) -> tuple[str, ...]:
        """Return the fields in which the new one is neither like the old one nor as defined."""
        if old not in found.unretired and self.recreating.retire != "delete":
            return ()  # it stays, and nothing of it is lost
        snapshot = self.recreating.snapshots.get(old.id)
        left = self.recreating.unfinished.get(old.id)
        if left is not None and left.serving and snapshot is not None and snapshot.shows(old):
            return ()  # it has served since, and was edited as what serves is
        changed = {*comparison.fields}
        if snapshot is not None:
            changed |= {*snapshot.fields} - definition.fields.keys()
        differing = unlike(definition, old, new, self.rules)
        return tuple(name for name in differing if name not in changed)

    def _obstacles(
        self,
        definition: Definition,
        found: Match,
        remote: Remote,
        comparison: Comparison,
        lost: Sequence[str],
    ) -> Iterator[str]:
        """Yield why a definition's assistant cannot be recreated."""
        if self.recreating.retire is None:
            yield (
                "nothing says what to do with the old assistant; state `retire: delete` or "
                "`retire: keep` in revox-sync.yaml"
            )
        unretired = {old.id for old in found.unretired}
        if definition.sync.id not in (None, *unretired) and not self.recreating.rebind:
            yield needs_rebind(definition, remote.id)
        yield from _flows(definition, remote)
        if lost:
            yield (
                f"these cannot be copied to a new assistant: {', '.join(lost)}; state them in the "
                "definition, or accept the loss with --force-recreate"
            )
        yield from self._in_use(remote)
        if remote.is_missed:
            yield (
                f"the list of assistants lacks {remote.id}, which is there, so it may lack a new "
                "one that an earlier run made, too: run this again; if it is whole all the same, "
                "go on with --trust-list"
            )
        yield from self._begun(definition, remote)
        yield from self._in_vain(definition, found, remote, comparison)

    def _in_use(self, remote: Remote) -> Iterator[str]:
        if self.recreating.force:
            return
        for what in self.uses.waiting(remote.id):
            yield (
                f"{what}; these calls cannot move to another assistant: wait until they are made, "
                "or recreate it all the same with --force-recreate"
            )

    def _begun(self, definition: Definition, remote: Remote) -> Iterator[str]:
        """Refuse if an unmanaged assistant has the name: an unfinished recreate leaves a twin."""
        name = remote.name if "name" in definition.sync.ignore else definition.name
        twins = [twin for twin in self.unmanaged if twin.is_called(name)]
        ids, is_renamed = ", ".join(twin.id for twin in twins), not remote.is_called(name)
        its_name = f"the same name as {remote.id}"
        if is_renamed:
            its_name = f'the name that {remote.id} gets, "{name}"'
        if len(twins) == 1:
            hint = finish_hint(definition, [*twins, remote], self.options)
            one = ids if is_renamed else "one of them"
            yield f"{ids} has {its_name}{hint}; else rename {one} in the dashboard"
        elif twins:
            yield f"{ids} have {its_name}; delete or rename all but one of them in the dashboard"

    def _in_vain(
        self, definition: Definition, found: Match, remote: Remote, comparison: Comparison
    ) -> Iterator[str]:
        if self.recreating.force:
            return
        fields = comparison.fields
        missed = self.recreating.vain.get(difference(definition.key, comparison.changes))
        if missed is not None:
            paths = missed or fields
            ignore = f"{ignoring(paths)}, " if ignoring(paths) else ""
            yield (
                f"it was recreated for this difference before, and the service did not take it: "
                f"{', '.join(paths)}; correct the definition, {ignore}or try once more with "
                "--force-recreate"
            )
        if remote.id in self.recreating.changed:
            return  # it was another one before that
        made = self.recreating.made.get(remote.id)
        wanted = marks(definition, self.rules, fields)
        if made is not None and not wanted.items() <= made.marks.items():
            return  # something else was sent for it than what is wanted now
        if found.superseded and not found.superseded[0].unlike(remote):
            ignore = f"{ignoring(fields)}, or " if ignoring(fields) else ""
            yield (
                f"it is equal to its predecessor, {found.superseded[0].id}, so a recreate seems "
                f"to change nothing: {', '.join(fields)}; {ignore}try once more with "
                "--force-recreate"
            )


def _lost_notes(fields: Iterable[str]) -> list[str]:
    """Return a note on what somebody agreed to lose; none for nothing."""
    lost = ", ".join(dict.fromkeys(fields))
    return [f"lost with the old assistant (--force-recreate): {lost}"] if lost else []


_STANDALONE = (None, "standalone")
_TWO = 2


def _flows(definition: Definition, remote: Remote) -> Iterator[str]:
    """Yield why a part of a flow is not recreated: lists hide parts, and flows have edges."""
    kind = remote.data.get("type")
    if kind not in _STANDALONE:
        yield (
            f"it is of type {kind}, and the transitions of its flow cannot be copied; change "
            "it in the dashboard, or in place"
        )
    wanted = definition.fields.get("type")
    if wanted not in _STANDALONE and "type" not in definition.sync.ignore:
        yield (
            f"its type would become {wanted}, and such assistants are not recreated; change it in "
            "the dashboard, or leave it there with `sync: {ignore: [type]}`"
        )


def needs_rebind(definition: Definition, old_id: str) -> str:
    """Say why a bound definition is recreated only with ``--rebind``."""
    return (
        f"it is bound to {old_id} (sync.id), and a new assistant has another id; allow that with "
        f"--rebind, which writes the new id into {definition.file}"
    )


def finish_hint(definition: Definition, twins: Sequence[Remote], options: str) -> str:
    """Say how a recreate is finished that ended half-way on another machine, in one of ``twins``.

    Of two, the older one is to be retired. ``options`` name the account in a command.
    """
    ranked = newest_first(twins) if len(twins) == _TWO else None
    old, more = (ranked[-1].id, "") if ranked else ("OLD", ", where OLD is the one to retire")
    return (
        "; or, if a recreate ended half-way, finish it with "
        f"`revox-sync apply{options} {argument(definition.key)} --finish-recreate {old}`{more}"
    )
