"""`pull` into definitions that are there: what differs is written, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest
from pulling import FILE, HEAD, PLAIN, in_step, untouched
from support.desk import Desk

#: What follows the head of a file, what the account has, and what the file then says there.
EDITS: dict[str, tuple[str, dict[str, Any], str]] = {
    "double quotes": (
        'first_sentence: "Hello"\n',
        {"first_sentence": 'Say "hi"\nnow'},
        'first_sentence: |-\n  Say "hi"\n  now\n',
    ),
    "no quotes, where it needs some": (
        "first_sentence: Hello\n",
        {"first_sentence": "Hello: it's #1"},
        'first_sentence: "Hello: it\'s #1"\n',
    ),
    "what looks like a reference": (
        "first_sentence: Pay $${now}\n",
        {"first_sentence": "Pay ${later}"},
        "first_sentence: Pay $${later}\n",
    ),
    "a block of lines": (
        "voicemail_message: |   # aloud\n    One.  \n\n    Two.\n    Three.\n\n# end\n",
        {"voicemail_message": "One.  \n\nTwo!\nThree.\nFour."},
        "voicemail_message: |   # aloud\n    One.  \n\n    Two!\n    Three.\n    Four.\n\n# end\n",
    ),
    "a block that is emptied": (
        "voicemail_message: |\n  One.\n  Two.\nfirst_sentence: Hello\n",
        {"voicemail_message": "", "first_sentence": "Hello"},
        'voicemail_message: ""\nfirst_sentence: Hello\n',
    ),
    "a folded block": (
        "voicemail_message: >-\n  One and\n  two.\n\n  Three.\nfirst_sentence: Hello\n",
        {"voicemail_message": "One and two.\nFour.", "first_sentence": "Hello"},
        "voicemail_message: |-\n  One and two.\n  Four.\nfirst_sentence: Hello\n",
    ),
    "one line becomes several": (
        "voicemail_message: One.  # short\nfirst_sentence: Hello\n",
        {"voicemail_message": "One.\nTwo.", "first_sentence": "Hello"},
        "voicemail_message: |-  # short\n  One.\n  Two.\nfirst_sentence: Hello\n",
    ),
    "a number, in lines of an object": (
        "voice:\n    # whose\n    provider: cartesia\n\n    speed: 1.05 # slow\n    id: v1\n",
        {"voice": {"provider": "cartesia", "id": "v1", "speed": 1.2, "volume": 1.5}},
        "voice:\n    # whose\n    provider: cartesia\n\n    speed: 1.2 # slow\n"
        "    volume: 1.5\n    id: v1\n",
    ),
    "a member that is back at its default": (
        "voice: {provider: cartesia, id: v1, speed: 1.2}\n",
        {"voice": {"provider": "cartesia", "id": "v1", "speed": None}},
        "voice: {provider: cartesia, id: v1, speed: 1}\n",
    ),
    "a member that cannot be null and is gone": (
        "structured_output_config:\n- {name: x, type: string, required: true, description: d}\n",
        {"structured_output_config": [{"name": "x", "type": "string", "required": True}]},
        "structured_output_config:\n- {name: x, type: string, required: true}\n",
    ),
    "another kind of model": (
        "llm_model:\n  type: dedicated-instance\n  name: gpt-4.1 # ours\n",
        {
            "llm_model": {
                "type": "openrouter",
                "openrouter_model_id": "m",
                "openrouter_provider": "p",
            }
        },
        "llm_model:\n  type: openrouter\n  # ours\n  openrouter_model_id: m\n"
        "  openrouter_provider: p\n",
    ),
    "cleared": (
        "voicemail_message: |\n  Call\n  back.\nmax_duration_end_message: Bye  # short\n",
        {"voicemail_message": None, "max_duration_end_message": None},
        "voicemail_message: null\nmax_duration_end_message: null  # short\n",
    ),
    "a list that is emptied": (
        "faq_items:\n# all\n- {question: A, answer: B}\nvoicemail_message: Hi\n",
        {"faq_items": [], "voicemail_message": "Hi"},
        "faq_items: []\n# all\nvoicemail_message: Hi\n",
    ),
    "a list that is filled": (
        "faq_items: [] # none\n",
        {"faq_items": [{"question": "A", "answer": "B\nC"}]},
        "faq_items: # none\n  - question: A\n    answer: |-\n      B\n      C\n",
    ),
    "one answer, one gone and a new one": (
        "faq_items:\n- question: Dogs?\n  answer: No   # alas\n# cats\n- question: Cats?\n"
        "  answer: No\n\n# birds\n- answer: Yes\n  question: Birds?\n# end\n",
        {
            "faq_items": [
                {"question": "Fish?", "answer": "Yes"},
                {"question": "Birds?", "answer": "Yes"},
                {"question": "Dogs?", "answer": "Yes"},
            ]
        },
        'faq_items:\n- question: Dogs?\n  answer: "Yes"   # alas\n# cats\n\n# birds\n'
        '- answer: Yes\n  question: Birds?\n- question: Fish?\n  answer: "Yes"\n# end\n',
    ),
    "one gone, and another answer to the next, whose remark stays with it": (
        "faq_items:\n- question: Dogs?\n  answer: Yes\n# two\n- question: Cats?\n  answer: No\n",
        {
            "faq_items": [
                {"question": "Cats?", "answer": "Two"},
                {"question": "Fish?", "answer": "Three"},
            ]
        },
        "faq_items:\n# two\n- question: Cats?\n  answer: Two\n- question: Fish?\n  answer: Three\n",
    ),
    "a remark behind a text that holds a #, and goes": (
        "faq_items:\n- question: Dogs?\n  answer: 'No #1'  # never\n- question: Cats?\n"
        "  answer: No\n",
        {"faq_items": [{"question": "Cats?", "answer": "No"}]},
        "faq_items:\n# never\n- question: Cats?\n  answer: No\n",
    ),
    "several lines above a remark that they would swallow": (
        "voicemail_message: One.\n  # aloud\n\n  # twice\nfirst_sentence: Hello\n",
        {"voicemail_message": "One.\nTwo.", "first_sentence": "Hello"},
        'voicemail_message: "One.\\nTwo."\n  # aloud\n\n  # twice\nfirst_sentence: Hello\n',
    ),
    "new lines below a remark that they would swallow": (
        "first_sentence: Hello\n  # aloud\n\n# end\n",
        {"first_sentence": "Hello", "voicemail_message": "One.\nTwo."},
        "first_sentence: Hello\n  # aloud\nvoicemail_message: |-\n  One.\n  Two.\n\n# end\n",
    ),
    "days, whatever their order": (
        "call_retry_config:\n  allowed_days: [tuesday, monday]  # busy\n  calling_windows: []\n"
        "  max_retry_attempts: 3\n",
        {
            "call_retry_config": {
                "allowed_days": ["friday", "monday"],
                "calling_windows": [],
                "max_retry_attempts": 3,
                "call_twice_in_a_row": True,
            }
        },
        "call_retry_config:\n  allowed_days: [monday, friday]  # busy\n"
        "  call_twice_in_a_row: true\n  calling_windows: []\n  max_retry_attempts: 3\n",
    ),
    "equal by meaning": (
        "max_call_duration_secs: 600.0\nfirst_sentence: Hello\nvoicemail_message: |\n  Call.\n",
        {"max_call_duration_secs": 600, "first_sentence": "Bye", "voicemail_message": "Call."},
        "max_call_duration_secs: 600.0\nfirst_sentence: Bye\nvoicemail_message: |\n  Call.\n",
    ),
    "a field that is not stated": (
        "",
        {"first_sentence": "Hello", "sms_enabled": True},
        "first_sentence: Hello\n",
    ),
    "an empty list that no request may leave out": (
        "first_sentence: Hello\n",
        {
            "first_sentence": "Hello",
            "slack": {"connection_id": "c", "channels": [], "outcomes": ["none"]},
        },
        "first_sentence: Hello\nslack:\n  connection_id: c\n  channels: []\n  outcomes: [none]\n",
    ),
}


@pytest.mark.parametrize(
    ("edit", "ends", "mark"),
    [
        *((edit, "\n", b"") for edit in EDITS),
        ("a block of lines", "\r\n", b"\xef\xbb\xbf"),
        ("one answer, one gone and a new one", "\r\n", b"\xef\xbb\xbf"),
    ],
)
def test_what_differs_is_written_and_every_other_byte_stays(
    desk: Desk, edit: str, ends: str, mark: bytes
) -> None:
    form, held, then = EDITS[edit]
    desk.service.add(**PLAIN, **held)
    path = desk.project.write(FILE, mark + (HEAD + form).replace("\n", ends).encode())
    result = desk.run("pull")
    assert (result.code, result.err) == (0, ""), result.said
    assert path.read_bytes().decode() == mark.decode() + (HEAD + then).replace("\n", ends)
    assert in_step(desk)
    assert desk.service.writes == []


def test_what_was_written_is_told(desk: Desk) -> None:
    desk.service.add("Desk", prompt="Be brief.", voice={"provider": "cartesia", "id": "v2"})
    desk.project.write(FILE, HEAD + "voice: {provider: cartesia, id: v1}\n")
    assert desk.run("pull").out == (
        f"{FILE}: prompt, voice.id\n0 definitions written, 1 defined already, 1 of them changed\n"
    )


def test_the_name_of_a_bound_definition_is_taken_over(desk: Desk) -> None:
    identity = desk.service.add("Reception")
    path = desk.project.write(FILE, HEAD + f"sync: {{id: {identity}}}\n")
    assert desk.run("pull").code == 0
    assert path.read_text().startswith("name: Reception\n")
    assert in_step(desk)


def test_a_name_that_is_to_change_stays(desk: Desk) -> None:
    desk.service.add("Reception", prompt="Be brief.")
    path = desk.project.write(FILE, HEAD + "sync: {renamed_from: Reception}\n")
    assert desk.run("pull").code == 0
    assert path.read_text().startswith("name: Desk\nprompt: Be brief.\n")


def test_two_definitions_get_one_name_where_both_are_bound(desk: Desk) -> None:
    ids = [desk.service.add("Desk"), desk.service.add("Desk")]
    for key, identity in zip(("one", "two"), ids, strict=True):
        desk.project.define(key, name=f"Desk {key}", prompt="Be kind.", sync={"id": identity})
    assert desk.run("pull").code == 0
    for key in ("one", "two"):
        assert (desk.root / f"assistants/{key}.yaml").read_text().startswith("name: Desk\n")
    assert in_step(desk)


def test_but_not_where_one_of_them_is_found_by_its_name(desk: Desk) -> None:
    identity = desk.service.add("Desk")
    desk.project.define("one", name="Desk one", prompt="Be kind.", sync={"id": identity})
    desk.project.define("two", name="Desk", prompt="Be kind.")
    untouched(desk, "assistants/one.yaml:1:7: name is not written: another definition already")


def test_open_questions_stay_out(desk: Desk) -> None:
    identity = desk.service.add("Desk", faq_items=[{"question": "A", "answer": "C"}])
    desk.service.ask(identity, "Parking?")
    path = desk.project.write(FILE, HEAD + "faq_items: [{question: A, answer: B}]\n")
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + "faq_items: [{question: A, answer: C}]\n"
    assert in_step(desk)


def test_what_is_left_to_the_dashboard_is_left_alone(desk: Desk) -> None:
    desk.service.add("Desk", first_sentence="Bye")
    desk.project.write(FILE, HEAD + "first_sentence: Hello\nsync: {ignore: [first_sentence]}\n")
    untouched(desk, code=0)


def test_with_absent_reset_what_is_not_stated_is_added_in_its_place(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    desk.service.add("Desk", voicemail_message="Call back.", first_sentence_delay_ms=500)
    path = desk.project.write(FILE, "# Ours.\n" + HEAD + "max_call_duration_secs: 600\n# end\n")
    assert desk.run("pull").code == 0
    assert path.read_text() == (
        "# Ours.\nname: Desk\nprompt: Be kind.\nfirst_sentence_delay_ms: 500\n"
        "voicemail_message: Call back.\nmax_call_duration_secs: 600\n# end\n"
    )
    assert in_step(desk)


def test_a_field_of_a_later_version_is_written_under_extra(desk: Desk) -> None:
    desk.service.add("Desk", mood={"tone": "calm", "level": 2})
    path = desk.project.write(FILE, HEAD + "sync:\n  extra:\n    mood: {tone: gay, level: 1}\n")
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + "sync:\n  extra:\n    mood: {tone: calm, level: 2}\n"


def test_what_no_definition_may_state_is_told(desk: Desk) -> None:
    desk.service.add("Desk", first_sentence_delay_ms=-5)
    desk.project.write(FILE, HEAD + "first_sentence_delay_ms: 5\n")
    untouched(desk, "first_sentence_delay_ms is not written: no definition may state it")


def test_fields_that_only_go_together_are_taken_together(desk: Desk) -> None:
    desk.service.add("Desk", first_sentence="Hello", first_sentence_mode="static")
    path = desk.project.write(FILE, HEAD + "first_sentence_mode: none\nfirst_sentence: null\n")
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + "first_sentence_mode: static\nfirst_sentence: Hello\n"
