"""Files of a project as text: what is read, what is refused, and places in it."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from pathlib import Path

from revox_sync.definitions.problem import Source, Unusable
from revox_sync.definitions.suggest import closest

#: The largest file that is read, in bytes, and the longest text that one definition may come to.
MAX_SIZE = 5 * 1024 * 1024

#: What no path in a definition looks like: absolute, with a drive or backslashes, or empty.
UNUSABLE_PATH = re.compile(r"[\x00-\x1f\x7f\\]|^/|^[A-Za-z]:|^$")


class Files:
    """The files below one project folder. Includes are read once and kept while this lives."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self._included: dict[str, Source | Unusable] = {}

    def read(self, file: str) -> Source:
        """Return the text of ``file``; Unusable if it is no readable UTF-8 text within the limit.

        A byte order mark is dropped and line ends become ``\\n``.
        """
        data = self._bytes(file)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise _not_utf8(file, data, error.start) from None
        text = text.removeprefix("\ufeff")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return Source(file, text)

    def included(self, base: str, target: str) -> Source:
        """Return the file that ``base`` includes as ``target``; Unusable if that is refused."""
        file = self._resolve(base, target)
        found = self._included.get(file)
        if found is None:
            try:
                self._inside(file)
                found = self.read(file)
            except Unusable as problem:
                found = problem
            self._included[file] = found
        if isinstance(found, Unusable):
            raise found
        return found

    def is_inside(self, file: str) -> bool:
        """Whether ``file``, its symbolic links followed, lies inside the project."""
        real = os.path.realpath(os.path.join(self.root, file))  # noqa: PTH118
        return real.startswith(self.root.rstrip(os.sep) + os.sep)

    def _bytes(self, file: str) -> bytes:
        path = os.path.join(self.root, file)  # noqa: PTH118
        try:
            status = os.stat(path)  # noqa: PTH116
            if not stat.S_ISREG(status.st_mode):
                kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
                raise Unusable("not-a-file", f"{file} is {kind}", "only plain files are read")
            if status.st_size > MAX_SIZE:
                raise _too_large(file)
            with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
                return stream.read() or b""
        except FileNotFoundError:
            raise Unusable("missing-file", f"{file} does not exist", self._similar(file)) from None
        except OSError as error:
            reason = (error.strerror or "it cannot be read").lower()
            raise Unusable("unreadable", f"{file} cannot be read: {reason}") from None

    def _similar(self, file: str) -> str | None:
        folder, name = posixpath.split(file)
        try:
            names = os.listdir(os.path.join(self.root, folder))  # noqa: PTH118, PTH208
        except OSError:
            return f"the folder {folder} does not exist"
        match = closest(name, names)
        return f"did you mean {posixpath.join(folder, match)}?" if match else None

    def _resolve(self, base: str, target: str) -> str:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(base), target))
        if UNUSABLE_PATH.search(target) or file == ".":
            raise Unusable(
                "include-path",
                "this is no path that can be included",
                "write a path relative to this file, with /, such as prompts/front-desk.md",
            )
        if ".." in target.split("/"):
            raise Unusable(
                "include-outside",
                "an included path cannot lead upwards with ..",
                "put the shared file beside or below the file that includes it",
            )
        return file

    def _inside(self, file: str) -> None:
        """Refuse links that lead out, and where the machine's credentials live."""
        if not self.is_inside(file):
            raise _outside(f"{file} is a symbolic link that leads out of the project folder")
        real = Path(self.root, file).resolve().relative_to(self.root)
        if any(map(_holds_credentials, (tuple(file.split("/")), real.parts))):
            raise Unusable(
                "include-hidden",
                f"{file} is one of the hidden files that often hold credentials",
                "shared parts lie below the definitions folder",
            )


def _holds_credentials(parts: tuple[str, ...]) -> bool:
    """Whether a path leads to the repository's own settings, or the environment's."""
    return parts[0].startswith(".") or ".git" in parts or parts[-1].startswith(".env")


def within(file: str, path: str) -> bool:
    """Whether ``file`` is ``path`` or lies below it; both relative to the project."""
    return path in (".", file) or file.startswith(path + "/")


def _outside(message: str) -> Unusable:
    return Unusable("include-outside", message, "copy the file into the project")


def _not_utf8(file: str, data: bytes, offset: int) -> Unusable:
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode()) + 1
    message = f"{file} is not UTF-8: byte {offset + 1}, in line {line}, does not fit"
    return Unusable("not-utf8", message, "save the file as UTF-8", place=(line, column))


def _too_large(file: str) -> Unusable:
    return Unusable("too-large", f"{file} is larger than 5 MB, the most that is read")
