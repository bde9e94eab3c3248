"""Definitions as they were at a commit: the base of a plan.

The commit's files are loaded like any others, so that includes, defaults and references mean the
same. "Was not there" and "cannot be read" are two answers: ``Base.unread`` says what cannot be
read, and nobody may take that for a definition that is new.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import Readings, load_definitions
from revox_sync.definitions.problem import errors_in
from revox_sync.definitions.project import (
    PROJECT_FILE,
    Absent,
    Project,
    environment_names,
    load_project,
    stated_rules,
)
from revox_sync.definitions.references import Secrets
from revox_sync.definitions.severity import Severities
from revox_sync.definitions.texts import SUFFIXES
from revox_sync.errors import UsageError
from revox_sync.files.git import Commit, Repository
from revox_sync.files.tree import Disk
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class Base:
    """The definitions at a commit, by key; ``remarks`` say what was different there.

    ``unread`` says, in sentences, what could not be read: a definition that is missing may have
    been in it. ``absent`` is what the project file made of fields that a
    definition left out, ``rules`` what it said of the severity of rules: None where there was no
    project yet.
    """

    commit: str
    definitions: Mapping[str, Definition]
    remarks: tuple[str, ...] = ()
    absent: Absent = "keep"
    unread: tuple[str, ...] = ()
    rules: Severities | None = None


def definitions_at(
    root: Path,
    ref: str,
    environ: Mapping[str, str],
    environment: str | None = None,
    secrets: Secrets | None = None,
    now: Readings | None = None,
) -> Base:
    """Return the definitions of the project in ``root`` as they were at ``ref``.

    ``${secret.NAME}`` is taken from ``secrets``, else from ``environ``. ``environment`` is one of
    the project's, if it has any. If it did not exist at the commit, nothing was defined for it; if
    none existed, everything was. ``now`` are the definitions of now, read with the same secrets: a
    file that has not changed since is not read again. Raises UsageError for a ref that names no
    commit here, SetupError if there is no git or no repository.
    """
    repository = Repository(root, environ)
    secrets = secrets or Secrets(environ)
    with repository.at(repository.commit(ref)) as commit:
        reading = _Reading(root, commit, repository, now)
        try:
            return reading.base(secrets, environment)
        except OSError as error:  # an object that is not in this clone
            reading.cannot_read(f"its files are not all here: {error.strerror}")
            return reading.found({}, Project(root))


class _Reading:
    """Reads the definitions of one commit, and remembers what cannot be read."""

    def __init__(
        self, root: Path, commit: Commit, repository: Repository, now: Readings | None
    ) -> None:
        self._root = root
        self._commit = commit
        self._repository = repository
        self._now = now
        self._remarks: list[str] = []
        self._unread: list[str] = []

    def base(self, secrets: Secrets, environment: str | None) -> Base:
        """Return the definitions. Raises OSError for an object that git does not have."""
        nothing = Project(self._root)
        if not self._repository.is_past(self._commit.commit):
            self._remark(
                "there is work that is not in what is checked out, so the definitions seem to take "
                "it back: merge it first, or name the merge base"
            )
        place = self._commit.place()
        if place not in ("folder", None):
            self.cannot_read(f"the project's folder is a {place}, or lies in one")
            return self.found({}, nothing)
        for path in self._gone():
            self.cannot_read(f"there was {path}, which may have been this project")
        declared = environment_names(self._root, self._commit)
        try:
            project, problems = load_project(
                self._root, secrets, environment if declared else None, self._commit
            )
        except UsageError as error:  # another environment, or any at all, would be needed there
            if set(declared) <= set(environment_names(self._root, Disk(self._root))):
                self._remark(f"{error.message}: nothing was defined for it yet")
            else:  # it may have had another name
                self.cannot_read(error.message)
            rules = stated_rules(self._root, self._commit)
            return replace(self.found({}, nothing), rules=rules)
        if environment is not None and not project.environments:
            self._remark("there are no environments yet; what was defined counts for each of them")
        there = self._commit.kind(project.assistants) is not None
        if not there:
            self._remark(
                f"there is no folder {project.assistants} yet, so all that it defines now is new; "
                "if it was elsewhere, name a later commit"
            )
        elif project.file is None and os.path.lexists(self._root / PROJECT_FILE):
            self._remark(f"there is no {PROJECT_FILE} yet")
        if errors_in(problems):
            # What it says holds for every definition.
            self.cannot_read(f"{PROJECT_FILE} has errors")
            return self.found({}, project)
        if not there:
            return self.found({}, project)
        return self._loaded(project, secrets)

    def _loaded(self, project: Project, secrets: Secrets) -> Base:
        now = self._now
        same = {} if now is None else now.same(project, self._commit.identity)
        loaded = load_definitions(project, secrets, same=same)
        reasons = {file: f"{file} has errors" for file in loaded.broken}
        for found in errors_in(loaded.diagnostics):
            file = found.location.file
            told = found.rule in ("submodule", "symbolic-link")
            reasons[file] = found.message if told else f"{file} has errors"
        for file in sorted(reasons):
            self.cannot_read(reasons[file])
        return self.found({found.key: found for found in loaded.definitions}, project)

    def _gone(self) -> list[str]:
        """Return what may have been this project in another folder, and no longer exists.

        That is a project file, a folder ``assistants`` with YAML files, or a submodule.
        """
        found: dict[str, None] = {}
        here = f"{self._repository.prefix}{PROJECT_FILE}"
        for path, is_submodule in self._commit.everywhere():
            folder, _, name = path.rpartition("/")
            top, inside, _ = f"/{folder}/".partition("/assistants/")
            if is_submodule or (name == PROJECT_FILE and path != here):
                found[path] = None
            elif inside and name.endswith(SUFFIXES):
                found[f"{top}/assistants".removeprefix("/")] = None
        return [path for path in found if not os.path.lexists(self._repository.top / path)]

    def _remark(self, what: str) -> None:
        self._remarks.append(f"at {self._commit.commit[:12]} {what}")

    def cannot_read(self, what: str) -> None:
        """Note that what was defined may be in something that cannot be read."""
        self._remark(f"{what}; what was defined in it cannot be read")
        self._unread.append(f"at {self._commit.commit[:12]} {what}")

    def found(self, definitions: Mapping[str, Definition], project: Project) -> Base:
        """Return what was read, and what was not."""
        remarks, unread = tuple(self._remarks), tuple(self._unread)
        was_there = unread or project.file is not None or self._commit.kind(project.assistants)
        rules = project.rules if was_there else None
        return Base(self._commit.commit, definitions, remarks, project.absent, unread, rules)
