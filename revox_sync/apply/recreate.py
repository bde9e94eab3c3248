"""Replaces an assistant by a new one: create, verify, hand over, retire the old one.

At each moment the old or the new one serves: nothing is taken from the old one before the new one
has been read back and found equal. The journal holds both ids as soon as there are two, and every
step can be repeated, so that a run that ends half-way is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from revox_sync.account.reader import awaited
from revox_sync.account.remote import Remote
from revox_sync.account.uses import PhoneNumber, Uses
from revox_sync.apply.create import Made, anothers, is_anothers, made_before, post
from revox_sync.apply.events import Outcome
from revox_sync.apply.replace import overtaken, what_moved
from revox_sync.apply.replace import replace as replace_in_place
from revox_sync.apply.write import (
    Writing,
    failed,
    missing,
    perhaps_done,
    refused,
    unknown,
    way_on,
)
from revox_sync.errors import AnswerLost, ApiError, Limited, RevoxSyncError, StatusError
from revox_sync.plan.compare import compare
from revox_sync.plan.match import is_older
from revox_sync.plan.model import Action, Mode, Recreate
from revox_sync.plan.recreate import difference, marks, unlike, whole_body
from revox_sync.records import dataclass


async def recreate(writing: Writing, action: Recreate) -> Outcome:
    """Replace the old assistant by a new one; finish first what an earlier run began."""
    if action.how.new_id is None:
        outcome, _ = await _taking_over(writing, action, action.how.old_id, None)
        return outcome
    outcome = Outcome(action, "done")
    for old_id in (action.how.old_id, *action.how.earlier):
        ended, serves = await _taking_over(writing, action, old_id, action.how.new_id)
        outcome = _joined(outcome, ended)
        if not serves:
            return outcome
    if action.how.then is None:
        return outcome
    return _joined(outcome, await _changed(writing, action, action.how.new_id, action.how.then))


async def _taking_over(
    writing: Writing, action: Recreate, old_id: str, new_id: str | None
) -> tuple[Outcome, bool]:
    """Let the new assistant replace an old one; return whether it serves now as well.

    Without ``new_id`` it is yet to be created, and replaces still older ones too.
    """
    places = (old_id,) if new_id is not None else (old_id, *action.how.earlier)
    try:
        uses = await writing.client.uses(places)
    except ApiError as error:
        return failed(action, old_id, error), False
    unlisted = _unlisted(action, uses)
    if unlisted is not None:
        return refused(action, unlisted), False
    numbers = [number for place in places for number in uses.numbers_of(place)]
    if not {found.number for found in numbers} <= set(action.how.phone_numbers):
        return refused(action, "another phone number leads to it since the plan was made"), False
    if new_id is None:
        pair = await _make(writing, action, uses)
    else:
        pair = await _found(writing, action, old_id, new_id)
    if isinstance(pair, Outcome):
        return pair, False
    outcome, serves = await hand_over(writing, action, pair, numbers)
    warnings = (*pair.warnings, *outcome.warnings)
    outcome = replace(outcome, id=pair.new.id, old_id=old_id, warnings=warnings, wrote=True)
    return outcome, serves


def _unlisted(action: Recreate, uses: Uses) -> str | None:
    """Say which phone numbers of the plan a list lacks: it may be short, and they would be lost."""
    listed = {found.number for found in uses.numbers}
    gone = ", ".join(number for number in action.how.phone_numbers if number not in listed)
    return f"the list of phone numbers lacks {gone} now, which led to it" if gone else None


async def _changed(writing: Writing, action: Recreate, new_id: str, how: Mode) -> Outcome:
    """Change the new assistant, which serves now, to what the definition says meanwhile."""
    definition = action.wanted
    if definition.sync.id == action.how.old_id:  # its file names the new one now
        definition = replace(definition, sync=replace(definition.sync, id=new_id))
    new = writing.remotes[new_id]
    asked = set(new.faq.open_questions if new.faq else ())
    questions = tuple(one for one in action.open_questions if one in asked)
    action = replace(action, id=new_id, open_questions=questions, definition=definition)
    if how == "in-place":
        return await replace_in_place(writing, action)
    again = replace(
        action.how, old_id=new_id, new_id=None, old_name=new.shown_name, earlier=(), then=None
    )
    return await recreate(writing, replace(action, how=again))


_WORST_FIRST = ("unknown", "failed", "refused", "skipped", "done")


def _joined(first: Outcome, then: Outcome) -> Outcome:
    """Return how two steps of one action ended: the worse of the two, with both messages."""
    wrote = first.wrote or then.wrote
    status = min(first.status, then.status, key=_WORST_FIRST.index)
    if status == "refused" and wrote:
        status = "failed"
    return Outcome(
        first.action,
        status,
        then.id or first.id,
        "; ".join(said for said in (first.message, then.message) if said) or None,
        "; ".join(said for said in (first.hint, then.hint) if said) or None,
        (*first.warnings, *then.warnings),
        wrote=wrote,
        old_id=first.old_id or then.old_id,
    )


async def _make(writing: Writing, action: Recreate, uses: Uses) -> Outcome | OldAndNew:
    """Create the new assistant from the old one as it is now; one that is not as sent is undone."""
    old_id = str(action.id)
    try:
        old = await writing.read(old_id, faq=True)
    except ApiError as error:
        return failed(action, old_id, error)
    if old is None:
        return refused(action, "the assistant is gone")
    moved = what_moved(action, compare(action.wanted, old, writing.rules, recreate=True))
    moved = moved or old.lost_since(writing.remotes[old_id])  # it would not come along
    if moved:
        return overtaken(action, moved, ())
    body, lost = whole_body(action.wanted, old, writing.rules)
    name, option = str(body["name"]), None if writing.force_recreate else "--force-recreate"
    obstacle = _obstacle(writing, action, old, lost, uses)
    refusal = refused(action, obstacle) if obstacle is not None else None
    refusal = refusal or await made_before(writing, action, name, option)
    if refusal is not None:
        return refusal
    changed = sorted({change.field for change in action.changes})
    await writing.snapshot(action, old, changed)
    made = await post(writing, action, body, marks(action.wanted, writing.rules, changed))
    if isinstance(made, Outcome):
        return replace(made, id=made.id or old_id)
    return await _verified(writing, action, old, body, made)


def _obstacle(
    writing: Writing,
    action: Action,
    old: Remote,
    lost: Sequence[str],
    uses: Uses,
) -> str | None:
    """Return what has prevented a recreate since the plan was made."""
    # Of what could not be copied when the plan was made, somebody said that it may be lost.
    _, agreed = whole_body(action.wanted, writing.remotes[old.id], writing.rules)
    more = [place for place in lost if place not in agreed]
    if more:
        return f"it cannot be copied any more: {', '.join(more)}"
    waiting = list(uses.waiting(old.id))
    if waiting and not writing.force_recreate:
        return f"since the plan was made, {waiting[0]}"
    return None


async def _verified(
    writing: Writing, action: Action, old: Remote, body: Mapping[str, Any], made: Made
) -> Outcome | OldAndNew:
    """Read the new assistant back; it takes over from the old one only if it is as it was sent."""
    new_id, warnings = made.remote.id, made.warnings
    try:
        read = await writing.found(new_id)
    except ApiError as error:
        return _unverified(action, new_id, f"it could not be read back: {error.message}")
    if read is None:
        return _unverified(action, new_id, "the service does not find it yet")
    new = replace(read, data={**made.remote.data, **read.data})
    was_there = any(is_older(read, one) for one in (old, *writing.remotes.values()))
    if was_there or is_anothers(body, read):
        return replace(anothers(action, read), old_id=action.id)  # it is not ours to delete
    missed = missing(body, new)
    if not all(map(new.tells, body)):
        warnings += ("the account does not tell its FAQ, so it could not be checked",)
    missed += compare(action.wanted, new, writing.rules).not_clearable
    stated = {change.field for change in action.changes}
    stated |= action.wanted.fields.keys() - set(action.wanted.sync.ignore)
    copied = [name for name in missed if name not in stated]
    if copied and writing.force_recreate:
        warnings += (f"lost with the old assistant (--force-recreate): {', '.join(copied)}",)
        missed = [name for name in missed if name in stated]
    if missed:
        return await _withdrawn(writing, action, new_id, missed, copied)
    return OldAndNew(old, new, warnings)


def _unverified(action: Action, new_id: str, why: str) -> Outcome:
    outcome = unknown(action, new_id, f"{why}; {action.id} is still in service")
    return replace(outcome, old_id=action.id, hint="run again: it goes on from here")


async def _withdrawn(
    writing: Writing, action: Action, new_id: str, missed: Sequence[str], copied: Sequence[str]
) -> Outcome:
    """Delete a new assistant that is not as it was sent; the old one is still in service."""
    what = f"not taken by the service: {', '.join(missed)}"
    way = way_on(action, missed, {})
    if copied:
        way = f"{', '.join(copied)} cannot be copied; let it go with --force-recreate"
    old_id = str(action.id)
    writing.note(
        action, "vain", difference=difference(action.key, action.changes), fields=list(missed)
    )
    try:
        await writing.record(action, "sending", method="DELETE", id=new_id)
        await writing.remove(new_id)
    except (ApiError, OSError) as error:
        what += f"; the new one, {new_id}, could not be deleted: {error}"
        way += f"; delete {new_id} in the dashboard: {old_id} is still in service"
        return Outcome(action, "failed", new_id, what, way, wrote=True, old_id=old_id)
    writing.note(action, "withdrawn", old=old_id, new=new_id)
    what += "; the new one was deleted, and the old one is still in service"
    return Outcome(action, "failed", old_id, what, way, wrote=True)


async def _found(
    writing: Writing, action: Recreate, old_id: str, new_id: str
) -> Outcome | OldAndNew:
    """Return the two assistants of a recreate that an earlier run began, if they are unchanged."""
    try:
        old = await writing.read(old_id, faq=True)
        new = await writing.found(new_id)
    except ApiError as error:
        return failed(action, old_id, error)
    if old is None or new is None:
        return refused(action, f"{old_id if old is None else new_id} is gone")
    planned_old, planned_new = writing.remotes[old_id], writing.remotes[new_id]
    if planned_old.name != old.name:
        return refused(action, f"{old_id} is called {old.shown_name} since the plan was made")
    anew = action.how.then == "recreate"
    comparison = compare(action.wanted, new, writing.rules, recreate=anew)
    moved = what_moved(replace(action, open_questions=comparison.open_questions), comparison)
    if action.how.retire == "delete" and not writing.force_recreate:
        known = unlike(action.wanted, planned_old, planned_new, writing.rules)
        moved += set(unlike(action.wanted, old, new, writing.rules)) - {*known, *moved}
    if moved:
        return overtaken(action, moved, ())
    return OldAndNew(old, new)


_ONCE_MORE = "run it again: it goes on from here"


@dataclass(frozen=True, slots=True)
class OldAndNew:
    """The old and the new assistant, as they were when the new one was found to be as wanted."""

    old: Remote
    new: Remote
    warnings: tuple[str, ...] = ()


async def hand_over(
    writing: Writing, action: Recreate, pair: OldAndNew, numbers: Sequence[PhoneNumber]
) -> tuple[Outcome, bool]:
    """Move phone numbers to the new one, write its id into the definition, retire the old one.

    Returns whether the new one serves now, too: it does, though the old one could not be retired.
    """
    serves = False
    try:
        if action.how.new_id is not None:  # else it was noted when it was made
            await writing.line(action, "recreated", old=pair.old.id, new=pair.new.id)
        stopped = (
            await _without_twin(writing, action, pair)
            or await _moved(writing, action, pair, numbers)
            or _rebound(writing, action, pair)
        )
        if stopped is None:
            bound = action.wanted.sync.id is not None
            await writing.line(action, "serving", old=pair.old.id, new=pair.new.id, rebound=bound)
            serves = True
            stopped = await _retired(writing, action, pair)
    except OSError as error:
        why = f"it cannot be recorded: {error.strerror or error}"
        return _half_way(action, why), serves
    if stopped is None:
        writing.note(action, "retired", old=pair.old.id, new=pair.new.id)
    return stopped or Outcome(action, "done", pair.new.id), serves


async def _without_twin(writing: Writing, action: Action, pair: OldAndNew) -> Outcome | None:
    """Stop if another run created the same: neither may take it for its own."""
    try:
        listed = await writing.listed()
    except ApiError as error:
        return _half_way(action, f"whether there are twins could not be checked: {error.message}")
    twins = [found.id for found in writing.strangers(pair.new.name, listed)]
    if not twins:
        return None
    what = f"{', '.join(twins)} has appeared under its name, beside {pair.old.id} and {pair.new.id}"
    return Outcome(action, "failed", None, what, "delete all but one of them in the dashboard")


async def _moved(
    writing: Writing, action: Action, pair: OldAndNew, numbers: Sequence[PhoneNumber]
) -> Outcome | None:
    """Let the new one answer these phone numbers."""
    new_id = pair.new.id
    for number in numbers:
        await writing.record(action, "sending", method="PATCH", number=number.id, id=new_id)
        try:
            if not await writing.client.move_phone_number(number.id, new_id):
                return _half_way(action, f"{number.number} still leads to {number.assistant_id}")
        except ApiError as error:
            what = f"{number.number} could not be moved: {error.message}"
            hint = f"; or let {new_id} answer it in the dashboard first"
            return _half_way(action, what, "" if perhaps_done(error) else hint)
    return None


def _rebound(writing: Writing, action: Action, pair: OldAndNew) -> Outcome | None:
    """Write the new id into the file of a definition that is bound to the old one."""
    definition = action.wanted
    if definition.sync.id != pair.old.id or writing.rebind is None:
        return None
    try:
        writing.rebind(definition, pair.new.id)
    except RevoxSyncError as error:
        what = f"{error.message}; {pair.new.id} serves, and {pair.old.id} was kept"
        return Outcome(action, "failed", None, what, f"{error.hint}, and run it again")
    return None


async def _retired(writing: Writing, action: Recreate, pair: OldAndNew) -> Outcome | None:
    """Delete the old one, unless it is kept; return an outcome if it has to stay."""
    old_id = pair.old.id
    if action.how.retire == "keep":
        return None
    try:
        now, listed = await _still_there(writing, old_id)
        if now is None:
            gone = f"{old_id} is in the list of assistants, and cannot be read"
            return _half_way(action, gone) if listed else None
        uses = await writing.client.uses([old_id])
    except ApiError as error:
        what = f"the new one serves; {old_id} was not deleted, since it could not be looked at"
        return Outcome(action, "failed", None, f"{what}: {error.message}", _ONCE_MORE)
    unlisted = _unlisted(action, uses)
    reasons = _in_the_way(writing, action, pair.old, now, uses)
    for reason in [unlisted] if unlisted else reasons:
        return _half_way(action, reason)
    await writing.snapshot(action, now, ())
    await writing.record(action, "sending", method="DELETE", id=old_id)
    try:
        await writing.remove(old_id)
    except ApiError as error:
        return _not_deleted(writing, action, pair, error)
    return None


async def _still_there(writing: Writing, old_id: str) -> tuple[Remote | None, bool]:
    """Return an old assistant as it is, and whether the list still has it. Raises ApiError."""

    async def look() -> tuple[Remote | None, bool]:
        now = await writing.read(old_id, faq=True)
        listed = now is not None or old_id in {one.id for one in await writing.listed()}
        return now, listed

    return await awaited(look, lambda seen: seen[0] is not None or not seen[1], writing.settle)


def _not_deleted(writing: Writing, action: Recreate, pair: OldAndNew, error: ApiError) -> Outcome:
    """Return the outcome if the old one stays, or if nobody knows whether it does."""
    old_id = pair.old.id
    if isinstance(error, AnswerLost):
        what = f"the new one serves; whether {old_id} is deleted is not known: {error.message}"
        return Outcome(action, "unknown", None, what, _ONCE_MORE)
    bound = action.wanted.sync.id is not None
    declined = isinstance(error, StatusError) and not isinstance(error, Limited)
    if declined and not perhaps_done(error):
        writing.note(action, "kept", old=old_id, new=pair.new.id, rebound=bound)
    bind = f"bind the definition to the new one with `sync: {{id: {pair.new.id}}}`, or "
    return Outcome(
        action,
        "failed",
        None,
        f"the new one serves; the old one, {old_id}, could not be deleted: {error.message}",
        f"delete {old_id} in the dashboard, or {'' if bound else bind}keep old ones with "
        "`retire: keep`; `apply` tries again",
    )


def _in_the_way(
    writing: Writing, action: Action, old: Remote, now: Remote, uses: Uses
) -> Iterator[str]:
    """Yield what happened to the old one since the new one was created from it."""
    for number in uses.numbers_of(old.id):
        yield f"{number.number} leads to {old.id} again"
    if not writing.force_recreate:
        yield from (f"{old.id} is kept: {what}" for what in uses.waiting(old.id))
    edited = old.unlike(now)
    if edited:
        yield f"{old.id} was edited meanwhile, which the new one lacks: {', '.join(edited)}"
    raised = set(now.faq.unanswered(action.wanted.faq) if now.faq else ()) - set(
        action.open_questions
    )
    if raised:
        yield f"{old.id} has {len(raised)} open question(s) that nobody agreed to drop"


def _half_way(action: Action, what: str, hint: str = "") -> Outcome:
    return Outcome(
        action, "failed", None, f"{what}; the old and the new one both exist", f"{_ONCE_MORE}{hint}"
    )
