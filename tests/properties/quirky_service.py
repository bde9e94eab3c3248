"""A second service, with habits that the sandbox does not have.

Ids are integers and every number comes back as a float; members come in reversed order, unset ones
are missing, texts have CRLF line ends, times stay as they were sent, null and ``[]`` change places,
and the list holds no FAQ. Requests are checked by hand against the documented contract: an unknown
member, or a null where none is accepted, is a 400.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx

_NULLABLE = {"background_sound", "calendly", "transfer_phone_number", "voicemail_message"}
_MEMBERS: dict[str, tuple[set[str], set[str]]] = {
    "calendly": ({"connection_id", "event_type_id"}, set()),
    "call_retry_config": ({"calling_windows", "max_retry_attempts"}, {"timezone"}),
    "calling_windows": (
        {"calling_window_start_time", "calling_window_end_time", "retry_delay_seconds"},
        set(),
    ),
    "faq_items": ({"question", "answer"}, set()),
    "structured_output_config": (
        {"name", "required", "type"},
        {"description", "enum_options"},
    ),
    "voice": ({"id", "provider"}, {"speed"}),
}
_MODELS = {
    "dedicated-instance": {"type", "name"},
    "openrouter": {"type", "openrouter_model_id", "openrouter_provider"},
}
_FIELDS = {
    *_MEMBERS,
    *_NULLABLE,
    *("name", "prompt", "end_of_call_sentence", "first_sentence", "first_sentence_delay_ms"),
    *("first_sentence_mode", "ivr_navigation_enabled", "llm_model", "max_call_duration_secs"),
    "webhook_url",
} - {"calling_windows"}


class QuirkyService:
    """The service; ``transport`` connects a client to it, ``stored`` is what it holds by id."""

    def __init__(self) -> None:
        self.stored: dict[int, dict[str, Any]] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._ids = itertools.count(41)

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return what a client sends its requests through."""
        return httpx.MockTransport(self._answer)

    def assistant(self, identity: str) -> dict[str, Any]:
        """Return an assistant as it is stored."""
        return self.stored[int(identity)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        tail = request.url.path.removeprefix("/api/assistants").strip("/")
        body = json.loads(request.content) if request.content else {}
        if request.method != "GET":
            self.requests.append((request.method, body))
            if faults := _faults(body, creating=request.method == "POST"):
                return httpx.Response(400, json={"message": "; ".join(faults)})
        if request.method == "POST":
            identity = next(self._ids)
            self.stored[identity] = {"faq_items": [], **body}
            return httpx.Response(200, json={"assistant": self._shown(identity)})
        if not tail:
            listed = [self._shown(identity) for identity in self.stored]
            for item in listed:
                del item["faq_items"]
            return httpx.Response(200, json={"assistants": listed})
        if not tail.isdecimal() or int(tail) not in self.stored:
            return httpx.Response(404, json={"message": "no such assistant"})
        if request.method == "GET":
            return httpx.Response(200, json=self._shown(int(tail)))
        self.stored[int(tail)].update(body)
        return httpx.Response(200, json={"assistant": self._shown(int(tail))})

    def _shown(self, identity: int) -> dict[str, Any]:
        document = {"id": identity, "organization_id": 7, **self.stored[identity]}
        shown: dict[str, Any] = _habits(document)
        faq = [{**item, "id": 1, "source": "human"} for item in shown["faq_items"]]
        shown["faq_items"] = faq or None
        if not shown.get("structured_output_config"):
            had = document.get("structured_output_config")
            shown["structured_output_config"] = None if had == [] else []
        return shown


def _habits(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        reverse = reversed(list(value.items()))
        return {key: _habits(item, key) for key, item in reverse if item is not None}
    if isinstance(value, list):
        if not value and name in ("calling_windows", "enum_options"):
            return None
        return [_habits(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if name in ("id", "organization_id") else float(value)
    if isinstance(value, str) and name not in ("name", "id"):
        return value.replace("\r\n", "\n").replace("\n", "\r\n")
    return value


def _faults(body: dict[str, Any], *, creating: bool) -> list[str]:
    found = [f"{name} is unknown" for name in body.keys() - _FIELDS]
    if creating:
        found += [f"{name} is required" for name in {"name", "prompt"} - body.keys()]
    for name, value in body.items():
        if value is None:
            found += [] if name in _NULLABLE else [f"{name} may not be null"]
        elif name == "llm_model":
            found += _exactly(value, _MODELS[value["type"]], set(), name)
        elif name in _MEMBERS:
            for item in value if isinstance(value, list) else [value]:
                found += _exactly(item, *_MEMBERS[name], name)
        if name == "call_retry_config" and value is not None:
            for window in value["calling_windows"]:
                found += _exactly(window, *_MEMBERS["calling_windows"], "calling_windows")
    return found


def _exactly(value: dict[str, Any], needed: set[str], allowed: set[str], name: str) -> list[str]:
    found = [f"{name}.{member} is required" for member in needed - value.keys()]
    found += [f"{name}.{member} is unknown" for member in value.keys() - needed - allowed]
    nulls = {member for member, item in value.items() if item is None} - {"timezone"}
    return found + [f"{name}.{member} may not be null" for member in nulls]
