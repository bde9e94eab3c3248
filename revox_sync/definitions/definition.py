"""One assistant as a definition file states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from revox_sync.model.path import Path


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """The tool's own keys (``sync:``), never sent to the service."""

    id: str | None = None
    renamed_from: str | None = None
    replace: Literal["in-place", "recreate"] = "in-place"
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One assistant as wanted.

    ``key`` is the path below the definitions folder without suffix (``sales/front-desk``), ``file``
    the file relative to the project. ``fields`` holds what the definition states, the project's
    defaults and ``sync.extra`` included, composed and valid, as plain data in the API's own shapes;
    a field that is not in it is not managed. ``secrets`` names the places in ``fields`` that a
    ``${secret.NAME}`` went into; their values are never shown.
    """

    key: str
    file: str
    fields: Mapping[str, Any] = field(repr=False)
    sync: SyncOptions = SyncOptions()
    secrets: frozenset[Path] = frozenset()

    @property
    def name(self) -> str:
        """The assistant's name, by which it is found when it is not bound to an id.

        Only a definition that is bound may leave it out; then it is the key.
        """
        return str(self.fields.get("name", self.key))

    @property
    def managed(self) -> dict[str, Any]:
        """The fields that it states and does not ignore."""
        return {name: held for name, held in self.fields.items() if name not in self.sync.ignore}
