"""The project and the account that the settings name.

The account is reached over HTTP, or is the sandbox in this process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from revox_sync.definitions.keys import KEY_VARIABLE
from revox_sync.definitions.project import Project, load_project
from revox_sync.definitions.references import SECRET_PREFIX, set_secrets
from revox_sync.errors import RefusedError, SetupError, UsageError
from revox_sync.operations.settings import DEFAULT_BASE_URL, Reporter, Settings
from revox_sync.plan.commands import SANDBOX_URL
from revox_sync.secrecy.redactor import Redactor
from revox_sync.secrecy.values import Known

if TYPE_CHECKING:
    import httpx

    from revox_sync.account.client import Client
    from revox_sync.account.remote import Remote
    from revox_sync.definitions.definition import Definition
    from revox_sync.definitions.problem import Problem
    from revox_sync.definitions.severity import Severities

SANDBOX_KEY = "sandbox"


def read_project(
    settings: Settings, base_rules: Severities | None = None
) -> tuple[Project, tuple[Problem, ...]]:
    """Return the project and what is wrong with its file; a profile of the settings wins.

    No finding is less severe than by ``base_rules``.
    """
    project, problems = load_project(
        settings.project, settings.secrets, settings.environment, base_rules=base_rules
    )
    if settings.profile is not None:
        project = replace(project, profile=settings.profile)
    return project, problems


def tell_unset(names: Collection[str], reporter: Reporter) -> None:
    """Name the secrets that definitions refer to and that are not set."""
    if names:
        listed = ", ".join(f"{SECRET_PREFIX}{name}" for name in sorted(names))
        what = "it goes" if len(names) == 1 else "they go"
        reporter.remark(f"not set: {listed}; what {what} into is neither checked nor compared")


def base_url_of(settings: Settings) -> str:
    """Return the address of the API.

    Raises UsageError for one that the key must not go to.
    """
    if settings.sandbox:
        if settings.base_url is not None:
            raise UsageError(
                "--sandbox and --base-url cannot be used together", hint="take one of them out"
            )
        return SANDBOX_URL
    from revox_sync.account.address import check_base_url  # it needs httpx, a check does not

    return check_base_url(
        settings.base_url
        if settings.base_url is not None
        else settings.environ.get("REVOX_BASE_URL") or DEFAULT_BASE_URL
    )


def secrets_in(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the values that ``${secret.NAME}`` can stand for, alone or in a longer text."""
    return frozenset(set_secrets(environ).values())


def keys_in(environ: Mapping[str, str]) -> set[str]:
    """Return every API key that an environment of a project may use; the sandbox's is public."""
    found = {value.strip() for name, value in environ.items() if name.startswith(KEY_VARIABLE)}
    return found - {"", SANDBOX_KEY}


def redactor(settings: Settings) -> Redactor:
    """Return what takes the key and the values of REVOX_SECRET_* out of the service's texts."""
    return Redactor(keys_in(settings.environ) | secrets_in(settings.environ))


@asynccontextmanager
async def open_account(
    settings: Settings,
    project: Project,
    definitions: Sequence[Definition],
    remotes: Iterable[Remote] = (),
) -> AsyncIterator[Client]:
    """Yield a client for the account.

    Its error messages hold no sensitive value of the definitions, nor of ``remotes``, where those
    are known. Raises SetupError for a missing or malformed key.
    """
    from revox_sync.account.address import check_key
    from revox_sync.account.client import Client
    from revox_sync.plan.account import secrets_in_account, secrets_of

    def sensitive() -> Iterator[str]:
        yield from keys_in(settings.environ) | secrets_in(settings.environ)
        yield from secrets_of(definitions) | secrets_in_account(remotes)

    transport: httpx.AsyncBaseTransport | None = None
    base_url = base_url_of(settings)
    if settings.sandbox:
        key = SANDBOX_KEY
        transport = _sandbox_transport(project, settings.environ)
    else:
        key = check_key(settings.environ.get(project.key_variable, ""), project.key_variable)
    async with Client(
        base_url,
        key,
        parallelism=settings.parallelism,
        timeout=settings.timeout,
        redactor=Redactor(sensitive()),
        key_variable=project.key_variable,
        trust_list=settings.trust_list,
        known=Known(set_secrets(settings.environ)),
        transport=transport,
    ) as client:
        yield client


