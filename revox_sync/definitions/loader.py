"""From the definitions folder to definitions, with every problem of every file in one run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field, replace
from pathlib import Path
from types import MappingProxyType

from revox_sync.definitions.check import definition_problems, located, outside_problems
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.lint.across import ACROSS_RULES, AcrossRule, Clash, Identity
from revox_sync.definitions.places import Composed
from revox_sync.definitions.problem import Location, Problem, Unusable, errors_in, in_order
from revox_sync.definitions.project import Project, unsuited
from revox_sync.definitions.references import Secrets
from revox_sync.definitions.severity import idle_globs
from revox_sync.definitions.texts import Texts, definition_files, key_of, lies_at
from revox_sync.errors import UsageError
from revox_sync.model.generations import Generation
from revox_sync.model.path import value_at
from revox_sync.model.shapes import is_same
from revox_sync.records import dataclass
from revox_sync.secrecy.values import references_in

#: Rules on what another environment may have: those of a definition's own environments tell.
_ELSEWHERE = ("undeclared-variable", "unset-secret")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a definitions folder comes to.

    ``definitions`` holds those without an error, sorted by key; ``diagnostics`` every problem,
    sorted by place; ``files`` counts the definition files that were read. ``elsewhere`` names the
    environments of those that are not in the chosen one, by key; ``broken`` the files that an error
    keeps out of ``definitions``. ``sources`` are all files that were read, those included too.
    ``readings``, if asked for, save reading the same files at a commit.
    """

    definitions: tuple[Definition, ...]
    diagnostics: tuple[Problem, ...]
    files: int
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    sources: frozenset[str] = frozenset()
    readings: Readings | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Read:
    """What one definition file comes to."""

    file: str
    identity: Identity
    definition: Definition | None
    diagnostics: list[Problem]
    included: frozenset[str]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """What each sound definition file of a project came to, and git's id of every file read.

    Most files are the same at the base of a plan, and reading them twice takes half of its time.
    """

    project: Project
    reads: Mapping[str, _Read]
    identities: Mapping[str, str]

    def same(self, project: Project, identity: Callable[[str], str | None]) -> Mapping[str, _Read]:
        """Return what those definitions of ``project`` come to whose files are the same there.

        ``identity`` gives git's id of a file there. Both must be read with the same secrets. If the
        project's settings differ, no definition is the same.
        """
        mine, theirs = (
            (one.inherited.data, one.inherited.secrets, dict(one.variables.values))
            for one in (self.project, project)
        )
        if self.project != project or not all(map(is_same, mine, theirs)):
            return {}
        same = {file for file, known in self.identities.items() if identity(file) == known}
        return {
            file: read
            for file, read in self.reads.items()
            if file in same and read.included <= same
        }


def load_definitions(
    project: Project,
    secrets: Secrets | Mapping[str, str],
    paths: Sequence[Path] = (),
    *,
    identified: bool = False,
    same: Mapping[str, _Read] = MappingProxyType({}),
) -> Loaded:
    """Read every definition of ``project``.

    ``secrets`` holds what ``${secret.NAME}`` stands for; an environment gives those that are set.
    All files are read in any case, for rules across them; ``paths`` restricts what is returned to
    these files or folders, and to the definitions that include them. ``identified`` asks for
    ``readings``; files in ``same`` are not read again. Never raises for what a file holds;
    UsageError for a path that does not exist or that no definition lies at.
    """
    files = Texts(project.files, identified=identified)
    wanted = [_relative(project.root, path) for path in paths]
    found, folder_problems = _in_folder(project)
    loader = _Loader(project, secrets, files)
    reads = [same.get(file) or loader.read(file) for file in found]
    sound = {read.file: read for read in reads if read.definition is not None}
    clashes = list(loader.clashes(reads))
    idle = [] if wanted else loader.idle_rules(read.identity.key for read in reads)
    if wanted:
        own = [path for path in wanted if path != project.file]
        chosen = _selected({read.file: read.included for read in reads}, own, project)
        reads = [read for read in reads if read.file in chosen]
        clashes = [clash for clash in clashes if not chosen.isdisjoint(clash[0])]
        folder_problems = [
            problem
            for problem in folder_problems
            if any(lies_at(problem.location.file, path) for path in wanted)
        ]
    clashing = {
        file for involved, problem in clashes if problem.severity == "error" for file in involved
    }
    definitions = [
        read.definition
        for read in reads
        if read.definition is not None and read.file not in clashing
    ]
    problems = [*folder_problems, *(problem for _, problem in clashes)]
    problems += [problem for read in reads for problem in read.diagnostics]
    problems += idle
    return Loaded(
        tuple(sorted(definitions, key=lambda definition: definition.key)),
        in_order(problems),
        len(reads),
        {read.identity.key: read.elsewhere for read in reads if read.elsewhere},
        tuple(
            read.file
            for read in reads
            if read.file in clashing or (read.definition is None and not read.elsewhere)
        ),
        frozenset(file for read in reads for file in (read.file, *read.included)),
        Readings(project, sound, files.identities) if identified else None,
    )


