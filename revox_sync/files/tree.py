"""The files of one folder, wherever they are: on disk, edited in memory, or at a commit of git.

``Tree`` knows two questions, what a folder holds and what a file holds, and one policy for all
backings: no link is followed, nothing hidden is read, and only plain files of a bounded size are.
The folder itself may be reached through a link; nothing below it is.

Paths are relative to the folder and use ``/``; the empty path is the folder. Where the folder lies
in a repository, a path may lead upwards with ``..`` at its beginning, up to the repository's top.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

#: The largest file that is read, in bytes.
MAX_SIZE = 5 * 1024 * 1024

#: ``special`` is a pipe, a device or a socket.
Kind = Literal["file", "folder", "link", "submodule", "special"]

_WORDS: Mapping[Kind, str] = {
    "folder": "is a folder",
    "submodule": "is a submodule",
    "special": "is not a regular file",
}
_PLAIN = "only plain files are read"


class Unreadable(Exception):
    """A file or folder is not read; ``rule`` is a stable id, ``message`` and ``hint`` say why."""

    def __init__(self, rule: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint


class Tree(ABC):
    """The files of one folder. With ``hidden``, names that begin with a dot are read, too."""

    #: The path of the folder below the repository's top, with a final slash; empty at the top, and
    #: without a repository.
    prefix: str = ""

    #: The real path of the folder, where the files are those of a work tree.
    root: str | None = None

    def __init__(self, *, hidden: bool = False) -> None:
        self._hidden = hidden
        self._folders: dict[str, Kind | None] = {"": "folder"}

    def path(self, path: str) -> str | None:
        """Return the one spelling of a path, in which no folder is left again.

        None for one that leads out of the repository or, without one, out of the folder.
        """
        whole = posixpath.normpath(f"{self.prefix}{path}")
        if whole == ".." or whole.startswith(("../", "/")):
            return None
        return posixpath.relpath(whole, self.prefix or ".")

    @abstractmethod
    def kind(self, path: str) -> Kind | None:
        """Return what ``path`` is, without following links; None for nothing.

        Raises OSError if the disk does not tell.
        """

    @abstractmethod
    def _entries(self, folder: str) -> Mapping[str, Kind]:
        """Return the names in a folder that was looked at, and what they are; may raise OSError."""

    @abstractmethod
    def _content(self, file: str) -> bytes:
        """Return the content of a plain file; raises Unreadable if it is too large, or OSError."""

    def list(self, folder: str) -> Mapping[str, Kind]:
        """Return the names in ``folder`` and what they are, hidden ones included.

        Raises Unreadable where the folder is not there or is not read.
        """
        try:
            self._check(folder)
            kind = self.kind(folder)
            if kind is None:
                raise Unreadable("missing-folder", f"the folder {folder} does not exist")
            if kind == "link":
                raise link(folder)
            if kind != "folder":
                what = _WORDS.get(kind, "is a file")
                message = f"{folder} {what}, where a folder is expected"
                raise Unreadable("not-a-folder", message, "give it another name")
            return self._entries(folder)
        except OSError as error:
            raise _unreadable(folder, error) from None

    def read(self, file: str) -> bytes:
        """Return the content of a plain file.

        Raises Unreadable where the file is not there, is not read, or is larger than MAX_SIZE.
        """
        try:
            self._check(file)
            kind = self.kind(file)
            if kind is None:
                raise FileNotFoundError
            if kind == "link":
                raise link(file)
            if kind != "file":
                raise Unreadable("not-a-file", f"{file} {_WORDS[kind]}", _PLAIN)
            return self._content(file)
        except (FileNotFoundError, NotADirectoryError):
            raise Unreadable("missing-file", f"{file} does not exist") from None
        except OSError as error:
            raise _unreadable(file, error) from None

    def _check(self, path: str) -> None:
        """Refuse a path that leads out, that is hidden, or that goes through a link."""
        parts = path.split("/") if path else []
        up = parts.count("..")
        spelled = self.path(path) if up else posixpath.normpath(path.lstrip("/"))
        if path and spelled != path:
            raise Unreadable("outside", f"{path} leads out of the project")
        above = self.prefix.split("/")[: -1 - up] if up else []
        if not self._hidden and any(part.startswith(".") for part in (*above, *parts[up:])):
            hint = "hidden files often hold credentials, so they are never read"
            raise Unreadable("hidden-file", f"{path} is hidden", hint)
        for end in range(up + 1, len(parts)):
            folder = "/".join(parts[:end])
            if folder not in self._folders:
                self._folders[folder] = self.kind(folder)
            kind = self._folders[folder]
            if kind == "link":
                raise link(folder)
            if kind == "submodule":
                raise submodule(folder)
            if kind != "folder":
                raise Unreadable("missing-file", f"{path} does not exist")


def link(path: str) -> Unreadable:
    """Return the refusal of a symbolic link."""
    return Unreadable(
        "symbolic-link",
        f"{path} is a symbolic link, which is not followed",
        "put what it leads to in its place",
    )


def submodule(path: str) -> Unreadable:
    """Return the refusal of a git submodule."""
    message = f"{path} is a submodule, which is not read"
    return Unreadable("submodule", message, "put the file into this repository")


def too_large(file: str) -> Unreadable:
    """Return the refusal of a file that is larger than MAX_SIZE."""
    message = f"{file} is larger than 5 MB, the most that is read"
    return Unreadable("too-large", message, "shorten it")


def _unreadable(path: str, error: OSError) -> Unreadable:
    reason = (error.strerror or "it cannot be read").lower()
    message = f"{path or 'the folder'} cannot be read: {reason}"
    return Unreadable("unreadable", message, "see to it that it can be read, or remove it")


class Disk(Tree):
    """The files below ``root`` as they are on disk."""

    def __init__(self, root: Path, *, hidden: bool = False) -> None:
        super().__init__(hidden=hidden)
        self.root: str = os.path.realpath(root)

    @cached_property
    def prefix(self) -> str:  # type: ignore[override]  # noqa: D102 - as in Tree
        below = Path(self.root)
        for top in (below, *below.parents):
            if os.path.lexists(top / ".git"):
                return f"{below.relative_to(top).as_posix()}/" if below != top else ""
        return ""

    def kind(self, path: str) -> Kind | None:  # noqa: D102 - as in Tree
        try:
            return _kind_of(os.lstat(self._at(path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _entries(self, folder: str) -> Mapping[str, Kind]:
        with os.scandir(self._at(folder)) as entries:
            return {
                entry.name: "link"
                if entry.is_symlink()
                else "folder"
                if entry.is_dir()
                else "file"
                if entry.is_file()
                else "special"
                for entry in entries
            }

    def _content(self, file: str) -> bytes:
        # What was looked at may have been replaced since: a link is not followed even then, and a
        # pipe does not make the run wait.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(self._at(file), flags | getattr(os, "O_BINARY", 0))
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise link(file) from None
            raise
        with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("not-a-file", f"{file} {_WORDS['special']}", _PLAIN)
            if status.st_size > MAX_SIZE:
                raise too_large(file)
            return stream.read() or b""

    def _at(self, path: str) -> str:
        return os.path.join(self.root, path)  # noqa: PTH118


def _kind_of(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "special"


class Edited(Tree):
    """The files of another tree with ``changes``: path -> new content."""

    def __init__(self, under: Tree, changes: Mapping[str, bytes]) -> None:
        super().__init__(hidden=under._hidden)
        self.prefix, self.root = under.prefix, under.root
        self._under = under
        self._changes = changes

    @cached_property
    def _made(self) -> Mapping[str, Mapping[str, Kind]]:
        """What the changes make, by folder; most change what is there, and nobody asks."""
        made: dict[str, dict[str, Kind]] = {}
        for path in self._changes:
            kind: Kind = "file"
            while path:
                folder, _, name = path.rpartition("/")
                made.setdefault(folder, {}).setdefault(name, kind)
                path, kind = folder, "folder"  # noqa: PLW2901
        return made

    def kind(self, path: str) -> Kind | None:  # noqa: D102 - as in Tree
        folder, _, name = path.rpartition("/")
        return self._under.kind(path) or self._made.get(folder, {}).get(name)

    def _entries(self, folder: str) -> Mapping[str, Kind]:
        under = self._under.list(folder) if self._under.kind(folder) == "folder" else {}
        return {**self._made.get(folder, {}), **under}

    def _content(self, file: str) -> bytes:
        changed = self._changes.get(file)
        return self._under._content(file) if changed is None else changed
