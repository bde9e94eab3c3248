"""A saved plan holds a recreate to what was reviewed: how, in whose place, and what moves along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.cli import Result
from support.desk import Desk
from support.renewal import Renewal

PLAN = "plan.json"

SINCE: dict[str, Callable[[Renewal], Any]] = {
    "what becomes of the old one": lambda story: story.settings("keep"),
    "in place": lambda story: story.desk.project.write("revox-sync.yaml", "retire: delete\n"),
    "a phone number more": lambda story: story.service.dial("+33123456703", story.old),
    "a phone number less": lambda story: story.service.redirect("pn01", None),
    "what the definition says": lambda story: story.desk.project.define(prompt="Be quick."),
    "what the account holds": lambda story: story.service.edit(story.old, prompt="Typed."),
    "a campaign": lambda story: story.service.call_with(story.old),
    "a member that cannot be copied": lambda story: story.service.edit(story.old, moon=1),
}


def saved(desk: Desk, *arguments: str) -> None:
    assert desk.run("plan", "--out", PLAN, *arguments).code == 0


def applied(desk: Desk) -> Result:
    return desk.apply(PLAN)


def test_what_was_reviewed_is_done(desk: Desk) -> None:
    story = Renewal(desk)
    saved(desk)
    assert applied(desk).code == 0
    story.assert_replaced()


@pytest.mark.parametrize("moves", SINCE.values(), ids=SINCE)
def test_whatever_moved_since_refuses(desk: Desk, moves: Callable[[Renewal], Any]) -> None:
    story = Renewal(desk)
    saved(desk)
    moves(story)
    result = applied(desk)
    assert result.code == 3, result.out
    assert story.writes() == []
    assert {*desk.service.assistants} == {story.old}


def test_the_order_of_the_phone_numbers_is_no_change(desk: Desk) -> None:
    story = Renewal(desk)
    saved(desk)
    desk.service.phone_numbers.reverse()
    assert applied(desk).code == 0
    story.assert_replaced()


def test_the_choices_are_those_of_the_plan(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.write("revox-sync.yaml", "retire: delete\n")
    desk.service.call_with(story.old)
    saved(desk, "--recreate", "front-desk", "--force-recreate")
    assert applied(desk).code == 0
    assert story.old not in desk.service.assistants


def test_a_plan_in_place_recreates_nothing(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.write("revox-sync.yaml", "retire: delete\n")
    saved(desk)
    story.settings()
    assert applied(desk).code == 3
    assert story.writes() == []


def test_a_refused_recreate_stays_refused(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.call_with(story.old)
    assert desk.run("plan", "--out", PLAN).code == 3
    desk.service.campaigns.clear()
    result = applied(desk)
    assert result.code == 3
    assert "it is not in the plan that was reviewed" in result.out
    assert story.writes() == []


def test_what_ends_a_recreate_is_reviewed_with_both_ids(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("DELETE", times=4, status=500, headers={"retry-after": "0"})
    assert desk.apply().code == 4
    saved(desk)
    (action,) = desk.plan()["actions"]
    assert action["recreate"]["old_id"] == story.old
    assert action["recreate"]["new_id"] == story.new
    assert action["changes"] == []
    assert applied(desk).code == 0
    story.assert_replaced()


def test_a_finished_plan_is_not_done_twice(desk: Desk) -> None:
    story = Renewal(desk)
    saved(desk)
    assert applied(desk).code == 0
    sent = len(story.writes())
    assert applied(desk).code == 0
    assert len(story.writes()) == sent
    story.assert_replaced()


def test_a_plan_of_another_machine_that_ends_a_recreate_is_held_to_it_too(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    saved(desk)
    story.forget()
    result = applied(desk)
    assert result.code == 3
    story.assert_in_service()
