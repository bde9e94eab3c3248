"""A Revox API of the tests' own: one account, its habits, and what is to go wrong.

It shares nothing with the tool: no code, no table, no embedded sandbox. ``Habits`` say how this
service spells things, which the documents leave open; ``on`` scripts what happens to single
requests; ``requests`` holds everything that was ever received.
"""

from __future__ import annotations

import copy
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

from support.contract import FRESH, REQUEST_FIELDS, Document

KEY = "rvx_test_key_5f1d9c"
ORGANIZATION = "org_lumiere"

#: Looks for calls: a read, although it is a POST.
SEARCH = "/call/search"


@dataclass(frozen=True)
class Habits:
    """How a service answers, where the documents leave it open.

    It takes no request of a method in ``without``: it answers that with ``without_status``.
    """

    generation: Literal["seed", "current"] = "current"
    ids: Literal["uuid", "prefixed", "integer"] = "uuid"
    retrieve_enveloped: bool = False
    list_has_faq: bool = True
    retrieve_has_faq: bool = True
    retrieve_turns_faq: bool = False
    write_has_faq: bool = True
    errors: Literal["error", "message", "issues", "html", "empty"] = "error"
    floats: bool = False
    nulls: bool = True
    reversed_order: bool = False
    extra_members: bool = False
    without: tuple[str, ...] = ()
    without_status: int = 405


