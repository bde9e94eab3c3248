"""The account under proof: the tests' own service, which remembers every change and who made it.

``Trouble`` says what happens to single requests; ``Account.changes`` is what really happened, and
the judges believe nothing else.
"""

from __future__ import annotations

import copy
import json
import select
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from support.contract import Document
from support.server import _Handler, _Server
from support.service import SEARCH, Habits, Reaction, Recorded, Service

#: Sorts of requests: ``list`` and ``read`` are of assistants, ``other`` is any other read.
Where = Literal["list", "read", "other", "create", "change", "delete", "any"]

#: The longest that a request waits for its client to give up, in seconds.
_PATIENCE = 10.0


@dataclass(frozen=True)
class Change:
    """One change of one assistant; None stands for one that was not there, or is no longer."""

    by: Literal["tool", "dashboard"]
    id: str
    before: Document | None
    after: Document | None


@dataclass(frozen=True)
class Special(Reaction):
    """A reaction that the service of the other tests does not have.

    ``half`` acts, and ends the connection in the middle of the answer. ``silent`` acts or does not,
    as ``acts`` says, and never answers: the client has to give up. ``kill`` is called before the
    service acts, or after it with ``acts``; then the connection ends.
    """

    half: bool = False
    silent: bool = False
    kill: Callable[[], object] | None = None


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
        self.changes: list[Change] = []
        self.met: list[str] = []
        self._by: Literal["tool", "dashboard"] = "tool"
        self._troubles: list[Trouble] = []
        self._seen: dict[Where, int] = {}

    # What a proof says.

    def expect(self, troubles: Sequence[Trouble]) -> None:
        """Let these happen from now on, and no others; requests are counted afresh."""
        with self._lock:
            self._troubles, self._seen = list(troubles), {}

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
            del self.assistants[identity]

    # What the server calls.

    def create(self, body: Document) -> Document:
        """Make an assistant and remember it."""
        with self._lock:
            made = super().create(body)
            self.changes.append(Change(self._by, str(made["id"]), None, copy.deepcopy(made)))
            return made

    def change(self, identity: str, body: Document) -> Document:
        """Carry out a PATCH and remember it."""
        with self._remembering("tool", identity):
            return super().change(identity, body)

    def remove(self, identity: str) -> None:
        """Carry out a DELETE and remember it."""
        with self._remembering("tool", identity):
            del self.assistants[identity]

    def reaction(self, request: Recorded) -> Reaction:
        """Record a request; return what is to happen to it."""
        with self._lock:
            ordinary = super().reaction(request)
            for where in (_where(request), "any"):
                self._seen[where] = self._seen.get(where, 0) + 1
            for trouble in self._troubles:
                if self._strikes(trouble, request):
                    self.met.append(trouble.kind)
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
            after = copy.deepcopy(self.assistants.get(identity))
            self.changes.append(Change(by, identity, before, after))


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


class _Proving(_Handler):
    held: Account

    def _act(self, request: Recorded) -> tuple[int, Any]:
        identity = request.path.rpartition("/")[2]
        if request.method == "DELETE" and identity in self.held.assistants:
            self.held.remove(identity)
            return 200, {"success": True}
        return super()._act(request)

    def _react(self, request: Recorded, reaction: Reaction) -> None:
        if not isinstance(reaction, Special):
            super()._react(request, reaction)
            return
        status, answer = self._act(request) if reaction.acts else (200, None)
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

    class Handler(_Proving):
        held = account

    server = _Server(("127.0.0.1", 0), Handler)
    account.base_url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, args=(0.002,))
    thread.start()
    try:
        yield account
    finally:
        account.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
