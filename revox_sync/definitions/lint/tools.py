"""Rules on what a call reaches: URLs, custom tools and their inputs; and on written credentials."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any

from revox_sync.definitions.lint.rule import Findings, repeated, rule
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.fields import FIELDS
from revox_sync.model.path import Path, path_text
from revox_sync.model.walk import leaves
from revox_sync.secrecy.redactor import holds_token
from revox_sync.secrecy.urls import parts
from revox_sync.secrecy.values import credential_name, is_mask

PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
_URL = re.compile(r"https?://(?:[^\s/?#@]*@)?[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)

_LOOKUP, _LOGO, _MODEL, _TOOLS = "precall_lookup_url", "logo_url", "llm_model", "custom_tools"
_PHONE = "{{phone}}"


def _urls(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield every URL in ``fields`` with its place."""
    guarded = attrgetter("is_guarded")
    for name, value in fields.items():
        if isinstance(value, str):
            if FIELDS[name].url:
                yield (name,), value
            continue
        for path, member, leaf in leaves(FIELDS[name], value, (name,), among=guarded):
            if member.url and leaf is not None:
                yield path, leaf


@rule("error", "webhook_url")
def webhook_url(fields: Mapping[str, Any]) -> Findings:
    """`webhook_url` is a URL: `https://…`, or a `{{placeholder}}` that begins it."""
    yield from _not_urls(fields)


@rule("warning", "webhook_url")
def webhook_not_https(fields: Mapping[str, Any]) -> Findings:
    """A webhook should use `https`: what was said in a call travels to it."""
    yield from _open_urls(fields, "what was said in a call travels")


@rule("error", _LOGO, _MODEL, _TOOLS, apart=True)
def url_format(fields: Mapping[str, Any]) -> Findings:
    """`logo_url`, `llm_model.api_url` and the `url` of a custom tool are URLs.

    That of a custom tool may begin with a `{{placeholder}}` instead of `https://`.
    """
    yield from _not_urls(fields)


@rule("warning", _LOOKUP, _MODEL, _TOOLS, apart=True)
def not_https(fields: Mapping[str, Any]) -> Findings:
    """`precall_lookup_url`, `llm_model.api_url` and custom tools should use `https`.

    What callers say, their numbers, and the keys of these services travel to them.
    """
    yield from _open_urls(fields, "what callers say and the keys of the service travel")


@rule("error", _LOOKUP)
def precall_lookup_url(fields: Mapping[str, Any]) -> Findings:
    """`precall_lookup_url` is a URL that holds `{{phone}}`, spelled so.

    The caller's number takes its place before a call is answered.
    """
    yield from _not_urls(fields)
    if _PHONE not in fields[_LOOKUP]:
        message = f"the API wants {_PHONE} in it, where the caller's number goes"
        hint = f"add ?phone={_PHONE}, for example; without spaces, in lower case"
        yield (_LOOKUP,), message, hint


def _not_urls(fields: Mapping[str, Any]) -> Findings:
    for path, url in _urls(fields):
        may_begin = path[0] in ("webhook_url", _TOOLS) and PLACEHOLDER.match(url)
        if not may_begin and not _is_url(url):
            yield path, "this is not a URL", "write https://… with a host"


def _open_urls(fields: Mapping[str, Any], what: str) -> Findings:
    for path, url in _urls(fields):
        if url.lower().startswith("http:") and _is_url(url):
            yield path, f"{what} to this URL without encryption", "use https://"


def _is_url(text: str) -> bool:
    return _URL.fullmatch(PLACEHOLDER.sub("x", text)) is not None


@rule(
    "warning",
    "prompt",
    "llm_model",
    "custom_tools",
    "webhook_url",
    "precall_lookup_url",
    "logo_url",
    apart=True,
    on_literals=True,
)
def literal_secret(fields: Mapping[str, Any]) -> Findings:
    """A credential is not written into a definition: whoever reads the repository reads it.

    Write `${secret.NAME}`, which stands for the environment variable `REVOX_SECRET_NAME`. Looked
    at are `llm_model.api_key`; headers and query parameters of custom tools whose name tells of a
    credential (`Authorization`, `X-Api-Key`, anything with token, secret, key, password or auth);
    user information and such parameters in URLs; and tokens of well-known forms, webhooks of Slack
    and Zapier among them, in the `prompt`, in URLs and in custom tools. A `{{placeholder}}` is no
    credential.
    """
    for path, name in _written_out(fields):
        message = "a credential is written out here, for everybody who reads the file"
        hint = f'write "${{secret.{name}}}" in its place, and set {SECRET_PREFIX}{name}'
        yield path, message, hint


