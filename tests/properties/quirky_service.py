"""A second service, with habits that the sandbox does not have.

Ids are integers and every number comes back as a float, short ones as 32-bit floats; members come
in reversed order, unset ones are missing, texts have CRLF line ends, times stay as they were sent,
null and ``[]`` change places, sets and lists without an order come in an order of its own,
addresses sorted, and the list holds no FAQ. It masks credentials, each kind in its own way, takes
the empty text for null where that is documented, and adds hints of its own to ``stt_context``.
Requests are checked against the documented contract (``quirky_contract.py``): a breach is a 400.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import httpx
from properties.documented import (
    ADDRESSES,
    CONTEXT,
    EMPTY_IS_NULL,
    LISTS,
    SECRET,
    SETS,
    UNORDERED,
    name_of,
    narrow,
)
from properties.quirky_contract import faults, fields_of

Fields = dict[str, Any]

#: What it finds out about every assistant by itself: a hint, and its words as terms.
FOUND = {"key": "found", "value": "by itself"}


class QuirkyService:
    """The service; ``transport`` connects a client to it, ``stored`` is what it holds by id."""

    def __init__(self, profile: str = "current") -> None:
        self.stored: dict[int, Fields] = {}
        self._profile = profile
        self._ids = itertools.count(41)

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return what a client sends its requests through."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        tail = request.url.path.removeprefix("/api/assistants").strip("/")
        body = json.loads(request.content) if request.content else {}
        creating = request.method == "POST"
        wrong = faults(self._profile, body, creating=creating) if body else []
        if wrong:
            return httpx.Response(400, json={"message": "; ".join(wrong)})
        if creating:
            identity = next(self._ids)
            self.stored[identity] = {"faq_items": []}
            return self._written(identity, body)
        if not tail:
            listed = [
                self._shown(identity)
                for identity, held in self.stored.items()
                if held.get("type") != "sub-assistant"
            ]
            for item in listed:
                del item["faq_items"]
            return httpx.Response(200, json={"assistants": listed})
        if not tail.isdecimal() or int(tail) not in self.stored:
            return httpx.Response(404, json={"message": "no such assistant"})
        if request.method == "GET":
            return httpx.Response(200, json=self._shown(int(tail)))
        return self._written(int(tail), body)

    def _written(self, identity: int, body: Fields) -> httpx.Response:
        held = self.stored[identity]
        held |= {name: _stored(value, name) for name, value in body.items()}
        if held.get(CONTEXT) and body.keys() & {"prompt", CONTEXT}:
            held[CONTEXT] = _with_found(held[CONTEXT])
        return httpx.Response(200, json={"assistant": self._shown(identity)})

    def _shown(self, identity: int) -> Fields:
        document = self.stored[identity]
        shown: Fields = {
            "id": identity,
            "organization_id": 7,
            **{
                name: _habits(value, name)
                for name, value in reversed(document.items())
                if value is not None
            },
        }
        faq = [{**item, "id": 1, "source": "human"} for item in shown["faq_items"] or []]
        shown["faq_items"] = faq or None
        for name in LISTS & fields_of(self._profile) - {"faq_items"}:
            if not shown.get(name):
                shown[name] = None if document.get(name) == [] else []
        return shown


def _stored(value: Any, place: str) -> Any:
    """Return a value as this service keeps it."""
    if isinstance(value, dict):
        return {name: _stored(item, f"{place}.{name}") for name, item in value.items()}
    if isinstance(value, list):
        return [_stored(item, f"{place}[]") for item in value]
    if isinstance(value, str):
        if name_of(place) in EMPTY_IS_NULL and not value:
            return None
        if place == ADDRESSES:
            return ",".join(sorted({part.strip() for part in value.split(",")}))
    return narrow(value)


def _with_found(context: Mapping[str, Any]) -> Fields:
    """Return the context with what the service adds to it; nothing is replaced."""
    keys = {hint["key"] for hint in context["general"]}
    return {
        "general": [hint for hint in [FOUND] if hint["key"] not in keys] + context["general"],
        "terms": [term for term in FOUND.values() if term not in context["terms"]]
        + context["terms"],
    }


def _habits(value: Any, place: str) -> Any:
    """Return a value as this service writes it."""
    if SECRET.fullmatch(place):
        return _masked(value, place)
    if isinstance(value, dict):
        return {
            key: _habits(item, f"{place}.{key}")
            for key, item in reversed(value.items())
            if item is not None and not _left_out(item, f"{place}.{key}")
        }
    if isinstance(value, list):
        return _list([_habits(item, f"{place}[]") for item in value], place)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and place != "name":
        return value.replace("\r\n", "\n").replace("\n", "\r\n")
    return value


def _list(items: list[Any], place: str) -> Any:
    """Return a list; null for an empty one inside an object, but not for days."""
    if name_of(place) in UNORDERED | SETS:
        items = sorted(items, key=str, reverse=True)
    return items or (None if "." in place and name_of(place) != "allowed_days" else [])


def _masked(value: str, place: str) -> str:
    if "headers" in place:
        return "****"
    return "" if "query_params" in place else f"sk-…{value[-4:]}"


def _left_out(value: Any, place: str) -> bool:
    """Whether a credential is not told at all: a short key has no end that may be shown."""
    return place == "llm_model.api_key" and len(value) < 8
