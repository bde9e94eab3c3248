"""What apply sends: the smallest body that makes the account equal, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from support.contract import NEVER_NULL, Document
from support.desk import Desk, MakeDesk

WINDOW = {
    "calling_window_start_time": "09:00",
    "calling_window_end_time": "17:00",
    "retry_delay_seconds": 3600,
}
OTHER_WINDOW = {**WINDOW, "calling_window_end_time": "12:00"}
RETRY = {"calling_windows": [WINDOW], "max_retry_attempts": 3}
MODEL = {"type": "openrouter", "openrouter_model_id": "m/1", "openrouter_provider": "azure"}
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def faq(*questions: str) -> list[Document]:
    return [{"question": question, "answer": f"About {question}"} for question in questions]


def only_body(desk: Desk, method: str) -> Any:
    (request,) = desk.service.writes
    assert request.method == method
    return request.body


def test_create_sends_exactly_what_the_definition_states(desk: Desk) -> None:
    stated = {"name": "Front desk", "prompt": "Hello.", "first_sentence_delay_ms": 250}
    desk.project.define("front-desk", **stated)
    assert desk.apply().code == 0
    assert only_body(desk, "POST") == stated


def test_create_leaves_out_nulls_that_a_request_may_not_hold(desk: Desk) -> None:
    desk.project.define(
        first_sentence=None,
        end_of_call_sentence=None,
        voice=None,
        webhook_url=None,
        call_retry_config=None,
        voicemail_message=None,
    )
    assert desk.apply().code == 0
    body = only_body(desk, "POST")
    assert not NEVER_NULL & body.keys() - {"name", "prompt"}
    assert desk.settled()


def test_create_sends_no_tool_options(desk: Desk) -> None:
    desk.project.define(sync={"renamed_from": "Reception", "ignore": ["voicemail_message"]})
    assert desk.apply().code == 0
    assert only_body(desk, "POST").keys() == {"name", "prompt"}


def test_create_sends_the_faq_in_the_order_of_the_definition(desk: Desk) -> None:
    desk.project.define(faq_items=faq("Z", "A", "M"))
    assert desk.apply().code == 0
    assert only_body(desk, "POST")["faq_items"] == faq("Z", "A", "M")


def test_replace_sends_the_one_field_that_differs(desk: Desk) -> None:
    identity = desk.service.add("front-desk", first_sentence="Hi.", voicemail_message="Bye.")
    desk.project.define(prompt="Be kind.", first_sentence="Hello.", voicemail_message="Bye.")
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"first_sentence": "Hello."}
    assert desk.service.writes[0].path == f"/assistants/{identity}"


def test_replace_sends_the_new_name_of_a_renamed_assistant(desk: Desk) -> None:
    desk.service.add("Reception")
    desk.project.define(name="Front desk", prompt="Be kind.", sync={"renamed_from": "Reception"})
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"name": "Front desk"}


def test_replace_clears_with_null_where_the_service_takes_null(desk: Desk) -> None:
    desk.service.add("front-desk", voicemail_message="Bye.", background_sound="audio/office.ogg")
    desk.project.define(prompt="Be kind.", voicemail_message=None, background_sound=None)
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"voicemail_message": None, "background_sound": None}


@pytest.mark.parametrize(
    ("field", "held"),
    [
        ("first_sentence", "Hi."),
        ("end_of_call_sentence", "Bye."),
        ("webhook_url", "https://hooks.example/a"),
        ("voice", {"id": "v", "provider": "cartesia"}),
        ("call_retry_config", {**RETRY, "allowed_days": [], "call_twice_in_a_row": False}),
    ],
)
def test_what_cannot_be_cleared_in_place_is_a_note_and_never_sent(
    desk: Desk, field: str, held: Any
) -> None:
    desk.service.add("front-desk", **{field: held})
    cleared: Document = {field: None}
    desk.project.define(prompt="Be braver.", **cleared)
    result = desk.apply()
    assert result.code == 0
    assert f"{field}: cannot be cleared in place" in result.out
    assert only_body(desk, "PATCH") == {"prompt": "Be braver."}


def test_a_cleared_structured_output_config_is_an_empty_list(desk: Desk) -> None:
    desk.service.add(
        "front-desk", structured_output_config=[{"name": "a", "required": True, "type": "string"}]
    )
    desk.project.define(prompt="Be kind.", structured_output_config=None)
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"structured_output_config": []}
    assert desk.settled()


def test_an_empty_faq_in_the_definition_empties_the_faq(desk: Desk) -> None:
    desk.service.add("front-desk", faq_items=faq("A"))
    desk.project.define(prompt="Be kind.", faq_items=[])
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"faq_items": []}


def test_one_changed_answer_sends_the_whole_faq_in_the_order_of_the_definition(desk: Desk) -> None:
    desk.service.add("front-desk", faq_items=faq("A", "B", "C"))
    wanted = [*faq("C", "B"), {"question": "A", "answer": "Another one"}]
    desk.project.define(prompt="Be kind.", faq_items=wanted)
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"faq_items": wanted}


def test_a_faq_that_differs_in_order_alone_is_not_sent(desk: Desk) -> None:
    desk.service.add("front-desk", faq_items=faq("A", "B", "C"))
    desk.project.define(prompt="Be braver.", faq_items=faq("C", "A", "B"))
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"prompt": "Be braver."}


def test_members_of_a_nested_object_that_are_not_stated_are_sent_along(desk: Desk) -> None:
    held = {"id": "v1", "provider": "cartesia", "speed": 1.2, "volume": 0.7, "mood": {"x": [1]}}
    desk.service.add("front-desk", voice=held)
    desk.project.define(prompt="Be kind.", voice={"id": "v2", "provider": "cartesia"})
    assert desk.changes() == {"voice.id": ("v1", "v2")}
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"voice": {**held, "id": "v2"}}


def test_a_null_member_that_the_account_holds_is_not_sent_along(desk: Desk) -> None:
    desk.service.add("front-desk", voice={"id": "v1", "provider": "cartesia", "speed": None})
    desk.project.define(prompt="Be kind.", voice={"id": "v2", "provider": "cartesia"})
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"voice": {"id": "v2", "provider": "cartesia"}}


def test_another_kind_of_model_carries_nothing_of_the_old_one_along(desk: Desk) -> None:
    desk.service.add("front-desk", llm_model={"type": "dedicated-instance", "name": "gpt-4.1"})
    desk.project.define(prompt="Be kind.", llm_model=MODEL)
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"llm_model": MODEL}


def test_a_current_account_gets_the_members_of_a_retry_config_that_it_requires(desk: Desk) -> None:
    desk.project.define(call_retry_config=RETRY)
    assert desk.apply().code == 0
    assert only_body(desk, "POST")["call_retry_config"] == {
        **RETRY,
        "allowed_days": WEEKDAYS,
        "call_twice_in_a_row": False,
    }
    assert desk.settled()


def test_a_seed_account_gets_no_members_of_a_retry_config_that_it_does_not_know(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(generation="seed")
    desk.service.add("another")
    desk.project.define(call_retry_config=RETRY)
    assert desk.apply().code == 0
    assert only_body(desk, "POST")["call_retry_config"] == RETRY
    assert desk.settled()


def test_a_replaced_retry_config_keeps_the_days_of_the_account(desk: Desk) -> None:
    held = {**RETRY, "allowed_days": ["saturday"], "call_twice_in_a_row": True, "timezone": None}
    desk.service.add("front-desk", call_retry_config=held)
    wanted = {"calling_windows": [OTHER_WINDOW], "max_retry_attempts": 3}
    desk.project.define(prompt="Be kind.", call_retry_config=wanted)
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH")["call_retry_config"] == {
        **wanted,
        "allowed_days": ["saturday"],
        "call_twice_in_a_row": True,
    }


def test_only_what_is_managed_is_compared(desk: Desk) -> None:
    desk.service.add("front-desk", first_sentence="Typed in the dashboard", sms_enabled=True)
    desk.project.define(prompt="Be kind.")
    assert desk.apply().code == 0
    assert desk.service.writes == []


def test_an_ignored_field_is_not_sent(desk: Desk) -> None:
    desk.service.add("front-desk", first_sentence="Hi.")
    desk.project.define(
        prompt="Be braver.", first_sentence="Hello.", sync={"ignore": ["first_sentence"]}
    )
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"prompt": "Be braver."}


def test_absent_reset_takes_a_field_back_to_its_resting_value(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    desk.service.add("front-desk", voicemail_message="Bye.", first_sentence_delay_ms=900)
    desk.project.define(prompt="Be kind.")
    assert desk.apply().code == 0
    assert only_body(desk, "PATCH") == {"voicemail_message": None, "first_sentence_delay_ms": 400}
    assert desk.settled()


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_a_full_definition_is_settled_right_after_it_was_created(
    desk_with: MakeDesk, generation: str
) -> None:
    desk = desk_with(generation=generation, floats=True, extra_members=True, reversed_order=True)
    desk.project.write("revox-sync.yaml", f"profile: {generation}\n")
    desk.project.define(
        first_sentence="Hello\r\nthere\n",
        first_sentence_mode="static",
        first_sentence_delay_ms=300,
        end_of_call_sentence="Bye.",
        voicemail_message=None,
        voice={"id": "v", "provider": "cartesia", "speed": 1},
        background_sound="audio/office.ogg",
        ivr_navigation_enabled=True,
        max_call_duration_secs=600,
        llm_model=MODEL,
        call_retry_config={
            **RETRY,
            "calling_windows": [{**WINDOW, "calling_window_end_time": "6pm"}],
        },
        structured_output_config=[{"name": "a", "required": False, "type": "string"}],
        webhook_url="https://hooks.example/a?token=abcdef",
        faq_items=faq("A", "B", "A"),
    )
    assert desk.apply().code == 0
    assert desk.settled()


@pytest.mark.parametrize(
    "habits",
    [
        {"ids": "prefixed", "errors": "message"},
        {"ids": "integer", "retrieve_enveloped": True},
        {"list_has_faq": False, "nulls": False, "floats": True},
        {"retrieve_has_faq": False, "extra_members": True},
        {"write_has_faq": False, "reversed_order": True},
        {"generation": "seed", "list_has_faq": False, "write_has_faq": False, "floats": True},
    ],
    ids=",".join,
)
def test_create_and_replace_work_with_any_habits_of_the_service(
    desk_with: MakeDesk, habits: Document
) -> None:
    desk = desk_with(**habits)
    desk.service.add("another")
    desk.project.define(faq_items=faq("A"), voice={"id": "v", "provider": "cartesia"})
    assert desk.apply().code == 0
    assert desk.settled()
    desk.project.define(faq_items=faq("A", "B"), voice={"id": "w", "provider": "cartesia"})
    assert desk.apply().code == 0
    assert desk.settled()
    assert [request.method for request in desk.service.writes] == ["POST", "PATCH"]