def _written_out(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the place of each credential, and what to name it: known words, never the data's."""
    model = fields.get("llm_model") or {}
    if _is_literal(model.get("api_key") or ""):
        yield ("llm_model", "api_key"), "API_KEY"
    for path, url in _urls(fields):
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
    for part in parts(url):
        if part.name is None and _is_literal(part.text):
            return "PASSWORD"
        name = None if part.name is None else _in_pair(part.name, part.text)
        if name:
            return name
    return "TOKEN" if holds_token(url) else None


def _in_pair(key: str, value: str) -> str | None:
    """Return what to name the credential that a header or parameter holds, None if none."""
    name = credential_name(key)
    if name and _is_literal(value):
        return name
    return (name or "TOKEN") if holds_token(value) else None


def _is_literal(value: str) -> bool:
    """Whether a credential is written out: there is one, no mask, without a placeholder in it."""
    return bool(value.strip()) and not (PLACEHOLDER.search(value) or is_mask(value))


_OUTPUTS, _PROMPT = "structured_output_config", "structured_output_prompt"
_BOTH = (_OUTPUTS, _TOOLS)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@rule("error", _TOOLS)
def tool_name(fields: Mapping[str, Any]) -> Findings:
    """Custom tools are named in `lower_snake_case`, such as `check_inventory`."""
    for index, tool in enumerate(fields[_TOOLS]):
        if not _NAME.fullmatch(tool["name"]):
            right = "_".join(_WORD.findall(tool["name"])).lower()
            is_right = tool["name"].isascii() and _NAME.fullmatch(right)
            hint = f"write {right}" if is_right else "write check_inventory, say"
            message = "the name of a tool is written in lower_snake_case"
            yield (_TOOLS, index, "name"), message, hint


@rule("error", _TOOLS)
def duplicate_tool(fields: Mapping[str, Any]) -> Findings:
    """Two custom tools cannot have one name: the assistant calls a tool by its name."""
    for earlier, index in repeated(tool["name"] for tool in fields[_TOOLS]):
        message = f"{_TOOLS}[{earlier}] has this name too"
        yield (_TOOLS, index, "name"), message, "rename or remove one of them"


@rule("warning", _TOOLS)
def idle_body(fields: Mapping[str, Any]) -> Findings:
    """A `body_template` goes with POST, PUT and PATCH.

    Servers do not expect a body with GET and DELETE: many ignore it, some refuse the request.
    """
    for index, tool in enumerate(fields[_TOOLS]):
        if tool["method"] in ("GET", "DELETE") and tool["body_template"]:
            message = f"servers do not expect a body with {tool['method']}"
            hint = "write `body_template: null`, and use query_params"
            yield (_TOOLS, index, "body_template"), message, hint


@rule("warning", _TOOLS)
def body_not_json(fields: Mapping[str, Any]) -> Findings:
    """A `body_template` is JSON, and its `{{placeholders}}` stand in quotes.

    The API documents `"{{name}}"`, with the quotes, for values that a call fills in.
    """
    for index, tool in enumerate(fields[_TOOLS]):
        body = tool["body_template"] or ""
        if body.strip() and not _is_json(PLACEHOLDER.sub("x", body)):
            if _is_json(PLACEHOLDER.sub("0", body)):
                message, hint = "a placeholder stands outside quotes", 'write "{{name}}"'
            else:
                message = "this is not JSON, whatever its placeholders stand for"
                hint = "texts and names need double quotes; no comma after the last member"
            yield (_TOOLS, index, "body_template"), message, hint


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@rule("error", *_BOTH, apart=True)
def enum_without_options(fields: Mapping[str, Any]) -> Findings:
    """A value of type `enum` needs `enum_options`.

    Without options there is nothing to choose from. This holds for `structured_output_config` and
    for the `input_schema` of custom tools.
    """
    for path, value in _values(fields):
        if value["type"] == "enum" and not value.get("enum_options"):
            message = "a value of type enum needs enum_options to choose from"
            yield (*path, "type"), message, "add `enum_options: [first, second]`"


@rule("warning", *_BOTH, apart=True)
def options_without_enum(fields: Mapping[str, Any]) -> Findings:
    """`enum_options` mean something for type `enum` only."""
    for path, value in _values(fields):
        if value["type"] != "enum" and value.get("enum_options"):
            message = "enum_options only mean something for type enum"
            yield (*path, "enum_options"), message, "remove them, or use `type: enum`"


@rule("error", *_BOTH, apart=True)
def duplicate_value(fields: Mapping[str, Any]) -> Findings:
    """Two outputs, or two inputs of one custom tool, cannot have one name.

    A value is looked up by its name.
    """
    for base, values in _lists(fields):
        for earlier, index in repeated(value["name"] for value in values):
            message = f"{path_text((*base, earlier))} has this name too"
            yield (*base, index, "name"), message, "rename or remove one of them"


@rule("warning", _PROMPT, _OUTPUTS)
def idle_output_prompt(fields: Mapping[str, Any]) -> Findings:
    """`structured_output_prompt` is idle where `structured_output_config` is empty.

    It says how values are extracted, and none is. Outputs that are not stated may be set in the
    dashboard.
    """
    if fields.get(_PROMPT) and _OUTPUTS in fields and not fields[_OUTPUTS]:
        message = "structured_output_config is empty, so there is nothing to extract"
        yield (_PROMPT,), message, "remove it, or add outputs"


def _values(fields: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for base, values in _lists(fields):
        for index, value in enumerate(values):
            yield (*base, index), value


def _lists(fields: Mapping[str, Any]) -> Iterator[tuple[Path, list[Any]]]:
    """Yield every list of typed values with its place."""
    yield (_OUTPUTS,), fields.get(_OUTPUTS) or []
    for index, tool in enumerate(fields.get(_TOOLS) or ()):
        yield (_TOOLS, index, "input_schema"), tool["input_schema"]
