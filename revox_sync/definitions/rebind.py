"""Writes another id into ``sync.id`` of a definition file, and changes no other character of it."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from revox_sync.definitions.compose import Composer
from revox_sync.definitions.composed import Composed
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.files import Files, Source
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import Project
from revox_sync.definitions.source import Location
from revox_sync.errors import SetupError

_PLACE = ("sync", "id")
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
    path = Path(os.path.realpath(project.root / definition.file))
    try:
        text = path.read_bytes().decode()
        before = _composed(project, definition.file, text)
        if _PLACE not in before.places:
            raise _by_hand(definition, new_id, definition.file)
        place = before.places.location(_PLACE)
        wanted = _with_id(before.data, new_id)
        for changed in _replaced(text, place, str(definition.sync.id), new_id):
            if _composed(project, definition.file, changed).data == wanted:
                _write(path, changed)
                return
        raise _by_hand(definition, new_id, str(place))
    except (OSError, UnicodeDecodeError, Problem) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _by_hand(definition, new_id, f"{definition.file}: {reason}") from None


def _composed(project: Project, file: str, text: str) -> Composed:
    """Compose a definition of this text; what its secrets are does not matter here."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Composer(Files(project.root), {}).file(Source(file, plain))


def _with_id(data: Any, new_id: str) -> Any:
    own = data.get("sync") if isinstance(data, dict) else None
    return {**data, "sync": {**own, "id": new_id}} if isinstance(own, dict) else None


def _replaced(text: str, place: Location, old: str, new: str) -> Iterator[str]:
    """Yield the text with the scalar at ``place`` replaced; nothing where it is written otherwise.

    A new id that YAML would take for something else, such as a number, needs quotes.
    """
    # Counted as it was read: without byte order mark, every line end one character.
    offset = 1 if text.startswith("\ufeff") else 0
    line = 1
    while line < place.line:
        found = _LINE_END.search(text, offset)
        if found is None:
            return
        offset, line = found.end(), line + 1
    start = offset + place.column - 1
    for quote in ("", '"', "'"):
        written = f"{quote}{old}{quote}"
        if text.startswith(written, start):
            rest = text[start + len(written) :]
            yield from (f"{text[:start]}{mark}{new}{mark}{rest}" for mark in (quote, '"'))


def _write(path: Path, text: str) -> None:
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _by_hand(definition: Definition, new_id: str, where: str) -> SetupError:
    return SetupError(
        f"{where}: the new id could not be written",
        hint=f"write `id: {new_id}` under `sync:` in {definition.file}",
    )
