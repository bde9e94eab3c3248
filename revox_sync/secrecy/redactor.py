"""What is never shown: which parts of a value are sensitive, and how texts lose them.

A secret can reach the screen in two ways: as part of a value that is shown, which ``mask_urls``
prevents, and inside a text that somebody else wrote (an error of the service that quotes what it
was sent), which ``Redactor`` prevents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

#: What stands in place of a sensitive value.
MASK = "(sensitive)"

#: Shorter values are not searched for in foreign texts: they would match by chance.
SHORTEST = 4

# Schemes and runs of backslashes are bounded, so that no text takes more than a moment. JSON inside
# a text may spell a slash as \/, and a URL inside a URL is percent-encoded, perhaps twice.
_URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?:\\{0,7}/){2}(?:[^\s\"'<>\\]|\\{1,7}/)+")
_QUOTED_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,30}%(?:25){0,3}3A(?:%(?:25){0,3}2F){2}[A-Za-z0-9%._~+*-]+",
    re.IGNORECASE,
)
_ESCAPED_SLASH = re.compile(r"\\{1,7}/")
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
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember values that must not be shown, in whatever form others quote them."""
        self._secrets.update(secret for secret in secrets if len(secret.strip()) >= SHORTEST)
        self._pattern = None

    def __call__(self, text: str) -> str:
        """Return ``text`` without anything sensitive, however its white space is folded."""
        if self._secrets:
            if self._pattern is None:
                longest_first = sorted(self._secrets, key=len, reverse=True)
                forms = [form for secret in longest_first for form in _forms(secret)]
                self._pattern = re.compile("|".join(forms))
            text = self._pattern.sub(MASK, text)
        text = _URL_IN_TEXT.sub(lambda found: _mask_url(_ESCAPED_SLASH.sub("/", found[0])), text)
        return _QUOTED_URL.sub(_masked_quoted_url, text)


def _masked_quoted_url(found: re.Match[str]) -> str:
    url = found[0]
    for _ in range(4):
        url = unquote(url)
    masked = _mask_url(url)
    return found[0] if masked == url else masked


def _forms(secret: str) -> Iterator[str]:
    """Yield patterns of a secret as it is or escaped (JSON, percent, Python), and in base64.

    Escaping may be of any depth, in any case, and of some characters only, so that each character
    has a pattern of its own.
    """
    import json

    yield r"(?:\s|\+|%(?:25){0,3}(?:20|0[aAdD])|\\{1,7}[nrt])+".join(
        "".join(map(_character, word)) for word in secret.split()
    )
    texts = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    for text in texts:
        yield from map(re.escape, _in_base64(text.encode(errors="replace")))


@lru_cache(maxsize=256)
def _character(character: str) -> str:
    """Return a pattern of one character as it is, or escaped in any of the usual ways."""
    if character.isascii() and (character.isalnum() or character in "_-."):
        return re.escape(character)
    in_url = "".join(
        f"%(?:25){{0,3}}{_any_case(f'{byte:02x}')}" for byte in character.encode(errors="replace")
    )
    units = character.encode("utf-16-be", errors="surrogatepass")
    in_json = "".join(
        rf"\\{{1,7}}u{_any_case(units[index : index + 2].hex())}"
        for index in range(0, len(units), 2)
    )
    in_python = rf"\\{{1,7}}x{_any_case(f'{ord(character):02x}')}"
    return rf"(?:\\{{0,7}}{re.escape(character)}|{in_url}|{in_json}|{in_python})"


def _any_case(digits: str) -> str:
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits)


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
