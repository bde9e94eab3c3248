"""``revox-sync plan``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import (
    GlobalSettings,
    View,
    choosing_options,
    global_options,
    view_options,
)
from revox_sync.cli.summary import summarize_plan, summarized

if TYPE_CHECKING:
    from revox_sync.operations.plan import Planned
    from revox_sync.plan.model import Choices


@click.command("plan")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan to this file as well.")
@view_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to apply.")
@choosing_options
@global_options
@summarized
def command(
    settings: GlobalSettings,
    keys: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    view: View,
    choose: Callable[[tuple[str, ...]], Choices],
) -> int:
    """Show what apply would change. KEY is a definition's path without suffix; globs work."""
    from revox_sync.cli.view import render
    from revox_sync.operations import context
    from revox_sync.operations.plan import plan
    from revox_sync.plan.planfile import save

    streams = settings.streams()
    planned = plan(context.load(settings, streams, choose(keys)))
    if out is not None:
        save(planned.plan, out, settings.project)
    streams.result(render(planned.plan, view, streams))
    summarize_plan(settings, planned.plan)
    for violation in planned.violations():
        streams.remark(f"apply will refuse this: {violation.message}; {violation.hint}")
    if planned.found_by_name and not settings.sandbox:
        # The sandbox's ids mean nothing to the accounts that definitions are for.
        streams.remark(_binding(settings, planned))
    if planned.plan.has_refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if detailed_exitcode and planned.plan.has_changes else ExitCode.DONE


def _binding(settings: GlobalSettings, planned: Planned) -> str:
    """Return what says how many definitions are found by their names, and how to bind them."""
    import shlex

    keys = map(shlex.quote, planned.plan.choices.keys)
    bind = " ".join([settings.again("bind", planned.plan.target.environment), *keys])
    if planned.found_by_name == 1:
        return f"1 definition is found by its name alone; `{bind}` writes its id into it"
    return (
        f"{planned.found_by_name} definitions are found by their names alone; `{bind}` writes "
        "their ids into them"
    )
