"""Texts that nobody meant: merge conflicts, git-lfs pointers, and what a ``#`` cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: One of them is in every text that ``leftovers`` finds something in.
SIGNS = ("<<<<<<< ", ">>>>>>> ", "version https://git-lfs.github.com/spec/")

#: ``=======`` alone is none: it underlines a heading.
_MARKER = re.compile(r"^(?:<<<<<<<|>>>>>>>) .*", re.MULTILINE)
_POINTER = re.compile(r"\s*(version https://git-lfs\.github\.com/spec/.*)")
#: By convention a comment has two spaces before its ``#`` and one behind it.
_CUT_WORD = re.compile(r"[ \t]+#(?=[^\s#!])")
_CUT = re.compile(rf" #|{_CUT_WORD.pattern}")


class Leftover(NamedTuple):
    """What a tool left in a text: the offset, the line there, and what to say."""

    at: int
    line: str
    rule: str
    message: str
    hint: str


def leftovers(text: str) -> Iterator[Leftover]:
    """Yield what tools left in ``text``. A conflict is told once, where it begins."""
    is_open = False
    for marker in _MARKER.finditer(text):
        begins = marker[0].startswith("<")
        if begins or not is_open:
            message = "a merge conflict was left here"
            hint = "resolve it, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"
            yield Leftover(marker.start(), marker[0], "conflict-marker", message, hint)
        is_open = begins
    pointer = _POINTER.match(text)
    if pointer:
        message = "this is a pointer of git-lfs, not the text that it stands for"
        hint = "fetch the files with `git lfs pull`"
        yield Leftover(pointer.start(1), pointer[1], "lfs-pointer", message, hint)


def cut_at(text: str, end: int, *, is_empty: bool) -> int | None:
    """Return where a ``#`` cut the plain value that ends at ``end``; None if that is a comment.

    A value that begins with a ``#`` is empty, as it is before a comment. So of an empty one only a
    ``#`` is told that a word follows at once.
    """
    found = (_CUT_WORD if is_empty else _CUT).match(text, end)
    return None if found is None else found.end() - 1
