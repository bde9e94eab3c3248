"""Every request of the client, exactly, and what it makes of every answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest
from support.clock import Clock

from revox_sync import __version__
from revox_sync.account import retry, transport
from revox_sync.account.client import Client
from revox_sync.account.remote import Remote
from revox_sync.account.transport import decode, encode
from revox_sync.account.uses import Campaign, PhoneNumber, Uses
from revox_sync.account.wire import error_words, queued_calls_notice, to_request
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    Limited,
    OtherAnswered,
    StatusError,
    UnreadableAnswer,
)
from revox_sync.secrecy.redactor import Redactor

KEY = "rvx_key_4711"
#: The moment at which every test begins, in seconds.
BEGUN = 1000.0
BASE = "https://api.example.com/api"
TOKEN = "sk-abcdefghijklmnop0123"
HELD = {"id": "a1", "name": "Bot"}

#: What a service answers: an error of the network, or a body, perhaps with a status and headers.
Told = Any


class Script:
    """A service that answers as it is told, and the client that asks it.

    ``told`` are the answers in turn, or by what a request begins with; ``asked`` are the requests,
    with their bodies; ``raised`` says whether the last call did raise what it returned.
    """

    def __init__(self, *told: Told, of: Mapping[str, Told] | None = None, **how: Any) -> None:
        self.asked: list[Any] = []
        self.raised = False
        self.requests: list[httpx.Request] = []
        self._told = list(told)
        self._of = of or {}
        self._how = how

    def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = f"{request.method} {request.url.raw_path.decode().removeprefix('/api')}"
        self.requests.append(request)
        content = request.content
        self.asked.append((asked, json.loads(content)) if content else asked)
        told = next((self._of[start] for start in self._of if asked.startswith(start)), None)
        if told is None:
            told = self._told.pop(0) if self._told else {}
        if isinstance(told, Exception):
            raise told
        status, body, headers = 200, told, {}
        if isinstance(told, int):
            status, body = told, b""
        elif isinstance(told, tuple):
            status, body, headers = (*told, {})[:3]
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=content, headers=headers)

    def run(self, ask: Callable[[Client], Awaitable[Any]]) -> Any:
        """Return what comes of one call of the client, or its error."""

        async def ran() -> Any:
            how = {"parallelism": 3, "timeout": 9, "redactor": Redactor(), **self._how}
            self.client = Client(BASE, KEY, transport=httpx.MockTransport(self._answer), **how)
            async with self.client:
                try:
                    return await ask(self.client)
                except ApiError as error:
                    self.raised = True
                    return error

        return asyncio.run(ran())


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time in which nobody waits; no pause is shortened by chance."""
    found = Clock()
    found.wait(BEGUN)
    for module in (transport, retry):
        monkeypatch.setattr(module, "time", found)
        monkeypatch.setattr(module, "asyncio", found)
    monkeypatch.setattr("random.random", lambda: 0.0)
    return found


def said(error: Any) -> tuple[type, str, str | None]:
    """Return an error's class, message and hint."""
    assert isinstance(error, ApiError), error
    assert str(error) == error.message
    return type(error), error.message, error.hint


# Requests.

