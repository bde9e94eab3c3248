"""The account under proof: the tests' own service, which remembers every change and who made it.

``Trouble`` says what happens to single requests; ``Account.changes`` is what really happened, and
the judges believe nothing else. Time passes only where the tool waits, so a lag of seconds takes
none, and is the same on every machine.
"""

from __future__ import annotations

import copy
import json
import select
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from support.clock import Clock
from support.contract import Document
from support.server import Answering, Handler, Short, served
from support.service import SEARCH, Habits, Reaction, Recorded, Service

#: Sorts of requests: ``list`` and ``read`` are of assistants, ``other`` is any other read.
Where = Literal["list", "read", "other", "create", "change", "delete", "any"]

_TOO_MANY = 429

#: The longest that a request waits for its client to give up, in seconds.
_PATIENCE = 10.0


@dataclass(frozen=True)
class Change:
    """One change of one assistant; None stands for one that was not there, or is no longer.

    ``at`` is when it happened, ``looked`` when an assistant or the list was last read before it,
    ``listed`` when the list was; all in seconds by the account's clock.
    """

    by: Literal["tool", "dashboard"]
    id: str
    before: Document | None
    after: Document | None
    at: float
    looked: float
    listed: float


@dataclass(frozen=True)
class Special(Reaction):
    """A reaction that the service of the other tests does not have.

    ``half`` acts, and ends the connection in the middle of the answer. ``silent`` acts or does not,
    as ``acts`` says, and never answers: the client has to give up. ``kill`` is called before the
    service acts, or after it with ``acts``; then the connection ends. ``lacking`` answers a list
    that lacks its last assistant, or every one.
    """

    half: bool = False
    silent: bool = False
    kill: Callable[[], object] | None = None
    lacking: Literal["one", "all"] | None = None
    takes_connection = True


@dataclass(frozen=True)
class Trouble:
    """What happens to ``times`` requests of a sort, from the ``nth`` of a run on.

    ``kind`` names it in reports. ``edit`` changes the assistant of the request just before.
    """

    where: Where
    nth: int
    times: int
    kind: str
    reaction: Reaction
    edit: tuple[str, Any] | None = None


