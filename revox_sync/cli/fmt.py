"""``revox-sync fmt``."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import GlobalSettings, command, form_option, global_options


@command("fmt", example="revox-sync fmt --check", prints=("fmt",))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if a file would change.")
@form_option
@global_options
def fmt_command(settings: GlobalSettings, paths: tuple[Path, ...], check: bool, form: str) -> int:
    """Write definitions in canonical order and layout.

    Comments stay, and so does the meaning. Default: all definitions.
    """
    from revox_sync.operations.fmt import fmt
    from revox_sync.render.sentences import counted

    streams = settings.streams()
    done = fmt(settings, paths, check=check)
    if form == "json":
        streams.document(
            {
                "files": done.files,
                "changed": list(done.changed),
                "diagnostics": [one.to_json() for one in done.diagnostics],
            }
        )
    else:
        if done.diagnostics:
            streams.diagnostics(done.diagnostics)
        verb = "would be written" if check else "written"
        streams.lines(
            *(f"{file}: {verb}" for file in done.changed),
            f"{counted(done.files, 'definition')}, {len(done.changed)} {verb}",
        )
    if done.diagnostics:
        return ExitCode.ERROR
    return ExitCode.CHANGES if check and done.changed else ExitCode.DONE
