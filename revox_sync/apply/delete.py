"""Deletes an assistant that nothing uses."""

from __future__ import annotations

from revox_sync.account.remote import Remote
from revox_sync.apply.events import Outcome
from revox_sync.apply.write import Writing, failed, perhaps_done, refused
from revox_sync.errors import ApiError
from revox_sync.plan.model import Delete


async def delete(writing: Writing, action: Delete) -> Outcome:
    """DELETE an assistant that nothing uses, once its snapshot is on disk."""
    assistant_id = action.id
    try:
        data = await writing.client.get_assistant(assistant_id)
        if data is not None and Remote(data).name != action.name:
            return refused(action, f"it is called {Remote(data).name} since the plan was made")
        held = [] if data is None else [assistant_id]
        uses = (await writing.client.uses(held)).words(assistant_id) if held else ()
        if uses:
            return refused(action, f"it may be in use: {', '.join(uses)}")
        if data is not None:
            writing.snapshot(action, Remote(data), ())
            writing.record(action, "sending", method="DELETE", id=assistant_id)
            await writing.remove(assistant_id)
    except ApiError as error:
        if action.key in writing.sent and perhaps_done(error):
            return Outcome(action, "unknown", assistant_id, error.message, wrote=True)
        return failed(action, assistant_id, error)
    return Outcome(action, "done", assistant_id, wrote=data is not None)
