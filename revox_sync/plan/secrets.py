"""The sensitive values that definitions hold, for taking them out of foreign texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from revox_sync.definitions.definition import Definition, Path
from revox_sync.model.fields import FIELDS
from revox_sync.model.sensitive import url_secrets
from revox_sync.plan.remote import Remote


def secrets_of(definitions: Sequence[Definition]) -> set[str]:
    """Return every value that a ``${secret.NAME}`` went into, and the secret parts of URLs."""
    found: set[str] = set()
    for definition in definitions:
        for path in definition.secrets:
            value = _value(definition.fields, path)
            if isinstance(value, str):
                found.add(value)
        for name, value in definition.fields.items():
            if FIELDS[name].url:
                found |= url_secrets(value)
    return found


def secrets_in_account(remotes: Iterable[Remote]) -> set[str]:
    """Return the secret parts of the URLs that the account holds now."""
    urls = [name for name, spec in FIELDS.items() if spec.url]
    values = (remote.data.get(name) for remote in remotes for name in urls)
    return set().union(*map(url_secrets, values))


def _value(data: Any, path: Path) -> Any:
    """Return what stands at a place; None where the definition does not come that far."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
