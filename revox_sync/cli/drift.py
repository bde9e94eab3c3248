"""``revox-sync drift``."""

from __future__ import annotations

import click

from revox_sync.cli.choosing import base_option
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.cli.summary import summarize_plan, summarized


@click.command("drift")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    help="Output format.",
)
@base_option
@global_options
@summarized
def command(settings: Settings, keys: tuple[str, ...], form: str, base: str | None) -> int:
    """Show where the account differs from the definitions; exit 2 when it does.

    An assistant that a definition describes and the account lacks is drift too.
    """
    from revox_sync.cli.planning import make_plan, render
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    plan = make_plan(settings, streams, Choices(keys, base=base)).plan
    streams.result(render(plan, form, streams, drift=True))
    summarize_plan(settings, plan, drift=True)
    if plan.has_refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if plan.has_drift else ExitCode.DONE
