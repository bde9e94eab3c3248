"""How actions end: done, failed, refused, skipped, unknown; and what the exit code makes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.service import KEEP

from revox_sync.apply import applier
from revox_sync.apply.events import Outcome
from revox_sync.apply.write import Writing
from revox_sync.cli import approval
from revox_sync.plan.model import Action

pytestmark = pytest.mark.usefixtures("hurried")

AT_ONCE = {"retry-after": "0"}


def a_change(desk: Desk, key: str = "front-desk") -> str:
    """Put an assistant there that differs from its definition; return its id."""
    identity = desk.service.add(key, prompt="As it was.")
    desk.project.define(key, prompt="As it shall be.")
    return identity


def test_a_refused_create_has_failed_in_the_words_of_the_service(desk: Desk) -> None:
    desk.service.on("POST", status=422, body={"error": "name: too funny"})
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert re.search(r"422 [\w ]+: name: too funny", result.out)
    assert "1 failed" in result.out
    assert desk.service.assistants == {}


def test_a_replace_is_named_with_its_id(desk: Desk) -> None:
    identity = a_change(desk)
    result = desk.apply()
    assert f'replaced front-desk  "front-desk"  {identity}' in result.out
    assert "Apply: 1 done, 0 failed, 0 refused, 0 skipped, 0 unknown." in result.out


def test_a_create_is_named_with_its_new_id(desk: Desk) -> None:
    desk.project.define()
    result = desk.apply()
    (identity,) = desk.service.assistants
    assert f'created  front-desk  "front-desk"  {identity}' in result.out


@pytest.mark.parametrize("stored", [KEEP, "Altered.", None], ids=["dropped", "altered", "cleared"])
def test_a_field_that_the_service_did_not_take_is_named_and_has_failed(
    desk: Desk, stored: Any
) -> None:
    desk.service.add("front-desk", prompt="Old.", voicemail_message="Old.")
    desk.project.define(prompt="New.", voicemail_message="New.")
    desk.service.alterations["voicemail_message"] = lambda _: stored
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: voicemail_message" in result.out
    assert "sync: {ignore: [voicemail_message]}" in result.out
    assert "1 failed" in result.out


def test_a_field_that_a_create_did_not_take_is_named_and_has_failed(desk: Desk) -> None:
    desk.service.alterations["first_sentence"] = lambda _: KEEP
    desk.project.define(first_sentence="Hello.")
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: first_sentence" in result.out


def test_a_faq_that_the_service_did_not_take_is_named(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.service.alterations["faq_items"] = lambda items: items[:1]
    item = {"question": "A", "answer": "a"}
    desk.project.define(prompt="Be kind.", faq_items=[item, {**item, "question": "B"}])
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: faq_items" in result.out


@pytest.mark.parametrize(
    "habits",
    [
        {"write_has_faq": False},
        {"write_has_faq": False, "list_has_faq": False},
        {"write_has_faq": False, "retrieve_has_faq": False},
    ],
    ids=["list and retrieve tell", "retrieve tells", "list tells"],
)
def test_a_faq_is_read_back_where_the_answer_to_the_write_does_not_tell_it(
    desk_with: MakeDesk, habits: dict[str, bool]
) -> None:
    desk = desk_with(**habits)
    desk.service.add("front-desk")
    desk.service.alterations["faq_items"] = lambda _: KEEP
    desk.project.define(prompt="Be kind.", faq_items=[{"question": "A", "answer": "a"}])
    result = desk.apply()
    assert "not taken by the service: faq_items" in result.out
    assert result.code == 4


def test_a_faq_that_no_answer_tells_is_a_warning(desk_with: MakeDesk) -> None:
    desk = desk_with(write_has_faq=False, retrieve_has_faq=False, list_has_faq=False)
    desk.project.define(faq_items=[{"question": "A", "answer": "a"}])
    result = desk.apply()
    assert result.code == 0
    assert "warning: the account does not tell its FAQ" in result.out


def test_a_value_in_another_spelling_was_taken(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.service.alterations |= {
        "prompt": lambda text: text.replace("\n", "\r\n") + "\r\n",
        "max_call_duration_secs": float,
        "structured_output_config": lambda _: None,
    }
    desk.project.define(prompt="a\nb", max_call_duration_secs=700, structured_output_config=[])
    assert desk.apply().code == 0
    assert desk.settled()


def test_times_are_taken_in_either_spelling(desk: Desk) -> None:
    def stored(config: dict[str, Any]) -> dict[str, Any]:
        window = {"calling_window_start_time": "09:00", "calling_window_end_time": "18:30"}
        return {**config, "calling_windows": [{**config["calling_windows"][0], **window}]}

    desk.service.alterations["call_retry_config"] = stored
    window = {"calling_window_start_time": "9am", "calling_window_end_time": "6:30pm"}
    window_with_delay = {**window, "retry_delay_seconds": 60}
    desk.project.define(
        call_retry_config={"calling_windows": [window_with_delay], "max_retry_attempts": 1}
    )
    assert desk.apply().code == 0
    assert desk.settled()


def test_an_unreadable_answer_to_a_patch_is_settled_by_reading_again(desk: Desk) -> None:
    a_change(desk)
    desk.service.on("PATCH", status=200, body=b"<html>ok</html>", acts=True)
    result = desk.apply()
    assert result.code == 0
    assert "1 done" in result.out


def test_an_unreadable_answer_to_a_patch_that_did_nothing_has_failed(desk: Desk) -> None:
    a_change(desk)
    desk.service.on("PATCH", status=200, body=b"<html>ok</html>")
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: prompt" in result.out


def test_an_unreadable_answer_to_a_clearing_patch_that_did_nothing_has_failed(desk: Desk) -> None:
    desk.service.add("front-desk", voicemail_message="Bye.")
    desk.project.define(prompt="Be kind.", voicemail_message=None)
    desk.service.on("PATCH", status=200, body=b"<html>ok</html>")
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: voicemail_message" in result.out


def test_what_a_null_free_service_leaves_out_was_cleared(desk_with: MakeDesk) -> None:
    desk = desk_with(nulls=False)
    desk.service.add("front-desk", voicemail_message="Bye.")
    desk.project.define(prompt="Be kind.", voicemail_message=None)
    assert desk.apply().code == 0
    assert desk.service.assistants.popitem()[1]["voicemail_message"] is None


def test_one_failure_does_not_stop_the_others(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.project.define(key)
    desk.service.on("POST", status=400, body={"error": "not this one"})
    result = desk.apply("--parallelism", "1")
    assert result.code == 4
    assert "Apply: 2 done, 1 failed, 0 refused, 0 skipped, 0 unknown." in result.out
    assert {found["name"] for found in desk.service.assistants.values()} == {"b", "c"}


@pytest.mark.parametrize(("after", "status"), [(False, "failed "), (True, "unknown")])
def test_a_fault_of_this_tool_is_told_without_its_message_and_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, after: bool, status: str
) -> None:
    identity = a_change(desk, "a")
    a_change(desk, "b")
    carry_out = applier.replace_in_place

    async def fail(writing: Writing, action: Action) -> Outcome:
        outcome = await carry_out(writing, action) if after or action.key == "b" else None
        if outcome is None or action.key == "a":
            raise ValueError("hidden " * 2)
        return outcome

    monkeypatch.setattr(applier, "replace_in_place", fail)
    result = desk.apply("--log-level", "debug")
    assert result.code == 4
    fault = "internal error (ValueError); this is a bug in revox-sync"
    assert re.search(rf'{status}  a  "a"  {identity}\s+{re.escape(fault)}', result.out)
    assert 'replaced b  "b"' in result.out
    assert re.search(r"DEBUG: a failed: .*\n.* in fail\n", result.err, re.DOTALL)
    assert "hidden hidden" not in result.said


def test_fail_fast_begins_nothing_after_a_failure(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.project.define(key)
    desk.service.on("POST", nth=2, status=400, body={"error": "not this one"})
    result = desk.apply("--parallelism", "1", "--fail-fast")
    assert result.code == 4
    assert "Apply: 1 done, 1 failed, 0 refused, 1 skipped, 0 unknown." in result.out
    assert len(desk.service.writes) == 2


def test_fail_fast_with_nothing_written_is_a_refusal(desk: Desk) -> None:
    desk.service.add("a")
    desk.service.add("a")
    desk.project.define("a")
    desk.project.define("b")
    result = desk.apply("--parallelism", "1", "--fail-fast")
    assert desk.service.writes == []
    assert result.code == 3


def test_one_refusal_does_not_stop_the_others(desk: Desk) -> None:
    desk.service.add("a")
    desk.service.add("a")
    desk.project.define("a")
    desk.project.define("b")
    result = desk.apply()
    assert result.code == 4
    assert "Apply: 1 done, 0 failed, 1 refused, 0 skipped, 0 unknown." in result.out


def test_a_rerun_does_the_rest(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.project.define(key)
    desk.service.on("POST", nth=2, status=400, body={"error": "not now"})
    assert desk.apply().code == 4
    assert desk.apply().code == 0
    assert len(desk.service.assistants) == 3


def test_actions_are_done_at_once_within_parallelism(desk: Desk) -> None:
    for number in range(6):
        desk.project.define(f"a{number}")
    desk.service.on("POST", times=None, delay=0.05)
    assert desk.apply("--parallelism", "3").code == 0
    assert desk.service.most_under_way == 3


def test_calls_that_keep_the_earlier_text_are_a_warning(desk: Desk) -> None:
    a_change(desk)
    desk.service.notice = {"count": 4, "variables": ["first_name", "room"]}
    result = desk.apply()
    assert result.code == 0
    assert "warning: 4 queued calls keep the earlier text" in result.out
    assert "they lack the variables first_name, room" in result.out


@pytest.mark.parametrize("lost", [{"drop": "after"}, {"status": 500, "acts": True}], ids=str)
def test_a_patch_whose_answers_are_lost_is_read_back_and_done(
    desk: Desk, lost: dict[str, Any]
) -> None:
    identity = a_change(desk)
    desk.service.on("PATCH", times=3, status=503, headers=AT_ONCE)
    desk.service.on("PATCH", nth=4, **lost)
    result = desk.apply()
    assert result.code == 0
    assert "warning: its answer was lost" in result.out
    assert "it was read back" in result.out
    assert desk.service.assistants[identity]["prompt"] == "As it shall be."


def test_a_patch_whose_answers_are_lost_and_that_did_nothing_has_failed(desk: Desk) -> None:
    a_change(desk)
    desk.service.on("PATCH", times=3, status=503, headers=AT_ONCE)
    desk.service.on("PATCH", nth=4, delay=20)
    result = desk.apply("--timeout", "0.3")
    assert result.code == 4
    assert "no answer within 0.3 s" in result.out
    assert "1 failed" in result.out


def test_a_patch_that_can_neither_be_answered_nor_read_back_is_unknown(desk: Desk) -> None:
    identity = a_change(desk)
    desk.service.on("PATCH", times=None, status=503, headers=AT_ONCE)
    desk.service.on("GET", f"/assistants/{identity}", nth=2, times=None, status=400)
    result = desk.apply()
    assert result.code == 4
    assert f'unknown  front-desk  "front-desk"  {identity}' in result.out
    assert "it could not be read back: 503 Service Unavailable" in result.out


def test_the_plan_is_drawn_while_the_account_is_listed_again_and_before_a_write(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.project.define("newcomer")
    show = approval.show_plan

    def late(*arguments: Any, **how: Any) -> None:
        lists = ("GET", "/assistants")
        desk.service.wait_until(
            lambda: [(one.method, one.path) for one in desk.service.requests].count(lists) > 1
        )
        show(*arguments, **how)
        assert desk.service.writes == []

    monkeypatch.setattr(approval, "show_plan", late)
    result = desk.apply()
    assert result.code == 0, result.err
    assert result.out.index("1 to create") < result.out.index("1 done")
