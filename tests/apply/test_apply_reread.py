"""Between plan and write: the account is read again, and what moved is refused."""

from __future__ import annotations

import pytest
from support.desk import Desk, MakeDesk

ITEM = {"question": "Dogs?", "answer": "Yes."}


def test_a_managed_field_that_moved_before_the_write_refuses_the_action(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, prompt="Typed just now.")
    )
    result = desk.apply()
    assert result.code == 3
    assert "changed in the account since the plan was made: prompt" in result.out
    assert desk.service.writes == []


def test_nothing_is_made_unless_the_account_was_listed_again(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", "/assistants", nth=2, times=None, status=403, body={"error": "No more."})
    result = desk.apply()
    assert (result.code, "No more." in result.err) == (1, True)
    assert desk.service.writes == []


def test_a_managed_field_that_was_right_and_moved_refuses_the_action(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.", first_sentence="Hi.")
    desk.project.define(prompt="As it shall be.", first_sentence="Hi.")
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, first_sentence="Moved.")
    )
    result = desk.apply()
    assert result.code == 3
    assert "changed in the account since the plan was made: first_sentence" in result.out
    assert desk.service.writes == []


def test_an_unmanaged_field_that_moved_refuses_nothing(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, sms_enabled=True)
    )
    assert desk.apply().code == 0
    assert desk.service.assistants[identity]["sms_enabled"] is True


def test_an_unstated_member_that_moved_is_sent_as_it_is_now(desk: Desk) -> None:
    voice = {"id": "v1", "provider": "cartesia", "volume": 0.5}
    identity = desk.service.add("front-desk", prompt="Be kind.", voice=voice)
    desk.project.define(prompt="Be kind.", voice={"id": "v2", "provider": "cartesia"})
    moved = {**voice, "volume": 0.9}
    desk.service.on("GET", "/assistants/*", edit=lambda: desk.service.edit(identity, voice=moved))
    assert desk.apply().code == 0
    assert desk.service.assistants[identity]["voice"] == {**moved, "id": "v2"}


def test_an_unstated_member_that_is_not_told_any_more_refuses_the_action(desk: Desk) -> None:
    voice = {"id": "v1", "provider": "cartesia", "volume": 0.5}
    identity = desk.service.add("front-desk", prompt="Be kind.", voice=voice)
    desk.project.define(prompt="Be kind.", voice={"id": "v2", "provider": "cartesia"})
    told = {**desk.service.assistants[identity], "voice": {**voice, "volume": None}}
    desk.service.on("GET", "/assistants/*", times=None, status=200, body=told)
    result = desk.apply()
    assert result.code == 3
    assert "changed in the account since the plan was made: voice" in result.out
    assert desk.service.writes == []


def test_an_empty_text_that_stays_so_has_not_moved(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="")
    desk.project.define(prompt="Be kind.")
    assert desk.apply().code == 0
    assert desk.service.assistants[identity]["prompt"] == "Be kind."


def test_an_assistant_that_went_away_before_the_write_is_refused(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on("GET", "/assistants/*", edit=desk.service.assistants.clear)
    result = desk.apply()
    assert result.code == 3
    assert "the assistant is gone" in result.out
    assert desk.service.writes == []


def test_a_refused_action_does_not_stop_another(desk: Desk) -> None:
    identity = desk.service.add("a", prompt="As it was.")
    desk.service.add("b", prompt="As it was, too.")
    desk.project.define("a", prompt="As it shall be.")
    desk.project.define("b", prompt="As it shall be, too.")
    desk.service.on(
        "GET", f"/assistants/{identity}", edit=lambda: desk.service.edit(identity, prompt="x")
    )
    result = desk.apply()
    assert result.code == 4
    assert "Apply: 1 done, 0 failed, 1 refused" in result.out


def test_a_faq_that_moved_before_the_write_refuses_the_action(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="Be kind.", faq_items=[ITEM, {**ITEM, "question": "Cats?"}])
    typed = [ITEM, {"question": "Birds?", "answer": "No."}]
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, faq_items=typed)
    )
    result = desk.apply()
    assert result.code == 3
    assert "changed in the account since the plan was made: faq_items" in result.out


