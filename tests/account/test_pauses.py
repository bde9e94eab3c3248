"""How long a request waits before it is sent again: as long as it is told, and never longer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from support.clock import Clock
from support.desk import Desk
from support.service import Service

from revox_sync.account import retry, transport
from revox_sync.account.retry import Pace, pause, retry_after

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


DATE = "Thu, 01 Jan 2026 00:00:{:02} GMT"
#: Retry-After and Date as they came, and the seconds that they ask for.
ORDERS: list[tuple[str | None, str | None, float | None]] = [
    (None, None, None),
    ("", None, None),
    ("soon", None, None),
    ("0", None, 0),
    ("7", None, 7),
    (" 2.5 ", None, 2.5),
    ("-5", None, 0),
    ("nan", None, None),
    ("inf", None, float("inf")),
    ("1e3", None, 1000),
    (DATE.format(7), None, 7),
    (DATE.format(7), DATE.format(2), 5),
    (DATE.format(7), DATE.format(9), 0),
    (DATE.format(7), "yesterday", 7),
    ("Thu, 01 Jan 2026 00:00:07", None, 7),
    ("Thu, 01 Jan 2026 02:00:07 +0200", None, 7),
    ("Thu, 01 Jan 2026 00:00:00 +99999999999999999999", None, None),
    ("Fri, 31 Dec 9999 23:59:59 -0100", None, None),
]


@pytest.mark.parametrize(("order", "date", "seconds"), ORDERS, ids=str)
def test_an_order_to_wait_is_read(
    order: str | None, date: str | None, seconds: float | None
) -> None:
    given = {"retry-after": order, "date": date}
    headers = {name: value for name, value in given.items() if value is not None}
    assert retry_after(headers, NOW) == seconds
    expected = 1.0 if seconds is None else seconds if seconds <= 60 else None
    assert pause("GET", 2, 503, headers, now=NOW) == expected
    assert pause("GET", 2, None, headers, now=NOW) == expected


def test_a_date_is_measured_by_the_clock_where_no_other_moment_is_given() -> None:
    past = {"retry-after": DATE.format(7).replace("2026", "1970")}
    assert pause("GET", 1, 503, past) == 0


def test_pauses_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "ATTEMPTS", 9)
    waits = [pause("DELETE", attempt, 599, {}, jitter=0.5) for attempt in range(1, 10)]
    assert waits == [0.4375, 0.875, 1.75, 3.5, 7, 7, 7, 7, None]
    assert pause("GET", 1, 503, {"retry-after": "7"}, jitter=0.9) == 7


def paced(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(retry, "time", clock)
    monkeypatch.setattr(retry, "asyncio", clock)
    clock.wait(1000)
    return clock


async def turns(pace: Pace, clock: Clock, count: int) -> list[float]:
    """Return the seconds that each of some requests waits for its turn."""
    waits = []
    for _ in range(count):
        before = clock.time()
        assert await pace.turn() == clock.time()
        waits.append(clock.time() - before)
    return waits


def test_requests_go_at_once_until_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = paced(monkeypatch), Pace()
    assert asyncio.run(turns(pace, clock, 3)) == [0, 0, 0]
    assert pace.refused("a", clock.time(), None) == 0.5
    assert asyncio.run(turns(pace, clock, 3)) == pytest.approx([0.5, 0.05, 0.05])
    pace.answered("a")
    assert asyncio.run(turns(pace, clock, 3)) == pytest.approx([0.05, 0.045, 0.045])
    for _ in range(14):
        pace.answered("a")
    assert asyncio.run(turns(pace, clock, 3))[2] == 0


def test_requests_that_were_under_way_together_are_one_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, pace = paced(monkeypatch), Pace()
    sent = clock.time()
    clock.wait(1)
    assert [pace.refused(name, sent, None) for name in "abc"] == [0.5, 0.5, 0.5]
    assert [pace.refused(name, sent, 3) for name in "abc"] == [3, 3, 3]
    clock.wait(5)
    assert pace.refused("a", clock.time(), 0.2) == 1.0
    assert pace.refused("b", sent, 9) == 9
    assert asyncio.run(turns(pace, clock, 2)) == pytest.approx([9, 0.05])


def test_each_request_has_its_own_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = paced(monkeypatch), Pace()
    assert pace.refused("a", clock.time(), 60) == 60
    clock.wait(60.5)
    assert pace.refused("b", clock.time(), 60) == 60
    assert pace.refused("a", clock.time(), 60) is None
    pace.answered("a")
    assert pace.refused("a", clock.time(), 59) == 59
    assert pace.refused("a", clock.time(), 60.1) is None


@pytest.mark.parametrize(("first", "waits"), [(60, [60, 60, None]), (1, [1, 2, 4, 4, 4])])
def test_a_first_pause_of_its_own_is_the_least(
    monkeypatch: pytest.MonkeyPatch, first: float, waits: list[float | None]
) -> None:
    clock, pace = paced(monkeypatch), Pace(first)
    told = []
    for _ in waits:
        told.append(pace.refused("a", clock.time(), None))
        clock.wait(told[-1] or 0)
    assert told == waits


@pytest.mark.parametrize("jitter", [0.25, 0.5, 0.999])
def test_jitter_takes_off_up_to_a_quarter_and_never_prolongs(jitter: float) -> None:
    jittered = pause("GET", 2, 500, {}, jitter=jitter)
    assert jittered is not None
    assert 0.75 < jittered < 1.0


def test_the_gap_between_requests_grows_to_two_seconds_and_shrinks_with_every_answer(
    clock: Clock,
) -> None:
    pace = Pace()

    async def gap() -> float:
        begun = await pace.turn()
        return await pace.turn() - begun

    assert asyncio.run(pace.turn()) == 0.0
    gaps = []
    for _ in range(9):
        pace.answered("GET /assistants")
        pace.refused("GET /assistants", clock.time(), 0)
        clock.wait(9)
        gaps.append(asyncio.run(gap()))
    assert gaps == pytest.approx([min(0.05 * 1.8**count, 2.0) for count in range(9)])
    pace.answered("GET /assistants")
    clock.wait(9)
    assert asyncio.run(gap()) == pytest.approx(1.8)


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
