"""``revox-sync sandbox``: the embedded API as a server."""

from __future__ import annotations

import click

from revox_sync.cli.options import GlobalSettings, Group, global_options


@click.group("sandbox", cls=Group)
@global_options
def sandbox_command(settings: GlobalSettings) -> None:
    """Run and reset the embedded local API. Nothing leaves this machine."""


@sandbox_command.command("serve", example="revox-sync sandbox serve --port 8765")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@global_options
def serve(settings: GlobalSettings, port: int) -> None:
    """Serve the API on this machine until interrupted.

    It accepts every REVOX_API_KEY… that is set. If none is, it makes a key and prints it.
    """
    import gc

    from revox_sync.operations import sandbox

    streams = settings.streams()

    def announce(base_url: str, key: str | None) -> None:
        own = "" if key is None else f"REVOX_API_KEY={key}\n"
        streams.result(f"REVOX_BASE_URL={base_url}\n{own}")
        streams.remark("serving; Ctrl-C ends it")

    gc.enable()  # a server lives long
    sandbox.serve(settings, port, announce)


@sandbox_command.command("reset", example="revox-sync sandbox reset")
@global_options
def reset(settings: GlobalSettings) -> None:
    """Empty the sandbox."""
    from revox_sync.operations import sandbox

    sandbox.reset(settings)
    settings.streams().result("the sandbox is empty\n")


@sandbox_command.command("status", example="revox-sync sandbox status")
@global_options
def status(settings: GlobalSettings) -> None:
    """Show what the sandbox holds."""
    from revox_sync.operations import sandbox

    found = sandbox.holding(settings)
    state = str(found.database) + ("" if found.exists else " (not there yet)")
    settings.streams().result(
        f"state:         {state}\n"
        f"profile:       {found.profile or 'not chosen yet'}\n"
        f"assistants:    {found.assistants}\n"
        f"phone numbers: {found.phone_numbers}\n"
    )
