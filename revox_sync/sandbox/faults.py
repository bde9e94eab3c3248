"""Faults to rehearse with: what goes wrong, and at which requests.

Plain data and a counter. :mod:`revox_sync.sandbox.faults_file` reads it from a file,
:mod:`revox_sync.sandbox.faulty` carries it out; ``docs/faults.md`` tells users about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer with this; ``acting`` carries the request out first."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    media_type: str
    acting: bool


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection without an answer; ``acting`` carries the request out first."""

    acting: bool


@dataclass(frozen=True, slots=True)
class Truncate:
    """Carry the request out, send half of the answer and close the connection."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A person changes an assistant in the dashboard; ``assistant`` is its name or its id.

    ``fields`` are set as a PATCH sets them, ``question`` is left open in the FAQ.
    """

    assistant: str
    fields: Mapping[str, Any]
    question: str | None


@dataclass(frozen=True, slots=True)
class Ignore:
    """Take the request without these fields, as if they had not been sent."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Leave these fields out of every assistant in the answer."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mask:
    """Answer with ``text`` for every secret of an assistant; with None they are left out."""

    text: str | None


@dataclass(frozen=True, slots=True)
class Older:
    """Answer with assistants as they were at SDK 0.3.0."""


#: What changes a request or an answer and lets it pass; the others of ``Fault`` end it or wait.
Alteration = Ignore | Without | Mask | Older
Fault = Answer | Delay | Drop | Truncate | Edit | Alteration


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault and the requests that it strikes.

    ``place`` is where the rule stands, for messages (``faults.yaml: rule 2``), and ``name`` what
    its fault is called there. ``method`` is a method or ``*``, ``path`` a path below ``/api`` in
    which ``*`` stands for any characters. Of the requests that match it strikes ``times`` from the
    ``nth`` on, all of them where ``times`` is 0.
    """

    place: str
    name: str
    method: str
    path: str
    nth: int
    times: int
    fault: Fault

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule is about this request."""
        pattern = ".*".join(map(re.escape, self.path.split("*")))
        return self.method in ("*", method) and bool(re.fullmatch(pattern, path, re.DOTALL))

    def strikes(self, number: int) -> bool:
        """Whether the fault strikes the ``number``-th matching request, counted from 1."""
        return number >= self.nth and (not self.times or number < self.nth + self.times)


class Faults:
    """The rules of one file, and how many requests each has seen. Threads may share it."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._seen = [0] * len(self.rules)
        self._lock = Lock()

    def strike(self, method: str, path: str) -> list[Rule]:
        """Count a request; return the rules that strike it, in the file's order."""
        striking = []
        with self._lock:
            for index, rule in enumerate(self.rules):
                if rule.matches(method, path):
                    self._seen[index] += 1
                    if rule.strikes(self._seen[index]):
                        striking.append(rule)
        return striking
