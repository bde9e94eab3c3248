"""The test service over HTTP: paths, envelopes, error bodies, and broken connections.

A run of the command line in this process reaches it without sockets where it can (``wire``).
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

import httpx

from support import wire
from support.contract import Document, problems
from support.service import SEARCH, Habits, Reaction, Recorded, Service

_PREFIX = "/api"


@contextmanager
def serving(habits: Habits) -> Iterator[Service]:
    """Run a service on a free loopback port until the block ends."""
    service = Service(habits)
    with served(service, Handler, Short):
        yield service


@contextmanager
def served(service: Service, handler: type[Handler], short: type[Short]) -> Iterator[None]:
    """Answer for a service until the block ends, over connections and the short way."""
    with listening(type("Handler", (handler,), {"held": service})) as port:
        service.base_url = f"http://127.0.0.1:{port}{_PREFIX}"
        try:
            with wire.short("127.0.0.1", port, partial(_exchange, service, short)):
                yield
        finally:
            service.closing.set()


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Take connections on a free loopback port until the block ends; yield the port."""
    ended, end = socket.socketpair()
    with ended, end, _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_until, args=(ended,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            end.send(b".")
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    server_bind = TCPServer.server_bind  # HTTPServer's looks for the address's name, too

    def serve_until(self, ended: socket.socket) -> None:
        """Take connections until ``ended`` can be read; ``serve_forever`` only looks at times."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self, selectors.EVENT_READ)
            waiting.register(ended, selectors.EVENT_READ)
            while all(key.fileobj is self for key, _ in waiting.select()):
                self.handle_request()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that went away; tell anything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Answering(ABC):
    """What a service answers, however the request came."""

    held: Service

    def _meet(self, request: Recorded, reaction: Reaction) -> None:
        self.held.arrive(1)
        try:
            self._react(request, reaction)
        finally:
            self.held.arrive(-1)

    def _react(self, request: Recorded, reaction: Reaction) -> None:
        if reaction.edit:
            reaction.edit()
        if reaction.delay:
            self.held.closing.wait(reaction.delay)
        if reaction.drop == "before":
            self._break()
            return
        status, answer = (
            (200, None) if reaction.status and not reaction.acts else self._act(request)
        )
        if reaction.drop == "after":
            self._break()
        elif reaction.status:
            content = reaction.body
            if not isinstance(content, bytes):
                content = json.dumps(content).encode()
            self._write(reaction.status, content, reaction.content_type, reaction.headers)
        elif isinstance(answer, bytes):
            self._write(status, answer, "text/html", {})
        else:
            content = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
            whole = reaction.drop != "halfway"
            self._write(status, content, "application/json", {}, whole=whole)

    @abstractmethod
    def _write(
        self, status: int, content: bytes, kind: str, headers: Any, *, whole: bool = True
    ) -> None:
        """Give an answer, or, unless it is ``whole``, a part of it."""

    @abstractmethod
    def _break(self) -> None:
        """End the connection without an answer."""

    def _act(self, request: Recorded) -> tuple[int, Any]:
        """Do what the request asks; return status and answer."""
        habits = self.held.habits
        if request.headers.get("authorization") != f"Bearer {self.held.key}":
            return 401, error_body(habits, [([], "This API key is not known here")])
        if request.method in habits.without:
            return habits.without_status, error_body(habits, [([], "No such method")])
        collection, _, identity = request.path.strip("/").partition("/")
        if collection == "assistants":
            return self._one(request, identity) if identity else self._collection(request)
        if request.method == "PATCH" and collection == "phone-numbers":
            return self._redirected(request, identity)
        return self._beside(request, collection)

    def _beside(self, request: Recorded, collection: str) -> tuple[int, Any]:
        """Tell what else an account holds."""
        habits = self.held.habits
        if request.method == "GET" and collection in ("phone-numbers", "campaigns"):
            name = collection.replace("-", "_")
            return 200, {name: getattr(self.held, name)}
        if (request.method, request.path) == ("POST", SEARCH) and self.held.calls:
            asked = request.body
            found = [
                call
                for call in self.held.calls
                if call["assistant"]["id"] in asked["assistant_ids"]
                and call["status"] in asked["statuses"]
            ]
            begin = asked["page"] * asked["page_size"]
            page = found[begin : begin + asked["page_size"]]
            return 200, {"calls": page, "total_count": len(found)}
        if (request.method, request.path) == ("GET", "/users/me"):
            return 200, {"user": self.held.user}
        if (request.method, request.path) == ("GET", "/auth-status"):
            return 200, {"authenticated": True}
        return 404, error_body(habits, [([], "No such endpoint")])

    def _redirected(self, request: Recorded, number_id: str) -> tuple[int, Any]:
        habits, wanted = self.held.habits, request.body["inbound_assistant_id"]
        if number_id not in [found["id"] for found in self.held.phone_numbers]:
            return 404, error_body(habits, [([], "Phone number not found")])
        if wanted is not None and wanted not in self.held.assistants:
            return 400, error_body(habits, [(["inbound_assistant_id"], "No such assistant")])
        return 200, {"phone_number": self.held.redirect(number_id, wanted)}

    def _one(self, request: Recorded, identity: str) -> tuple[int, Any]:
        habits = self.held.habits
        held = self.held.seen("get") if request.method == "GET" else self.held.assistants
        if identity not in held:
            return 404, error_body(habits, [([], "Assistant not found")])
        if request.method == "GET":
            found = spelled(held[identity], habits, faq=habits.retrieve_has_faq)
            if habits.retrieve_turns_faq and "faq_items" in found:
                found = {**found, "faq_items": found["faq_items"][::-1]}
            return 200, {"assistant": found} if habits.retrieve_enveloped else found
        if request.method == "DELETE":
            self.held.delete(identity)
            return 200, {"success": True}
        return self._change(request, identity)

    def _collection(self, request: Recorded) -> tuple[int, Any]:
        habits, held = self.held.habits, self.held
        if request.method == "GET":
            shown = held.seen("list")
            listed = [found for key, found in shown.items() if key not in held.hidden]
            spelt = [spelled(found, habits, faq=habits.list_has_faq) for found in listed]
            return 200, {"assistants": spelt}
        wrong = problems(request.body, habits.generation, creating=True)
        if wrong:
            return 400, error_body(habits, wrong)
        made = held.create(request.body)
        return 200, {"assistant": spelled(made, habits, faq=habits.write_has_faq)}

    def _change(self, request: Recorded, identity: str) -> tuple[int, Any]:
        habits = self.held.habits
        wrong = problems(request.body, habits.generation, creating=False)
        if wrong:
            return 400, error_body(habits, wrong)
        changed = self.held.change(identity, request.body)
        answer = {"assistant": spelled(changed, habits, faq=habits.write_has_faq)}
        if self.held.notice is not None:
            answer["unpatchedCallsNotice"] = self.held.notice
        return 200, answer


class Handler(Answering, BaseHTTPRequestHandler):
    """Answers over a connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing on stderr."""

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        request = _recorded(self.command, self.path, self.headers.items(), self.rfile.read(length))
        self.held = _opened(type(self).held, request)
        self._meet(request, self.held.deferred(request) or self.held.reaction(request))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _write(
        self, status: int, content: bytes, kind: str, headers: Any, *, whole: bool = True
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if whole else content[: len(content) // 2])
        self.wfile.flush()
        if not whole:
            self.close_connection = True

    def _break(self) -> None:
        """End the connection without an answer, so that the client sees a reset."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


class Short(Answering):
    """Answers in this process."""

    def __init__(self, held: Service) -> None:
        self.held = held

    def answer(
        self, request: Recorded, reaction: Reaction
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and content."""
        self._meet(request, reaction)
        return self._answer

    def _write(
        self, status: int, content: bytes, kind: str, headers: Any, *, whole: bool = True
    ) -> None:
        named = {"Content-Type": kind, **headers, "Content-Length": str(len(content))}
        self._answer = status, list(named.items()), content

    def _break(self) -> None:
        raise AssertionError("only a connection can break")


def _exchange(
    service: Service, short: type[Short], request: httpx.Request
) -> tuple[int, list[tuple[str, str]], bytes] | None:
    """Answer a request, unless it is to meet something that takes a connection."""
    headers = [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw]
    path = request.url.raw_path.decode()
    recorded = _recorded(request.method, path, headers, request.read())
    held = _opened(service, recorded)
    reaction = held.reaction(recorded)
    if reaction.takes_connection:
        held.defer(recorded, reaction)
        return None
    return short(held).answer(recorded, reaction)


def _recorded(
    method: str, path: str, headers: Iterable[tuple[str, str]], content: bytes
) -> Recorded:
    body = json.loads(content) if content else None
    return Recorded(method, path.removeprefix(_PREFIX), dict(headers), body)


def _opened(service: Service, request: Recorded) -> Service:
    """Return the account that the request's key opens."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    return service.others.get(key, service)


def spelled(document: Document, habits: Habits, *, faq: bool) -> Document:
    """Return an assistant as a service of these habits writes it."""
    shown: Document = dict(document)
    if not faq:
        del shown["faq_items"]
    if habits.floats:
        shown = {n: v if n == "id" else _floats(v) for n, v in shown.items()}
    if not habits.nulls:
        shown = {name: value for name, value in shown.items() if value is not None}
    if habits.extra_members:
        shown = {name: _extended(value) for name, value in shown.items()}
        shown["launched_on_the_moon"] = {"since": None, "crew": [1, 2]}
    if habits.reversed_order:
        shown = dict(reversed(shown.items()))
    return shown


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _floats(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _extended(value: Any) -> Any:
    if isinstance(value, list):
        return [_extended(item) for item in value]
    return {**value, "not_in_any_document": 7} if isinstance(value, dict) else value


def error_body(habits: Habits, wrong: list[tuple[list[str], str]]) -> Any:
    """Return what is wrong in the words and the shape of this service."""
    words = [f"{'.'.join(path)}: {text}" if path else text for path, text in wrong]
    if habits.errors == "message":
        return {"message": words}
    if habits.errors == "issues":
        return {"issues": [{"path": path, "message": text} for path, text in wrong]}
    if habits.errors == "html":
        return f"<html><body><h1>{'; '.join(words)}</h1></body></html>".encode()
    return b"" if habits.errors == "empty" else {"error": "; ".join(words)}
