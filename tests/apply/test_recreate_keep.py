"""Old assistants that are kept: the newest is the current one, so POST and GET alone are enough."""

from __future__ import annotations

from typing import Any

import pytest
from support.cli import Result
from support.desk import Desk, MakeDesk
from support.renewal import Renewal

POST_AND_GET = ("PATCH", "DELETE", "PUT")


def current(desk: Desk) -> dict[str, Any]:
    """Return the assistant that was made last."""
    return list(desk.service.assistants.values())[-1]


@pytest.fixture
def sparing(desk_with: MakeDesk) -> Renewal:
    """A service that takes POST and GET alone; its assistant answers no phone number."""
    story = Renewal(desk_with(without=POST_AND_GET), "keep")
    story.service.phone_numbers.clear()
    return story


@pytest.mark.parametrize("forgets", [False, True], ids=["recorded", "on other machines"])
def test_post_and_get_are_enough_for_edit_after_edit(sparing: Renewal, forgets: bool) -> None:
    desk = sparing.desk
    for n in range(1, 5):
        edit: dict[str, Any] = {
            "prompt": f"Edit {n}.",
            "first_sentence": None if n % 2 else "Hello.",
        }
        desk.project.define(**edit)
        if forgets:
            sparing.forget()
        result = desk.apply()
        assert result.code == 0, result.out
        assert desk.settled()
        assert len(desk.service.assistants) == n + 1
        assert current(desk)["prompt"] == f"Edit {n}."
    assert {request.method for request in desk.service.requests} == {"GET", "POST"}
    assert sparing.held(sparing.old) == sparing.was


@pytest.mark.parametrize("told", ["faq", "no faq"])
def test_they_are_enough_where_the_list_tells_no_faq(desk_with: MakeDesk, told: str) -> None:
    desk = desk_with(without=POST_AND_GET, list_has_faq=told == "faq")
    story = Renewal(desk, "keep", faq_items=[{"question": "Bar?", "answer": "No."}])
    desk.service.phone_numbers.clear()
    for answer in ("Yes.", "No.", "Till ten."):
        story.forget()
        desk.project.define(prompt="Be brief.", faq_items=[{"question": "Bar?", "answer": answer}])
        assert desk.apply().code == 0
        assert desk.settled()
    assert len(desk.service.assistants) == 4


def test_a_rename_is_one_edit_among_others(sparing: Renewal) -> None:
    desk = sparing.desk
    sync = {"renamed_from": "front-desk"}
    desk.project.define(name="Reception", prompt="Be brief.", sync=sync)
    assert desk.apply().code == 0
    assert current(desk)["name"] == "Reception"
    assert desk.settled()
    desk.project.define(name="Reception", prompt="Be quick.", sync=sync)
    assert desk.apply().code == 0
    assert desk.settled()
    assert len(desk.service.assistants) == 3