@dataclass(frozen=True)
class Recorded:
    """One request as it came; ``body`` is parsed JSON, None where there was none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Reaction:
    """What happens to one request.

    ``edit`` runs first, then ``delay`` (seconds) passes. ``drop`` breaks the connection before or
    after the service acts, or halfway through its answer. A ``status`` answers in the service's
    place, with ``body`` as it is (bytes) or as JSON; nothing is acted upon then unless ``acts``
    says so.
    """

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay: float = 0.0
    drop: Literal["before", "after", "halfway"] | None = None
    edit: Callable[[], object] | None = None
    acts: bool = False

    @property
    def takes_connection(self) -> bool:
        """Whether something happens that only a connection can show."""
        return bool(self.edit or self.delay or self.drop)


@dataclass
class _Rule:
    method: str
    path: str
    first: int
    last: int | None
    reaction: Reaction
    seen: int = 0

    def takes(self, method: str, path: str) -> bool:
        if self.method not in (method, "*") or not fnmatchcase(path, self.path):
            return False
        if path == SEARCH and self.path != SEARCH:
            return False  # a read, although a POST: nobody means it who says POST
        self.seen += 1
        return self.first <= self.seen and (self.last is None or self.seen <= self.last)


class Service:
    """One account; every method may be called while the server runs."""

    def __init__(self, habits: Habits, key: str = KEY, organization: str = ORGANIZATION) -> None:
        self.habits = habits
        self.key = key
        self.organization = organization
        self.base_url = ""
        self.others: dict[str, Service] = {}
        self.requests: list[Recorded] = []
        self.assistants: dict[str, Document] = {}
        self.hidden: set[str] = set()
        self.phone_numbers: list[Document] = []
        self.campaigns: list[Document] = []
        self.calls: list[Document] = []
        self.user: Document = {
            "id": "user_1",
            "email": "ada@example.com",
            "first_name": "Ada",
            "last_name": "Lovelace",
            "organization_id": organization,
        }
        self.alterations: dict[str, Callable[[Any], Any]] = {}
        self.notice: Document | None = None
        self.closing = threading.Event()
        self.now: Callable[[], float] = time.monotonic
        self.under_way = 0
        self.most_under_way = 0
        self._made = 0
        self._lag: dict[str, float] = {}
        self._past: list[tuple[float, dict[str, Document]]] = []
        self._throttle: tuple[int, float, Mapping[str, str]] | None = None
        self._let_through: list[float] = []
        self._rules: list[_Rule] = []
        self._deferred: list[tuple[Recorded, Reaction]] = []
        self._lock = threading.RLock()

    # What a test says and asks.

    def on(
        self,
        method: str,
        path: str = "*",
        *,
        nth: int = 1,
        times: int | None = 1,
        **reaction: Any,
    ) -> None:
        """Let ``times`` requests, from the ``nth`` that matches on, meet this ``Reaction``.

        ``times=None`` means all of them. ``path`` is a glob without the ``/api`` in front, and
        ``*`` stands for any method.
        """
        last = None if times is None else nth + times - 1
        self._rules.append(_Rule(method, path, nth, last, Reaction(**reaction)))

    def throttle(self, requests: int, seconds: float, **headers: str) -> None:
        """Answer 429 to more than so many requests in so many seconds."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._throttle = (requests, seconds, named)

    def lag(self, seconds: float, *reads: Literal["list", "get"]) -> None:
        """Let these reads (by default both) lag so many seconds behind what is written.

        They show all that was written before; ``lag(0)`` lets them show everything at once.
        """
        with self._lock:
            self._lag = dict.fromkeys(reads or ("list", "get"), seconds)
            self._past = [(-math.inf, copy.deepcopy(self.assistants))]

    def calm(self) -> None:
        """Let nothing happen to requests any more."""
        with self._lock:
            self._rules.clear()

    def add(self, name: str, prompt: Any = "Be kind.", **fields: Any) -> str:
        """Put an assistant there, as somebody did in the dashboard; return its id as text."""
        return str(self.create({"name": name, "prompt": prompt, **fields})["id"])

    def dial(self, number: str, identity: str, **fields: Any) -> None:
        """Let an assistant answer a phone number; ``fields`` are what else the number has."""
        with self._lock:
            held: Document = {"id": f"pn{number[-2:]}", "phone_number": number, **fields}
            self.phone_numbers.append({**held, "inbound_assistant": self.assistants[identity]})

    def answered(self) -> dict[str, str | None]:
        """Return which assistant each phone number leads to, by its id as text."""
        with self._lock:
            linked = {n["phone_number"]: n["inbound_assistant"] for n in self.phone_numbers}
            return {number: str(to["id"]) if to else None for number, to in linked.items()}

    def call_with(
        self, identity: str, name: str = "Spring", status: str = "running", **stats: int
    ) -> None:
        """Let a campaign call with an assistant; ``stats`` are the counts of its calls."""
        held: Document = {"name": name, "assistant_id": identity, "status": status}
        with self._lock:
            self.campaigns.append({**held, "row_stats": stats} if stats else held)

    def wait_for(self, identity: str, status: str = "scheduled") -> None:
        """Let a single call wait for an assistant."""
        with self._lock:
            self.calls.append({"id": "c", "status": status, "assistant": {"id": identity}})

    def another(self, key: str, organization: str) -> Service:
        """Return another organization's account, which another key opens at this address."""
        account = self.others[key] = Service(self.habits, key, organization)
        account.base_url = self.base_url
        return account

    def edit(self, identity: str, **fields: Any) -> None:
        """Change an assistant, as somebody does in the dashboard."""
        with self._written():
            self._store(self.assistants[identity], fields)

    def ask(self, identity: str, question: str) -> None:
        """Leave a question that waits for a human's answer, as a call does."""
        item = {"id": str(uuid.uuid4()), "question": question, "answer": ""}
        with self._written():
            items = self.assistants[identity]["faq_items"]
            items.append({**item, "needs_human_answer": True, "source": "ai"})

    def sent(self, *methods: str) -> list[Recorded]:
        """Return the requests of these methods, in the order in which they came."""
        with self._lock:
            return [
                request
                for request in self.requests
                if request.method in methods and request.path != SEARCH
            ]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that requests bring about; fails when it never does."""
        ends = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < ends, self.requests
            time.sleep(0.005)

    @property
    def writes(self) -> list[Recorded]:
        """Every request that was no GET and no search."""
        with self._lock:
            return [
                request
                for request in self.requests
                if request.method != "GET" and request.path != SEARCH
            ]

    # What the server calls.

    def defer(self, request: Recorded, reaction: Reaction) -> None:
        """Let a request that came the short way meet this when it comes over a connection."""
        with self._lock:
            self._deferred.append((request, reaction))

    def deferred(self, request: Recorded) -> Reaction | None:
        """Return what a request is to meet that came the short way before."""
        with self._lock:
            for number, (came, reaction) in enumerate(self._deferred):
                if replace(came, headers=request.headers) == request:
                    del self._deferred[number]
                    return reaction
        return None

    def reaction(self, request: Recorded) -> Reaction:
        """Record a request and return what is to happen to it."""
        with self._lock:
            self.requests.append(request)
            if self._throttle is not None:
                most, seconds, headers = self._throttle
                now = time.monotonic()
                self._let_through = [then for then in self._let_through if now - then < seconds]
                if len(self._let_through) >= most:
                    return Reaction(status=429, headers=headers, body={"error": "slow down"})
                self._let_through.append(now)
            met = [rule for rule in self._rules if rule.takes(request.method, request.path)]
        return met[0].reaction if met else Reaction()

    def arrive(self, change: int) -> None:
        """Count the requests that are under way."""
        with self._lock:
            self.under_way += change
            self.most_under_way = max(self.most_under_way, self.under_way)

    def seen(self, read: Literal["list", "get"]) -> Mapping[str, Document]:
        """Return the assistants as a read shows them."""
        with self._lock:
            if read not in self._lag:
                return dict(self.assistants)
            until = self.now() - self._lag[read]
            return [state for at, state in self._past if at <= until][-1]

    @contextmanager
    def _written(self) -> Iterator[None]:
        with self._lock:
            yield
            if self._lag:
                self._past.append((self.now(), copy.deepcopy(self.assistants)))

    def create(self, body: Document) -> Document:
        """Make an assistant and return what is stored."""
        with self._written():
            generation = self.habits.generation
            document: Document = dict.fromkeys(REQUEST_FIELDS[generation])
            document |= copy.deepcopy(dict(FRESH[generation]))
            document |= {
                "id": self._new_id(),
                "organization_id": self.organization,
                "faq_items": [],
            }
            self._made += 1
            document |= {"created_at": _moment(self._made), "updated_at": 0}
            self._store(document, body)
            self.assistants[str(document["id"])] = document
            return document

    def change(self, identity: str, body: Document) -> Document:
        """Carry out a PATCH and return what is stored."""
        with self._written():
            self._store(self.assistants[identity], body)
            return self.assistants[identity]

    def delete(self, identity: str) -> None:
        """Carry out a DELETE."""
        with self._written():
            del self.assistants[identity]

    def redirect(self, number_id: str, identity: str | None) -> Document:
        """Let another assistant, or none, answer the phone number of this id; return the number."""
        with self._lock:
            (number,) = [found for found in self.phone_numbers if found["id"] == number_id]
            number["inbound_assistant"] = None if identity is None else self.assistants[identity]
            return number

    def _store(self, document: Document, body: Document) -> None:
        for name, value in copy.deepcopy(body).items():
            if name in self.alterations:
                value = self.alterations[name](value)  # noqa: PLW2901 - as it is stored
                if value is KEEP:
                    continue
            document[name] = _faq(value) if name == "faq_items" else value
        document["updated_at"] += 1

    def _new_id(self) -> str | int:
        number = 16 + self._made
        if self.habits.ids == "integer":
            return number
        return f"asst_{number}" if self.habits.ids == "prefixed" else str(uuid.uuid4())


def _moment(seconds: int) -> str:
    """Return a point in time that many seconds after some beginning."""
    return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()


#: Returned by an alteration, leaves the field as it was.
KEEP: Any = object()


def _faq(items: list[Document]) -> list[Document]:
    ready = {"needs_human_answer": False, "source": "human"}
    return [{"id": str(uuid.uuid4()), **ready, **item} for item in items]
