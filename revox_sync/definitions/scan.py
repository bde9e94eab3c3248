"""The definition files of a project: which files below the definitions folder are assistants."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from revox_sync.definitions.files import Files
from revox_sync.definitions.problem import Location, Problem

SUFFIXES = (".yaml", ".yml")

#: Control characters, line ends, and what Python makes of bytes that are not UTF-8.
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def definition_files(files: Files, folder: str) -> tuple[list[str], list[Problem]]:
    """Return the definition files below ``folder``, relative to the project, and what is wrong.

    Names that begin with ``_`` or ``.`` are shared parts, at any level; so is what lies in them.
    """
    if not os.path.isdir(os.path.join(files.root, folder)):  # noqa: PTH112, PTH118
        message = f"the definitions folder {folder} does not exist"
        hint = "`revox-sync pull` writes what the account has; or name another in revox-sync.yaml"
        return [], [Problem("missing-folder", message, hint, location=Location(folder))]
    if not files.is_inside(folder):
        message = f"the definitions folder {folder} leads out of the project"
        return [], [
            Problem(
                "missing-folder", message, "move it into the project", location=Location(folder)
            )
        ]
    problems: list[Problem] = []
    found = sorted(_below(files, folder, problems))
    if not found and not problems:
        message = f"there are no definitions in {folder}"
        hint = f"a definition is a file such as {folder}/front-desk.yaml"
        where = Location(folder, 1, 1)
        problems.append(Problem("no-definitions", message, hint, "warning", location=where))
    return found, problems


def key_of(file: str, folder: str) -> str:
    """Return the key of a definition file: its path below ``folder`` without suffix."""
    return file[len(folder) + 1 :].rpartition(".")[0]


def _below(files: Files, folder: str, problems: list[Problem]) -> Iterator[str]:
    try:
        entries = list(os.scandir(os.path.join(files.root, folder)))  # noqa: PTH118
    except OSError as error:
        message = f"{folder} cannot be read: {error.strerror}"
        problems.append(Problem("unreadable", message, None, location=Location(folder)))
        return
    for entry in entries:
        if entry.name.startswith(("_", ".")):
            continue
        file = f"{folder}/{entry.name}"
        problem = _refused(files, entry, file)
        if problem is not None:
            problems.append(problem)
        elif entry.name.endswith(SUFFIXES):
            yield file
        elif entry.is_dir(follow_symlinks=False):
            yield from _below(files, file, problems)


def _refused(files: Files, entry: os.DirEntry[str], file: str) -> Problem | None:
    """Return why an entry cannot be read as what its name says, if it cannot."""
    is_definition, is_folder = entry.name.endswith(SUFFIXES), _is_folder(entry)
    if is_folder and entry.is_symlink():
        message = f"{file} is a symbolic link to a folder, which is not followed"
        return Problem("linked-folder", message, "move the folder here", location=Location(file))
    if (is_definition or is_folder) and _UNUSABLE.search(entry.name):
        message = "this file name holds control characters, or is not UTF-8"
        return Problem(
            "file-name",
            message,
            "rename it; its path is the definition's key",
            location=Location(file),
        )
    if is_definition and is_folder:
        message = f"{file} is a folder, and its name that of a definition"
        return Problem("not-a-file", message, "rename it", location=Location(file))
    if is_definition and entry.is_symlink() and not files.is_inside(file):
        message = f"{file} is a symbolic link that leads out of the project"
        return Problem(
            "outside-project", message, "copy the file into the project", location=Location(file)
        )
    if not is_definition and entry.name.lower().endswith(SUFFIXES):
        message = f"{file} is not read: the suffix of a definition is in lower case"
        where = Location(file, 1, 1)
        return Problem("file-suffix", message, "rename it to .yaml", "warning", location=where)
    return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
