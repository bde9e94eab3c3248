"""``revox-sync show``."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options import Settings, global_options


@click.command("show")
@click.argument("planfile", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    help="Output format.",
)
@global_options
def command(settings: Settings, planfile: Path, form: str) -> None:
    """Show a saved plan, also one that no longer holds."""
    from revox_sync.cli.planning import render
    from revox_sync.plan.planfile import load

    streams = settings.streams()
    streams.result(render(load(planfile), form, streams))
