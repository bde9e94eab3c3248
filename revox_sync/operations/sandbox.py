"""``sandbox``: the embedded API as a server, and its state."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from revox_sync.definitions.problem import DefinitionError
from revox_sync.definitions.project import Project
from revox_sync.operations.connection import (
    keys_in,
    read_project,
    require_sandbox,
    sandbox_database,
    sandbox_errors,
    sandbox_profile,
)
from revox_sync.operations.settings import Settings

if TYPE_CHECKING:
    from revox_sync.sandbox.state import Holding


def serve(settings: Settings, port: int, announce: Callable[[str, str | None], None]) -> None:
    """Serve the API on 127.0.0.1 until interrupted; port 0 takes a free one.

    It accepts the keys that the environment holds. Without one it makes one of its own, which
    holds until it ends. ``announce`` gets the base URL and that key once the server answers.
    Raises SetupError for a port that is taken and for a state that cannot be used.
    """
    project = _project(settings)
    require_sandbox()
    keys = keys_in(settings.environ)
    own = None if keys else secrets.token_urlsafe(24)
    with sandbox_errors():
        from revox_sync.sandbox.server import serve as run

        run(
            sandbox_database(project, settings.environ),
            profile=sandbox_profile(project, settings.environ),
            port=port,
            keys=keys if own is None else {own},
            announce=lambda base_url: announce(base_url, own),
        )


def reset(settings: Settings) -> Path:
    """Forget everything that the sandbox holds; return where that lay."""
    database = sandbox_database(_project(settings), settings.environ)
    with sandbox_errors():
        from revox_sync.sandbox.state import reset as forget

        forget(database)
    return database


def fill(settings: Settings, file: Path) -> tuple[Holding, Sequence[str]]:
    """Hold what a file states, and nothing else. Raises SetupError where that is no account.

    Returns what the sandbox holds then, and the places of members that the API lacks.
    """
    require_sandbox()
    project = _project(settings)
    database = sandbox_database(project, settings.environ)
    with sandbox_errors():
        from revox_sync.sandbox.data_file import read_data
        from revox_sync.sandbox.state import fill as put
        from revox_sync.sandbox.state import status

        data = read_data(file, None if project.profile == "auto" else project.profile)
        put(database, data.profile, data.account)
        return status(database), data.unknown


def holding(settings: Settings) -> Holding:
    """Return what the sandbox holds."""
    database = sandbox_database(_project(settings), settings.environ)
    with sandbox_errors():
        from revox_sync.sandbox.state import status

        return status(database)


def _project(settings: Settings) -> Project:
    """Return the project. Raises DefinitionError where its file does not tell which sandbox."""
    project, problems = read_project(settings)
    if not project.variables.certain:
        raise DefinitionError(problems)
    return project
