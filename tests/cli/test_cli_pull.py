"""`pull`: assistants of the account become definitions, and a plan right after is empty."""

from __future__ import annotations

from typing import Any

import pytest
from pulling import in_step, text
from support import cli
from support.desk import Desk

GOLDEN = """\
name: Front desk
prompt: |
  You are the front desk.

    - Be kind.
first_sentence: "Hello: how can I help?"
first_sentence_mode: static
call_retry_config:
  calling_windows:
    - calling_window_start_time: "9am"
      calling_window_end_time: "18:00"
      retry_delay_seconds: 600
  max_retry_attempts: 3
  allowed_days: [monday, sunday]
faq_items:
  - question: Dogs?
    answer: |-
      Yes,
      small ones.
voice:
  provider: cartesia
  id: v1
  volume: 1.5
background_sound_volume: 0.5
thinking_sound_probability: 0.5
thinking_sound_volume: 0.5
ivr_navigation_enabled: false
max_call_duration_secs: 600
llm_model:
  type: dedicated-instance
  name: gpt-4.1
stt_model: stt-rt-v5
sms_enabled: false
sync:
"""

READ_ONLY = ("organization_id", "created_at", "updated_at", "created_by", "pending_faq_count")


def test_an_assistant_becomes_a_definition_that_people_like_to_read(desk: Desk) -> None:
    identity = desk.service.add(
        "Front desk",
        prompt="You are the front desk.\n\n  - Be kind.\n",
        first_sentence="Hello: how can I help?",
        first_sentence_mode="static",
        voice={"provider": "cartesia", "id": "v1", "speed": 1.0, "model": None, "volume": 1.5},
        call_retry_config={
            "calling_windows": [
                {
                    "calling_window_start_time": "9am",
                    "calling_window_end_time": "18:00",
                    "retry_delay_seconds": 600,
                }
            ],
            "max_retry_attempts": 3,
            "timezone": None,
            "allowed_days": ["monday", "sunday"],
            "call_twice_in_a_row": False,
        },
        faq_items=[{"question": "Dogs?", "answer": "Yes,\nsmall ones."}],
    )
    result = desk.run("pull")
    assert (result.code, result.err) == (0, "")
    assert text(desk) == GOLDEN + f"  id: {identity}\n"
    assert result.out == (
        f"assistants/front-desk.yaml: Front desk ({identity})\n"
        "1 definition written, 0 defined already\n"
    )
    assert in_step(desk)
    assert desk.service.writes == []


def test_a_project_needs_no_folder_yet(desk: Desk) -> None:
    (desk.root / "assistants").rmdir()
    desk.service.add("Front desk")
    assert desk.run("pull").code == 0
    assert in_step(desk)


def test_a_definition_of_a_project_names_its_schema_to_editors(desk: Desk) -> None:
    """The copy comes with the first one; a folder with nothing but definitions stays bare."""
    schema = "assistants/_definition.schema.json"
    desk.project.write("revox-sync.yaml", "{}\n")
    desk.service.add("Front desk")
    assert desk.run("pull", "--check").code == 2
    assert schema not in desk.project.files()
    desk.run("pull")
    assert text(desk).startswith("# yaml-language-server: $schema=_definition.schema.json\nname: ")
    assert desk.project.files()[schema].decode() == cli.invoke("schema", env={}, cwd=desk.root).out
    desk.project.write(schema, "{}\n")
    desk.service.add("Night desk")
    desk.run("pull")
    assert desk.project.files()[schema] == b"{}\n", "what is there is left"
    assert in_step(desk)


