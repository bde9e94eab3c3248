"""Rules on URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.lint.rule import Found, Rule

PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
_URL = re.compile(r"https?://(?:[^\s/?#@]*@)?[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)

_LOOKUP, _LOGO, _MODEL, _TOOLS = "precall_lookup_url", "logo_url", "llm_model", "custom_tools"
_PHONE = "{{phone}}"


def urls(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield every URL in ``fields`` with its place."""
    for name in ("webhook_url", _LOOKUP, _LOGO):
        if fields.get(name) is not None:
            yield (name,), fields[name]
    if (fields.get(_MODEL) or {}).get("api_url") is not None:
        yield (_MODEL, "api_url"), fields[_MODEL]["api_url"]
    for index, tool in enumerate(fields.get(_TOOLS) or ()):
        yield (_TOOLS, index, "url"), tool["url"]


def _webhook_url(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`webhook_url` is a URL: `https://…`, or a `{{placeholder}}` that begins it."""
    yield from _not_urls(fields)


def _webhook_not_https(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A webhook should use `https`: what was said in a call travels to it."""
    yield from _open_urls(fields, "what was said in a call travels")


def _url_format(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`logo_url`, `llm_model.api_url` and the `url` of a custom tool are URLs.

    That of a custom tool may begin with a `{{placeholder}}` instead of `https://`.
    """
    yield from _not_urls(fields)


def _not_https(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`precall_lookup_url`, `llm_model.api_url` and custom tools should use `https`.

    What callers say, their numbers, and the keys of these services travel to them.
    """
    yield from _open_urls(fields, "what callers say and the keys of the service travel")


def _lookup_url(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`precall_lookup_url` is a URL that holds `{{phone}}`, spelled so.

    The caller's number takes its place before a call is answered.
    """
    yield from _not_urls(fields)
    if _PHONE not in fields[_LOOKUP]:
        message = f"the API wants {_PHONE} in it, where the caller's number goes"
        hint = f"add ?phone={_PHONE}, for example; without spaces, in lower case"
        yield Found((_LOOKUP,), message, hint)


def _not_urls(fields: Mapping[str, Any]) -> Iterator[Found]:
    for path, url in urls(fields):
        may_begin = path[0] in ("webhook_url", _TOOLS) and PLACEHOLDER.match(url)
        if not may_begin and not _is_url(url):
            yield Found(path, "this is not a URL", "write https://… with a host")


def _open_urls(fields: Mapping[str, Any], what: str) -> Iterator[Found]:
    for path, url in urls(fields):
        if url.lower().startswith("http:") and _is_url(url):
            yield Found(path, f"{what} to this URL without encryption", "use https://")


def _is_url(text: str) -> bool:
    return _URL.fullmatch(PLACEHOLDER.sub("x", text)) is not None


RULES = (
    Rule("webhook-url", "error", ("webhook_url",), _webhook_url),
    Rule("webhook-not-https", "warning", ("webhook_url",), _webhook_not_https),
    Rule("precall-lookup-url", "error", (_LOOKUP,), _lookup_url),
    Rule("url-format", "error", (_LOGO, _MODEL, _TOOLS), _url_format, apart=True),
    Rule("not-https", "warning", (_LOOKUP, _MODEL, _TOOLS), _not_https, apart=True),
)
