"""What is sent again, how often, and what never is."""

from __future__ import annotations

import asyncio

import pytest
from support.desk import Desk, MakeDesk
from support.service import KEY

from revox_sync.account import retry
from revox_sync.account.client import Client
from revox_sync.cli.streams import Streams
from revox_sync.errors import Limited
from revox_sync.secrecy.redactor import Redactor

pytestmark = pytest.mark.usefixtures("hurried")

AT_ONCE = {"retry-after": "0"}


def a_change(desk: Desk) -> str:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    return identity


@pytest.mark.parametrize("status", [408, 429, 503])
def test_a_list_is_read_again_after(desk: Desk, status: int) -> None:
    desk.project.define()
    desk.service.on("GET", status=status, headers=AT_ONCE)
    assert desk.run("plan").code == 0
    assert len(desk.service.requests) == 2


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_patch_is_sent_again_after(desk: Desk, status: int) -> None:
    identity = a_change(desk)
    desk.service.on("PATCH", status=status, headers=AT_ONCE)
    assert desk.apply().code == 0
    assert [request.body for request in desk.service.writes] == [{"prompt": "As it shall be."}] * 2
    assert desk.service.assistants[identity]["prompt"] == "As it shall be."


@pytest.mark.parametrize(("moment", "times"), [("before", 2), ("after", 1)])
def test_a_patch_is_sent_again_when_the_connection_broke_before_it_was_done(
    desk: Desk, moment: str, times: int
) -> None:
    a_change(desk)
    desk.service.on("PATCH", drop=moment)
    assert desk.apply().code == 0
    assert len(desk.service.writes) == times


def test_a_list_is_read_again_when_the_connection_broke(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", drop="before")
    assert desk.run("plan").code == 0
    assert len(desk.service.requests) == 2


def test_a_list_is_read_again_when_no_answer_came_in_time(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", delay=20)
    assert desk.run("plan", "--timeout", "0.2").code == 0
    assert len(desk.service.requests) == 2


@pytest.mark.parametrize(("order", "times"), [("0", 2), ("6", 1)])
def test_what_nothing_depends_on_is_read_again_once_and_soon(
    desk: Desk, order: str, times: int
) -> None:
    a_change(desk)
    headers = {"retry-after": order}
    desk.service.on("GET", "/phone-numbers", times=None, status=503, headers=headers)
    assert desk.run("plan").code == 0
    asked = [request.path for request in desk.service.requests]
    assert asked.count("/phone-numbers") == times


def test_an_order_to_wait_for_long_ends_the_attempts(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", times=None, status=429, headers={"retry-after": "3600"})
    result = desk.run("plan")
    assert result.code == 1
    assert "it asks to wait 3600 s (Retry-After), and 60 s is the longest" in result.err
    assert len(desk.service.requests) == 1


#: A date in a zone that no earth has.
ODD = "Thu, 01 Jan 1970 00:00:00 +99999999999999999999"


def test_an_odd_order_to_one_action_does_not_eat_the_summary_of_the_others(desk: Desk) -> None:
    desk.project.define("a")
    identity = desk.service.add("b", prompt="As it was.")
    desk.project.define("b", prompt="As it shall be.")
    headers = {"retry-after": ODD}
    desk.service.on("PATCH", f"/assistants/{identity}", status=429, headers=headers)
    result = desk.apply("--parallelism", "1")
    assert len(desk.service.sent("POST")) == 1
    assert "created  a" in result.out


def test_a_post_that_the_service_put_off_with_429_is_sent_again(desk: Desk) -> None:
    desk.service.on("POST", status=429, headers=AT_ONCE, body={"error": "slow down"})
    desk.project.define()
    assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 2
    assert len(desk.service.assistants) == 1


def test_attempts_are_told_on_request(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=429, headers=AT_ONCE, body={"error": "slow down"})
    result = desk.run("plan", "--log-level", "info")
    assert result.code == 0
    assert "GET /assistants: 429 Too Many Requests: slow down; again in 0.0 s" in result.err


def test_attempts_are_not_told_otherwise(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=429, headers=AT_ONCE, body={"error": "slow down"})
    assert desk.run("plan").err == ""


def test_all_requests_slow_down_together(
    desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_with(list_has_faq=False)
    for number in range(45):
        desk.service.add(f"a{number}", prompt=f"You are {number}.", faq_items=[])
        desk.project.define(f"a{number}", prompt=f"You are {number}.", faq_items=[])
    desk.service.throttle(30, 1.0)
    monkeypatch.setattr(retry, "_FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(retry, "_LONGEST_SLOWDOWN_S", 0.4)
    monkeypatch.setattr(retry, "PATIENCE_S", 20.0)
    assert desk.run("plan", "--detailed-exitcode").code == 0
    assert len(desk.service.requests) < 46 + 20


def test_a_shared_limit_fails_none_of_many_writes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        desk.service.add(f"a{number}", prompt=f"You were {number}.")
        desk.project.define(f"a{number}", prompt=f"You are {number}.")
    desk.service.throttle(8, 0.2, retry_after="0.1")
    monkeypatch.setattr(retry, "PATIENCE_S", 20.0)
    result = desk.apply()
    assert result.code == 0
    assert desk.settled()


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_write_whose_every_answer_was_429_failed_and_is_never_unknown(
    desk: Desk, method: str
) -> None:
    if method == "PATCH":
        a_change(desk)
    else:
        desk.project.define()
    desk.service.on(method, times=None, status=429, body={"error": "slow down"})
    result = desk.apply()
    assert result.code == 4
    assert "unknown" not in result.out.replace("0 unknown", "")
    assert "429 Too Many Requests: slow down" in result.out
    assert len(desk.service.sent(method)) > 4


def test_a_request_that_is_given_up_while_it_waits_was_refused_and_not_lost(desk: Desk) -> None:
    desk.service.on("POST", times=None, status=429, headers={"retry-after": "30"})

    async def given_up() -> None:
        client = Client(desk.service.base_url, KEY, parallelism=1, timeout=9, redactor=Redactor())
        async with client:
            post = asyncio.create_task(client.create_assistant({"name": "a", "prompt": "b"}))
            while not desk.service.sent("POST"):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            post.cancel()
            await post

    with pytest.raises(Limited):
        asyncio.run(given_up())


def test_a_wait_that_is_asked_for_is_shown_as_progress(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Streams, "step", lambda _self, text: shown.append(text))
    desk.project.define()
    desk.service.on("GET", status=429, headers={"retry-after": "1"})
    monkeypatch.setattr(retry, "PATIENCE_S", 9.0)
    assert desk.run("plan").code == 0
    assert "the service asks to slow down; going on in 1 s" in shown
