"""How requests and answers look on the wire; how each generation of the API spells a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from revox_sync.account.lists import Answer, items_of, partial
from revox_sync.errors import UnreadableAnswer
from revox_sync.model.fields import RETRY_FILL

_SHOWN = 1000


def to_request(fields: Mapping[str, Any], profile: Literal["seed", "current"]) -> dict[str, Any]:
    """Return the request body for these fields.

    Profile ``current`` requires two members of ``call_retry_config`` that definitions of the older
    shape leave out; they are filled with their documented defaults.
    """
    body = dict(fields)
    retry = body.get("call_retry_config")
    if profile == "current" and isinstance(retry, Mapping):
        body["call_retry_config"] = {**RETRY_FILL, **retry}
    return body


def assistant_of(answer: Any) -> dict[str, Any]:
    """Return the assistant in an answer, bare or as ``{"assistant": …}``.

    Raises UnreadableAnswer when there is none with an id.
    """
    if isinstance(answer, dict):
        inner = answer.get("assistant", answer)
        if isinstance(inner, dict) and _has_id(inner):
            return inner
    raise UnreadableAnswer("the answer holds no assistant")


def assistants_of(answer: Answer, *, trusted: bool = False) -> list[dict[str, Any]]:
    """Return the assistants of a list, each once.

    Raises UnreadableAnswer for anything else, and for a list that may not be whole unless it is
    ``trusted``: an assistant without a name says that the service does not tell all.
    """
    found = items_of(answer, "assistants", trusted=trusted)
    for item in found:
        if not _has_id(item):
            raise UnreadableAnswer("the list of assistants holds something that is no assistant")
        if not trusted and not isinstance(item.get("name"), str):
            raise partial("assistants", f"{item['id']} has no name")
    return list({str(item["id"]): item for item in found}.values())


def _has_id(item: Mapping[str, Any]) -> bool:
    found = item.get("id")
    return isinstance(found, str | int) and not isinstance(found, bool) and str(found) != ""


def queued_calls_notice(answer: Any) -> str | None:
    """Return what ``unpatchedCallsNotice`` says, in words; None without one."""
    notice = answer.get("unpatchedCallsNotice") if isinstance(answer, dict) else None
    if not isinstance(notice, dict):
        return None
    variables = notice.get("variables")
    names = ", ".join(map(str, variables)) if isinstance(variables, list) else ""
    return f"{notice.get('count', 'some')} queued calls keep the earlier text" + (
        f"; they lack the variables {names}" if names else ""
    )


def error_words(content: bytes, redact: Callable[[str], str]) -> str:
    """Return an error body in the service's own words, redacted, at most 1,000 characters.

    A body that holds one text is that text, other JSON is shown as it is, and anything else as
    plain text. It is cut last: half a secret would not be recognised.
    """
    text = redact(content.decode("utf-8", "replace").strip())
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if data is not None:
        leaves = list(_leaves(data))
        text = leaves[0] if len(leaves) == 1 else json.dumps(data, ensure_ascii=False)
    text = " ".join(redact(text).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text)} characters)"


def _leaves(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [leaf for value in data.values() for leaf in _leaves(value)]
    if isinstance(data, list):
        return [leaf for value in data for leaf in _leaves(value)]
    return [] if data is None else [str(data)]
