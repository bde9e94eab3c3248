"""The members of a mapping: merge keys resolved, and each key once."""

from __future__ import annotations

from collections.abc import Iterator

from revox_sync.definitions.problem import Problem
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

#: The most mappings that one ``<<`` may pull in, those behind them included.
_MAX_MERGED = 1_000


def members(node: Node, problems: list[Problem]) -> Members:
    """Return key and value nodes by key; what is wrong with a key is added to ``problems``.

    ``<<`` takes a mapping or a list of mappings, as in YAML 1.1: a key of the mapping itself wins,
    then the first that was merged.
    """
    found: Members = {}
    merged: list[Node] = []
    for pair in node.value:
        try:
            key = _text(pair[0])
        except Problem as problem:
            problems.append(problem)
            continue
        if key == "<<" and is_merge(pair[0]):
            merged.append(pair[1])
        elif key in found:
            problems.append(_duplicate(key, found[key][0], pair[0]))
        else:
            found[key] = pair
    if merged:
        try:
            for mapping in _mappings(merged):
                _merge(found, mapping)
        except Problem as problem:
            problems.append(problem)
    return found


def _text(key: Node) -> str:
    """Return the text of a key; Problem if it is anything but a text."""
    try:
        value = scalar(key) if type(key) is ScalarNode else None
    except Problem as problem:
        problem.index = mark(key)
        raise
    if type(value) is str:
        return value
    raise Problem(
        "key-not-text",
        "a key is a text",
        f'write it in quotes: "{key.value}"' if type(key) is ScalarNode and key.value else None,
        mark(key),
    )


def _duplicate(key: str, first: Node, second: Node) -> Problem:
    line = first.start_mark.line + 1
    column = first.start_mark.column + 1
    return Problem(
        "duplicate-key",
        f"the key `{key}` stands here a second time; the first is at {line}:{column}",
        "keep one of them",
        mark(second),
    )


def _merge(found: Members, mapping: Node) -> None:
    for pair in mapping.value:
        key = _text(pair[0])
        if not is_merge(pair[0]):
            found.setdefault(key, pair)


def _mappings(values: list[Node], depth: int = 0) -> Iterator[Node]:
    """Yield the mappings behind ``<<``, nearest first, with those that they merge themselves."""
    count = 0
    for value in values:
        for mapping in value.value if type(value) is SequenceNode else [value]:
            if type(mapping) is not MappingNode:
                hint = "write `<<: *name`"
                message = "`<<` wants a mapping, or a list of mappings"
                raise Problem("merge-key", message, hint, mark(mapping))
            if depth > MAX_DEPTH:
                raise Problem("recursive-alias", "this merges itself", index=mark(mapping))
            behind = [pair[1] for pair in mapping.value if is_merge(pair[0])]
            for found in (mapping, *(_mappings(behind, depth + 1) if behind else ())):
                count += 1
                if count > _MAX_MERGED:
                    raise Problem("too-many-values", "this merges too much", index=mark(mapping))
                yield found
