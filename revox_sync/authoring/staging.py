"""New files written aside, looked at, and then put in place: all of them or none.

They wait in a hidden folder inside the definitions folder, which no command reads, on the same
disk: putting one in place is a rename. A file in the way is never overwritten.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from revox_sync.authoring.aside import Aside
from revox_sync.definitions.loader import Loaded, load
from revox_sync.definitions.project import Project
from revox_sync.files.tree import Edited


class Staging:
    """New definitions on their way into one project. Use as a context manager.

    Methods raise OSError when the disk does not take a file; the project is then as it was.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folder = project.root / project.assistants
        self._made: list[Path] = []
        self._aside: Aside | None = None
        self._placed: list[Path] = []

    def __enter__(self) -> Self:
        self._make(self._folder)
        try:
            self._aside = Aside(self._folder)
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
        self._clear()

    def load(self, files: Mapping[str, str], name: str, environ: Mapping[str, str]) -> Loaded:
        """Write the files of one definition aside and load it from there, as if in place.

        ``files`` holds texts by path relative to the definitions folder. What was written under
        ``name`` before is replaced.
        """
        own = self._waiting / name
        shutil.rmtree(own, ignore_errors=True)
        for path, text in files.items():
            target = own / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as stream:
                stream.write(text.encode())
                stream.flush()
                os.fsync(stream.fileno())
        folder = f"{self._project.assistants}/{self._waiting.name.lstrip('.')}/{name}"
        made = {f"{folder}/{path}": text.encode() for path, text in files.items()}
        tree = Edited(self._project.files, made)
        return load(replace(self._project, assistants=folder, tree=tree), environ)

    def place(self, names: Sequence[str]) -> None:
        """Put the definitions that were written under these names into the definitions folder."""
        try:
            for name in names:
                found = (self._waiting / name).rglob("*")
                for source in sorted(found, key=_included_first):
                    if source.is_file():
                        self._put(source, self._folder / source.relative_to(self._waiting / name))
        except BaseException:
            for target in self._placed:
                target.unlink(missing_ok=True)
            self._placed.clear()
            raise

    @property
    def _waiting(self) -> Path:
        assert self._aside is not None  # noqa: S101 - set on entering
        return self._aside.path

    def _put(self, source: Path, target: Path) -> None:
        self._make(target.parent)
        if os.path.lexists(target):
            raise FileExistsError(0, "a file of this name has appeared", str(target))
        self._placed.append(target)
        source.rename(target)

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            self._make(folder.parent)
            folder.mkdir()
            self._made.append(folder)

    def _clear(self) -> None:
        """Remove what was written aside, and folders that were made and hold nothing."""
        if self._aside is not None:
            self._aside.remove()
        for folder in reversed(self._made):
            if not any(folder.iterdir()):
                folder.rmdir()


def _included_first(path: Path) -> tuple[int, Path]:
    """Put prompts in place before what includes them: a run may be killed in between."""
    return -len(path.parts), path
