"""The data of one composed file, and where each part of it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from revox_sync.definitions.problem import Location, Problem, Severity, Unusable, errors_in
from revox_sync.definitions.texts import Source
from revox_sync.definitions.yaml import MappingNode, Node, ScalarNode, mark
from revox_sync.model.fields import FIELDS
from revox_sync.model.path import Path
from revox_sync.model.shapes import UNKNOWN, ListOf, Member, Object
from revox_sync.model.walk import member_at
from revox_sync.records import dataclass
from revox_sync.secrecy.urls import is_name, parts, parts_in

#: A file, the key of a member (None for an item of a list), and the value as it is written.
Place = tuple[Source, Node | None, Node]


class Places(dict[Path, Place]):
    """Maps places in the data to places in the files that it was composed from."""

    def location(self, path: Path) -> Location:
        """Return where ``path``, or the nearest part around it, is written."""
        source, index, _ = self._find(path, on_key=False)
        return source.location(index)

    def locate(self, problem: Problem) -> Problem:
        """Return ``problem`` where its path, or the nearest part around it, is written.

        It points at the value, or at its key with ``on_key`` and where the value is left empty.
        A value that is masked, or that may be a credential, is not shown, unless what is written is
        an include; nor are others that may be one and stand in the same line.
        """
        path = problem.path
        source, index, node = self._find(path, problem.on_key)
        masked = path in self and (problem.masked or _may_be_credential(path, self[path][2]))
        masked = masked and node is self[path][2] and include_target(node) is None
        hidden = self._hidden(source, index)
        return source.locate(problem, index, masked=masked, hidden=hidden)

    def _hidden(self, source: Source, index: int) -> Sequence[tuple[int, int]]:
        """Return where scalars that may be credentials begin and end in the line of ``index``."""
        line = (source.file, source.location(index).line - 1)
        if line not in self._known and line in self._guarded:  # many mistakes may stand in one line
            self._known[line] = [
                (mark(value), int(value.end_mark.index))
                for path, value in self._guarded[line]
                if _may_be_credential(path, value) and not is_name(value.value)
            ]
        return self._known.get(line, ())

    @cached_property
    def _known(self) -> dict[tuple[str, int], list[tuple[int, int]]]:
        """What ``_hidden`` returned, by line."""
        return {}

    @cached_property
    def _guarded(self) -> dict[tuple[str, int], list[tuple[Path, Node]]]:
        """Scalars of guarded fields with their paths, by the lines that they begin and end in."""
        found: dict[tuple[str, int], list[tuple[Path, Node]]] = {}
        guarded = {name for name, spec in FIELDS.items() if spec.is_guarded}
        for path, (source, _, node) in self.items():
            if path and path[0] in guarded and type(node) is ScalarNode:
                for line in {node.start_mark.line, node.end_mark.line}:
                    found.setdefault((source.file, line), []).append((path, node))
        return found

    def _find(self, path: Path, on_key: bool) -> tuple[Source, int, Node]:
        """Return where ``path``, or the nearest part around it, is written, and as what.

        A scalar that an alias stands for is written where the alias is.
        """
        known = path
        while known not in self:
            known = known[:-1]
        source, key, value = self[known]
        on_key = (on_key and known == path) or is_empty(value)
        node = key if key is not None and on_key else value
        if key is not None and type(node) is ScalarNode and mark(node) < mark(key):
            behind = next(_BEHIND_KEY.finditer(source.text, key.end_mark.index))
            return source, behind.end(), node
        return source, mark(node), node

    def written(self, path: Path) -> str | None:
        """Return the source text of the scalar at ``path``, if it can be quoted in a message.

        This is what the author wrote, references unresolved. None if it is long or no scalar, and
        for credentials and URLs, which may hold some.
        """
        place = self.get(path)
        if place is None or type(place[2]) is not ScalarNode or _may_be_credential(path, place[2]):
            return None
        text: str = place[2].value
        return None if len(text) > _LONGEST or "\n" in text or "://" in text else text

    def is_include(self, path: Path) -> bool:
        """Whether the value at ``path`` is written as an include."""
        place = self.get(path)
        return place is not None and include_target(place[2]) is not None


_LONGEST = 60
#: What stands between a key and an alias.
_BEHIND_KEY = re.compile(r"(?:[\s:]|#.*)*")


def _may_be_credential(path: Path, node: Node) -> bool:
    """Whether what is written at ``path`` may be a credential, or hold one.

    Among the headers of a tool that is all that is no key: people write ``{X-Token: …}``, or
    ``X-Token: …`` as a text. In a URL it is what nobody finds who does not know that it is one.
    """
    spec = FIELDS.get(str(path[0])) if path else None
    if spec is None:
        return False
    member, around = member_at(spec, path[1:]), member_at(spec, path[1:-1])
    if member.secret or _holds_pairs(member) or (member is UNKNOWN and _holds_pairs(around)):
        return True
    if not member.url or type(node) is not ScalarNode:
        return False
    found = {part.text for part in parts_in(node.value)}
    return any(part.text not in found for part in parts(node.value))


def _holds_pairs(member: Member) -> bool:
    """Whether it is a name with a credential, or a list of those."""
    shape = member.shape.item if isinstance(member.shape, ListOf) else member.shape
    if not isinstance(shape, Object) or shape.kinds:
        return False
    return any(inner.secret for inner in shape.members.values())


def include_target(node: Node) -> Node | None:
    """Return what ``{file: …}`` names if ``node`` is exactly that, else None."""
    if type(node) is MappingNode and len(node.value) == 1 and node.value[0][0].value == "file":
        target: Node = node.value[0][1]
        return target
    return None


def is_empty(node: Node) -> bool:
    """Whether nothing is written where this value would stand."""
    return type(node) is ScalarNode and not node.value and not node.style


@dataclass(slots=True)
class Composed:
    """Plain data with its places, and what was wrong on the way.

    ``secrets`` holds the texts that a secret went into as they are written, by their places in
    ``data``; ``unset`` names the secrets that have no value, so that their references stand in the
    data. ``broken`` are the places of values that have been reported as unreadable and stand as
    None, ``included`` the files that were included.
    ``whole`` is False when reading had to stop, so that ``data`` is not all there is.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    secrets: dict[Path, str] = field(default_factory=dict)
    unset: set[str] = field(default_factory=set)
    broken: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    whole: bool = True

    @classmethod
    def unread(cls, source: Source, *problems: Unusable) -> Composed:
        """Return the result for a file that cannot be read at all."""
        composed = cls(whole=False)
        for problem in problems:
            composed.report(problem, source)
        return composed

    def report(self, problem: Unusable, source: Source, severity: Severity = "error") -> None:
        """Add a problem in ``source``."""
        found = replace(problem.in_file(source.file), severity=severity)
        self.problems.append(source.locate(found, problem.index))

    @property
    def errors(self) -> list[Problem]:
        """The problems that make the file unusable."""
        return errors_in(self.problems)

    def unbroken(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems that are not about what has been reported as unreadable."""
        return [
            problem
            for problem in problems
            if not any(
                problem.path[:length] in self.broken for length in range(len(problem.path) + 1)
            )
        ]