def _in_folder(project: Project) -> tuple[list[str], list[Problem]]:
    """Return the definition files, and what is wrong in their folder, as severe as a rule says."""
    folder = project.assistants
    found, problems = definition_files(project.files, folder)
    if not project.rules:
        return found, problems
    judged = (
        project.rules.judged([problem], key_of(problem.location.file, folder))
        for problem in problems
    )
    return found, [one for problems in judged for one in problems]


def chosen_files(project: Project, paths: Sequence[Path] = ()) -> list[str]:
    """Return the definition files at or below ``paths``, all of them without.

    UsageError for a path that does not exist or that no definition lies at.
    """
    found, _ = definition_files(project.files, project.assistants)
    wanted = [_relative(project.root, path) for path in paths]
    chosen = _selected(dict.fromkeys(found, ()), wanted, project)
    return [file for file in found if not wanted or file in chosen]


def load_file(
    project: Project, secrets: Secrets | Mapping[str, str], files: Texts, file: str
) -> Loaded:
    """Read one definition file of ``project`` by itself, through ``files``.

    Rules across definitions are not looked at.
    """
    read = _Loader(project, secrets, files).read(file)
    found = () if read.definition is None else (read.definition,)
    return Loaded(found, in_order(read.diagnostics), 1)


def outside_diagnostics(
    project: Project,
    secrets: Secrets | Mapping[str, str],
    definitions: Sequence[Definition],
    generation: Generation,
    members: Set[str] = frozenset(),
) -> tuple[Problem, ...]:
    """Return what these definitions state and the account does not have, sorted by place.

    Their files are read once more, because definitions are kept without their places. Each problem
    comes once, though several definitions take it from one default or include. ``secrets`` and
    ``members`` are as in ``load_definitions`` and ``outside_problems``.
    """
    return placed(
        project,
        secrets,
        ((made, outside_problems(made.managed, generation, members)) for made in definitions),
    )


def placed(
    project: Project,
    secrets: Secrets | Mapping[str, str],
    findings: Iterable[tuple[Definition, Sequence[Problem]]],
) -> tuple[Problem, ...]:
    """Return findings about definitions where they are written; see ``outside_diagnostics``."""
    loader = _Loader(project, secrets, Texts(project.files))
    found: list[Problem] = []
    for definition, problems in findings:
        if problems:
            found += loader.read_again(definition.file, problems)
    return in_order(found)


