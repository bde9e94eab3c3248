"""What stands against a recreate: then nothing is written, and the reason says how to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.renewal import Renewal
from support.service import SEARCH

pytestmark = pytest.mark.usefixtures("hurried")

Meanwhile = Callable[[Renewal], Any]


def refusal(desk: Desk, *arguments: str) -> str:
    """Apply; return why the plan refused, before anything was written."""
    result = desk.apply(*arguments)
    assert result.code == 3, result.out
    assert desk.service.writes == []
    assert "internal error" not in result.said
    return str(desk.action(*arguments)["refused"])


# Where the project does not say what becomes of the old one.


@pytest.mark.parametrize("command", ["validate", "plan", "apply"])
def test_a_project_that_recreates_has_to_say_what_becomes_of_the_old_one(
    desk: Desk, command: str
) -> None:
    Renewal(desk, retire=None)
    result = desk.run(command)
    assert result.code == 1
    assert "revox-sync.yaml:1:10" in result.said
    assert "retire: delete" in result.said
    assert "retire: keep" in result.said
    assert desk.service.requests == []


def test_so_has_one_with_a_definition_that_recreates(desk: Desk) -> None:
    story = Renewal(desk, sync={"replace": "recreate"})
    desk.project.write("revox-sync.yaml", "assistants: assistants/\n")
    result = desk.run("plan")
    assert result.code == 1
    assert "assistants/front-desk.yaml:3:" in result.said
    assert "retire: keep" in result.said
    assert story.writes() == []


@pytest.mark.parametrize("option", ["--recreate", "--finish-recreate"])
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_an_option_that_recreates_needs_it_too(desk: Desk, command: str, option: str) -> None:
    Renewal(desk)
    desk.project.write("revox-sync.yaml", "assistants: assistants/\n")
    result = desk.run(command, option, "front-desk")
    assert result.code == 64
    assert f"{option} needs to know what becomes of the old assistant" in result.err
    assert "retire: delete" in result.err
    assert desk.service.requests == []


def test_a_key_that_matches_nothing_is_wrong_usage(desk: Desk) -> None:
    Renewal(desk)
    result = desk.run("plan", "--recreate", "font-desk")
    assert result.code == 64
    assert "did you mean front-desk?" in result.err


# What is bound, in use, or part of a flow.


def test_a_bound_one_needs_rebind(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.define(**story.stated, sync={"id": story.old})
    why = refusal(desk)
    assert f"it is bound to {story.old} (sync.id)" in why
    assert "--rebind, which writes the new id into assistants/front-desk.yaml" in why


@pytest.mark.parametrize("kind", ["multi-step", "sub-assistant"])
def test_one_that_is_part_of_a_flow_is_not_made_anew(desk: Desk, kind: str) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, type=kind)
    assert f"it is of type {kind}, and the transitions of its flow cannot be copied" in refusal(
        desk
    )
    assert "of type" in refusal(desk, "--force-recreate")


def test_one_that_would_become_part_of_a_flow_is_not_made_anew(desk: Desk) -> None:
    Renewal(desk, type="multi-step")
    assert "its type would become multi-step" in refusal(desk, "--force-recreate")


@pytest.mark.parametrize("status", ["running", "paused"])
def test_a_campaign_that_calls_with_it_refuses_and_is_named(desk: Desk, status: str) -> None:
    story = Renewal(desk)
    desk.service.call_with(story.old, "Spring", status)
    why = refusal(desk)
    assert "a campaign calls with it: Spring" in why
    assert "--force-recreate" in why


def test_a_campaign_is_in_the_way_of_keeping_the_old_one_too(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    desk.service.call_with(story.old)
    assert "a campaign calls with it" in refusal(desk)


def test_a_campaign_that_is_completed_or_anothers_is_not(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.call_with(story.old, status="completed")
    desk.service.call_with(desk.service.add("stranger"))
    assert desk.apply().code == 0
    assert story.old not in desk.service.assistants


def test_forced_it_is_recreated_all_the_same(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.call_with(story.old)
    assert desk.apply("--force-recreate").code == 0
    story.assert_replaced()


def test_phone_numbers_that_cannot_be_read_cannot_be_moved(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("GET", "/phone-numbers", status=403)
    result = desk.apply()
    assert result.code == 1
    assert "403" in result.err
    assert story.writes() == []


LOOKS = [("GET", "/campaigns"), ("POST", SEARCH)]


@pytest.mark.parametrize(("method", "path"), LOOKS)
@pytest.mark.parametrize("status", [403, 500])
def test_calls_that_cannot_be_read_may_wait(
    desk: Desk, method: str, path: str, status: int
) -> None:
    story = Renewal(desk)
    desk.service.on(method, path, times=None, status=status)
    why = refusal(desk)
    assert f"{status}" in why.partition("whether calls wait for it cannot be told: ")[2]
    assert "--force-recreate" in why
    assert story.writes() == []
    assert desk.apply("--force-recreate").code == 0
    desk.service.calm()
    story.assert_replaced()


@pytest.mark.parametrize(("method", "path"), LOOKS)
@pytest.mark.parametrize("status", [404, 405, 501])
def test_what_the_service_does_not_have_uses_nothing(
    desk: Desk, method: str, path: str, status: int
) -> None:
    story = Renewal(desk)
    desk.service.wait_for("somebody else")
    desk.service.on(method, path, times=None, status=status)
    assert desk.apply().code == 0
    story.assert_replaced()


@pytest.mark.parametrize("waiting", ["not_launched", "pending", "retry", "calling"])
def test_a_campaign_with_calls_to_make_refuses_whatever_its_status(
    desk: Desk, waiting: str
) -> None:
    story = Renewal(desk)
    stats = dict.fromkeys(("not_launched", "pending", "retry", "calling"), 0) | {waiting: 40}
    desk.service.call_with(story.old, "Spring", "completed", completed=2, **stats)
    assert "a campaign calls with it: Spring" in refusal(desk)


@pytest.mark.parametrize("count", ["3", [1], {"value": 3}], ids=str)
def test_a_count_of_calls_that_is_no_number_refuses(desk: Desk, count: object) -> None:
    story = Renewal(desk)
    desk.service.call_with(story.old, "Spring", "completed", completed=2)
    desk.service.campaigns[0]["row_stats"]["not_launched"] = count
    assert "a campaign calls with it: Spring" in refusal(desk)


def test_a_campaign_whose_calls_are_made_does_not(desk: Desk) -> None:
    story = Renewal(desk)
    stats = dict.fromkeys(("not_launched", "pending", "retry", "calling"), 0)
    desk.service.call_with(story.old, "Spring", "running", completed=42, **stats)
    assert desk.apply().code == 0
    story.assert_replaced()


def test_a_campaign_of_unknown_status_without_counts_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.call_with(story.old, "Spring", "launching")
    assert "a campaign calls with it: Spring" in refusal(desk)


def test_a_single_call_that_waits_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    for _ in range(120):
        desk.service.wait_for(story.old, "completed")
        desk.service.wait_for(story.old)
    assert "120 calls wait for it" in refusal(desk)
    desk.service.calls = [{"id": "c", "status": "scheduled", "assistant": None}]
    desk.service.on(
        "POST", SEARCH, times=None, status=200, body={"calls": desk.service.calls, "total_count": 1}
    )
    assert "does not name its assistant" in refusal(desk)


def test_a_call_that_waits_for_another_does_not(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.wait_for("somebody else")
    assert desk.apply().code == 0
    story.assert_replaced()


def test_a_twin_is_named_and_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    twin = desk.service.add("front-desk", "Somebody else's.")
    why = refusal(desk)
    assert story.old in why
    assert twin in why


def test_a_twin_of_a_bound_one_is_named_and_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.define(**story.stated, sync={"id": story.old})
    twin = desk.service.add("front-desk", "Somebody else's.")
    why = refusal(desk, "--rebind")
    assert f"{twin} has the same name as {story.old}" in why
    assert f"--finish-recreate {story.old}`" in why


def test_one_refusal_does_not_stop_the_others(desk: Desk) -> None:
    story = Renewal(desk)
    other = desk.service.add("night", "Be kind.", launched_on_the_moon=1)
    desk.project.define("night", prompt="Be brief.")
    result = desk.apply()
    assert result.code == 4
    assert "1 done, 0 failed, 1 refused" in result.out
    assert story.old not in desk.service.assistants
    assert desk.service.assistants[other]["prompt"] == "Be kind."


# What happens between the plan and its turn.

#: GET /phone-numbers of the apply itself; the first is the plan's.
OF_APPLY = 2

MEANWHILE: dict[str, tuple[Meanwhile, str]] = {
    "a phone number": (
        lambda story: story.service.dial("+33123456703", story.old),
        "another phone number leads to it since the plan was made",
    ),
    "a campaign": (
        lambda story: story.service.call_with(story.old, "Autumn"),
        "since the plan was made, a campaign calls with it: Autumn",
    ),
    "an edit of what is managed": (
        lambda story: story.service.edit(story.old, prompt="Typed."),
        "changed in the account since the plan was made: prompt",
    ),
    "an edit to what is wanted": (
        lambda story: story.service.edit(story.old, prompt="Be brief."),
        "changed in the account since the plan was made: prompt",
    ),
    "something that cannot be copied": (
        lambda story: story.service.edit(story.old, launched_on_the_moon=1),
        "it cannot be copied any more: launched_on_the_moon",
    ),
    "a deletion": (lambda story: story.service.delete(story.old), "the assistant is gone"),
}


@pytest.mark.parametrize(("event", "why"), MEANWHILE.values(), ids=MEANWHILE)
def test_what_happens_between_plan_and_apply_refuses_before_anything_is_sent(
    desk: Desk, event: Meanwhile, why: str
) -> None:
    story = Renewal(desk)
    desk.service.on("GET", "/phone-numbers", nth=OF_APPLY, edit=lambda: event(story))
    result = desk.apply()
    assert result.code == 3
    assert why in result.out
    assert story.writes() == []


UNFINISHED: dict[str, tuple[Meanwhile, str]] = {
    "an edit of what is managed": (
        lambda story: story.service.edit(story.new, prompt="Typed."),
        "changed in the account since the plan was made: prompt",
    ),
    "an edit of the new one": (
        lambda story: story.service.edit(story.new, webhook_url=None),
        "changed in the account since the plan was made: webhook_url",
    ),
    "an edit of the old one": (
        lambda story: story.service.edit(story.old, sms_template="Typed."),
        "changed in the account since the plan was made: sms_template",
    ),
    "no new one": (lambda story: story.service.delete(story.new), "is gone"),
    "no old one": (lambda story: story.service.delete(story.old), "is gone"),
    "a phone number": (
        lambda story: story.service.dial("+33123456703", story.old),
        "another phone number leads to it since the plan was made",
    ),
}


@pytest.mark.parametrize(("event", "why"), UNFINISHED.values(), ids=UNFINISHED)
def test_what_happens_before_a_recreate_is_finished_refuses_that_too(
    desk: Desk, event: Meanwhile, why: str
) -> None:
    story = Renewal(desk)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    sent = len(story.writes())
    desk.service.calm()
    desk.service.on("GET", "/phone-numbers", nth=OF_APPLY, edit=lambda: event(story))
    result = desk.apply()
    assert result.code == 3
    assert why in result.out
    assert len(story.writes()) == sent


def test_a_twin_that_appears_between_plan_and_apply_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    made: list[str] = []
    twin: dict[str, Any] = {
        "edit": lambda: made.append(desk.service.add("front-desk", "Somebody else's."))
    }
    desk.service.on("GET", "/assistants", nth=2, **twin)
    result = desk.apply()
    assert result.code == 3
    assert f"{made[0]} has appeared under its name" in result.out
    assert story.writes() == []


def test_a_twin_that_appears_after_the_post_keeps_all_of_them(desk: Desk) -> None:
    story = Renewal(desk)
    made: list[str] = []
    twin: dict[str, Any] = {
        "edit": lambda: made.append(desk.service.add("front-desk\u200b", "Be brief."))
    }
    desk.service.on("GET", "/assistants", nth=3, **twin)
    result = desk.apply()
    assert result.code == 4
    assert len(desk.service.assistants) == 3
    assert all(identity in result.out for identity in desk.service.assistants)
    assert set(desk.service.answered().values()) == {story.old}


def test_a_campaign_that_begins_after_the_post_keeps_the_old_one(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("POST", edit=lambda: desk.service.call_with(story.old, "Autumn"))
    result = desk.apply()
    assert result.code == 4
    assert f"{story.old} is kept: a campaign calls with it: Autumn" in result.out
    story.assert_in_service()
    again = desk.apply()
    assert again.code == 3
    assert "Autumn" in again.out
    desk.service.campaigns.clear()
    assert desk.apply().code == 0
    story.assert_replaced()


def test_a_number_that_comes_back_meanwhile_keeps_the_old_one_and_a_rerun_moves_it(
    desk: Desk,
) -> None:
    story = Renewal(desk)
    desk.service.on(
        "GET", "/assistants/*", nth=3, edit=lambda: desk.service.redirect("pn01", story.old)
    )
    result = desk.apply()
    assert result.code == 4
    assert f"+33123456701 leads to {story.old} again" in result.out
    story.assert_in_service()
    assert desk.apply().code == 0
    story.assert_replaced()


@pytest.mark.parametrize("nth", [2, 3])
@pytest.mark.parametrize("short", [{"status": 200, "body": {"phone_numbers": []}}, {"status": 404}])
def test_numbers_that_a_list_lacks_for_a_moment_are_not_lost(
    desk: Desk, short: dict[str, Any], nth: int
) -> None:
    story = Renewal(desk)
    desk.service.on("GET", "/phone-numbers", nth=nth, times=2, **short)
    result = desk.apply()
    assert result.code == (3 if nth == 2 else 4)
    assert "the list of phone numbers lacks +33123456701, +33123456702 now" in result.out
    assert not set(desk.service.answered().values()) - {*desk.service.assistants}
    assert desk.service.sent("DELETE") == []
    desk.service.calm()
    assert desk.apply().code == 0
    story.assert_replaced()


# Services that lack a method.


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_service_without_patch_is_told_apart_from_a_missing_assistant(
    desk_with: MakeDesk, status: int
) -> None:
    desk = desk_with(without=("PATCH",), without_status=status)
    story = Renewal(desk)
    desk.project.write("revox-sync.yaml", "retire: delete\n")
    result = desk.apply()
    assert result.code == 4
    assert "the assistant is there, but the service does not take PATCH" in result.out
    assert "replace: recreate" in result.out
    assert {*desk.service.assistants} == {story.old}


def test_a_missing_assistant_is_no_lack_of_patch(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.write("revox-sync.yaml", "retire: delete\n")
    desk.service.on("PATCH", edit=lambda: desk.service.delete(story.old))
    result = desk.apply()
    assert result.code == 4
    assert "404" in result.out
    assert "does not take PATCH" not in result.out
    assert "replace: recreate" not in result.out
