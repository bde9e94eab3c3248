"""Plain data as the text of one definition file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from revox_sync.authoring.writer.scalars import STEP, is_plain, scalar

_WORD = re.compile(r"[a-z][a-z_]*")
_WIDE = 80


@dataclass(frozen=True, slots=True)
class Include:
    """Stands for the text of another file, by its path relative to the definition."""

    path: str


def document(fields: Mapping[str, Any]) -> str:
    """Return ``fields`` as a file in block style, members in the order in which they come.

    Texts are written as they are: whoever calls has escaped ``${`` where it is no reference.
    """
    return "".join(f"{line}\n" for line in _mapping(fields, 0))


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    margin = " " * indent
    for name, member in value.items():
        key = scalar(name)
        if _is_nested(member):
            yield f"{margin}{key}:"
            yield from _nested(member, indent + STEP)
        else:
            yield f"{margin}{key}: {_single(member, indent)}"


def _sequence(value: Sequence[Any], indent: int) -> Iterator[str]:
    margin = " " * indent
    for item in value:
        if _is_nested(item):
            first, *rest = _nested(item, indent + STEP)
            yield f"{margin}- {first[indent + STEP :]}"
            yield from rest
        else:
            yield f"{margin}- {_single(item, indent)}"


def _is_nested(value: Any) -> bool:
    """Whether a value takes lines of its own below its key."""
    return isinstance(value, dict | list) and bool(value) and not _is_row(value)


def _nested(value: Any, indent: int) -> Iterator[str]:
    return _mapping(value, indent) if isinstance(value, dict) else _sequence(value, indent)


def _single(value: Any, indent: int) -> str:
    if isinstance(value, str):
        return scalar(value, indent)
    if isinstance(value, Include):
        path = scalar(value.path)
        return f"{{file: {path}}}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return "{}" if isinstance(value, dict) else repr(value)


def _is_row(value: Any) -> bool:
    """Whether a list is a row of few simple words, such as days."""
    return (
        isinstance(value, list)
        and all(isinstance(item, str) and _WORD.fullmatch(item) for item in value)
        and all(map(is_plain, value))
        and sum(map(len, value)) + 2 * len(value) <= _WIDE
    )
