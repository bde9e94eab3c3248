"""Values as an author writes them into a file that is there."""

from __future__ import annotations

from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.editing.order import fact_at, identity_at
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.definitions.writer.secrets import AsFarAsSet, Author, Secret, SecretNames
from revox_sync.model.canonical import dumps


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

    ``key`` begins the names of new secrets.
    """

    def __init__(self, key: str, names: SecretNames) -> None:
        self._author = Author(key, names)
        self._known: dict[tuple[Path, str], Any] = {}

    @property
    def secrets(self) -> list[Secret]:
        """What is to be set, because references to it were spelled."""
        return self._author.secrets

    def environ(self, environ: AsFarAsSet) -> AsFarAsSet:
        """Return an environment in which the new references stand for what they replaced."""
        held = {SECRET_PREFIX + found.name: found.value or "masked" for found in self.secrets}
        return AsFarAsSet({**environ, **held})

    def __call__(self, path: Path, value: Any) -> Any:
        """Return ``value`` as it is to be written at ``path``; each value in one way only."""
        if path[0] in ("name", "sync"):  # they are printed, and take no secret
            return escaped(path, value)
        known = (path, dumps(value))
        if known not in self._known:
            labels = tuple(map(str, _labels(path, value)))
            self._known[known] = self._author.spell(fact_at(path), value, path, labels)
        return self._known[known]


def _labels(path: Path, value: Any) -> Path:
    """Return what names a place: an item of a list by what it is known by, or by its number."""
    last = path[-1]
    if not isinstance(last, int):
        return path
    identity = identity_at(path[:-1])
    known = value.get(identity) if identity is not None and isinstance(value, dict) else None
    return (*path[:-1], known if isinstance(known, str) else last + 1)
