"""The project and the account that the settings name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from revox_sync.definitions.keys import KEY_VARIABLE
from revox_sync.definitions.problem import DefinitionError, errors_in
from revox_sync.definitions.project import Project, load_project
from revox_sync.definitions.references import SECRET_PREFIX, set_secrets
from revox_sync.errors import RefusedError, UsageError
from revox_sync.operations.settings import DEFAULT_BASE_URL, Reporter, Settings
from revox_sync.plan.commands import SANDBOX_URL
from revox_sync.secrecy.redactor import Redactor

if TYPE_CHECKING:
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


def sound_project(settings: Settings) -> Project:
    """Return the project, whatever its definitions. Raises DefinitionError for its file."""
    project, problems = read_project(settings)
    if errors_in(problems):
        raise DefinitionError(problems)
    return project


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


def organization_of(user: Mapping[str, Any] | None) -> str | None:
    """Return the ``organization_id`` that GET /users/me tells, or None."""
    found = user.get("organization_id") if user else None
    told = isinstance(found, str | int) and not isinstance(found, bool)
    return str(found) or None if told else None


def pin_refusal(settings: Settings, project: Project, told: str | None) -> RefusedError | None:
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
    found = _in_a_line(redactor(settings)(told))
    return RefusedError(
        f"the key belongs to organization {found}, but {at} allows only {pin}; nothing else was "
        "read",
        hint=f"set {project.key_variable} to a key of {pin}, or correct organization_id",
    )


def _in_a_line(text: str) -> str:
    """Return an id without line breaks, so that it cannot pass for a message of its own."""
    return " ".join(text.split())