#: Each call of the client, the answer, the request with its body, and what comes of it.
CALLS: dict[str, tuple[Callable[[Client], Awaitable[Any]], Told, Any, Any]] = {
    "list": (
        lambda c: c.list_assistants(),
        {"assistants": [HELD, {"id": 2, "name": "b"}]},
        "GET /assistants",
        [Remote(HELD), Remote({"id": 2, "name": "b"})],
    ),
    "one": (lambda c: c.get_assistant("a1"), HELD, "GET /assistants/a1", Remote(HELD)),
    "one, quoted": (
        lambda c: c.get_assistant("a/ö?"),
        {"assistant": {"id": "a/ö?"}},
        "GET /assistants/a%2F%C3%B6%3F",
        Remote({"id": "a/ö?"}),
    ),
    "none": (lambda c: c.get_assistant("a1"), 404, "GET /assistants/a1", None),
    "create": (
        lambda c: c.create_assistant({"name": "Bot"}),
        (201, HELD),
        ("POST /assistants", {"name": "Bot"}),
        Remote(HELD),
    ),
    "update": (
        lambda c: c.update_assistant("a1", {"prompt": "é"}, 1),
        {**HELD, "unpatchedCallsNotice": {"count": 2, "variables": ["x", "y"]}},
        ("PATCH /assistants/a1", {"prompt": "é"}),
        (
            Remote({**HELD, "unpatchedCallsNotice": {"count": 2, "variables": ["x", "y"]}}),
            "2 queued calls keep the earlier text; they lack the variables x, y",
        ),
    ),
    "delete": (lambda c: c.delete_assistant("a1"), {}, "DELETE /assistants/a1", None),
    "numbers": (
        lambda c: c.numbers(),
        {
            "phone_numbers": [
                {"id": 1, "phone_number": 33, "inbound_assistant": {"id": "a1"}, "label": TOKEN},
                {"id": 2, "phone_number": "+4", "inbound_assistant_id": 5, "label": None},
                {"id": 3, "phone_number": "+5", "inbound_assistant": None},
                {"id": 4, "phone_number": "+6", "inbound_assistant": {}},
            ]
        },
        "GET /phone-numbers",
        (
            PhoneNumber("1", "33", "a1", "(sensitive)"),
            PhoneNumber("2", "+4", "5"),
            PhoneNumber("3", "+5", None),
            PhoneNumber("4", "+6", None),
        ),
    ),
    "voices": (
        lambda c: c.voices(),
        {"voices": [{"id": 1, "name": TOKEN}, {"id": 2}]},
        "GET /voices",
        [{"id": 1, "name": "(sensitive)"}, {"id": 2, "name": None}],
    ),
    "no voices": (lambda c: c.voices(), 404, "GET /voices", []),
    "voice": (
        lambda c: c.voice("v/1", "a&b"),
        {"voice": {"id": 1, "name": f"Ada {TOKEN}"}},
        "GET /voices/v%2F1?provider=a%26b",
        {"id": 1, "name": "Ada (sensitive)"},
    ),
    "no voice": (lambda c: c.voice("v", "p"), 404, "GET /voices/v?provider=p", None),
    "user": (lambda c: c.who_am_i(), {"user": {"id": 1}}, "GET /users/me", {"id": 1}),
    "bare user": (lambda c: c.who_am_i(), {"id": 1}, "GET /users/me", {"id": 1}),
    "no user": (lambda c: c.who_am_i(), 405, "GET /users/me", None),
    "accepted": (lambda c: c.auth_status(), {"authenticated": True}, "GET /auth-status", True),
    "declined": (lambda c: c.auth_status(), {"authenticated": False}, "GET /auth-status", False),
    "not told": (lambda c: c.auth_status(), {"authenticated": "yes"}, "GET /auth-status", None),
    "no status": (lambda c: c.auth_status(), 501, "GET /auth-status", None),
    "a list as status": (lambda c: c.auth_status(), [True], "GET /auth-status", None),
    "move": (
        lambda c: c.move_phone_number("p 1", "a1"),
        {"phone_number": {"id": "p 1", "inbound_assistant": {"id": "a1"}}},
        ("PATCH /phone-numbers/p%201", {"inbound_assistant_id": "a1"}),
        True,
    ),
    "move, bare": (
        lambda c: c.move_phone_number("p", "a1"),
        {"id": "p", "phone_number": "+33", "inbound_assistant_id": "a1"},
        ("PATCH /phone-numbers/p", {"inbound_assistant_id": "a1"}),
        True,
    ),
}


@pytest.mark.parametrize(("ask", "told", "asked", "found"), CALLS.values(), ids=CALLS)
def test_a_call_is_one_request_and_its_answer(
    ask: Callable[[Client], Awaitable[Any]], told: Told, asked: Any, found: Any
) -> None:
    service = Script(told)
    assert service.run(ask) == found
    assert service.asked == [asked]


def test_a_request_says_who_asks_and_what_is_sent() -> None:
    service = Script(HELD, HELD, headers={"x-more": "1"})
    service.run(lambda c: c.get_assistant("a1"))
    service.run(lambda c: c.create_assistant({"prompt": "é \ud83d"}))
    get, post = (
        {name: value for name, value in request.headers.items() if name != "connection"}
        for request in service.requests
    )
    assert get == {
        "host": "api.example.com",
        "authorization": f"Bearer {KEY}",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "user-agent": f"revox-sync/{__version__}",
        "x-more": "1",
    }
    assert post == {**get, "content-type": "application/json", "content-length": "27"}
    assert encode({"a": "é"}) == '{"a": "é"}'.encode()
    with pytest.raises(ApiError, match="a number that no request can hold"):
        encode({"a": float("nan")})


def test_no_proxy_stands_before_a_transport_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    service = Script(HELD)
    assert service.run(lambda c: c.get_assistant("a1")) == Remote(HELD)


@pytest.mark.parametrize("held", ["a1", "a2", None])
def test_a_number_whose_answer_does_not_tell_is_looked_for(held: str | None) -> None:
    numbers = [
        {"id": "p", "phone_number": "+1", "inbound_assistant_id": held},
        {"id": "q", "phone_number": "+2", "inbound_assistant_id": "a1"},
    ]
    untold: list[Told] = [b"", {"phone_number": {"inbound_assistant_id": "a3"}}, [], {}]
    for told in untold:
        service = Script(told, {"phone_numbers": numbers})
        assert service.run(lambda c: c.move_phone_number("p", "a1")) is (held == "a1")
        patch = ("PATCH /phone-numbers/p", {"inbound_assistant_id": "a1"})
        assert service.asked == [patch, "GET /phone-numbers"]


