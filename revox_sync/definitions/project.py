"""The project file ``revox-sync.yaml``: where definitions are, and what holds for all of them."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, Literal

from revox_sync.definitions.check import default_problems, located
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.definition import SyncOptions
from revox_sync.definitions.keys import (
    KEY_VARIABLE,
    PROJECT_KEYS,
    contradictions,
    key_findings,
    wants,
)
from revox_sync.definitions.places import Composed, Places
from revox_sync.definitions.problem import (
    Location,
    Problem,
    Unusable,
    did_you_mean,
    hint_for,
    in_order,
)
from revox_sync.definitions.references import Secrets, Variables, spelled
from revox_sync.definitions.severity import Severities, severities
from revox_sync.definitions.texts import Source, Texts
from revox_sync.definitions.yaml import MappingNode, Node
from revox_sync.errors import UsageError
from revox_sync.files.tree import Disk, Tree
from revox_sync.model.fields import FIELDS
from revox_sync.model.limits import Limit, limit_of
from revox_sync.model.path import Path
from revox_sync.records import dataclass

PROJECT_FILE = "revox-sync.yaml"
_MISNAMED = "revox-sync.yml"

Absent = Literal["report", "keep", "reset"]
Profile = Literal["auto", "seed", "current"]
Replace = Literal["in-place", "recreate"]
Retire = Literal["delete", "keep"]


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: where its key is, whose it has to be, its variables and its limits."""

    name: str
    key_variable: str = KEY_VARIABLE
    organization_id: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    limits: Mapping[str, Limit] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """What holds for every definition.

    ``root`` is the project's folder and ``file`` the project file in it, None if there is none.
    ``settings`` is what that file states, without its defaults; ``inherited`` are these: fields
    that a definition takes over where it does not state them. ``assistants`` is the definitions
    folder relative to ``root``, with ``/``. ``ignore`` names fields that are left to the dashboard
    in every definition, ``manage`` the only fields that definitions manage (None: all that they
    state). ``prune`` says whether an assistant is deleted whose definition git no longer has.
    ``replace`` says how an assistant is replaced, ``retire`` what becomes of the old one where a
    new one takes its place (None: not stated, so nothing is recreated). ``limits`` bound what one
    run may change. ``rules`` say how severe a finding is. ``environments`` are the names that the
    file declares, ``environment`` is the chosen one, ``key_variable`` the environment variable with
    its key, ``variables`` what ``${var.NAME}`` stands for in it. ``organization_id`` is the only
    organization whose keys may be used (None: any). ``tree`` is where files are read from; None is
    the disk.
    """

    root: FilePath
    file: str | None = None
    assistants: str = "assistants"
    settings: Composed = field(default_factory=Composed, repr=False, compare=False)
    inherited: Composed = field(default_factory=Composed, repr=False, compare=False)
    absent: Absent = "report"
    prune: bool = False
    profile: Profile = "auto"
    replace: Replace = "in-place"
    retire: Retire | None = None
    ignore: tuple[str, ...] = ()
    limits: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    rules: Severities = field(default_factory=Severities)
    manage: tuple[str, ...] | None = None
    environments: tuple[str, ...] = ()
    environment: str | None = None
    key_variable: str = KEY_VARIABLE
    variables: Variables = field(default_factory=Variables)
    organization_id: str | None = None
    tree: Tree | None = field(default=None, repr=False, compare=False)

    @property
    def files(self) -> Tree:
        """The project's files."""
        return self.tree or Disk(self.root)

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The fields that a definition takes over where it does not state them."""
        return self.inherited.data

    @property
    def organization_at(self) -> Location | None:
        """Where the organization is stated whose keys may be used."""
        places, name = self.settings.places, "organization_id"
        stated: tuple[Path, ...] = (("environments", self.environment or "", name), (name,))
        return next((places.location(path) for path in stated if path in places), None)

    def left_alone(self, own: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the fields that a definition with this valid ``sync:`` leaves to the dashboard.

        Those are what is ignored and what is not managed; a definition's own ``manage`` comes
        before the project's.
        """
        manage = own.get("manage", self.manage)
        left = [] if manage is None else [name for name in FIELDS if name not in manage]
        return tuple(dict.fromkeys((*self.ignore, *own.get("ignore", ()), *left)))

    def sync_options(self, own: Mapping[str, Any]) -> SyncOptions:
        """Return a definition's valid ``sync:``, completed by what holds for the project."""
        bound = own.get("id")
        if isinstance(bound, dict):
            bound = bound.get(self.environment)
        return SyncOptions(
            id=bound,
            renamed_from=own.get("renamed_from"),
            replace=own.get("replace", self.replace),
            ignore=self.left_alone(own),
        )


