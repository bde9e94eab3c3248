"""``revox-sync apply``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.options import (
    KEYS,
    GlobalSettings,
    choosing_options,
    command,
    form_option,
    global_options,
    writing_options,
)
from revox_sync.cli.view import summarized
from revox_sync.errors import UsageError
from revox_sync.operations.settings import Approval

if TYPE_CHECKING:
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
    from revox_sync.cli.approval import carry_out
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
        return carry_out(
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
    if missing:
        raise UsageError(f"there is no plan file {missing[0]}")
    if max_age is not None:
        raise UsageError("--max-age needs a saved plan", hint="name the plan file")
    return False
