"""``revox-sync rollback``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.carry_out import Approval, carry_out, writing_options
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.cli.summary import summarized
from revox_sync.errors import RefusedError, SetupError, UsageError

if TYPE_CHECKING:
    from revox_sync.account.remote import Remote
    from revox_sync.cli.planning import Planned
    from revox_sync.cli.streams import Streams
    from revox_sync.definitions.definition import Definition
    from revox_sync.definitions.project import Project
    from revox_sync.history.records import Records
    from revox_sync.history.runs import Run
    from revox_sync.history.snapshot import Restoration
    from revox_sync.plan.model import Action, Plan


@click.command("rollback")
@click.argument("run", required=False)
@click.option(
    "--list",
    "list_them",
    is_flag=True,
    help="List the runs that are recorded here, or those of one environment.",
)
@click.option(
    "--runs",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Read the runs that lie here, such as a pipeline's artifact.",
)
@click.option("--delete-created", is_flag=True, help="Delete what the run created.")
@click.option(
    "--supply",
    multiple=True,
    metavar="KEY:PATH=NAME",
    help="Take a sensitive value, which is not recorded, from REVOX_SECRET_NAME.",
)
@writing_options
@global_options
@summarized
def command(
    settings: Settings,
    approval: Approval,
    run: str | None,
    list_them: bool,
    runs: Path | None,
    delete_created: bool,
    supply: tuple[str, ...],
) -> int:
    """Plan back to what an apply replaced, show, ask, write.

    RUN is the latest one unless it is named. Only the fields that the run wrote are put back.
    """
    from revox_sync.cli.definitions import load_project_alone
    from revox_sync.cli.lock import only_run
    from revox_sync.history.runs import find_run

    streams = settings.streams()
    records = _records(settings, streams, runs)
    if list_them:
        return _list(settings, streams, records)
    supplied = _supplied(supply, settings.environ)
    project = load_project_alone(settings)
    found = find_run(records, run, project.environment)
    with only_run(settings.project, "rollback", approval.lock_timeout):
        planned = _plan(settings, streams, project, found, supplied, delete_created=delete_created)
        if delete_created:
            approval = replace(approval, over_limit=(*approval.over_limit, "delete"))
        code = carry_out(settings, streams, planned, approval, notes=True)
    streams.remark(
        "git still holds the definitions as they were applied: revert them there too, or the next "
        "apply does it again\n"
    )
    return code


def _records(settings: Settings, streams: Streams, folder: Path | None) -> Records:
    from revox_sync.history.records import own_records, records_in
    from revox_sync.render.safe import escape

    if folder is not None:
        return records_in(folder)
    records = own_records(settings.project, settings.environ)
    for ignored in records.ignored:
        streams.remark(f"{escape(ignored)}\n")
    return records


def _list(settings: Settings, streams: Streams, records: Records) -> ExitCode:
    from revox_sync.definitions.project import chosen, environment_names
    from revox_sync.history.runs import list_runs
    from revox_sync.render.safe import escape

    runs = list_runs(records)
    wanted = settings.environment
    if wanted is not None and all(run.environment != wanted for run in runs):
        chosen(environment_names(settings.project), wanted)
    for run in runs:
        if wanted not in (None, run.environment):
            continue
        renewed = [found for found in run.recreated if found.serves]
        keys = {found.key for found in renewed}
        replaced = [found.key for found in run.snapshots if found.key not in keys]
        told = [f"replaced {', '.join(replaced) or 'nothing'}"] if replaced or not renewed else []
        told += [f"renewed {found.key} ({found.old} -> {found.new})" for found in renewed]
        told += [f"created {made.key} ({made.id})" for made in run.created]
        where = f"{run.base_url}, {run.environment}" if run.environment else run.base_url
        line = f"{run.name}  {where}  {'; '.join(told)}"
        streams.result(escape(line) + "\n")
    return ExitCode.DONE


def _supplied(options: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, str]:
    from revox_sync.definitions.references import set_secrets
    from revox_sync.secrecy.values import is_mask

    held = set_secrets(environ)
    supplied = {}
    for option in options:
        place, equals, name = option.rpartition("=")
        if not equals or ":" not in place:
            raise UsageError(f"--supply wants KEY:PATH=NAME, not {option!r}")
        value = held.get(name)
        if not value:
            raise SetupError(f"the environment variable REVOX_SECRET_{name} is not set")
        if is_mask(value):
            raise SetupError(
                f"the environment variable REVOX_SECRET_{name} holds a mask, as services print it",
                hint="set it to the credential itself",
            )
        supplied[place] = value
    return supplied


def _plan(
    settings: Settings,
    streams: Streams,
    project: Project,
    run: Run,
    supplied: Mapping[str, str],
    *,
    delete_created: bool,
) -> Planned:
    """Return the plan that leads back to the run's snapshots."""
    from revox_sync.cli.account import secrets_in
    from revox_sync.cli.definitions import Sources
    from revox_sync.cli.planning import Planned, read
    from revox_sync.definitions.loader import load
    from revox_sync.history.snapshot import restoration
    from revox_sync.plan.compare import Rules
    from revox_sync.plan.planner import plan

    loaded = {found.key: found for found in load(project, settings.environ).definitions}
    kept = {key: definition.secrets for key, definition in loaded.items()}
    wanted = restoration(run.snapshots, supplied, kept)
    unused = supplied.keys() - wanted.used
    if unused:
        raise UsageError(f"the run has nothing to supply at {', '.join(sorted(unused))}")
    sources = Sources(project, wanted.definitions, ())
    account = read(settings, streams, sources)
    if run.base_url != account.base_url or (
        None not in (run.organization_id, account.organization_id)
        and run.organization_id != account.organization_id
    ):
        raise RefusedError(f"run {run.name} was against another account: {run.base_url}")
    rules = Rules(
        account.profile,
        note_unmanaged=False,
        secrets=frozenset(secrets_in(settings.environ)),
        members=account.members,
    )
    planned = _annotated(plan(wanted.definitions, account, rules), wanted)
    for key in run.unsettled:
        streams.remark(f"whether that run created {key} is not recorded; look for it by its name\n")
    for snapshot in run.snapshots:
        if snapshot.action == "delete":
            streams.remark(
                f"deleted by that run, and not to be brought back: {snapshot.key}, {snapshot.id}; "
                f"{snapshot.file} holds what it was\n"
            )
    extra = _deletions(run, account.remotes, loaded)
    if delete_created:
        planned = replace(planned, actions=(*planned.actions, *extra))
    else:
        for action in extra:
            streams.remark(
                f"created by that run, and left alone: {action.key}, {action.id}; "
                "--delete-created deletes it\n"
            )
    known = {definition.key for definition in wanted.definitions}
    made = tuple(definition for definition in _made_by(run) if definition.key not in known)
    sources = replace(sources, definitions=(*wanted.definitions, *made))
    return Planned(planned, sources, account, rules)


