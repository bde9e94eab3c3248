"""Writes several files at once: all of them, or none."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from revox_sync.authoring.aside import Aside


@dataclass(frozen=True, slots=True)
class Edited:
    """What a file held when it was read, and what it is to hold."""

    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file with its new content and, under another name, its old one."""

    target: Path
    fresh: Path
    old: Path


class Saving:
    """New contents of files. Use as a context manager: on entering they are written aside.

    ``commit`` puts them in place. Everything raises OSError when the disk does not take it; every
    file is then as it was.
    """

    def __init__(self, files: Mapping[Path, Edited]) -> None:
        self._files = files
        self._asides: dict[Path, Aside] = {}
        self._waiting: list[_Waiting] = []
        self._placed: list[_Waiting] = []

    def __enter__(self) -> Self:
        try:
            for target, edited in self._files.items():
                self._prepare(target, edited.after)
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.undo()
        self._clear()

    def commit(self) -> None:
        """Put the new contents in place, one rename after the other."""
        try:
            for waiting in self._waiting:
                if waiting.target.read_bytes() != self._files[waiting.target].before:
                    raise FileExistsError(0, "it has changed in the meantime", str(waiting.target))
                self._placed.append(waiting)
                waiting.fresh.replace(waiting.target)
        except BaseException:
            self.undo()
            raise

    def undo(self) -> None:
        """Put the old contents back."""
        while self._placed:
            waiting = self._placed.pop()
            with suppress(FileNotFoundError):
                waiting.old.replace(waiting.target)

    def _prepare(self, target: Path, content: bytes) -> None:
        if not os.access(target, os.W_OK):  # a rename would not ask
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        aside = self._asides.get(target.parent)
        if aside is None:
            aside = self._asides[target.parent] = Aside(target.parent)
        name = str(len(self._waiting))
        waiting = _Waiting(target, aside.path / name, aside.path / f"{name}-old")
        self._waiting.append(waiting)
        with waiting.fresh.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(target, waiting.fresh)
        try:
            os.link(target, waiting.old)
        except OSError:  # a disk without hard links
            shutil.copy2(target, waiting.old)

    def _clear(self) -> None:
        for aside in self._asides.values():
            aside.remove()