class Account(Service):
    """One account that keeps its history."""

    def __init__(self, habits: Habits) -> None:
        super().__init__(habits)
        self.clock = Clock()
        self.now = self.clock.time
        self.lagging = 0.0
        self.slowed: list[Recorded] = []
        self.short: list[Recorded] = []
        self.changes: list[Change] = []
        self.met: list[str] = []
        self._by: Literal["tool", "dashboard"] = "tool"
        self._troubles: list[Trouble] = []
        self._seen: dict[Where, int] = {}
        self._looked = self._listed = 0.0

    # What a proof says.

    def expect(self, troubles: Sequence[Trouble]) -> None:
        """Let these happen from now on, and no others; requests are counted afresh."""
        with self._lock:
            self._troubles, self._seen = list(troubles), {}

    def fall_behind(self, seconds: float, *reads: Literal["list", "get"]) -> None:
        """Let reads lag behind writes from now on; what was written before shows."""
        self.catch_up()
        self.lagging = seconds
        self.lag(seconds, *reads)

    def catch_up(self) -> None:
        """Let so much time pass that reads show everything, and lag no more."""
        self.clock.wait(self.lagging)
        self.lagging = 0.0
        self.lag(0)

    def add(self, name: str, prompt: Any = "Be kind.", **fields: Any) -> str:
        """Put an assistant there, as somebody did in the dashboard."""
        with self._lock:
            self._by = "dashboard"
            try:
                return super().add(name, prompt, **fields)
            finally:
                self._by = "tool"

    def edit(self, identity: str, **fields: Any) -> None:
        """Change an assistant, as somebody does in the dashboard."""
        with self._remembering("dashboard", identity):
            super().edit(identity, **fields)

    def ask(self, identity: str, question: str) -> None:
        """Leave a question that waits for a human's answer."""
        with self._remembering("dashboard", identity):
            super().ask(identity, question)

    def delete(self, identity: str) -> None:
        """Delete an assistant, as somebody does in the dashboard."""
        with self._remembering("dashboard", identity):
            super().delete(identity)

    # What the server calls.

    def create(self, body: Document) -> Document:
        """Make an assistant and remember it."""
        with self._lock:
            made = super().create(body)
            self._remember(self._by, str(made["id"]), None, made)
            return made

    def change(self, identity: str, body: Document) -> Document:
        """Carry out a PATCH and remember it."""
        with self._remembering("tool", identity):
            return super().change(identity, body)

    def remove(self, identity: str) -> None:
        """Carry out a DELETE and remember it."""
        with self._remembering("tool", identity):
            super().delete(identity)

    def seen(self, read: Literal["list", "get"]) -> Mapping[str, Document]:
        """Return the assistants as a read shows them, and remember when that was."""
        self._looked = self.now()
        self._listed = self._looked if read == "list" else self._listed
        return super().seen(read)

    def reaction(self, request: Recorded) -> Reaction:
        """Record a request; return what is to happen to it."""
        with self._lock:
            ordinary = super().reaction(request)
            for where in (_where(request), "any"):
                self._seen[where] = self._seen.get(where, 0) + 1
            for trouble in self._troubles:
                if self._strikes(trouble, request):
                    self.met.append(trouble.kind)
                    if trouble.reaction.status == _TOO_MANY:
                        self.slowed.append(request)
                    if isinstance(trouble.reaction, Special) and trouble.reaction.lacking:
                        self.short.append(request)
                    return self._prepared(trouble, request)
            return ordinary

    def _strikes(self, trouble: Trouble, request: Recorded) -> bool:
        if trouble.where not in (_where(request), "any"):
            return False
        return trouble.nth <= self._seen[trouble.where] < trouble.nth + trouble.times

    def _prepared(self, trouble: Trouble, request: Recorded) -> Reaction:
        reaction = trouble.reaction
        identity = request.path.rpartition("/")[2]
        if trouble.edit is not None and identity in self.assistants:
            field, value = trouble.edit
            self.edit(identity, **{field: value})
        if isinstance(reaction.body, dict) and request.body is not None:
            # A service that quotes what it was sent, secrets included.
            reaction = replace(reaction, body={**reaction.body, "received": request.body})
        return reaction

    @contextmanager
    def _remembering(self, by: Literal["tool", "dashboard"], identity: str) -> Iterator[None]:
        with self._lock:
            before = copy.deepcopy(self.assistants[identity])
            yield
            self._remember(by, identity, before, self.assistants.get(identity))

    def _remember(
        self,
        by: Literal["tool", "dashboard"],
        identity: str,
        before: Document | None,
        after: Document | None,
    ) -> None:
        now = copy.deepcopy(after)
        self.changes.append(
            Change(by, identity, before, now, self.now(), self._looked, self._listed)
        )


_WRITES: Mapping[str, Where] = MappingProxyType(
    {"POST": "create", "PATCH": "change", "DELETE": "delete"}
)


def _where(request: Recorded) -> Where:
    if request.path == SEARCH:
        return "other"
    if request.method != "GET":
        return _WRITES[request.method]
    if request.path == "/assistants":
        return "list"
    return "read" if request.path.startswith("/assistants/") else "other"


class _Remembering(Answering):
    held: Account

    def _act(self, request: Recorded) -> tuple[int, Any]:
        identity = request.path.rpartition("/")[2]
        if request.method == "DELETE" and identity in self.held.assistants:
            self.held.remove(identity)
            return 200, {"success": True}
        return super()._act(request)


class _Short(_Remembering, Short):
    """Answers in this process."""


class _Handler(_Remembering, Handler):
    def _react(self, request: Recorded, reaction: Reaction) -> None:
        if not isinstance(reaction, Special):
            super()._react(request, reaction)
            return
        status, answer = self._act(request) if reaction.acts else (200, None)
        if reaction.lacking:
            kept = answer["assistants"][:-1] if reaction.lacking == "one" else []
            content = json.dumps({"assistants": kept}).encode()
            self._write(status, content, "application/json", {})
            return
        if reaction.kill is not None:
            reaction.kill()
        if reaction.silent:
            self._await_hang_up()
        if reaction.half:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self._break()

    def _await_hang_up(self) -> None:
        """Wait until the client closes its end, which it does when it gives up."""
        readable, _, _ = select.select([self.connection], [], [], _PATIENCE)
        if readable:
            self.connection.recv(1, socket.MSG_PEEK)


@contextmanager
def serving(habits: Habits) -> Iterator[Account]:
    """Run an account of these habits on a free loopback port until the block ends."""
    account = Account(habits)
    with served(account, _Handler, _Short):
        yield account
