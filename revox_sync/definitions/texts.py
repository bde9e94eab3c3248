"""The files of definitions: which they are, their texts, and what tools left in them."""

from __future__ import annotations

import os
import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from revox_sync.definitions.problem import Location, Problem, Unusable, did_you_mean
from revox_sync.errors import SetupError
from revox_sync.files.tree import Kind, Tree, Unreadable, link, submodule
from revox_sync.secrecy.redactor import cut_line, shown_line

SUFFIXES = (".yaml", ".yml")

#: What no path in a definition looks like: absolute, with a drive or backslashes, or empty.
UNUSABLE_PATH = re.compile(r"[\x00-\x1f\x7f\\]|^/|^[A-Za-z]:|^$")

_UNUSABLE_INCLUDE = re.compile(r"[\x00-\x1f\x7f\\]|^//|^[A-Za-z]:|^$")

#: Control characters, line ends, and what Python makes of bytes that are not UTF-8.
_UNUSABLE_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


#: A line of more characters is masked once for all the problems in it.
_LONG_LINE = 2_000


class Source:
    """The text of one file: ``file`` is relative to the project, line ends are ``\\n``."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._long_lines: dict[int, str | None] = {}

    @cached_property
    def may_have_leftovers(self) -> bool:
        """Whether something in the text may be what no author wrote; mostly it is not."""
        text = self.text
        return any(rare in text and sign in text for rare, sign in _SIGNS)

    @cached_property
    def may_be_cut(self) -> bool:
        """Whether a ``#`` may have cut a value off."""
        return " #" in self.text or ("\t" in self.text and "\t#" in self.text)

    @cached_property
    def _starts(self) -> list[int]:
        """The offsets at which lines begin."""
        return list(accumulate([len(line) + 1 for line in self.text.split("\n")], initial=0))[:-1]

    def location(self, index: int) -> Location:
        """Return the place of the character at ``index``."""
        line = bisect_right(self._starts, index)
        return Location(self.file, line, index - self._starts[line - 1] + 1)

    def locate(
        self,
        problem: Problem,
        index: int,
        *,
        masked: bool = False,
        hidden: Sequence[tuple[int, int]] = (),
    ) -> Problem:
        """Return ``problem`` at the character at ``index``, with its line where it may be shown.

        ``masked``: what stands in that line from ``index`` on is never shown, and neither is what
        stands at the places ``hidden``, offsets into the text, which touch that line.
        """
        location = self.location(index)
        start = self._starts[location.line - 1]
        ends = self._starts[location.line] - 1 if location.line < len(self._starts) else None
        line = self.text[start:ends]
        # A long line may hold a thousand problems, and is looked at once, wherever the carets are.
        is_long = len(line) > _LONG_LINE
        if is_long and (masked or location.line in self._long_lines):
            shown = None if masked else self._long_lines[location.line]
        else:
            spans = ((max(begin - start, 0), end - start) for begin, end in hidden)
            stars = [(begin, end) for begin, end in spans if end > begin]
            if masked:
                line = cut_line(line, location.column)
                stars = [(begin, end) for begin, end in stars if end < location.column]
            shown = shown_line(line, len(line) + 1 if is_long else location.column, stars)
            if is_long:
                self._long_lines[location.line] = shown
        return replace(problem, location=location, source_line=shown)


