"""``revox-sync drift``."""

from __future__ import annotations

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import (
    GlobalSettings,
    View,
    base_option,
    global_options,
    view_options,
)
from revox_sync.cli.summary import summarize_plan, summarized


@click.command("drift")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@view_options
@click.option("--unmanaged", is_flag=True, help="List assistants that no definition describes.")
@base_option
@global_options
@summarized
def command(
    settings: GlobalSettings, keys: tuple[str, ...], view: View, unmanaged: bool, base: str | None
) -> int:
    """Show where the account differs from the definitions; exit 2 when it does.

    An assistant that a definition describes and the account lacks is drift too.
    """
    from revox_sync.cli.view import render
    from revox_sync.operations.context import load
    from revox_sync.operations.plan import plan
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    found = plan(load(settings, streams, Choices(keys, base=base))).plan
    streams.result(render(found, view, streams, drift=True, unmanaged=unmanaged))
    summarize_plan(settings, found, drift=True)
    if found.has_refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if found.has_drift else ExitCode.DONE
