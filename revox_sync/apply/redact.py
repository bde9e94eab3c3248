"""An assistant of the account without anything sensitive, for writing it to disk.

What the tool knows to be sensitive is masked by field; an account may report members that this
version does not know, so what looks like a credential anywhere else is masked too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revox_sync.definitions.definition import Definition, Path
from revox_sync.model.fields import FIELDS
from revox_sync.model.sensitive import MASK, mask_urls

#: Members that hold a credential wherever they stand: documented (llm_model.api_key), or by name.
_CREDENTIALS = frozenset({"api_key", "apikey", "authorization", "password", "secret", "token"})

#: Lists of key and value whose values may hold credentials (custom_tools[].headers and others).
_PAIRS = frozenset({"headers", "query_params"})

#: Personal data that nothing is ever restored from.
_PERSONAL = frozenset({"created_by"})


def redacted(
    data: Mapping[str, Any], definition: Definition | None
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Return the assistant as it may be written down, and the places that were masked.

    Values that a ``${secret.NAME}`` of the definition went into are masked whole; a secret inside
    a list masks every text of that field, because an older list may hold it anywhere.
    """
    secrets = definition.secrets if definition is not None else frozenset()
    masked: list[Path] = []
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if name in _PERSONAL:
            continue
        whole = any(path[0] == name and _in_list(path) for path in secrets)
        paths = {path for path in secrets if path[0] == name}
        url = name in FIELDS and FIELDS[name].url
        kept[name] = _masked(value, (name,), masked, whole=whole, secrets=paths, url=url)
    return kept, tuple(masked)


def _in_list(path: Path) -> bool:
    return any(isinstance(part, int) for part in path)


def _masked(
    value: Any, path: Path, masked: list[Path], *, whole: bool, secrets: set[Path], url: bool
) -> Any:
    hide = whole or any(path[: len(secret)] == secret for secret in secrets) or _named(path)
    if isinstance(value, dict):
        return {
            name: _masked(item, (*path, name), masked, whole=hide, secrets=secrets, url=url)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [
            _masked(item, (*path, index), masked, whole=hide, secrets=secrets, url=url)
            for index, item in enumerate(value)
        ]
    if not isinstance(value, str):
        return value
    shown = MASK if hide and value else value
    if not hide and (url or ("://" in value and not _is_prose(value))):
        shown = mask_urls(value)
    if shown != value:
        masked.append(path)
    return shown


def _named(path: Path) -> bool:
    """Whether a member is a credential by its name, or the value of a header or parameter."""
    names = [part.lower() for part in path if isinstance(part, str)]
    if names[-1] in _CREDENTIALS:
        return True
    return names[-1] == "value" and not _PAIRS.isdisjoint(names)


def _is_prose(value: str) -> bool:
    return any(character.isspace() for character in value)
