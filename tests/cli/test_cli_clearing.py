"""Emptying fields: null, what PATCH cannot clear, and what a definition no longer states."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stating import FIELDS, LATER_RETRY, OUTPUT, TOOL, VOICE, everything
from support.contract import NEVER_NULL
from support.desk import Desk, MakeDesk

#: Null in answers, never in requests; nothing else clears them either.
NEVER = ("call_retry_config", "end_of_call_sentence", "first_sentence", "voice", "webhook_url")
#: Cleared by null.
BY_NULL = sorted(set(FIELDS["current"]) - NEVER_NULL)
#: Never null, not even in answers.
ALWAYS = sorted(NEVER_NULL - {*NEVER, "structured_output_config"})
#: The state of the dashboard's canvas, and what the service adds to by itself.
OTHERS = ("position", "prompt_flow", "stt_context")
RETRY_AT_REST = {
    "calling_windows": [
        {
            "calling_window_start_time": "10:00",
            "calling_window_end_time": "18:00",
            "retry_delay_seconds": 7200,
        }
    ],
    "max_retry_attempts": 3,
    "timezone": None,
}
FILL = {
    "allowed_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "call_twice_in_a_row": False,
}
#: What the API documents of a field that nobody set.
AT_REST: dict[str, Any] = {
    **{name: None for name in BY_NULL if name not in OTHERS},
    "faq_items": [],
    "structured_output_config": [],
    "first_sentence_delay_ms": 400,
    "call_retry_config": {**RETRY_AT_REST, **FILL},
}
#: No resting value is documented, or others write them, or they are not changed in place.
LEFT_ALONE = sorted(set(FIELDS["current"]) - AT_REST.keys() - {"name", "prompt"})


def stored(desk: Desk, identity: str) -> dict[str, Any]:
    """Return an assistant as the service holds it."""
    return desk.service.assistants[identity]


def nulls(*fields: str) -> dict[str, Any]:
    """Return a null for each field."""
    return dict.fromkeys(fields)


def resetting(desk: Desk, more: str = "") -> None:
    desk.project.write("revox-sync.yaml", f"absent: reset\n{more}")


# A stated null.


def test_null_clears_what_patch_clears_with_null(desk: Desk) -> None:
    for field in BY_NULL:
        desk.service.add(field, **{field: everything()[field]})
        desk.project.define(field, prompt="Be kind.", **nulls(field))
    ops = {action["key"]: {c["op"] for c in action["changes"]} for action in desk.plan()["actions"]}
    assert ops == {field: {"remove"} for field in BY_NULL}
    assert desk.run("drift").code == 2
    assert desk.apply().code == 0
    bodies = [request.body for request in desk.service.writes]
    assert sorted(bodies, key=list) == [{field: None} for field in BY_NULL]
    assert all(one[str(one["name"])] is None for one in desk.service.assistants.values())
    assert desk.settled()


@pytest.mark.parametrize("told", [True, False], ids=["told as null", "not told"])
def test_null_for_what_is_not_set_is_no_change(desk: Desk, told: bool) -> None:
    identity = desk.service.add("front-desk")
    nothing = nulls(*BY_NULL, *NEVER, "structured_output_config")
    for field in nothing if not told else ():
        del stored(desk, identity)[field]
    desk.project.define(prompt="Be kind.", **nothing)
    assert desk.run("drift").code == 0
    assert "cleared" not in " ".join(desk.action()["notes"])


@pytest.mark.parametrize("stated", [None, []])
def test_an_extraction_is_emptied_with_an_empty_list(desk: Desk, stated: Any) -> None:
    desk.service.add("front-desk", structured_output_config=[OUTPUT])
    desk.project.define(prompt="Be kind.", structured_output_config=stated)
    assert desk.apply().code == 0
    assert [request.body for request in desk.service.writes] == [{"structured_output_config": []}]
    assert desk.settled()


@pytest.mark.parametrize("field", ["structured_output_config", "custom_tools", "slack", "zoho"])
def test_a_service_that_keeps_an_empty_list_as_null_took_it(desk: Desk, field: str) -> None:
    empty: Any = [] if isinstance(everything()[field], list) else None
    desk.service.alterations[field] = lambda value: value or None
    desk.service.add("front-desk", **{field: everything()[field]})
    desk.project.define(prompt="Be kind.", **{field: empty})
    assert desk.apply().code == 0
    assert desk.settled()


@pytest.mark.parametrize("field", NEVER)
def test_what_cannot_be_cleared_in_place_is_a_note_and_drift(desk: Desk, field: str) -> None:
    value = everything()[field]
    identity = desk.service.add("front-desk", **{field: value})
    desk.project.define(prompt="Be kind.", **nulls(field))
    action = desk.action()
    assert (action["action"], action["changes"]) == ("unchanged", [])
    assert action["not_clearable"] == [field]
    assert f"{field}: cannot be cleared in place" in " ".join(action["notes"])
    assert desk.settled()
    drift = desk.run("drift")
    assert drift.code == 2
    assert f"{field}: cannot be cleared in place" in drift.out
    assert "cannot be cleared in place" in desk.run("plan").out
    assert desk.apply().code == 0
    assert desk.service.writes == []
    assert stored(desk, identity)[field] == value


def test_another_change_takes_no_null_along(desk: Desk) -> None:
    desk.service.add("front-desk", **{field: everything()[field] for field in NEVER})
    desk.project.define(prompt="Be kind and brief.", **nulls(*NEVER))
    assert desk.apply().code == 0
    assert [request.body for request in desk.service.writes] == [{"prompt": "Be kind and brief."}]


@pytest.mark.parametrize("field", ALWAYS)
def test_null_for_what_always_has_a_value_is_an_error(desk: Desk, field: str) -> None:
    desk.project.define(**nulls(field))
    result = desk.apply()
    assert result.code == 1
    assert f"`{field}` cannot be null" in result.err
    assert "error[null-value]" in result.err
    assert desk.service.requests == []


@pytest.mark.parametrize("generation", ["seed", "0.3.0", "current"])
def test_everything_is_cleared_in_one_request_and_nothing_is_left_to_do(
    desk_of: MakeDesk, generation: str
) -> None:
    desk = desk_of(generation)
    fields = everything(generation)
    nullable = [name for name in FIELDS[generation] if name not in ALWAYS and name in fields]
    nullable = [name for name in nullable if name != "email_notification_language"]
    desk.service.add("front-desk", **fields)
    desk.project.define(prompt=fields["prompt"], **nulls(*nullable))
    assert desk.apply().code == 0
    (patch,) = desk.service.writes
    cleared = set(nullable) - set(NEVER)
    assert patch.body == {**nulls(*cleared), "structured_output_config": []}
    assert desk.settled()


@pytest.mark.parametrize("where", ["service", "sandbox"])
@pytest.mark.parametrize("generation", ["seed", "current"])
def test_a_new_assistant_is_made_without_what_is_null(
    desk_of: MakeDesk, generation: str, where: str
) -> None:
    desk = desk_of(generation)
    nullable = [name for name in FIELDS[generation] if name not in ALWAYS]
    desk.project.define(**nulls(*nullable))
    options = ["--sandbox"] if where == "sandbox" else []
    created = desk.apply("--profile", generation, *options)
    assert created.code == 0, created.said
    assert desk.run("plan", "--detailed-exitcode", *options).code == 0
    assert desk.run("drift", *options).code == 0
    for post in desk.service.writes:
        assert not set(post.body) & set(NEVER)
        assert post.body.get("structured_output_config") == []


def test_null_members_are_left_out_where_no_request_may_hold_them(desk: Desk) -> None:
    """The sandbox refuses a null that is not documented, wherever it stands."""
    values: list[dict[str, Any]] = [
        {"name": "a", "type": "string", "required": True, "enum_options": None}
    ]
    values[0]["description"] = None
    stated = {
        "voice": {**VOICE, "speed": None, "model": None, "volume": None},
        "call_retry_config": {**LATER_RETRY, "timezone": None},
        "structured_output_config": values,
        "custom_tools": [{**TOOL, "input_schema": values, "body_template": None}],
        "llm_model": {
            "type": "realtime",
            "provider": "openai",
            "realtime_model_id": "m",
            "realtime_voice_id": None,
        },
    }
    desk.project.define("new", **stated)
    assert desk.apply("--sandbox").code == 0
    desk.project.define("old")
    desk.apply("--sandbox")
    desk.project.define("old", **stated)
    replaced = desk.apply("--sandbox")
    assert replaced.code == 0, replaced.said
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0


# What a definition does not state, with `absent: reset`.


def test_an_absent_field_goes_back_to_what_is_documented(desk: Desk) -> None:
    resetting(desk)
    for field in AT_REST:
        desk.service.add(field, **{field: everything()[field]})
        desk.project.define(field, prompt="Be kind.")
    for action in desk.plan()["actions"]:
        changes = action["changes"]
        assert changes and all(change["absent"] is True for change in changes)
        paths = {change["path"].partition(".")[0].partition("[")[0] for change in changes}
        assert paths == {action["key"]}
    assert desk.run("drift").code == 2
    assert desk.apply().code == 0
    bodies = [request.body for request in desk.service.writes]
    assert sorted(bodies, key=list) == [{field: AT_REST[field]} for field in sorted(AT_REST)]
    assert desk.settled()


def test_an_absent_field_without_a_documented_rest_is_left_alone(desk: Desk) -> None:
    resetting(desk)
    for field in LEFT_ALONE:
        desk.service.add(field, **{field: everything()[field]})
        desk.project.define(field, prompt="Be kind.")
    assert [action["changes"] for action in desk.plan()["actions"]] == [[]] * len(LEFT_ALONE)
    assert desk.settled()


def test_without_it_an_absent_field_is_left_alone_and_told(desk: Desk) -> None:
    desk.service.add("front-desk", **everything())
    desk.project.define(prompt=everything()["prompt"])
    action = desk.action()
    assert action["changes"] == []
    assert {found["path"] for found in action["reported"]} == {*AT_REST, *NEVER} - {"voice"}
    assert desk.run("drift").code == 2
    assert desk.apply().code == 0
    assert desk.service.writes == []


def test_an_account_at_rest_is_not_reset(desk: Desk) -> None:
    resetting(desk)
    empty: dict[str, Any] = {
        name: [] for name, value in everything().items() if isinstance(value, list)
    }
    desk.service.add("front-desk", call_retry_config={**RETRY_AT_REST, **FILL}, **empty)
    desk.project.define(prompt="Be kind.")
    assert desk.action()["changes"] == []


@pytest.mark.parametrize("generation", ["seed", "0.3.0", "current"])
def test_a_reset_sends_no_field_that_the_account_does_not_have(
    desk_of: MakeDesk, generation: str
) -> None:
    desk = desk_of(generation)
    resetting(desk)
    desk.service.add("front-desk", **everything(generation))
    desk.project.define(prompt=everything()["prompt"])
    applied = desk.apply()
    assert applied.code == 0, applied.said
    (patch,) = desk.service.writes
    known = {name: rest for name, rest in AT_REST.items() if name in FIELDS[generation]}
    if generation == "seed":
        known |= {"transfer_phone_number": None, "call_retry_config": RETRY_AT_REST}
    if generation == "0.3.0":
        known |= {"transfer_phone_number": None, "email_notification_language": "en"}
    assert patch.body == known
    assert desk.settled()


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_the_sandbox_takes_a_reset_of_everything(desk: Desk, generation: str) -> None:
    desk.project.define(**everything(generation))
    assert desk.apply("--sandbox", "--profile", generation).code == 0
    resetting(desk)
    desk.project.define(prompt=everything()["prompt"])
    assert desk.run("drift", "--sandbox").code == 2
    applied = desk.apply("--sandbox")
    assert applied.code == 0, applied.said
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0


def test_every_view_says_that_a_field_is_not_in_the_definition(desk: Desk) -> None:
    resetting(desk)
    desk.service.add("front-desk", voicemail_message="Hi", first_sentence_delay_ms=250)
    desk.project.define(prompt="Be kind.")
    shown = [desk.run("plan", "--out", "p.json"), desk.run("drift"), desk.run("show", "p.json")]
    for result in (*shown, desk.apply("p.json")):
        assert "voicemail_message (not in the definition)" in result.out
        assert "first_sentence_delay_ms (not in the definition)" in result.out
    (saved,) = json.loads((desk.root / "p.json").read_text())["actions"]
    assert [change["absent"] for change in saved["changes"]] == [True, True]
    assert desk.settled()


def test_what_is_ignored_or_a_default_is_not_absent(desk: Desk) -> None:
    resetting(desk, "ignore: [logo_url]\ndefaults: {voicemail_message: Hi}\n")
    desk.service.add("front-desk", logo_url="https://a.example/x.png", voicemail_message="Hi")
    desk.project.define(prompt="Be kind.")
    assert desk.action()["changes"] == []


def test_a_new_assistant_is_made_of_what_is_stated(desk: Desk) -> None:
    resetting(desk)
    desk.project.define()
    assert desk.apply().code == 0
    assert set(desk.service.writes[0].body) == {"name", "prompt"}
    assert desk.settled()


@pytest.mark.parametrize("kind", ["multi-step", "sub-assistant"])
def test_a_type_that_is_not_stated_is_left_as_it_is(desk: Desk, kind: str) -> None:
    resetting(desk)
    desk.service.add("front-desk", type=kind, voicemail_message="Hi")
    desk.project.define(prompt="Be kind.")
    assert desk.apply().code == 0
    assert [request.body for request in desk.service.writes] == [{"voicemail_message": None}]
    assert desk.settled()
