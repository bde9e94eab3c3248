"""The project file ``revox-sync.yaml``: where definitions are, and what holds for all of them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

from revox_sync.definitions.definition import Path
from revox_sync.definitions.environments import (
    KEY_VARIABLE,
    Environment,
    Variables,
    chosen,
    environment_of,
    environments,
    variables,
    variables_of,
)
from revox_sync.definitions.files import UNUSABLE_PATH, Files
from revox_sync.definitions.options import (
    Check,
    Shared,
    contradictions,
    field_names,
    key_findings,
    left_alone,
    limits,
    managed_fields,
    one_of,
    text,
)
from revox_sync.definitions.problem import Location, Problem, Source, Unusable, spell
from revox_sync.errors import UsageError
from revox_sync.model.limits import Limit, limit_of

if TYPE_CHECKING:
    from revox_sync.definitions.compose import Composer
    from revox_sync.definitions.composed import Composed
    from revox_sync.definitions.yaml import Node

PROJECT_FILE = "revox-sync.yaml"
_PIN: Path = ("organization_id",)

Absent = Literal["keep", "reset"]
Profile = Literal["auto", "seed", "current"]
Replace = Literal["in-place", "recreate"]
Retire = Literal["delete", "keep"]


@dataclass(frozen=True)
class Project:
    """What holds for every definition.

    ``root`` is the project's folder and ``file`` the project file in it, None if there is none.
    ``assistants`` is the definitions folder relative to ``root``, with ``/``. ``defaults`` are
    composed fields that a definition takes over where it does not state them itself, and
    ``default_secrets`` the places in them that a ``${secret.NAME}`` went into. ``ignore`` names
    fields that are left to the dashboard in every definition. ``replace`` says how an assistant is
    replaced, ``retire`` what becomes of the old one when that is by a new one (None: not stated,
    so that nothing is recreated). ``limits`` bound what one run may
    change. ``manage`` names the only fields that definitions manage (None: all that they state).
    ``environments`` are the names of those that the file declares, ``environment`` the one that
    this is, ``key_variable`` the environment variable with its key and ``variables`` what
    ``${var.NAME}`` stands for in it. ``organization_id`` is the only organization whose keys may be
    used (``user`` in GET /users/me names it), None for any, and ``organization_at`` the place where
    it is stated.
    """

    root: FilePath
    file: str | None = None
    assistants: str = "assistants"
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    default_secrets: frozenset[Path] = frozenset()
    absent: Absent = "keep"
    profile: Profile = "auto"
    replace: Replace = "in-place"
    retire: Retire | None = None
    ignore: tuple[str, ...] = ()
    limits: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    manage: tuple[str, ...] | None = None
    environments: tuple[str, ...] = ()
    environment: str | None = None
    key_variable: str = KEY_VARIABLE
    variables: Variables = field(default_factory=Variables)
    organization_id: str | None = None
    organization_at: Location | None = None

    @property
    def shared(self) -> Shared:
        """What every definition takes over."""
        return Shared(self.ignore, self.manage, self.replace, self.environment)

    @property
    def left_alone(self) -> tuple[str, ...]:
        """The fields that a definition without a word on it leaves to the dashboard."""
        return left_alone({}, self.shared)


def load_project(
    root: FilePath, environ: Mapping[str, str], environment: str | None = None
) -> tuple[Project, tuple[Problem, ...]]:
    """Return the project in the folder ``root`` and every problem of its project file.

    ``environ`` holds what ``${secret.NAME}`` in the defaults is taken from, ``environment`` names
    one of those that the file declares. With problems, the project holds what could be read.
    UsageError if ``root`` is not a folder, and where an environment has to be named.
    """
    if not root.is_dir():
        raise UsageError(f"the project folder {root} does not exist")
    if not os.path.lexists(root / PROJECT_FILE):
        chosen((), environment)
        return Project(root), _misnamed(root)
    files = Files(root)
    try:
        source = files.read(PROJECT_FILE)
    except Unusable as problem:
        nothing = Project(root, PROJECT_FILE, variables=Variables(certain=False))
        return nothing, (problem.in_file(PROJECT_FILE),)
    return _read(root, source, files, environ, environment)


def environment_names(root: FilePath) -> tuple[str, ...]:
    """Return the names of the environments that the project file declares, as far as it is read."""
    from revox_sync.definitions.compose import Composer

    files = Files(root)
    try:
        source = files.read(PROJECT_FILE)
    except Unusable:
        return ()
    found = Composer(files, {}).settings(source, "defaults")[0].data.get("environments")
    return tuple(found) if isinstance(found, dict) else ()


def _read(
    root: FilePath,
    source: Source,
    files: Files,
    environ: Mapping[str, str],
    environment: str | None,
) -> tuple[Project, tuple[Problem, ...]]:
    from revox_sync.definitions.checks import located
    from revox_sync.definitions.compose import Composer

    composer = Composer(files, environ)
    settings, written = composer.settings(source, "defaults")
    findings = [
        finding
        for finding in key_findings(settings.data, (), _KEYS)
        if not settings.is_broken(finding.path)
    ]
    findings += contradictions(settings.data, ())
    if settings.data.get("replace") == "recreate" and "retire" not in settings.data:
        findings.append(retire_unstated(("replace",)))
    wrong = {path[0] for path in settings.broken} | {finding.path[0] for finding in findings}
    sound = {key: value for key, value in settings.data.items() if key not in wrong}
    # A key that is not known may be one of the two, mistyped.
    certain = settings.whole and wrong <= _KEYS.keys() - {"vars", "environments"}
    faulty = bool(findings or settings.problems)
    names, here, known = _environment(sound, environment, certain=certain, faulty=faulty)
    composer = Composer(files, environ, known)
    defaults, problems = _defaults(composer, source, settings, written)
    pin = ("environments", here.name, "organization_id") if here.organization_id else _PIN
    project = Project(
        root,
        PROJECT_FILE,
        assistants=posixpath.normpath(sound.get("assistants", "assistants")),
        defaults=MappingProxyType(defaults.data),
        default_secrets=frozenset(defaults.secrets),
        absent=cast("Absent", sound.get("absent", "keep")),
        profile=cast("Profile", sound.get("profile", "auto")),
        replace=cast("Replace", sound.get("replace", "in-place")),
        retire=sound.get("retire"),
        ignore=tuple(dict.fromkeys(sound.get("ignore", ()))),
        limits=MappingProxyType(
            {name: limit_of(value) for name, value in sound.get("limits", {}).items()}
            | dict(here.limits)
        ),
        manage=tuple(sound["manage"]) if "manage" in sound else None,
        environments=names,
        environment=here.name or None,
        key_variable=here.key_variable,
        variables=known,
        organization_id=here.organization_id or sound.get("organization_id"),
        organization_at=settings.places.location(pin) if pin in settings.places else None,
    )
    problems += [*settings.problems, *located(findings, settings.places)]
    return project, tuple(sorted(problems, key=lambda problem: problem.location))


def _environment(
    sound: Mapping[str, Any], wanted: str | None, *, certain: bool, faulty: bool
) -> tuple[tuple[str, ...], Environment, Variables]:
    """Return the names of all environments, the one that is wanted, and its variables.

    Errors of a ``faulty`` file come before the question which it is: they may be why it is not
    found. Without ``certain`` they are about the environments or their variables.
    """
    found = {
        name: environment_of(name, entry or {})
        for name, entry in sound.get("environments", {}).items()
    }
    name = None
    try:
        name = chosen(tuple(found), wanted)
    except UsageError:
        if not faulty:
            raise
        certain = False
    known = variables_of(sound.get("vars", {}), found, name, certain=certain)
    return tuple(found), Environment("") if name is None else found[name], known


def _defaults(
    composer: Composer, source: Source, settings: Composed, written: Node | None
) -> tuple[Composed, list[Problem]]:
    """Return the composed defaults, and what is wrong with them."""
    from revox_sync.definitions.checks import default_problems, located
    from revox_sync.definitions.composed import Composed
    from revox_sync.definitions.yaml import MappingNode

    if written is None:
        return Composed(), []
    if type(written) is not MappingNode:
        message, hint = "`defaults` wants a mapping of fields", "leave it out for none"
        finding = Problem("wrong-type", message, hint, path=("defaults",))
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


def retire_unstated(path: Path) -> Problem:
    """Return the finding for a recreate that does not say what becomes of the old assistant."""
    message = "recreating needs to know what becomes of the old assistant"
    hint = f"state `retire: delete` or `retire: keep` in {PROJECT_FILE}"
    return Problem("retire-unstated", message, hint, path=path)


def _misnamed(root: FilePath) -> tuple[Problem, ...]:
    """Return an error if the project file is there under a name that is not read."""
    name = "revox-sync.yml"
    if not os.path.lexists(root / name):
        return ()
    return (
        Problem(
            "misnamed-file",
            f"{name} is not read",
            f"rename it to {PROJECT_FILE}",
            location=Location(name),
        ),
    )


def _folder(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a folder below the project."""
    if not isinstance(value, str):
        yield Problem("wrong-type", f"`{spell(path)}` wants the path of a folder", path=path)
        return
    folder = posixpath.normpath(value)
    if UNUSABLE_PATH.search(value) or folder == "." or folder.split("/")[0] == "..":
        message = f"`{spell(path)}` must name a folder below the project, with /"
        yield Problem("folder-path", message, "write assistants, for example", path=path)


def _apart(_value: Any, _path: Path) -> Iterator[Problem]:
    """Check nothing: defaults are composed and checked as fields of a definition."""
    return iter(())


_KEYS: Mapping[str, Check] = {
    "assistants": _folder,
    "defaults": _apart,
    "absent": one_of("keep", "reset"),
    "replace": one_of("in-place", "recreate"),
    "retire": one_of("delete", "keep"),
    "profile": one_of("auto", "seed", "current"),
    "ignore": field_names,
    "limits": limits,
    "manage": managed_fields,
    "vars": variables,
    "environments": environments,
    "organization_id": text,
}
