"""How long a request waits before it is sent again: as long as it is told, and never longer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from support.clock import Clock
from support.desk import Desk
from support.service import Service

from revox_sync.account import retry, transport
from revox_sync.account.retry import Pace, pause

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock(service: Service, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of a transport that waits for nothing."""
    found = Clock()
    monkeypatch.setattr(transport, "asyncio", found)
    monkeypatch.setattr(retry, "asyncio", found)
    monkeypatch.setattr(retry, "time", found)
    service.now = found.time
    return found


@pytest.mark.parametrize(("order", "seconds"), [("7", 7), ("2.5", 2.5), ("60", 60), ("0", 0)])
def test_an_order_to_wait_is_obeyed(order: str, seconds: float) -> None:
    assert pause("GET", 1, 503, {"retry-after": order}) == seconds
    assert Pace().refused("GET /assistants", 0, seconds) == seconds


def test_a_longer_order_ends_the_attempts() -> None:
    assert pause("GET", 1, 503, {"retry-after": "61"}) is None
    assert Pace().refused("GET /assistants", 0, 61) is None


@pytest.mark.parametrize("left", [True, False], ids=["after an answer", "never left"])
def test_pauses_double_and_end_with_the_fourth_attempt(left: bool) -> None:
    told = [pause("GET", attempt, None, {}, left=left, now=NOW) for attempt in range(1, 5)]
    assert told == [0.5, 1.0, 2.0, None]


@pytest.mark.parametrize("jitter", [0.25, 0.5, 0.999])
def test_jitter_takes_off_up_to_a_quarter_and_never_prolongs(jitter: float) -> None:
    jittered = pause("GET", 2, 500, {}, jitter=jitter)
    assert jittered is not None
    assert 0.75 < jittered < 1.0


@pytest.mark.parametrize("status", [None, 408, 500, 503])
def test_a_post_waits_only_where_it_never_left(status: int | None) -> None:
    assert pause("POST", 1, status, {}) is None
    assert pause("POST", 1, None, {}, left=False) == 0.5


def test_refusals_in_a_row_wait_longer_each_time_for_all_requests() -> None:
    pace = Pace()
    waits = [pace.refused("GET /assistants", sent, None) for sent in (0, 2e9, 3e9, 4e9, 5e9)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 4.0]


def test_the_gap_between_requests_grows_to_two_seconds_and_shrinks_with_every_answer(
    clock: Clock,
) -> None:
    pace = Pace()

    async def gap() -> float:
        begun = await pace.turn()
        return await pace.turn() - begun

    for _ in range(9):
        pace.answered("GET /assistants")
        pace.refused("GET /assistants", clock.time() + 1, 0)
        clock.wait(9)
    assert asyncio.run(gap()) == 2.0
    pace.answered("GET /assistants")
    clock.wait(9)
    assert asyncio.run(gap()) == pytest.approx(1.8)


def test_a_run_gives_up_after_two_minutes_of_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = Clock(), Pace()
    monkeypatch.setattr(retry, "time", clock)
    assert pace.refused("GET /assistants", 0, 60) == 60
    clock.wait(60)
    assert pace.refused("GET /assistants", 60, 60) == 60
    clock.wait(1)
    assert pace.refused("GET /assistants", 121, 60) is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_command_waits_as_it_is_told(desk: Desk, clock: Clock, status: int) -> None:
    desk.service.on("GET", status=status, headers={"retry-after": "3"})
    assert desk.run("plan").code == 0
    assert clock.time() == pytest.approx(3)


@pytest.mark.usefixtures("waits_take_no_time")
def test_a_create_is_sent_again_after_the_account_was_watched_for_a_second(desk: Desk) -> None:
    sent: list[float] = []
    desk.service.on("POST", status=503, edit=lambda: sent.append(desk.service.now()))
    desk.service.on("POST", nth=2, edit=lambda: sent.append(desk.service.now()))
    desk.project.define()
    assert desk.apply("--settle", "0").code == 0
    first, second = sent
    assert second - first >= 1.0
