"""A POST is sent once; what became of it when nobody said so is looked up in the account."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.doorway import doorway

from revox_sync.account import transport

pytestmark = pytest.mark.usefixtures("hurried")

AT_ONCE = {"retry-after": "0"}

#: The prompt that ``define`` gives ``front-desk``.
PROMPT = "You are front-desk. Be kind."

#: The lists before a POST: the plan's, and the one of what was there before.
LISTS_BEFORE = 2

LOST_AFTER_ACTING: dict[str, dict[str, Any]] = {
    "a reset": {"drop": "after"},
    "half an answer": {"drop": "halfway"},
    "500": {"status": 500, "body": {"error": "upstream"}, "acts": True},
    "502": {"status": 502, "body": b"<h1>Bad gateway</h1>", "acts": True},
    "408": {"status": 408, "acts": True},
    "not JSON": {"status": 200, "body": b"<h1>ok</h1>", "acts": True},
    "no assistant": {"status": 200, "body": {"success": True}, "acts": True},
    "nothing": {"status": 201, "body": b"", "acts": True},
    "where it is": {"status": 303, "acts": True},
    "another address": {"status": 307, "acts": True},
}

LOST_BEFORE_ACTING: dict[str, dict[str, Any]] = {
    "a reset": {"drop": "before"},
    "a timeout": {"delay": 20},
    "500": {"status": 500, "body": {"error": "upstream"}},
    "504": {"status": 504},
    "302": {"status": 302},
    "not JSON": {"status": 200, "body": b"<h1>ok</h1>"},
}


@pytest.mark.parametrize("lost", LOST_AFTER_ACTING.values(), ids=LOST_AFTER_ACTING)
def test_a_create_whose_answer_is_lost_is_adopted_when_it_is_there(
    desk: Desk, lost: dict[str, Any]
) -> None:
    desk.service.on("POST", headers=AT_ONCE, **lost)
    desk.project.define()
    result = desk.apply()
    assert len(desk.service.sent("POST")) == 1
    assert result.code == 0, result.out
    (identity,) = desk.service.assistants
    assert f'created  front-desk  "front-desk"  {identity}' in result.out
    assert "its answer was lost" in result.out
    assert desk.settled()


@pytest.mark.parametrize("lost", LOST_BEFORE_ACTING.values(), ids=LOST_BEFORE_ACTING)
def test_a_create_that_never_appears_is_unknown_and_the_next_run_makes_it(
    desk: Desk, lost: dict[str, Any]
) -> None:
    desk.service.on("POST", headers=AT_ONCE, **lost)
    desk.project.define()
    result = desk.apply("--timeout", "0.3")
    assert len(desk.service.sent("POST")) == 1
    assert result.code == 4
    assert "it is not known whether it was created" in result.out
    assert "1 unknown" in result.out
    assert desk.apply().code == 0
    assert len(desk.service.assistants) == 1


def test_the_words_of_a_server_error_are_told(desk: Desk) -> None:
    desk.service.on("POST", status=502, body={"error": "the moon is full"})
    desk.project.define()
    assert "502 Bad Gateway: the moon is full" in desk.apply().out


def test_a_create_that_appears_late_is_adopted_within_settle(desk: Desk) -> None:
    desk.service.on("POST", drop="before")
    desk.service.on(
        "GET", nth=LISTS_BEFORE + 2, edit=lambda: desk.service.add("front-desk", PROMPT)
    )
    desk.project.define()
    result = desk.apply("--settle", "5")
    assert result.code == 0, result.out
    assert len(desk.service.assistants) == 1


def test_a_create_that_appears_after_settle_is_settled_by_the_next_run(desk: Desk) -> None:
    desk.service.on("POST", drop="before")
    desk.project.define()
    assert desk.apply().code == 4
    desk.service.add("front-desk", PROMPT)
    assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 1
    assert len(desk.service.assistants) == 1


def test_a_list_that_cannot_be_read_while_settling_is_asked_for_again(desk: Desk) -> None:
    desk.service.on("POST", drop="after")
    desk.service.on("GET", nth=LISTS_BEFORE + 1, status=200, body=b'{"assistants": [')
    desk.project.define()
    assert desk.apply("--settle", "5").code == 0


def test_an_empty_list_that_is_none_does_not_prove_that_nothing_was_made(desk: Desk) -> None:
    desk.service.on("POST", drop="after")
    desk.service.on("GET", nth=LISTS_BEFORE + 1, times=None, status=200, body={"assistants": None})
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert "1 unknown" in result.out
    assert len(desk.service.sent("POST")) == 1


def test_another_assistant_of_that_name_is_named_and_never_adopted(desk: Desk) -> None:
    desk.service.on(
        "POST", drop="before", edit=lambda: desk.service.add("front-desk", "Somebody else's.")
    )
    desk.project.define()
    result = desk.apply()
    (identity,) = desk.service.assistants
    assert result.code == 4
    assert f"of its name but not the same: {identity}" in result.out
    assert "Apply: 0 done, 0 failed, 0 refused, 0 skipped, 1 unknown." in result.out
    assert desk.service.assistants[identity]["prompt"] == "Somebody else's."


def test_a_create_that_lost_its_answer_and_a_field_is_not_taken_for_done(desk: Desk) -> None:
    desk.service.alterations["first_sentence"] = lambda _: "Altered."
    desk.service.on("POST", drop="after")
    desk.project.define(first_sentence="Hello.")
    result = desk.apply()
    assert result.code == 4
    assert next(iter(desk.service.assistants)) in result.out


def test_two_equal_ones_are_both_named_and_neither_is_adopted(desk: Desk) -> None:
    desk.service.on("POST", drop="after", edit=lambda: desk.service.add("front-desk", PROMPT))
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert "created  front-desk" not in result.out
    for identity in desk.service.assistants:
        assert identity in result.out
    assert desk.records[-1].events() == ["sending", "outcome unknown"]


def test_what_was_there_before_is_never_adopted(desk: Desk) -> None:
    before = desk.service.add("Front  Desk", PROMPT)
    desk.service.on(
        "POST", drop="before", edit=lambda: desk.service.edit(before, name="front-desk")
    )
    desk.project.define()
    result = desk.apply("--allow-create", "front-desk")
    assert result.code == 4
    assert "created  front-desk" not in result.out


@pytest.mark.parametrize(
    "habits",
    [
        {"list_has_faq": False},
        {"list_has_faq": False, "retrieve_has_faq": False},
        {"nulls": False, "floats": True, "reversed_order": True, "extra_members": True},
    ],
    ids=["the list tells no FAQ", "nothing tells the FAQ", "odd spellings"],
)
def test_a_lost_create_is_recognised_by_meaning(
    desk_with: MakeDesk, habits: dict[str, bool]
) -> None:
    desk = desk_with(**habits)
    desk.service.on("POST", drop="after")
    desk.project.define(
        voicemail_message=None,
        max_call_duration_secs=700,
        faq_items=[{"question": "Dogs?", "answer": "Yes."}],
    )
    result = desk.apply()
    assert result.code == 0, result.out
    assert len(desk.service.assistants) == 1


def test_several_lost_creates_are_each_adopted_once(desk: Desk) -> None:
    for key in ("a", "b", "c", "d"):
        desk.project.define(key)
    desk.service.on("POST", times=None, drop="after")
    assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 4
    assert desk.settled()


def test_429_is_waited_for_as_long_as_the_service_says(desk: Desk) -> None:
    desk.service.on("POST", times=2, status=429, headers=AT_ONCE, body={"error": "slow down"})
    desk.project.define()
    assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 3
    assert len(desk.service.assistants) == 1


def test_503_that_made_nothing_is_sent_again_after_a_list(desk: Desk) -> None:
    desk.service.on("POST", status=503, headers=AT_ONCE)
    desk.project.define()
    assert desk.apply().code == 0
    methods = [request.method for request in desk.service.requests[LISTS_BEFORE:]]
    assert [method for method, _ in groupby(methods)] == ["POST", "GET", "POST", "GET"]
    assert len(desk.service.assistants) == 1


def test_503_that_made_it_all_the_same_is_not_sent_again(desk: Desk) -> None:
    desk.service.on("POST", status=503, headers=AT_ONCE, acts=True)
    desk.project.define()
    assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 1
    assert len(desk.service.assistants) == 1


def test_503_is_not_sent_again_when_the_list_cannot_be_read(desk: Desk) -> None:
    desk.service.on("POST", status=503, headers=AT_ONCE)
    desk.service.on("GET", nth=LISTS_BEFORE + 1, times=None, status=200, body=b"half")
    desk.project.define()
    assert desk.apply().code == 4
    assert len(desk.service.sent("POST")) == 1


def test_a_refused_connection_is_tried_again_because_nothing_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.project.define()
    with doorway(desk.service, shut_after=LISTS_BEFORE) as door:
        monkeypatch.setattr(transport, "pause", door.before(transport.pause))
        desk.env["REVOX_BASE_URL"] = door.url
        assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 1
    assert len(desk.service.assistants) == 1


def test_the_journal_tells_of_an_adopted_create(desk: Desk) -> None:
    desk.service.on("POST", drop="after")
    desk.project.define()
    desk.apply()
    assert desk.records[-1].events() == ["sending", "created", "outcome done"]


def test_the_journal_tells_of_an_unknown_create(desk: Desk) -> None:
    desk.service.on("POST", drop="before")
    desk.project.define()
    desk.apply()
    assert desk.records[-1].events() == ["sending", "outcome unknown"]
