"""``revox-sync sandbox``: the embedded API as a server."""

from __future__ import annotations

import gc
from typing import Literal

import click

from revox_sync.cli.account import (
    SANDBOX_KEY,
    require_sandbox,
    sandbox_database,
    sandbox_errors,
    sandbox_profile,
)
from revox_sync.cli.options import Settings, global_options


@click.group("sandbox")
@global_options
def command(settings: Settings) -> None:
    """Run and reset the embedded local API. Nothing of it leaves this machine."""


@command.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@global_options
def serve(settings: Settings, port: int) -> None:
    """Serve the API on this machine until interrupted.

    It accepts the key "sandbox", and REVOX_API_KEY if that is set here.
    """
    streams = settings.streams()
    keys = {SANDBOX_KEY, settings.environ.get("REVOX_API_KEY", "").strip() or SANDBOX_KEY}

    def announce(base_url: str) -> None:
        streams.result(f"REVOX_BASE_URL={base_url}\n")
        streams.remark(f'serving; the key "{SANDBOX_KEY}" is accepted; Ctrl-C ends it\n')

    require_sandbox()
    with sandbox_errors():
        from revox_sync.sandbox.server import serve as run

        gc.enable()  # a server lives long
        run(
            sandbox_database(settings.project),
            profile=_profile(settings),
            host="127.0.0.1",
            port=port,
            keys=keys,
            announce=announce,
            faults=settings.faults,
        )


@command.command("reset")
@global_options
def reset(settings: Settings) -> None:
    """Forget everything that the sandbox holds."""
    with sandbox_errors():
        from revox_sync.sandbox.state import reset as forget

        forget(sandbox_database(settings.project))
    settings.streams().result("the sandbox is empty\n")


@command.command("status")
@global_options
def status(settings: Settings) -> None:
    """Show what the sandbox holds."""
    with sandbox_errors():
        from revox_sync.sandbox.state import status as look

        found = look(sandbox_database(settings.project))
    lines = [
        f"state:         {found['database']}" + ("" if found["exists"] else " (not there yet)"),
        f"profile:       {found['profile'] or 'not chosen yet'}",
        f"assistants:    {found['assistants']}",
        f"phone numbers: {found['phone_numbers']}",
    ]
    settings.streams().result("\n".join(lines) + "\n")


def _profile(settings: Settings) -> Literal["seed", "current"]:
    from revox_sync.definitions.project import load_project

    project, _ = load_project(settings.project, settings.environ)
    return sandbox_profile(settings, project)
