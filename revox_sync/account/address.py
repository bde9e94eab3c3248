"""Where the API is and what opens it: the base URL and the key."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from revox_sync.account.http import httpx
from revox_sync.errors import SetupError, UsageError
from revox_sync.secrecy.urls import mask_url


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_base_url(
    text: str,
    called: str = "the base URL",
    hint: str = "it looks like https://www.getrevox.com/api; http is for loopback only",
) -> str:
    """Return a base URL without its final slash.

    Raises UsageError unless it is https, or http to loopback: the key goes there. ``called`` and
    ``hint`` say in the message which URL it is, and what it looks like.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError(f"{called} cannot be read", hint=hint) from None
    shown = mask_url(text)
    try:
        _ = httpx.URL(text).host
    except (httpx.InvalidURL, ValueError):
        raise UsageError(f"{called} {shown} is not a URL", hint=hint) from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{called} {shown} is not an https URL", hint=hint)
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(f"{called} {shown} has more than a host and a path", hint=hint)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(f"{called} {shown} is not https, so the key would be readable", hint=hint)
    return text.rstrip("/")


def check_key(key: str, variable: str = "REVOX_API_KEY") -> str:
    """Return an API key without surrounding space; raises SetupError if it is malformed.

    ``variable`` is the environment variable that it comes from.
    """
    key = key.strip()
    if not key:
        raise SetupError(
            f"no API key: {variable} is not set",
            hint=f"set {variable}, or try the embedded sandbox with --sandbox",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SetupError(
            f"{variable} holds a space or a character that no key has",
            hint="set it again, without quotes and line breaks",
        )
    return key
