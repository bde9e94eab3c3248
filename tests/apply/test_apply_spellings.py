"""What a service prints is not always what it takes, nor the same in a list and by id."""

from __future__ import annotations

from support.desk import MakeDesk
from support.renewal import Renewal

WINDOW = {
    "calling_window_start_time": "09:00",
    "calling_window_end_time": "18:00",
    "retry_delay_seconds": 1800,
}
RETRY = {
    "allowed_days": ["monday"],
    "call_twice_in_a_row": False,
    "calling_windows": [WINDOW],
    "max_retry_attempts": 3,
}

ITEMS = [
    {"question": "Dogs?", "answer": "Yes."},
    {"question": "Cats?", "answer": "No."},
    {"question": "Cats?", "answer": "Never."},
]


def test_a_rollback_sends_integers_where_the_service_prints_400_0(desk_with: MakeDesk) -> None:
    desk = desk_with(floats=True)
    identity = desk.service.add("front-desk", first_sentence_delay_ms=700, call_retry_config=RETRY)
    desk.project.define(
        prompt="Be kind.",
        first_sentence_delay_ms=900,
        call_retry_config={**RETRY, "max_retry_attempts": 5},
    )
    assert desk.apply().code == 0
    result = desk.rollback()
    assert result.code == 0, result.out
    held = desk.service.assistants[identity]
    assert held["first_sentence_delay_ms"] == 700
    assert held["call_retry_config"]["max_retry_attempts"] == 3


def test_a_recreate_sends_integers_where_the_service_prints_400_0(desk_with: MakeDesk) -> None:
    story = Renewal(desk_with(floats=True))
    story.service.edit(story.old, call_retry_config=RETRY, first_sentence_delay_ms=700)
    story.was = story.held(story.old)
    result = story.desk.apply()
    assert result.code == 0, result.out
    story.assert_replaced()


def test_a_faq_in_another_order_by_id_than_in_the_list_is_the_same(desk_with: MakeDesk) -> None:
    desk = desk_with(retrieve_turns_faq=True)
    identity = desk.service.add("front-desk", faq_items=ITEMS)
    for question in ("Is there a pool?", "Is there a sauna?"):
        desk.service.ask(identity, question)
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEMS[0], "answer": "Up to 10 kg."}])
    result = desk.apply("--drop-open-questions")
    assert result.code == 0, result.out
    assert desk.settled()


def test_a_saved_plan_holds_when_the_list_turns_a_faq_round(desk_with: MakeDesk) -> None:
    desk = desk_with()
    identity = desk.service.add("front-desk", faq_items=ITEMS)
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEMS[0], "answer": "Up to 10 kg."}])
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.service.assistants[identity]["faq_items"].reverse()
    assert desk.run("apply", "plan.json", "--auto-approve").code == 0
