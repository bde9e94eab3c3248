"""``rollback``: a plan that restores what an apply replaced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.project import chosen, environment_names
from revox_sync.errors import RefusedError, UsageError
from revox_sync.history.journal import Records, records_in
from revox_sync.history.runs import (
    Recreated,
    Run,
    find_run,
    list_runs,
    successor,
)
from revox_sync.history.snapshot import Restoration, restoration
from revox_sync.model.likeness import alike_name
from revox_sync.operations import signals
from revox_sync.operations.connection import sound_project
from revox_sync.operations.context import Context, Survey, own_runs
from revox_sync.operations.delete import deletion, with_chosen
from revox_sync.operations.plan import Planned
from revox_sync.operations.settings import SETTLE_S, Reporter, Settings
from revox_sync.plan import planner
from revox_sync.plan.commands import account_options, argument
from revox_sync.plan.model import Action, Choices, Create, Plan, Unchanged
from revox_sync.records import dataclass
from revox_sync.secrecy.values import HOLDS_SECRET


@dataclass(frozen=True, slots=True)
class Rollback:
    """What to go back to.

    ``run`` names the record, the latest one if it is None. ``delete_created`` deletes what that
    run created. ``supplied`` holds sensitive values, which no record has, by ``KEY:PATH``.
    ``rebind`` writes the id of the assistant that serves into a definition that is bound to the one
    whose place it took. ``settle`` is how many seconds reads may lag behind what the run wrote.
    """

    run: str | None = None
    delete_created: bool = False
    supplied: Mapping[str, str] | None = None
    rebind: bool = False
    settle: float = SETTLE_S


def records(
    settings: Settings, folder: Path | None = None, reporter: Reporter | None = None
) -> Records:
    """Return the records of this project, or those in a folder; skipped records are reported."""
    if folder is not None:
        return records_in(folder)
    return own_runs(settings, reporter or Reporter())


def runs(settings: Settings, records: Records) -> Iterator[Run]:
    """Yield the recorded runs, oldest first, or those of the chosen environment.

    Raises UsageError for an environment that neither a run nor the project has.
    """
    found = list_runs(records)
    wanted = settings.environment
    if wanted is not None and all(run.environment != wanted for run in found):
        chosen(environment_names(settings.project), wanted)
    return (run for run in found if wanted in (None, run.environment))


def rollback(
    settings: Settings, records: Records, request: Rollback, reporter: Reporter | None = None
) -> Planned:
    """Return the plan that leads back to a run's snapshots; ``apply`` carries it out.

    Only the fields that the run wrote are put back. Raises UsageError for a run that is not
    recorded, RefusedError for a damaged record and for another account, and ApiError.
    """
    supplied = request.supplied or {}
    project = sound_project(settings)
    run = find_run(records, request.run, project.environment)
    today = {made.key: made for made in load_definitions(project, settings.secrets).definitions}
    secrets = {key: made.secret_places for key, made in today.items()}
    wanted = restoration(run.snapshots, supplied, secrets)
    unused = supplied.keys() - wanted.used
    if unused:
        raise UsageError(
            f"the run replaced no sensitive value at {', '.join(sorted(unused))}",
            hint="take that --supply out, or correct its KEY:PATH",
        )
    known = {definition.key for definition in wanted.definitions}
    made = [definition for definition in _made_by(run) if definition.key not in known]
    context = Context(
        settings=settings,
        reporter=reporter or Reporter(),
        # What the project says about absent fields and recreating is meant for its definitions.
        project=replace(project, absent="keep", retire=None),
        definitions=(*wanted.definitions, *made),
        # What was deleted existed beside its look-alikes.
        choices=Choices(allow_create=tuple(wanted.deleted)),
        tell_absent=False,
        settle=request.settle,
        records=records,
    )

    half_way = _half_way(run)
    ids = {made.id for made in run.created} if request.delete_created else set()
    survey = signals.run(_read(context, {*ids, *(left.new for left in half_way.values())}))
    account = survey.account
    present = {remote.id: remote for remote in account.remotes}
    _check_account(run, account)
    served = dict(_served(half_way, account))
    allowed = frozenset(wanted.deleted)
    planned = planner.plan(
        wanted.definitions, account, survey.rules, survey.matching, allow_create=allowed
    )
    planned = replace(_annotated(planned, wanted, present, served), target=survey.target)
    extra = _deletions(run, survey, today)
    if request.delete_created:
        planned = replace(planned, actions=(*planned.actions, *extra))
    unsettled = "the record does not say whether that run created {}; look for it by its name"
    nameless = (key for key, left in half_way.items() if left.new is None)
    for remark in (
        *map(unsettled.format, dict.fromkeys((*run.unsettled, *nameless))),
        *_beside(half_way, present, served),
        *_brought_back(wanted, today, present),
        *_left_alone(run, request, extra, today),
    ):
        context.reporter.remark(remark)
    context = replace(context, project=project)
    return Planned(planned, replace(survey, context=context))


async def _read(context: Context, ids: Collection[str | None]) -> Survey:
    """Read the account, and of these assistants, if it has them, the FAQ and what uses them."""
    async with context.surveying() as (client, survey):
        chosen = [remote for remote in survey.account.remotes if remote.id in ids]
        return await with_chosen(client, survey, chosen)


def _half_way(run: Run) -> dict[str, Recreated]:
    """Return by key the recreates of which the new assistant did not take the old one's place."""
    found = ((snapshot.key, run.half_way.get(snapshot.id)) for snapshot in run.snapshots)
    return {key: one for key, one in found if one is not None and not one.serves}


