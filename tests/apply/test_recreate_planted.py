"""Faults planted in the recreate: the tests notice each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from apply import test_recreate_copies as copies
from apply import test_recreate_ends as ends
from apply import test_recreate_faults as sweep
from apply import test_recreate_interrupted as interrupted
from apply import test_recreate_keep as keep
from apply import test_recreate_not_taken as not_taken
from apply import test_recreate_refused as refused
from history import test_rollback_recreated as rollback
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


def test_what_was_dropped_and_cannot_be_deleted_does_not_take_over(desk: Desk) -> None:
    """The service leaves the prompt out, and does not delete; then the definition changes."""
    story = Renewal(desk)
    create = story.service.create
    story.service.create = lambda body: create({"prompt": "Hm.", **body})  # type: ignore[method-assign]
    story.service.alterations["prompt"] = lambda text: KEEP if text == "Be brief." else text
    story.service.on("DELETE", times=None, status=405)
    desk.apply()
    desk.project.define(prompt="Be quick.")
    desk.apply()
    assert set(story.service.answered().values()) == {story.old}


def test_a_list_as_it_was_before_leaves_nothing_to_do(desk: Desk) -> None:
    Renewal(desk)
    listed = [dict(found) for found in desk.service.assistants.values()]
    desk.apply()
    desk.service.on("GET", "/assistants", status=200, body={"assistants": listed})
    assert desk.settled()


def test_an_edit_that_puts_it_back_is_mended_where_old_ones_are_kept(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    desk.apply()
    (new,) = {*desk.service.assistants} - {story.old}
    desk.service.edit(new, prompt="Be kind.")
    desk.project.define(prompt="Be quick.")
    assert desk.apply().code == 0
    assert desk.settled()


def test_a_rollback_is_followed_by_the_same_again_where_old_ones_are_kept(desk: Desk) -> None:
    Renewal(desk, "keep")
    desk.apply()
    desk.rollback()
    assert desk.apply().code == 0
    assert desk.settled()


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


def _kept_ones_go_on_answering(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plan_recreate.RecreatePlanner, "_left_behind", lambda *_: ())


_sent_in_order = sweep.test_a_recreate_sends_these_requests
_edited = partial(ends.test_an_edit_in_between_is_applied_after_the_end, how="in-place")

#: How a fault is planted, and the test that turns red.
FAULTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Callable[[Desk], None]]] = {
    "the old one is retired before its numbers move": (
        _retired_first,
        ends.test_a_plan_says_what_is_finished_and_what_is_changed_after_that,
    ),
    "the old one is retired before the new one is verified": (
        _not_verified,
        not_taken.test_it_is_deleted_and_the_old_one_serves_on,
    ),
    "the new one is made of the definition alone": (
        _without_what_the_old_one_has,
        _sent_in_order,
    ),
    "the record of an earlier run is not read": (
        _no_record_is_read,
        partial(_edited, stop="the DELETE is not carried out"),
    ),
    "the numbers are left where they are": (_numbers_stay, _sent_in_order),
    "the old one is never retired": (_kept_for_good, _sent_in_order),
    "what was in vain is tried again": (
        _vain_is_forgotten,
        not_taken.test_the_same_difference_is_refused_from_then_on,
    ),
    "a POST is repeated like any request": (
        _post_is_repeated,
        partial(
            sweep.test_whatever_happens_one_of_them_serves_and_a_rerun_ends_it,
            step="make the new one",
            fault="dropped after",
        ),
    ),
    "an edit of the old one is not looked for": (
        _nothing_in_the_way,
        partial(copies.test_an_edit_of_the_old_one_after_it_was_copied_keeps_it, moment="PATCH"),
    ),
    "a campaign is not looked for": (
        _nothing_in_the_way,
        refused.test_a_campaign_that_begins_after_the_post_keeps_the_old_one,
    ),
    "what was edited half-way is finished only": (
        _left_as_it_was,
        partial(_edited, stop="a number does not move"),
    ),
    "a new one takes over whatever it holds": (
        _taken_for_what_was_sent,
        test_what_was_dropped_and_cannot_be_deleted_does_not_take_over,
    ),
    "an old one of a bound definition is left": (
        _left_once_it_is_bound,
        partial(
            ends.test_one_that_was_not_deleted_is_tried_again,
            bound=True,
            trouble={"method": "DELETE", "status": 403},
        ),
    ),
    "a rollback does not look who serves": (
        _no_successor,
        rollback.test_one_that_a_later_run_finished_is_rolled_back_on_the_new_one,
    ),
    "a run that finished another hides it": (
        _only_its_own_snapshots,
        partial(
            rollback.test_a_run_that_only_finished_it_leads_back_to_before_the_first,
            retire="delete",
        ),
    ),
    "what the list lacks is not asked for": (
        _the_list_alone,
        test_a_list_as_it_was_before_leaves_nothing_to_do,
    ),
    "what is wanted now is not compared": (
        _what_was_sent_is_forgotten,
        test_an_edit_that_puts_it_back_is_mended_where_old_ones_are_kept,
    ),
    "what a rollback changed is not known": (
        lambda patch: patch.setattr(runs, "_is_change", lambda _: False),
        test_a_rollback_is_followed_by_the_same_again_where_old_ones_are_kept,
    ),
    "kept ones go on answering numbers": (
        _kept_ones_go_on_answering,
        keep.test_a_phone_number_that_is_left_on_a_kept_one_moves_on,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    plant, test = FAULTS[fault]
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        test(desk)


def test_a_planted_record_that_outlives_what_another_machine_did_is_noticed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "_is_superseded", lambda *_: False)
    with pytest.raises(AssertionError):
        interrupted.test_one_that_was_left_half_way_gives_way_to_a_later_one_from_elsewhere(
            desk, tmp_path, "the numbers", False
        )
