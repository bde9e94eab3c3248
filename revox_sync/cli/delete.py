"""``revox-sync delete``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from revox_sync.cli.options import (
    KEYS,
    GlobalSettings,
    command,
    form_option,
    global_options,
    writing_options,
)
from revox_sync.cli.view import summarized

if TYPE_CHECKING:
    from revox_sync.operations.settings import Approval


@command("delete", example="revox-sync delete old-desk", prints=("outcome",))
@click.argument("targets", nargs=-1, type=KEYS, required=True, metavar="KEY-NAME-OR-ID...")
@writing_options
@form_option
@global_options
@summarized
def delete_command(
    settings: GlobalSettings, approval: Approval, targets: tuple[str, ...], form: str
) -> int:
    """Delete these assistants, and no others: plan, show, ask, delete.

    KEY is a definition's path without its suffix. What a phone number, a campaign or a waiting call
    uses is refused. `rollback` makes what was deleted anew, with another id.
    """
    from revox_sync.cli.approval import carry_out
    from revox_sync.cli.lock import only_run
    from revox_sync.operations.delete import delete

    streams = settings.streams()
    with only_run(settings.project, "delete", approval.lock_timeout):
        planned = delete(settings, targets, streams, approval.settle)
        return carry_out(settings, streams, planned, approval, notes=True, form=form)