@pytest.mark.parametrize("identity", ["", ".", ".."])
def test_an_id_that_would_be_another_address_is_not_asked_for(identity: str) -> None:
    service = Script()
    assert said(service.run(lambda c: c.get_assistant(identity))) == (
        ApiError,
        f"{identity!r} is no id: it would ask for another address",
        "correct sync.id, or what the service answers",
    )
    assert service.asked == []


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"id": "a2"}, "the service answers with a2, asked for a1"),
        ({"assistant": {"id": 1}}, "the service answers with 1, asked for a1"),
        ({}, "the answer holds no assistant"),
        ({"assistant": None}, "the answer holds no assistant"),
        (b"", "the answer is not JSON: (empty)"),
        (b"<p>no\n", "the answer is not JSON: <p>no"),
        (b"[" * 150 + b"]" * 150, "the answer holds no assistant"),
        (b"[" * 300 + b"]" * 300, "the answer is nested too deep"),
        (b"[" * 9999, "the answer is nested too deep"),
    ],
    ids=str,
)
def test_an_answer_about_nothing_that_was_asked_for_is_unreadable(told: Told, message: str) -> None:
    hint = (
        "check that REVOX_BASE_URL names the API and not a web page" if "JSON" in message else None
    )
    for ask in (
        lambda c: c.get_assistant("a1"),
        lambda c: c.update_assistant("a1", {}, 1),
    ):
        kind = OtherAnswered if "asked for" in message else UnreadableAnswer
        assert said(Script(told).run(ask)) == (kind, message, hint)


@pytest.mark.parametrize("levels", [100, 101, 102])
def test_what_only_the_slow_parser_reads_may_be_a_hundred_deep(levels: int) -> None:
    half = b'"\\ud83d"'
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        content = opening * (levels - 1) + half + closing * (levels - 1)
        if levels <= 100:
            assert encode({"a": decode(content)})
        else:
            with pytest.raises(transport.TooDeep):
                decode(content)
    assert decode(half) == "\ud83d"


@pytest.mark.parametrize(
    ("told", "kind", "message", "raised"),
    [
        (404, StatusError, "404 Not Found", False),
        (b"gone", UnreadableAnswer, "the answer is not JSON: gone", False),
        (409, StatusError, "409 Conflict", True),
        (httpx.ReadError("cut"), AnswerLost, "the connection broke: cut", True),
    ],
    ids=str,
)
def test_a_delete_that_may_have_been_done_returns_what_was_said(
    told: Told, kind: type, message: str, raised: bool
) -> None:
    service = Script(told, told, told, told)
    assert said(service.run(lambda c: c.delete_assistant("a1")))[:2] == (kind, message)
    assert service.raised is raised


# What fails, and when it is sent again.

REACH = "check the network, REVOX_BASE_URL and the proxy settings"
SLOWER = "run it again later, or with a smaller --parallelism"
NOT_ACCEPTED = "check REVOX_API_KEY: the service does not accept it"
NOT_ALLOWED = "the key may not do this; check REVOX_API_KEY and the organization that it belongs to"
TOO_LONG = "; it asks to wait 61 s (Retry-After), and 60 s is the longest that is waited"

