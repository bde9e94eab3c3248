"""The commands that write definitions: ``pull``, ``bind`` and ``fmt``."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import KEYS, GlobalSettings, command, form_option, global_options


@command("pull", example="revox-sync pull 'Front desk'", prints=("pull",))
@click.argument("assistants", nargs=-1, type=KEYS, metavar="[KEY-NAME-OR-ID]...")
@click.option("--prompts", is_flag=True, help="Put long prompts of new files into prompts/KEY.md.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if there is something to do.")
@click.option(
    "--overwrite", is_flag=True, help="Also write to files with changes that are not committed."
)
@click.option(
    "--questions", is_flag=True, help="Note open questions in their definitions, as comments."
)
@form_option
@global_options
def pull_command(
    settings: GlobalSettings,
    assistants: tuple[str, ...],
    prompts: bool,
    check: bool,
    overwrite: bool,
    questions: bool,
    form: str,
) -> int:
    """Write what the account has into definitions.

    If an assistant has a definition, only the values that differ are changed in its file. If it
    has none, it gets a new file that is bound to its id. Keys and names may be globs. Default: all
    assistants.

    With --questions, what callers asked and nobody answered stands as commented entries in
    faq_items: take the # away, and answer. Each is written once, and goes once it is answered.
    """
    from revox_sync.operations.pull import Pull, pull
    from revox_sync.render.report import pulled_json, pulled_lines

    streams = settings.streams()
    pulled = pull(settings, Pull(assistants, prompts, check, overwrite, questions), streams)
    if form == "json":
        streams.document(pulled_json(pulled))
    else:
        streams.lines(*pulled_lines(pulled))
    if check and pulled.writes:
        return ExitCode.CHANGES
    if not pulled.complete:
        return ExitCode.PARTIAL if pulled.writes else ExitCode.REFUSED
    return ExitCode.DONE


@command("bind", example="revox-sync bind front-desk", prints=("bind",))
@click.argument("keys", nargs=-1, type=KEYS, metavar="[KEY]...")
@form_option
@global_options
def bind_command(settings: GlobalSettings, keys: tuple[str, ...], form: str) -> int:
    """Write the id of the matching assistant into each definition.

    KEY is a definition's path, without its suffix or with it, or its assistant's name, or a glob.
    Default: all definitions.
    """
    from revox_sync.operations.bind import bind
    from revox_sync.render.sentences import counted

    streams = settings.streams()
    told = bind(settings, streams, keys)
    if form == "json":
        members = {
            "bound": [{"file": file, "id": found} for file, found in told.bound.items()],
            "already": [{"file": file, "id": found} for file, found in told.already.items()],
            "refused": [{"file": file, "why": why} for file, why in told.refused.items()],
            "missing": [{"file": file} for file in told.missing],
        }
        streams.document(members)
    else:
        lacking = "the account has no assistant with this name; apply creates it"
        left = len(told.missing) + len(told.refused)
        count, already = counted(len(told.bound), "definition"), len(told.already)
        streams.lines(
            *(f"{file}: bound to {found}" for file, found in told.bound.items()),
            *(f"{file}: {lacking}" for file in told.missing),
            *(f"{file}: {why}" for file, why in told.refused.items()),
            f"{count} bound, {already} bound already" + (f", {left} not bound" if left else ""),
        )
    if settings.sandbox and told.bound:
        streams.remark("these ids exist in the sandbox alone")
    if told.refused:
        return ExitCode.PARTIAL if told.bound else ExitCode.REFUSED
    return ExitCode.DONE


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
