"""``fmt``: definitions in canonical order and layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from revox_sync.authoring.canonical import canonical
from revox_sync.authoring.layout import NotEditable, Splice, edited
from revox_sync.authoring.workspace import save
from revox_sync.definitions.loader import chosen_files
from revox_sync.definitions.problem import Location, Problem, Unusable
from revox_sync.definitions.texts import Source, Texts
from revox_sync.files.transaction import FileChange
from revox_sync.files.tree import Unreadable
from revox_sync.operations.connection import read_project
from revox_sync.operations.settings import Settings
from revox_sync.operations.validate import environments
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class Formatted:
    """How many files there are, which of them change, and what cannot be formatted."""

    files: int
    changed: tuple[str, ...]
    diagnostics: tuple[Problem, ...]


def fmt(settings: Settings, paths: Sequence[Path] = (), *, check: bool = False) -> Formatted:
    """Write definitions in canonical form, all or none; with ``check`` write nothing.

    What is no sound YAML, or cannot be put in order without another meaning, is left as it is and
    told. ``paths`` are files and folders. Raises UsageError for one that is not in the project.
    """
    # Its files are the same in every environment.
    project, _ = read_project(replace(settings, env=environments(settings)[0]))
    texts = Texts(project.files)
    found = chosen_files(project, paths)
    changes: dict[str, FileChange] = {}
    left: list[Problem] = []
    for file in found:
        source: Source | None = None
        try:
            before = project.files.read(file)  # what is edited from here on is not written over
            source = texts.read(file)
            made = canonical(source.text)
        except NotEditable as problem:
            told = problem.at((), Location(file))
            left.append(replace(told, hint="put its members in order by hand"))
            continue
        except Unusable as problem:
            told = problem.in_file(file)
            left.append(source.locate(told, problem.index) if source else told)
            continue
        except Unreadable as error:
            left.append(Problem(error.rule, error.message, error.hint, location=Location(file)))
            continue
        text = source.text
        after = edited(before, [Splice(0, len(text), made)]) if made != text else before
        if after != before:
            changes[file] = FileChange(after, before)
    if changes and not check:
        save(project, changes)
    return Formatted(len(found), tuple(changes), tuple(left))
