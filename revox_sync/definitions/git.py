"""Definitions as they were at a commit, read from git without touching the work tree.

The files of the commit are written to a temporary folder and loaded like any others, so that
includes, defaults and references mean the same. Definitions that cannot be read there count as not
there yet: they say nothing about who moved since.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import load
from revox_sync.definitions.project import PROJECT_FILE, load_project
from revox_sync.errors import SetupError, UsageError

_SUBMODULE = b"160000"
#: Set by git for its hooks; they would name another repository or index than the project's.
_OF_HOOKS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


@dataclass(frozen=True, slots=True)
class Base:
    """The definitions at a commit, by key; ``remarks`` say what could not be read there."""

    commit: str
    definitions: Mapping[str, Definition]
    remarks: tuple[str, ...] = ()


def definitions_at(
    root: Path, ref: str, environ: Mapping[str, str], environment: str | None = None
) -> Base:
    """Return the definitions of the project in ``root`` as they were at ``ref``.

    Raises UsageError for a ref that names no commit here, SetupError where there is no git or no
    repository.
    """
    commit = _commit(root, ref)
    prefix = _git(root, "rev-parse", "--show-prefix").decode().rstrip("\n")
    with tempfile.TemporaryDirectory(prefix="revox-sync-") as folder:
        remarks = _write_tree(root, commit, prefix, Path(folder))
        there = Path(folder) / "tree" / prefix
        if not there.is_dir():
            return Base(commit, {}, (f"at {commit[:12]} there is no project in this folder yet",))
        return _loaded(there, commit, environ, environment, remarks)


def _loaded(
    there: Path,
    commit: str,
    environ: Mapping[str, str],
    environment: str | None,
    remarks: list[str],
) -> Base:
    try:
        project, problems = load_project(there, environ, environment)
    except UsageError as error:
        remarks.append(f"at {commit[:12]}: {error.message}")
        return Base(commit, {}, tuple(remarks))
    if any(problem.severity == "error" for problem in problems):
        remarks.append(f"at {commit[:12]} {PROJECT_FILE} has errors; what it says is left out")
    if not (there / project.assistants).is_dir():
        remarks.append(f"at {commit[:12]} there is no folder {project.assistants}")
        return Base(commit, {}, tuple(remarks))
    loaded = load(project, environ)
    broken = {
        problem.location.file for problem in loaded.diagnostics if problem.severity == "error"
    }
    remarks += [
        f"at {commit[:12]} {file} has errors; what it says is left out" for file in sorted(broken)
    ]
    found = {definition.key: definition for definition in loaded.definitions}
    return Base(commit, found, tuple(remarks))


def _commit(root: Path, ref: str) -> str:
    try:
        found = _git(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
        )
    except _GitFailed as failed:
        if failed.words:
            raise failed.told() from None
        hint = "`git log` names commits; write a branch, a tag or a commit"
        if _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
            hint = (
                f"this clone is shallow: `git fetch --depth=1 origin {ref}` brings that commit, or "
                "check out with fetch-depth: 0"
            )
        raise UsageError(f"--base: git knows no commit {ref!r} here", hint=hint) from None
    return found.decode().strip()


def _write_tree(root: Path, commit: str, prefix: str, folder: Path) -> list[str]:
    """Write the project's files at a commit below ``folder``; return remarks on what is missing."""
    index = {"GIT_INDEX_FILE": str(folder / "index")}
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    _git(top, "read-tree", commit, extra=index)
    staged = _git(top, "ls-files", "-s", "-z", "--", prefix or ".", extra=index).split(b"\0")
    entries = [(line.split(b" ", 1)[0], line.partition(b"\t")[2]) for line in staged if line]
    inner = [path for mode, path in entries if mode == _SUBMODULE]
    files = b"\0".join(path for mode, path in entries if mode != _SUBMODULE)
    if files:
        target = f"--prefix={folder / 'tree'}{os.sep}"
        _git(top, "checkout-index", "-z", "--stdin", target, extra=index, stdin=files)
    return [
        f"{path.decode(errors='replace')} is a submodule; what was in it at {commit[:12]} is not "
        "read"
        for path in inner
    ]


class _GitFailed(Exception):
    """Git ended with an error, in its own words."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words

    def told(self) -> SetupError:
        """Return the error for the reader."""
        hint = None
        if "dubious ownership" in self.words or "safe.directory" in self.words:
            hint = "git does not trust this folder: see `git help config`, safe.directory"
        elif "not a git repository" in self.words:
            hint = "--base compares with a commit; run it in a clone"
        return SetupError(f"--base: git says: {self.words}", hint=hint)


def _git(
    root: Path, *arguments: str, extra: Mapping[str, str] | None = None, stdin: bytes = b""
) -> bytes:
    environ = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    try:
        done = subprocess.run(  # noqa: S603 - arguments are a list, and no shell reads them
            ["git", "-C", str(root), *arguments],  # noqa: S607 - the user's own git
            input=stdin,
            capture_output=True,
            env={**environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", **(extra or {})},
            check=False,
        )
    except OSError as error:
        raise SetupError(
            f"--base needs git, which cannot be run: {error.strerror}", hint="install git"
        ) from None
    if done.returncode != 0:
        words = " ".join(done.stderr.decode(errors="replace").split())
        if arguments[:1] == ("rev-parse",) and "--quiet" in arguments:
            raise _GitFailed(words)
        raise _GitFailed(words or f"it ended with {done.returncode}").told()
    return done.stdout