def load_project(
    root: FilePath,
    secrets: Secrets | Mapping[str, str],
    environment: str | None = None,
    tree: Tree | None = None,
    base_rules: Severities | None = None,
) -> tuple[Project, tuple[Problem, ...]]:
    """Return the project in the folder ``root`` and every problem of its project file.

    ``secrets`` holds what ``${secret.NAME}`` in the defaults is taken from, ``environment`` names
    one of those that the file declares, ``tree`` the project's files, if they are not those on
    disk. No finding is less severe than by ``base_rules``. With problems, the project holds what
    could be read.
    UsageError if ``root`` is not a folder, and where an environment has to be named.
    """
    if tree is None:
        if not root.is_dir():
            raise UsageError(
                f"the project folder {root} does not exist",
                hint="name one that does with --project, or leave that out to take the nearest",
            )
        tree = Disk(root)
    if tree.kind(PROJECT_FILE) is None:
        chosen((), environment)
        problems: tuple[Problem, ...] = ()
        if tree.kind(_MISNAMED) is not None:
            message, hint = f"{_MISNAMED} is not read", f"rename it to {PROJECT_FILE}"
            where = Location(_MISNAMED)
            problems = (Problem("misnamed-file", message, hint, location=where),)
        return Project(root, rules=Severities(base=base_rules), tree=tree), problems
    files = Texts(tree)
    try:
        source = files.read(PROJECT_FILE)
    except Unusable as problem:
        nothing = Project(root, PROJECT_FILE, variables=Variables(certain=False), tree=tree)
        return nothing, (problem.in_file(PROJECT_FILE),)
    return _read(root, source, files, secrets, environment, base_rules)


def environment_names(root: FilePath, tree: Tree | None = None) -> tuple[str, ...]:
    """Return the names of the environments that the project file declares, as far as it is read.

    ``tree`` holds the project's files, if they are not those on disk.
    """
    found = _stated(root, tree).get("environments")
    return tuple(found) if isinstance(found, dict) else ()


def stated_rules(root: FilePath, tree: Tree | None = None) -> Severities:
    """Return what the project file says in ``rules:``, in whichever environment; see above."""
    found = _stated(root, tree).get("rules")
    if found is None or next(PROJECT_KEYS["rules"](found, ("rules",)), None) is not None:
        return Severities()
    return severities(found)


def _stated(root: FilePath, tree: Tree | None) -> Mapping[str, Any]:
    """Return what the project file says, as far as it can be read."""
    files = Texts(tree or Disk(root))
    try:
        source = files.read(PROJECT_FILE)
    except Unusable:
        return {}
    return Composer(files, {}).settings(source)[0].data


def _read(
    root: FilePath,
    source: Source,
    files: Texts,
    secrets: Secrets | Mapping[str, str],
    environment: str | None,
    base_rules: Severities | None,
) -> tuple[Project, tuple[Problem, ...]]:
    composer = Composer(files, secrets)
    settings, written = composer.settings(source)
    stated = settings.data.get("require")
    if stated is not None and (strange := list(PROJECT_KEYS["require"](stated, ("require",)))):
        # Another version may know what this one would call wrong.
        nothing = Project(root, PROJECT_FILE, variables=Variables(certain=False), tree=files.tree)
        return nothing, tuple(located(strange, settings.places))
    findings = settings.unbroken(key_findings(settings.data, (), PROJECT_KEYS))
    findings += contradictions(settings.data, ())
    if settings.data.get("replace") == "recreate" and "retire" not in settings.data:
        findings.append(_retire_unstated(("replace",)))
    wrong = {path[0] for path in settings.broken} | {finding.path[0] for finding in findings}
    sound = {key: value for key, value in settings.data.items() if key not in wrong}
    # A key that is not known may be one of the two, mistyped.
    certain = settings.whole and wrong <= PROJECT_KEYS.keys() - {"vars", "environments"}
    faulty = bool(findings or settings.problems)
    names, here, known = _environment(sound, environment, certain=certain, faulty=faulty)
    known = replace(known, written=_written(known, here, settings.places))
    composer = Composer(files, secrets, known)
    defaults, problems = _defaults(composer, source, settings, written)
    as_stated = ("absent", "prune", "profile", "replace", "retire")
    rules = replace(severities(sound.get("rules", {})), base=base_rules)
    project = Project(
        root,
        PROJECT_FILE,
        **{name: sound[name] for name in as_stated if name in sound},
        assistants=posixpath.normpath(sound.get("assistants", "assistants")),
        ignore=tuple(dict.fromkeys(sound.get("ignore", ()))),
        manage=tuple(sound["manage"]) if "manage" in sound else None,
        limits=MappingProxyType({**_limits_in(sound), **here.limits}),
        settings=settings,
        inherited=defaults,
        rules=rules,
        environments=names,
        environment=here.name or None,
        key_variable=here.key_variable,
        variables=known,
        organization_id=here.organization_id or sound.get("organization_id"),
        tree=files.tree,
    )
    problems += [*settings.problems, *located(findings, settings.places)]
    return project, in_order(rules.judged(problems))


