"""``revox-sync diff``."""

from __future__ import annotations

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import (
    GlobalSettings,
    View,
    global_options,
    withholding,
    without_secrets,
)
from revox_sync.cli.summary import summarize_plan, summarized


@click.command("diff")
@click.argument("ref")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json", "markdown"]),
    default="terminal",
    help="Output format.",
)
@without_secrets
@global_options
@summarized
def command(
    settings: GlobalSettings, ref: str, keys: tuple[str, ...], form: str, without_secrets: bool
) -> int:
    """Show what the definitions changed since REF, a commit; no key and no network."""
    from revox_sync.cli.view import render
    from revox_sync.operations.context import load
    from revox_sync.operations.diff import diff
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    found = diff(load(withholding(settings, without_secrets), streams, Choices(keys)), ref)
    streams.result(render(found, View(form), streams))
    summarize_plan(settings, found)
    return ExitCode.DONE
