"""Definitions and the account's assistants -> a plan. Pure: no network, no clock, no files.

``changes_since`` plans, too: there the definitions at a commit stand in for the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote, Target
from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import field_of
from revox_sync.model.generations import outside
from revox_sync.model.path import path_text
from revox_sync.plan.commands import account_options, argument
from revox_sync.plan.compare import compare, wanted_fields
from revox_sync.plan.match import Match, Matching
from revox_sync.plan.model import (
    Action,
    Comparison,
    Create,
    Plan,
    Recreate,
    Recreation,
    Replace,
    Rules,
    Unchanged,
    Unmanaged,
    action_fingerprint,
    signed,
)
from revox_sync.plan.origin import Origins, Unread, counterparts
from revox_sync.plan.recreate import (
    NOTHING_RECREATED,
    RecreatePlanner,
    Recreating,
    finish_hint,
)
from revox_sync.records import dataclass
from revox_sync.secrecy.values import carried_masks

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base


def plan(
    definitions: Sequence[Definition],
    account: Account,
    rules: Rules,
    matching: Matching,
    *,
    only: frozenset[str] | None = None,
    allow_create: frozenset[str] = frozenset(),
    recreating: Recreating = NOTHING_RECREATED,
    base: Base | None = None,
) -> Plan:
    """Return what would make the account equal to the definitions.

    ``only`` restricts the actions to these keys; ``matching`` always sees every definition, so that
    a name that another definition holds is never taken. ``base`` holds the definitions of a commit:
    with it each change says who moved since. Nothing is written, nothing is asked.
    """
    rules = replace(rules, members=account.members)
    then = None if base is None else _wanted_then(definitions, base, rules, matching)
    reset = base is not None and base.absent == "reset"
    planner = _Planner(account, rules, recreating, allow_create, matching.unmanaged, then, reset)
    actions = [
        planner.action(definition, matching.matches[definition.key])
        for definition in definitions
        if only is None or definition.key in only
    ]
    return Plan(
        account.target,
        tuple(sorted(actions, key=lambda action: action.key)),
        tuple(Unmanaged(remote.id, remote.shown_name) for remote in matching.unmanaged),
        rules=rules,
        remotes={remote.id: remote for remote in account.remotes},
    )


def _wanted_then(
    definitions: Sequence[Definition], base: Base, rules: Rules, matching: Matching
) -> Mapping[str, Mapping[str, Any] | Unread]:
    """Return by key and field what each definition wanted at the commit; new ones: nothing."""
    rules = replace(rules, absent=base.absent)
    wanted: dict[str, Mapping[str, Any] | Unread] = {}
    for key, was in counterparts(definitions, base, matching).items():
        if isinstance(was, Unread):
            wanted[key] = was
        else:
            fields = () if was is None else wanted_fields(was, rules, create=False)
            wanted[key] = {spec.name: value for spec, value, _ in fields}
    return wanted


@dataclass(frozen=True)
class _Planner:
    """Plans one definition after the other."""

    account: Account
    rules: Rules
    recreating: Recreating
    allow_create: frozenset[str]
    unmanaged: Sequence[Remote]
    then: Mapping[str, Mapping[str, Any] | Unread] | None
    reset_then: bool

    @cached_property
    def _options(self) -> str:
        return account_options(self.account.base_url, self.account.environment)

    @cached_property
    def _recreates(self) -> RecreatePlanner:
        uses, unmanaged = self.account.uses, self.unmanaged
        return RecreatePlanner(uses, self.rules, self.recreating, unmanaged, self._options)

    def action(self, definition: Definition, found: Match) -> Action:
        """Return what is to be done for a definition with this match."""
        if found.exists and found.remote is None:
            hinted = found.twins and self.recreating.retire is not None
            hint = finish_hint(definition, found.twins, self._options) if hinted else ""
            why = f"{found.refused}{hint}"
            return _build(Replace, definition, Comparison(), why, id=found.id)
        origins = self._origins(definition, found)
        comparison = compare(definition, found.remote, self.rules, origins=origins)
        refused = found.refused or _outside(definition, self.rules)
        if found.remote is None:
            refused = refused or self._hidden(definition) or self._perhaps_renamed(definition)
            refused = refused or self._perhaps_there(definition)
            comparison = self._noted(comparison, definition, found, None)
            return _build(Create, definition, comparison, refused)
        proposal = self._recreates.of(definition, found, found.remote, comparison, origins)
        how = None
        if proposal is not None:
            comparison, how = proposal.comparison, proposal.how
            refused = refused or proposal.refused
        if how is None or how.then == "in-place":
            refused = refused or _type_moves(comparison) or _masks_along(comparison)
        comparison = self._noted(comparison, definition, found, how)
        if how is not None:
            return _build(Recreate, definition, comparison, refused, id=how.old_id, how=how)
        kind = Replace if comparison.changes else Unchanged
        return _build(kind, definition, comparison, refused, id=found.remote.id)

    def _origins(self, definition: Definition, found: Match) -> Origins | None:
        if self.then is None:
            return None
        then = self.then[definition.key]
        wanted = None if isinstance(then, Unread) else then
        return Origins(wanted, exists=found.remote is not None, resets=self.reset_then)

    def _noted(
        self, comparison: Comparison, definition: Definition, found: Match, how: Recreation | None
    ) -> Comparison:
        """Return the comparison with notes on its base, and on earlier names and assistants."""
        notes = []
        then = None if self.then is None else self.then[definition.key]
        if isinstance(then, Unread) and comparison.changes:
            notes.append(f"origin unknown: {'; '.join(then.reasons)}")
        earlier = definition.sync.renamed_from
        if found.remote is None and earlier is not None:
            notes.append(
                f'sync.renamed_from: no assistant called "{earlier}" is left to be renamed'
            )
        if found.superseded:
            notes.append(f"superseded, and kept: {', '.join(old.id for old in found.superseded)}")
        former = [one.id for one in found.former if one.is_called(earlier or "")]
        if former and definition.sync.id is None and how is None:
            notes.append(
                f'sync.renamed_from: "{earlier}" is there as well, and left alone, because an '
                f"assistant has the new name already: {', '.join(former)}"
            )
        if found.name_of is not None and comparison.changes:
            notes.append(
                f"its name is the one that {found.name_of} had at the base, so what it states goes "
                "to that one's assistant; to rename its own instead, bind both with sync.id"
            )
        return replace(comparison, notes=(*comparison.notes, *notes)) if notes else comparison

    def _hidden(self, definition: Definition) -> str | None:
        """Say why an assistant that lists hide is not created: every run would create it again."""
        if definition.fields.get("type") != "sub-assistant":
            return None
        if definition.key in self.allow_create:
            return None
        return (
            "lists hide sub-assistants, so every run would create it again; bind an existing one "
            "with sync.id, or allow this one create with --allow-create "
            f"{argument(definition.key)} and bind it at once"
        )

    def _perhaps_there(self, definition: Definition) -> str | None:
        """Say why nothing is created while the list of assistants certainly is not whole."""
        missed = next((one.id for one in self.account.remotes if one.is_missed), None)
        if missed is None or definition.key in self.allow_create:
            return None
        return (
            f"the list of assistants lacks {missed}, which is there, so it may lack this one, too: "
            "run this again; if it is whole all the same, go on with --trust-list, or with "
            f"--allow-create {argument(definition.key)}"
        )

    def _perhaps_renamed(self, definition: Definition) -> str | None:
        """Say why a definition is not created if it may have had another name at the base."""
        then = None if self.then is None else self.then[definition.key]
        if not isinstance(then, Unread) or not self.unmanaged:
            return None
        if definition.key in self.allow_create:
            return None
        return (
            "the definition at the base cannot be read, so it may have been deleted in the "
            "account, or be an unmanaged one under another name: say so with `sync: "
            "{renamed_from: …}`, bind the right one, or allow a new one with --allow-create "
            f"{argument(definition.key)}"
        )


#: The members of an action that come from its comparison.
_COMPARED = tuple(member.name for member in fields(Comparison))


def _build(
    kind: type[Action],
    definition: Definition,
    comparison: Comparison,
    refused: str | None,
    **more: Any,
) -> Action:
    """Return an action of a kind; ``more`` are the members that the kind has of its own."""
    found: dict[str, Any] = {name: getattr(comparison, name) for name in _COMPARED}
    found |= {"key": definition.key, "name": definition.name, "file": definition.file}
    found |= {"refused": refused, "definition": definition, **more}
    # For every definition of a plan: ``signed`` would look at each of thirty members once more.
    return kind(**found, fingerprint=action_fingerprint(kind(**found)))


def _type_moves(comparison: Comparison) -> str | None:
    """Say why ``type`` is not changed: its effect on calls and flows is not documented."""
    if all(change.path != "type" for change in comparison.changes):
        return None
    return (
        "the type of an assistant is not changed in place, because what becomes of its flow and "
        "its calls is not documented; change it in the dashboard, or leave it there with "
        "`sync: {ignore: [type]}`"
    )


def _masks_along(comparison: Comparison) -> str | None:
    """Say which masks of the account would be written back: a request replaces objects whole."""
    places = [
        place
        for name, value in comparison.body.items()
        for place in carried_masks(field_of(name), value, (name,))
    ]
    if not places:
        return None
    fields = ", ".join(dict.fromkeys(str(place[0]) for place in places))
    return (
        f"the account masks {', '.join(map(path_text, places))}, and the request would write the "
        f"mask in its place; change it in the dashboard, and leave it there with "
        f"`sync: {{ignore: [{fields}]}}`"
    )


def _outside(definition: Definition, rules: Rules) -> str | None:
    """Return what the definition states and the account does not have; None for nothing."""
    managed = definition.managed
    found = list(outside(managed, rules.generation, rules.members))
    if not found:
        return None
    words = "; ".join(problem.message for problem in found)
    if rules.profile == "seed":
        return f"{words} (if it is a later account, say so with --profile current)"
    if any(outside(managed, "seed")):
        return words
    return f"{words} (if the account does speak the first API, say so with --profile seed)"


def changes_since(
    definitions: Sequence[Definition],
    base: Base,
    rules: Rules,
    only: frozenset[str] | None = None,
    environment: str | None = None,
) -> Plan:
    """Return what the definitions changed since the commit of ``base``, without an account.

    Definitions that are gone are listed as unmanaged; ``only`` restricts the others to these keys.
    ``rules`` are those of a plan, ``environment`` is the project's.
    """
    then = counterparts(definitions, base)
    rules = replace(rules, known=None)  # both sides are as written
    actions = [
        _action(definition.as_written, then[definition.key], rules)
        for definition in definitions
        if only is None or definition.key in only
    ]
    kept = {found.key for found in then.values() if isinstance(found, Definition)}
    was = base.definitions
    gone = [Unmanaged(key, found.name) for key, found in was.items() if key not in kept]
    target = Target(f"git:{base.commit}", None, "current", environment)
    return Plan(
        target,
        tuple(sorted(actions, key=lambda action: action.key)),
        tuple(sorted(gone, key=lambda found: found.id)),
    )


def _action(definition: Definition, then: Definition | Unread | None, rules: Rules) -> Action:
    if isinstance(then, Unread):
        made = _action(definition, None, rules)
        note = f"this may not be new: {'; '.join(then.reasons)}"
        changes = tuple(replace(change, origin="unknown") for change in made.changes)
        return signed(replace(made, changes=changes, notes=(*made.notes, note)))
    remote = None if then is None else Remote({**then.as_written.fields, "id": then.key})
    found = compare(definition, remote, rules, recreate=remote is not None)
    notes = found.notes
    wanted = wanted_fields(definition, rules, create=False)
    reset = {spec.name for spec, _, absent in wanted if absent}
    dropped = [
        name
        for name in ([] if then is None else then.fields)
        if name not in definition.fields and name not in reset
    ]
    if dropped:
        notes += (f"no longer stated, and so left to the account: {', '.join(dropped)}",)
    kind: type[Action] = Replace if found.changes or dropped else Unchanged
    if then is None:
        kind = Create
    made = kind(
        key=definition.key,
        name=definition.name,
        id=None,
        file=definition.file,
        changes=found.changes,
        notes=notes,
    )
    return signed(made)
