"""Commits read as data, and the few questions that git is asked about a project.

A checkout may hold files of people who may not run anything here. So no command looks at the work
tree with git's eyes: no index is written, no filter, attribute, hook or file monitor of the
checkout runs, a folder that looks like a repository is none, and git is given no key.
"""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from revox_sync.errors import SetupError, UsageError
from revox_sync.files.tree import MAX_SIZE, Kind, Tree, Unreadable, too_large

#: What of git's own variables git gets. Others would name another repository or index than the
#: project's, or read paths as patterns; git sets some of them for its hooks.
_OWN = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_DISCOVERY", "GIT_TEST_")
#: Variables that hold, or may hold, what nobody but this tool is to know.
_SECRET = re.compile(
    r"^REVOX_|TOKEN|SECRET|PASS(?:W|PHRASE)|CREDENTIAL|API_?KEY|(?:_KEY|_PAT|_AUTH)$", re.IGNORECASE
)
_SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.splitIndex=false",
)
_KINDS: Mapping[int, Kind] = {0o040000: "folder", 0o120000: "link", 0o160000: "submodule"}


class GitFailed(SetupError):
    """Git ended with an error, in its own words."""

    def __init__(self, words: str) -> None:
        hint = None
        if "dubious ownership" in words or "safe.directory" in words:
            hint = "git does not trust this folder: see `git help config`, safe.directory"
        elif "not a git repository" in words:
            hint = "git tells what changed since a commit; run it in a clone"
        super().__init__(f"git says: {words}", hint=hint)


