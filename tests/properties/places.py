"""Places inside an assistant: how they are spelt, how a plan numbers them, how to write to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from properties.documented import HINTS, IDENTITY, SETS, UNORDERED
from properties.meaning import minutes_of

Fields = dict[str, Any]
Path = tuple[str | int, ...]


def spell(path: Path) -> str:
    """Return ``custom_tools[0].url``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def place_of(path: Path) -> str:
    """Return ``custom_tools[].url``."""
    return re.sub(r"\[\d+\]", "[]", spell(path))


def shown(fields: Fields, path: Path) -> str:
    """Return a path as a plan shows it: in lists without an order, items count as sorted."""
    counted: list[str | int] = []
    inner: Any = fields
    name = ""
    for part in path:
        if isinstance(part, int):
            counted.append(_rank(name, inner, part))
        else:
            name = part
            counted.append(part)
        inner = inner[part]
    return spell(tuple(counted))


def _rank(name: str, items: list[Any], index: int) -> int:
    if name not in SETS | UNORDERED | HINTS:
        return index
    keys = [_sorting(name, item) for item in items]
    return sorted(keys if name in UNORDERED else set(keys)).index(keys[index])


def _sorting(name: str, item: Any) -> tuple[str, str]:
    known = IDENTITY.get(name)
    first = item.get(known) if isinstance(item, dict) and known else None
    if isinstance(item, dict):
        item = {member: _spelled(member, value) for member, value in item.items()}
    return first or "", json.dumps(item, sort_keys=True, separators=(",", ":"))


def _spelled(name: str, value: Any) -> Any:
    """Return a time of day as ``HH:mm``, and a whole number without a fraction."""
    if name.endswith("_time") and isinstance(value, str):
        hour, minute = divmod(minutes_of(value), 60)
        return f"{hour:02}:{minute:02}"
    return int(value) if isinstance(value, float) and value.is_integer() else value


def put(value: Any, path: Path, new: Any) -> Any:
    """Return ``value`` with ``new`` at ``path``; what lies beside the path is shared."""
    if not path:
        return new
    copied: Any = list(value) if isinstance(value, list) else dict(value)
    copied[path[0]] = put(copied[path[0]], path[1:], new)
    return copied


def without(value: Any, path: Path) -> Any:
    """Return ``value`` without what stands at ``path``."""
    inner = value
    for part in path[:-1]:
        inner = inner[part]
    less: Any = list(inner) if isinstance(inner, list) else dict(inner)
    del less[path[-1]]
    return put(value, path[:-1], less)


def scalars(value: Any) -> Iterator[Any]:
    """Yield every text, number, flag and null, at any depth."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from scalars(item)
    else:
        yield value
