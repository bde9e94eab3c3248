"""``revox-sync rollback``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import (
    RUNS,
    GlobalSettings,
    command,
    form_option,
    global_options,
    writing_options,
)
from revox_sync.cli.view import summarized
from revox_sync.errors import SetupError, UsageError
from revox_sync.operations.settings import Approval

if TYPE_CHECKING:
    from revox_sync.history.runs import Created, Run
    from revox_sync.history.snapshot import Snapshot


@command(
    "rollback",
    example="revox-sync rollback --list",
    prints=("outcome", "runs"),
)
@click.argument("run", required=False, type=RUNS)
@click.option(
    "--list",
    "list_them",
    is_flag=True,
    help="List the recorded runs; with --env, those of one environment.",
)
@click.option(
    "--runs",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Read the runs from this folder, such as a pipeline's artifact.",
)
@click.option("--delete-created", is_flag=True, help="Also delete what the run created.")
@click.option(
    "--supply",
    multiple=True,
    metavar="KEY:PATH=NAME",
    help="Take a sensitive value, which no record holds, from REVOX_SECRET_NAME.",
)
@click.option(
    "--rebind",
    is_flag=True,
    help="Write the new id into definitions that are bound to an assistant that was recreated.",
)
@writing_options
@form_option
@global_options
@summarized
def rollback_command(  # noqa: PLR0913, PLR0917 - one for each option
    settings: GlobalSettings,
    approval: Approval,
    run: str | None,
    list_them: bool,
    folder: Path | None,
    delete_created: bool,
    supply: tuple[str, ...],
    rebind: bool,
    form: str,
) -> int:
    """Restore what an apply replaced: plan, show, ask, write.

    RUN is a recorded run. Default: the latest. Only the fields that the run wrote are restored.
    """
    from revox_sync.cli.approval import carry_out
    from revox_sync.cli.lock import only_run
    from revox_sync.operations import rollback as operation

    streams = settings.streams()
    recorded = operation.records(settings, folder, streams)
    if list_them:
        found = operation.runs(settings, recorded)
        if form == "json":
            streams.document({"runs": list(map(_members, found))})
        else:
            streams.lines(*map(_line, found))
        return ExitCode.DONE
    supplied = _supplied(supply, settings.environ)
    request = operation.Rollback(run, delete_created, supplied, rebind, approval.settle)
    with only_run(settings.project, "rollback", approval.lock_timeout):
        planned = operation.rollback(settings, recorded, request, streams)
        code = carry_out(settings, streams, planned, approval, notes=True, form=form, binds=False)
        if rebind and code == ExitCode.DONE:
            operation.rebind(settings, recorded, request)
    streams.remark(
        "git still holds the definitions as they were applied: revert them there, too, or the next "
        "apply writes the same again"
    )
    return code


def _line(run: Run) -> str:
    """Return what a run did, and where."""
    renewed = [found for found in run.recreated if found.serves]
    keys = {found.key for found in renewed}
    others = [found for found in run.snapshots if found.key not in keys]
    replaced = [found.key for found in others if found.action != "delete"]
    told = [f"replaced {', '.join(replaced)}"] if replaced else []
    told += [f"deleted {found.key} ({found.id})" for found in others if found.action == "delete"]
    told += [f"renewed {found.key} ({found.old} -> {found.new})" for found in renewed]
    told += [f"created {made.key} ({made.id})" for made in run.created]
    where = f"{run.base_url}, {run.environment}" if run.environment else run.base_url
    return f"{run.name}  {where}  {'; '.join(told) or 'wrote nothing'}"


def _members(run: Run) -> dict[str, object]:
    """Return what a run did as plain data."""
    return {
        "name": run.name,
        "base_url": run.base_url,
        "organization_id": run.organization_id,
        "environment": run.environment,
        "replaced": _ids(found for found in run.snapshots if found.action != "delete"),
        "deleted": _ids(found for found in run.snapshots if found.action == "delete"),
        "recreated": [
            {"key": found.key, "old_id": found.old, "id": found.new}
            for found in run.recreated
            if found.serves
        ],
        "created": _ids(run.created),
        "unsettled": list(run.unsettled),
    }


def _ids(found: Iterable[Snapshot | Created]) -> list[dict[str, str]]:
    return [{"key": one.key, "id": one.id} for one in found]


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
                f"the environment variable REVOX_SECRET_{name} holds a mask and not the credential",
                hint="set it to the credential itself",
            )
        supplied[place] = value
    return supplied
