"""What a client sees of each fault, over real HTTP and inside its own process."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from lines import BODY, Open
from running import KEY

from revox_sync.sandbox import SandboxError
from revox_sync.sandbox.store import Store


def test_a_status_is_answered_without_acting(line: Open) -> None:
    headers = {"Retry-After": 7}
    down = line({"on": "POST /assistants", "fault": "status", "status": 503, "headers": headers})
    answer = down.post()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.json()["error"] == "Service Unavailable"
    assert down.held() == []


def test_a_status_may_come_after_acting_and_with_a_body_of_its_own(line: Open) -> None:
    rule = {"on": "POST /assistants", "fault": "status", "status": 599, "acting": True}
    broken = line({**rule, "body": ["a", "list"]})
    answer = broken.post()
    assert (answer.status_code, answer.json()) == (599, ["a", "list"])
    assert [found["name"] for found in broken.held()] == ["Front desk"]


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(line: Open, status: int) -> None:
    answer = line({"on": "GET /voices", "fault": "status", "status": status}).send("GET", "/voices")
    assert (answer.status_code, answer.content) == (status, b"")


def test_a_delay_comes_before_the_answer(line: Open) -> None:
    slow = line({"on": "POST /assistants", "fault": "delay", "seconds": 0.2})
    begun = time.monotonic()
    assert slow.post().status_code == 200
    assert time.monotonic() - begun >= 0.2
    assert len(slow.held()) == 1


def test_a_delay_outlasts_a_client_that_does_not_wait(line: Open) -> None:
    slow = line({"on": "GET /voices", "fault": "delay", "seconds": 3})

    async def impatient() -> None:
        async with asyncio.timeout(0.1):
            headers = {"Authorization": f"Bearer {KEY}"}
            async with httpx.AsyncClient(transport=slow.transport(), headers=headers) as client:
                await client.get(f"{slow.base_url}/voices")

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())


@pytest.mark.parametrize(("fault", "made"), [("drop-before", 0), ("drop-after", 1)])
def test_a_drop_is_an_error_of_the_connection(line: Open, fault: str, made: int) -> None:
    cut = line({"on": "POST /assistants", "fault": fault})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        cut.post()
    assert len(cut.held()) == made
    assert cut.post().status_code == 200


def test_a_truncated_answer_is_an_error_of_the_connection(line: Open) -> None:
    cut = line({"on": "POST /assistants", "fault": "truncate"})
    with pytest.raises(httpx.RemoteProtocolError):
        cut.post()
    assert len(cut.held()) == 1


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ("<html>", b"<html>"),
        ("", b""),
        ({}, b"{}"),
        (None, b"null"),
        ({"assistants": None}, b'{"assistants":null}'),
    ],
)
def test_a_wrong_body_is_answered_after_acting(line: Open, body: Any, content: bytes) -> None:
    odd = line({"on": "POST /assistants", "fault": "body", "body": body})
    answer = odd.post()
    assert (answer.status_code, answer.content) == (200, content)
    assert len(odd.held()) == 1


def test_an_edit_comes_right_before_the_request(line: Open) -> None:
    edit = {"assistant": "Front desk", "set": {"prompt": "Typed."}, "ask": "Is there a pool?"}
    edited = line({"on": "GET /assistants/*", "nth": 2, "fault": "edit", "edit": edit})
    path = f"/assistants/{edited.post().json()['assistant']['id']}"
    before, after = (edited.send("GET", path).json() for _ in range(2))
    assert (before["prompt"], before["pending_faq_count"]) == ("Be kind.", 0)
    assert (after["prompt"], after["pending_faq_count"]) == ("Typed.", 1)
    assert edited.send("GET", path).json() == after


def test_a_patch_overwrites_what_an_edit_set_before_it(line: Open) -> None:
    edit = {"assistant": "Front desk", "set": {"prompt": "Typed.", "first_sentence": "Hi."}}
    edited = line({"on": "PATCH /assistants/*", "fault": "edit", "edit": edit})
    path = f"/assistants/{edited.post().json()['assistant']['id']}"
    edited.send("PATCH", path, {"prompt": "Sent."})
    (held,) = edited.held()
    assert (held["prompt"], held["first_sentence"]) == ("Sent.", "Hi.")


def test_an_assistant_is_found_by_its_id_too(line: Open, database: Path) -> None:
    store = Store(database, "current")
    ids = [json.loads(store.add_assistant(BODY))["id"] for _ in range(2)]
    edit = {"assistant": ids[1], "set": {"prompt": "Typed."}}
    edited = line({"on": "GET /voices", "fault": "edit", "edit": edit})
    edited.send("GET", "/voices")
    assert [found["prompt"] for found in edited.held()] == ["Be kind.", "Typed."]


@pytest.mark.parametrize(("number", "words"), [(0, "no assistant has"), (2, "2 assistants have")])
def test_an_edit_of_nobody_in_particular_changes_nothing_and_says_so(
    line: Open, database: Path, caplog: pytest.LogCaptureFixture, number: int, words: str
) -> None:
    for _ in range(number):
        Store(database, "current").add_assistant(BODY)
    edit = {"assistant": "Front desk", "set": {"prompt": "Typed."}}
    edited = line({"on": "GET /voices", "fault": "edit", "edit": edit})
    with caplog.at_level(logging.WARNING, "revox_sync.sandbox"):
        assert edited.send("GET", "/voices").status_code == 200
    assert "Typed." not in str(edited.held())
    (warning,) = caplog.messages
    assert f"rule 1: nothing was edited: {words} the name or id 'Front desk'" in warning


def test_an_edit_that_the_contract_does_not_allow_is_told_before_any_request(line: Open) -> None:
    edit = {"assistant": "Front desk", "set": {"prompt": 7}}
    with pytest.raises(SandboxError, match=r"faults\.json: rule 2: edit: set: prompt must be str"):
        line(
            {"on": "* *", "fault": "drop-before"},
            {"on": "* *", "fault": "edit", "edit": edit},
        )


@pytest.mark.parametrize(
    ("nth", "times", "statuses"),
    [
        (1, 1, [500, 200, 200, 200]),
        (2, 1, [200, 500, 200, 200]),
        (2, 2, [200, 500, 500, 200]),
        (3, 0, [200, 200, 500, 500]),
    ],
)
def test_a_rule_strikes_so_many_requests_from_the_nth_on(
    line: Open, nth: int, times: int, statuses: list[int]
) -> None:
    rule = {"on": "GET /voices", "nth": nth, "times": times, "fault": "status", "status": 500}
    counting = line(rule)
    counting.send("GET", "/assistants")  # matches nothing, counts for nothing
    assert [counting.send("GET", "/voices").status_code for _ in statuses] == statuses


def test_requests_at_once_are_counted_one_by_one(line: Open) -> None:
    rule = {"on": "GET /voices", "nth": 3, "times": 4, "fault": "status", "status": 500}
    counting = line(rule)

    async def burst() -> list[int]:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(transport=counting.transport(), headers=headers) as client:
            sent = [client.get(f"{counting.base_url}/voices") for _ in range(20)]
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert sorted(asyncio.run(burst())) == [200] * 16 + [500] * 4


@pytest.mark.parametrize(
    ("on", "struck"),
    [
        ("GET /assistants", {"GET /assistants"}),
        ("GET /assistants*", {"GET /assistants", "GET /assistants/x"}),
        ("* /assistants/*", {"GET /assistants/x", "PATCH /assistants/x"}),
        ("GET *", {"GET /assistants", "GET /assistants/x", "GET /voices"}),
        ("GET /*ices", {"GET /voices"}),
        ("GET /voice.", set()),
    ],
)
def test_method_and_path_choose_the_requests(line: Open, on: str, struck: set[str]) -> None:
    choosing = line({"on": on, "times": 0, "fault": "status", "status": 299})
    requests = ["GET /assistants", "GET /assistants/x", "PATCH /assistants/x", "GET /voices"]
    assert {r for r in requests if choosing.send(*r.split()).status_code == 299} == struck


def test_edits_and_delays_come_first_and_the_first_ending_decides(line: Open) -> None:
    edit = {"assistant": "Front desk", "set": {"prompt": "Typed."}}
    several = line(
        {"on": "GET /voices", "fault": "status", "status": 418},
        {"on": "GET /voices", "fault": "drop-before"},
        {"on": "GET /voices", "fault": "edit", "edit": edit},
        {"on": "GET /voices", "fault": "delay", "seconds": 0.1},
    )
    several.post()
    begun = time.monotonic()
    assert several.send("GET", "/voices").status_code == 418
    assert time.monotonic() - begun >= 0.1
    assert several.held()[0]["prompt"] == "Typed."
    assert several.send("GET", "/voices").status_code == 200


def test_every_strike_is_logged(line: Open, caplog: pytest.LogCaptureFixture) -> None:
    told = line({"on": "GET /voices", "fault": "status", "status": 500})
    with caplog.at_level(logging.INFO, "revox_sync.sandbox"):
        told.send("GET", "/voices")
        told.send("GET", "/voices")
    assert [m.partition("faults.json: ")[2] for m in caplog.messages] == [
        "rule 1 (status): GET /voices"
    ]


def _raw(base_url: str) -> bytes:
    """Return every byte that a GET of the voices is answered with, until TCP ends."""
    parts = urlsplit(base_url)
    request = f"GET {parts.path}/voices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n"
    received = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request.encode())
        while block := connection.recv(65536):
            received += block
    return received


@pytest.mark.parametrize("line", ["over HTTP"], indirect=True)
@pytest.mark.parametrize("fault", ["drop-before", "drop-after"])
def test_a_dropped_connection_ends_without_one_byte(line: Open, fault: str) -> None:
    assert _raw(line({"on": "GET /voices", "fault": fault}).base_url) == b""


@pytest.mark.parametrize("line", ["over HTTP"], indirect=True)
def test_a_truncated_answer_promises_the_whole_and_sends_half(line: Open) -> None:
    cut = line({"on": "GET /voices", "fault": "truncate"})
    head, _, body = _raw(cut.base_url).partition(b"\r\n\r\n")
    whole = cut.send("GET", "/voices").content
    assert f"content-length: {len(whole)}".encode() in head.lower()
    assert body == whole[: len(whole) // 2]
