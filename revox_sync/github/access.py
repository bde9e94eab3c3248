"""Which repository on which GitHub, and what opens it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from revox_sync.account.address import is_loopback
from revox_sync.errors import SetupError, UsageError

API_URL = "https://api.github.com"

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Access:
    """``api_url`` without a final slash, ``repository`` as ``owner/name``, and the token."""

    api_url: str
    repository: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Access:
        """Return what GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN say.

        A workflow has the first two by itself and passes the third on. Raises SetupError for one
        that is missing or cannot be, UsageError for a URL that the token must not go to.
        """
        return cls(
            _api_url(environ.get("GITHUB_API_URL") or API_URL),
            _repository(environ.get("GITHUB_REPOSITORY", "")),
            _token(environ.get("GITHUB_TOKEN", "")),
        )


def _api_url(text: str) -> str:
    hint = f"it looks like {API_URL} or https://HOST/api/v3; http is for loopback only"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("GITHUB_API_URL cannot be read", hint=hint) from None
    plain = parts.username is None and not parts.query and not parts.fragment
    local = parts.scheme == "http" and is_loopback(host)
    if not host or not plain or not text.isascii() or not (parts.scheme == "https" or local):
        raise UsageError("GITHUB_API_URL is not a plain https URL", hint=hint)
    return text.rstrip("/")


def _repository(text: str) -> str:
    if not text:
        raise SetupError("GITHUB_REPOSITORY is not set", hint="set it to owner/name")
    if not _REPOSITORY.fullmatch(text):
        raise SetupError(f"GITHUB_REPOSITORY is not owner/name: {text!r}")
    return text


def _token(text: str) -> str:
    token = text.strip()
    if not token:
        raise SetupError(
            "GITHUB_TOKEN is not set", hint="in a workflow: env: GITHUB_TOKEN: ${{ github.token }}"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SetupError("GITHUB_TOKEN holds a space or a character that no token has")
    return token
