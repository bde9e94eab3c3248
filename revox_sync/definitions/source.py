"""Places in source files, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: ``file`` relative to the project, with ``/``; line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: what is wrong, where, and how to mend it.

    ``rule`` is a stable id (``unknown-key``, ``static-without-sentence``). ``source_line`` is the
    line that ``location`` names, for the caret; it is None where showing it could show a secret or
    where the file could not be read as text.
    """

    severity: Severity
    rule: str
    message: str
    hint: str | None
    location: Location
    source_line: str | None = None
