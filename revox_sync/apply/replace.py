"""Replaces an assistant in place: the smallest PATCH, unless somebody moved what it changes.

Before a write the assistant is read again, and the action is refused if something that it manages
has moved since the plan was made: between that read and the write a moment remains, because the
API has no way to make a write depend on a version.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as replaced
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.account.wire import to_request
from revox_sync.apply.events import Outcome
from revox_sync.apply.write import Writing, failed, perhaps_done, refused, unknown
from revox_sync.errors import ApiError, Limited, StatusError
from revox_sync.model.fields import field_of
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Action, Comparison

#: Answers to a PATCH by a service that has none: no such path, not this method, not built.
_NO_SUCH_METHOD = (404, 405, 501)


async def replace(writing: Writing, action: Action) -> Outcome:
    """PATCH what differs, unless somebody changed it since the plan was made.

    That is checked before every attempt: a busy service leaves time for edits.
    """
    lost: list[ApiError] = []
    while True:
        seen = await look_again(writing, action, lost)
        if isinstance(seen, Outcome):
            return seen
        fresh, body = seen
        attempt = 1 + sum(not isinstance(error, Limited) for error in lost)
        outcome = await patch(writing, action, fresh, body, attempt=attempt)
        if isinstance(outcome, Outcome):
            return outcome
        lost.append(outcome)
        try:
            await asyncio.sleep(outcome.wait or 0.0)
        except asyncio.CancelledError:
            if _never_sent(lost):
                return failed(action, str(action.id), outcome)
            raise


async def look_again(
    writing: Writing, action: Action, lost: Sequence[ApiError]
) -> Outcome | tuple[Remote, Mapping[str, Any]]:
    """Return the assistant as it is and what to send, or why nothing is to be sent.

    ``lost`` are the errors that earlier attempts ended in.
    """
    planned = writing.remotes[str(action.id)]
    try:
        fresh = await writing.read(planned.id, faq=planned.faq is not None)
    except ApiError as error:
        if _never_sent(lost):
            return failed(action, planned.id, error)
        return unknown(action, planned.id, f"it could not be read back: {lost[-1].message}")
    if fresh is None:
        return refused(action, "the assistant is gone")
    comparison = compare(action.wanted, fresh, writing.rules)
    if lost and not comparison.changes:
        warning = f"its answer was lost ({lost[-1].message}); it was read back"
        return Outcome(action, "done", fresh.id, warnings=(warning,), wrote=True)
    moved = what_moved(action, comparison)
    # Objects are sent whole: what the read lacks would be lost.
    moved += [name for name in fresh.lost_since(planned) if name in {*comparison.body} - {*moved}]
    return overtaken(action, moved, lost) if moved else (fresh, comparison.body)


def _never_sent(lost: Sequence[ApiError]) -> bool:
    """Whether no earlier attempt can have had an effect."""
    return not any(map(perhaps_done, lost))


async def patch(
    writing: Writing,
    action: Action,
    fresh: Remote,
    body: Mapping[str, Any],
    *,
    attempt: int,
) -> Outcome | ApiError:
    """Send the PATCH once; return the outcome, or an error after which it may be sent again."""
    await writing.snapshot(action, fresh, sorted(body))
    await writing.record(action, "sending", method="PATCH", id=fresh.id, fields=sorted(body))
    try:
        answer, notice = await writing.client.update_assistant(
            fresh.id, to_request(body, writing.rules.profile), attempt
        )
    except ApiError as error:
        if error.wait is not None:
            return error
        if await _lacks_patch(writing, fresh.id, error):
            return failed(action, fresh.id, _WithoutPatch(error.message))
        if not perhaps_done(error):
            return failed(action, fresh.id, error)
        return await writing.verified(action, body, fresh.id, None, lost=error)
    return await writing.verified(action, body, fresh.id, answer, (notice,) if notice else ())


async def _lacks_patch(writing: Writing, assistant_id: str, error: ApiError) -> bool:
    """Whether the service takes no PATCH at all; for a missing assistant it answers the same."""
    if not isinstance(error, StatusError) or error.status not in _NO_SUCH_METHOD:
        return False
    with suppress(ApiError):
        return await writing.client.get_assistant(assistant_id) is not None
    return False


class _WithoutPatch(ApiError):
    """A service that cannot replace in place."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f"the assistant is there, but the service does not take PATCH ({message})",
            hint="`replace: recreate` in revox-sync.yaml makes a new assistant instead; state "
            "`retire:` with it",
        )


def overtaken(action: Action, moved: Sequence[str], lost: Sequence[ApiError]) -> Outcome:
    """Return the outcome of a write if somebody edited the assistant before it."""
    what = f"changed in the account since the plan was made: {', '.join(moved)}"
    if not _never_sent(lost):
        return unknown(action, str(action.id), f"perhaps written, and {what}")
    return refused(action, what)


def what_moved(action: Action, comparison: Comparison) -> list[str]:
    """Return what the action manages and what has changed since it was planned."""
    before, now = action.basis, comparison.basis
    moved = [
        name
        for name in sorted({*before, *now})
        if not field_of(name).same(before.get(name), now.get(name))
    ]
    if action.open_questions != comparison.open_questions:
        moved.append("open questions of the FAQ")
    reviewed = tuple(replaced(change, origin=None, base=None) for change in action.changes)
    if not moved and reviewed != comparison.changes:
        moved.append("what the plan was made from")
    return moved
