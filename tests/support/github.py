"""GitHub's REST API as far as comments and issues go: one repository, kept in memory.

Written from https://docs.github.com/rest, and sharing nothing with the tool: pages whose Link
headers go by the repository's number, a workflow's token that is nobody's, filters by label, errors
in GitHub's words.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from support.server import listening

Document = dict[str, Any]

REPOSITORY = "lumiere/voices"
#: The token of a workflow, that of a workflow for a fork's pull request, and that of a person.
WORKFLOW, FORK, PERSON = "ghs_workflow_token", "ghs_fork_token", "github_pat_ada"

_ACTIONS = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
ADA = {"login": "ada", "id": 7, "type": "User"}
EVE = {"login": "eve", "id": 13, "type": "User"}

_PREFIX = "/api/v3"
_NUMBERED = "/repositories/42"
_NOT_FOUND = 404, {"message": "Not Found"}
_FORBIDDEN = 403, {"message": "Resource not accessible by integration"}


@dataclass(frozen=True)
class Received:
    """One request: ``path`` is without the address of the API and of the repository."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any


@dataclass
class _Rule:
    """What happens to a request: an answer in place of GitHub's, or a connection that breaks."""

    method: str
    path: str
    times: int | None
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: Literal["before", "after"] | None = None
    acts: bool = False


