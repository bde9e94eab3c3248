"""The project that the settings name, without an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from revox_sync.definitions.problem import DefinitionError, Problem
from revox_sync.definitions.project import Project, environment_names, load_project
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.operations.settings import Reporter, Settings


def read_project(settings: Settings) -> tuple[Project, tuple[Problem, ...]]:
    """Return the project and what is wrong with its file; a profile of the settings wins."""
    project, problems = load_project(settings.project, settings.secrets, settings.environment)
    if settings.profile is not None:
        project = replace(project, profile=settings.profile)
    return project, problems


def project_alone(settings: Settings) -> Project:
    """Return the project, whatever its definitions are like. Raises DefinitionError for itself."""
    project, problems = read_project(settings)
    if any(problem.severity == "error" for problem in problems):
        raise DefinitionError(problems)
    return project


def environments(settings: Settings) -> tuple[str | None, ...]:
    """Return the environment that is named, or all that the project declares (None: it has none).

    Raises UsageError where the project's folder does not exist.
    """
    if settings.environment is not None or not settings.project.is_dir():
        return (settings.environment,)
    return environment_names(settings.project) or (None,)


def tell_unset(names: Collection[str], reporter: Reporter) -> None:
    """Name the secrets that definitions refer to and that are not set."""
    if names:
        listed = ", ".join(f"{SECRET_PREFIX}{name}" for name in sorted(names))
        reporter.remark(f"not set: {listed}; what they go into is neither checked nor compared")
