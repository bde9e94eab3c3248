"""One definition against one assistant of the account.

Convert first, then compare: the definition's fields and the same fields of the account are brought
to canonical form (``model/shapes.py``). What differs then becomes changes for the reviewer, with
sensitive values masked, and a request body for the service, the smallest one that makes the account
equal: changed top-level fields only, nested objects whole, the FAQ whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.fields import (
    FIELDS,
    READ_ONLY,
    REQUIRED,
    RETRY_FILL,
    Clear,
    Field,
    field_of,
)
from revox_sync.model.generations import Generation, spoken
from revox_sync.model.path import Path, field_in, lies_in, path_text
from revox_sync.model.shapes import NO_DEFAULT, Faq, faq_item, is_same
from revox_sync.model.walk import absent_members, completed, member_at
from revox_sync.plan import diff
from revox_sync.plan.model import Change, Comparison, Origin, Reported, Rules, Uncompared
from revox_sync.plan.origin import Origins
from revox_sync.plan.sides import Sides
from revox_sync.secrecy.urls import MASK
from revox_sync.secrecy.values import unmasked


def compare(
    definition: Definition,
    remote: Remote | None,
    rules: Rules,
    *,
    recreate: bool = False,
    origins: Origins | None = None,
) -> Comparison:
    """Compare a definition with its assistant; None stands for one that is yet to be created.

    With ``recreate`` the changes are those of a new assistant in its place, which can leave out
    what PATCH cannot clear, and has no open questions. ``origins`` tells who moved, where the
    plan is compared with a commit.
    """
    return _Comparing(definition, remote, rules, recreate, origins).run()


def wanted_fields(
    definition: Definition, rules: Rules, *, create: bool
) -> Iterator[tuple[Field, Any, bool]]:
    """Yield (field, value, absent) for every field that is to have a value, in order of display.

    A new assistant begins with what the API requires, ignored or not.
    """
    stated, ignored = definition.fields, definition.sync.ignore
    resets = rules.absent == "reset"
    known = [name for name in FIELDS if resets or name in stated]
    for name in (*known, *(name for name in stated if name not in FIELDS)):
        spec = field_of(name)
        if name in ignored and not (create and name in REQUIRED):
            continue
        if name in stated:
            yield spec, stated[name], False
        elif _is_reset(spec, rules.generation):
            resting = spec.rest
            if name == "call_retry_config" and rules.profile == "current":
                resting = {**resting, **RETRY_FILL}
            yield spec, resting, True


def _is_reset(spec: Field, generation: Generation) -> bool:
    """Whether a field goes back to its resting value where a definition does not state it."""
    return spec.resets and spoken(spec.since, spec.until, generation)


def with_absent(spec: Field, held: Any, wanted: Any, rules: Rules) -> tuple[Any, list[Path]]:
    """Return the wanted value of a field, completed by what the definition leaves out of it.

    With ``absent: reset``, members that the account has set go back to their resting values. Their
    places, which begin with the field's name, are returned as well.
    """
    if rules.absent != "reset" or not spec.is_ours:
        return wanted, []
    absent = [(path, member) for path, member, _ in absent_members(spec, held, wanted)]
    if not absent:
        return wanted, []
    return completed(wanted, absent), [(spec.name, *path) for path, _ in absent]


#: The fields that people of the team set, by name.
_OURS = {name: spec for name, spec in FIELDS.items() if spec.is_ours}
#: The fields that the account does not tell where it answers null.
_UNTOLD = frozenset(name for name, spec in FIELDS.items() if not spec.shape.is_told(None))


class _Comparing:
    def __init__(
        self,
        definition: Definition,
        remote: Remote | None,
        rules: Rules,
        recreate: bool,
        origins: Origins | None,
    ) -> None:
        self.definition = definition
        self.remote = remote
        self.rules = rules
        self.recreate = recreate
        self.origins = origins
        self.changes: list[Change] = []
        self.notes: list[str] = []
        self.open_questions: tuple[str, ...] = ()
        self.not_clearable: list[str] = []
        self.unknown: list[str] = []
        self.reported: list[Reported] = []
        self.kept: list[str] = []
        self.unjudged: list[str] = []
        self.uncompared: list[Uncompared] = []
        self.stated: list[str] = []
        self.body: dict[str, Any] = {}
        self.basis: dict[str, Any] = {}

    def run(self) -> Comparison:
        for spec, value, absent in wanted_fields(
            self.definition, self.rules, create=self.remote is None
        ):
            self.stated.append(spec.name)
            self._field(spec, value, absent)
        if self.remote is not None and (self.recreate or "faq_items" in self.body):
            self._drop_open_questions(self.remote)
        unset = self._unset()
        ignored = self._ignored()
        if ignored:
            self.notes.append(f"ignored, though the definition states it: {', '.join(ignored)}")
        self._note_stale_flow()
        if self.remote is not None and self.rules.tell_absent:
            self._tell_absent(self.remote)
        return Comparison(
            changes=tuple(self.changes),
            notes=tuple(self.notes),
            open_questions=self.open_questions,
            not_clearable=tuple(self.not_clearable),
            unknown=tuple(self.unknown),
            ignored=ignored,
            reported=tuple(self.reported),
            kept=tuple(self.kept),
            unjudged=tuple(self.unjudged),
            uncompared=tuple(self.uncompared),
            unset=unset,
            body=self.body,
            basis=self.basis,
        )

    def _field(self, spec: Field, wanted: Any, absent: bool) -> None:
        held = None if self.remote is None else self.remote.data.get(spec.name)
        if wanted is None and spec.clear is Clear.NEVER:
            if held is not None and self.recreate:
                before = spec.shape.canonical(held)
                self._tell(spec, (None, held), (before, None))
            elif held is not None:
                self.not_clearable.append(spec.name)
                self.notes.append(
                    f"{spec.name}: cannot be cleared in place; it stays as the account has it"
                )
            self.basis[spec.name] = held
            return
        if self.remote is not None and not spec.shape.is_told(held):
            if not absent:
                self._untold(spec, wanted)
            return
        if absent and held is None:
            self.basis[spec.name] = None
            return
        wanted, reset = with_absent(spec, held, wanted, self.rules)
        if self.remote is None:
            after = spec.shape.canonical(wanted)
            if after not in (None, []):
                self._tell(spec, (wanted, None), (None, after))
                self.body[spec.name] = spec.shape.merge(None, wanted)
            elif spec.clear is Clear.NULL or after == []:
                self.body[spec.name] = wanted if spec.clear is Clear.NULL else after
            return
        unset = [place for place in self.definition.unset_places if place[0] == spec.name]
        if not unset and is_same(held, wanted):
            self.basis[spec.name] = wanted  # nothing is masked, nothing differs, as nearly always
            return
        after = spec.shape.canonical(wanted)
        known, unknown = unmasked(spec, held, wanted, (spec.name,), unset)
        before = self.basis[spec.name] = spec.shape.canonical(spec.shape.project(known, wanted))
        differs = self._tell(
            spec, (wanted, held), (before, after), [(spec.name,)] if absent else reset
        )
        if self._tell_unknown(spec, wanted, unknown, written=differs) or differs:
            self.body[spec.name] = _to_send(spec, held, wanted)

    def _tell(
        self,
        spec: Field,
        sides: tuple[Any, Any],
        values: tuple[Any, Any],
        reset: Sequence[Path] = (),
    ) -> bool:
        """Add the changes of a field; return whether there are any.

        ``sides`` are what is wanted and what the account answered, ``values`` the canonical forms
        of what it holds and of what is wanted. Changes below a place of ``reset`` are marked as
        absent from the definition.
        """
        before, after = values
        if isinstance(spec.shape, Faq) and after:  # people read a FAQ in the order of its file
            after = spec.shape.rendered(sides[0], sides[0])
        places = diff.differences(before, after, (spec.name,))
        if not places:
            return False
        shown = Sides(self.definition, self.rules.known, spec, sides[0], values[0])
        changes = shown.changes(places)
        if self.origins is not None:
            told = self.origins.field(spec, *sides, values, places)
            changes = list(map(shown.told, changes, places, told))
        if reset:
            changes = [
                replace(change, absent=any(lies_in(path, at) for at in reset))
                for change, (path, _, _) in zip(changes, places, strict=True)
            ]
        self.changes += changes
        return True

    def _untold(self, spec: Field, wanted: Any) -> None:
        """Note that the account does not tell a field; with ``push_unknown``, write it."""
        self.unknown.append(spec.name)
        push = self.rules.push_unknown and not self.definition.unset_in((spec.name,))
        way = "" if push else "; --push-unknown writes it"
        way = "; it is written along" if self.recreate else way
        self.notes.append(
            f"{spec.name}: the account does not tell its FAQ, so it is unknown whether it "
            f"differs{way}"
        )
        if push:
            if not self._tell(spec, (wanted, None), (None, spec.shape.canonical(wanted))):
                self.changes.append(Change(spec.name, "change", None, wanted, origin=self._pushed))
            self.body[spec.name] = wanted

    def _tell_unknown(
        self, spec: Field, wanted: Any, places: Sequence[Path], *, written: bool
    ) -> bool:
        """Note what the account masks and what cannot be compared; return whether it is written.

        ``written`` says whether the field is written in any case.
        """
        names = []
        for place in places:
            missing = self.definition.unset_in(place)
            name = _name_of(spec, place, wanted)
            if missing:
                self._not_set(name, missing)
            else:
                names.append(name)
        self.unknown += names
        push = self.rules.push_unknown and not written
        way = "; --push-unknown writes it" if not written and not push else ""
        way = "; it is written along" if written or self.recreate else way
        self.notes += [
            f"{name}: the account masks it, so it is unknown whether it differs{way}"
            for name in names
        ]
        if push:
            self.changes += [
                Change(name, "change", MASK, MASK, sensitive=True, origin=self._pushed)
                for name in names
            ]
        return push and bool(names)

    @property
    def _pushed(self) -> Origin | None:
        """Who moved in a field that is written although the account does not tell it."""
        return None if self.origins is None else self.origins.unseen

    def _not_set(self, place: str, names: tuple[str, ...]) -> None:
        """Note that a place cannot be compared, because secrets are not set."""
        self.uncompared.append(Uncompared(place, names))
        self.notes.append(f"{place}: it cannot be compared, because {not_set(names)}")

    def _unset(self) -> tuple[str, ...]:
        """Note which secrets the request takes and are not set; return their names."""
        sent = self.stated if self.recreate else self.body
        names = tuple(sorted({n for field in sent for n in self.definition.unset_in((field,))}))
        if names and self.changes:
            self.notes.append(f"apply will refuse this, because {not_set(names)}")
            return names
        return ()

    def _drop_open_questions(self, remote: Remote) -> None:
        held = remote.faq
        if held is None:
            return
        self.open_questions = held.unanswered(self.definition.faq)
        self.notes += dropping(self.open_questions, recreate=self.recreate)
        self.notes += [
            f'faq_items: this answers the open question "{question}"'
            for question in held.open_questions
            if question not in self.open_questions
        ]

    def _ignored(self) -> tuple[str, ...]:
        """Return the ignored fields in which the account differs from the definition."""
        left = {
            name: value
            for name, value in self.definition.fields.items()
            if name in self.definition.sync.ignore
            and not (self.remote is None and name in REQUIRED)
        }
        if not left:
            return ()
        stated = replace(self.definition, fields=left, sync=SyncOptions())
        rules = replace(self.rules, absent="keep", push_unknown=False, tell_absent=False)
        found = compare(stated, self.remote, rules)
        places = (*(change.path for change in found.changes), *found.not_clearable, *found.unknown)
        told = set(map(field_in, places))
        return tuple(name for name in left if name in told)

    def _note_stale_flow(self) -> None:
        """Note that the dashboard's flow editor keeps a copy of the prompt, which stays old."""
        flow = None if self.remote is None else self.remote.data.get("prompt_flow")
        if flow is not None and "prompt" in self.body and "prompt_flow" not in self.body:
            self.notes.append(
                "prompt_flow: the dashboard's flow editor keeps showing the earlier prompt; calls "
                "use the new one"
            )

    def _tell_absent(self, remote: Remote) -> None:
        """Tell what the account has set and the definition leaves out."""
        fields, ignored, data = self.definition.fields, self.definition.sync.ignore, remote.data
        # Of null, where that tells something, there is nothing to tell; most fields are.
        for name in [one for one in _OURS if data.get(one) is not None or one in _UNTOLD]:
            if name in ignored:
                continue
            spec, held = _OURS[name], data.get(name)
            if name in fields:
                stated = fields[name]
                # Equal values leave nothing out: most are, and are not walked through.
                is_nested = isinstance(stated, dict | list) and stated != held
                if is_nested and self.rules.absent != "reset":
                    places = absent_members(spec, held, stated, (name,))
                    for path, _, value in places:
                        self._tell_set(spec, path, value)
            elif name not in self.basis:
                self._tell_field(spec, remote)
        for name in remote.data:
            if not (name in FIELDS or name in READ_ONLY or name in fields):
                self._tell_field(field_of(name), remote)

    def _tell_field(self, spec: Field, remote: Remote) -> None:
        held = remote.data.get(spec.name)
        if spec.rest is NO_DEFAULT or not remote.tells(spec.name):
            self.unjudged.append(spec.name)
        elif not spec.is_unset(held):
            if spec.name in FIELDS:
                self._tell_set(spec, (spec.name,), held)
            else:
                self.unjudged.append(spec.name)

    def _tell_set(self, spec: Field, path: Path, held: Any) -> None:
        if self.rules.absent == "keep":
            self.kept.append(path_text(path))
            return
        value = member_at(spec, path[1:]).shape.canonical(held)
        whole_field = None if self.remote is None else self.remote.data.get(spec.name)
        sides = Sides(self.definition, self.rules.known, spec, None, whole_field)
        shown = sides.change(path, value, None)
        self.reported.append(Reported(shown.path, shown.before, shown.sensitive))


def dropping(questions: Iterable[str], *, recreate: bool) -> Iterator[str]:
    """Yield a note on each open question that an action drops."""
    what = "recreating the assistant" if recreate else "replacing the FAQ"
    for question in questions:
        yield f'faq_items: {what} drops the open question "{question}"'


def not_set(names: Sequence[str]) -> str:
    """Return a clause on secrets that are not set."""
    listed = ", ".join(f"{SECRET_PREFIX}{name}" for name in names)
    return f"{listed} {'is' if len(names) == 1 else 'are'} not set"


def _name_of(spec: Field, place: Path, wanted: Any) -> str:
    """Return ``place`` as messages name it: an item of a FAQ by its question."""
    if isinstance(spec.shape, Faq) and len(place) > 1:
        return f"{spec.name}[{faq_item(wanted[place[1]])[0]}]"
    return path_text(place)


def _to_send(spec: Field, held: Any, wanted: Any) -> Any:
    """Return the value for a PATCH; null only where it clears the field."""
    if wanted is None and spec.clear is Clear.NULL:
        return None
    return spec.shape.merge(held, wanted)
