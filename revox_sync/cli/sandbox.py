"""``revox-sync sandbox``: the embedded API as a server."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.account import (
    SANDBOX_KEY,
    keys_in,
    require_sandbox,
    sandbox_database,
    sandbox_errors,
    sandbox_profile,
)
from revox_sync.cli.options import Settings, global_options
from revox_sync.definitions.problem import DefinitionError

if TYPE_CHECKING:
    from revox_sync.definitions.project import Project
    from revox_sync.sandbox.state import Status


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

    It accepts the key "sandbox", and every REVOX_API_KEY… that is set here.
    """
    streams = settings.streams()
    keys = {SANDBOX_KEY, *keys_in(settings.environ)}
    project = _project(settings)

    def announce(base_url: str) -> None:
        streams.result(f"REVOX_BASE_URL={base_url}\n")
        streams.remark(f'serving; the key "{SANDBOX_KEY}" is accepted; Ctrl-C ends it\n')

    require_sandbox()
    with sandbox_errors():
        from revox_sync.sandbox.server import serve as run

        gc.enable()  # a server lives long
        run(
            sandbox_database(project),
            profile=sandbox_profile(project),
            host="127.0.0.1",
            port=port,
            keys=keys,
            announce=announce,
            faults=settings.faults,
        )


@command.command("reset", short_help="Forget what it holds, or begin with a file.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Begin with the assistants, numbers and campaigns of FILE (docs/sandbox.md).",
)
@global_options
def reset(settings: Settings, data: Path | None) -> None:
    """Forget everything that the sandbox holds; with --data, hold what a file states."""
    if data is not None:
        _fill(settings, data)
        return
    database = sandbox_database(_project(settings))
    with sandbox_errors():
        from revox_sync.sandbox.state import reset as forget

        forget(database)
    settings.streams().result("the sandbox is empty\n")


def _fill(settings: Settings, file: Path) -> None:
    from revox_sync.render.safe import escape

    require_sandbox()
    project = _project(settings)
    database = sandbox_database(project)
    with sandbox_errors():
        from revox_sync.sandbox.data_file import read_data
        from revox_sync.sandbox.state import fill
        from revox_sync.sandbox.state import status as look

        data = read_data(file, None if project.profile == "auto" else project.profile)
        fill(database, data.profile, data.account)
        found = look(database)
    streams = settings.streams()
    for pointer in data.unknown:
        streams.remark(f"{file}: {escape(pointer)}: not known to profile {data.profile}; kept\n")
    streams.result(_counts(found))


@command.command("status")
@global_options
def status(settings: Settings) -> None:
    """Show what the sandbox holds."""
    database = sandbox_database(_project(settings))
    with sandbox_errors():
        from revox_sync.sandbox.state import status as look

        found = look(database)
    state = found["database"] + ("" if found["exists"] else " (not there yet)")
    settings.streams().result(f"state:         {state}\n{_counts(found)}")


def _counts(found: Status) -> str:
    return (
        f"profile:       {found['profile'] or 'not chosen yet'}\n"
        f"assistants:    {found['assistants']}\n"
        f"phone numbers: {found['phone_numbers']}\n"
        f"campaigns:     {found['campaigns']}\n"
    )


def _project(settings: Settings) -> Project:
    """Return the project. Raises DefinitionError where its file does not tell which sandbox."""
    from revox_sync.cli.definitions import read_project

    project, problems = read_project(settings)
    if not project.variables.certain:
        raise DefinitionError(problems)
    return project
