"""The one type for "something is wrong at this place"; places in files, and close words.

A check that looks at data says where in the data (``path``); ``Places.locate`` adds where that is
written. What is still being read has no data yet: then ``Unusable`` is raised, with the offset.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import field
from typing import Any, Literal

from revox_sync.errors import RevoxSyncError
from revox_sync.model.path import Path
from revox_sync.records import dataclass

Severity = Literal["error", "warning"]
#: What a project may say of a rule, from the least severe to the most.
Word = Literal["off", "warning", "error"]


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

    def to_json(self) -> dict[str, Any]:
        """Return the problem as plain data, without its source line."""
        return {
            "severity": self.severity,
            "rule": self.rule,
            "message": self.message,
            "hint": self.hint,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
        }


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
        """Return the problem in ``file``, at ``place``."""
        where = Location(file, *self.place)
        return Problem(
            self.rule, self.message, self.hint, location=where, environment=self.environment
        )


class DefinitionError(RevoxSyncError):
    """Definitions or the project file have errors; ``diagnostics`` holds every problem."""

    def __init__(self, diagnostics: Sequence[Problem]) -> None:
        super().__init__("the definitions have errors")
        self.diagnostics = tuple(diagnostics)


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are errors; the others are warnings."""
    return [problem for problem in problems if problem.severity == "error"]


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return each problem once, by place: one in a shared file shows in each that includes it."""
    distinct: dict[tuple[Location, str, str], Problem] = {}
    for problem in problems:
        key = (problem.location, problem.rule, problem.message)
        if key not in distinct or problem.severity == "error":
            distinct[key] = problem
    return tuple(distinct[key] for key in sorted(distinct))


def touches(path: Path, places: Set[Path]) -> bool:
    """Whether ``path`` is one of ``places``, or lies in or around one."""
    return any(path[: len(place)] == place[: len(path)] for place in places)


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the member of ``known`` that is most like ``word``; None if none is.

    Words that differ in case, or in ``-`` and ``_``, have a likeness of 1.
    """
    import difflib

    by_folded = {name.casefold().replace("-", "_"): name for name in known}
    folded = word.casefold().replace("-", "_")
    matches = difflib.get_close_matches(folded, by_folded, 1, likeness)
    return by_folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Collection[str], folder: str = "") -> str | None:
    """Return ``did you mean …?``; None if nothing known is like ``word``, or alone begins so.

    Where ``known`` are names in a ``folder``, the hint names the path.
    """
    begun = [name for name in known if word and name.casefold().startswith(word.casefold())]
    match = closest(word, known) or (begun[0] if len(begun) == 1 else None)
    return f"did you mean {posixpath.join(folder, match)}?" if match else None


def hint_for(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean …?``, or the list of what is known where nothing comes close."""
    names = sorted(known)
    return did_you_mean(word, names) or "known here: " + ", ".join(names)