#: Of a GET, its error, and how long to wait after the first attempt.
FAILURES: list[tuple[Told, type, str, str | None, float | None]] = [
    ((400, {"error": "no"}), StatusError, "400 Bad Request: no", None, None),
    (401, StatusError, "401 Unauthorized", NOT_ACCEPTED, None),
    (403, StatusError, "403 Forbidden", NOT_ALLOWED, None),
    (407, StatusError, "407 Proxy Authentication Required", None, None),
    (408, StatusError, "408 Request Timeout", None, 0.5),
    (409, StatusError, "409 Conflict", None, None),
    (499, StatusError, "499", None, None),
    ((500, b"Oh\n no"), StatusError, "500 Internal Server Error: Oh no", None, 0.5),
    (501, StatusError, "501 Not Implemented", None, None),
    (503, StatusError, "503 Service Unavailable", None, 0.5),
    ((503, b"", {"retry-after": "7"}), StatusError, "503 Service Unavailable", None, 7.0),
    ((503, b"", {"retry-after": "60"}), StatusError, "503 Service Unavailable", None, 60.0),
    (
        (503, b"", {"retry-after": "61"}),
        StatusError,
        "503 Service Unavailable" + TOO_LONG,
        None,
        None,
    ),
    (199, StatusError, "199", None, None),
    (429, Limited, "429 Too Many Requests", SLOWER, 0.5),
    ((429, b"slow", {"retry-after": "60"}), Limited, "429 Too Many Requests: slow", SLOWER, 60.0),
    ((429, b"", {"retry-after": "61"}), Limited, "429 Too Many Requests" + TOO_LONG, SLOWER, None),
    (
        (302, b"", {"location": "https://u:p@e.com/?k=v4711"}),
        StatusError,
        "302: the service redirects to https://(sensitive)@e.com/?k=(sensitive); redirects are "
        "never followed, because they would carry the key along",
        "set REVOX_BASE_URL to the final address",
        None,
    ),
    (
        300,
        StatusError,
        "300: the service redirects to somewhere else; redirects are never followed, because they "
        "would carry the key along",
        "set REVOX_BASE_URL to the final address",
        None,
    ),
    (httpx.ConnectError("off"), ConnectionFailed, f"cannot reach {BASE}: off", REACH, 0.5),
    (
        httpx.ConnectTimeout(""),
        ConnectionFailed,
        f"cannot reach {BASE}: ConnectTimeout",
        REACH,
        0.5,
    ),
    (httpx.ProxyError(KEY), ConnectionFailed, f"cannot reach {BASE}: (sensitive)", REACH, 0.5),
    (httpx.ReadTimeout("x"), AnswerLost, "no answer within 9 s", "--timeout allows more", 0.5),
    (TimeoutError(), AnswerLost, "no answer within 9 s", "--timeout allows more", 0.5),
    (httpx.ReadError("cut"), AnswerLost, "the connection broke: cut", None, 0.5),
    (
        (200, b"no gzip", {"content-encoding": "gzip"}),
        UnreadableAnswer,
        "the answer cannot be unpacked: Error -3 while decompressing data: incorrect header check",
        None,
        0.5,
    ),
]


@pytest.mark.parametrize(("told", "kind", "message", "hint", "wait"), FAILURES, ids=str)
def test_a_failure_is_told_and_timed(
    told: Told, kind: type, message: str, hint: str | None, wait: float | None
) -> None:
    def once(method: str, attempt: int) -> Any:
        return Script(told).run(lambda c: c.attempt(method, "/x?y=1", None, attempt))

    limited, never_left = kind is Limited, kind is ConnectionFailed
    for method in ("GET", "PATCH", "DELETE", "POST"):
        error = once(method, 1)
        assert said(error) == (kind, message, hint)
        assert error.wait == (wait if method != "POST" or limited or never_left else None)
    is_ordered = wait is not None and wait > 1
    second = wait if wait is None or is_ordered or limited else 2 * wait
    assert once("GET", 2).wait == second
    assert once("GET", 4).wait == (wait if limited else None)


@pytest.mark.parametrize(
    ("status", "hint"),
    [(400, None), (404, "check that REVOX_BASE_URL names the API"), (403, NOT_ALLOWED)],
)
def test_an_error_of_the_list_says_what_to_check(status: int, hint: str | None) -> None:
    service = Script(status)
    assert said(service.run(lambda c: c.list_assistants()))[2] == hint
    assert service.asked == ["GET /assistants"]


def test_the_variable_with_the_key_is_named() -> None:
    for status, hint in ((401, NOT_ACCEPTED), (403, NOT_ALLOWED)):
        service = Script(status, key_variable="STAGING_KEY")
        found = service.run(lambda c: c.get_assistant("a1"))
        assert said(found)[2] == hint.replace("REVOX_API_KEY", "STAGING_KEY")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_good_status_is_an_answer(status: int) -> None:
    answer = Script((status, {"a": 1}, {"x-b": "c"})).run(lambda c: c.send("GET", "/x"))
    assert (answer.data, answer.status, answer.headers["x-b"]) == ({"a": 1}, status, "c")


def times(count: int, told: Told, then: Told = None) -> list[Told]:
    return [*[told] * count, then or {"assistants": []}]


#: What is answered first, the method, how often it is sent, the seconds waited, the end.
ATTEMPTS: list[tuple[list[Told], dict[str, Any], int, float, str]] = [
    (times(3, 503), {}, 4, 3.5, ""),
    (times(4, 503), {}, 4, 3.5, "503 Service Unavailable"),
    (times(1, 503), {"method": "POST"}, 1, 0, "503 Service Unavailable"),
    (times(3, 503), {"method": "POST", "reads": True}, 4, 3.5, ""),
    (times(3, httpx.ConnectError("off")), {"method": "POST"}, 4, 3.5, ""),
    (times(9, 429), {"method": "POST"}, 10, 0.5 + 1 + 2 + 6 * 4, ""),
    (times(9, (429, b"", {"retry-after": "3"})), {}, 10, 3 * 3 + 6 * 4, ""),
    (
        times(99, (429, b"", {"retry-after": "50"})),
        {},
        3,
        100,
        "429 Too Many Requests; it was asked again for 120 s",
    ),
    ([429, 503, 429, 503, 503, {}], {}, 6, 0.5 + 0.5 + 0.5 + 1 + 2, ""),
    ([429, 503, 429, 503, 503, 503], {}, 6, 0.5 + 0.5 + 0.5 + 1 + 2, "503 Service Unavailable"),
    (times(1, 503), {"advisory": True}, 2, 0.5, ""),
    (times(2, 503), {"advisory": True}, 2, 0.5, "503 Service Unavailable"),
    (times(1, (503, b"", {"retry-after": "5"})), {"advisory": True}, 2, 5, ""),
    (
        times(1, (503, b"", {"retry-after": "6"})),
        {"advisory": True},
        1,
        0,
        "503 Service Unavailable",
    ),
    (times(9, 429), {"advisory": True}, 4, 3.5, "429 Too Many Requests"),
]


