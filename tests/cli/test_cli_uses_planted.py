"""Faults planted in what is told of who hears a change: the tests of it notice each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from cli import test_cli_uses as tests
from support.desk import Desk
from support.service import SEARCH

from revox_sync.account import client, retry, uses
from revox_sync.operations import plan as operations_plan
from revox_sync.operations import reach
from revox_sync.plan import impact, lookup

used = tests.used

_MORE: dict[str, Any] = {"body": {"phone_numbers": [], "campaigns": [], "next": "2"}}
_ITEMS = client.items_of
_SEND = client.Client.send


async def _insistent(self: client.Client, *request: Any, **how: Any) -> Any:
    return await _SEND(self, *request, **{**how, "advisory": False})


#: What is put in place of what, and the test that turns red.
FAULTS: dict[str, tuple[Any, str, Any, Callable[[tuple[Desk, str]], None]]] = {
    "a campaign that is completed has no calls to make": (
        uses,
        "_calls_on",
        lambda campaign: campaign["status"] != "completed",
        tests.test_every_view_says_who_hears_it,
    ),
    "a number is everybody's": (
        impact.Uses,
        "numbers_of",
        lambda self, assistant_id: self.numbers,
        tests.test_every_view_says_who_hears_it,
    ),
    "a service without campaigns fails": (
        client,
        "_NO_ENDPOINT",
        (),
        partial(tests.test_a_service_without_the_endpoints_uses_nothing, status=404),
    ),
    "one page is taken for all": (
        client,
        "items_of",
        lambda answer, name, trusted: _ITEMS(answer, name, trusted=True),
        partial(
            tests.test_what_cannot_be_read_is_unknown_told_once, path="/campaigns", reaction=_MORE
        ),
    ),
    "what is forbidden is nothing": (
        client,
        "_NO_ENDPOINT",
        (403, 404, 405, 501),
        partial(
            tests.test_what_cannot_be_read_is_unknown_told_once,
            path=SEARCH,
            reaction={"status": 403},
        ),
    ),
    "a service answers 404 alone where it has no endpoint": (
        client,
        "_NO_ENDPOINT",
        (404,),
        partial(tests.test_a_service_without_the_endpoints_uses_nothing, status=501),
    ),
    "a method that is not allowed is a failure": (
        client,
        "_NO_ENDPOINT",
        (404, 501),
        partial(tests.test_a_service_without_the_endpoints_uses_nothing, status=405),
    ),
    "what cannot be read is told of each assistant": (
        reach,
        "with_impact",
        lambda plan, uses: replace(
            told := impact.with_impact(plan, uses), remarks=told.remarks * len(plan.actions)
        ),
        partial(
            tests.test_what_cannot_be_read_is_unknown_told_once,
            path="/campaigns",
            reaction={"status": 403},
        ),
    ),
    "what did not change is looked up": (
        lookup,
        "_stated",
        lambda action, path: action.definition.managed[path[0]][path[1]],
        tests.test_a_voice_that_stays_is_not_looked_up,
    ),
    "what uses an assistant is read in any case": (
        operations_plan,
        "looked_at",
        lambda survey, plan: reach.look(survey, plan, plan.actions),
        tests.test_nothing_is_read_where_nothing_changes,
    ),
    "what nothing depends on is tried as often as all else": (
        client.Client,
        "send",
        _insistent,
        tests.test_what_fails_is_tried_twice_and_the_rest_is_told,
    ),
    "every voice is there": (
        lookup,
        "_wrong_voice",
        lambda action, voices: (),
        partial(
            tests.test_a_voice_that_is_not_there_stops_its_assistant,
            voice={"id": "kati-1"},
            told="Katie",
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    used: tuple[Desk, str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    place, name, broken, test = FAULTS[fault]
    monkeypatch.setattr(place, name, broken)
    monkeypatch.setattr(retry, "_FIRST_PAUSE_S", 0.01)
    with pytest.raises((AssertionError, AttributeError)):
        test(used)
