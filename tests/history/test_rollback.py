"""``rollback``: an ordinary plan towards what a run replaced, carried out like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.service import Habits

ITEM = {"question": "Dogs?", "answer": "Yes."}
CATS = {"question": "Cats?", "answer": "No."}


def questions(desk: Desk, identity: str) -> list[tuple[str, str]]:
    items = desk.service.assistants[identity]["faq_items"]
    return [(item["question"], item["answer"]) for item in items]


def changed(desk: Desk, before: dict[str, Any], after: dict[str, Any], *options: str) -> str:
    """Apply a definition to an assistant that was otherwise; return its id."""
    identity = desk.service.add("front-desk", **before)
    desk.project.define(**{"prompt": "Be kind.", **after})
    result = desk.apply(*options)
    assert result.code == 0, result.said
    return identity


FIELDS: dict[str, tuple[Any, Any]] = {
    "prompt": ("Old.", "New."),
    "voicemail_message": ("Old.", None),
    "max_call_duration_secs": (300, 900),
    "voice": (
        {"provider": "cartesia", "id": "v1", "speed": 1.1, "volume": 0.5},
        {"provider": "cartesia", "id": "v2"},
    ),
    "structured_output_config": (
        [{"name": "a", "type": "string", "required": True}],
        [{"name": "b", "type": "number", "required": False}],
    ),
    "webhook_url": ("https://hooks.example/old", "https://hooks.example/new"),
    "calendly": (None, {"connection_id": "c", "event_type_id": "e"}),
    "call_retry_config": (
        {
            "calling_windows": [
                {
                    "calling_window_start_time": "9am",
                    "calling_window_end_time": "6pm",
                    "retry_delay_seconds": 60,
                }
            ],
            "max_retry_attempts": 2,
            "allowed_days": ["monday"],
            "call_twice_in_a_row": True,
        },
        {
            "calling_windows": [
                {
                    "calling_window_start_time": "10am",
                    "calling_window_end_time": "5pm",
                    "retry_delay_seconds": 90,
                }
            ],
            "max_retry_attempts": 3,
        },
    ),
}


@pytest.mark.parametrize(("name", "values"), FIELDS.items(), ids=FIELDS)
def test_a_field_is_put_back_whole(desk: Desk, name: str, values: tuple[Any, Any]) -> None:
    before, after = values
    identity = changed(desk, {name: before}, {name: after})
    assert desk.service.assistants[identity][name] != before
    result = desk.rollback()
    assert result.code == 0, result.said
    assert desk.service.assistants[identity][name] == before


def test_it_shows_the_plan_and_asks_for_consent(desk: Desk) -> None:
    changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    done = len(desk.service.writes)
    result = desk.run("rollback")
    assert result.code == 3
    assert "New." in result.out
    assert "Old." in result.out
    assert "there is no terminal to confirm on" in result.err
    assert len(desk.service.writes) == done


def test_the_whole_faq_is_put_back(desk: Desk) -> None:
    identity = changed(
        desk, {"faq_items": [ITEM, CATS]}, {"faq_items": [{**ITEM, "answer": "No."}]}
    )
    assert desk.rollback().code == 0
    assert questions(desk, identity) == [("Dogs?", "Yes."), ("Cats?", "No.")]


def test_a_faq_that_was_empty_is_emptied_again(desk: Desk) -> None:
    identity = changed(desk, {}, {"faq_items": [ITEM]})
    assert desk.rollback().code == 0
    assert questions(desk, identity) == []


def test_open_questions_are_listed_and_never_put_back_as_answered(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[CATS])
    assert desk.apply("--drop-open-questions").code == 0
    result = desk.rollback()
    assert result.code == 0
    assert 'the open question "Is there a pool?" was there, and cannot be put back' in result.out
    assert questions(desk, identity) == [("Dogs?", "Yes.")]


def test_open_questions_raised_since_need_consent(desk: Desk) -> None:
    identity = changed(desk, {"faq_items": [ITEM]}, {"faq_items": [CATS]})
    desk.service.ask(identity, "Is there a pool?")
    refused = desk.rollback()
    assert refused.code == 3
    assert "Is there a pool?" in refused.out
    assert desk.rollback("--drop-open-questions").code == 0
    assert questions(desk, identity) == [("Dogs?", "Yes.")]


def test_a_faq_that_only_the_list_tells_is_put_back(desk_with: MakeDesk) -> None:
    desk = desk_with(retrieve_has_faq=False, write_has_faq=False)
    identity = changed(desk, {"faq_items": [ITEM]}, {"faq_items": [CATS]})
    assert desk.rollback().code == 0
    assert questions(desk, identity) == [("Dogs?", "Yes.")]


def test_a_faq_that_nobody_knew_then_is_left_alone(desk_with: MakeDesk) -> None:
    untold = Habits(list_has_faq=False, retrieve_has_faq=False, write_has_faq=False)
    desk = desk_with(**vars(untold))
    identity = desk.service.add("front-desk", "Old.", faq_items=[ITEM])
    desk.project.define(prompt="New.", faq_items=[CATS])
    assert desk.apply("--push-unknown").code == 0
    desk.service.habits = replace(untold, retrieve_has_faq=True)
    result = desk.rollback()
    assert result.code == 0
    assert "faq_items: left alone, because the account did not tell what it was" in result.out
    assert desk.service.assistants[identity]["prompt"] == "Old."
    assert questions(desk, identity) == [("Cats?", "No.")]


def test_a_name_is_put_back_and_the_assistant_found_by_its_id(desk: Desk) -> None:
    identity = desk.service.add("Reception")
    desk.project.define(name="Front desk", prompt="Be kind.", sync={"renamed_from": "Reception"})
    assert desk.apply().code == 0
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["name"] == "Reception"


def test_what_cannot_be_cleared_is_told(desk: Desk) -> None:
    identity = changed(desk, {}, {"first_sentence": "Hello.", "prompt": "New."})
    result = desk.rollback()
    assert "first_sentence: cannot be cleared in place" in result.out
    assert desk.service.assistants[identity]["prompt"] == "Be kind."
    assert desk.service.assistants[identity]["first_sentence"] == "Hello."


def test_only_what_the_run_wrote_is_put_back(desk: Desk) -> None:
    identity = changed(desk, {"prompt": "Old.", "sms_template": "Old."}, {"prompt": "New."})
    desk.service.edit(identity, sms_template="Typed since.", voicemail_message="Typed since.")
    assert desk.rollback().code == 0
    document = desk.service.assistants[identity]
    assert desk.service.writes[-1].body == {"prompt": "Old."}
    assert (document["sms_template"], document["prompt"]) == ("Typed since.", "Old.")


def test_it_refuses_when_somebody_changes_the_assistant_between_plan_and_write(
    desk: Desk,
) -> None:
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    desk.service.on(
        "GET", f"/assistants/{identity}", edit=lambda: desk.service.edit(identity, prompt="Typed.")
    )
    result = desk.rollback()
    assert result.code == 3
    assert "changed in the account since the plan was made: prompt" in result.out
    assert desk.service.assistants[identity]["prompt"] == "Typed."


def test_an_assistant_that_is_gone_is_refused_and_the_others_are_put_back(desk: Desk) -> None:
    ids = {key: desk.service.add(key, prompt="Old.") for key in ("a", "b")}
    desk.project.define("a", prompt="New a.")
    desk.project.define("b", prompt="New b.")
    assert desk.apply().code == 0
    desk.service.delete(ids["a"])
    result = desk.rollback()
    assert result.code == 4
    assert "is gone from the account" in result.out
    assert desk.service.assistants[ids["b"]]["prompt"] == "Old."
    assert len(desk.service.sent("POST")) == 0


def test_an_assistant_that_was_renamed_since_is_found_by_its_id(desk: Desk) -> None:
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    desk.service.edit(identity, name="Concierge")
    desk.service.add("front-desk", prompt="A stranger's.")
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["prompt"] == "Old."
    assert desk.service.assistants[identity]["name"] == "Concierge"


def test_a_rollback_can_be_rolled_back(desk: Desk) -> None:
    identity = changed(
        desk,
        {"prompt": "Old.", "faq_items": [ITEM]},
        {"prompt": "New.", "faq_items": [CATS]},
    )
    assert desk.rollback().code == 0
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["prompt"] == "New."
    assert questions(desk, identity) == [("Cats?", "No.")]
    assert desk.settled()


def test_it_says_that_git_still_says_otherwise(desk: Desk) -> None:
    changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    result = desk.rollback()
    assert "git still holds the definitions as they were applied" in result.err
    assert desk.run("drift").code == 2


def test_nothing_to_put_back_is_nothing_to_do(desk: Desk) -> None:
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    desk.service.edit(identity, prompt="Old.")
    done = len(desk.service.writes)
    result = desk.rollback()
    assert result.code == 0
    assert "Nothing to do." in result.out
    assert len(desk.service.writes) == done


def test_what_failed_in_the_run_is_nothing_to_put_back(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="Old.")
    desk.project.define(prompt="New.")
    desk.service.on("PATCH", status=400, body={"error": "no"})
    assert desk.apply().code == 4
    assert "Nothing to do." in desk.rollback().out


def test_it_works_while_the_definitions_are_broken(desk: Desk) -> None:
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    desk.project.write("assistants/front-desk.yaml", "name: [\n")
    result = desk.rollback()
    assert result.code == 0, result.said
    assert desk.service.assistants[identity]["prompt"] == "Old."


def test_it_works_without_any_definition(desk: Desk) -> None:
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    desk.project.remove("front-desk")
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["prompt"] == "Old."


def test_settings_of_today_do_not_hold_back_what_was_written_then(desk: Desk) -> None:
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    desk.project.write("revox-sync.yaml", "ignore: [prompt]\nabsent: reset\n")
    assert desk.rollback().code == 0
    assert desk.service.writes[-1].body == {"prompt": "Old."}
    assert desk.service.assistants[identity]["prompt"] == "Old."


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_accounts_of_both_generations_are_rolled_back(desk_with: MakeDesk, generation: str) -> None:
    desk = desk_with(generation=generation, ids="integer")
    identity = changed(desk, {"prompt": "Old."}, {"prompt": "New."})
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["prompt"] == "Old."