def _served(half_way: Mapping[str, Recreated], account: Account) -> Iterator[tuple[str, str]]:
    """Yield by key why callers would go on to hear the new assistant, though the old one is back.

    That is refused: somebody in a hurry reads that there is nothing to do, and goes.
    """
    options = account_options(account.base_url, account.environment)
    for key, left in half_way.items():
        if left.new is not None and (words := account.uses.words(left.new)):
            yield (
                key,
                f"its recreate from {left.old} to {left.new} is not finished, and {left.new} is "
                f"in use: {'; '.join(words)}; finish it with "
                f"`revox-sync apply{options} {argument(key)}`, then roll back; or let {left.old} "
                f"take its place in the dashboard, and delete {left.new}",
            )


def _beside(
    half_way: Mapping[str, Recreated], present: Mapping[str, Remote], served: Mapping[str, str]
) -> Iterator[str]:
    """Yield which new assistants are there beside the old ones, and used by nothing."""
    for key, left in half_way.items():
        if left.new in present and key not in served:
            yield (
                f"{key}: {left.new}, made in the place of {left.old}, has not taken it yet, and "
                "nothing uses it: delete it in the dashboard, or the next apply goes on with it"
            )


def _check_account(run: Run, account: Account) -> None:
    """Raise RefusedError if a run was against another account."""
    if run.base_url != account.base_url or (
        None not in (run.organization_id, account.organization_id)
        and run.organization_id != account.organization_id
    ):
        raise RefusedError(
            f"run {run.name} was against another account: {run.base_url}",
            hint="use the key and the address of that account; `revox-sync rollback --list` "
            "shows the other runs",
        )


def _left_alone(
    run: Run, request: Rollback, extra: Sequence[Action], today: Mapping[str, Definition]
) -> Iterator[str]:
    """Yield what could be done with an option: delete what was created, bind what was recreated."""
    if not request.delete_created:
        for action in extra:
            yield (
                f"created by that run, and left alone: {action.key}, {action.id}; "
                "--delete-created deletes it"
            )
    if not request.rebind:
        for definition, new_id in _superseded(run, today.values()):
            yield (
                f"{definition.file} is bound to {definition.sync.id}, whose place {new_id} took; "
                "--rebind writes that into it"
            )


def _brought_back(
    wanted: Restoration, today: Mapping[str, Definition], present: Mapping[str, Remote]
) -> Iterator[str]:
    """Yield what to know about assistants that the run deleted."""
    for key, was in wanted.deleted.items():
        if was in present:
            continue
        yield (
            f"deleted by that run, and brought back as a new assistant with another id: {key}, "
            f"which was {was}"
        )
        name = argument(wanted.names[key])
        if key in today:
            yield (
                f"{today[key].file} describes {key}: `revox-sync bind {argument(key)}` writes its "
                "new id into it"
            )
        else:
            yield (
                f"no definition describes {key}: bring its file back from git, or write one with "
                f"`revox-sync pull {name}`"
            )


