"""Values as an author writes them into a file that is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from revox_sync.authoring.editing.order import fact_at, identity_at
from revox_sync.authoring.writer.secrets import AsFarAsSet, Author, Secret, SecretNames, label
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.path import Path
from revox_sync.model.shapes import dumps


def escaped(_path: Path, value: Any) -> Any:
    """Return a value that holds no secret, with ``$${`` for ``${``."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, list):
        return [escaped((), item) for item in value]
    if isinstance(value, dict):
        return {name: escaped((), item) for name, item in value.items()}
    return value


class Spelling:
    """Spells the values of one definition: ``${secret.NAME}`` for what is sensitive.

    ``key`` begins the names of new secrets. ``fields`` are what it states so far, with references
    for secrets that are ``unset``.
    """

    def __init__(
        self,
        key: str,
        names: SecretNames,
        fields: Mapping[str, Any],
        unset: Collection[str] = (),
    ) -> None:
        self._author = Author(key, names, unset)
        self._fields = fields
        self._known: dict[tuple[Path, str], Any] = {}

    @property
    def secrets(self) -> list[Secret]:
        """What is to be set, because references to it were spelled."""
        return self._author.secrets

    def environ(self, environ: AsFarAsSet) -> AsFarAsSet:
        """Return an environment in which the new references stand for what they replaced."""
        held = {SECRET_PREFIX + found.name: found.stand_in for found in self.secrets}
        return AsFarAsSet({**environ, **held})

    def __call__(self, path: Path, value: Any) -> Any:
        """Return ``value`` as it is to be written at ``path``; each value in one way only."""
        if path[0] in ("name", "sync"):  # they are printed, and take no secret
            return escaped(path, value)
        known = (path, dumps(value))
        if known not in self._known:
            labels = tuple(_labels(self._fields, path, value))
            self._known[known] = self._author.spell(fact_at(path), value, path, labels)
        return self._known[known]


def _labels(fields: Mapping[str, Any], path: Path, value: Any) -> Iterator[str]:
    """Yield what names a place: an item of a list by what it is known by, or by its number."""
    around: Any = fields
    for length, part in enumerate(path, 1):
        around = value if length == len(path) else _inner(around, part)
        yield (
            label(around, identity_at(path[: length - 1]), part) if type(part) is int else str(part)
        )


def _inner(value: Any, part: int | str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part)
    return (
        value[part] if isinstance(value, list) and type(part) is int and part < len(value) else None
    )
