"""Faults planted in what is told of who hears a change: the tests of it notice each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from cli import test_cli_uses as tests
from support.desk import Desk
from support.service import SEARCH

from revox_sync.account import client, uses
from revox_sync.plan import impact

used = tests.used

_MORE: dict[str, Any] = {"body": {"phone_numbers": [], "campaigns": [], "next": "2"}}
_ITEMS = client.items_of

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
    "every voice is there": (
        impact,
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
    with pytest.raises((AssertionError, AttributeError)):
        test(used)
