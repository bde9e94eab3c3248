"""Reads, once a plan and only for what changes, who uses the assistants."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.account.uses import Uses
from revox_sync.operations.context import Survey
from revox_sync.operations.signals import run
from revox_sync.plan.account import read_uses
from revox_sync.plan.impact import with_impact
from revox_sync.plan.model import Action, Plan


def look(survey: Survey, planned: Plan, affected: Sequence[Action]) -> Plan:
    """Return the plan with what these actions do to calls.

    What cannot be read is unknown, said once, and stops nothing.
    """
    ids = {action.id for action in affected if action.id is not None}
    uses = survey.account.uses
    if not ids <= uses.asked:
        uses = run(_read(survey, sorted(ids)))
    why = uses.unknown
    remarks = () if why is None else (f"Who uses the assistants could not all be read: {why}",)
    return with_impact(planned, uses, remarks)


async def _read(survey: Survey, ids: Sequence[str]) -> Uses:
    async with survey.context.open_account(survey.account.remotes) as client:
        return await read_uses(client, ids)
