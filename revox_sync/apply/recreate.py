"""Replaces an assistant by a new one: create, verify, move the phone numbers, retire the old one.

At each moment the old or the new one serves: nothing is taken from the old one before the new one
has been read back and found equal. The journal holds both ids as soon as there are two, so that a
run that ends half-way is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from revox_sync.api.uses import Uses
from revox_sync.apply.create import post
from revox_sync.apply.events import Outcome
from revox_sync.apply.replace import overtaken, what_moved
from revox_sync.apply.writing import Writing, failed, refused
from revox_sync.definitions.definition import Definition
from revox_sync.errors import ApiError, RevoxSyncError
from revox_sync.plan.account import reread
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Action, Recreation
from revox_sync.plan.recreate import difference, whole_body
from revox_sync.plan.remote import Remote


async def recreate(writing: Writing, action: Action, definition: Definition) -> Outcome:
    """Put a new assistant in the place of the old one, or finish what an earlier run began."""
    planned = action.recreate
    assert planned is not None  # noqa: S101 - the mode says so
    try:
        uses = await writing.client.uses()
    except ApiError as error:
        return failed(action, planned.old_id, error)
    numbers = {found.number for found in uses.numbers_of(planned.old_id)}
    if not numbers <= set(planned.phone_numbers):
        return refused(action, "another phone number leads to it since the plan was made")
    new_id = planned.new_id
    warnings: tuple[str, ...] = ()
    if new_id is None:
        made = await _make(writing, action, definition, uses)
        if made.status != "done" or made.id is None:
            return replace(made, id=made.id or planned.old_id)
        new_id, warnings = made.id, made.warnings
    outcome = await _serve(writing, action, definition, planned, new_id, uses)
    return replace(
        outcome,
        id=new_id,
        old_id=planned.old_id,
        warnings=(*warnings, *outcome.warnings),
        wrote=True,
    )


async def _make(writing: Writing, action: Action, definition: Definition, uses: Uses) -> Outcome:
    """Create the new assistant from the old one as it is now; one that is not as sent is undone."""
    old_id = str(action.id)
    try:
        old = await reread(writing.client, old_id, faq=True)
    except ApiError as error:
        return failed(action, old_id, error)
    if old is None:
        return refused(action, "the assistant is gone")
    moved = what_moved(action, compare(definition, old, writing.rules, recreate=True))
    if moved:
        return overtaken(action, moved, ())
    body, lost = whole_body(definition, old, writing.rules)
    obstacle = _obstacle(writing, old_id, str(body["name"]), lost, uses)
    if obstacle is not None:
        return refused(action, obstacle)
    changed = {change.field for change in action.changes}
    writing.snapshot(action, definition, old, sorted(changed))
    made = await post(writing, action, definition, body)
    if made.status == "failed" and made.id is not None and made.id != old_id:
        return await _withdrawn(writing, action, made)
    return made


def _obstacle(
    writing: Writing, old_id: str, name: str, lost: Sequence[str], uses: Uses
) -> str | None:
    """Return what has come in the way of a recreate since the plan was made."""
    if not writing.force_recreate:
        campaigns = [campaign.name for campaign in uses.campaigns_of(old_id)]
        if lost:
            return f"it cannot be copied any more: {', '.join(lost)}"
        if campaigns:
            return f"a campaign calls with it now: {', '.join(campaigns)}"
    for twin in writing.present.values():
        if twin.name == name and twin.id not in writing.remotes:
            return f"{twin.id} has appeared under its name since the plan was made"
    return None


async def _withdrawn(writing: Writing, action: Action, made: Outcome) -> Outcome:
    """Delete a new assistant that is not as it was sent; the old one has served all the while."""
    new_id = str(made.id)
    with suppress(OSError):
        writing.line(action, "vain", difference=difference(action.key, action.changes))
    try:
        writing.record(action, "sending", method="DELETE", id=new_id)
        await writing.client.delete_assistant(new_id)
    except (ApiError, OSError) as error:
        reason = getattr(error, "message", None) or str(error)
        return replace(
            made,
            message=f"{made.message}; the new one, {new_id}, could not be deleted: {reason}",
            hint=f"delete {new_id} in the dashboard; {action.id} is still in service",
            old_id=action.id,
        )
    with suppress(OSError):
        writing.line(action, "withdrawn", old=action.id, new=new_id)
    return replace(
        made,
        id=action.id,
        message=f"{made.message}; the new one was deleted, and the old one is still in service",
    )


async def _serve(
    writing: Writing,
    action: Action,
    definition: Definition,
    planned: Recreation,
    new_id: str,
    uses: Uses,
) -> Outcome:
    """Let the new assistant take over: phone numbers, the definition's file, the old one."""
    old_id = planned.old_id
    for number in uses.numbers_of(old_id):
        writing.record(action, "sending", method="PATCH", number=number.id, id=new_id)
        try:
            if not await writing.client.move_phone_number(number.id, new_id):
                return _half_way(action, f"{number.number} still leads to {old_id}")
        except ApiError as error:
            return _half_way(action, f"{number.number} could not be moved: {error.message}")
    if definition.sync.id == old_id and writing.rebind is not None:
        try:
            writing.rebind(definition, new_id)
        except RevoxSyncError as error:
            return Outcome(
                action,
                "failed",
                new_id,
                f"{error.message}; {new_id} serves, and {old_id} was kept",
                error.hint,
            )
    if planned.retire == "delete":
        kept = await _retire(writing, action, old_id)
        if kept is not None:
            return kept
    with suppress(OSError):
        writing.line(action, "retired", old=old_id, new=new_id)
    return Outcome(action, "done", new_id)


async def _retire(writing: Writing, action: Action, old_id: str) -> Outcome | None:
    """Delete the old assistant; return an outcome where it has to stay."""
    try:
        data = await writing.client.get_assistant(old_id)
        if data is None:
            return None
        uses = (await writing.client.uses()).numbers_of(old_id)
        if uses:
            return _half_way(action, f"{uses[0].number} leads to {old_id} again")
        writing.snapshot(action, None, Remote(data), ())
        writing.record(action, "sending", method="DELETE", id=old_id)
        await writing.client.delete_assistant(old_id)
    except ApiError as error:
        return Outcome(
            action,
            "failed",
            None,
            f"the new one serves; the old one, {old_id}, could not be deleted: {error.message}",
            f"delete {old_id} in the dashboard, or bind the new one with sync.id, or keep old ones "
            "with `retire: keep`; `apply` tries again",
        )
    return None


def _half_way(action: Action, what: str) -> Outcome:
    return Outcome(
        action,
        "failed",
        None,
        f"{what}; the old and the new one both exist",
        "run it again: it goes on from here",
    )