def test_a_faq_that_only_the_list_tells_is_read_again_too(desk_with: MakeDesk) -> None:
    desk = desk_with(retrieve_has_faq=False)
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="Be kind.", faq_items=[ITEM, {**ITEM, "question": "Cats?"}])
    typed = [ITEM, {"question": "Birds?", "answer": "No."}]
    desk.service.on(
        "GET",
        f"/assistants/{identity}",
        edit=lambda: desk.service.edit(identity, faq_items=typed),
    )
    assert desk.apply().code == 3
    assert desk.service.writes == []


@pytest.mark.parametrize("habits", [{}, {"list_has_faq": False}], ids=["in the list", "by id"])
def test_open_questions_are_named_and_need_consent(
    desk_with: MakeDesk, habits: dict[str, bool]
) -> None:
    desk = desk_with(**habits)
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEM, "answer": "Up to 10 kg."}])
    result = desk.apply()
    assert result.code == 3
    assert 'drops the open question "Is there a pool?"' in result.out
    assert "--drop-open-questions" in result.out
    assert desk.service.writes == []


def test_drop_open_questions_agrees(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEM, "answer": "Up to 10 kg."}])
    assert desk.apply("--drop-open-questions").code == 0
    assert [item["question"] for item in desk.service.assistants[identity]["faq_items"]] == [
        "Dogs?"
    ]


def test_open_questions_alone_are_no_drift(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[ITEM])
    assert desk.run("drift").code == 0


def test_open_questions_stay_when_another_field_is_replaced(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be braver.", faq_items=[ITEM])
    assert desk.apply().code == 0
    assert len(desk.service.assistants[identity]["faq_items"]) == 2


def test_a_question_raised_after_the_plan_refuses_the_action_whatever_was_agreed(
    desk: Desk,
) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEM, "answer": "Up to 10 kg."}])
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.ask(identity, "Is there a sauna?")
    )
    result = desk.apply("--drop-open-questions")
    assert result.code == 3
    assert "open questions of the FAQ" in result.out
    assert desk.service.writes == []


@pytest.mark.parametrize("prompt", ["You are front-desk. Be kind.", "Another one's."])
def test_a_create_is_refused_when_an_assistant_of_its_name_appeared_since_the_plan(
    desk: Desk, prompt: str
) -> None:
    desk.project.define()
    desk.service.on("GET", nth=2, edit=lambda: desk.service.add("front-desk", prompt))
    result = desk.apply()
    (identity,) = desk.service.assistants
    assert result.code == 3
    assert f"{identity} has appeared under its name since the plan was made" in result.out
    assert desk.service.writes == []


def test_a_stranger_that_appeared_since_the_plan_refuses_nothing(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", nth=2, edit=lambda: desk.service.add("Elsewhere"))
    assert desk.apply().code == 0


def test_everything_that_moved_is_named(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.", first_sentence="Hi.")
    desk.project.define(prompt="As it shall be.", first_sentence="Hi.", voicemail_message="Bye.")
    moved = {"prompt": "x", "voicemail_message": "y", "sms_enabled": True}
    desk.service.on("GET", "/assistants/*", edit=lambda: desk.service.edit(identity, **moved))
    result = desk.apply()
    assert "since the plan was made: prompt, voicemail_message\n" in result.out


def test_a_managed_field_in_another_spelling_has_not_moved(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.", first_sentence="Hi.")
    desk.project.define(prompt="As it shall be.", first_sentence="Hi.")
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, prompt="As it was.\r\n")
    )
    assert desk.apply().code == 0


def test_a_refusal_before_the_write_leaves_no_snapshot(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, prompt="Typed just now.")
    )
    desk.apply()
    assert desk.records == []


def test_the_next_run_sees_what_moved_and_goes_on(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, prompt="Typed just now.")
    )
    desk.apply()
    assert desk.changes() == {"prompt": ("Typed just now.", "As it shall be.")}
    assert desk.apply().code == 0
