"""What one file comes to once it is composed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.places import Places
from revox_sync.definitions.problem import Problem, Source, Unusable


@dataclass(slots=True)
class Composed:
    """Plain data with its places, and what was wrong on the way.

    ``secrets`` are the places in ``data`` that a secret went into, ``broken`` those of values that
    have been reported as unreadable and stand as None, ``included`` the files that were included.
    ``withheld`` says that secrets are stand-ins, of which nothing can be said.
    ``whole`` is False when reading had to stop, so that ``data`` is not all there is.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    secrets: set[Path] = field(default_factory=set)
    broken: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    whole: bool = True
    withheld: bool = False

    @classmethod
    def unread(cls, source: Source, problem: Unusable) -> Composed:
        """Return what a file comes to that cannot be read at all."""
        composed = cls(whole=False)
        composed.report(problem, source)
        return composed

    def report(self, problem: Unusable, source: Source) -> None:
        """Add a problem in ``source``."""
        found = Problem(
            problem.rule, problem.message, problem.hint, environment=problem.environment
        )
        self.problems.append(source.locate(found, problem.index))

    def is_broken(self, path: Path) -> bool:
        """Whether ``path``, or something around it, has been reported as unreadable."""
        return any(path[:length] in self.broken for length in range(len(path) + 1))