class _Loader:
    """Reads the definition files of one project, and finds where fields are written."""

    def __init__(
        self, project: Project, secrets: Secrets | Mapping[str, str], files: Texts
    ) -> None:
        self._project = project
        self._files = files
        self._composer = Composer(files, secrets, project.variables)

    def read(self, file: str) -> _Read:
        """Read one definition file."""
        key = key_of(file, self._project.assistants)
        try:
            composed = self._composer.file(self._files.read(file))
        except Unusable as problem:
            return _Read(file, Identity(file, key), None, [problem.in_file(file)], frozenset())
        included = frozenset(composed.included)
        if not self._is_here(composed):
            unread_so = [found for found in composed.problems if found.rule not in _ELSEWHERE]
            unread_so = self._project.rules.judged(unread_so, key)
            there = tuple(composed.data["sync"]["environments"])
            return _Read(file, Identity(file, key), None, unread_so, included, there)
        project = self._project
        fields = {name: value for name, value in composed.data.items() if name != "sync"}
        inherited = project.defaults.keys() - fields.keys()
        fields |= {name: value for name, value in project.defaults.items() if name in inherited}
        held = project.inherited
        secrets = {at: text for at, text in held.secrets.items() if at[0] in inherited}
        secrets |= composed.secrets
        unset = composed.unset | (held.unset if inherited else set())
        unset &= {name for text in secrets.values() for name in references_in(text)}
        wanted = project.rules.wanted(key)
        problems = definition_problems(composed, fields, secrets, unset, inherited, wanted=wanted)
        problems = project.rules.judged(problems, key)
        if composed.whole:
            problems += self._located(unsuited(composed, project), composed, file)
        own = composed.data.get("sync", {})
        if project.profile == "seed" and not errors_in(problems):
            ignored = project.left_alone(own)
            managed = {name: value for name, value in fields.items() if name not in ignored}
            problems += self._located(outside_problems(managed, "seed"), composed, file)
        definition = None
        if not composed.broken and not errors_in(problems):
            fields |= own.get("extra", {})
            secrets = {
                path[2:] if path[:2] == ("sync", "extra") else path: text
                for path, text in secrets.items()
            }
            sync = project.sync_options(own)
            definition = Definition(key, file, fields, sync, secrets, frozenset(unset))
        identity = Identity(file, key, *_names(composed, project.environment))
        return _Read(file, identity, definition, problems, included)

    def _is_here(self, composed: Composed) -> bool:
        """Whether a definition belongs to the chosen environment; if it says nothing, it does."""
        own = composed.data.get("sync")
        limited = own.get("environments") if isinstance(own, dict) else None
        known, here = self._project.environments, self._project.environment
        if here is None or not isinstance(limited, list) or not limited:
            return True
        return here in limited or any(name not in known for name in limited)

    def clashes(self, reads: Sequence[_Read]) -> Iterator[tuple[tuple[str, str], Problem]]:
        """Yield what rules across definitions find, with the two files involved."""
        identities = [read.identity for read in reads]
        for rule in ACROSS_RULES:
            for clash in rule.check(identities):
                first, second = reads[clash.first].file, reads[clash.second].file
                problem = self._clash(rule, clash, first, second)
                keys = [reads[index].identity.key for index in (clash.first, clash.second)]
                for one in self._project.rules.judged([problem], *keys):
                    yield (first, second), one

    def _clash(self, rule: AcrossRule, clash: Clash, first: str, second: str) -> Problem:
        if not clash.path:
            message, at = clash.message.format(other=first), Location(second)
            return Problem(rule.id, message, clash.hint, location=at)
        path = clash.path
        if path == ("sync", "id") and self._project.environment is not None:
            path = (*path, self._project.environment)  # or what is around it
        other = self._again(first).places.location(clash.there or path)
        message = clash.message.format(other=other)
        problem = Problem(rule.id, message, clash.hint, rule.severity, path=path)
        return self._again(second).places.locate(problem)

    def idle_rules(self, keys: Iterable[str]) -> list[Problem]:
        """Return a warning for each key or glob of ``rules:`` that matches no definition."""
        rules = self._project.rules
        message = "no definition has this key"
        hint = "keys are paths below the folder of the definitions, without suffix"
        found = [
            Problem("idle-rules", message, hint, "warning", path=at, on_key=True)
            for at in idle_globs(rules, keys)
        ]
        return rules.judged(located(found, self._project.settings.places))

    def _again(self, file: str) -> Composed:
        """Compose a file once more for its places; keeping all of them would cost memory."""
        return self._composer.file(self._files.read(file))

    def read_again(self, file: str, findings: Sequence[Problem]) -> list[Problem]:
        """Return ``findings`` about the definition in ``file``, which is read for its places."""
        try:
            composed = self._again(file)
        except Unusable:
            composed = None
        if composed is None or not composed.whole:  # edited since
            return [replace(found, location=Location(file)) for found in findings]
        return self._located(findings, composed, file)

    def _located(self, findings: Sequence[Problem], composed: Composed, file: str) -> list[Problem]:
        """Return ``findings`` about the definition in ``file`` where they are written.

        A field that it does not state is one of the project's defaults. What is in neither any
        more, because somebody edits the files, is told of the definition's file.
        """
        found: list[Problem] = []
        for finding in findings:
            if finding.path[0] in composed.data:
                found += located([finding], composed.places)
            elif finding.path[0] in self._project.defaults:
                found += located([finding], self._project.inherited.places)
            else:
                found.append(replace(finding, location=Location(file)))
        return found


def _names(composed: Composed, environment: str | None) -> Iterator[str | None]:
    """Yield the name, the bound id and the earlier name of a file, as an ``Identity`` has them."""
    own = composed.data.get("sync")
    bound: tuple[str, ...] = ("sync", "id")
    if isinstance(own, dict) and isinstance(own.get("id"), dict):
        bound = (*bound, str(environment))
    for path in (("name",), bound, ("sync", "renamed_from")):
        if path not in composed.places:
            yield None
            continue
        value = value_at(composed.data, path)
        is_sound = isinstance(value, str) and value.strip() and path not in composed.broken
        yield value if is_sound else ""


def _relative(root: Path, path: Path) -> str:
    """Return a path that was given on the command line relative to the project, with ``/``."""
    if not path.exists():
        raise UsageError(
            f"{path} does not exist",
            hint="paths are relative to the current folder; without one, all definitions are taken",
        )
    real = os.path.realpath(root)
    relative = os.path.relpath(os.path.realpath(path), real).replace(os.sep, "/")
    if relative == ".." or relative.startswith("../"):
        raise UsageError(f"{path} lies outside the project", hint=f"the project is {real}")
    return relative


def _selected(
    found: Mapping[str, Iterable[str]], wanted: Iterable[str], project: Project
) -> set[str]:
    """Return the definitions that lie at, or include something at, one of the paths.

    ``found`` are all of them with what each includes. UsageError for a path of none.
    """
    chosen: set[str] = set()
    for path in wanted:
        here = [
            file
            for file, included in found.items()
            if any(lies_at(one, path) for one in (file, *included))
        ]
        if not here:
            hint = f"definitions are the YAML files below {project.assistants}"
            raise UsageError(f"no definition lies at {path}", hint=hint)
        chosen.update(here)
    return chosen
