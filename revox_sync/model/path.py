"""A place inside a value: member names and list indices, outermost first."""

from __future__ import annotations

from typing import Any

Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """Return ``path`` as people write it: ``custom_tools[0].headers[1].value``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def lies_in(path: Path, place: Path) -> bool:
    """Whether ``path`` is ``place``, or leads to something in it."""
    return path[: len(place)] == place


def field_in(text: str) -> str:
    """Return the name of the field that the text of a path begins with."""
    return text.partition(".")[0].partition("[")[0]


def put_at(value: Any, path: Path, leaf: Any) -> Any:
    """Put ``leaf`` at ``path`` of ``value``, which is changed in place; return it."""
    if not path:
        return leaf
    value_at(value, path[:-1])[path[-1]] = leaf
    return value


def value_at(value: Any, path: Path) -> Any:
    """Return what stands at ``path`` of ``value``; None if nothing does."""
    for part in path:
        try:
            value = None if isinstance(value, str) else value[part]  # no character of a text
        except (KeyError, IndexError, TypeError):
            return None
    return value
