"""What is sent again, how often, and what never is."""

from __future__ import annotations

import pytest
from support.desk import Desk

pytestmark = pytest.mark.usefixtures("hurried")

AT_ONCE = {"retry-after": "0"}


def a_change(desk: Desk) -> str:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    return identity


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
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


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_list_is_not_read_again_after(desk: Desk, status: int) -> None:
    desk.project.define()
    desk.service.on("GET", times=None, status=status, body={"error": "no"}, headers=AT_ONCE)
    assert desk.run("plan").code == 1
    assert len(desk.service.requests) == 1


def test_attempts_end(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", times=None, status=503, headers=AT_ONCE, body={"error": "down"})
    result = desk.run("plan")
    assert result.code == 1
    assert result.out == ""
    assert "503 Service Unavailable: down" in result.err
    assert len(desk.service.requests) == 4


def test_an_order_to_wait_for_long_ends_the_attempts(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", times=None, status=429, headers={"retry-after": "3600"})
    assert desk.run("plan").code == 1
    assert len(desk.service.requests) == 1


ORDERS = {
    "words": "soon",
    "negative": "-5",
    "a fraction": "0.0",
    "a date that is past": "Thu, 01 Jan 1970 00:00:00 GMT",
    "a zone that no earth has": "Thu, 01 Jan 1970 00:00:00 +99999999999999999999",
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_any_spelling_of_retry_after_is_bounded(desk: Desk, order: str) -> None:
    desk.project.define()
    desk.service.on("GET", status=429, headers={"retry-after": order})
    assert desk.run("plan").code == 0
    assert len(desk.service.requests) == 2


def test_an_odd_order_to_one_action_does_not_eat_the_summary_of_the_others(desk: Desk) -> None:
    desk.project.define("a")
    identity = desk.service.add("b", prompt="As it was.")
    desk.project.define("b", prompt="As it shall be.")
    headers = {"retry-after": ORDERS["a zone that no earth has"]}
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
