"""Lets a new assistant take over from the old one: phone numbers, the file, and then the old one.

Every step can be repeated, so that a run which ended half-way is simply taken up again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from revox_sync.account.reader import reread
from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.apply.events import Outcome
from revox_sync.apply.writing import Writing, perhaps_done
from revox_sync.definitions.definition import Definition
from revox_sync.errors import ApiError, RevoxSyncError
from revox_sync.model.fields import FIELDS
from revox_sync.plan.model import Action

_ONCE_MORE = "run it again: it goes on from here"


@dataclass(frozen=True, slots=True)
class Pair:
    """The old and the new assistant, as they were when the new one was found to be as wanted."""

    old: Remote
    new: Remote
    warnings: tuple[str, ...] = ()

    @property
    def new_id(self) -> str:
        """The new assistant's id."""
        return self.new.id


async def hand_over(
    writing: Writing, action: Action, definition: Definition, pair: Pair, uses: Uses
) -> Outcome:
    """Move the old one's phone numbers, write the new id into the definition, retire the old one.

    ``uses`` are the account's links as they were just now.
    """
    try:
        stopped = (
            await _without_twin(writing, action, pair)
            or await _moved(writing, action, pair, uses)
            or _rebound(writing, action, definition, pair)
            or await _retired(writing, action, definition, pair)
        )
    except OSError as error:
        return _half_way(action, f"it cannot be recorded: {error.strerror or error}")
    if stopped is None:
        with suppress(OSError):
            writing.line(action, "retired", old=pair.old.id, new=pair.new_id)
    return stopped or Outcome(action, "done", pair.new_id)


async def _without_twin(writing: Writing, action: Action, pair: Pair) -> Outcome | None:
    """Stop where another run made the same: neither may take it for its own."""
    try:
        listed = [Remote(data) for data in await writing.client.list_assistants()]
    except ApiError as error:
        return _half_way(action, f"whether there are twins could not be checked: {error.message}")
    known = {pair.new_id, *writing.remotes, *writing.made}
    twins = [found.id for found in listed if found.name == pair.new.name and found.id not in known]
    if not twins:
        return None
    what = f"{', '.join(twins)} has appeared under its name, beside {pair.old.id} and {pair.new_id}"
    return Outcome(action, "failed", None, what, "delete all but one of them in the dashboard")


async def _moved(writing: Writing, action: Action, pair: Pair, uses: Uses) -> Outcome | None:
    """Let the new one answer the old one's phone numbers."""
    old_id, new_id = pair.old.id, pair.new_id
    for number in uses.numbers_of(old_id):
        writing.record(action, "sending", method="PATCH", number=number.id, id=new_id)
        try:
            if not await writing.client.move_phone_number(number.id, new_id):
                return _half_way(action, f"{number.number} still leads to {old_id}")
        except ApiError as error:
            what = f"{number.number} could not be moved: {error.message}"
            hint = f"; or let {new_id} answer it in the dashboard first"
            return _half_way(action, what, "" if perhaps_done(error) else hint)
    return None


def _rebound(
    writing: Writing, action: Action, definition: Definition, pair: Pair
) -> Outcome | None:
    """Write the new id into the file of a definition that is bound to the old one."""
    if definition.sync.id != pair.old.id or writing.rebind is None:
        return None
    try:
        writing.rebind(definition, pair.new_id)
    except RevoxSyncError as error:
        what = f"{error.message}; {pair.new_id} serves, and {pair.old.id} was kept"
        return Outcome(action, "failed", None, what, f"{error.hint}, and run it again")
    return None


async def _retired(
    writing: Writing, action: Action, definition: Definition, pair: Pair
) -> Outcome | None:
    """Delete the old one, unless it is kept; return an outcome where it has to stay."""
    planned, old_id = action.recreate, pair.old.id
    if planned is None or planned.retire == "keep":
        return None
    try:
        now = await reread(writing.client, old_id, faq=True)
        if now is None:
            listed = {str(data["id"]) for data in await writing.client.list_assistants()}
            gone = f"{old_id} is in the list of assistants, and cannot be read"
            return _half_way(action, gone) if old_id in listed else None
        uses = await writing.client.uses([old_id])
        for reason in _in_the_way(writing, action, pair.old, now, uses):
            return _half_way(action, reason)
        writing.snapshot(action, definition, now, ())
        writing.record(action, "sending", method="DELETE", id=old_id)
        await writing.client.delete_assistant(old_id)
    except ApiError as error:
        if not perhaps_done(error):
            with suppress(OSError):
                writing.line(action, "kept", old=old_id, new=pair.new_id)
        return Outcome(
            action,
            "failed",
            None,
            f"the new one serves; the old one, {old_id}, could not be deleted: {error.message}",
            f"delete {old_id} in the dashboard, or bind the definition to the new one with "
            f"`sync: {{id: {pair.new_id}}}`, or keep old ones with `retire: keep`; `apply` tries "
            "again",
        )
    return None


def _in_the_way(
    writing: Writing, action: Action, old: Remote, now: Remote, uses: Uses
) -> Iterator[str]:
    """Yield what has happened to the old one since the new one was made from it."""
    for number in uses.numbers_of(old.id):
        yield f"{number.number} leads to {old.id} again"
    if not writing.force_recreate:
        yield from (f"{old.id} is kept: {what}" for what in uses.waiting(old.id))
    edited = [
        name
        for name, spec in FIELDS.items()
        if not spec.same(old.data.get(name), now.data.get(name))
    ]
    if edited:
        yield f"{old.id} was edited meanwhile, which the new one lacks: {', '.join(edited)}"
    raised = set(now.faq.open_questions if now.faq else ()) - set(action.open_questions)
    if raised:
        yield f"{old.id} has {len(raised)} open question(s) that nobody agreed to drop"


def _half_way(action: Action, what: str, hint: str = "") -> Outcome:
    return Outcome(
        action, "failed", None, f"{what}; the old and the new one both exist", f"{_ONCE_MORE}{hint}"
    )
