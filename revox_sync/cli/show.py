"""``revox-sync show``."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options import GlobalSettings, View, global_options, view_options


@click.command("show")
@click.argument("planfile", type=click.Path(path_type=Path))
@view_options
@global_options
def command(settings: GlobalSettings, planfile: Path, view: View) -> None:
    """Show a saved plan, also one that no longer holds."""
    from revox_sync.cli.view import render
    from revox_sync.plan.planfile import load

    streams = settings.streams()
    streams.result(render(load(planfile, settings.project), view, streams))
