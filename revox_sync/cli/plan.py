"""``revox-sync plan``."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.choosing import choosing_options
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.cli.summary import summarize_plan, summarized
from revox_sync.cli.viewing import View, view_options

if TYPE_CHECKING:
    from revox_sync.cli.planning import Planned
    from revox_sync.cli.streams import Streams
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
    settings: Settings,
    keys: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    view: View,
    choose: Callable[[tuple[str, ...]], Choices],
) -> int:
    """Show what apply would change. KEY is a definition's path without suffix; globs work."""
    from revox_sync.cli.planning import make_plan, render
    from revox_sync.plan.safety import violations

    streams = settings.streams()
    planned = make_plan(settings, streams, choose(keys))
    plan = planned.plan
    if out is not None:
        from revox_sync.plan.planfile import save

        save(plan, out)
    streams.result(render(plan, view.form, streams, details_url=view.details_url))
    summarize_plan(settings, plan)
    for violation in violations(plan, planned.size, planned.sources.project.limits):
        streams.remark(f"apply will refuse this: {violation.message}; {violation.hint}\n")
    _hint_at_binding(settings, streams, planned)
    if plan.has_refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if detailed_exitcode and plan.has_changes else ExitCode.DONE


def _hint_at_binding(settings: Settings, streams: Streams, planned: Planned) -> None:
    """Say how many definitions are found by their names alone, which anybody may change.

    Nothing of the sandbox: its ids mean nothing to the accounts that definitions are for.
    """
    if settings.sandbox:
        return
    from revox_sync.render.safe import escape

    bound = {found.key for found in planned.sources.definitions if found.sync.id is not None}
    found = [action for action in planned.plan.actions if action.id and action.key not in bound]
    if found:
        many = len(found) != 1
        keys = map(shlex.quote, planned.plan.choices.keys)
        bind = " ".join([settings.again("bind", planned.plan.target.environment), *keys])
        text = (
            f"{len(found)} definition{'s are' if many else ' is'} found by "
            f"{'their names' if many else 'its name'} alone; `{bind}` writes "
            f"{'their ids into them' if many else 'its id into it'}"
        )
        streams.remark(f"{escape(text)}\n")
