"""``revox-sync sandbox``: the embedded API as a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from revox_sync.cli.options import CommandGroup, GlobalSettings, form_option, global_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from revox_sync.sandbox.state import Holding

_F = TypeVar("_F", bound="Callable[..., object]")


def _data_option(help_: str) -> Callable[[_F], _F]:
    return click.option("--data", type=click.Path(path_type=Path), metavar="FILE", help=help_)


@click.group("sandbox", cls=CommandGroup)
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
@_data_option("Begin with the account of FILE, in place of what the sandbox holds.")
@form_option
@global_options
def serve(settings: GlobalSettings, port: int, data: Path | None, form: str) -> None:
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

    if data is not None:
        _fill(settings, data)
    gc.enable()  # a server lives long
    sandbox.serve(settings, port, announce)


@sandbox_command.command(
    "reset", example="revox-sync sandbox reset --data account.yaml", prints=("sandbox-reset",)
)
@_data_option("Load the account of FILE (see docs/sandbox.md).")
@form_option
@global_options
def reset(settings: GlobalSettings, data: Path | None, form: str) -> None:
    """Empty the sandbox; with --data, load a file into it."""
    from revox_sync.operations import sandbox

    streams = settings.streams()
    if data is None:
        database = sandbox.reset(settings)
        told = ["the sandbox is empty"]
    else:
        found = _fill(settings, data)
        database, told = found.database, _counts(found)
    if form == "json":
        streams.document({"database": str(database)})
    else:
        streams.lines(*told)


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
    settings.streams().lines(f"{'state:':<15}{state}", *_counts(found), whole=True)


def _fill(settings: GlobalSettings, data: Path) -> Holding:
    from revox_sync.operations import sandbox

    found, unknown = sandbox.fill(settings, data)
    for pointer in unknown:
        settings.streams().remark(f"{data}: {pointer}: not known to profile {found.profile}; kept")
    return found


def _counts(found: Holding) -> list[str]:
    told = {**found._asdict(), "profile": found.profile or "not chosen yet"}
    del told["database"], told["exists"]
    return [f"{name.replace('_', ' ') + ':':<15}{value}" for name, value in told.items()]
