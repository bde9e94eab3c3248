"""The only writer of files: whole files or none, and of several files all or none.

A file is written aside under a name that nobody can guess, brought to disk, and renamed into place.
No link below the project is written through. Modes stay; what is private is 0600, in folders of
0700.

``Transaction``  several files of a project, such as definitions
``State``        the tool's own folder ``.revox-sync`` in a project: private, never committed
``put``          one file
``send``         a file that was named on the command line, which may be a pipe or a terminal
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self, TextIO

from revox_sync.files.tree import Disk
from revox_sync.records import dataclass

STATE = ".revox-sync"

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_PREFIX = ".writing-"
#: Held as long as the run lives; it goes with the process, however that ends.
_LOCK = ".lock"


def put(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write one file, whole or not at all, and wait until it is on disk. Raises OSError.

    ``mode`` is that of the file; without it, the mode that it has stays, and a new one gets the
    usual one. A link at ``path`` is replaced, and never followed.
    """
    beside = path.with_name(f"{_PREFIX}{os.urandom(8).hex()}")
    if mode is None:
        with suppress(FileNotFoundError):
            mode = stat.S_IMODE(os.lstat(path).st_mode) if not path.is_symlink() else None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(beside, flags, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            if mode is not None and os.name != "nt":
                os.fchmod(descriptor, mode)
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def send(path: Path, content: bytes, project: Path) -> None:
    """Write a file that was named on the command line. Raises OSError.

    A link is followed unless it lies below the real path of ``project``. What is no regular file,
    such as a pipe or /dev/stdout, is written to as it is; a regular one whole or not at all.
    """
    target = named(path, project)
    try:
        status = os.stat(target)  # noqa: PTH116 - what /dev/stdout leads to has no path
    except FileNotFoundError:
        status = None
    stream = _stream_at(status)
    if stream is not None:
        stream.flush()
        _write_all(stream.fileno(), content)
        return
    if status is None or stat.S_ISREG(status.st_mode):
        put(Path(os.path.realpath(target)), content)
        return
    descriptor = os.open(target, os.O_WRONLY)
    try:
        _write_all(descriptor, content)
    finally:
        os.close(descriptor)


def _stream_at(status: os.stat_result | None) -> TextIO | None:
    """Return the stream of this process that a path such as /dev/stdout leads to."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or not a file
            if status is not None and os.path.samestat(status, os.fstat(stream.fileno())):
                return stream
    return None


def named(path: Path, project: Path) -> Path:
    """Return a path that was named on the command line, to be followed wherever it leads.

    Raises OSError where a link below the real path of ``project`` is on the way: what lies in a
    checkout does not decide where the tool reads or writes.
    """
    root = Path(os.path.realpath(project))
    here = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are
    at = Path(here.anchor)  # the real path of what was walked through so far
    for part in here.parts[1:]:
        if at.is_relative_to(root):
            _refuse_links(at, part)
        at = Path(os.path.realpath(at / part))
    return path


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _refuse_links(root: Path, path: str) -> None:
    """Refuse a path with a link on the way or at its end; what does not exist is no link."""
    at = root
    for part in path.split("/"):
        at /= part
        if at.is_symlink():
            raise OSError(errno.ELOOP, f"{at} is a symbolic link, which is not followed", str(at))


class State:
    """The tool's own folder in ``project``: readable for its owner alone, and never committed.

    Paths are relative to the folder, with ``/``. Methods raise OSError when the disk does not take
    something, or where a link is in the way.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self.folder = project / STATE

    def make(self, path: str = "") -> Path:
        """Make a folder, and those around it; return it."""
        self._refuse(path)
        ignore = self.folder / ".gitignore"
        self._refuse(".gitignore")
        self.folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        if not ignore.is_file() or ignore.read_bytes() != b"*\n":
            put(ignore, b"*\n", mode=_PRIVATE_FILE)
        at = self.folder
        for part in path.split("/") if path else ():
            at /= part
            if not at.is_dir():
                at.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
                _sync_folder(at.parent)
        return at

    def write(self, path: str, text: str) -> None:
        """Write a file whole or not at all; its folder is there."""
        self._refuse(path)
        put(self.folder / path, text.encode(), mode=_PRIVATE_FILE)

    def append(self, path: str, line: str) -> None:
        """Add a line to a file, whole or not at all; ``sync`` waits until it is on disk."""
        self._refuse(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.folder / path, flags, _PRIVATE_FILE)
        try:
            before = os.fstat(descriptor).st_size
            text = line.encode() + b"\n"
            if os.write(descriptor, text) != len(text):
                os.ftruncate(descriptor, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(descriptor)

    def sync(self, path: str) -> None:
        """Wait until all that was added to a file is on disk."""
        self._refuse(path)
        descriptor = os.open(self.folder / path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def path(self, path: str) -> Path:
        """Return the path of a file on disk, which is not a link at this moment."""
        self._refuse(path)
        return self.folder / path

    def read(self, path: str) -> bytes:
        """Return what a file holds; raises Unreadable where it is not there or is no plain file."""
        return Disk(self._project, hidden=True).read(f"{STATE}/{path}")

    def _refuse(self, path: str) -> None:
        _refuse_links(self._project, f"{STATE}/{path}".rstrip("/"))


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a file is to hold, and what it held when it was read; None: it was not there."""

    after: bytes
    before: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file with its new content and, where it is there, its old one under another name."""

    target: Path
    change: FileChange
    fresh: Path
    old: Path | None


class Transaction:
    """New contents of files below ``root``, by path with ``/``. Use as a context manager.

    On entering they are written aside; ``commit`` puts them in place, in the order of ``changes``,
    and ``undo`` puts back what was there. Everything raises OSError when the disk does not take it,
    when a file is not as it was read any more, or when a link is in the way. Every file is then as
    it was, and folders that were made are gone.
    """

    def __init__(self, root: Path, changes: Mapping[str, FileChange]) -> None:
        self._root = Path(os.path.realpath(root))
        self._changes = changes
        self._asides: dict[Path, _Aside] = {}
        self._waiting: list[_Waiting] = []
        self._placed: list[_Waiting] = []
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        try:
            for path, change in self._changes.items():
                self._prepare(path, change)
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self.undo()
        self._clear()

    def commit(self) -> None:
        """Put the new contents in place, one rename after the other."""
        try:
            for waiting in self._waiting:
                self._put(waiting)
            for folder in dict.fromkeys(waiting.target.parent for waiting in self._waiting):
                _sync_folder(folder)
        except BaseException:
            self.undo()
            raise

    def undo(self) -> None:
        """Put back what was there before ``commit``."""
        while self._placed:
            waiting = self._placed.pop()
            with suppress(FileNotFoundError):
                if waiting.old is None:
                    waiting.target.unlink()
                else:
                    waiting.old.replace(waiting.target)

    def _prepare(self, path: str, change: FileChange) -> None:
        _refuse_links(self._root, path)
        target = self._root / path
        if change.before is not None and not os.access(target, os.W_OK):  # a rename does not ask
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        beside = next(folder for folder in target.parents if folder.is_dir())
        aside = self._asides.get(beside)
        if aside is None:
            aside = self._asides[beside] = _Aside(beside)
        name = str(len(self._waiting))
        old = None if change.before is None else aside.path / f"{name}-old"
        waiting = _Waiting(target, change, aside.path / name, old)
        self._waiting.append(waiting)
        with waiting.fresh.open("xb") as stream:
            stream.write(change.after)
            stream.flush()
            os.fsync(stream.fileno())
        if old is not None:
            shutil.copymode(target, waiting.fresh)
            try:
                os.link(target, old)
            except OSError:  # a disk without hard links
                shutil.copy2(target, old)

    def _put(self, waiting: _Waiting) -> None:
        if waiting.old is None:
            self._make(waiting.target.parent)
            if os.path.lexists(waiting.target):
                words = "a file of this name has appeared"
                raise FileExistsError(errno.EEXIST, words, str(waiting.target))
            self._placed.append(waiting)
            waiting.fresh.rename(waiting.target)
            return
        if waiting.target.read_bytes() != waiting.change.before:
            words = "it has changed in the meantime"
            raise FileExistsError(errno.EEXIST, words, str(waiting.target))
        self._placed.append(waiting)
        waiting.fresh.replace(waiting.target)

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            self._make(folder.parent)
            folder.mkdir()
            self._made.append(folder)

    def _clear(self) -> None:
        for aside in self._asides.values():
            aside.remove()
        for folder in reversed(self._made):
            with suppress(OSError):  # it holds something
                folder.rmdir()


class _Aside:
    """A new hidden folder, ``path``, in which files wait; it lies ``beside`` what they are for.

    So putting a file in place is a rename on one disk. git does not see the folder, and what a
    killed run left behind goes with the next run that writes there. Methods raise OSError.
    """

    def __init__(self, beside: Path) -> None:
        import tempfile

        from filelock import FileLock

        for found in beside.glob(f"{_PREFIX}*"):
            _remove_dead(found)
        try:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
        except OSError as error:
            error.filename = str(beside)  # nobody knows the new folder's name
            raise
        self._lock = FileLock(self.path / _LOCK)
        try:
            self._lock.acquire()
            (self.path / ".gitignore").write_bytes(b"*\n")
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed have left in a folder and below it. Raises OSError."""
    for found in folder.rglob(f"{_PREFIX}*"):
        _remove_dead(found)


def _remove_dead(folder: Path) -> None:
    """Remove the folder of a run that has ended."""
    from filelock import FileLock, Timeout

    if folder.is_symlink() or not (folder / _LOCK).is_file() or (folder / _LOCK).is_symlink():
        return
    lock = FileLock(folder / _LOCK)
    with suppress(OSError, Timeout):
        lock.acquire(timeout=0)
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _sync_folder(path: Path) -> None:
    if os.name == "nt":
        return  # folders cannot be opened there
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:  # a folder that may be written to and not be listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a disk that cannot do that
            raise
    finally:
        os.close(descriptor)
