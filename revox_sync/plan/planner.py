"""Definitions and the account's assistants -> a plan. Pure: no network, no clock, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.source import Diagnostic
from revox_sync.model.fields import CURRENT_MARKERS, FIELDS
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
    profile: Literal["seed", "current"] = "current"

    @property
    def organization_id(self) -> str | None:
        """The organization of the account's assistants; None while it has none."""
        ids = (remote.organization_id for remote in self.remotes)
        return next((found for found in ids if found is not None), None)

    @property
    def speaks(self) -> frozenset[str]:
        """Every member name that the account's assistants report."""
        return frozenset().union(*(remote.data.keys() for remote in self.remotes))


def recognise_profile(remotes: Sequence[Remote]) -> Literal["seed", "current"]:
    """Return the API generation an account speaks, by the keys its assistants report.

    An account without assistants counts as ``current``.
    """
    if any(not CURRENT_MARKERS.isdisjoint(remote.data) for remote in remotes):
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
    matching = match(definitions, account.remotes, allow_create=allow_create)
    speaks = account.speaks
    actions = [
        _action(definition, matching.matches[definition.key], rules, speaks)
        for definition in definitions
        if only is None or definition.key in only
    ]
    return Plan(
        Target(account.base_url, account.organization_id, account.profile),
        tuple(sorted(actions, key=lambda action: action.key)),
        tuple(Unmanaged(remote.id, remote.name) for remote in matching.unmanaged),
        tuple(diagnostics),
    )


def _action(definition: Definition, found: Match, rules: Rules, speaks: frozenset[str]) -> Action:
    if found.exists and found.remote is None:
        return _build("replace", definition, found.id, Comparison(), found.refused)
    comparison = compare(definition, found.remote, rules)
    kind: ActionKind = "create"
    if found.remote is not None:
        kind = "replace" if comparison.changes else "unchanged"
    refused = found.refused or _outside_profile(definition, rules, speaks)
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
        fingerprint=action_fingerprint(
            kind, definition.key, remote_id, comparison.changes, comparison.open_questions
        ),
        basis=comparison.basis,
    )


def _outside_profile(definition: Definition, rules: Rules, speaks: frozenset[str]) -> str | None:
    if rules.profile == "seed":
        return None
    for name in definition.fields:
        successor = FIELDS[name].successor
        if successor is None or name in speaks or name in definition.sync.ignore:
            continue
        return (
            f"this account no longer has the field {name}; its successor is {successor} "
            f"(if the account does speak the older API, say so with --profile seed)"
        )
    return None
