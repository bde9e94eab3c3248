"""``delete``: plan the deletion of exactly what is named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from revox_sync.account.reader import called, complete_faqs, find_assistant
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.errors import RefusedError, UsageError
from revox_sync.operations.context import EMPTY_PROJECT, Context, Survey, load
from revox_sync.operations.plan import Planned, looked_at
from revox_sync.operations.settings import SETTLE_S, Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.plan.account import read_uses
from revox_sync.plan.model import Delete, Plan, signed

if TYPE_CHECKING:
    from revox_sync.account.client import Client


def delete(
    settings: Settings,
    targets: Sequence[str],
    reporter: Reporter | None = None,
    settle: float = SETTLE_S,
) -> Planned:
    """Return the plan that deletes these assistants; ``apply`` carries it out.

    A target is the key or the path of a definition, or the name or the id of an assistant. Naming
    one is the permit: an assistant is refused only while something uses it, or while that cannot
    be told. Raises UsageError for a target that names nothing, RefusedError for one that may mean
    several assistants, DefinitionError, ApiError.
    """
    context = load(settings, reporter, allowed=EMPTY_PROJECT, tell_absent=False, settle=settle)
    survey, chosen = run(_read(context, targets))
    owners = {
        found.remote.id: made
        for made in context.definitions
        if (found := survey.matching.matches[made.key]).remote is not None
    }
    actions = [_action(survey, remote, owners.get(remote.id)) for remote in chosen]
    plan = Plan(
        survey.target,
        tuple(sorted(actions, key=lambda action: action.key)),
        rules=survey.rules,
        remotes={remote.id: remote for remote in survey.account.remotes},
    )
    return Planned(looked_at(survey, plan), survey)


async def _read(context: Context, targets: Sequence[str]) -> tuple[Survey, tuple[Remote, ...]]:
    """Read the account, and of what is named also the FAQ and what uses it."""
    async with context.surveying() as (client, survey):
        chosen: dict[str, Remote] = {}
        for target in targets:
            remote = _named(survey, target) or await find_assistant(client, target)
            if remote is None:
                raise UsageError(
                    f"no assistant of the account, and none that a definition describes, is "
                    f"{target!r}",
                    hint="name a definition's key, or an assistant's name or id; "
                    "`revox-sync list` tells them",
                )
            chosen[remote.id] = remote
        whole = await with_chosen(client, survey, chosen.values())
    by_id = {remote.id: remote for remote in whole.account.remotes}
    return whole, tuple(by_id[one] for one in chosen)


async def with_chosen(client: Client, survey: Survey, chosen: Collection[Remote]) -> Survey:
    """Return a survey with what a delete of these needs: their FAQ, and what uses them."""
    account = survey.account
    remotes = tuple({one.id: one for one in (*account.remotes, *chosen)}.values())
    account = replace(
        account,
        remotes=await complete_faqs(client, remotes, chosen),
        uses=await read_uses(client, [one.id for one in chosen]),
    )
    return replace(survey, account=account)


def _named(survey: Survey, target: str) -> Remote | None:
    """Return the assistant that a target names; None where the list has none."""
    found = {remote.id: remote for remote in called(survey.account.remotes, target)}
    if target not in found:
        for made in survey.context.definitions:
            if target in (made.key, made.file):
                match = survey.matching.matches[made.key]
                here = (match.remote, *match.twins) if match.remote is not None else match.twins
                found |= {remote.id: remote for remote in here}
    if len(found) > 1:
        raise RefusedError(
            f"{target!r} may mean {len(found)} assistants: {', '.join(found)}; nothing was changed",
            hint="name the right one by its id",
        )
    return next(iter(found.values()), None)


def _action(survey: Survey, remote: Remote, made: Definition | None) -> Delete:
    if made is None:
        return deletion(survey, remote, remote.id)
    what = (
        "the next apply would create it again"
        if made.sync.id is None
        else "the next apply would look for it in vain (sync.id)"
    )
    note = f"{made.file} still describes it: {what}; delete the file"
    return deletion(survey, remote, made.key, made.file, made, notes=(note,))


def deletion(
    survey: Survey,
    remote: Remote,
    key: str,
    file: str = "",
    definition: Definition | None = None,
    *,
    notes: tuple[str, ...] = (),
    refused: str | None = None,
) -> Delete:
    """Return the action that deletes an assistant that somebody named, unless something uses it."""
    if remote.data.get("type") == "sub-assistant":
        notes += ("it is a sub-assistant; which flows lead to it cannot be told",)
    if remote.faq is None:
        notes += ("the account does not tell its FAQ: no rollback brings that back",)
    return signed(
        Delete(
            key=key,
            name=remote.shown_name,
            id=remote.id,
            file=file,
            notes=notes,
            refused=refused or survey.account.uses.refusal(remote.id),
            open_questions=() if remote.faq is None else remote.faq.open_questions,
            definition=definition,
            named=True,
        )
    )
