"""The sensitive values that definitions hold, for taking them out of foreign texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.model.conceal import credentials
from revox_sync.model.fields import FIELDS, field_of
from revox_sync.model.path import Path


def secrets_of(definitions: Sequence[Definition]) -> set[str]:
    """Return every value that a ``${secret.NAME}`` went into, and every credential."""
    found: set[str] = set()
    for definition in definitions:
        for path in definition.secrets:
            value = _value(definition.fields, path)
            if isinstance(value, str):
                found.add(value)
        for name, value in definition.fields.items():
            found.update(credentials(field_of(name).member, value))
    return found


def secrets_in_account(remotes: Iterable[Remote]) -> set[str]:
    """Return the credentials that the account holds now, in URLs or by themselves."""
    holders = [spec for spec in FIELDS.values() if spec.sensitive]
    return {
        secret
        for remote in remotes
        for spec in holders
        for secret in credentials(spec.member, remote.data.get(spec.name))
    }


def _value(data: Any, path: Path) -> Any:
    """Return what stands at a place; None where the definition does not come that far."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
