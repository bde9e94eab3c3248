"""Faults planted where the tool bears with lag, each with a story that notices it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from support.desk import Desk

from revox_sync.account.remote import Remote
from revox_sync.apply import applier, create, write
from revox_sync.history import runs
from revox_sync.history.runs import Recent
from revox_sync.model.shapes import Faq, Number
from revox_sync.operations import apply as operation
from revox_sync.operations.context import Context
from revox_sync.plan import account

pytestmark = pytest.mark.usefixtures("hurried", "waits_take_no_time")

LAG = 0.4
LONG = ("--settle", "3")
PROMPT = "You are front-desk. Be kind."

ITEMS = [{"question": "Dogs?", "answer": text} for text in ("Yes.", "No.", "Perhaps.")]


@dataclass(frozen=True)
class Fault:
    """Something broken in the tool: how to plant it, and what happens then."""

    plant: Callable[[pytest.MonkeyPatch], None]
    story: Callable[[Desk], None]


# Stories; each fails where its end is not as it has to be.


def two_applies_in_a_row(desk: Desk) -> None:
    desk.service.lag(LAG)
    desk.project.define()
    assert desk.apply(*LONG).code == 0
    desk.apply(*LONG)
    assert len(desk.service.assistants) == 1


def the_account_never_shows_it(desk: Desk) -> None:
    desk.service.lag(30)
    desk.project.define()
    assert desk.apply().code == 4


def a_second_run_before_the_account_shows_it(desk: Desk) -> None:
    desk.service.lag(30)
    desk.project.define()
    desk.apply()
    desk.apply()
    assert len(desk.service.assistants) == 1


def the_list_is_empty_for_a_moment(desk: Desk) -> None:
    desk.project.define()
    desk.apply()
    desk.service.on("GET", "/assistants", times=2, status=200, body={"assistants": []})
    assert desk.apply().code == 0
    assert len(desk.service.assistants) == 1


def a_503_that_acted(desk: Desk) -> None:
    desk.service.lag(LAG)
    desk.service.on("POST", status=503, headers={"retry-after": "0"}, acts=True)
    desk.project.define()
    assert desk.apply(*LONG).code == 0
    assert len(desk.service.assistants) == 1


def a_run_is_killed_before_its_answer(desk: Desk) -> None:
    desk.service.lag(LAG)
    desk.service.on("POST", delay=20, edit=lambda: desk.service.add("front-desk", PROMPT))
    desk.project.define()
    run = desk.start("apply", "--auto-approve")
    desk.service.wait_until(lambda: bool(desk.service.assistants))
    run.kill()
    run.communicate()
    desk.service.calm()
    desk.apply(*LONG)
    assert len(desk.service.assistants) == 1


def a_change_is_answered_by_a_web_page(desk: Desk) -> None:
    desk.service.add("front-desk", "Be brief.")
    desk.service.lag(LAG)
    desk.service.on("PATCH", status=200, acts=True, body=b"<h1>ok</h1>", content_type="text/html")
    desk.project.define()
    assert desk.apply(*LONG).code == 0


def the_service_cuts_line_ends(desk: Desk) -> None:
    desk.service.alterations["prompt"] = lambda text: text.replace(" \n", "\n")
    desk.project.define(prompt="One. \nTwo.")
    assert "the service removed the spaces at line ends" in desk.apply().out


def a_rollback_at_once(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Good.")
    desk.service.lag(LAG)
    desk.project.define(prompt="Bad.")
    desk.apply()
    assert desk.rollback(*LONG).code == 0
    assert desk.service.assistants[identity]["prompt"] == "Good."


def the_service_prints_400_0(desk: Desk) -> None:
    desk.service.add("front-desk", first_sentence_delay_ms=700.0)
    desk.project.define(prompt="Be kind.", first_sentence_delay_ms=900)
    assert desk.apply().code == 0
    assert desk.rollback().code == 0


def the_faq_is_in_another_order_by_id(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=ITEMS)
    turn = desk.service.assistants[identity]["faq_items"].reverse
    desk.service.on("GET", "/assistants/*", edit=turn)
    desk.project.define(prompt="Be kind.", faq_items=[{"question": "Dogs?", "answer": "Ask."}])
    assert desk.apply().code == 0


def questions_wait_in_another_order_by_id(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=ITEMS)
    for question in ("Is there a pool?", "Is there a sauna?"):
        desk.service.ask(identity, question)
    turn = desk.service.assistants[identity]["faq_items"].reverse
    desk.service.on("GET", "/assistants/*", edit=turn)
    desk.project.define(prompt="Be kind.", faq_items=[{"question": "Cats?", "answer": "Ask."}])
    assert desk.apply("--drop-open-questions").code == 0


def nothing_is_written(desk: Desk) -> None:
    desk.service.add("front-desk", "Good.")
    desk.service.on("PATCH", status=400)
    desk.project.define(prompt="Bad.")
    assert "recorded as run" not in desk.apply().said


# Faults.


def _setting(room: Any, name: str, value: Any) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(room, name, value)


async def _at_once(look: Any, _enough: Any, _seconds: float) -> Any:
    return await look()


def _nobody_looks_in_the_end(patch: pytest.MonkeyPatch) -> None:
    async def trusting(_writing: Any, outcomes: Any) -> Any:
        return outcomes

    patch.setattr(applier, "_confirmed", trusting)


def _no_record_is_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Context, "sent", lambda _: {})
    patch.setattr(Context, "recent", lambda _: Recent())
    patch.setattr(operation, "list_sent", lambda *_: {})


def _killed_runs_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    sent = runs._sent
    patch.setattr(runs, "_sent", lambda *lines: (one for one in sent(*lines) if one[1].id))


def _faq_as_it_came(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Faq, "canonical", lambda shape, items: shape.rendered(items, items))


def _questions_as_they_came(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(f"{Remote.__module__}.sorted", lambda items: items, raising=False)


def _always_recorded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("revox_sync.cli.approval.any", lambda _: True, raising=False)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "a run is green before the account shows what it made": Fault(
            _nobody_looks_in_the_end, the_account_never_shows_it
        ),
        "what the records have of a key is not asked for": Fault(
            _no_record_is_asked, the_list_is_empty_for_a_moment
        ),
        "what a run made and nobody has seen is taken for gone": Fault(
            _setting(create, "_LONGEST_LAG_S", 0.0), a_second_run_before_the_account_shows_it
        ),
        "the end of a run does not wait": Fault(
            _setting(applier, "awaited", _at_once), two_applies_in_a_row
        ),
        "one look decides about a 503": Fault(
            _setting(create, "awaited", _at_once), a_503_that_acted
        ),
        "a create without an answer is forgotten": Fault(
            _killed_runs_are_forgotten, a_run_is_killed_before_its_answer
        ),
        "one read decides about a change": Fault(
            _setting(write, "awaited", _at_once), a_change_is_answered_by_a_web_page
        ),
        "how a value differs is not said": Fault(
            _setting(write, "alterations", lambda *_: {}), the_service_cuts_line_ends
        ),
        "a rollback takes the first read for what is there": Fault(
            _setting(account, "awaited", _at_once), a_rollback_at_once
        ),
        "numbers are sent as they were printed": Fault(
            _setting(Number, "merge", lambda _self, _remote, wanted: wanted),
            the_service_prints_400_0,
        ),
        "the order of a FAQ counts": Fault(_faq_as_it_came, the_faq_is_in_another_order_by_id),
        "the order of open questions counts": Fault(
            _questions_as_they_came, questions_wait_in_another_order_by_id
        ),
        "every run is said to be recorded": Fault(_always_recorded, nothing_is_written),
    }
)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    FAULTS[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        FAULTS[name].story(desk)


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_its_story_ends_well(desk: Desk, name: str) -> None:
    FAULTS[name].story(desk)
