"""Replaces an assistant by a new one: create, verify, and then hand over (``handover.py``).

At each moment the old or the new one serves: nothing is taken from the old one before the new one
has been read back and found equal. The journal holds both ids as soon as there are two, so that a
run that ends half-way is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from revox_sync.account.reader import reread
from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.apply.create import Made, post
from revox_sync.apply.events import Outcome
from revox_sync.apply.handover import Pair, hand_over
from revox_sync.apply.replace import overtaken, what_moved
from revox_sync.apply.verify import not_taken
from revox_sync.apply.writing import Writing, failed, refused, unknown
from revox_sync.definitions.definition import Definition
from revox_sync.errors import ApiError
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Action, Recreation
from revox_sync.plan.recreate import difference, triggers, unlike, whole_body


async def recreate(writing: Writing, action: Action, definition: Definition) -> Outcome:
    """Put a new assistant in the place of the old one, or finish what an earlier run began."""
    planned = action.recreate
    assert planned is not None  # noqa: S101 - the mode says so
    try:
        uses = await writing.client.uses([planned.old_id])
    except ApiError as error:
        return failed(action, planned.old_id, error)
    numbers = {found.number for found in uses.numbers_of(planned.old_id)}
    if not numbers <= set(planned.phone_numbers):
        return refused(action, "another phone number leads to it since the plan was made")
    if planned.new_id is None:
        pair = await _make(writing, action, definition, uses)
    else:
        pair = await _found(writing, action, definition, planned, planned.new_id)
    if isinstance(pair, Outcome):
        return pair
    outcome = await hand_over(writing, action, definition, pair, uses)
    return replace(
        outcome,
        id=pair.new_id,
        old_id=planned.old_id,
        warnings=(*pair.warnings, *outcome.warnings),
        wrote=True,
    )


async def _make(
    writing: Writing, action: Action, definition: Definition, uses: Uses
) -> Outcome | Pair:
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
    obstacle = _obstacle(writing, definition, old, str(body["name"]), lost, uses)
    if obstacle is not None:
        return refused(action, obstacle)
    changed = {change.field for change in action.changes}
    writing.snapshot(action, definition, old, sorted(changed))
    made = await post(writing, action, definition, body)
    if isinstance(made, Outcome):
        return replace(made, id=made.id or old_id)
    return await _verified(writing, action, definition, _Sent(body, old), made)


def _obstacle(
    writing: Writing,
    definition: Definition,
    old: Remote,
    name: str,
    lost: Sequence[str],
    uses: Uses,
) -> str | None:
    """Return what has come in the way of a recreate since the plan was made."""
    agreed = set()
    if writing.force_recreate:
        agreed = set(whole_body(definition, writing.remotes[old.id], writing.rules)[1])
    more = [place for place in lost if place not in agreed]
    if more:
        return f"it cannot be copied any more: {', '.join(more)}"
    waiting = list(uses.waiting(old.id))
    if waiting and not writing.force_recreate:
        return f"since the plan was made, {waiting[0]}"
    for twin in writing.present.values():
        if twin.name == name and twin.id not in writing.remotes:
            return f"{twin.id} has appeared under its name since the plan was made"
    return None


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was sent for the new assistant, and the old one that it was made from."""

    body: Mapping[str, Any]
    old: Remote


async def _verified(
    writing: Writing, action: Action, definition: Definition, sent: _Sent, made: Made
) -> Outcome | Pair:
    """Read the new assistant back; it takes over only if it is as it was sent."""
    new_id, warnings = made.remote.id, made.warnings
    try:
        read = await reread(writing.client, new_id, faq=True)
    except ApiError as error:
        return _unverified(action, new_id, f"it could not be read back: {error.message}")
    if read is None:
        return _unverified(action, new_id, "the service does not find it yet")
    new = Remote({**made.remote.data, **read.data})
    missed = list(not_taken(sent.body, new))
    if "faq_items" in missed and new.faq is None:
        missed.remove("faq_items")
        warnings += ("the account does not tell its FAQ, so it could not be checked",)
    missed += compare(definition, new, writing.rules).not_clearable
    stated = {change.field for change in action.changes}
    stated |= definition.fields.keys() - set(definition.sync.ignore)
    copied = [name for name in missed if name not in stated]
    if copied and writing.force_recreate:
        warnings += (f"lost with the old assistant (--force-recreate): {', '.join(copied)}",)
        missed = [name for name in missed if name in stated]
    if missed:
        return await _withdrawn(writing, action, new_id, missed, copied)
    return Pair(sent.old, new, warnings)


def _unverified(action: Action, new_id: str, why: str) -> Outcome:
    outcome = unknown(action, new_id, f"{why}; {action.id} is still in service")
    return replace(outcome, old_id=action.id, hint="run again: it goes on from here")


async def _withdrawn(
    writing: Writing, action: Action, new_id: str, missed: Sequence[str], copied: Sequence[str]
) -> Outcome:
    """Delete a new assistant that is not as it was sent; the old one has served all the while."""
    names = ", ".join(missed)
    what = f"not taken by the service: {names}"
    way = f"correct the definition, or leave it to the dashboard with `sync: {{ignore: [{names}]}}`"
    if copied:
        way = f"{', '.join(copied)} cannot be copied; let it go with --force-recreate"
    old_id = str(action.id)
    with suppress(OSError):
        writing.line(
            action, "vain", difference=difference(action.key, action.changes), fields=list(missed)
        )
    try:
        writing.record(action, "sending", method="DELETE", id=new_id)
        await writing.client.delete_assistant(new_id)
    except (ApiError, OSError) as error:
        reason = getattr(error, "message", None) or str(error)
        what += f"; the new one, {new_id}, could not be deleted: {reason}"
        way += f"; delete {new_id} in the dashboard: {old_id} is still in service"
        return Outcome(action, "failed", new_id, what, way, wrote=True, old_id=old_id)
    with suppress(OSError):
        writing.line(action, "withdrawn", old=old_id, new=new_id)
    what += "; the new one was deleted, and the old one is still in service"
    return Outcome(action, "failed", old_id, what, way, wrote=True)


async def _found(
    writing: Writing, action: Action, definition: Definition, planned: Recreation, new_id: str
) -> Outcome | Pair:
    """Return the two assistants of a recreate that an earlier run began, if they still are so."""
    try:
        old = await reread(writing.client, planned.old_id, faq=True)
        new = await reread(writing.client, new_id, faq=True)
    except ApiError as error:
        return failed(action, planned.old_id, error)
    if old is None or new is None:
        return refused(action, f"{planned.old_id if old is None else new_id} is gone")
    if planned.old_name != old.name:
        return refused(action, f"{old.id} is called {old.name} since the plan was made")
    comparison = compare(definition, new, writing.rules)
    if triggers(comparison):
        moved = [*comparison.not_clearable, *(change.field for change in comparison.changes)]
        return overtaken(action, list(dict.fromkeys(moved)), ())
    if planned.retire == "delete" and not writing.force_recreate:
        differing = unlike(definition, old, new, writing.rules)
        if differing:
            return overtaken(action, differing, ())
    return Pair(old, new)
