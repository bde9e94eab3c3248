"""A recreate that ended half-way is ended by the next run, whatever was edited in between."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.renewal import FAQ, Renewal

pytestmark = pytest.mark.usefixtures("hurried")

AT_ONCE = {"retry-after": "0"}
EDITED = {"prompt": "Be quick.", "voicemail_message": "Call back."}

#: What stops a run between the POST and the DELETE.
STOPS: dict[str, dict[str, Any]] = {
    "its answer is lost": {"method": "POST", "drop": "after"},
    "a number does not move": {"method": "PATCH", "nth": 2, "status": 405},
    "the DELETE is not carried out": {
        "method": "DELETE",
        "times": 4,
        "status": 500,
        "headers": AT_ONCE,
    },
    "the DELETE is declined": {"method": "DELETE", "status": 403},
}


def stopped(story: Renewal, *options: str, stop: str = "a number does not move") -> str:
    """Let an apply stop half-way; return the id of the new assistant."""
    how = dict(STOPS[stop])
    if how["method"] == "POST":  # nor is it found in the list
        lists: dict[str, Any] = {"times": None, "status": 500, "headers": AT_ONCE}
        story.service.on("GET", "/assistants", nth=3, **lists)
    story.service.on(how.pop("method"), **how)
    assert story.desk.apply(*options).code == 4
    story.service.calm()
    story.assert_in_service()
    return story.new


def only(story: Renewal) -> str:
    (found,) = story.service.assistants
    return found


def assert_ended(story: Renewal, **stated: Any) -> None:
    """Fail unless one assistant is left, with these fields, and nothing is to be done."""
    assert story.held(only(story)) == {**story.was, **stated}
    assert set(story.service.answered().values()) == {only(story)}
    assert story.desk.settled()


# Edited in between: the old one is retired first, then the new one is changed, in one apply.


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("how", ["in-place", "recreate"])
def test_an_edit_in_between_is_applied_after_the_end(desk: Desk, stop: str, how: str) -> None:
    story = Renewal(desk)
    new = stopped(story, stop=stop)
    desk.project.define(**EDITED, sync={"replace": how})
    before = len(desk.service.requests)
    result = desk.apply()
    assert result.code == 0, result.out
    assert_ended(story, **EDITED)
    writes = [r for r in desk.service.requests[before:] if r.method in ("DELETE", "POST", "PATCH")]
    about = [(r.method, r.path) for r in writes if r.path.startswith("/assistants")]
    change = ("PATCH", f"/assistants/{new}") if how == "in-place" else ("POST", "/assistants")
    assert about[:2] == [("DELETE", f"/assistants/{story.old}"), change]


@pytest.mark.parametrize("stop", STOPS)
def test_on_another_machine_both_ids_and_the_command_are_named(desk: Desk, stop: str) -> None:
    story = Renewal(desk)
    new = stopped(story, stop=stop)
    desk.project.define(**EDITED, sync={"replace": "in-place"})
    story.forget()
    result = desk.apply()
    assert result.code == 3
    assert new in result.out
    assert f"revox-sync apply front-desk --finish-recreate {story.old}`" in result.out
    assert desk.apply("front-desk", "--finish-recreate", story.old).code == 0
    assert_ended(story, **EDITED)


@pytest.mark.parametrize("forgets", [False, True], ids=["recorded", "elsewhere"])
def test_an_edit_of_a_bound_one_in_between(desk: Desk, forgets: bool) -> None:
    story = Renewal(desk)
    desk.project.define(**story.stated, sync={"id": story.old})
    stopped(story, "--rebind")
    desk.project.define(**EDITED, sync={"id": story.old, "replace": "in-place"})
    options = ["--rebind"]
    if forgets:
        story.forget()
        options += ["--finish-recreate", story.old]
    assert desk.apply(*options).code == 0
    assert_ended(story, **EDITED)
    assert only(story) in (desk.root / "assistants/front-desk.yaml").read_text()


def test_a_plan_says_what_is_finished_and_what_is_changed_after_that(desk: Desk) -> None:
    story = Renewal(desk)
    new = stopped(story)
    desk.project.define(**EDITED, sync={"replace": "in-place"})
    action = desk.action()
    assert action["recreate"]["old_id"] == story.old
    assert action["recreate"]["new_id"] == new
    assert action["recreate"]["then"] == "in-place"
    assert {change["path"] for change in action["changes"]} == {*EDITED}
    assert "changed in place after that" in desk.run("plan").out


def test_a_plan_that_was_saved_before_the_edit_is_not_applied(desk: Desk) -> None:
    story = Renewal(desk)
    stopped(story)
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.project.define(**EDITED, sync={"replace": "in-place"})
    before = len(desk.service.writes)
    assert desk.apply("plan.json").code == 3
    assert len(desk.service.writes) == before


def test_what_the_definition_stops_to_state_in_between_stays_as_it_was_sent(desk: Desk) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    stopped(story)
    desk.project.define(prompt="Be brief.")
    assert desk.apply().code == 0
    assert_ended(story, prompt="Be brief.", voicemail_message="Call back.")


def test_an_assistant_of_its_name_that_nobody_recorded_is_not_taken_for_the_new_one(
    desk: Desk,
) -> None:
    story = Renewal(desk)
    desk.service.on("POST", drop="before")
    assert desk.apply().code == 4
    theirs = {**story.was, "prompt": "Somebody else's."}
    other = desk.service.add(**{**theirs, "faq_items": FAQ})
    desk.project.define(**EDITED)
    assert story.apply_again().code == 3
    assert f"{other} is not as the definition says" in desk.action()["refused"]
    assert set(desk.service.answered().values()) == {story.old}


def test_a_new_one_that_lacks_what_the_old_one_has_does_not_take_over(desk: Desk) -> None:
    story = Renewal(desk)
    new = stopped(story)
    desk.service.edit(new, first_sentence="Typed.")
    desk.project.define(**EDITED, sync={"replace": "in-place"})
    result = desk.apply()
    assert result.code == 3
    assert f"{new} lacks what {story.old} has: first_sentence" in result.out
    assert desk.apply("--force-recreate").code == 0
    assert_ended(story, **EDITED, first_sentence="Typed.")


def test_a_faq_that_lists_do_not_tell_is_read_before_the_end(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, write_has_faq=False)
    story = Renewal(desk)
    new = stopped(story)
    desk.service.edit(new, faq_items=[])
    desk.project.define(**EDITED, sync={"replace": "in-place"})
    result = desk.apply()
    assert result.code == 3
    assert f"{new} lacks what {story.old} has: faq_items" in result.out


def test_what_no_request_changes_in_place_is_refused_after_the_end_too(desk: Desk) -> None:
    story = Renewal(desk)
    stopped(story)
    desk.project.define(**story.stated, type="multi-step", sync={"replace": "in-place"})
    result = desk.apply()
    assert result.code == 3
    assert "`sync: {ignore: [type]}`" in result.out
    assert story.old in desk.service.assistants


def test_a_new_one_that_has_served_since_may_have_been_edited(desk: Desk) -> None:
    story = Renewal(desk)
    new = stopped(story, stop="the DELETE is declined")
    desk.service.edit(new, first_sentence="Typed.")
    assert desk.apply().code == 0
    assert_ended(story, **story.stated, first_sentence="Typed.")


def test_a_run_that_finishes_several_leaves_an_empty_plan(desk: Desk) -> None:
    story = Renewal(desk)
    for prompt in ("Be brief.", "Be quick.", "Be short."):
        desk.project.define(prompt=prompt)
        desk.service.on("DELETE", times=None, status=403)
        assert desk.apply().code == 4
        desk.service.calm()
    assert len(desk.service.assistants) == 4
    assert desk.apply().code == 0
    assert_ended(story, prompt="Be short.")


# Only an answer to the DELETE is an answer to the DELETE.


@pytest.mark.parametrize("bound", [False, True], ids=["by name", "bound"])
@pytest.mark.parametrize(
    "trouble",
    [
        {"method": "GET", "path": "/phone-numbers", "nth": 3, "times": None, "status": 429},
        {"method": "GET", "path": "/phone-numbers", "nth": 3, "times": None, "status": 403},
        {"method": "DELETE", "status": 403},
        {"method": "DELETE", "times": None, "status": 429},
    ],
    ids=["slowed down before", "forbidden before", "declined", "slowed down"],
)
def test_one_that_was_not_deleted_is_tried_again(
    desk: Desk, bound: bool, trouble: dict[str, Any]
) -> None:
    story = Renewal(desk)
    desk.project.define(**story.stated, sync={"id": story.old} if bound else {})
    how = dict(trouble)
    desk.service.on(how.pop("method"), **how)
    assert desk.apply("--rebind").code == 4
    declined = [r for r in desk.records[-1].events() if r == "kept"]
    assert bool(declined) == (trouble == {"method": "DELETE", "status": 403})
    desk.service.calm()
    assert desk.recreation()["old_id"] == story.old
    assert desk.apply().code == 0
    assert_ended(story, **story.stated)


def test_what_lags_behind_its_delete_is_looked_for_again(desk: Desk) -> None:
    story = Renewal(desk)
    there = dict(desk.service.assistants[story.old])
    desk.service.on("GET", f"/assistants/{story.old}", nth=3, status=200, body=there)
    assert desk.apply().code == 0
    story.assert_replaced()


def test_a_read_that_failed_does_not_say_that_it_is_there(desk: Desk) -> None:
    story = Renewal(desk)
    broken: dict[str, Any] = {"times": None, "status": 500, "headers": AT_ONCE}
    desk.service.on("GET", f"/assistants/{story.old}", nth=3, **broken)
    result = desk.apply()
    assert result.code == 4
    assert "and it is not" not in result.out
    assert f"whether {story.old} is deleted is not known" in result.out
    assert story.apply_again().code == 0
    story.assert_replaced()


# Reads that lag behind writes.

LAG = 0.5


@pytest.mark.usefixtures("waits_take_no_time")
@pytest.mark.parametrize("reads", [("list",), ("get",), ("list", "get")], ids="+".join)
def test_applies_in_a_row_make_one_new_assistant_each(desk: Desk, reads: Any) -> None:
    story = Renewal(desk)
    desk.service.lag(LAG, *reads)
    for n, prompt in enumerate(("Be brief.", "Be brief.", "Be quick.", "Be quick."), start=2):
        desk.project.define(prompt=prompt)
        result = desk.run("apply", "--auto-approve", "--settle", "3")
        assert result.code == 0, result.out
        assert len(desk.service.sent("POST")) == n // 2
    assert story.held(only(story)) == {**story.was, "prompt": "Be quick."}


def test_several_that_were_begun_one_after_another_end_at_the_last(desk: Desk) -> None:
    first, second, last = (desk.service.add("front-desk", f"Edition {n}.") for n in (1, 2, 3))
    desk.project.define(prompt="Edition 3.")
    desk.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    finish = [word for one in (first, second) for word in ("--finish-recreate", one)]
    result = desk.apply(*finish, "--force-recreate")
    assert result.code == 0, result.said
    assert [*desk.service.assistants] == [last]
    assert desk.settled()


def test_an_old_one_that_a_list_lacks_is_retired(desk: Desk) -> None:
    """The lists of the run that finishes it show the new one alone."""
    story = Renewal(desk)
    new = stopped(story)
    alone = {"status": 200, "body": {"assistants": [story.service.assistants[new]]}}
    desk.service.on("GET", "/assistants", times=3, **alone)
    desk.apply()
    assert story.old not in desk.service.assistants


def test_a_list_that_is_empty_for_a_moment_makes_nothing_new(desk: Desk) -> None:
    story = Renewal(desk)
    assert desk.apply().code == 0
    desk.service.on("GET", "/assistants", status=200, body={"assistants": []})
    assert desk.settled()
    story.assert_replaced()
