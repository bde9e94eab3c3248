"""``revox-sync diff``."""

from __future__ import annotations

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options, without_secrets
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
    settings: Settings, ref: str, keys: tuple[str, ...], form: str, without_secrets: bool
) -> int:
    """Show what the definitions changed since REF, a commit; no key and no network."""
    from revox_sync.cli.definitions import load_sources, select, withholding
    from revox_sync.cli.planning import render
    from revox_sync.definitions.base import definitions_at
    from revox_sync.plan.since import changes_since
    from revox_sync.render.safe import escape

    streams = settings.streams()
    settings = withholding(settings, without_secrets)
    sources = load_sources(settings, streams)
    only = select(sources, keys)
    base = definitions_at(settings.project, ref, settings.environ, settings.environment)
    for remark in base.remarks:
        streams.remark(f"{escape(remark)}\n")
    found = changes_since(sources.definitions, base, only, sources.project.environment)
    streams.result(render(found, form, streams))
    summarize_plan(settings, found)
    return ExitCode.DONE