def test_the_earlier_ones_are_noted_and_neither_managed_nor_unmanaged(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    plan = desk.plan()
    assert plan["actions"][0]["notes"][-1] == f"superseded, and kept: {story.old}"
    assert plan["unmanaged"] == []
    story.assert_superseded()


def test_it_goes_back_to_what_it_was_before(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    desk.project.define(prompt="Be kind.")
    assert desk.apply().code == 0
    assert current(desk)["prompt"] == "Be kind."
    assert set(desk.service.answered().values()) == {str(current(desk)["id"])}
    assert story.old in desk.service.assistants
    assert desk.settled()


def test_a_definition_that_manages_less_is_recreated_all_the_same(desk: Desk) -> None:
    """The one before equals the current one in all that is managed now."""
    Renewal(desk, "keep", prompt="Be kind.", voicemail_message="Call back.")
    assert desk.apply().code == 0
    desk.project.define(prompt="Be quick.")
    assert desk.apply().code == 0
    assert current(desk)["prompt"] == "Be quick."


def test_the_newest_counts_by_when_it_was_made_not_by_the_order_of_the_list(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    new = story.new
    desk.service.assistants = dict(reversed(desk.service.assistants.items()))
    assert desk.settled()
    assert desk.action()["id"] == new


@pytest.mark.parametrize("when", [None, "", "yesterday", {}, "2024-01-01T00:00:02+00:00"])
def test_where_nothing_tells_which_is_the_newest_it_is_refused_with_both_ids(
    desk: Desk, when: Any
) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    desk.service.assistants[story.old]["created_at"] = when
    why = desk.action()["refused"]
    assert story.old in why
    assert story.new in why


def test_without_keep_two_of_a_name_are_still_refused(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    story.settings("delete")
    why = desk.action()["refused"]
    assert "2 assistants of the account have its name" in why
    assert f"`revox-sync apply front-desk --finish-recreate {story.old}`" in why


def test_without_the_time_of_their_making_nobody_says_which_is_the_old_one(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.assistants[desk.service.add("front-desk")]["created_at"] = {}
    why = desk.action()["refused"]
    assert "--finish-recreate OLD`, where OLD is the one to retire" in why
    assert story.writes() == []


def test_drift_looks_at_the_newest_too(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    story.settings("keep", "absent: keep")
    assert desk.apply().code == 0
    assert desk.run("drift").code == 0
    desk.service.edit(str(current(desk)["id"]), prompt="Typed.")
    result = desk.run("drift")
    assert result.code == 2
    assert "Typed." in result.out


def test_a_phone_number_that_is_left_on_a_kept_one_moves_on(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    desk.service.redirect("pn02", story.old)
    story.forget()
    assert desk.recreation()["phone_numbers"] == ["+33123456702"]
    assert desk.apply().code == 0
    story.assert_superseded()


def test_numbers_that_cannot_be_moved_are_named_and_the_dashboard_is_a_way_on(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(without=POST_AND_GET)
    story = Renewal(desk, "keep")
    result = desk.apply()
    assert result.code == 4
    assert "+33123456701 could not be moved: 405" in result.out
    assert f"or let {story.new} answer it in the dashboard first" in result.out
    story.assert_in_service()
    for number in ("pn01", "pn02"):
        desk.service.redirect(number, story.new)
    assert desk.apply().code == 0
    story.assert_superseded()


@pytest.mark.parametrize("acts", ["before", "after"])
def test_an_earlier_one_is_not_taken_for_the_one_whose_answer_was_lost(
    desk: Desk, acts: str
) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    desk.project.define(prompt="Be kind.")  # as the superseded one is
    desk.service.on("POST", drop=acts)
    lists: dict[str, Any] = {"times": 9, "status": 500, "headers": {"retry-after": "0"}}
    desk.service.on("GET", "/assistants", nth=3, **lists)
    assert desk.apply().code == 4
    assert story.apply_again().code == 0
    assert len(desk.service.assistants) == 3
    assert set(desk.service.answered().values()) == {str(current(desk)["id"])}
    assert current(desk)["prompt"] == "Be kind."
    assert desk.settled()


# An old one that is to be deleted, and cannot be.


@pytest.fixture
def undeletable(desk: Desk) -> Renewal:
    story = Renewal(desk)
    desk.service.on("DELETE", times=None, status=403, body={"error": "keys may not delete"})
    return story


def refused_delete(story: Renewal) -> Result:
    result = story.desk.apply()
    assert result.code == 4
    story.assert_in_service()
    assert set(story.service.answered().values()) == {story.new}
    return result


@pytest.mark.parametrize("status", [403, 404, 405])
def test_one_that_cannot_be_deleted_is_named_with_the_ways_on(desk: Desk, status: int) -> None:
    story = Renewal(desk)
    desk.service.on("DELETE", times=None, status=status)
    result = refused_delete(story)
    assert (
        f"the new one serves; the old one, {story.old}, could not be deleted: {status}"
        in result.out
    )
    assert f"`sync: {{id: {story.new}}}`" in result.out
    assert "`retire: keep`" in result.out


def test_a_good_answer_that_deletes_nothing_is_noticed(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("DELETE", status=200, body={"success": True})
    result = desk.apply()
    assert result.code == 4
    assert "the service answered that it is deleted, and shows it after" in result.out
    assert desk.apply().code == 0
    story.assert_replaced()


def test_a_rerun_tries_again(undeletable: Renewal) -> None:
    refused_delete(undeletable)
    refused_delete(undeletable)
    assert len(undeletable.service.sent("POST")) == 1
    assert undeletable.apply_again().code == 0
    undeletable.assert_replaced()


def test_deleting_it_in_the_dashboard_ends_it(undeletable: Renewal) -> None:
    refused_delete(undeletable)
    undeletable.service.delete(undeletable.old)
    assert undeletable.desk.apply().code == 0
    undeletable.assert_replaced()


def test_binding_the_new_one_ends_it(undeletable: Renewal) -> None:
    refused_delete(undeletable)
    desk = undeletable.desk
    desk.project.define(**undeletable.stated, sync={"id": undeletable.new})
    result = desk.apply()
    assert result.code == 0
    assert desk.settled()
    assert undeletable.old in [found["id"] for found in desk.plan()["unmanaged"]]


def test_keeping_old_ones_ends_it(undeletable: Renewal) -> None:
    refused_delete(undeletable)
    undeletable.settings("keep")
    assert undeletable.desk.apply().code == 0
    undeletable.assert_superseded()


def test_the_next_edit_is_not_held_up_by_it(undeletable: Renewal) -> None:
    refused_delete(undeletable)
    desk, old, first = undeletable.desk, undeletable.old, undeletable.new
    desk.project.define(prompt="Be quick.")
    assert desk.apply().code == 4
    (second,) = {*desk.service.assistants} - {old, first}
    assert desk.service.assistants[second]["prompt"] == "Be quick."
    assert set(desk.service.answered().values()) == {second}
    undeletable.service.calm()
    assert desk.apply().code == 0
    assert {*desk.service.assistants} == {second}
    assert desk.settled()


def test_an_open_question_that_is_raised_meanwhile_keeps_the_old_one(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("POST", edit=lambda: desk.service.ask(story.old, "A pool?"))
    result = desk.apply()
    assert result.code == 4
    assert "1 open question(s) that nobody agreed to drop" in result.out
    assert story.old in desk.service.assistants
    again = desk.apply()
    assert again.code == 3
    assert "A pool?" in again.out
    assert desk.apply("--drop-open-questions").code == 0
    assert desk.settled()
