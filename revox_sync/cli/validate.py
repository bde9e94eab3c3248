"""The commands that check: ``validate`` the definitions, ``status`` the key and the account."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import GlobalSettings, command, form_option, global_options


@command("validate", example="revox-sync validate assistants/front-desk.yaml", prints=("validate",))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    help="Output format (default: text; github inside GitHub Actions).",
)
@click.option(
    "--list-files",
    is_flag=True,
    help="Name every file that the definitions are made of, from the repository's top.",
)
@global_options
def validate_command(
    settings: GlobalSettings, paths: tuple[Path, ...], form: str | None, list_files: bool
) -> int:
    """Check definitions, without a key and without the network.

    PATH limits the report to these files and folders. All environments of the project are
    checked, unless --env names one.
    """
    from revox_sync.definitions.problem import errors_in
    from revox_sync.operations.validate import validate
    from revox_sync.render.diagnostics import render_annotations, render_text
    from revox_sync.render.safe import harmless
    from revox_sync.render.sentences import counted

    streams = settings.streams()
    found = validate(settings, paths, streams)
    counts = {
        "files": found.files,
        "errors": found.errors,
        "warnings": len(found.diagnostics) - found.errors,
    }
    if form == "json":
        report = {
            "summary": counts,
            "unset_secrets": list(found.unset),
            "diagnostics": [one.to_json() for one in found.diagnostics],
            **({"files": list(found.sources)} if list_files else {}),
        }
        streams.document(report)
    elif list_files:
        if found.errors:
            streams.diagnostics(errors_in(found.diagnostics))
        streams.lines(*found.sources, whole=True)
    else:
        inside = settings.environ.get("GITHUB_ACTIONS") == "true"
        form = form or ("github" if inside else "text")
        annotations = ""
        if form == "github":
            annotations = render_annotations(found.diagnostics, _folder(settings))
        words = zip(("definition", "error", "warning"), counts.values(), strict=True)
        total = ", ".join(counted(count, what) for what, count in words)
        told = harmless(render_text(found.diagnostics, width=streams.out_columns))
        streams.page(f"{annotations}{told}{total}\n", form)
    return ExitCode.ERROR if found.errors else ExitCode.DONE


def _folder(settings: GlobalSettings) -> PurePosixPath:
    """Return the project's folder as GitHub names it: relative to GITHUB_WORKSPACE, the checkout.

    A project outside of it, or a run without one, is told relative to the current folder.
    """
    project = settings.project.resolve()
    for root in (settings.environ.get("GITHUB_WORKSPACE"), os.curdir):
        if root and project.is_relative_to(Path(root).resolve()):
            return PurePosixPath(project.relative_to(Path(root).resolve()).as_posix())
    return PurePosixPath(project.as_posix())


@command("status", example="revox-sync status --env staging", prints=("status",))
@form_option
@global_options
def status_command(settings: GlobalSettings, form: str) -> int:
    """Show whose key it is, what it reaches, and whether a plan can be made.

    Every problem is named; exit 1 if there is one.
    """
    from revox_sync.operations.status import status
    from revox_sync.render.report import render_status, status_json

    streams = settings.streams()
    found = status(settings, streams)
    if form == "json":
        streams.document(status_json(found))
    else:
        streams.result(render_status(found, width=streams.width, colour=streams.colour))
    return ExitCode.ERROR if found.problems else ExitCode.DONE
