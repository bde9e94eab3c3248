"""The rule on credentials that are written into a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.lint.rule import Found, Rule
from revox_sync.definitions.lint.urls import PLACEHOLDER, urls
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.secrecy.values import credential_name, holds_token


def _literal_secret(fields: Mapping[str, Any]) -> Iterator[Found]:
    """A credential is not written into a definition: whoever reads the repository reads it.

    Write `${secret.NAME}`, which stands for the environment variable `REVOX_SECRET_NAME`. Looked
    at are `llm_model.api_key`; headers and query parameters of custom tools whose name tells of a
    credential (`Authorization`, `X-Api-Key`, anything with token, secret, key, password or auth);
    user information and such parameters in URLs; and tokens of well-known forms in the `prompt`,
    in URLs and in custom tools. A `{{placeholder}}` is no credential.
    """
    for path, name in _written_out(fields):
        message = "a credential is written out here, and whoever reads the file reads it"
        hint = f'write "${{secret.{name}}}" in its place, and set {SECRET_PREFIX}{name}'
        yield Found(path, message, hint)


def _written_out(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the place of each credential, and what to name it: known words, never the data's."""
    model = fields.get("llm_model") or {}
    if _is_literal(model.get("api_key") or ""):
        yield ("llm_model", "api_key"), "API_KEY"
    for path, url in urls(fields):
        name = _in_url(url)
        if name:
            yield path, name
    for index, tool in enumerate(fields.get("custom_tools") or ()):
        for path, name in _in_tool(tool):
            yield ("custom_tools", index, *path), name
    if holds_token(fields.get("prompt") or ""):
        yield ("prompt",), "TOKEN"


def _in_tool(tool: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for member in ("headers", "query_params"):
        for index, pair in enumerate(tool[member]):
            name = _in_pair(pair["key"], pair["value"])
            if name:
                yield (member, index, "value"), name
    if holds_token(tool["body_template"] or ""):
        yield ("body_template",), "TOKEN"


def _in_url(url: str) -> str | None:
    """Return what to name a credential in ``url``, None if it holds none."""
    known = holds_token(url)
    address, _, query = PLACEHOLDER.sub("{{}}", url).partition("#")[0].partition("?")
    user, at, _ = address.partition("://")[2].partition("/")[0].rpartition("@")
    if at and _is_literal(user):
        return "PASSWORD"
    pairs = (part.partition("=") for part in query.split("&"))
    names = (_in_pair(name, value) for name, _, value in pairs)
    return next(filter(None, names), "TOKEN" if known else None)


def _in_pair(key: str, value: str) -> str | None:
    """Return what to name the credential that a header or parameter holds, None if none."""
    name = credential_name(key)
    if name and _is_literal(value):
        return name
    return (name or "TOKEN") if holds_token(value) else None


def _is_literal(value: str) -> bool:
    """Whether a credential is written out: there is one, without a placeholder in it."""
    return bool(value.strip()) and not PLACEHOLDER.search(value)


RULES = (
    Rule(
        "literal-secret",
        "warning",
        (
            "prompt",
            "llm_model",
            "custom_tools",
            "webhook_url",
            "precall_lookup_url",
            "logo_url",
        ),
        _literal_secret,
        apart=True,
        on_literals=True,
    ),
)