@pytest.mark.parametrize(("told", "how", "count", "waited", "end"), ATTEMPTS, ids=str)
def test_attempts_and_waits_are_counted(
    clock: Clock, told: list[Told], how: dict[str, Any], count: int, waited: float, end: str
) -> None:
    service = Script(*told)
    method, options = how.get("method", "GET"), {k: v for k, v in how.items() if k != "method"}
    found = service.run(lambda c: c.send(method, "/assistants", **options))
    assert (found.message if isinstance(found, ApiError) else "") == end
    assert service.asked == [f"{method} /assistants"] * count
    assert clock.time() - BEGUN == pytest.approx(waited)


def test_a_first_pause_can_be_given(clock: Clock) -> None:
    assert not isinstance(
        Script(429, 429, {}, first_pause=60).run(lambda c: c.send("GET", "/x")), ApiError
    )
    assert clock.time() - BEGUN == 120


def test_only_a_wait_that_is_long_is_told() -> None:
    told: list[str] = []

    async def ask(client: Client) -> Any:
        client.on_wait = told.append
        return await client.send("GET", "/x")

    slow = [(429, b"", {"retry-after": order}) for order in ("0.9", "0", "1.4", "7")]
    Script(*slow, {}).run(ask)
    assert told == [
        "the service asks to slow down; going on in 1 s",
        "the service asks to slow down; going on in 2 s",
        "the service asks to slow down; going on in 7 s",
    ]


def test_attempts_are_logged_without_the_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "revox_sync.account")
    Script((503, b"down"), {}).run(lambda c: c.send("GET", "/x?provider=4711"))
    assert [record.getMessage() for record in caplog.records] == [
        "GET /x -> 503",
        "GET /x: 503 Service Unavailable: down; again in 0.5 s",
        "GET /x -> 200",
    ]


@pytest.mark.parametrize("size", [1000, 1001])
def test_an_answer_is_read_up_to_its_limit(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 1000)
    monkeypatch.setattr(transport, "MOST_ERROR_BYTES", 500)
    good = Script((200, b" " * (size - 1) + b"7")).run(lambda c: c.attempt("GET", "/x", None, 1))
    if size == 1000:
        assert good.data == 7
    else:
        assert said(good) == (
            UnreadableAnswer,
            "the answer is larger than 0 MB",
            "no account is that large; check what answers there",
        )
    bad = Script((400, b"x" * size)).run(lambda c: c.send("GET", "/x"))
    assert said(bad)[1] == f"400 Bad Request: {'x' * 500}"


# The words of an error.

WORDS: list[tuple[bytes, str]] = [
    (b"", ""),
    (b"null", "null"),
    (b"  plain\n text ", "plain text"),
    (b'"one"', "one"),
    (b"7", "7"),
    (b'{"error": {"message": "one", "code": null}}', "one"),
    (b'{"error": "a", "code": 7}', '{"error": "a", "code": 7}'),
    ('["é", "b"]'.encode(), '["é", "b"]'),
    (b"[]", "[]"),
    (b"{", "{"),
    (b"no \xff", "no \ufffd"),
    (b'{"error": "\\u0068unter2-4711 is no"}', "(sensitive) is no"),
    (b"key hunter2-4711", "key (sensitive)"),
    (b"x" * 1000, "x" * 1000),
    (b"x" * 1001, "x" * 1000 + " … (1001 characters)"),
    (b"[" * 99_999, "[" * 1000 + " … (99999 characters)"),
]


@pytest.mark.parametrize(("content", "words"), WORDS, ids=range(len(WORDS)))
def test_an_error_is_told_in_words(content: bytes, words: str) -> None:
    assert error_words(content, Redactor(["hunter2-4711"])) == words


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (None, None),
        (7, None),
        ({}, "some queued calls keep the earlier text"),
        ({"count": 2, "variables": []}, "2 queued calls keep the earlier text"),
        ({"count": 2, "variables": "x"}, "2 queued calls keep the earlier text"),
        (
            {"count": 1, "variables": ["a", 2]},
            "1 queued calls keep the earlier text; they lack the variables a, 2",
        ),
    ],
)
def test_a_notice_about_queued_calls_is_told(notice: Any, words: str | None) -> None:
    assert queued_calls_notice({"unpatchedCallsNotice": notice}) == words
    assert queued_calls_notice([notice]) is None


