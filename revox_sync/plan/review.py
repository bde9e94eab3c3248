"""What becomes of a plan between review and apply.

A saved plan holds a new one to what was reviewed. With a base, changes that would overwrite what
somebody edited outside git are refused, or left as the account has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from revox_sync.definitions.definition import Definition
from revox_sync.errors import RefusedError
from revox_sync.plan.compare import not_set
from revox_sync.plan.model import Action, Blocked, Delete, Plan, Unchanged, action_fingerprint

PLAN_AGAIN = "make a new one with `revox-sync plan --out FILE`"


def reviewed(saved: Plan, fresh: Plan) -> Plan:
    """Hold a new plan to the one that was reviewed.

    An action of ``fresh`` is kept if the saved plan holds the same one: same key, same assistant,
    same changes. Any other that would write is refused. Raises RefusedError when the saved plan is
    for another account.
    """
    if saved.target.base_url != fresh.target.base_url:
        raise RefusedError(
            f"the saved plan is for {saved.target.base_url}, not for {fresh.target.base_url}",
            hint=PLAN_AGAIN,
        )
    there = (saved.target.organization_id, fresh.target.organization_id)
    if None not in there and there[0] != there[1]:
        raise RefusedError(
            f"the saved plan is for organization {there[0]}, not {there[1]}",
            hint="use the key of that organization, or plan again",
        )
    named = (saved.target.environment, fresh.target.environment)
    if named[0] != named[1]:
        was = f"environment {named[0]}" if named[0] else "no environment"
        raise RefusedError(
            f"the saved plan is for {was}, not for {named[1] or 'none'}",
            hint=f"name it with --env {named[0]}" if named[0] and named[1] else PLAN_AGAIN,
        )
    spoken = (saved.target.profile, fresh.target.profile)
    if spoken[0] != spoken[1]:
        raise RefusedError(
            f"the saved plan is for API profile {spoken[0]}, and the account speaks {spoken[1]}",
            hint=f"plan again, or apply with --profile {spoken[0]}",
        )
    seen = {action.key: action for action in saved.actions}
    held = [_held(action, seen.pop(action.key, None)) for action in fresh.actions]
    gone = [
        replace(action, refused=f"it was reviewed, and {_why_not(action)}; plan again")
        for action in seen.values()
        if action.writes and not (isinstance(action, Delete) and action.id not in fresh.remotes)
    ]
    return replace(fresh, actions=tuple(sorted(held + gone, key=lambda action: action.key)))


def _why_not(action: Action) -> str:
    is_kept = isinstance(action, Delete)
    return "it is not to be deleted any more" if is_kept else "its definition is gone"


def _held(action: Action, seen: Action | None) -> Action:
    if not action.writes:
        return action
    if seen is None or not seen.writes:
        return replace(action, refused="it is not in the plan that was reviewed; plan again")
    if not action.fingerprint == seen.fingerprint == action_fingerprint(seen):
        return replace(
            action,
            refused="it is no longer what was reviewed: the definition or the account has changed "
            "since; plan again",
        )
    return action


def refuse_unset(plan: Plan) -> Plan:
    """Refuse each action whose request takes a secret that is not set."""
    return replace(plan, actions=tuple(map(_with_secrets, plan.actions)))


def _with_secrets(action: Action) -> Action:
    if not (action.writes and action.unset):
        return action
    what = "this would write it" if len(action.unset) == 1 else "this would write them"
    if isinstance(action, Delete):
        what = "without it nobody can tell whether the assistant was edited outside git"
    return replace(action, refused=f"{not_set(action.unset)}, and {what}")


_OUTSIDE = ("drift", "both", "unknown")


def drifted_fields(action: Action) -> tuple[str, ...]:
    """Return the top-level fields in which the account moved since the commit, or may have."""
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
        return replace(
            action,
            refused=f"{_unread(action)}; check the account, then apply with --on-drift overwrite, "
            "or leave it for now with --on-drift skip",
        )
    return replace(
        action,
        refused=f"{_edited(action)}; to put back what the definition says, apply with --on-drift "
        "overwrite; to leave it for now, with --on-drift skip",
    )


def _edited(action: Action) -> str:
    if action.action == "create":
        return (
            f"edited outside git: it is missing in the account; to keep that, remove {action.file}"
        )
    fields = ", ".join(drifted_fields(action))
    return f"edited outside git: {fields}; to keep that, write it into {action.file}"


def _unread(action: Action) -> str:
    what = (
        "it may have been deleted in the account on purpose"
        if action.action == "create"
        else f"these may be edits made outside git: {', '.join(drifted_fields(action))}"
    )
    return f"the definition at the base cannot be read, so {what}"


def edits_in_the_way(plan: Plan) -> tuple[Blocked, ...]:
    """Return what apply refuses because it would overwrite an edit made outside git, or may."""
    return tuple(
        Blocked(
            "base" if is_unknown(action) else "drift",
            _unread(action) if is_unknown(action) else _edited(action),
            action.key,
            "--on-drift overwrite, or --on-drift skip",
        )
        for action in plan.actions
        if action.writes and drifted_fields(action)
    )


def leave_drift(definitions: Sequence[Definition], plan: Plan) -> tuple[Definition, ...]:
    """Return the definitions without the fields in which the account moved.

    A field is left as a whole: the API replaces nested objects whole.
    """
    fields = {action.key: drifted_fields(action) for action in plan.actions}
    return tuple(_without(definition, fields.get(definition.key, ())) for definition in definitions)


def _without(definition: Definition, fields: Sequence[str]) -> Definition:
    ignore = (*definition.sync.ignore, *fields)
    return replace(definition, sync=replace(definition.sync, ignore=ignore))


def note_drift(plan: Plan, before: Plan) -> Plan:
    """Return a plan with notes on the drift that it leaves alone.

    ``before`` is the plan that overwrites it; what that refuses stays refused. Assistants that are
    missing in the account stay missing.
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
        return Unchanged(
            key=before.key,
            name=before.name,
            id=None,
            file=before.file,
            notes=(note,),
            ignored=before.ignored,
            fingerprint=before.fingerprint,
            basis=before.basis,
        )
    what = "perhaps edited outside git" if is_unknown(before) else "edited outside git"
    note = f"{what}, and left so (--on-drift skip): {', '.join(fields)}"
    notes = [said for said in action.notes if said in before.notes]
    return replace(action, notes=(*notes, note), ignored=before.ignored, reported=before.reported)
