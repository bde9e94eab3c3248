"""One assistant as a definition file states it, with what ``sync:`` says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Literal

from revox_sync.model.path import Path, lies_in
from revox_sync.model.shapes import UNKNOWN, Member
from revox_sync.model.walk import mapped
from revox_sync.records import dataclass
from revox_sync.secrecy.values import as_written, references_in


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
    a field that is not in it is not managed. ``secrets`` holds, by their places in ``fields``, the
    texts that a ``${secret.NAME}`` went into as they are written; ``unset`` names the secrets that
    have no value, whose references stand in ``fields``. ``earlier`` is what ``secrets`` was at the
    commit that a plan is compared with.
    """

    key: str
    file: str
    fields: Mapping[str, Any] = field(repr=False)
    sync: SyncOptions = SyncOptions()
    secrets: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))
    unset: frozenset[str] = frozenset()
    earlier: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        """The assistant's name, by which it is found when it is not bound to an id.

        What a rollback restores may lack it; then it is the key.
        """
        return str(self.fields.get("name", self.key))

    @property
    def secret_places(self) -> frozenset[Path]:
        """The places of texts that hold a secret, or held one at the commit."""
        return frozenset((*self.secrets, *self.earlier))

    @property
    def as_written(self) -> Definition:
        """The definition with its references to secrets unexpanded, as if they were mere text."""

        def written(path: Path, _: Member, leaf: Any) -> Any:
            return self.secrets.get(path) or as_written(leaf) if isinstance(leaf, str) else leaf

        fields = {
            name: mapped(UNKNOWN, held, written, (name,)) for name, held in self.fields.items()
        }
        return replace(self, fields=fields, secrets={}, unset=frozenset(), earlier={})

    def unset_in(self, path: Path) -> tuple[str, ...]:
        """Return the names of the secrets without a value in what stands at ``path``."""
        if not self.unset:
            return ()
        found = {
            name
            for place, written in self.secrets.items()
            if lies_in(place, path)
            for name in references_in(written)
        }
        return tuple(sorted(found & self.unset))

    @property
    def unset_places(self) -> list[Path]:
        """The places of texts that refer to a secret without a value."""
        return [place for place in self.secrets if self.unset_in(place)] if self.unset else []

    @property
    def managed(self) -> dict[str, Any]:
        """The fields that it states and does not ignore."""
        return {name: held for name, held in self.fields.items() if name not in self.sync.ignore}

    @property
    def faq(self) -> Sequence[Any]:
        """The items of the FAQ that it states and does not ignore."""
        return self.managed.get("faq_items") or ()
