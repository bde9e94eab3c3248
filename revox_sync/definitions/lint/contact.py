"""Rules on numbers and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
_URL = re.compile(r"https?://(?:[^\s/?#@]*@)?[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def _phone_format(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`transfer_phone_number` is a number in E.164 format: `+` and up to 15 digits.

    No spaces, dots or leading zero: `+33123456789`.
    """
    number = fields["transfer_phone_number"]
    if not _E164.fullmatch(number):
        digits = re.sub(r"[\s().-]", "", number)
        right = f"+{digits[2:]}" if digits.startswith("00") else digits
        hint = f'write "{right}"' if _E164.fullmatch(right) else "write +, country code and number"
        message = "this is not a phone number in E.164 format, such as +33123456789"
        yield Found(("transfer_phone_number",), message, hint)


def _webhook_url(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`webhook_url` is a URL: `https://…`, or a `{{placeholder}}` that begins it."""
    url = fields["webhook_url"]
    if not _PLACEHOLDER.match(url) and not _is_url(url):
        yield Found(("webhook_url",), "this is not a URL", "write https://… with a host")


def _webhook_not_https(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A webhook should use `https`: what was said in a call travels to it."""
    url = fields["webhook_url"]
    if url.lower().startswith("http:") and _is_url(url):
        message = "what was said in a call travels to this URL without encryption"
        yield Found(("webhook_url",), message, "use https://")


def _is_url(text: str) -> bool:
    return _URL.fullmatch(_PLACEHOLDER.sub("x", text)) is not None


RULES = (
    Rule("phone-format", "error", ("transfer_phone_number",), _phone_format),
    Rule("webhook-url", "error", ("webhook_url",), _webhook_url),
    Rule("webhook-not-https", "warning", ("webhook_url",), _webhook_not_https),
)
