"""``revox-sync sandbox``: the embedded API as a server."""

from __future__ import annotations

import click

from revox_sync.cli.options import GlobalSettings, Group, form_option, global_options


@click.group("sandbox", cls=Group)
@global_options
def sandbox_command(settings: GlobalSettings) -> None:
    """Run and reset the embedded local API. Nothing leaves this machine."""


@sandbox_command.command(
    "serve", example="revox-sync sandbox serve --port 8765", prints=("sandbox-serve",)
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@form_option
@global_options
def serve(settings: GlobalSettings, port: int, form: str) -> None:
    """Serve the API on this machine until interrupted.

    It accepts every REVOX_API_KEY… that is set. If none is, it makes a key and prints it.
    """
    import gc

    from revox_sync.operations import sandbox

    streams = settings.streams()

    def announce(base_url: str, key: str | None) -> None:
        own = "" if key is None else f"REVOX_API_KEY={key}\n"
        if form == "json":
            streams.document({"base_url": base_url, "key": key})
        else:
            streams.result(f"REVOX_BASE_URL={base_url}\n{own}")
        streams.remark("serving; Ctrl-C ends it")

    gc.enable()  # a server lives long
    sandbox.serve(settings, port, announce)


@sandbox_command.command("reset", example="revox-sync sandbox reset", prints=("sandbox-reset",))
@form_option
@global_options
def reset(settings: GlobalSettings, form: str) -> None:
    """Empty the sandbox."""
    from revox_sync.operations import sandbox

    database = sandbox.reset(settings)
    if form == "json":
        settings.streams().document({"database": str(database)})
    else:
        settings.streams().result("the sandbox is empty\n")


@sandbox_command.command("status", example="revox-sync sandbox status", prints=("sandbox-status",))
@form_option
@global_options
def status(settings: GlobalSettings, form: str) -> None:
    """Show what the sandbox holds."""
    from revox_sync.operations import sandbox

    found = sandbox.holding(settings)
    if form == "json":
        settings.streams().document({**found._asdict(), "database": str(found.database)})
        return
    state = str(found.database) + ("" if found.exists else " (not there yet)")
    settings.streams().result(
        f"state:         {state}\n"
        f"profile:       {found.profile or 'not chosen yet'}\n"
        f"assistants:    {found.assistants}\n"
        f"phone numbers: {found.phone_numbers}\n"
    )
