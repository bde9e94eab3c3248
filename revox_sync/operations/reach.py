"""Reads, for what a plan changes only, who uses the assistants and what they refer to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import placed
from revox_sync.errors import ApiError
from revox_sync.operations.context import Survey
from revox_sync.operations.settings import Reporter
from revox_sync.operations.signals import begin, run
from revox_sync.plan.impact import with_impact
from revox_sync.plan.lookup import Voices, checked, dials_other, new_voice, voices_named
from revox_sync.plan.model import Action, Plan

if TYPE_CHECKING:
    from revox_sync.account.client import Client

#: The voices of the account, which are on their way.
Listing = Future[list[dict[str, Any]]]


def begin_voices(survey: Survey, new: Sequence[Definition]) -> Listing | None:
    """Begin to list the voices, if any that is new in the account names one."""
    context = survey.context
    if context.settings.sandbox or not any(new_voice(one, context.project.rules) for one in new):
        return None

    async def read() -> list[dict[str, Any]]:
        async with silent.open_account(survey.account.remotes) as client:
            return await client.voices(advisory=True)

    silent = replace(context, reporter=Reporter())  # only one thread writes to the terminal
    return begin(read())


def look(
    survey: Survey, planned: Plan, affected: Sequence[Action], listing: Listing | None = None
) -> Plan:
    """Return the plan with what these actions do to calls, and without what cannot work.

    ``listing`` are the voices, where they are on their way. What cannot be read is unknown, said
    once, and stops nothing. The sandbox has other voices and numbers than the account that the
    definitions are meant for: none are looked for. A drift writes nothing, so that nothing has to
    be stopped.
    """
    sandbox = survey.context.settings.sandbox
    ids = {action.id for action in affected if action.id is not None}
    rules, writes = survey.context.project.rules, not survey.context.thorough
    wanted = [] if sandbox else voices_named(affected, rules)
    dials = writes and not sandbox and any(dials_other(one, rules) for one in affected)
    uses, voices = survey.account.uses, Voices()
    unread = not ids <= uses.asked or (dials and not uses.asked)
    if unread or wanted:
        asked = sorted(ids) if unread else None
        voices, (uses, told) = run(_read(survey, planned, asked, wanted, listing))
    else:
        told = with_impact(planned, uses)
    told = replace(told, remarks=(*told.remarks, *voices.remarks))
    if sandbox:
        return told
    told, wrong = checked(told, uses, voices, rules, writes=writes)
    if not wrong:
        return told
    found = placed(
        survey.context.project,
        survey.context.settings.secrets,
        [(action.definition, problems) for action, problems in wrong if action.definition],
    )
    survey.context.reporter.diagnostics(found)
    return replace(told, diagnostics=(*told.diagnostics, *found))


async def _read(
    survey: Survey,
    planned: Plan,
    ids: Sequence[str] | None,
    wanted: Sequence[tuple[str, str]],
    listing: Listing | None,
) -> tuple[Voices, tuple[Uses, Plan]]:
    """Read what uses the assistants, and the voices; without ``ids``, the uses are known.

    What the plan means for calls is found while the voices are on their way.
    """

    async def told() -> tuple[Uses, Plan]:
        uses = survey.account.uses if ids is None else await client.uses(ids, advisory=True)
        return uses, with_impact(planned, uses)

    async with survey.context.open_account(survey.account.remotes) as client:
        return await asyncio.gather(_voices(client, wanted, listing), told())


async def _voices(
    client: Client, wanted: Sequence[tuple[str, str]], listing: Listing | None
) -> Voices:
    """Return the voices; those that are wanted and not listed are asked for by id."""
    if not wanted:
        return Voices()
    try:
        coming = client.voices(advisory=True) if listing is None else asyncio.wrap_future(listing)
        listed = await coming
        if not listed:
            return Voices()
        known = {str(one.get("id")) for one in listed}
        missing = [one for one in wanted if one[1] not in known]
        found = await asyncio.gather(*(client.voice(one, by) for by, one in missing))
    except ApiError as error:
        return Voices(remarks=(f"The voices could not be read: {error.message}",))
    private: list[Mapping[str, Any]] = [
        {**voice, "id": one, "provider": by}
        for (by, one), voice in zip(missing, found, strict=True)
        if voice is not None
    ]
    return Voices((*listed, *private))
