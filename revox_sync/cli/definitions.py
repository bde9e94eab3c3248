"""Loads the project and its definitions for the commands that need all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from revox_sync.cli.options import Settings
from revox_sync.cli.streams import Streams
from revox_sync.definitions.problem import DefinitionError
from revox_sync.errors import UsageError

if TYPE_CHECKING:
    from revox_sync.definitions.definition import Definition
    from revox_sync.definitions.problem import Problem
    from revox_sync.definitions.project import Project


@dataclass(frozen=True, slots=True)
class Sources:
    """The project and its valid definitions; ``diagnostics`` holds warnings only.

    ``elsewhere`` names the environments of definitions that are not in this one, by key.
    """

    project: Project
    definitions: tuple[Definition, ...]
    diagnostics: tuple[Problem, ...]
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)


def read_project(settings: Settings) -> tuple[Project, tuple[Problem, ...]]:
    """Return the project and what is wrong with its file; ``--profile`` comes before its own."""
    from revox_sync.definitions.project import load_project

    project, problems = load_project(settings.project, settings.environ, settings.environment)
    if settings.profile is not None:
        project = replace(project, profile=settings.profile)
    return project, problems


def environments(settings: Settings) -> tuple[str | None, ...]:
    """Return the environment that is named, or all that the project declares (None: it has none).

    Raises UsageError where the project's folder does not exist.
    """
    from revox_sync.definitions.project import environment_names

    if settings.environment is not None or not settings.project.is_dir():
        return (settings.environment,)
    return environment_names(settings.project) or (None,)


def withholding(settings: Settings, without_secrets: bool) -> Settings:
    """Return the settings, with stand-ins for all secrets where they are to be left alone."""
    if not without_secrets:
        return settings
    from revox_sync.definitions.references import Withheld

    return replace(settings, environ=Withheld(settings.environ))


def load_sources(settings: Settings, streams: Streams) -> Sources:
    """Return everything that the project states; shows warnings.

    Raises DefinitionError when anything in any file is wrong: a plan from half of the definitions
    would be a wrong plan.
    """
    from revox_sync.definitions.loader import load
    from revox_sync.render.diagnostics import render_text

    project, problems = read_project(settings)
    loaded = load(project, settings.environ)
    diagnostics = (*problems, *loaded.diagnostics)
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        raise DefinitionError(diagnostics)
    if diagnostics:
        streams.remark(render_text(diagnostics))
    return Sources(project, loaded.definitions, diagnostics, loaded.elsewhere)


def load_project_alone(settings: Settings) -> Project:
    """Return the project, whatever its definitions are like. Raises DefinitionError for itself."""
    project, problems = read_project(settings)
    if any(problem.severity == "error" for problem in problems):
        raise DefinitionError(problems)
    return project


def select(
    sources: Sources, patterns: Sequence[str], *, strict: bool = True
) -> frozenset[str] | None:
    """Return the keys that match any of the globs; None, for all, without globs.

    Raises UsageError, if ``strict``, for a glob that matches nothing: a mistyped key must not look
    like success.
    """
    if not patterns:
        return None
    keys = [definition.key for definition in sources.definitions]
    chosen: set[str] = set()
    for pattern in patterns:
        found = [key for key in keys if fnmatchcase(key, pattern)]
        if strict and not found:
            raise _no_match(sources, pattern, keys)
        chosen.update(found)
    return frozenset(chosen)


def _no_match(sources: Sources, pattern: str, keys: Sequence[str]) -> UsageError:
    """Return the error for a glob that matches no definition of this environment."""
    from difflib import get_close_matches

    for key, names in sources.elsewhere.items():
        if fnmatchcase(key, pattern):
            return UsageError(
                f"{key} is not defined in environment {sources.project.environment}",
                hint=f"its sync.environments says {', '.join(names)}",
            )
    near = get_close_matches(pattern, keys, 1)
    hint = f"did you mean {near[0]}?" if near else "`revox-sync validate` checks them all"
    return UsageError(f"no definition has a key that matches {pattern!r}", hint=hint)
