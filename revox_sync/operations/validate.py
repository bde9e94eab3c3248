"""``validate``: what is wrong with the definitions, without a key and without the network."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.problem import Problem, errors_in, in_order
from revox_sync.definitions.project import environment_names
from revox_sync.definitions.texts import key_of
from revox_sync.operations.connection import read_project, tell_unset
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class Validated:
    """How many files were checked, and what is wrong in them, in order of place.

    ``sources`` are all files that the definitions are made of, the project's and those included
    too, by their paths from the repository's top (without one, from the project), in order.
    ``unset`` names the secrets that are not set, so that what they go into was not checked.
    """

    files: int
    diagnostics: tuple[Problem, ...]
    sources: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """How many of the problems are errors; the others are warnings."""
        return len(errors_in(self.diagnostics))


def validate(
    settings: Settings, paths: Sequence[Path] = (), reporter: Reporter | None = None
) -> Validated:
    """Check the definitions in the chosen environment, or in all of them where none is chosen.

    ``paths`` restrict the report to these files and folders. Raises UsageError for a path that is
    not in the project.
    """
    found: dict[str | None, Sequence[Problem]] = {}
    away: dict[str | None, Mapping[str, object]] = {}
    files, folder = 0, ""
    sources: set[str] = set()
    unset: set[str] = set()
    for name in environments(settings):
        here = replace(settings, env=name)
        project, problems = read_project(here)
        secrets = here.secrets
        loaded = load_definitions(project, secrets, paths)
        unset |= secrets.unset | project.inherited.unset
        files = max(files, loaded.files)
        found[name] = (*problems, *loaded.diagnostics)
        away[name] = loaded.elsewhere
        folder = project.assistants
        own = () if project.file is None else (project.file,)
        used = (*own, *project.inherited.included, *loaded.sources)
        sources.update(posixpath.normpath(f"{project.files.prefix}{file}") for file in used)
    tell_unset(unset, reporter or Reporter())
    together = _together(found, lambda file, name: key_of(file, folder) in away[name])
    return Validated(files, together, tuple(sorted(sources)), tuple(sorted(unset)))


def environments(settings: Settings) -> tuple[str | None, ...]:
    """Return the chosen environment, or else all of the project's (None: it has none)."""
    if settings.environment is not None or not settings.project.is_dir():
        return (settings.environment,)
    return environment_names(settings.project) or (None,)


def _together(
    found: Mapping[str | None, Sequence[Problem]], is_away: Callable[[str, str | None], bool]
) -> tuple[Problem, ...]:
    """Return the problems of all environments, each once.

    A problem that only some environments of its file have names them, unless its message does
    already. ``is_away`` says whether a file defines nothing in an environment.
    """
    where: dict[Problem, list[str | None]] = {}
    for name, problems in found.items():
        for problem in problems:
            where.setdefault(problem, []).append(name)
    told = []
    for problem, names in where.items():
        others = [name for name in found if name not in names]
        everywhere = all(is_away(problem.location.file, name) for name in others)
        if everywhere or problem.environment is not None:
            told.append(problem)
        else:
            words = ", ".join(str(name) for name in names)
            told.append(replace(problem, message=f"{problem.message} (environment {words})"))
    return in_order(told)
