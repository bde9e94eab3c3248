"""The one type for "something is wrong at this place", and places in files.

A check that looks at data says where in the data (``path``); ``Places.locate`` adds where that is
written. What is still being read has no data yet: then ``Unusable`` is raised, with the offset.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from revox_sync.definitions.leftovers import SIGNS
from revox_sync.errors import RevoxSyncError
from revox_sync.model.path import Path
from revox_sync.secrecy.redactor import cut_line, shown_line

#: A line of more characters is masked once for all the problems in it.
_LONG_LINE = 2_000

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: ``file`` relative to the project, with ``/``; line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: what is wrong, where, and how to mend it.

    ``rule`` is a stable id (``unknown-key``). ``message`` holds no value of the data, since any may
    be a secret; a ``hint`` may, and is dropped where one is. ``location`` names the file, and
    ``source_line`` is the line there, for the caret; it is None where showing it could show a
    secret, or where there is no text. ``environment`` is set if the problem speaks of that one.

    Before a problem is located, ``path`` says where it is in the data; ``on_key`` means the
    member's key instead of its value, and ``masked`` that the value is never shown.
    """

    rule: str
    message: str
    hint: str | None = None
    severity: Severity = "error"
    location: Location = Location("")
    source_line: str | None = None
    environment: str | None = None
    path: Path = field(default=(), compare=False)
    on_key: bool = field(default=False, compare=False)
    masked: bool = field(default=False, compare=False)


class Unusable(Exception):
    """Raised where a file or a value cannot be used; caught where its file is known.

    ``rule``, ``message`` and ``hint`` are those of the Problem. ``index`` is the offset into the
    file's text, in characters; ``place`` is line and column, from 1, for a file that is no text.
    ``environment`` is set if the problem speaks of that one.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        hint: str | None = None,
        index: int = 0,
        place: tuple[int, int] = (1, 1),
        environment: str | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.index = index
        self.place = place
        self.environment = environment

    def in_file(self, file: str) -> Problem:
        """Return the problem of a ``file`` that is not there as text."""
        return Problem(self.rule, self.message, self.hint, location=Location(file, *self.place))


class DefinitionError(RevoxSyncError):
    """Definitions or the project file have errors; ``diagnostics`` holds every problem."""

    def __init__(self, diagnostics: Sequence[Problem]) -> None:
        super().__init__("the definitions have errors")
        self.diagnostics = tuple(diagnostics)


class Source:
    """The text of one file: ``file`` is relative to the project, line ends are ``\\n``."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._long_lines: dict[int, str | None] = {}

    @cached_property
    def may_have_leftovers(self) -> bool:
        """Whether something in the text may be what no author wrote; mostly it is not."""
        return any(sign in self.text for sign in SIGNS)

    @cached_property
    def may_be_cut(self) -> bool:
        """Whether a ``#`` may have cut a value off."""
        return " #" in self.text or "\t#" in self.text

    @cached_property
    def _starts(self) -> list[int]:
        """The offsets at which lines begin."""
        starts, at = [0], self.text.find("\n") + 1
        while at:
            starts.append(at)
            at = self.text.find("\n", at) + 1
        return starts

    def location(self, index: int) -> Location:
        """Return the place of the character at ``index``."""
        line = bisect_right(self._starts, index)
        return Location(self.file, line, index - self._starts[line - 1] + 1)

    def locate(self, problem: Problem, index: int, *, masked: bool = False) -> Problem:
        """Return ``problem`` at the character at ``index``, with its line where it may be shown.

        ``masked``: what stands in that line from ``index`` on is never shown.
        """
        location = self.location(index)
        start = self._starts[location.line - 1]
        ends = self._starts[location.line] - 1 if location.line < len(self._starts) else None
        line = self.text[start:ends]
        if len(line) > _LONG_LINE:
            shown = None if masked else self._shown_whole(location.line, line)
        else:
            line = cut_line(line, location.column) if masked else line
            shown = shown_line(line, location.column)
        return replace(problem, location=location, source_line=shown)

    def _shown_whole(self, number: int, line: str) -> str | None:
        """Return a long line as it may be shown, wherever the caret will be.

        It is looked at once: a line may hold a thousand problems.
        """
        if number not in self._long_lines:
            self._long_lines[number] = shown_line(line, len(line) + 1)
        return self._long_lines[number]


def touches(path: Path, places: Set[Path]) -> bool:
    """Whether ``path`` is one of ``places``, or lies in or around one."""
    return any(path[: len(place)] == place[: len(path)] for place in places)
