"""A recreate meets a fault at each of its requests: the old or the new serves, a rerun ends it.

The sweep knows the requests of a recreate by their order, which a test of its own holds.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.renewal import Renewal, told
from support.service import SEARCH

pytestmark = pytest.mark.usefixtures("hurried")

#: What an apply asks for before it begins: the plan's reads, and what is there before a POST.
BEFORE = ["GET assistants", "GET phone-numbers", "GET campaigns", "GET assistants"]

STEPS = {
    "read the phone numbers": "GET phone-numbers",
    "read the campaigns": "GET campaigns",
    "read the old one": "GET assistants",
    "make the new one": "POST assistants",
    "read the new one": "GET assistants",
    "look for twins": "GET assistants",
    "move the first number": "PATCH phone-numbers",
    "move the second number": "PATCH phone-numbers",
    "read the old one again": "GET assistants",
    "read the phone numbers again": "GET phone-numbers",
    "read the campaigns again": "GET campaigns",
    "delete the old one": "DELETE assistants",
    "look whether it is gone": "GET assistants",
}
KEPT = list(STEPS)[: list(STEPS).index("read the old one again")]

#: How often a request that can be repeated is sent at most.
ATTEMPTS = 4
AGAIN: dict[str, Any] = {"headers": {"retry-after": "0"}}

FAULTS: dict[str, dict[str, Any]] = {
    "500": {"status": 500, "times": ATTEMPTS, **AGAIN},
    "429": {"status": 429, "times": ATTEMPTS, **AGAIN},
    "404": {"status": 404},
    "405": {"status": 405},
    "dropped before": {"drop": "before", "times": ATTEMPTS},
    "dropped after": {"drop": "after", "times": ATTEMPTS},
    "dropped after, once": {"drop": "after"},
    "500, and done all the same": {"status": 500, "acts": True, "times": ATTEMPTS, **AGAIN},
    "garbage": {"status": 200, "body": b"<h1>ok</h1>", "acts": True},
    "garbage, and nothing done": {"status": 200, "body": b"<h1>ok</h1>"},
    "another answer": {"status": 200, "body": {"success": True}, "acts": True},
}
#: A read that breaks is given up as one that is answered by 500: ``tests/account``.
OF_READS = ("500", "404", "garbage", "another answer")
OF_KEPT = ("500", "405", "dropped after", "garbage")


def meets(story: Renewal, step: str, fault: str) -> None:
    """Let a step of the next apply meet a fault."""
    happens = dict(FAULTS[fault])
    if STEPS[step].startswith("POST"):
        happens["times"] = 1  # it is sent once
    nth = len(BEFORE) + list(STEPS).index(step) + 1
    story.service.on("*", nth=nth, **happens)


def cases(steps: list[str], reads: tuple[str, ...], writes: tuple[str, ...]) -> list[Any]:
    def faults(step: str) -> tuple[str, ...]:
        if step == "move the second number":  # sent and judged as the first is
            return tuple(fault for fault in writes if fault in OF_KEPT)
        return reads if STEPS[step].startswith("GET") else writes

    return [
        pytest.param(step, fault, id=f"{step}: {fault}") for step in steps for fault in faults(step)
    ]


def test_a_recreate_sends_these_requests(desk: Desk) -> None:
    story = Renewal(desk)
    assert desk.apply().code == 0
    asked = [request for request in desk.service.requests if request.path != SEARCH]
    assert list(map(told, asked)) == [*BEFORE, *STEPS.values()]
    story.assert_replaced()


@pytest.mark.parametrize(("step", "fault"), cases(list(STEPS), OF_READS, tuple(FAULTS)))
def test_whatever_happens_one_of_them_serves_and_a_rerun_ends_it(
    desk: Desk, step: str, fault: str
) -> None:
    story = Renewal(desk)
    meets(story, step, fault)
    done = desk.apply()
    story.assert_in_service()
    assert "internal error" not in done.said
    assert done.code in (0, 1, 3, 4)
    if done.code in (1, 3):
        assert story.writes() == []
    again = story.apply_again()
    assert again.code == 0, (done.out, again.out)
    story.assert_replaced()


@pytest.mark.parametrize(("step", "fault"), cases(KEPT, (), OF_KEPT))
@pytest.mark.parametrize("record", ["recorded", "on another machine"])
def test_with_retire_keep_a_rerun_makes_the_newest_the_current_one(
    desk: Desk, step: str, fault: str, record: str
) -> None:
    story = Renewal(desk, "keep")
    meets(story, step, fault)
    desk.apply()
    story.assert_in_service()
    if record == "on another machine":
        story.forget()
    assert story.apply_again().code == 0
    story.assert_superseded()


@pytest.mark.parametrize(
    ("step", "fault"), cases(list(STEPS), ("500",), ("500", "405", "dropped after", "garbage"))
)
def test_without_its_record_both_are_named_and_a_command_ends_it(
    desk: Desk, step: str, fault: str
) -> None:
    story = Renewal(desk)
    meets(story, step, fault)
    desk.apply()
    story.forget()
    there = set(desk.service.assistants)
    again = story.apply_again()
    if len(there) == 1:
        assert again.code == 0
    else:
        assert again.code == 3
        assert all(identity in again.out for identity in there)
        assert f"`revox-sync apply front-desk --finish-recreate {story.old}`" in again.out
        story.assert_in_service()
        assert desk.apply("front-desk", "--finish-recreate", story.old).code == 0
    story.assert_replaced()


@pytest.mark.parametrize("fault", ["garbage", "another answer"])
@pytest.mark.parametrize("step", ["move the first number", "delete the old one"])
def test_an_answer_that_tells_nothing_is_made_up_for_by_a_look(
    desk: Desk, step: str, fault: str
) -> None:
    story = Renewal(desk)
    meets(story, step, fault)
    assert desk.apply().code == 0
    story.assert_replaced()