def test_what_a_generation_requires_is_filled_in() -> None:
    stated = {"prompt": "p", "call_retry_config": {"allowed_days": ["monday"]}}
    filled = to_request(stated, "current")
    assert to_request(stated, "seed") == stated
    assert filled == {
        "prompt": "p",
        "call_retry_config": {"allowed_days": ["monday"], "call_twice_in_a_row": False},
    }
    own = {"call_retry_config": {"allowed_days": [], "call_twice_in_a_row": True}}
    assert to_request(own, "current") == own
    assert to_request({"call_retry_config": None}, "current") == {"call_retry_config": None}
    assert to_request({"prompt": "p"}, "current") == {"prompt": "p"}


# What uses an assistant.

WAITING = ["initializing", "queued_for_calling", "calling", "not_launched", "scheduled", "paused"]
NO_USES: dict[str, Told] = {
    "GET /phone-numbers": {"phone_numbers": []},
    "GET /campaigns": {"campaigns": []},
    "POST /call/search": {"calls": [], "total_count": 0},
}


def searched(ids: list[str], page: int = 0, size: int = 100) -> tuple[str, dict[str, Any]]:
    empty = ("assignee_ids", "campaign_ids", "directions", "from_phone_numbers", "outcomes")
    body = {**{name: [] for name in (*empty, "results")}, "assistant_ids": ids}
    return (
        "POST /call/search",
        {**body, "statuses": WAITING, "page": page, "page_size": size},
    )


def uses(told: dict[str, Told], ids: tuple[str, ...] = ("a1", "a2"), **how: bool) -> Any:
    return Script(of={**NO_USES, **told}).run(lambda c: c.uses(ids, **how))


def test_the_uses_of_assistants_are_three_reads() -> None:
    service = Script(of=NO_USES)
    assert service.run(lambda c: c.uses(("a1", "a2"))) == Uses(asked=frozenset({"a1", "a2"}))
    assert service.asked == ["GET /phone-numbers", "GET /campaigns", searched(["a1", "a2"])]
    service = Script(of=NO_USES)
    assert service.run(lambda c: c.uses(())) == Uses()
    assert service.asked == ["GET /phone-numbers"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_account_without_these_endpoints_uses_nothing(status: int) -> None:
    assert uses(dict.fromkeys(NO_USES, status)) == Uses(asked=frozenset({"a1", "a2"}))


@pytest.mark.parametrize("advisory", [False, True])
def test_what_of_the_uses_cannot_be_read_is_unknown(advisory: bool) -> None:
    numbers = {"phone_numbers": [{"id": 1, "phone_number": "+1", "inbound_assistant_id": "a1"}]}
    held = {"GET /phone-numbers": numbers}
    for told, why in [
        ({"GET /campaigns": 403}, "campaigns: 403 Forbidden"),
        ({"POST /call/search": 403}, "calls: 403 Forbidden"),
        ({"GET /campaigns": 403, "POST /call/search": 403}, "campaigns, calls: 403 Forbidden"),
        (
            {"GET /campaigns": 403, "POST /call/search": 401},
            "campaigns: 403 Forbidden; calls: 401 Unauthorized",
        ),
    ]:
        found = uses({**held, **told}, advisory=advisory)
        assert found == Uses(
            (PhoneNumber("1", "+1", "a1"),), unknown=why, asked=frozenset({"a1", "a2"})
        )
    found = uses({"GET /phone-numbers": 403}, advisory=advisory)
    if advisory:
        assert found == Uses(unknown="phone numbers: 403 Forbidden", asked=frozenset({"a1", "a2"}))
    else:
        assert said(found)[1] == "403 Forbidden"


#: A campaign, and whether it has calls to make.
CAMPAIGNS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"status": "completed"}, False),
    ({"status": "running"}, True),
    ({"status": "completed", "row_stats": {}}, False),
    ({"status": "completed", "row_stats": None}, False),
    *(({"status": "completed", "row_stats": {name: 1}}, True) for name in ("calling", "retry")),
    *(({"status": "completed", "row_stats": {name: 1}}, True) for name in ("not_launched",)),
    *(({"status": "completed", "row_stats": {name: 1}}, True) for name in ("pending",)),
    ({"status": "completed", "row_stats": {"pending": 0}}, False),
    ({"status": "completed", "row_stats": {"pending": "many"}}, True),
    ({"status": "completed", "row_stats": [{"pending": 1}]}, True),
    ({"status": "completed", "row_stats": {"pending": None, "done": 5}}, False),
    ({"row_stats": {"calling": 0, "not_launched": 0, "pending": 0, "retry": 0}}, False),
    ({"row_stats": {"calling": 0, "not_launched": 0, "pending": 0}}, True),
    ({"row_stats": {"calling": 0, "not_launched": 0, "pending": 0, "retry": 2}}, True),
]


