"""The members of a mapping: merge keys resolved, and each key once."""

from __future__ import annotations

from collections.abc import Iterator

from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import (
    MAX_DEPTH,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    is_merge,
    mark,
    scalar,
)

Members = dict[str, tuple[Node, Node]]

#: Rules that say that a merge failed.
MERGE_RULES = ("merge-key", "recursive-alias", "too-many-values")
#: The most mappings that one ``<<`` may pull in, those behind them included.
_MAX_MERGED = 1_000


def members(node: Node, problems: list[Unusable]) -> Members:
    """Return key and value nodes by key; what is wrong with a key is added to ``problems``.

    ``<<`` takes a mapping or a list of mappings, as in YAML 1.1: a key of the mapping itself wins,
    then the first that was merged.
    """
    found, behind = _own(node, problems)
    if behind:
        try:
            for count, merged in enumerate(_merged(behind, problems)):
                if count >= _MAX_MERGED:
                    raise Unusable("too-many-values", "this merges too much", index=mark(behind[0]))
                found = {**merged, **found}
        except Unusable as problem:
            problems.append(problem)
    return found


def _own(node: Node, problems: list[Unusable]) -> tuple[Members, list[Node]]:
    """Return the members that stand in a mapping itself, and the values of its merge keys."""
    found: Members = {}
    behind: list[Node] = []
    for pair in node.value:
        try:
            key = scalar(pair[0]) if type(pair[0]) is ScalarNode else None
        except Unusable:
            key = None
        if type(key) is not str:
            problems.append(_not_text(pair[0]))
        elif key == "<<" and is_merge(pair[0]):
            behind.append(pair[1])
        elif key in found:
            problems.append(_duplicate(key, found[key][0], pair[0]))
        else:
            found[key] = pair
    return found, behind


def _merged(values: list[Node], problems: list[Unusable], depth: int = 0) -> Iterator[Members]:
    """Yield the members of each mapping behind ``<<``, nearest first, down to what it merges."""
    for value in values:
        for mapping in value.value if type(value) is SequenceNode else [value]:
            if type(mapping) is not MappingNode:
                message, hint = "`<<` wants a mapping, or a list of mappings", "write `<<: *name`"
                raise Unusable("merge-key", message, hint, mark(mapping))
            if depth > MAX_DEPTH:
                raise Unusable("recursive-alias", "this merges itself", index=mark(mapping))
            found, behind = _own(mapping, problems)
            yield found
            if behind:
                yield from _merged(behind, problems, depth + 1)


def _not_text(key: Node) -> Unusable:
    hint = f'write it in quotes: "{key.value}"' if type(key) is ScalarNode and key.value else None
    return Unusable("key-not-text", "a key is a text", hint, mark(key))


def _duplicate(key: str, first: Node, second: Node) -> Unusable:
    line = first.start_mark.line + 1
    column = first.start_mark.column + 1
    return Unusable(
        "duplicate-key",
        f"the key `{key}` stands here a second time; the first is at {line}:{column}",
        "keep one of them",
        mark(second),
    )