def _annotated(plan: Plan, wanted: Restoration) -> Plan:
    """Return the plan with the assistants' names and the notes of the restoration."""
    actions = [
        replace(
            action,
            name=wanted.names.get(action.key, action.name),
            notes=(*action.notes, *wanted.notes.get(action.key, ())),
        )
        for action in plan.actions
    ]
    return replace(plan, actions=tuple(actions), unmanaged=())


def _deletions(
    run: Run, present: Iterable[Remote], definitions: Mapping[str, Definition]
) -> list[Action]:
    """Return the actions that delete what the run made and the account still holds.

    A record alone is no reason to delete anything: the definition has to name it, too.
    """
    from revox_sync.plan.model import Action, action_fingerprint

    held = {remote.id: remote for remote in present}
    return [
        Action(
            action="delete",
            mode=None,
            key=made.key,
            name=held[made.id].name,
            id=made.id,
            file=f".revox-sync/runs/{run.name}/journal.jsonl",
            refused=_not_named(held[made.id], made.key, definitions.get(made.key)),
            fingerprint=action_fingerprint("delete", made.key, made.id, (), ()),
        )
        for made in run.created
        if made.id in held
    ]


def _not_named(remote: Remote, key: str, definition: Definition | None) -> str | None:
    """Say why a definition does not vouch for an assistant; None where it does."""
    if definition is None:
        says = f"there is no definition {key} that names it"
    elif remote.id == definition.sync.id or remote.name in (
        definition.name,
        definition.sync.renamed_from,
    ):
        return None
    else:
        says = f'the definition {key} names "{definition.name}"'
    return (
        f'it is called "{remote.name}", and {says}; a record alone deletes nothing: delete it in '
        "the dashboard"
    )


def _made_by(run: Run) -> tuple[Definition, ...]:
    """Return what is known of the assistants that the run made: what in them is secret."""
    from revox_sync.definitions.definition import Definition, SyncOptions

    return tuple(
        Definition(made.key, "", {}, SyncOptions(id=made.id), made.secrets) for made in run.created
    )
