"""``revox-sync bind``."""

from __future__ import annotations

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import GlobalSettings, global_options


@click.command("bind")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@global_options
def command(settings: GlobalSettings, keys: tuple[str, ...]) -> int:
    """Write into each definition the id of the assistant that it was found to describe.

    KEY is a definition's path without suffix; globs work. Without one, all definitions.
    """
    from revox_sync.operations.bind import bind
    from revox_sync.render.safe import escape, harmless

    streams = settings.streams()
    told = bind(settings, streams, keys)
    count, left = len(told.bound), [*told.missing, *told.refused]
    summary = f"{count} definition{'s' * (count != 1)} bound, {told.already} bound already"
    summary += f", {len(left)} not bound" if left else ""
    lines = [*told.bound, *left, summary]
    streams.result(harmless("".join(f"{escape(line)}\n" for line in lines)))
    if settings.sandbox and told.bound:
        streams.remark("these ids are those of the sandbox: no other account has them")
    if told.refused:
        return ExitCode.PARTIAL if told.bound else ExitCode.REFUSED
    return ExitCode.DONE
