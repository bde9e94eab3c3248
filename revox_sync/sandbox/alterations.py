"""How faults change what is sent and what is answered: pure functions of parsed JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from revox_sync.sandbox.catalogue import Document
from revox_sync.sandbox.faults import Alteration, Ignore, Mask, Older, Without

#: Members that came with 0.4.0.
_AFTER_0_3_0: Final = ("transfer_destinations", "precall_lookup_url", "is_inbound_receptionist")


def altered_request(alteration: Alteration, body: Any) -> Any:
    """Return the request's body as the service takes it."""
    if isinstance(alteration, Ignore) and isinstance(body, dict):
        return _without(body, alteration.fields)
    return body


def altered_answer(alteration: Alteration, answer: Any) -> Any:
    """Return the answer as the service gives it; ``answer`` is changed on the way."""
    for assistant in _assistants(answer):
        match alteration:
            case Without(fields):
                for field in fields:
                    assistant.pop(field, None)
            case Mask(text):
                _mask(assistant, text)
            case Older():
                _as_of_0_3_0(assistant)
    return answer


def _assistants(value: Any) -> Iterator[Document]:
    """Yield the assistants of an answer: alone, in an envelope, in a list, embedded."""
    if isinstance(value, dict):
        if "prompt" in value:
            yield value
        else:
            for inner in value.values():
                yield from _assistants(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _assistants(inner)


def _without(document: Document, names: Collection[str]) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def _mask(assistant: Document, text: str | None) -> None:
    holders = [(assistant.get("llm_model") or {}, "api_key")]
    for tool in assistant.get("custom_tools") or []:
        holders += [(header, "value") for header in tool["headers"]]
    for holder, name in holders:
        if name in holder:
            if text is None:
                del holder[name]
            else:
                holder[name] = text


def _as_of_0_3_0(assistant: Document) -> None:
    """Assumed: the first of several destinations or channels is the one that is reported."""
    destinations = assistant.get("transfer_destinations") or [{"phone_number": None}]
    for name in _AFTER_0_3_0:
        assistant.pop(name, None)
    assistant["transfer_phone_number"] = destinations[0]["phone_number"]
    assistant["email_notification_language"] = "en"
    if assistant.get("slack"):
        slack = assistant["slack"]
        channels = slack.pop("channels", None) or [{"id": "", "name": None}]
        slack["channel_id"] = channels[0]["id"]
        slack["channel_name"] = channels[0].get("name")
