"""Definitions and the account's assistants -> a plan. Pure: no network, no clock, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.source import Diagnostic
from revox_sync.model.generations import Profile, is_current, outside
from revox_sync.plan.compare import Comparison, Rules, compare
from revox_sync.plan.match import Match, match
from revox_sync.plan.model import (
    Action,
    ActionKind,
    Plan,
    Target,
    Unmanaged,
    action_fingerprint,
)
from revox_sync.plan.remote import Remote


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of the account: the list, and by id what the list does not hold."""

    base_url: str
    remotes: tuple[Remote, ...] = field(repr=False)
    profile: Profile = "current"

    @property
    def organization_id(self) -> str | None:
        """The organization of the account's assistants; None while it has none."""
        ids = (remote.organization_id for remote in self.remotes)
        return next((found for found in ids if found is not None), None)

    @property
    def members(self) -> frozenset[str]:
        """Every member name that the account's assistants report."""
        return frozenset().union(*(remote.data.keys() for remote in self.remotes))


def recognise_profile(remotes: Sequence[Remote]) -> Profile:
    """Return the API generation an account speaks, by the keys its assistants report.

    An account without assistants counts as ``current``.
    """
    if any(is_current(remote.data.keys()) for remote in remotes):
        return "current"
    return "seed" if remotes else "current"


def plan(
    definitions: Sequence[Definition],
    account: Account,
    rules: Rules,
    *,
    only: frozenset[str] | None = None,
    allow_create: frozenset[str] = frozenset(),
    diagnostics: Sequence[Diagnostic] = (),
) -> Plan:
    """Return what would make the account equal to the definitions.

    ``only`` restricts the actions to these keys; matching always sees every definition, so that a
    name that another definition holds is never taken. Nothing is written, nothing is asked.
    """
    rules = replace(rules, members=account.members)
    matching = match(definitions, account.remotes, allow_create=allow_create)
    actions = [
        _action(definition, matching.matches[definition.key], rules)
        for definition in definitions
        if only is None or definition.key in only
    ]
    return Plan(
        Target(account.base_url, account.organization_id, account.profile),
        tuple(sorted(actions, key=lambda action: action.key)),
        tuple(Unmanaged(remote.id, remote.name) for remote in matching.unmanaged),
        tuple(diagnostics),
    )


def _action(definition: Definition, found: Match, rules: Rules) -> Action:
    if found.exists and found.remote is None:
        return _build("replace", definition, found.id, Comparison(), found.refused)
    comparison = compare(definition, found.remote, rules)
    kind: ActionKind = "create"
    if found.remote is not None:
        kind = "replace" if comparison.changes else "unchanged"
    refused = found.refused or _outside(definition, rules)
    return _build(kind, definition, found.remote.id if found.remote else None, comparison, refused)


def _build(
    kind: ActionKind,
    definition: Definition,
    remote_id: str | None,
    comparison: Comparison,
    refused: str | None,
) -> Action:
    return Action(
        action=kind,
        mode="in-place" if kind == "replace" else None,
        key=definition.key,
        name=definition.name,
        id=remote_id,
        file=definition.file,
        changes=comparison.changes,
        notes=comparison.notes,
        refused=refused,
        open_questions=comparison.open_questions,
        not_clearable=comparison.not_clearable,
        unknown=comparison.unknown,
        fingerprint=action_fingerprint(
            kind, definition.key, remote_id, comparison.changes, comparison.open_questions
        ),
        basis=comparison.basis,
    )


def _outside(definition: Definition, rules: Rules) -> str | None:
    """Return what the definition states and the account does not have; None where it has all."""
    managed = {
        name: value
        for name, value in definition.fields.items()
        if name not in definition.sync.ignore
    }
    found = list(outside(managed, rules.generation, rules.members))
    if not found:
        return None
    words = "; ".join(problem.message for problem in found)
    if rules.profile == "seed":
        return f"{words} (if it is a later account, say so with --profile current)"
    return f"{words} (if the account does speak the first API, say so with --profile seed)"