async def check_organization(client: Client, settings: Settings, project: Project) -> None:
    """Ask whose the key is, before every other request.

    Nothing is asked without a pin, nor of the embedded sandbox, whose key belongs to no
    organization of Revox's. Raises RefusedError for another organization, and ApiError.
    """
    if project.organization_id is None or settings.sandbox:
        return
    refused = pin_refusal(project, organization_of(await client.who_am_i()), redactor(settings))
    if refused is not None:
        raise refused


def organization_of(user: Mapping[str, Any] | None) -> str | None:
    """Return the ``organization_id`` that GET /users/me tells, or None."""
    found = user.get("organization_id") if user else None
    told = isinstance(found, str | int) and not isinstance(found, bool)
    return str(found) or None if told else None


def pin_refusal(project: Project, told: str | None, redact: Redactor) -> RefusedError | None:
    """Return why a key of the organization ``told`` may not be used in this project, or None.

    ``told`` is None if the service does not tell: a pin that cannot be checked refuses.
    """
    if project.organization_id is None or project.organization_id == told:
        return None
    pin, at = _in_a_line(project.organization_id), project.organization_at
    if told is None:
        return RefusedError(
            f"{at} allows only keys of organization {pin}, and the service does not say which "
            "one this key belongs to (GET /users/me); nothing else was read",
            hint="check REVOX_BASE_URL, or remove organization_id: a pin that cannot be checked "
            "protects nothing",
        )
    found = _in_a_line(redact(told))
    return RefusedError(
        f"the key belongs to organization {found}, but {at} allows only {pin}; nothing else was "
        "read",
        hint=f"set {project.key_variable} to a key of {pin}, or correct organization_id",
    )


def _in_a_line(text: str) -> str:
    """Return an id without line breaks, so that it cannot pass for a message of its own."""
    return " ".join(text.split())


def sandbox_database(project: Project, environ: Mapping[str, str]) -> Path:
    """Return where a project's sandbox keeps its state; each environment has an account.

    ``environ`` is git's environment. Raises SetupError where a link is in the way, and for a file
    that git tracks: others wrote that.
    """
    from revox_sync.files.git import tracked
    from revox_sync.files.transaction import STATE, State

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


def sandbox_profile(project: Project, environ: Mapping[str, str]) -> Literal["seed", "current"]:
    """Return the API generation that the sandbox speaks.

    What the option or the project file says; else what it has spoken so far; else ``current``.
    """
    chosen = project.profile
    if chosen != "auto":
        return chosen
    with sandbox_errors():
        from revox_sync.sandbox.state import status

        return status(sandbox_database(project, environ)).profile or "current"


def require_sandbox() -> None:
    """Raise SetupError unless the packages of the ``sandbox`` extra are installed."""
    package = lacks_for_sandbox()
    if package is not None:
        from revox_sync.operations.installation import install_command

        raise SetupError(
            f"the sandbox needs a package that is not installed: {package}",
            hint=f"`{install_command()}`",
        )


def lacks_for_sandbox() -> str | None:
    """Return a package of the ``sandbox`` extra that is not installed, None if all are."""
    packages = ("starlette", "uvicorn", "jsonschema")
    return next((package for package in packages if find_spec(package) is None), None)


@contextmanager
def sandbox_errors() -> Iterator[None]:
    """Turn the sandbox's own errors into SetupError."""
    from revox_sync.sandbox import SandboxError

    try:
        yield
    except SandboxError as error:
        raise SetupError(str(error)) from None


def _sandbox_transport(project: Project, environ: Mapping[str, str]) -> httpx.AsyncBaseTransport:
    require_sandbox()
    with sandbox_errors():
        import httpx

        from revox_sync.sandbox.app import create_app

        app = create_app(
            sandbox_database(project, environ),
            profile=sandbox_profile(project, environ),
            keys=[SANDBOX_KEY],
        )
        return httpx.ASGITransport(app)
