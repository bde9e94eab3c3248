"""``revox-sync validate``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format."
)
@global_options
def command(settings: Settings, paths: tuple[Path, ...], form: str) -> int:
    """Check definitions, without a key and without the network.

    PATH restricts the report to these files and folders.
    """
    from revox_sync.cli.definitions import read_project
    from revox_sync.definitions.loader import load
    from revox_sync.render.diagnostics import render_text, to_json

    streams = settings.streams()
    project, problems = read_project(settings)
    loaded = load(project, settings.environ, paths)
    diagnostics = (*problems, *loaded.diagnostics)
    errors = sum(1 for diagnostic in diagnostics if diagnostic.severity == "error")
    warnings = len(diagnostics) - errors
    if form == "json":
        report = {
            "format_version": "1.0",
            "summary": {"files": loaded.files, "errors": errors, "warnings": warnings},
            "diagnostics": to_json(diagnostics),
        }
        streams.result(json.dumps(report, indent=2) + "\n")
    else:
        from revox_sync.render.guard import harmless

        text = render_text(diagnostics)
        counted = ((loaded.files, "definition"), (errors, "error"), (warnings, "warning"))
        counts = ", ".join(f"{count} {what}{'s' * (count != 1)}" for count, what in counted) + "\n"
        streams.result(harmless(text) + counts)
    return ExitCode.ERROR if errors else ExitCode.DONE
