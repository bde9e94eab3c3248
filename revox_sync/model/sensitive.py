"""What is never shown: which parts of a value are sensitive, and how texts lose them.

A secret can reach the screen in two ways: as part of a value that is shown, which ``mask_urls``
prevents, and inside a text that somebody else wrote (an error of the service that quotes what it
was sent), which ``Redactor`` prevents.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote

#: What stands in place of a sensitive value.
MASK = "(sensitive)"

#: Shorter values are not searched for in foreign texts: they would match by chance.
_SHORTEST = 4

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>\\]+")
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:([^/?#]*)@)?([^?#]*)(?:\?([^#]*))?(#.*)?")
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")


def mask_urls(value: Any) -> Any:
    """Return ``value`` with user information and query values of every URL in it masked.

    Parameter names and a lone ``{{placeholder}}`` stay visible. Works on texts, and on lists and
    objects of texts; other values come back as they are.
    """
    if isinstance(value, str):
        return _URL.sub(lambda found: _mask_url(found[0]), value) if "://" in value else value
    if isinstance(value, list):
        return [mask_urls(item) for item in value]
    if isinstance(value, dict):
        return {name: mask_urls(item) for name, item in value.items()}
    return value


def _mask_url(url: str) -> str:
    found = _PARTS.fullmatch(url)
    if found is None:
        return MASK
    scheme, user, path, query, fragment = found.groups()
    masked = scheme + (f"{MASK}@" if user is not None else "") + path
    if query is not None:
        masked += "?" + "&".join(_mask_parameter(part) for part in query.split("&"))
    return masked + (fragment or "")


def _mask_parameter(part: str) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        return MASK if name else ""
    return f"{name}={value}" if not value or _PLACEHOLDER.fullmatch(value) else f"{name}={MASK}"


def url_secrets(value: Any) -> set[str]:
    """Return the user information and query values of every URL in ``value``."""
    secrets: set[str] = set()
    if isinstance(value, str) and "://" in value:
        for found in _URL.finditer(value):
            parts = _PARTS.fullmatch(found[0])
            if parts is None:
                continue
            if parts[2]:
                secrets.update([parts[2], *parts[2].split(":")])
            for part in (parts[4] or "").split("&"):
                name, equals, text = part.partition("=")
                text = text if equals else name
                if not _PLACEHOLDER.fullmatch(text):
                    secrets.update([text, unquote(text)])
    elif isinstance(value, list):
        secrets.update(*(url_secrets(item) for item in value))
    elif isinstance(value, dict):
        secrets.update(*(url_secrets(item) for item in value.values()))
    return secrets


class Redactor:
    """Takes sensitive values out of texts that the tool did not write itself."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember values that must not be shown, and the forms in which others quote them."""
        for secret in secrets:
            if len(secret.strip()) < _SHORTEST:
                continue
            self._secrets.update(
                {
                    secret,
                    secret.strip(),
                    quote(secret, safe=""),
                    quote(secret),
                    quote_plus(secret),
                    json.dumps(secret)[1:-1],
                    json.dumps(secret, ensure_ascii=False)[1:-1],
                    repr(secret)[1:-1],
                    base64.b64encode(secret.encode(errors="replace")).decode(),
                    base64.urlsafe_b64encode(secret.encode(errors="replace")).decode(),
                }
            )

    def __call__(self, text: str) -> str:
        """Return ``text`` without anything sensitive."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            if secret in text:
                text = text.replace(secret, MASK)
        masked: str = mask_urls(text)
        return masked