def test_everything_that_is_not_defined_is_pulled(desk: Desk) -> None:
    bound = desk.service.add("Reception")
    for name in ("Front desk", "Night desk", "Old name"):
        desk.service.add(name)
    desk.project.define("one", name="Front desk", prompt="Be kind.")
    desk.project.define("two", name="Reception", prompt="Be kind.", sync={"id": bound})
    desk.project.define("three", name="New", prompt="Be kind.", sync={"renamed_from": "Old name"})
    before = desk.project.files()
    result = desk.run("pull")
    assert result.code == 0
    assert "1 definition written, 3 defined already" in result.out
    assert desk.project.files().keys() - before.keys() == {"assistants/night-desk.yaml"}
    assert before.items() <= desk.project.files().items()


@pytest.mark.parametrize("by", ["name", "id"])
def test_one_can_be_chosen(desk: Desk, by: str) -> None:
    identity = desk.service.add("Front desk")
    desk.service.add("Night desk")
    assert desk.run("pull", "Front desk" if by == "name" else identity).code == 0
    assert list(desk.project.files()) == ["assistants/front-desk.yaml"]


def test_several_can_be_chosen_by_a_glob(desk: Desk) -> None:
    for name in ("Front desk", "Night desk", "Night bar [new]", "Night*"):
        desk.service.add(name)
    assert desk.run("pull", "N*t [bd]*").code == 0
    assert list(desk.project.files()) == [
        "assistants/night-bar-new.yaml",
        "assistants/night-desk.yaml",
    ]
    assert desk.run("pull", "Night*", "Night bar [new]").code == 0
    assert "assistants/night.yaml" in desk.project.files()
    assert "assistants/front-desk.yaml" not in desk.project.files()


def test_one_that_is_defined_as_it_is_is_left_alone_and_named(desk: Desk) -> None:
    desk.service.add("Front desk", prompt="Be kind.")
    desk.project.define("desk", name="Front desk", prompt="Be kind.")
    before = desk.project.files()
    result = desk.run("pull", "Front desk")
    assert result.code == 0
    assert "Front desk is defined in assistants/desk.yaml\n" in result.out
    assert desk.project.files() == before


def test_one_of_another_organization_that_a_definition_is_bound_to_is_not_new(desk: Desk) -> None:
    desk.service.add("Night desk", prompt="Be kind.")
    desk.project.define("night", name="Night desk", prompt="Be kind.")
    identity = desk.service.add("Front desk", prompt="Be brief.")
    desk.service.assistants[identity]["organization_id"] = "org_other"
    desk.project.define("desk", name="Front desk", sync={"id": identity})
    result = desk.run("pull")
    assert (result.code, result.out) == (0, "0 definitions written, 2 defined already\n")


def test_two_of_one_name_are_both_pulled(desk: Desk) -> None:
    twins = {desk.service.add("Front desk"), desk.service.add("Front desk")}
    assert desk.run("pull", "Front desk").code == 0
    texts = [text(desk, key) for key in ("front-desk", "front-desk-2")]
    assert {found.rpartition("id: ")[2].strip().strip('"') for found in texts} == twins
    assert desk.settled()


def test_those_that_a_definition_may_mean_are_left_alone(desk: Desk) -> None:
    one, other = desk.service.add("Front desk"), desk.service.add("Front desk")
    desk.project.define("desk", name="Front desk")
    before = desk.project.files()
    result = desk.run("pull")
    assert f"Front desk ({one}) is left alone: assistants/desk.yaml may mean it" in result.out
    assert f"Front desk ({other}) is left alone" in result.out
    assert (result.code, desk.project.files()) == (3, before)


@pytest.mark.parametrize(
    ("name", "prompt"), [("Reception", "Be kind to guests."), ("FRONT  desk", "Be brief.")]
)
def test_one_that_a_definition_may_mean_under_another_name_is_left_alone(
    desk: Desk, name: str, prompt: str
) -> None:
    """A second definition, bound to it, would let the next apply create a twin."""
    identity = desk.service.add(name, prompt=prompt)
    desk.service.add("Night desk", prompt="Be awake.")
    desk.project.define("desk", name="Front desk", prompt="Be kind to guests.")
    result = desk.run("pull")
    assert (
        f"{name} ({identity}) is left alone: assistants/desk.yaml may mean it under another name; "
        f"bind that definition to it with `sync: {{id: {identity}}}`, or remove the file\n"
    ) in result.out
    assert result.code == 4
    assert desk.project.files().keys() == {"assistants/desk.yaml", "assistants/night-desk.yaml"}
    assert desk.run("plan").code == 3


