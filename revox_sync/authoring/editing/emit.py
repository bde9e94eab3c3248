"""New entries in the style of the file around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from revox_sync.authoring.editing.layout import Layout
from revox_sync.authoring.editing.scalars import inline, literal, new_inline
from revox_sync.authoring.writer.scalars import is_plain
from revox_sync.definitions.yaml import MappingNode, Node, SequenceNode, mark

_WORD = re.compile(r"[a-z][a-z_]*")
_WIDE = 80


@dataclass(frozen=True, slots=True)
class Style:
    """How far a file indents what is nested, and whether it indents the dashes of a list."""

    step: int = 2
    dashes: bool = True

    @classmethod
    def of(cls, layout: Layout) -> Style:
        """Return the style that a file shows first; the usual one where it shows none."""
        step: int | None = None
        dashes: bool | None = None
        for column, child in _nested(layout, layout.root):
            inner = layout.column(layout.bare(child)) - column
            if type(child) is SequenceNode:
                dashes = inner > 0 if dashes is None else dashes
            if inner > 0 and step is None:
                step = inner
        return cls(step or 2, True if dashes is None else dashes)


def _nested(layout: Layout, node: Node) -> Iterator[tuple[int, Node]]:
    """Yield the collections below ``node``, down to the last, with the columns of their keys."""
    if type(node) is not MappingNode or layout.is_flow(node):
        return
    for key, value in node.value:
        if type(value) in (MappingNode, SequenceNode) and mark(value) > mark(key):
            if not layout.is_flow(value):
                yield layout.column(mark(key)), value
            for inner in value.value if type(value) is SequenceNode else (value,):
                yield from _nested(layout, inner)


class Emitter:
    """Writes values that were not there before; texts are as they are to be read."""

    def __init__(self, style: Style, *, quoted: bool = False) -> None:
        """Begin; with ``quoted`` every text is in double quotes, in one line."""
        self.style = style
        self.quoted = quoted

    def behind_key(self, value: Any, column: int) -> tuple[str, list[str]]:
        """Return what stands behind a key at ``column`` in its line, and the lines below it."""
        if isinstance(value, dict) and value:
            return "", list(self._members(value, column + self.style.step))
        if isinstance(value, list) and value and not is_row(value):
            inner = column + (self.style.step if self.style.dashes else 0)
            return "", [line for item in value for line in self.item(item, inner)]
        return self._leaf(value, column)

    def member(self, name: str, value: Any, column: int) -> list[str]:
        """Return the lines of a member of a mapping whose keys stand at ``column``."""
        head, lines = self.behind_key(value, column)
        key = new_inline(name, flow=False)
        return [f"{' ' * column}{key}:{' ' if head else ''}{head}", *lines]

    def item(self, value: Any, column: int) -> list[str]:
        """Return the lines of an item of a list whose dashes stand at ``column``."""
        if isinstance(value, dict) and value:
            first, *rest = self._members(value, column + 2)
            return [f"{' ' * column}- {first[column + 2 :]}", *rest]
        if isinstance(value, list) and value and not is_row(value):
            lines = [line for item in value for line in self.item(item, column + 2)]
            return [f"{' ' * column}- {lines[0][column + 2 :]}", *lines[1:]]
        head, lines = self._leaf(value, column)
        return [f"{' ' * column}- {head}", *lines]

    def _members(self, value: Mapping[str, Any], column: int) -> Iterator[str]:
        for name, member in value.items():
            yield from self.member(name, member, column)

    def _leaf(self, value: Any, column: int) -> tuple[str, list[str]]:
        if isinstance(value, str) and "\n" in value and not self.quoted:
            block = literal(value, column + self.style.step, column)
            if block is not None:
                return block
        if isinstance(value, str) and self.quoted:
            return inline(value, '"', flow=False), []
        return in_flow(value, flow=False), []


def in_flow(value: Any, *, flow: bool = True) -> str:
    """Return a value in one line, as it stands within ``[]`` or ``{}``."""
    if isinstance(value, dict):
        pairs = (f"{new_inline(name, flow=True)}: {in_flow(v)}" for name, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(in_flow, value))}]"
    return new_inline(value, flow=flow)


def is_row(value: Sequence[Any]) -> bool:
    """Whether a list is a row of few simple words, such as days."""
    return (
        all(isinstance(item, str) and _WORD.fullmatch(item) and is_plain(item) for item in value)
        and sum(map(len, value)) + 2 * len(value) <= _WIDE
    )