class GitHub:
    """One repository; ``comments`` by the number of their pull request, ``issues`` by their own."""

    def __init__(self) -> None:
        self.base_url = ""
        self.received: list[Received] = []
        self.comments: dict[int, list[Document]] = {1: []}
        self.issues: dict[int, Document] = {}
        self.has_issues = True
        self.sets_labels = True
        self.next_page_at: str | None = None
        self._rules: list[_Rule] = []
        self._lock = threading.RLock()
        self._made = 0

    def on(self, method: str, path: str = "*", *, times: int | None = 1, **what: Any) -> None:
        """Let the next ``times`` requests that match (None: all) meet this ``_Rule``."""
        self._rules.append(_Rule(method, path, times, **what))

    def env(self, token: str = WORKFLOW) -> dict[str, str]:
        """Return the environment that a step of a workflow has."""
        return {
            "GITHUB_API_URL": self.base_url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": token,
        }

    def comment(self, body: str, user: Document = _ACTIONS, number: int = 1) -> Document:
        """Leave a comment."""
        with self._lock:
            made = {**self._new(user), "body": body}
            made["html_url"] = f"https://github.com/{REPOSITORY}/pull/{number}#c{made['id']}"
            self.comments[number].append(made)
            return made

    def issue(
        self, body: str, user: Document = _ACTIONS, title: str = "Drift", **more: Any
    ) -> Document:
        """Open an issue."""
        with self._lock:
            made = {**self._new(user), "title": title, "body": body, "state": "open"}
            number = made["number"] = 100 + len(self.issues)
            labels = more.pop("labels", ["drift"])
            made["labels"] = [{"name": name} for name in labels if self.sets_labels]
            made["html_url"] = f"https://github.com/{REPOSITORY}/issues/{number}"
            self.issues[number] = {**made, **more}
            self.comments[number] = []
            return self.issues[number]

    @property
    def writes(self) -> list[Received]:
        """Every request that was no GET."""
        return [one for one in self.received if one.method != "GET"]

    @property
    def open_issues(self) -> list[Document]:
        """The issues that are open."""
        return [issue for issue in self.issues.values() if issue["state"] == "open"]

    def _new(self, user: Document) -> Document:
        self._made += 1
        return {"id": 1000 + self._made, "user": user}

    # What the server calls.

    def rule(self, request: Received) -> _Rule | None:
        """Record a request and return what is to happen to it."""
        with self._lock:
            self.received.append(request)
            for rule in self._rules:
                if rule.times == 0 or rule.method != request.method:
                    continue
                if fnmatchcase(request.path, rule.path):
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule
        return None

    def act(self, request: Received) -> tuple[int, Any]:
        """Do what a request asks; return status and answer."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in (WORKFLOW, FORK, PERSON):
            return 401, {"message": "Bad credentials"}
        if "User-Agent" not in request.headers:
            return 403, {"message": "Request forbidden by administrative rules."}
        if request.path == "/user":
            return (200, ADA) if token == PERSON else _FORBIDDEN
        if request.method != "GET" and token == FORK:
            return _FORBIDDEN
        with self._lock:
            return self._act(request, ADA if token == PERSON else _ACTIONS)

    def _act(self, request: Received, user: Document) -> tuple[int, Any]:
        wrong = self._wrong(request.body or {})
        if wrong is not None:
            return wrong
        match request.path.strip("/").split("/"):
            case ["issues", number, "comments"] if int(number) in self.comments:
                return self._thread(request, user, int(number))
            case ["issues", "comments", number] if int(number) in self._comments():
                return self._change(request, self._comments()[int(number)])
            case ["issues", number] if int(number) in self.issues:
                return self._change(request, self.issues[int(number)])
            case ["issues"]:
                return self._tracker(request, user)
        return _NOT_FOUND

    def _thread(self, request: Received, user: Document, number: int) -> tuple[int, Any]:
        if request.method == "GET":
            return 200, self.comments[number]
        return 201, self.comment(request.body["body"], user, number)

    def _tracker(self, request: Received, user: Document) -> tuple[int, Any]:
        if not self.has_issues:
            return 410, {"message": "Issues are disabled for this repo"}
        if request.method == "GET":
            return 200, self._listed(request.query)
        return 201, self.issue(user=user, **request.body)

    def _change(self, request: Received, found: Document) -> tuple[int, Any]:
        if request.method == "PATCH":
            found.update(request.body)
        return 200, found

    def _comments(self) -> dict[int, Document]:
        return {one["id"]: one for listed in self.comments.values() for one in listed}

    def _listed(self, query: Mapping[str, list[str]]) -> list[Document]:
        (state,) = query.get("state", ["open"])
        wanted = {label for text in query.get("labels", []) for label in text.split(",")}
        found = [
            issue
            for issue in self.issues.values()
            if issue["state"] == state and wanted <= {label["name"] for label in issue["labels"]}
        ]
        return found[::-1]

    def _wrong(self, body: Document) -> tuple[int, Any] | None:
        for name, longest in (("body", 65536), ("title", 256)):
            if len(body.get(name, "")) > longest:
                words = f"{name} is too long (maximum is {longest} characters)"
                error = {"resource": "Issue", "code": "custom", "field": name, "message": words}
                return 422, {"message": "Validation Failed", "errors": [error]}
        return None

    def page(self, request: Received, found: list[Document]) -> tuple[list[Document], str | None]:
        """Return a page of a list, and where the next one is."""
        size = min(int(request.query.get("per_page", ["30"])[0]), 100)
        number = int(request.query.get("page", ["1"])[0])
        if len(found) <= size * number:
            return found[size * (number - 1) :], None
        query = {name: values[0] for name, values in request.query.items()}
        after = urlencode({**query, "page": number + 1})
        base = self.next_page_at or f"{self.base_url}{_NUMBERED}"
        return found[size * (number - 1) : size * number], f"{base}{request.path}?{after}"


@contextmanager
def serving_github() -> Iterator[GitHub]:
    """Run it on a free loopback port until the block ends."""
    github = GitHub()

    class Handler(_Handler):
        held = github

    with listening(Handler) as port:
        github.base_url = f"http://127.0.0.1:{port}{_PREFIX}"
        yield github


class _Handler(BaseHTTPRequestHandler):
    held: GitHub
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing on stderr."""

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(_PREFIX)
        path = path.removeprefix(f"/repos/{REPOSITORY}").removeprefix(_NUMBERED)
        body = json.loads(content) if content else None
        headers = dict(self.headers.items())
        names = {name.title(): value for name, value in headers.items()}
        request = Received(self.command, path, parse_qs(parts.query), names, body)
        rule = self.held.rule(request)
        if rule is not None and rule.drop == "before":
            self._break()
            return
        status, answer = 200, None
        if rule is None or rule.status is None or rule.acts:
            status, answer = self.held.act(request)
        if rule is not None and rule.drop == "after":
            self._break()
        elif rule is not None and rule.status is not None:
            self._write(rule.status, rule.body, rule.headers)
        elif isinstance(answer, list):
            page, following = self.held.page(request, answer)
            link = {"Link": f'<{following}>; rel="next"'} if following else {}
            self._write(status, page, link)
        else:
            self._write(status, answer, {})

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815

    def _write(self, status: int, answer: Any, headers: Mapping[str, str]) -> None:
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _break(self) -> None:
        """End the connection without an answer, so that the client sees a reset."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
