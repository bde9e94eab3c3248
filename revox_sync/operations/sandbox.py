"""``sandbox``: the embedded API, as a server or in this process, and what it holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from revox_sync.definitions.problem import DefinitionError
from revox_sync.definitions.project import Project
from revox_sync.errors import SetupError
from revox_sync.files.git import tracked
from revox_sync.files.transaction import STATE, State
from revox_sync.operations.connection import SANDBOX_KEY, keys_in, read_project
from revox_sync.operations.settings import Settings

if TYPE_CHECKING:
    import httpx

    from revox_sync.sandbox.state import Holding


def serve(settings: Settings, port: int, announce: Callable[[str, str | None], None]) -> None:
    """Serve the API on 127.0.0.1 until interrupted; port 0 takes a free one.

    It accepts the keys that the environment holds. Without one it makes one of its own, which
    holds until it ends. ``announce`` gets the base URL and that key once the server answers.
    Raises SetupError for a port that is taken and for a state that cannot be used.
    """
    project = _project(settings)
    _require_packages()
    keys = keys_in(settings.environ)
    own = None if keys else secrets.token_urlsafe(24)
    with _told_as_setup():
        from revox_sync.sandbox.server import serve as run

        run(
            _database(project, settings.environ),
            profile=_profile(project, settings.environ),
            port=port,
            keys=keys if own is None else {own},
            announce=lambda base_url: announce(base_url, own),
        )


def reset(settings: Settings) -> Path:
    """Forget everything that the sandbox holds; return where that lay."""
    database = _database(_project(settings), settings.environ)
    with _told_as_setup():
        from revox_sync.sandbox.state import reset as forget

        forget(database)
    return database


def fill(settings: Settings, file: Path) -> tuple[Holding, Sequence[str]]:
    """Hold what a file states, and nothing else. Raises SetupError where that is no account.

    Returns what the sandbox holds then, and the places of members that the API lacks.
    """
    _require_packages()
    project = _project(settings)
    database = _database(project, settings.environ)
    with _told_as_setup():
        from revox_sync.sandbox.data_file import read_data
        from revox_sync.sandbox.state import fill as put
        from revox_sync.sandbox.state import status

        data = read_data(file, None if project.profile == "auto" else project.profile)
        put(database, data.profile, data.account)
        return status(database), data.unknown


def holding(settings: Settings) -> Holding:
    """Return what the sandbox holds."""
    database = _database(_project(settings), settings.environ)
    with _told_as_setup():
        from revox_sync.sandbox.state import status

        return status(database)


def _project(settings: Settings) -> Project:
    """Return the project. Raises DefinitionError where its file does not tell which sandbox."""
    project, problems = read_project(settings)
    if not project.variables.certain:
        raise DefinitionError(problems)
    return project


def transport_to(project: Project, environ: Mapping[str, str]) -> httpx.AsyncBaseTransport:
    """Return what answers as a project's sandbox, in this process."""
    _require_packages()
    with _told_as_setup():
        import httpx

        from revox_sync.sandbox.app import create_app

        profile = _profile(project, environ)
        return httpx.ASGITransport(
            create_app(_database(project, environ), profile=profile, keys=[SANDBOX_KEY])
        )


def _database(project: Project, environ: Mapping[str, str]) -> Path:
    """Return where a project's sandbox keeps its state; each environment has an account.

    ``environ`` is git's environment. Raises SetupError where a link is in the way, and for a file
    that git tracks: others wrote that.
    """
    name = f"sandbox-{project.environment}" if project.environment else "sandbox"
    file = f"{STATE}/{name}.sqlite3"
    try:
        found = State(project.root).path(f"{name}.sqlite3")
        if found.exists() and any(
            path.startswith(file) for path in tracked(project.root, environ, STATE)
        ):
            raise SetupError(
                f"{file}: git tracks it, so this machine did not make it", hint=f"`git rm {file}`"
            )
        return found
    except OSError as error:
        raise SetupError(
            f"the sandbox cannot be used: {error.strerror}",
            hint="it keeps its state in .revox-sync of the project",
        ) from None


def _profile(project: Project, environ: Mapping[str, str]) -> Literal["seed", "current"]:
    """Return the API generation that the sandbox speaks.

    What the option or the project file says; else what it has spoken so far; else ``current``.
    """
    chosen = project.profile
    if chosen != "auto":
        return chosen
    with _told_as_setup():
        from revox_sync.sandbox.state import status

        return status(_database(project, environ)).profile or "current"


def _require_packages() -> None:
    """Raise SetupError unless the packages of the ``sandbox`` extra are installed."""
    package = missing_package()
    if package is not None:
        from revox_sync.operations.installation import install_command

        raise SetupError(
            f"the sandbox needs a package that is not installed: {package}",
            hint=f"`{install_command()}`",
        )


def missing_package() -> str | None:
    """Return a package of the ``sandbox`` extra that is not installed, None if all are."""
    packages = ("starlette", "uvicorn", "jsonschema")
    return next((package for package in packages if find_spec(package) is None), None)


@contextmanager
def _told_as_setup() -> Iterator[None]:
    """Turn the sandbox's own errors into SetupError."""
    from revox_sync.sandbox import SandboxError

    try:
        yield
    except SandboxError as error:
        raise SetupError(str(error)) from None
