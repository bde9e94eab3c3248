"""The files that definitions are made of: which they are, their texts, and what they include."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from revox_sync.definitions.problem import Location, Problem, Source, Unusable
from revox_sync.definitions.suggest import closest
from revox_sync.files.tree import Kind, Tree, Unreadable, link

SUFFIXES = (".yaml", ".yml")

#: What no path in a definition looks like: absolute, with a drive or backslashes, or empty.
UNUSABLE_PATH = re.compile(r"[\x00-\x1f\x7f\\]|^/|^[A-Za-z]:|^$")

#: Control characters, line ends, and what Python makes of bytes that are not UTF-8.
_UNUSABLE_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Texts:
    """The files of one project as texts. Includes are read once and kept while this lives."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._included: dict[str, Source | Unusable] = {}

    def read(self, file: str) -> Source:
        """Return the text of ``file``; Unusable if it is no readable UTF-8 text within the limit.

        A byte order mark is dropped and line ends become ``\\n``.
        """
        try:
            data = self.tree.read(file)
        except Unreadable as error:
            hint = self._similar(file) if error.rule == "missing-file" else error.hint
            raise Unusable(error.rule, error.message, hint) from None
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
        file = _resolve(base, target)
        found = self._included.get(file)
        if found is None:
            try:
                found = self.read(file)
            except Unusable as problem:
                found = problem
            self._included[file] = found
        if isinstance(found, Unusable):
            raise found
        return found

    def _similar(self, file: str) -> str | None:
        folder, name = posixpath.split(file)
        try:
            names = self.tree.list(folder)
        except Unreadable:
            return f"the folder {folder} does not exist"
        match = closest(name, names)
        return f"did you mean {posixpath.join(folder, match)}?" if match else None


def definition_files(tree: Tree, folder: str) -> tuple[list[str], list[Problem]]:
    """Return the definition files below ``folder``, relative to the project, and what is wrong.

    Names that begin with ``_`` or ``.`` are shared parts, at any level; so is what lies in them.
    """
    problems: list[Problem] = []
    found = sorted(_below(tree, folder, problems))
    if not found and not problems:
        message = f"there are no definitions in {folder}"
        hint = f"a definition is a file such as {folder}/front-desk.yaml"
        where = Location(folder)
        problems.append(Problem("no-definitions", message, hint, "warning", location=where))
    return found, problems


def key_of(file: str, folder: str) -> str:
    """Return the key of a definition file: its path below ``folder`` without suffix."""
    return file[len(folder) + 1 :].rpartition(".")[0]


def within(file: str, path: str) -> bool:
    """Whether ``file`` is ``path`` or lies below it; both relative to the project."""
    return path in (".", file) or file.startswith(path + "/")


def _below(tree: Tree, folder: str, problems: list[Problem]) -> Iterator[str]:
    try:
        entries = tree.list(folder)
    except Unreadable as error:
        rule, message, hint = error.rule, error.message, error.hint
        if rule in ("missing-folder", "missing-file"):
            rule, message = "missing-folder", f"the definitions folder {folder} does not exist"
            hint = (
                "`revox-sync pull` writes what the account has; or name another in revox-sync.yaml"
            )
        problems.append(Problem(rule, message, hint, location=Location(folder)))
        return
    for name, kind in entries.items():
        if name.startswith(("_", ".")):
            continue
        file = f"{folder}/{name}"
        problem = _refused(name, kind, file)
        if problem is not None:
            problems.append(problem)
        elif name.endswith(SUFFIXES):
            yield file
        elif kind == "folder":
            yield from _below(tree, file, problems)


def _refused(name: str, kind: Kind, file: str) -> Problem | None:
    """Return why an entry cannot be read as what its name says, if it cannot."""
    at, is_definition = Location(file), name.endswith(SUFFIXES)
    if kind == "link":  # to a folder, perhaps: definitions must not be missing in silence
        refusal = link(file)
        return Problem(refusal.rule, refusal.message, refusal.hint, location=at)
    if kind == "submodule":
        return Problem("submodule", f"{file} is a submodule, which is not read", location=at)
    if (is_definition or kind == "folder") and _UNUSABLE_NAME.search(name):
        message = "this file name holds control characters, or is not UTF-8"
        hint = "rename it; its path is the definition's key"
        return Problem("file-name", message, hint, location=at)
    if is_definition and kind == "folder":
        message = f"{file} is a folder, and its name that of a definition"
        return Problem("not-a-file", message, "rename it", location=at)
    if not is_definition and name.lower().endswith(SUFFIXES):
        message = f"{file} is not read: the suffix of a definition is in lower case"
        return Problem("file-suffix", message, "rename it to .yaml", "warning", location=at)
    return None


def _resolve(base: str, target: str) -> str:
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


def _not_utf8(file: str, data: bytes, offset: int) -> Unusable:
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode()) + 1
    message = f"{file} is not UTF-8: byte {offset + 1}, in line {line}, does not fit"
    return Unusable("not-utf8", message, "save the file as UTF-8", place=(line, column))
