"""What a check says about composed data, before it is known where that is written."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from revox_sync.definitions.definition import Path
from revox_sync.definitions.source import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at a place in the data.

    ``message`` holds no value of the data, since any may be a secret; a ``hint`` may, and is
    dropped where one is. ``on_key`` points at the member's key instead of its value. ``masked``
    keeps the value out of the source line as well.
    """

    rule: str
    path: Path
    message: str
    hint: str | None = None
    severity: Severity = "error"
    on_key: bool = False
    masked: bool = False


def spell(path: Path) -> str:
    """Return ``path`` as an author would write it: ``faq_items[3].answer``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def touches(path: Path, places: Set[Path]) -> bool:
    """Whether ``path`` is one of ``places``, or lies in or around one."""
    return any(path[: len(place)] == place[: len(path)] for place in places)