class Repository:
    """The repository that ``folder`` lies in, asked with the user's own git.

    ``environ`` is the environment of this run; git gets it without its secrets. ``top`` is the top
    of the work tree, ``prefix`` the path of ``folder`` below it: empty, or with a final slash;
    ``is_there`` says whether there is one at all.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        real = Path(os.path.realpath(folder))
        # git would take a folder of the checkout that looks like a bare repository for one.
        found = (place for place in (real, *real.parents) if os.path.lexists(place / ".git"))
        top = next(found, None)
        self.is_there = top is not None
        self.top = top or real
        below = real.relative_to(self.top).as_posix()
        self.prefix = "" if below == "." else f"{below}/"
        kept = {
            name: value
            for name, value in environ.items()
            if not _SECRET.search(name) and (not name.startswith("GIT_") or name.startswith(_OWN))
        }
        self._environ = {
            **kept,
            # What lies further up is another repository, if what is here is none for git.
            "GIT_CEILING_DIRECTORIES": str(self.top.parent),
            "LC_ALL": "C",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def __call__(self, *arguments: str, given: bytes = b"", codes: Collection[int] = (0,)) -> bytes:
        """Return what a command of git prints when it is ``given`` input.

        Raises SetupError where it does not end with one of ``codes``.
        """
        process = self.start(*arguments, stderr=subprocess.PIPE)
        out, err = process.communicate(given)
        if process.returncode not in codes:
            words = " ".join(err.decode(errors="replace").split())
            raise GitFailed(words or f"it ended with {process.returncode}")
        return out

    def start(self, *arguments: str, stderr: int) -> subprocess.Popen[bytes]:
        """Start a command of git with a pipe to its input; raises SetupError without git."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        try:
            command = [_program(self._environ), "-C", str(self.top), *settings, *arguments]
            return subprocess.Popen(  # noqa: S603 - a list, and no shell reads it
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self._environ,
            )
        except OSError as error:
            raise SetupError(
                f"git is needed and cannot be run: {error.strerror}", hint="install git"
            ) from None

    def commit(self, ref: str) -> str:
        """Return the commit that ``ref`` names; raises UsageError where it names none."""
        if re.fullmatch(r"0{40,64}", ref):
            raise UsageError(
                f"{ref} is no commit: a pipeline gives it where a branch has no commit before",
                hint="this is the first push of the branch; name the last commit that was applied, "
                "or, if nothing was applied from git yet, leave --base out",
            )
        try:
            if not ref or ref[0] in "-^" or "\0" in ref:
                raise GitFailed("this cannot be a commit")
            found = self("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        except GitFailed:
            hint = "write a branch, a tag or a commit; `git fetch` brings those of the remote"
            if self("rev-parse", "--is-shallow-repository") == b"true\n":
                hint = (
                    "this clone is shallow: `git fetch --unshallow` brings its history, and so "
                    "does fetch-depth: 0 for a checkout in GitHub Actions"
                )
            raise UsageError(f"git knows no commit {ref!r} here", hint=hint) from None
        return found.decode().strip()

    def is_past(self, commit: str) -> bool:
        """Whether a commit is in the history of what is checked out, as far as that is here."""
        try:
            return not self("rev-list", "--max-count=1", commit, "^HEAD")
        except GitFailed:
            return False

    def left_out(self) -> list[str]:
        """Return the files of the folder that git tracks and a sparse checkout leaves out."""
        out = self("ls-files", "-z", "-v", "--full-name", "--", f":(top,literal){self.prefix}")
        entries = (os.fsdecode(entry).partition(" ") for entry in out.split(b"\0"))
        return [path.removeprefix(self.prefix) for tag, _, path in entries if tag in ("S", "s")]

    def at(self, commit: str) -> Commit:
        """Return the files at a commit, those of ``folder``; use as a context manager."""
        return Commit(self, commit)


class Commit(Tree):
    """The files of a repository's folder at ``commit``. Use as a context manager.

    Trees and blobs are taken from ``git cat-file --batch`` as they are.
    """

    def __init__(self, repository: Repository, commit: str) -> None:
        super().__init__()
        self.commit = commit
        self._repository = repository
        self.prefix = repository.prefix
        self._process: subprocess.Popen[bytes] | None = None
        self._listed: dict[str, dict[str, tuple[Kind, str]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.communicate()

    def place(self) -> Kind | None:
        """Return what the folder itself was, or what stood on the way to it; None: nothing."""
        path = ""
        for part in Path(self.prefix).parts:
            path = posixpath.join(path, part)
            kind, _ = self._entry(path)
            if kind != "folder":
                return None if kind == "file" else kind
        return "folder"

    def everywhere(self) -> Iterator[tuple[str, bool]]:
        """Yield the path of every file of the commit, from the top, and if it is a submodule."""
        out = self._repository("ls-tree", "-r", "-z", "--full-tree", self.commit)
        for line in out.split(b"\0"):
            if line:
                about, _, path = line.partition(b"\t")
                yield os.fsdecode(path), about.startswith(b"160000")

    def kind(self, path: str) -> Kind | None:  # noqa: D102 - as in Tree
        return self._entry(self._whole(path))[0]

    def identity(self, file: str) -> str | None:
        """Return git's id of a plain file's content; None for a file that is not read."""
        try:
            self._check(file)
        except Unreadable:
            return None
        kind, identity = self._entry(self._whole(file))
        return identity if kind == "file" else None

    def _entries(self, folder: str) -> Mapping[str, Kind]:
        return {name: kind for name, (kind, _) in self._tree(self._whole(folder)).items()}

    def _content(self, file: str) -> bytes:
        data = self._object(self._entry(self._whole(file))[1], MAX_SIZE)
        if data is None:
            raise too_large(file)
        return data

    def _whole(self, path: str) -> str:
        """Return a path from the top of the repository; empty for the top."""
        whole = posixpath.normpath(f"{self.prefix}{path}")
        return "" if whole == "." else whole

    def _entry(self, path: str) -> tuple[Kind | None, str]:
        """Return what a path from the top is, None for nothing, and the object that it names."""
        if not path:
            return "folder", f"{self.commit}^{{tree}}"
        folder, _, name = path.rpartition("/")
        return self._tree(folder).get(name, (None, ""))

    def _tree(self, path: str) -> dict[str, tuple[Kind, str]]:
        """Return the entries of a folder of the commit, from the top; empty if it is no folder."""
        if path not in self._listed:
            kind, identity = self._entry(path)
            data = self._object(identity) if kind == "folder" else None
            self._listed[path] = dict(_parsed(data or b"", len(self.commit) // 2))
        return self._listed[path]

    def _object(self, name: str, most: int | None = None) -> bytes | None:
        """Return what an object holds; None for more than ``most`` bytes. Raises OSError."""
        if self._process is None:
            self._process = self._repository.start("cat-file", "--batch", stderr=subprocess.DEVNULL)
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None  # noqa: S101 - both are pipes
        assert answered is not None  # noqa: S101
        asked.write(name.encode() + b"\n")
        asked.flush()
        words = answered.readline().split()
        if len(words) != 3:  # noqa: PLR2004 - id, kind, size; "missing" where it is not here
            raise OSError(0, "git does not have it")
        left = int(words[2]) + 1
        if most is None or left <= most + 1:
            return answered.read(left)[:-1]
        while left > 0:
            left -= len(answered.read(min(left, 1 << 20))) or left
        return None


def _program(environ: Mapping[str, str]) -> str:
    """Return where git is; raises FileNotFoundError without one.

    Windows looks in the current folder first, and so does a path with a relative folder in it: that
    may be a checkout, which may hold a program of that name.
    """
    name = "git.exe" if os.name == "nt" else "git"
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        found = Path(folder, name)
        if found.is_absolute() and found.is_file() and os.access(found, os.X_OK):
            return str(found)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def identity_of(data: bytes) -> str:
    """Return git's id of a file that holds ``data``, in a repository of the usual format."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def _parsed(data: bytes, width: int) -> Iterator[tuple[str, tuple[Kind, str]]]:
    """Yield the entries of a tree object: ``mode name NUL id``, the id in ``width`` bytes."""
    at = 0
    while at < len(data):
        space, end = data.index(b" ", at), data.index(b"\0", at)
        name, kind = os.fsdecode(data[space + 1 : end]), _KINDS.get(int(data[at:space], 8), "file")
        yield name, (kind, data[end + 1 : end + 1 + width].hex())
        at = end + 1 + width


def tracked(root: Path, environ: Mapping[str, str], folder: str) -> frozenset[str]:
    """Return the files below a folder of the project that git tracks, whatever their case.

    A path is relative to ``root``, with ``/``; the folder itself is named where it is a submodule
    or a link. There are none outside a repository. Raises SetupError where git cannot tell.
    """
    repository = Repository(root, environ)
    if not repository.is_there:
        return frozenset()
    # A path is a pattern here: icase and literal exclude each other.
    pattern = re.sub(r"([*?\[\\])", r"\\\1", repository.prefix + folder)
    out = repository("ls-files", "-z", "--full-name", "--", f":(top,icase){pattern}")
    paths = (os.fsdecode(path) for path in out.split(b"\0") if path)
    return frozenset(path[len(repository.prefix) :] for path in paths)


def ignored(repository: Repository, files: Sequence[str]) -> frozenset[str]:
    """Return those of ``files``, by their paths from the top, that git ignores.

    What git tracks is not ignored. Raises SetupError where git cannot tell.
    """
    given = "".join(f"{file}\0" for file in files).encode(errors="surrogateescape")
    out = repository("check-ignore", "-z", "--stdin", given=given, codes=(0, 1))  # 1: none is
    return frozenset(os.fsdecode(path) for path in out.split(b"\0") if path)


def uncommitted(root: Path, environ: Mapping[str, str], files: Sequence[Path]) -> list[Path]:
    """Return those of ``files`` that the last commit does not hold as they are.

    ``root`` is the project's folder. There are none outside a repository. Raises SetupError where
    git cannot tell. Line ends make no difference, since git may have written others.
    """
    repository = Repository(root, environ)
    if not files or not repository.is_there:
        return []
    try:
        head = repository.commit("HEAD")
    except UsageError:
        return list(files)
    top = Repository(repository.top, environ)
    with top.at(head) as tree:
        return [file for file in files if not _holds(tree, top.top, file)]


def _holds(tree: Commit, top: Path, file: Path) -> bool:
    try:
        path = Path(os.path.realpath(file)).relative_to(top).as_posix()
        return _plain(tree.read(path)) == _plain(file.read_bytes())
    except (ValueError, OSError, Unreadable):
        return False


def _plain(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")
