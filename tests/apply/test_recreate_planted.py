"""Faults planted in the recreate, each with a story in which the tests' own checks notice it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from support.desk import Desk
from support.renewal import Renewal
from support.service import KEEP

from revox_sync.account import retry
from revox_sync.apply import recreate
from revox_sync.apply.recreate import Pair
from revox_sync.history import runs
from revox_sync.operations import context
from revox_sync.plan import recreate as plan_recreate

pytestmark = pytest.mark.usefixtures("hurried")

AT_ONCE = {"retry-after": "0"}


@dataclass(frozen=True)
class Fault:
    """Something broken in the tool: how to plant it, and what happens then."""

    plant: Callable[[pytest.MonkeyPatch], None]
    story: Callable[[Renewal], None]


# Stories; each fails where its end is not as it has to be.


def nothing_goes_wrong(story: Renewal) -> None:
    """An apply, with nothing in its way."""
    story.desk.apply()
    story.assert_replaced()


def a_number_does_not_move(story: Renewal) -> None:
    """The service refuses to move the second phone number."""
    story.service.on("PATCH", nth=2, status=403)
    story.desk.apply()
    story.assert_in_service()
    assert story.apply_again().code == 0
    story.assert_replaced()


def a_field_is_dropped(story: Renewal) -> None:
    """The service takes the request and leaves the prompt out."""
    story.service.alterations["prompt"] = lambda text: KEEP if text == "Be brief." else text
    create = story.service.create
    story.service.create = lambda body: create({"prompt": "Hm.", **body})  # type: ignore[method-assign]
    story.desk.apply()
    story.assert_in_service()


def a_field_is_dropped_each_time(story: Renewal) -> None:
    """The same, twice."""
    a_field_is_dropped(story)
    story.desk.apply()
    assert len(story.service.sent("POST")) == 1


def the_answer_is_lost(story: Renewal) -> None:
    """The service makes the new one, and says so to nobody; a rerun follows."""
    story.service.on("POST", drop="after")
    story.desk.apply()
    story.assert_in_service()
    assert story.apply_again().code == 0
    story.assert_replaced()


def the_run_ends_half_way(story: Renewal) -> None:
    """The old one cannot be deleted at first; a rerun follows."""
    story.service.on("DELETE", times=4, status=500, headers=AT_ONCE)
    story.desk.apply()
    story.assert_in_service()
    assert story.apply_again().code == 0
    story.assert_replaced()


def somebody_edits_the_old_one(story: Renewal) -> None:
    """While the numbers move, somebody edits the old one, which nothing copies any more."""
    edit: dict[str, Any] = {"edit": lambda: story.service.edit(story.old, sms_template="Typed.")}
    story.service.on("PATCH", **edit)
    story.desk.apply()
    held = [found["sms_template"] for found in story.service.assistants.values()]
    assert "Typed." in held


def a_campaign_begins(story: Renewal) -> None:
    """While the new one is made, a campaign begins to call with the old one."""
    story.service.on("POST", edit=lambda: story.service.call_with(story.old))
    story.desk.apply()
    assert story.old in story.service.assistants


# Faults.


def _retired_first(patch: pytest.MonkeyPatch) -> None:
    moved = recreate._moved

    async def early(writing: Any, action: Any, pair: Any, uses: Any) -> Any:
        retired = await recreate._retired(writing, action, pair)
        return retired or await moved(writing, action, pair, uses)

    _nothing_in_the_way(patch)
    patch.setattr(recreate, "_moved", early)


def _nothing_in_the_way(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recreate, "_in_the_way", lambda *_: iter(()))


def _not_verified(patch: pytest.MonkeyPatch) -> None:
    async def trusting(_writing: Any, _action: Any, sent: Any, made: Any) -> Pair:
        return Pair(sent.old, made.remote)

    patch.setattr(recreate, "_verified", trusting)


def _without_what_the_old_one_has(patch: pytest.MonkeyPatch) -> None:
    whole = plan_recreate.whole_body

    def less(definition: Any, old: Any, rules: Any) -> Any:
        body, lost = whole(definition, old, rules)
        return {name: body[name] for name in definition.fields}, lost

    patch.setattr(recreate, "whole_body", less)


def _numbers_stay(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> None:
        return None

    _nothing_in_the_way(patch)
    patch.setattr(recreate, "_moved", nothing)


def _no_record_is_read(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(context, "unfinished", lambda *_: {})


def _vain_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(runs, "vain_in", lambda *_: {})


def _post_is_repeated(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(retry, "_REPEATABLE", retry._REPEATABLE | {"POST"})


def _kept_for_good(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> None:
        return None

    patch.setattr(recreate, "_retired", nothing)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "the old one is retired before its numbers move": Fault(
            _retired_first, a_number_does_not_move
        ),
        "the old one is retired before the new one is verified": Fault(
            _not_verified, a_field_is_dropped
        ),
        "the new one is made of the definition alone": Fault(
            _without_what_the_old_one_has, nothing_goes_wrong
        ),
        "the record of an earlier run is not read": Fault(
            _no_record_is_read, the_run_ends_half_way
        ),
        "the numbers are left where they are": Fault(_numbers_stay, nothing_goes_wrong),
        "the old one is never retired": Fault(_kept_for_good, nothing_goes_wrong),
        "what was in vain is tried again": Fault(_vain_is_forgotten, a_field_is_dropped_each_time),
        "a POST is repeated like any request": Fault(_post_is_repeated, the_answer_is_lost),
        "an edit of the old one is not looked for": Fault(
            _nothing_in_the_way, somebody_edits_the_old_one
        ),
        "a campaign is not looked for": Fault(_nothing_in_the_way, a_campaign_begins),
    }
)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    story = Renewal(desk)
    FAULTS[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        FAULTS[name].story(story)


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_its_story_ends_well(desk: Desk, name: str) -> None:
    FAULTS[name].story(Renewal(desk))