def rebind(settings: Settings, records: Records, request: Rollback) -> None:
    """Write the successor's id into definitions that are bound to a replaced assistant.

    Raises SetupError if a file cannot be written.
    """
    from revox_sync.authoring.workspace import write_id  # most rollbacks write no file

    project = sound_project(settings)
    run = find_run(records, request.run, project.environment)
    today = load_definitions(project, settings.secrets).definitions
    for definition, new_id in _superseded(run, today):
        write_id(project, definition, new_id)


def _superseded(run: Run, definitions: Iterable[Definition]) -> Iterator[tuple[Definition, str]]:
    """Yield definitions that are bound to a replaced assistant, with the id of its successor."""
    for definition in definitions:
        bound = definition.sync.id
        if bound is not None and (new_id := successor(bound, run.later)) != bound:
            yield definition, new_id


def _annotated(
    plan: Plan, wanted: Restoration, present: Mapping[str, Remote], served: Mapping[str, str]
) -> Plan:
    """Return the plan with the assistants' names and the notes of the restoration.

    ``served`` says by key why callers would not hear what is put back.
    """
    actions = [
        replace(
            action,
            name=wanted.names.get(action.key, action.name),
            notes=(*action.notes, *wanted.notes.get(action.key, ())),
            refused=_cannot(action, wanted, present) or served.get(action.key) or action.refused,
        )
        for action in plan.actions
    ]
    return replace(plan, actions=tuple(actions), unmanaged=())


def _cannot(action: Action, wanted: Restoration, present: Mapping[str, Remote]) -> str | None:
    """Say why an assistant cannot be put back; None where it can."""
    if action.key in wanted.deleted:
        if wanted.deleted[action.key] in present:
            return None if isinstance(action, Unchanged) else "that run did not delete it"
        name = alike_name(wanted.names[action.key])
        again = [one.id for one in present.values() if alike_name(one.name) == name]
        if isinstance(action, Create) and not again:
            return None
        return (
            f"that run deleted it, and the account has an assistant of its name again, "
            f"{', '.join(again)}; nothing is written over that"
        )
    if action.id in present:
        return None
    return (
        f"{action.id} is gone from the account, so nothing of it can be put back; "
        "`revox-sync apply` makes it anew from its definition"
    )


def _deletions(run: Run, survey: Survey, today: Mapping[str, Definition]) -> list[Action]:
    """Return the actions that delete what the run made and the account still holds.

    A record alone is no reason to delete anything: the definition has to name it, too.
    """
    known = {made.key: made for made in survey.context.definitions}
    present = {remote.id: remote for remote in survey.account.remotes}
    return [
        deletion(
            survey,
            present[made.id],
            made.key,
            f".revox-sync/runs/{run.name}/journal.jsonl",
            known[made.key],
            refused=_not_named(present[made.id], made.key, today.get(made.key)),
        )
        for made in run.created
        if made.id in present
    ]


def _not_named(remote: Remote, key: str, definition: Definition | None) -> str | None:
    """Say why no definition confirms that an assistant is the run's; None if one does."""
    if definition is None:
        says = f"there is no definition {key} that names it"
    elif remote.id == definition.sync.id or any(
        map(remote.is_called, (definition.name, definition.sync.renamed_from or ""))
    ):
        return None
    else:
        says = f'the definition {key} names "{definition.name}"'
    return (
        f'it is called "{remote.shown_name}", and {says}; a record alone deletes nothing: '
        "delete it in the dashboard"
    )


def _made_by(run: Run) -> tuple[Definition, ...]:
    """Return definitions of the assistants that the run created, with their secret places."""
    return tuple(
        Definition(
            made.key, "", {}, SyncOptions(id=made.id), dict.fromkeys(made.secrets, HOLDS_SECRET)
        )
        for made in run.created
    )
