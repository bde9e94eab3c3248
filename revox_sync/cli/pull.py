"""The commands that write definitions: ``pull`` and ``bind``."""

from __future__ import annotations

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import GlobalSettings, global_options


@click.command("pull")
@click.argument("assistants", nargs=-1, metavar="[NAME-OR-ID]...")
@click.option("--prompts", is_flag=True, help="Long prompts of new definitions: prompts/KEY.md.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if something would be written.")
@click.option(
    "--overwrite", is_flag=True, help="Write into files with changes that are not committed, too."
)
@click.option(
    "--shared", is_flag=True, help="Change files that other definitions include, too, for all."
)
@global_options
def pull_command(
    settings: GlobalSettings,
    assistants: tuple[str, ...],
    prompts: bool,
    check: bool,
    overwrite: bool,
    shared: bool,
) -> int:
    """Write what the account has into definitions.

    Where an assistant has a definition, what differs is changed in its file, and nothing else of
    it. One that no definition describes gets a new file, bound to its id. Without a name or an id,
    all assistants; globs of names work.
    """
    from revox_sync.operations.pull import Pull, pull
    from revox_sync.render.report import pulled_lines

    streams = settings.streams()
    pulled = pull(settings, Pull(assistants, prompts, check, overwrite, shared), streams)
    streams.lines(*pulled_lines(pulled))
    if check and pulled.writes:
        return ExitCode.CHANGES
    if not pulled.complete:
        return ExitCode.PARTIAL if pulled.writes else ExitCode.REFUSED
    return ExitCode.DONE


@click.command("bind")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@global_options
def bind_command(settings: GlobalSettings, keys: tuple[str, ...]) -> int:
    """Write into each definition the id of the assistant that it was found to describe.

    KEY is a definition's path without suffix; globs work. Without one, all definitions.
    """
    from revox_sync.operations.bind import bind

    streams = settings.streams()
    told = bind(settings, streams, keys)
    count, left = len(told.bound), [*told.missing, *told.refused]
    summary = f"{count} definition{'s' * (count != 1)} bound, {told.already} bound already"
    summary += f", {len(left)} not bound" if left else ""
    streams.lines(*told.bound, *left, summary)
    if settings.sandbox and told.bound:
        streams.remark("these ids are those of the sandbox: no other account has them")
    if told.refused:
        return ExitCode.PARTIAL if told.bound else ExitCode.REFUSED
    return ExitCode.DONE