@pytest.mark.parametrize(("campaign", "calls"), CAMPAIGNS, ids=str)
def test_a_campaign_with_calls_to_make_is_a_use(campaign: dict[str, Any], calls: bool) -> None:
    item = {"name": f"Spring {TOKEN}", "assistant_id": "a1", **campaign}
    over = {"name": "Over", "assistant_id": "a1", "status": "completed"}
    found = uses({"GET /campaigns": {"campaigns": [over, item]}})
    assert found.campaigns == ((Campaign("Spring (sensitive)", "a1"),) if calls else ())
    nobody = uses({"GET /campaigns": {"campaigns": [{**item, "assistant_id": None}]}})
    assert (nobody.campaigns, nobody.unknown) == ((), None)
    del item["assistant_id"]
    untold = uses({"GET /campaigns": {"campaigns": [item]}})
    why = "campaigns: the list of campaigns holds one that names no assistant"
    assert (untold.campaigns, untold.unknown) == ((), why if calls else None)


@pytest.mark.parametrize(
    "item", [{"id": 1}, {"phone_number": "+1"}, {"id": None, "phone_number": 1}]
)
def test_a_number_that_is_not_told_whole_is_an_error(item: dict[str, Any]) -> None:
    found = uses({"GET /phone-numbers": {"phone_numbers": [item]}})
    assert said(found)[:2] == (
        UnreadableAnswer,
        "the list of phone numbers holds one without id or number",
    )


def calls_of(*ids: str | None, total: Any = None, **more: Any) -> dict[str, Any]:
    calls = [{"assistant": {"id": one}, **more} for one in ids]
    return {"calls": calls, "total_count": len(calls) if total is None else total}


#: The pages of calls that wait, what is asked for, and how many wait for each or why it is unknown.
SEARCHES: dict[str, tuple[list[Told], list[Any], dict[str, int] | str]] = {
    "one page": ([calls_of("a1", "a1", "a2")], [searched(["a1", "a2"])], {"a1": 2, "a2": 1}),
    "two pages": (
        [calls_of(*["a1"] * 100, total=101), calls_of("a2", total=101)],
        [searched(["a1", "a2"], page) for page in (0, 1)],
        {"a1": 100, "a2": 1},
    ),
    "as many pages as counts": (
        [calls_of(*["a1"] * 100, total=300)] * 3,
        [searched(["a1", "a2"], page) for page in (0, 1, 2)],
        {"a1": 300},
    ),
    "more pages than counts": (
        [calls_of("a1", total=301), calls_of("a1", total=300.0), calls_of("a2", total=1)],
        [searched(["a1", "a2"]), searched(["a1"], 0, 1), searched(["a2"], 0, 1)],
        {"a1": 300, "a2": 1},
    ),
    "none of one": (
        [calls_of("a1", total=301), calls_of("a1", total=301), calls_of()],
        [searched(["a1", "a2"]), searched(["a1"], 0, 1), searched(["a2"], 0, 1)],
        {"a1": 301, "a2": 0},
    ),
    "a count of others": (
        [calls_of("a1", total=301), calls_of("a2", total=301), calls_of()],
        [searched(["a1", "a2"]), searched(["a1"], 0, 1), searched(["a2"], 0, 1)],
        "calls: POST /call/search tells calls of other assistants, too",
    ),
    "a count without a call": (
        [calls_of("a1", total=301), calls_of(total=301), calls_of()],
        [searched(["a1", "a2"]), searched(["a1"], 0, 1), searched(["a2"], 0, 1)],
        "calls: POST /call/search tells calls of other assistants, too",
    ),
    "an end too soon": (
        [calls_of("a1", total=3), calls_of(total=3)],
        [searched(["a1", "a2"], page) for page in (0, 1)],
        "calls: POST /call/search tells 1 of 3 calls",
    ),
    "fewer than told": (
        [calls_of(total=2)],
        [searched(["a1", "a2"])],
        "calls: POST /call/search tells 0 of 2 calls",
    ),
    "over": ([calls_of("a1", status="completed")], [searched(["a1", "a2"])], {}),
    **{
        status: ([calls_of("a1", status=status)], [searched(["a1", "a2"])], {"a1": 1})
        for status in WAITING
    },
    "over, then waiting": (
        [
            {
                "calls": [
                    {"status": "completed"},
                    {"assistant_id": 7},
                    {"assistant_id": 7, "status": None},
                ],
                "total_count": 3,
            }
        ],
        [searched(["a1", "a2"])],
        {"7": 2},
    ),
    "of nobody": (
        [calls_of(None)],
        [searched(["a1", "a2"])],
        'calls: "assistant" does not tell the id of an assistant',
    ),
    "that names nobody": (
        [{"calls": [{"status": "paused", "assistant": {}}], "total_count": 1}],
        [searched(["a1", "a2"])],
        "calls: a call that waits does not name its assistant",
    ),
    "no total": (
        [{"calls": []}],
        [searched(["a1", "a2"])],
        "calls: the answer to POST /call/search has no total_count",
    ),
    "a true total": (
        [calls_of(total=True)],
        [searched(["a1", "a2"])],
        "calls: the answer to POST /call/search has no total_count",
    ),
    "less than none": (
        [calls_of(total=-1)],
        [searched(["a1", "a2"])],
        "calls: the answer to POST /call/search has no total_count",
    ),
    "no list": ([[]], [searched(["a1", "a2"])], 'calls: the list of calls has no array "calls"'),
}


