"""Deletes an assistant that nothing uses, and that is as it was when the plan was made."""

from __future__ import annotations

from revox_sync.account.remote import Remote
from revox_sync.apply.events import Outcome
from revox_sync.apply.write import Writing, failed, perhaps_done, refused
from revox_sync.errors import ApiError
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Delete


async def delete(writing: Writing, action: Delete) -> Outcome:
    """DELETE an assistant that nothing uses, once its snapshot is on disk."""
    assistant_id = str(action.id)
    planned = writing.remotes[assistant_id]
    try:
        held = await writing.read(assistant_id, faq=planned.faq is not None)
        if held is not None:
            moved = _moved(action, planned, held)
            if moved is not None:
                return refused(action, moved)
            uses = (await writing.client.uses([assistant_id])).refusal(assistant_id)
            if uses is not None:
                return refused(action, uses)
            await writing.snapshot(action, held, ())
            await writing.record(action, "sending", method="DELETE", id=assistant_id)
            await writing.remove(assistant_id)
    except ApiError as error:
        if action.key in writing.sent and perhaps_done(error):
            return Outcome(action, "unknown", assistant_id, error.message, wrote=True)
        return failed(action, assistant_id, error)
    return Outcome(action, "done", assistant_id, wrote=held is not None)


def _moved(action: Delete, planned: Remote, held: Remote) -> str | None:
    """Say what somebody changed in an assistant since the plan was made; None for nothing."""
    if held.shown_name != action.name:
        return f"it is called {held.shown_name} since the plan was made"
    if planned.faq is not None:
        asked = () if held.faq is None else held.faq.asked
        if held.faq is None or asked != planned.faq.asked:
            return "changed in the account since the plan was made: open questions of the FAQ"
    moved: list[str] = []
    if action.rules is not None:  # else it is named, or the run that is taken back made it
        before, now = (compare(action.wanted, one, action.rules) for one in (planned, held))
        moved = list(now.fields)
        if not moved and before.reported != now.reported:
            moved = [found.path for found in now.reported if found not in before.reported]
            moved = moved or ["what was never defined"]
    moved = moved or held.lost_since(planned)  # no snapshot would bring that back
    return f"changed in the account since the plan was made: {', '.join(moved)}" if moved else None