class Texts:
    """The files of one project as texts. Includes are read once and kept while this lives.

    ``identities`` holds git's id of every file that was read, if that is asked for.
    """

    def __init__(self, tree: Tree, *, identified: bool = False) -> None:
        self.tree = tree
        self.identities: dict[str, str] = {}
        self._identified = identified
        self._included: dict[str, Source | Unusable] = {}
        self._ignored: dict[str, frozenset[str]] = {}

    def read(self, file: str) -> Source:
        """Return the text of ``file``; Unusable if it is no readable UTF-8 text within the limit.

        A byte order mark is dropped and line ends become ``\\n``.
        """
        try:
            data = self.tree.read(file)
        except Unreadable as error:
            hint = self._similar(file) if error.rule == "missing-file" else error.hint
            raise Unusable(error.rule, error.message, hint) from None
        if self._identified:
            from revox_sync.files.git import identity_of

            self.identities[file] = identity_of(data)
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
                found = self.read(file)
                self._refuse_ignored(file)
            except Unusable as problem:
                found = problem
            self._included[file] = found
        if isinstance(found, Unusable):
            raise found
        return found

    def _resolve(self, base: str, target: str) -> str:
        """Return the path that ``base`` names: from itself, or from the project with a ``/``."""
        if _UNUSABLE_INCLUDE.search(target) or posixpath.basename(target) in {"", ".", ".."}:
            hint = (
                "write a path from this file, such as ../shared/legal.md, or from the project's "
                "folder, such as /shared/legal.md"
            )
            raise Unusable("include-path", "this path cannot be included", hint)
        folder = "" if target.startswith("/") else posixpath.dirname(base)
        file = self.tree.path(posixpath.join(folder, target.removeprefix("/")))
        if file is None:
            message = "this path leads out of the repository, or, without one, out of the project"
            raise Unusable("include-outside", message, "put the shared file into the repository")
        return file

    def _refuse_ignored(self, file: str) -> None:
        """Refuse what git ignores in a work tree: nobody reviews it, and it often is a secret."""
        folder, name = posixpath.split(file)
        if self.tree.root is not None and folder not in self._ignored:
            self._ignored[folder] = self._ignored_in(folder, Path(self.tree.root))
        if name in self._ignored.get(folder, ()):
            message = f"{file} is ignored by git, so nobody can review it"
            raise Unusable("ignored-file", message, "commit it, or take it out of .gitignore")

    def _ignored_in(self, folder: str, root: Path) -> frozenset[str]:
        """Return the names in a folder that git ignores; asked once for all of them."""
        from revox_sync.files.git import Repository, ignored  # most projects include nothing

        repository = Repository(root, os.environ)
        if not repository.is_there:
            return frozenset()
        where = posixpath.normpath(f"{repository.prefix}{folder}")
        names = [name for name, kind in self.tree.list(folder).items() if kind == "file"]
        try:
            found = ignored(repository, [posixpath.normpath(f"{where}/{name}") for name in names])
        except SetupError as error:
            hint = error.hint or "git tells which files nobody reviews, and those are not included"
            raise Unusable("unreadable", error.message, hint) from None
        return frozenset(map(posixpath.basename, found))

    def _similar(self, file: str) -> str:
        folder, name = posixpath.split(file)
        try:
            names = [
                name
                for name, kind in self.tree.list(folder).items()
                if kind == "file" and not name.startswith(".")
            ]
        except Unreadable:
            return f"there is no folder {folder}; a path begins at the file that it stands in"
        otherwise = "write that file, or correct the path; it begins at the file that it stands in"
        return did_you_mean(name, names, folder) or otherwise


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


def lies_at(file: str, path: str) -> bool:
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
    """Return why an entry cannot be read as what its name says; None if it can."""
    at, is_definition = Location(file), name.endswith(SUFFIXES)
    if kind in ("link", "submodule"):  # perhaps a folder: no definition may be missed in silence
        refusal = link(file) if kind == "link" else submodule(file)
        return Problem(refusal.rule, refusal.message, refusal.hint, location=at)
    if (is_definition or kind == "folder") and _UNUSABLE_NAME.search(name):
        message = "this file name holds control characters, or is not UTF-8"
        hint = "rename it; its path is the definition's key"
        return Problem("file-name", message, hint, location=at)
    if is_definition and kind == "folder":
        message = f"{file} is a folder, but has the name of a definition"
        return Problem("not-a-file", message, "rename it", location=at)
    if not is_definition and name.lower().endswith(SUFFIXES):
        message = f"{file} is not read: a definition's suffix is in lower case"
        return Problem("file-suffix", message, "rename it to .yaml", "warning", location=at)
    return None


def _not_utf8(file: str, data: bytes, offset: int) -> Unusable:
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode()) + 1
    message = f"{file} is not UTF-8: byte {offset + 1}, in line {line}, does not fit"
    return Unusable("not-utf8", message, "save the file as UTF-8", place=(line, column))


#: One of them is in every text that ``leftovers`` finds something in. A character of it that texts
#: seldom have comes first: looking for one character takes a fiftieth of the time.
_SIGNS = (
    ("<", "<<<<<<< "),
    (">", ">>>>>>> "),
    ("/", ".github.com/spec/"),
)

#: ``=======`` alone is none: it underlines a heading.
_MARKER = re.compile(r"^(?:<<<<<<<|>>>>>>>) .*", re.MULTILINE)
_POINTER = re.compile(r"\s*(version https://(?:git-lfs|hawser)\.github\.com/spec/.*)")
#: By convention a comment has two spaces before its ``#`` and one behind it.
_CUT_WORD = re.compile(r"[ \t]+#(?=[^\s#!])")
_CUT = re.compile(rf" #|{_CUT_WORD.pattern}")


def leftovers(text: str) -> Iterator[Unusable]:
    """Yield what tools left in ``text``. A conflict is told once, where it begins."""
    is_open = False
    for marker in _MARKER.finditer(text):
        begins = marker[0].startswith("<")
        if begins or not is_open:
            message = "a merge conflict was left here"
            hint = "resolve it, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"
            yield Unusable("conflict-marker", message, hint, marker.start())
        is_open = begins
    pointer = _POINTER.match(text)
    if pointer:
        message = "this is a pointer of git-lfs, not the text that it stands for"
        hint = "fetch the files with `git lfs pull`"
        yield Unusable("lfs-pointer", message, hint, pointer.start(1))


def cut_at(text: str, end: int, *, is_empty: bool) -> int | None:
    """Return where a ``#`` cut the plain value that ends at ``end``; None if that is a comment.

    An empty value may begin with the ``#``, or stand before a comment. It counts as cut only if a
    word follows the ``#`` at once.
    """
    found = (_CUT_WORD if is_empty else _CUT).match(text, end)
    return None if found is None else found.end() - 1
