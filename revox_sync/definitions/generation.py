"""What definitions state and the account's generation of the API does not have, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.files import Files
from revox_sync.definitions.problem import Location, Problem, Unusable
from revox_sync.model.generations import Generation, outside

if TYPE_CHECKING:
    from revox_sync.definitions.compose import Composer
    from revox_sync.definitions.composed import Composed
    from revox_sync.definitions.project import Project


def managed_fields(definition: Definition) -> dict[str, Any]:
    """Return the fields that a definition states and does not ignore."""
    ignored = definition.sync.ignore
    return {name: value for name, value in definition.fields.items() if name not in ignored}


def outside_findings(
    fields: Mapping[str, Any], generation: Generation, members: Set[str] = frozenset()
) -> list[Problem]:
    """Return a finding for each field, member or value that an account does not have.

    ``members`` are those that the account's assistants report.
    """
    return [
        Problem(
            "outside-profile", found.message, found.hint, on_key=not found.is_value, path=found.path
        )
        for found in outside(fields, generation, members)
    ]


def outside_diagnostics(
    project: Project,
    environ: Mapping[str, str],
    definitions: Sequence[Definition],
    generation: Generation,
    members: Set[str] = frozenset(),
) -> tuple[Problem, ...]:
    """Return what these definitions state and the account does not have, sorted by place.

    Their files are read once more, because definitions are kept without their places. Each problem
    comes once, though several definitions take it from one default or include. ``environ`` and
    ``members`` are as in ``load`` and ``outside_findings``.
    """
    from revox_sync.definitions.compose import Composer

    files = Files(project.root)
    written = Written(project, files, Composer(files, environ, project.variables))
    found: dict[Problem, None] = {}
    for definition in definitions:
        findings = outside_findings(managed_fields(definition), generation, members)
        if findings:
            found |= dict.fromkeys(written.again(definition.file, findings))
    return tuple(sorted(found, key=lambda problem: (problem.location, problem.message)))


class Written:
    """Finds where fields are written: in a definition, in what it includes, or as a default."""

    def __init__(self, project: Project, files: Files, composer: Composer) -> None:
        self._project = project
        self._files = files
        self._composer = composer

    def again(self, file: str, findings: Sequence[Problem]) -> list[Problem]:
        """Return ``findings`` about the definition in ``file``, which is read for its places."""
        try:
            composed = self._composer.file(self._files.read(file))
        except Unusable:
            composed = None
        if composed is None or not composed.whole:  # edited since
            return [
                Problem(found.rule, found.message, found.hint, location=Location(file))
                for found in findings
            ]
        return self.diagnostics(findings, composed)

    def diagnostics(self, findings: Sequence[Problem], composed: Composed) -> list[Problem]:
        """Return ``findings`` about a composed definition with the places where they are written.

        A field that it does not state is one of the project's defaults.
        """
        from revox_sync.definitions.checks import located

        own = [found for found in findings if found.path[0] in composed.data]
        inherited = [found for found in findings if found.path[0] not in composed.data]
        placed = located(own, composed.places)
        if inherited:
            placed += located(inherited, self._defaults.places)
        return placed

    @cached_property
    def _defaults(self) -> Composed:
        """The project's defaults with their places."""
        assert self._project.file is not None  # noqa: S101 - without a file there are none
        source = self._files.read(self._project.file)
        node = self._composer.settings(source, "defaults")[1]
        assert node is not None  # noqa: S101
        return self._composer.mapping(source, node)