def _environment(
    sound: Mapping[str, Any], wanted: str | None, *, certain: bool, faulty: bool
) -> tuple[tuple[str, ...], Environment, Variables]:
    """Return the names of all environments, the one that is wanted, and its variables.

    Errors of a ``faulty`` file come before the question which it is: they may be why it is not
    found. Without ``certain`` they are about the environments or their variables.
    """
    found: dict[str, Environment] = {}
    for declared, entry in sound.get("environments", {}).items():
        data = entry or {}
        found[declared] = Environment(
            declared,
            data.get("api_key_env", KEY_VARIABLE),
            data.get("organization_id"),
            data.get("vars", {}),
            _limits_in(data),
        )
    name = None
    try:
        name = chosen(tuple(found), wanted)
    except UsageError:
        if not faulty:
            raise
        certain = False
    known = variables_of(sound.get("vars", {}), found, name, certain=certain)
    return tuple(found), Environment("") if name is None else found[name], known


def _written(known: Variables, here: Environment, places: Places) -> dict[str, str]:
    """Return the source texts of numbers that Python writes in another way, by variable."""
    found: dict[str, str] = {}
    for name, value in known.values.items():
        around = ("environments", here.name) if name in here.variables else ()
        place = places.get((*around, "vars", name))
        if type(value) in (int, float) and place and place[2].value != spelled(value):
            found[name] = place[2].value
    return found


def _limits_in(stated: Mapping[str, Any]) -> dict[str, Limit]:
    return {name: limit_of(value) for name, value in stated.get("limits", {}).items()}


def _defaults(
    composer: Composer, source: Source, settings: Composed, written: Node | None
) -> tuple[Composed, list[Problem]]:
    """Return the composed defaults, and what is wrong with them."""
    if written is None:
        return Composed(), []
    if type(written) is not MappingNode:
        finding = wants(("defaults",), "a mapping of fields", "leave it out for none")
        return Composed(), located([finding], settings.places)
    defaults = composer.mapping(source, written)
    problems = default_problems(defaults)
    if "name" in defaults.data:
        message = "`name` cannot have a default: two definitions cannot have one name"
        finding = Problem(
            "default-name", message, "name each definition", on_key=True, path=("name",)
        )
        problems += located([finding], defaults.places)
        del defaults.data["name"]
    return defaults, problems


def chosen(names: tuple[str, ...], wanted: str | None) -> str | None:
    """Return the name of the environment to use, None in a project that has none.

    Raises UsageError where one has to be named, and for one that the project does not declare.
    """
    if wanted is None:
        if not names:
            return None
        raise UsageError(
            f"this project has environments: {', '.join(names)}",
            hint=f"name one with --env {names[0]}, or in REVOX_SYNC_ENV",
        )
    if wanted in names:
        return wanted
    if not names:
        raise UsageError(
            f"this project declares no environments, so there is no {wanted!r}",
            hint="declare it in revox-sync.yaml, or leave --env and REVOX_SYNC_ENV out",
        )
    raise UsageError(
        f"there is no environment {wanted!r}; the project has {', '.join(names)}",
        hint=did_you_mean(wanted, names) or f"name one of them, or declare it in {PROJECT_FILE}",
    )


def variables_of(
    shared: Mapping[str, Any],
    environments: Mapping[str, Environment],
    name: str | None,
    *,
    certain: bool,
) -> Variables:
    """Return the variables of an environment: the project's, overlaid by its own."""
    own = environments[name].variables if name is not None else {}
    elsewhere: dict[str, tuple[str, ...]] = {}
    for other in environments.values():
        for variable in other.variables:
            elsewhere[variable] = (*elsewhere.get(variable, ()), other.name)
    return Variables({**shared, **own}, name, elsewhere, certain)


def _retire_unstated(path: Path) -> Problem:
    """Return the finding for a recreate that does not say what becomes of the old assistant."""
    message = "recreating needs to know what becomes of the old assistant"
    hint = f"state `retire: delete` or `retire: keep` in {PROJECT_FILE}"
    return Problem("retire-unstated", message, hint, path=path)


def unsuited(composed: Composed, project: Project) -> list[Problem]:
    """Return what does not go together; values of a wrong type are ignored."""
    own = composed.data.get("sync")
    if not isinstance(own, dict):
        return []
    found = [*contradictions(own, ("sync",), project.ignore)]
    if project.variables.certain:
        found += _strange_environments(own, project.environments)
    if own.get("replace") == "recreate" and project.retire is None:
        found.append(_retire_unstated(("sync", "replace")))
    return composed.unbroken(found)


def _strange_environments(own: Mapping[str, Any], known: Collection[str]) -> Iterator[Problem]:
    """Yield where an environment is named that the project does not declare."""
    bound, limited = own.get("id"), own.get("environments")
    named: list[tuple[Path, Any, bool]] = []
    if isinstance(bound, dict):
        named += [(("sync", "id", name), name, True) for name in bound]
    if isinstance(limited, list):
        named += [(("sync", "environments", i), name, False) for i, name in enumerate(limited)]
    for path, name, on_key in named:
        if isinstance(name, str) and name.strip() and name not in known:
            message = f"the project declares no environment {name}"
            hint = hint_for(name, known) if known else f"declare it in {PROJECT_FILE}"
            yield Problem("unknown-environment", message, hint, on_key=on_key, path=path)
