"""``revox-sync drift``."""

from __future__ import annotations

import click

from revox_sync.cli.choosing import base_option
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.cli.summary import summarize_plan, summarized
from revox_sync.cli.viewing import View, view_options


@click.command("drift")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@view_options
@click.option("--unmanaged", is_flag=True, help="List assistants that no definition describes.")
@base_option
@global_options
@summarized
def command(
    settings: Settings, keys: tuple[str, ...], view: View, unmanaged: bool, base: str | None
) -> int:
    """Show where the account differs from the definitions; exit 2 when it does.

    An assistant that a definition describes and the account lacks is drift too.
    """
    from revox_sync.cli.planning import make_plan, render
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    plan = make_plan(settings, streams, Choices(keys, base=base)).plan
    shown = render(
        plan,
        view.form,
        streams,
        drift=True,
        unmanaged=unmanaged,
        details_url=view.details_url,
    )
    streams.result(shown)
    summarize_plan(settings, plan, drift=True)
    if plan.has_refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if plan.has_drift else ExitCode.DONE
