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
from revox_sync.apply.events import Outcome
from revox_sync.apply.recreate import OldAndNew
from revox_sync.history import runs
from revox_sync.operations import context
from revox_sync.plan import match
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


def it_is_edited_half_way(story: Renewal) -> None:
    """A number cannot be moved at first; before the rerun the definition changes."""
    story.service.on("PATCH", nth=2, status=405)
    story.desk.apply()
    story.stated = {"prompt": "Be quick."}
    story.desk.project.define(**story.stated, sync={"replace": "in-place"})
    assert story.desk.apply().code == 0
    story.assert_replaced()


def what_was_dropped_cannot_be_deleted(story: Renewal) -> None:
    """The service leaves the prompt out, and does not delete; then the definition changes."""
    story.service.on("DELETE", times=None, status=405)
    a_field_is_dropped(story)
    story.desk.project.define(prompt="Be quick.")
    story.desk.apply()
    assert set(story.service.answered().values()) == {story.old}


def a_bound_one_is_not_deleted_at_first(story: Renewal) -> None:
    """The service declines to delete the old one of a bound definition, once."""
    story.desk.project.define(**story.stated, sync={"id": story.old})
    story.service.on("DELETE", status=403)
    story.desk.apply("--rebind")
    assert story.desk.apply().code == 0
    story.assert_replaced()


def it_is_rolled_back_after_its_end(story: Renewal) -> None:
    """The run is cut short, the next one finishes it, and that one is rolled back."""
    story.service.on("PATCH", nth=2, status=405)
    story.desk.apply()
    story.desk.apply()
    assert story.desk.rollback().code == 0
    (left,) = story.service.assistants
    assert story.held(left) == story.was


def it_is_mended_after_a_rollback(story: Renewal) -> None:
    """Old ones are kept: apply, rollback, another apply."""
    story.settings("keep")
    story.desk.apply()
    story.desk.rollback()
    story.desk.project.define(prompt="Be quick.")
    assert story.desk.apply().code == 0
    assert story.desk.settled()


def the_list_lags(story: Renewal) -> None:
    """After an apply the list is as it was before."""
    listed = [dict(found) for found in story.service.assistants.values()]
    story.desk.apply()
    story.service.on("GET", "/assistants", status=200, body={"assistants": listed})
    assert story.desk.settled()


def another_machine_goes_on(story: Renewal) -> None:
    """Old ones are kept: a number does not move, and another machine makes a newer one."""
    story.settings("keep")
    story.service.on("PATCH", nth=2, status=405)
    story.desk.apply()
    records, aside = (story.desk.root / name for name in (".revox-sync", "aside"))
    records.rename(aside)
    story.desk.project.define(prompt="Be quick.")
    story.desk.apply()
    story.forget()
    aside.rename(records)
    story.desk.project.define(prompt="Be glad.")
    assert story.desk.apply().code == 0
    assert set(story.service.answered().values()) == {[*story.service.assistants][-1]}
    assert story.desk.settled()


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
    async def trusting(_writing: Any, _action: Any, old: Any, _body: Any, made: Any) -> OldAndNew:
        return OldAndNew(old, made.remote)

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


def _left_as_it_was(patch: pytest.MonkeyPatch) -> None:
    async def nothing(_writing: Any, action: Any, *_: Any) -> Outcome:
        return Outcome(action, "done")

    patch.setattr(recreate, "_changed", nothing)


def _taken_for_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plan_recreate, "marked", lambda *_: True)


def _left_once_it_is_bound(patch: pytest.MonkeyPatch) -> None:
    unfinished = runs.unfinished

    def less(recreated: Any, bound: Any) -> Any:
        left = unfinished(recreated, bound)
        return {old: found for old, found in left.items() if found.new not in bound}

    patch.setattr(context, "unfinished", less)


def _no_successor(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(runs, "successor", lambda identity, _: identity)


def _only_its_own_snapshots(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(runs, "_with_begun", lambda _records, run, _begun: run.snapshots)


def _what_was_sent_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plan_recreate, "marks", lambda *_: {})


def _the_list_alone(patch: pytest.MonkeyPatch) -> None:
    async def as_listed(_client: Any, remotes: Any, *_: Any) -> Any:
        return list(remotes)

    patch.setattr(context, "settled", as_listed)


def _nobody_else_goes_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(match, "_is_superseded", lambda *_: False)


def _kept_ones_go_on_answering(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plan_recreate.RecreatePlanner, "_left_behind", lambda *_: ())


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
        "what was edited half-way is finished only": Fault(_left_as_it_was, it_is_edited_half_way),
        "a new one takes over whatever it holds": Fault(
            _taken_for_what_was_sent, what_was_dropped_cannot_be_deleted
        ),
        "an old one of a bound definition is left": Fault(
            _left_once_it_is_bound, a_bound_one_is_not_deleted_at_first
        ),
        "a rollback does not look who serves": Fault(
            _no_successor, it_is_rolled_back_after_its_end
        ),
        "a run that finished another hides it": Fault(
            _only_its_own_snapshots, it_is_rolled_back_after_its_end
        ),
        "what the list lacks is not asked for": Fault(_the_list_alone, the_list_lags),
        "what is wanted now is not compared": Fault(
            _what_was_sent_is_forgotten, it_is_mended_after_a_rollback
        ),
        "a record outlives what another machine did": Fault(
            _nobody_else_goes_on, another_machine_goes_on
        ),
        "kept ones go on answering numbers": Fault(
            _kept_ones_go_on_answering, another_machine_goes_on
        ),
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
