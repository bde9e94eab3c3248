"""``revox-sync status``."""

from __future__ import annotations

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import GlobalSettings, global_options


@click.command("status")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    help="Output format.",
)
@global_options
def command(settings: GlobalSettings, form: str) -> int:
    """Show whose the key is, what it reaches, and whether a plan could be made.

    Exit 1 when anything is not well; every problem is named.
    """
    from revox_sync.operations.status import status
    from revox_sync.render.status import render_status, to_json

    streams = settings.streams()
    found = status(settings, streams)
    streams.result(
        to_json(found)
        if form == "json"
        else render_status(found, width=streams.width, colour=streams.colour)
    )
    return ExitCode.ERROR if found.problems else ExitCode.DONE
