"""Writes another id into ``sync.id`` of a definition file, and changes no other character of it.

Where the file states one id per environment, it is that of the environment at hand.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path as FilePath

from revox_sync.definitions.compose import Composer
from revox_sync.definitions.definition import Definition, Path
from revox_sync.definitions.files import Files
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import Project
from revox_sync.definitions.source import Location
from revox_sync.errors import SetupError

_LINE_END = re.compile(r"\r\n|\r|\n")


def rebinder(project: Project) -> Callable[[Definition, str], None]:
    """Return what writes a new id into the file of a bound definition of ``project``."""

    def rebind(definition: Definition, new_id: str) -> None:
        write_id(project, definition, new_id)

    return rebind


def write_id(project: Project, definition: Definition, new_id: str) -> None:
    """Replace the id that a definition is bound to; comments, order and line ends stay.

    Raises SetupError when the file cannot be written, or no longer states the id as it did; it is
    then as it was.
    """
    old_id = definition.sync.id
    path = project.root / definition.file
    try:
        place, _ = _stated(project, definition)
        text = path.read_bytes().decode()
        changed = _replaced(text, place, str(old_id), new_id)
        if changed is None:
            raise _by_hand(definition, new_id, str(place))
        _write(path, changed)
        if _stated(project, definition)[1] != new_id:
            _write(path, text)
            raise _by_hand(definition, new_id, str(place))
    except (OSError, UnicodeDecodeError, Problem) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _by_hand(definition, new_id, f"{definition.file}: {reason}") from None


def _stated(project: Project, definition: Definition) -> tuple[Location, object]:
    """Return the id that a file binds its definition to, and where it stands."""
    files = Files(project.root)
    composed = Composer(files, {}, project.variables).file(files.read(definition.file))
    own = composed.data.get("sync")
    bound = own.get("id") if isinstance(own, dict) else None
    place: Path = ("sync", "id")
    if isinstance(bound, dict):
        place, bound = (*place, str(project.environment)), bound.get(project.environment)
    return composed.places.location(place), bound


def _replaced(text: str, place: Location, old: str, new: str) -> str | None:
    """Return the text with the scalar at ``place`` replaced; None where it is written otherwise."""
    # Counted as it was read: without byte order mark, every line end one character.
    offset = 1 if text.startswith("\ufeff") else 0
    line = 1
    while line < place.line:
        found = _LINE_END.search(text, offset)
        if found is None:
            return None
        offset, line = found.end(), line + 1
    start = offset + place.column - 1
    for quote in ("", '"', "'"):
        written = f"{quote}{old}{quote}"
        if text.startswith(written, start):
            return f"{text[:start]}{quote}{new}{quote}{text[start + len(written) :]}"
    return None


def _write(path: FilePath, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(path, name)
        FilePath(name).replace(path)
    except BaseException:
        FilePath(name).unlink(missing_ok=True)
        raise


def _by_hand(definition: Definition, new_id: str, where: str) -> SetupError:
    return SetupError(
        f"{where}: the new id could not be written",
        hint=f"write `id: {new_id}` under `sync:` in {definition.file}",
    )
