"""What is never shown: which parts of a value are sensitive, and how texts lose them.

A secret can reach the screen in two ways: as part of a value that is shown, which ``mask_urls``
prevents, and inside a text that somebody else wrote (an error of the service that quotes what it
was sent), which ``Redactor`` prevents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote

#: What stands in place of a sensitive value.
MASK = "(sensitive)"

#: Shorter values are not searched for in foreign texts: they would match by chance.
SHORTEST = 4

_URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>\\]+")
_AUTHORITY = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?([^/]*)(.*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")


def mask_urls(value: Any) -> Any:
    """Return the value of a URL field with user information and query values masked.

    Parameter names and a lone ``{{placeholder}}`` stay visible. A text is one URL, with or without
    a scheme; lists and objects are masked text by text, other values come back as they are.
    """
    if isinstance(value, str):
        return _mask_url(value)
    if isinstance(value, list):
        return [mask_urls(item) for item in value]
    if isinstance(value, dict):
        return {name: mask_urls(item) for name, item in value.items()}
    return value


def is_placeholder(value: Any) -> bool:
    """Whether a value is a lone ``{{placeholder}}``, which the service fills in for each call."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


def _mask_url(url: str) -> str:
    rest, hash_, fragment = url.partition("#")
    head, mark, query = rest.partition("?")
    scheme, host, path = _authority(head)
    _, at, name = host.rpartition("@")
    masked = (scheme or "") + (f"{MASK}@" if at else "") + name + path
    masked += mark + _mask_parameters(query)
    return masked + hash_ + (_mask_parameters(fragment) if "=" in fragment else fragment)


def _authority(head: str) -> tuple[str | None, str, str]:
    """Return scheme, host with user information, and path of what stands before the query."""
    found = _AUTHORITY.fullmatch(head)
    scheme, host, path = found.groups() if found else (None, "", head)
    return scheme, host, path


def _mask_parameters(text: str) -> str:
    return "&".join(_mask_parameter(part) for part in text.split("&"))


def _mask_parameter(part: str) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        return MASK if name else ""
    return f"{name}={value}" if not value or _PLACEHOLDER.fullmatch(value) else f"{name}={MASK}"


def url_secrets(value: Any) -> set[str]:
    """Return the user information and query values in the value of a URL field."""
    if isinstance(value, str):
        return set(_secrets_of_url(value))
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(url_secrets, value)) if isinstance(value, list) else set()


def _secrets_of_url(url: str) -> Iterator[str]:
    rest, _, fragment = url.partition("#")
    head, _, query = rest.partition("?")
    user = _authority(head)[1].rpartition("@")[0]
    if user:
        parts = (user, *user.split(":"))
        yield from (*parts, *map(unquote, parts))
    for part in (*query.split("&"), *(fragment.split("&") if "=" in fragment else ())):
        name, equals, value = part.partition("=")
        text = value if equals else name
        if not _PLACEHOLDER.fullmatch(text):
            yield from (text, unquote(text))


class Redactor:
    """Takes sensitive values out of texts that the tool did not write itself."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember values that must not be shown, and the forms in which others quote them."""
        for secret in secrets:
            if len(secret.strip()) >= SHORTEST:
                self._forms.update(_forms(secret))
        self._pattern = None

    def __call__(self, text: str) -> str:
        """Return ``text`` without anything sensitive, however its white space is folded."""
        if self._forms:
            if self._pattern is None:
                longest_first = sorted(self._forms, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(_loosely, longest_first)))
            text = self._pattern.sub(MASK, text)
        return _URL_IN_TEXT.sub(lambda found: _mask_url(found[0]), text)


def _loosely(form: str) -> str:
    return r"\s+".join(map(re.escape, form.split()))


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, percent-encoded, as JSON (in JSON), as Python, and in base64."""
    import json

    texts = [secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
    yield from texts
    yield from (json.dumps(text)[1:-1] for text in texts)
    yield from (repr(secret)[1:-1], quote(secret, safe=""), quote(secret), quote_plus(secret))
    for text in texts:
        yield from _in_base64(text.encode(errors="replace"))


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what base64 makes of ``secret`` inside a longer text, at each position modulo 3."""
    from base64 import b64encode

    for before in range(3):
        code = b64encode(bytes(before) + secret).decode()
        begin = (0, 2, 3)[before]
        end = len(code) - (0, 3, 2)[(before + len(secret)) % 3]
        if end - begin >= SHORTEST:
            yield code[begin:end]
            yield code[begin:end].replace("+", "-").replace("/", "_")
