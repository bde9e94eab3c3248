"""The commands that write to the account: ``apply``, ``delete`` and ``rollback``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import (
    KEYS,
    RUNS,
    GlobalSettings,
    choosing_options,
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
    from revox_sync.operations.plan import OnDrift
    from revox_sync.plan.model import Choices

_AGE = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _age(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """Return the seconds of ``90s``, ``30m``, ``12h`` or ``2d``."""
    if value is None:
        return None
    found = _AGE.fullmatch(value)
    if found is None:
        raise click.BadParameter("write 30m, 12h or 2d, for example")
    return int(found[1]) * _SECONDS[found[2]]


@command("apply", example="revox-sync apply 'hotel/*'", prints=("outcome",))
@click.argument("what", nargs=-1, type=KEYS, metavar="[PLANFILE | KEY...]")
@click.option(
    "--max-age",
    callback=_age,
    metavar="AGE",
    help="Refuse a saved plan that is older than this, such as 12h.",
)
@click.option(
    "--on-drift",
    type=click.Choice(["refuse", "skip", "overwrite"]),
    help="What to do with edits made outside git since --base (default: refuse).",
)
@choosing_options
@writing_options
@form_option
@global_options
@summarized
def apply_command(
    settings: GlobalSettings,
    approval: Approval,
    what: tuple[str, ...],
    max_age: int | None,
    on_drift: OnDrift | None,
    form: str,
    choose: Callable[[tuple[str, ...]], Choices],
) -> int:
    """Make the account match the definitions: plan, show, ask, write.

    PLANFILE is a saved plan: only what was reviewed in it is done. KEY is a definition's path
    without its suffix, or a glob. Default: all definitions.
    """
    from revox_sync.cli.approval import approve_and_apply
    from revox_sync.cli.lock import only_run
    from revox_sync.operations.context import load
    from revox_sync.operations.plan import plan, saved_plan

    streams = settings.streams()
    saved = None
    if _is_plan_file(what, max_age):
        saved = saved_plan(Path(what[0]), settings.project, max_age)
        if choose(()) != type(saved.choices)():
            raise UsageError("a saved plan has its own options", hint="plan again with them")
    choices = choose(what) if saved is None else saved.choices
    if on_drift is not None and choices.base is None:
        raise UsageError("--on-drift needs --base", hint="name the commit to compare with")
    with only_run(settings.project, "apply", approval.lock_timeout):
        # The globs of a saved plan may match nothing any more.
        context = load(settings, streams, choices, strict=saved is None, settle=approval.settle)
        planned = plan(context, saved=saved, on_drift=on_drift or "refuse")
        return approve_and_apply(
            settings,
            streams,
            planned,
            approval,
            reviewed=saved,
            notes=on_drift == "skip",
            form=form,
        )


def _is_plan_file(what: tuple[str, ...], max_age: int | None) -> bool:
    """Whether a plan file is named; raises UsageError for one that is not there."""
    if len(what) == 1 and Path(what[0]).is_file():
        return Path(what[0]).suffix.lower() not in (".yaml", ".yml")  # those are definitions
    missing = [name for name in what if name.endswith(".json")]
    if missing and Path(missing[0]).is_file():
        raise UsageError(
            f"a saved plan is applied as a whole, and {missing[0]} is not alone",
            hint="plan again with the keys",
        )
    if missing:
        raise UsageError(
            f"there is no plan file {missing[0]}",
            hint=f"make it with `revox-sync plan --out {shlex.quote(missing[0])}`",
        )
    if max_age is not None:
        raise UsageError("--max-age needs a saved plan", hint="name the plan file")
    return False


@command("delete", example="revox-sync delete old-desk", prints=("outcome",))
@click.argument("targets", nargs=-1, type=KEYS, required=True, metavar="KEY-NAME-OR-ID...")
@writing_options
@form_option
@global_options
@summarized
def delete_command(
    settings: GlobalSettings, approval: Approval, targets: tuple[str, ...], form: str
) -> int:
    """Delete these assistants, and no others: plan, show, ask, delete.

    KEY is a definition's path without its suffix. What a phone number, a campaign or a waiting call
    uses is refused. `rollback` makes what was deleted anew, with another id.
    """
    from revox_sync.cli.approval import approve_and_apply
    from revox_sync.cli.lock import only_run
    from revox_sync.operations.delete import delete

    streams = settings.streams()
    with only_run(settings.project, "delete", approval.lock_timeout):
        planned = delete(settings, targets, streams, approval.settle)
        return approve_and_apply(settings, streams, planned, approval, notes=True, form=form)


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
    from revox_sync.cli.approval import approve_and_apply
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
        code = approve_and_apply(
            settings, streams, planned, approval, notes=True, form=form, binds=False
        )
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
            raise UsageError(
                f"--supply wants KEY:PATH=NAME, not {option!r}",
                hint="such as front-desk:webhook_url=HOOK, which REVOX_SECRET_HOOK holds",
            )
        value = held.get(name)
        if not value:
            raise SetupError(
                f"the environment variable REVOX_SECRET_{name} is not set",
                hint="set it to the credential itself",
            )
        if is_mask(value):
            raise SetupError(
                f"the environment variable REVOX_SECRET_{name} holds a mask and not the credential",
                hint="set it to the credential itself",
            )
        supplied[place] = value
    return supplied
