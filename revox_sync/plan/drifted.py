"""What apply does with changes that would overwrite what somebody edited outside git."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from revox_sync.definitions.definition import Definition
from revox_sync.plan.model import Action, Plan

_OUTSIDE = ("drift", "both", "unknown")


def drifted_fields(action: Action) -> tuple[str, ...]:
    """Return the top-level fields in which the account moved since the commit of the plan.

    Where nobody can tell, it may have.
    """
    moved = (change.field for change in action.changes if change.origin in _OUTSIDE)
    return tuple(dict.fromkeys(moved))


def is_unknown(action: Action) -> bool:
    """Whether nobody can tell who moved."""
    return any(change.origin == "unknown" for change in action.changes)


def refuse_drift(plan: Plan) -> Plan:
    """Refuse each action that would overwrite an edit made outside git."""
    return replace(plan, actions=tuple(map(_refused, plan.actions)))


def _refused(action: Action) -> Action:
    fields = drifted_fields(action)
    if not fields or not action.writes:
        return action
    if is_unknown(action):
        what = (
            "it may have been deleted in the account"
            if action.action == "create"
            else (f"these may have been edited outside git: {', '.join(fields)}")
        )
        return replace(
            action,
            refused=f"the definition at the base cannot be read, and {what}; look at the account, "
            "then apply with --on-drift overwrite, or leave it for now with --on-drift skip",
        )
    what = "it is missing in the account" if action.action == "create" else ", ".join(fields)
    return replace(
        action,
        refused=f"edited outside git: {what}; to keep that, write it into {action.file}; to put "
        "back what the definition says, apply with --on-drift overwrite; to leave it for now, "
        "with --on-drift skip",
    )


def leave_drift(definitions: Sequence[Definition], plan: Plan) -> tuple[Definition, ...]:
    """Return the definitions without the fields in which the account moved.

    A field is left as a whole: the API replaces nested objects whole.
    """
    fields = {action.key: drifted_fields(action) for action in plan.actions}
    return tuple(_without(definition, fields.get(definition.key, ())) for definition in definitions)


def _without(definition: Definition, fields: Sequence[str]) -> Definition:
    if not fields:
        return definition
    ignore = (*definition.sync.ignore, *fields)
    return replace(definition, sync=replace(definition.sync, ignore=ignore))


def noted(plan: Plan, before: Plan) -> Plan:
    """Return a plan with notes on what is left as the account has it.

    ``before`` is the plan that wrote it all; what it refuses stays refused. What is missing in the
    account stays so.
    """
    now: Mapping[str, Action] = {action.key: action for action in plan.actions}
    return replace(
        plan,
        actions=tuple(
            _noted(now[action.key], action) if action.key in now else action
            for action in before.actions
        ),
    )


def _noted(action: Action, before: Action) -> Action:
    if before.refused is not None:
        return before
    fields = drifted_fields(before)
    if not fields:
        return action
    if before.action == "create":
        note = "missing in the account, and left so (--on-drift skip)"
        return replace(before, action="unchanged", mode=None, changes=(), notes=(note,))
    what = "perhaps edited outside git" if is_unknown(before) else "edited outside git"
    note = f"{what}, and left so (--on-drift skip): {', '.join(fields)}"
    notes = [said for said in action.notes if said in before.notes]
    return replace(action, notes=(*notes, note), ignored=before.ignored)
