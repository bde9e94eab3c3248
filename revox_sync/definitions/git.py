"""Definitions as they were at a commit, read from git without touching the work tree.

The commit's files that definitions can reach are written to a temporary folder, through an index
beside them, and loaded like any others, so that includes, defaults and references mean the same.
"Was not there" and "cannot be read" are two answers: ``Base.unread`` says what cannot be read, and
nobody may take that for a definition that is new.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import load
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import (
    PROJECT_FILE,
    Absent,
    Project,
    environment_names,
    load_project,
)
from revox_sync.definitions.references import Withheld, WithStandIns
from revox_sync.errors import SetupError, UsageError

_SUBMODULE, _LINK = b"160000", b"120000"
#: Set by git for its hooks, or for one command; they would name another repository or index than
#: the project's, or read paths as patterns.
_OF_ANOTHER = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_ATTR_SOURCE",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
#: No setting of the user's makes git write into the repository or look at the work tree, and
#: files of a checkout that look like a repository are none.
_CALMLY = (
    *("-c", "core.splitIndex=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "safe.bareRepository=explicit"),
)


@dataclass(frozen=True, slots=True)
class Base:
    """The definitions at a commit, by key; ``remarks`` say what was different there.

    ``unread`` says, in sentences, what could not be read: a definition that is not among
    ``definitions`` may have been in that. ``absent`` is what the project file made of fields that a
    definition left out.
    """

    commit: str
    definitions: Mapping[str, Definition]
    remarks: tuple[str, ...] = ()
    absent: Absent = "keep"
    unread: tuple[str, ...] = ()


def definitions_at(
    root: Path, ref: str, environ: Mapping[str, str], environment: str | None = None
) -> Base:
    """Return the definitions of the project in ``root`` as they were at ``ref``.

    ``environ`` is git's environment, and what ``${secret.NAME}`` is taken from; one that is not
    set any more stands for itself. ``environment`` names the project's, if it has any: where that
    was not there yet, nothing was defined for it; where there were none, all was for each.
    Raises UsageError for a ref that names no commit here, SetupError where there is no git or no
    repository.
    """
    git = _Git(root, environ)
    prefix, shallow = git.place()
    commit = git.commit(ref, shallow=shallow)
    try:
        temporary = tempfile.TemporaryDirectory(prefix="revox-sync-")
    except OSError as error:
        raise SetupError(f"there is no temporary folder to use: {error.strerror}") from None
    with temporary as folder:
        tree = _Tree(git, commit, prefix, Path(folder))
        secrets = environ if isinstance(environ, Withheld) else WithStandIns(environ)
        return _Reading(tree, root, secrets, environment).base()


def uncommitted(root: Path, environ: Mapping[str, str], files: Sequence[Path]) -> list[Path]:
    """Return those of ``files`` that git does not hold as they are; none outside a repository.

    ``root`` is the project's folder, ``environ`` git's environment. Raises SetupError where git
    cannot tell.
    """
    if not files:
        return []
    git = _Git(root, environ)
    try:
        prefix, _ = git.place()
    except _GitFailed as error:
        if "not a git repository" in error.message:
            return []
        raise
    except SetupError:  # there is no git, so nothing is committed with it
        return []
    top = git.top(prefix)
    untracked = ("--untracked-files=all", "--ignored=traditional")
    out = git("status", "--porcelain", "-z", "--no-renames", *untracked, "--", *map(str, files))
    changed = {top / os.fsdecode(line[3:]) for line in out.split(b"\0") if line}
    return [file for file in files if file in changed]


def tracked(root: Path, environ: Mapping[str, str], folder: str) -> frozenset[str]:
    """Return the files below a folder of the project that git tracks, in whatever case; no links.

    A path is relative to ``root``, with slashes; the folder itself, where it is a submodule or a
    link. There are none outside a repository. Raises SetupError where git cannot tell.
    """
    real = Path(os.path.realpath(root))
    if not any(os.path.lexists(above / ".git") for above in (real, *real.parents)):
        return frozenset()
    try:
        out = _Git(root, environ)("ls-files", "-z", "--", folder, pathspecs="--icase-pathspecs")
    except _GitFailed as error:
        if "not a git repository" in error.message:
            return frozenset()
        raise
    return frozenset(os.fsdecode(path) for path in out.split(b"\0") if path)


class _Reading:
    """Reads the definitions of one commit, and remembers what cannot be read."""

    def __init__(
        self, tree: _Tree, root: Path, environ: Mapping[str, str], environment: str | None
    ) -> None:
        self._tree = tree
        self._root = root
        self._environ = environ
        self._environment = environment
        self._remarks: list[str] = []
        self._unread: list[str] = []

    def base(self) -> Base:
        """Return the definitions."""
        try:
            project, problems = self._project()
        except UsageError as error:  # another environment, or any at all, would be needed there
            if set(environment_names(self._tree.root)) <= set(environment_names(self._root)):
                self._remark(f"{error.message}: nothing was defined for it yet")
            else:  # it may have had another name
                self._cannot_read(error.message)
            return self._found({}, Project(self._tree.root))
        if self._environment is not None and not project.environments:
            self._remark("there are no environments yet; what was defined counts for each of them")
        for path in self._tree.gone():
            self._cannot_read(f"there was {path}, which may have been this project")
        if not (project.root / project.assistants).is_dir():
            self._remark(f"there is no folder {project.assistants} yet")
        elif project.file is None and os.path.lexists(self._root / PROJECT_FILE):
            self._remark(f"there is no {PROJECT_FILE} yet")
        for path in self._tree.submodules:
            self._cannot_read(f"{path} is a submodule")
        if _broken(problems):  # what it says holds for every definition
            self._cannot_read(f"{PROJECT_FILE} has errors")
            return self._found({}, project)
        if not (project.root / project.assistants).is_dir():
            return self._found({}, project)
        loaded = load(project, self._environ)
        for file in sorted({*_broken(loaded.diagnostics), *loaded.broken}):
            self._cannot_read(f"{file} has errors")
        return self._found({found.key: found for found in loaded.definitions}, project)

    def _project(self) -> tuple[Project, tuple[Problem, ...]]:
        """Return the project, with all that it can reach written out.

        That is the definitions folder, and everything only where something leads out of that: an
        include of the defaults, or a link.
        """
        known = Project(self._tree.root).assistants
        self._tree.write(PROJECT_FILE, known)
        project, problems = self._loaded()
        if project.assistants != known:
            self._tree.write(project.assistants)
            project, problems = self._loaded()
        lacking = any(problem.rule == "missing-file" for problem in problems)
        if lacking or self._tree.leads_elsewhere():
            self._tree.write()
            project, problems = self._loaded()
        return project, problems

    def _loaded(self) -> tuple[Project, tuple[Problem, ...]]:
        environment = self._environment if environment_names(self._tree.root) else None
        return load_project(self._tree.root, self._environ, environment)

    def _remark(self, what: str) -> None:
        self._remarks.append(f"at {self._tree.commit[:12]} {what}")

    def _cannot_read(self, what: str) -> None:
        self._remark(f"{what}; what was defined in it cannot be read")
        self._unread.append(f"at {self._tree.commit[:12]} {what}")

    def _found(self, definitions: Mapping[str, Definition], project: Project) -> Base:
        remarks, unread = tuple(self._remarks), tuple(self._unread)
        return Base(self._tree.commit, definitions, remarks, project.absent, unread)


def _broken(problems: Sequence[Problem]) -> set[str]:
    return {problem.location.file for problem in problems if problem.severity == "error"}


class _Entry(NamedTuple):
    """One line of ``git ls-tree -z``, whole, and two parts of it."""

    line: bytes
    mode: bytes
    path: str


class _Tree:
    """The files of a project at one commit, below ``root``, as far as they were asked for."""

    def __init__(self, git: _Git, commit: str, prefix: str, folder: Path) -> None:
        self.commit = commit
        self.root = folder / "tree" / prefix
        self.root.mkdir(parents=True)
        self.submodules: list[str] = []
        self._git = git
        self._prefix = prefix
        self._worktree = git.top(prefix)
        self._top = folder / "tree"
        self._index = {"GIT_INDEX_FILE": str(folder / "index")}
        self._links: list[str] = []

    def write(self, *paths: str) -> None:
        """Write these files and folders of the project; all of it without any."""
        wanted = [self._prefix + path for path in paths] or [self._prefix or "."]
        entries = self._entries(wanted)
        if paths:
            self.submodules += [entry.path for entry in entries if entry.mode == _SUBMODULE]
        self._links = [entry.path for entry in entries if entry.mode == _LINK]
        lines = b"".join(entry.line + b"\0" for entry in entries if entry.mode != _SUBMODULE)
        if lines:
            self._git("update-index", "-z", "--index-info", extra=self._index, stdin=lines)
            target = f"--prefix={self._top}{os.sep}"
            self._git("checkout-index", "--all", "--force", target, extra=self._index)

    def gone(self) -> list[str]:
        """Return what may have been this project in another folder: it is nowhere any more.

        That is a project file, a folder ``assistants`` with YAML files, or a submodule.
        """
        out = self._git("ls-tree", "-r", "-z", "--full-tree", self.commit)
        found: dict[str, None] = {}
        here = f"{self._prefix}{PROJECT_FILE}"
        for line in out.split(b"\0"):
            mode, _, path = line.partition(b" ")[0], *os.fsdecode(line).partition("\t")[1:]
            folder, _, name = path.rpartition("/")
            top, inside, _ = f"/{folder}/".partition("/assistants/")
            if mode == _SUBMODULE or (name == PROJECT_FILE and path != here):
                found[path] = None
            elif inside and name.endswith((".yaml", ".yml")):
                found[f"{top}/assistants".removeprefix("/")] = None
        return [path for path in found if not os.path.lexists(self._worktree / path)]

    def leads_elsewhere(self) -> bool:
        """Whether a link that was written last leads to what was not."""
        return any(not (self._top / path).exists() for path in self._links)

    def _entries(self, paths: Sequence[str]) -> list[_Entry]:
        everything = [] if paths == ["."] else ["--", *paths]
        out = self._git("ls-tree", "-r", "-z", "--full-tree", self.commit, *everything)
        lines = [line for line in out.split(b"\0") if line]
        return [
            _Entry(line, line.partition(b" ")[0], os.fsdecode(line.partition(b"\t")[2]))
            for line in lines
        ]


class _GitFailed(SetupError):
    """Git ended with an error, in its own words."""

    def __init__(self, words: str) -> None:
        hint = None
        if "dubious ownership" in words or "safe.directory" in words:
            hint = "git does not trust this folder: see `git help config`, safe.directory"
        elif "not a git repository" in words:
            hint = "git tells what changed since a commit; run it in a clone"
        super().__init__(f"git says: {words}", hint=hint)


class _Git:
    """The user's own git, run in the project's folder."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        kept = {name: value for name, value in environ.items() if name not in _OF_ANOTHER}
        self._environ = {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}

    def __call__(
        self,
        *arguments: str,
        extra: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        pathspecs: str = "--literal-pathspecs",
    ) -> bytes:
        """Return what a command of git prints; raises SetupError where it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - arguments are a list, and no shell reads them
                ["git", "-C", str(self._root), *_CALMLY, pathspecs, *arguments],  # noqa: S607 - the user's
                input=stdin,
                capture_output=True,
                env={**self._environ, **(extra or {})},
                check=False,
            )
        except OSError as error:
            raise SetupError(
                f"git is needed and cannot be run: {error.strerror}", hint="install git"
            ) from None
        if done.returncode != 0:
            words = " ".join(done.stderr.decode(errors="replace").split())
            raise _GitFailed(words or f"it ended with {done.returncode}")
        return done.stdout

    def place(self) -> tuple[str, bool]:
        """Return the project's folder in the repository, with a slash, and if that is shallow."""
        out = os.fsdecode(self("rev-parse", "--show-prefix", "--is-shallow-repository"))
        prefix, shallow, _ = out.rsplit("\n", 2)
        return prefix, shallow == "true"

    def top(self, prefix: str) -> Path:
        """Return the top of the work tree that has the project's folder at ``prefix``."""
        return Path(os.path.realpath(self._root), *(".." for _ in Path(prefix).parts)).resolve()

    def commit(self, ref: str, *, shallow: bool) -> str:
        """Return the commit that ``ref`` names; raises UsageError where it names none."""
        try:
            if not ref or ref[0] in "-^" or "\0" in ref:
                raise _GitFailed("this cannot be a commit")
            found = self("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        except _GitFailed:
            hint = "write a branch, a tag or a commit; `git fetch` brings those of the remote"
            if shallow:
                hint = (
                    "this clone is shallow: `git fetch --unshallow` brings its history, and so "
                    "does fetch-depth: 0 for a checkout in GitHub Actions"
                )
            raise UsageError(f"git knows no commit {ref!r} here", hint=hint) from None
        return found.decode().strip()