def test_of_two_of_one_name_however_spelled_both_are_left_alone(desk: Desk) -> None:
    ids = [desk.service.add(name) for name in ("Café", "Cafe\u0301")]
    desk.project.define("cafe", name="Café")
    result = desk.run("pull")
    for identity in ids:
        assert f"({identity}) is left alone: assistants/cafe.yaml may mean it or" in result.out
    assert result.code == 3


def test_one_that_lists_hide_is_pulled_by_its_id(desk: Desk) -> None:
    identity = desk.service.add("Sub", type="sub-assistant")
    desk.service.hidden.add(identity)
    assert "0 definitions written" in desk.run("pull").out
    assert desk.run("pull", identity).code == 0
    assert "type: sub-assistant\n" in text(desk, "sub")
    assert in_step(desk)


@pytest.mark.parametrize("wanted", ["Front Desk", "", "..", "a/../b", "Night*"])
def test_a_name_that_nothing_has_is_wrong_usage(desk: Desk, wanted: str) -> None:
    desk.service.add("Front desk")
    result = desk.run("pull", "Front desk", wanted)
    assert result.code == 64
    assert repr(wanted) in result.err
    assert desk.project.files() == {}


def test_a_service_that_refuses_a_name_as_an_id_says_the_same(desk: Desk) -> None:
    desk.service.add("Front desk")
    desk.service.on("GET", "/assistants/*", status=422, body={"error": "not a uuid"})
    result = desk.run("pull", "Front dekk")
    assert result.code == 64
    assert "did you mean Front desk?" in result.err


