"""An assistant of the account without anything sensitive, for writing it to disk.

What the tool knows to be sensitive is masked by field; an account may report members that this
version does not know, so what looks like a credential anywhere else is masked too.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.model.conceal import member_at
from revox_sync.model.fields import FIELDS, field_of
from revox_sync.secrecy.redactor import MASK, SHORTEST, is_placeholder, mask_urls

#: Members that hold a credential wherever they stand: documented (llm_model.api_key), or by name.
_CREDENTIALS = frozenset({"api_key", "apikey", "authorization", "password", "secret", "token"})

#: Lists of key and value whose values may hold credentials (custom_tools[].headers and others).
_PAIRS = frozenset({"headers", "query_params"})

#: Personal data that nothing is ever restored from.
_PERSONAL = frozenset({"created_by"})


def redacted(
    data: Mapping[str, Any], secrets: AbstractSet[Path], values: AbstractSet[str] = frozenset()
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Return the assistant as it may be written down, and the places that were masked.

    ``secrets`` are the places that a ``${secret.NAME}`` of the definition went into: they are
    masked whole, and one inside a list masks every text of that field, because an older list may
    hold it anywhere. ``values`` are secrets that are known now: a text that holds one is masked.
    """
    masked: list[Path] = []
    found = {value for value in values if len(value) >= SHORTEST}
    kept = {
        name: _Masking(name, secrets, found, masked).of(value, (name,))
        for name, value in data.items()
        if name not in _PERSONAL
    }
    return kept, tuple(masked)


class _Masking:
    """Masks the value of one field."""

    def __init__(
        self, name: str, secrets: AbstractSet[Path], values: AbstractSet[str], masked: list[Path]
    ) -> None:
        self._known = name in FIELDS
        self._member = field_of(name).member
        self._places = {path for path in secrets if path[0] == name}
        self._whole = any(isinstance(part, int) for path in self._places for part in path)
        self._values = values
        self._masked = masked

    def of(self, value: Any, path: Path) -> Any:
        """Return ``value``, which stands at ``path``, without what is sensitive in it."""
        if isinstance(value, dict):
            return {name: self.of(item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or not value:
            return value
        shown = self._text(value, path)
        if shown != value:
            self._masked.append(path)
        return shown

    def _text(self, text: str, path: Path) -> Any:
        if self._whole or any(path[: len(place)] == place for place in self._places):
            return MASK
        if any(value in text for value in self._values):
            return MASK
        member = member_at(self._member, path[1:])
        if member.secret or _is_credential(path):
            return text if is_placeholder(text) else MASK
        return mask_urls(text) if member.url or self._looks_like_url(text, path) else text

    def _looks_like_url(self, text: str, path: Path) -> bool:
        """Whether a text that no field of this version is known to hold is a URL."""
        if self._known and len(path) == 1:
            return False
        name = str(path[-1]).lower()
        return "url" in name or ("://" in text and not any(map(str.isspace, text)))


def _is_credential(path: Path) -> bool:
    """Whether a member is a credential by its name, or the value of a header or parameter."""
    names = [part.lower() for part in path if isinstance(part, str)]
    if names[-1] in _CREDENTIALS:
        return True
    return names[-1] == "value" and not _PAIRS.isdisjoint(names)