@pytest.mark.parametrize(("pages", "asked", "found"), SEARCHES.values(), ids=SEARCHES)
def test_calls_that_wait_are_counted(
    pages: list[Told], asked: list[Any], found: dict[str, int] | str
) -> None:
    service = Script(*pages, of={name: told for name, told in NO_USES.items() if "GET" in name})
    read = service.run(lambda c: c.uses(("a1", "a2")))
    assert service.asked[2:] == asked
    if isinstance(found, str):
        assert (dict(read.calls), read.unknown) == ({}, found)
    else:
        assert (dict(read.calls), read.unknown) == (found, None)


def test_no_more_than_fifty_pages_of_calls_are_read() -> None:
    ids = tuple(f"a{number}" for number in range(60))
    page = calls_of(*["a1"] * 100, total=6000)
    service = Script(*[page] * 60, of={n: told for n, told in NO_USES.items() if "GET" in n})
    read = service.run(lambda c: c.uses(ids))
    assert read.unknown == "calls: POST /call/search tells 5000 of 6000 calls"
    assert len(service.asked) == 2 + 50


def test_what_uses_an_assistant_is_told_in_words() -> None:
    numbers = (
        PhoneNumber("1", "+1", "a1"),
        PhoneNumber("2", "+2", "a2"),
        PhoneNumber("3", "+3", None),
    )
    campaigns = (Campaign("Spring", "a1"), Campaign("May", "a2"), Campaign("June", "a2"))
    held = Uses(numbers, campaigns, {"a1": 1, "a2": 2}, None)
    assert held.numbers_of("a1") == numbers[:1]
    assert held.words("a1") == (
        "phone number +1",
        "a campaign calls with it: Spring",
        "1 call waits for it",
    )
    assert held.words("a2") == (
        "phone number +2",
        "2 campaigns call with it: May, June",
        "2 calls wait for it",
    )
    assert held.words("a3") == ()
    assert held.refusal("a3") is None
    assert Uses(unknown="down").refusal("a3") == (
        "it may be in use: whether calls wait for it cannot be told: down; end that first"
    )
    assert Uses(numbers, campaigns).refusal("a1") == (
        "it may be in use: phone number +1; a campaign calls with it: Spring; end that first"
    )


def test_a_search_that_fails_is_sent_again_since_it_only_reads() -> None:
    of = {name: told for name, told in NO_USES.items() if "GET" in name}
    service = Script(503, calls_of("a1"), of=of)
    assert dict(service.run(lambda c: c.uses(("a1",))).calls) == {"a1": 1}
    assert service.asked[2:] == [searched(["a1"])] * 2


def test_what_something_depends_on_is_read_as_often_as_anything() -> None:
    for path, ask in (
        ("GET /phone-numbers", lambda c: c.numbers()),
        ("GET /voices", lambda c: c.voices()),
        ("GET /users/me", lambda c: c.who_am_i()),
    ):
        service = Script(503, 503, {"phone_numbers": [], "voices": []})
        assert not isinstance(service.run(ask), ApiError)
        assert service.asked == [path] * 3


@pytest.mark.parametrize("trusted", [False, True])
def test_a_list_that_goes_on_is_whole_only_where_it_is_trusted(trusted: bool) -> None:
    of: dict[str, Told] = {
        "GET /assistants": {"assistants": [HELD], "has_more": True},
        "GET /phone-numbers": {"phone_numbers": [], "total": 1},
    }
    how = {"trust_list": True} if trusted else {}
    listed = Script(of=of, **how).run(lambda c: c.list_assistants())
    numbers = Script(of=of, **how).run(lambda c: c.numbers())
    if trusted:
        assert (listed, numbers) == ([Remote(HELD)], ())
    else:
        assert said(listed)[1] == "the list of assistants may not be whole: has_more is true"
        assert said(numbers)[1] == "the list of phone numbers may not be whole: total is 1"