def test_broken_definitions_stop_it_before_the_network(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: [\n")
    result = desk.run("pull")
    assert result.code == 1
    assert "assistants/a.yaml:" in result.err
    assert desk.service.requests == []


def test_a_key_of_another_organization_reads_nothing(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "organization_id: org_other\n")
    desk.service.add("Front desk")
    assert desk.run("pull").code == 3
    assert [request.path for request in desk.service.requests] == ["/users/me"]


def test_open_questions_stay_out_of_the_faq(desk: Desk) -> None:
    identity = desk.service.add("Front desk", faq_items=[{"question": "Dogs?", "answer": "Yes."}])
    desk.service.ask(identity, "Cats?")
    desk.run("pull")
    assert "Dogs?" in text(desk)
    assert "Cats?" not in text(desk)
    assert in_step(desk)


def test_nothing_of_the_service_alone_is_stated(desk: Desk) -> None:
    desk.service.add("Front desk", position={"x": 1, "y": 2}, created_by={"id": "u", "email": "e"})
    result = desk.run("pull")
    assert not any(f"{name}:" in text(desk) for name in (*READ_ONLY, "position"))
    assert "  position: the dashboard's own" in result.out


@pytest.mark.parametrize(
    ("fields", "left_out"),
    [
        (
            {"first_sentence_delay_ms": -5},
            "first_sentence_delay_ms: `first_sentence_delay_ms` must",
        ),
        ({"background_sound": "audio/new.ogg"}, "background_sound: `background_sound` must be"),
        ({"after_call_sms_outcomes": ["do_not_contact"]}, "after_call_sms_outcomes: this account"),
        ({"first_sentence": "half \ud83d of a pair"}, "first_sentence: it holds a character"),
        ({"voicemail_message": "a \0 b"}, "voicemail_message: it holds a character"),
        ({"voice": {"id": "a \0 b", "provider": "cartesia"}}, "voice: it holds a character"),
        ({"llm_model": {"type": "brand-new", "size": 1}}, "llm_model: "),
        ({"voice": "a text"}, "voice: "),
    ],
)
def test_what_no_definition_can_state_is_left_to_the_dashboard(
    desk: Desk, fields: dict[str, Any], left_out: str
) -> None:
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    desk.service.add("Front desk", end_of_call_sentence="Bye", **fields)
    result = desk.run("pull")
    assert result.code == 0
    assert f"  {left_out}" in result.out
    assert f"  ignore: [{next(iter(fields))}]\n" in text(desk)
    assert "end_of_call_sentence: Bye\n" in text(desk)
    assert in_step(desk)


def test_an_assistant_without_a_usable_name_is_told_and_the_others_are_pulled(desk: Desk) -> None:
    desk.service.add("Front desk")
    nameless = desk.service.add(" ")
    assert desk.run("pull", "--check").code == 2
    result = desk.run("pull")
    assert result.code == 4
    assert f"({nameless}) is not written: name: the name is blank\n" in result.out
    assert "1 definition written, 0 defined already, 1 not written\n" in result.out
    assert desk.run("pull").code == 3


def test_what_an_account_says_is_shown_as_data(desk: Desk) -> None:
    desk.service.add("::error::\x1b[31m\u202eno")
    result = desk.run("pull")
    assert result.code == 0
    assert "\x1b" not in result.out
    assert "\\x1b[31m\\u202eno" in result.out


def test_texts_that_mislead_yaml_come_back_as_they_are(desk: Desk) -> None:
    texts = [
        "yes",
        "1.0",
        "null",
        "---",
        "# no",
        "${secret.X}",
        "{{name}}",
        "a \t\r\n\x85b\u2028",
        "-",
    ]
    identity = desk.service.add(
        "Front desk",
        prompt="\r\n".join(texts),
        faq_items=[{"question": found, "answer": found} for found in texts],
        stt_context={"general": [], "terms": texts},
    )
    assert desk.run("pull").code == 0
    assert in_step(desk)
    desk.service.edit(identity, prompt="\n".join(texts) + "!")
    assert list(desk.changes()) == ["prompt"]


@pytest.mark.parametrize("option", [[], ["--prompts"]])
def test_two_megabytes_come_back_as_they_are(desk: Desk, option: list[str]) -> None:
    prompt = "".join(f"Rule {number}: be kind.  \n" for number in range(90_000))
    desk.service.add("Front desk", prompt=prompt)
    assert desk.run("pull", *option).code == 0
    assert ("assistants/prompts/front-desk.md" in desk.project.files()) == bool(option)
    assert in_step(desk)


def test_a_default_that_the_account_holds_against_is_left_to_the_dashboard(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "defaults: {max_call_duration_secs: 600}\n")
    desk.service.add("Front desk", max_call_duration_secs=None)
    result = desk.run("pull")
    assert result.code == 0
    assert "  max_call_duration_secs: what a file can state of it is not what" in result.out
    assert "  ignore: [max_call_duration_secs]\n" in text(desk)
    assert in_step(desk)


def test_defaults_of_the_project_are_not_repeated_and_deviations_are(desk: Desk) -> None:
    desk.project.write(
        "revox-sync.yaml",
        "ignore: [stt_model]\n"
        "defaults:\n"
        "  max_call_duration_secs: 600\n"
        "  end_of_call_sentence: Bye\n"
        "  voicemail_message: Call us.\n"
        "  position: {x: 1, y: 2}\n",
    )
    desk.service.add("Front desk", voicemail_message="Call back.", position={"x": 1, "y": 3})
    assert desk.run("pull").code == 0
    assert "max_call_duration_secs" not in text(desk)
    assert "stt_model" not in text(desk)
    assert "end_of_call_sentence: null\nvoicemail_message: Call back.\n" in text(desk)
    assert "position:\n  x: 1\n" in text(desk)
    assert in_step(desk)
