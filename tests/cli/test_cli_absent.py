"""What somebody sets in the dashboard and no definition states: seen and never written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk, MakeDesk

VOICE = {"provider": "cartesia", "id": "v"}
WINDOW = {
    "calling_window_start_time": "09:00",
    "calling_window_end_time": "17:00",
    "retry_delay_seconds": 600,
}
RETRY: dict[str, Any] = {"calling_windows": [WINDOW], "max_retry_attempts": 2}
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]
NIGHTS = {"name": "nights", "type": "number", "required": True}
FAQ = {"question": "Dogs?", "answer": "Yes."}
STATED: dict[str, Any] = {
    "prompt": "Be kind.",
    "voice": VOICE,
    "call_retry_config": RETRY,
    "structured_output_config": [NIGHTS],
}
#: What the service fills in, in any form that means the same.
AT_REST: dict[str, Any] = {
    "prompt": "Be kind.",
    "voice": {**VOICE, "speed": 1.0, "model": "sonic-3", "volume": 1},
    "call_retry_config": {
        **RETRY,
        "timezone": None,
        "allowed_days": WEEK[::-1],
        "call_twice_in_a_row": False,
    },
    "structured_output_config": [{**NIGHTS, "description": None, "enum_options": []}],
    "first_sentence_delay_ms": 400.0,
    "custom_tools": [],
}
#: What is set in the dashboard: the edit, and the path and the value that are told of it.
EDITS: list[tuple[dict[str, Any], str, Any]] = [
    ({"webhook_url": "https://h.example.com/a"}, "webhook_url", "https://h.example.com/a"),
    ({"first_sentence": "Hello."}, "first_sentence", "Hello."),
    ({"end_of_call_sentence": "Bye."}, "end_of_call_sentence", "Bye."),
    ({"voicemail_message": "Call back."}, "voicemail_message", "Call back."),
    ({"faq_items": [FAQ]}, "faq_items", [FAQ]),
    ({"first_sentence_delay_ms": 0}, "first_sentence_delay_ms", 0),
    (
        {"transfer_destinations": [{"label": "Bar", "phone_number": "+33159169001"}]},
        "transfer_destinations",
        [{"label": "Bar", "phone_number": "+33159169001"}],
    ),
    ({"voice": {**VOICE, "speed": 1.5}}, "voice.speed", 1.5),
    ({"voice": {**VOICE, "model": "sonic-3.5"}}, "voice.model", "sonic-3.5"),
    ({"voice": {**VOICE, "volume": 0.5}}, "voice.volume", 0.5),
    (
        {"call_retry_config": {**RETRY, "allowed_days": ["saturday"]}},
        "call_retry_config.allowed_days",
        ["saturday"],
    ),
    (
        {"call_retry_config": {**RETRY, "timezone": "Europe/Paris"}},
        "call_retry_config.timezone",
        "Europe/Paris",
    ),
    (
        {"call_retry_config": {**RETRY, "call_twice_in_a_row": True}},
        "call_retry_config.call_twice_in_a_row",
        True,
    ),
    (
        {"structured_output_config": [{**NIGHTS, "description": "How many?"}]},
        "structured_output_config[0].description",
        "How many?",
    ),
]
#: PATCH cannot empty these.
STUCK = ("webhook_url", "first_sentence", "end_of_call_sentence")


@pytest.fixture
def hotel(desk: Desk) -> tuple[Desk, str]:
    """A definition, and its assistant as a service answers it right after a create."""
    identity = desk.service.add("front-desk", **AT_REST)
    desk.project.define(**STATED)
    return desk, identity


def committed(desk: Desk) -> None:
    """Commit what is defined."""
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    repository.commit()


def reported(desk: Desk, command: str = "plan") -> list[tuple[str, Any]]:
    """Return what a command tells as set in the account alone."""
    (action,) = desk.run(command, "--format", "json").json["actions"]
    assert action["changes"] == []
    return [(found["path"], found["value"]) for found in action["reported"]]


def test_documented_defaults_are_at_rest_in_any_form(hotel: tuple[Desk, str]) -> None:
    desk, _ = hotel
    assert reported(desk) == reported(desk, "drift") == []
    assert desk.run("drift").code == 0
    assert desk.run("pull", "--check").code == 0


@pytest.mark.parametrize(("edit", "path", "value"), EDITS, ids=[one[1] for one in EDITS])
def test_what_is_set_in_the_dashboard_is_drift_and_no_change(
    hotel: tuple[Desk, str], edit: dict[str, Any], path: str, value: Any
) -> None:
    desk, identity = hotel
    desk.service.edit(identity, **edit)
    assert reported(desk) == reported(desk, "drift") == [(path, value)]
    assert desk.run("drift").code == 2
    assert desk.run("plan", "--detailed-exitcode").code == 0
    assert desk.run("pull", "--check").code == 2
    assert desk.apply().code == 0
    assert desk.service.writes == []
    assert desk.run("pull", "--overwrite").code == 0
    assert desk.run("drift").code == 0
    assert desk.run("pull", "--check").code == 0


@pytest.mark.parametrize(("edit", "path", "value"), EDITS, ids=[one[1] for one in EDITS])
def test_with_keep_it_is_left_to_the_dashboard_and_told_in_a_line(
    hotel: tuple[Desk, str], edit: dict[str, Any], path: str, value: Any
) -> None:
    desk, identity = hotel
    desk.project.write("revox-sync.yaml", "absent: keep\n")
    desk.service.edit(identity, **edit)
    assert reported(desk) == []
    assert desk.run("drift").code == 0
    assert desk.run("pull", "--check").code == 0
    for view in (("plan",), ("drift",), ("plan", "--format", "markdown")):
        assert path in desk.run(*view).out


@pytest.mark.parametrize(("edit", "path", "value"), EDITS, ids=[one[1] for one in EDITS])
def test_with_reset_it_goes_back_where_patch_can(
    hotel: tuple[Desk, str], edit: dict[str, Any], path: str, value: Any
) -> None:
    desk, identity = hotel
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    assert desk.settled()
    desk.service.edit(identity, **edit)
    assert desk.run("drift").code == 2
    if path in STUCK:
        assert reported(desk) == [(path, value)]
        assert desk.settled()
        return
    action = desk.action()
    assert action["reported"] == []
    assert all(change["absent"] is True for change in action["changes"])
    assert {change["path"].startswith(path) for change in action["changes"]} == {True}
    applied = desk.apply()
    assert applied.code == 0, applied.said
    assert len(desk.service.writes) == 1
    assert desk.settled()
    assert desk.run("drift").code == 0


def test_several_members_are_told_beside_what_changes(hotel: tuple[Desk, str]) -> None:
    desk, identity = hotel
    desk.service.edit(identity, voice={**VOICE, "id": "w", "speed": 1.5, "volume": 2})
    action = desk.action()
    assert [change["path"] for change in action["changes"]] == ["voice.id"]
    assert [found["path"] for found in action["reported"]] == ["voice.speed", "voice.volume"]
    assert desk.apply().code == 0
    (patch,) = desk.service.writes
    assert patch.body["voice"] == {**VOICE, "speed": 1.5, "volume": 2}


def test_it_is_shown_in_every_view_with_its_value(hotel: tuple[Desk, str]) -> None:
    desk, identity = hotel
    desk.service.edit(identity, voicemail_message="Call back.", faq_items=[FAQ])
    views = [
        desk.run("plan", "--out", "p.json"),
        desk.run("show", "p.json"),
        desk.run("drift"),
        desk.run("plan", "--format", "markdown"),
        desk.run("drift", "--format", "markdown"),
        desk.apply("p.json"),
    ]
    for view in views:
        assert "voicemail_message" in view.out, view.out
        assert "Call back." in view.out
        assert "Dogs?" in view.out
        assert "et in the account, not in the definition" in view.out
    drift = desk.run("drift").out
    assert "No drift" not in drift
    for way in ("revox-sync pull", "manage: [", "absent: keep"):
        assert way in drift
    (action,) = json.loads((desk.root / "p.json").read_text())["actions"]
    assert {"path": "voicemail_message", "value": "Call back."} in action["reported"]


@pytest.mark.parametrize("silence", ["ignore: [voicemail_message]\n", "manage: [name, prompt]\n"])
def test_ignore_and_manage_silence_it(desk: Desk, silence: str) -> None:
    desk.service.add("front-desk", voicemail_message="Hi")
    desk.project.define(prompt="Be kind.")
    desk.project.write("revox-sync.yaml", silence)
    assert reported(desk, "drift") == []
    assert desk.run("drift").code == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"stt_context": {"general": [], "terms": ["Lumière"]}},
        {"position": {"x": 1, "y": 2}},
        {"prompt_flow": {"nodes": [], "edges": []}},
        {"type": "multi-step"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_the_service_or_the_editor_writes_is_quiet(desk: Desk, fields: dict[str, Any]) -> None:
    desk.service.add("front-desk", **fields)
    desk.project.define(prompt="Be kind.")
    assert reported(desk, "drift") == []
    assert desk.run("drift").code == 0


def test_a_channel_s_name_is_the_service_s_to_fill_in(desk: Desk) -> None:
    slack: dict[str, Any] = {"connection_id": "s", "outcomes": []}
    desk.service.add("front-desk", slack={**slack, "channels": [{"id": "C", "name": "desk"}]})
    desk.project.define(prompt="Be kind.", slack={**slack, "channels": [{"id": "C"}]})
    assert reported(desk, "drift") == []


def test_a_secret_that_is_set_in_the_dashboard_is_masked(desk: Desk) -> None:
    desk.service.add("front-desk", webhook_url="https://h.example.com/?token=s3cret-abcdef")
    desk.project.define(prompt="Be kind.")
    for view in ("plan", "drift"):
        for form in ("terminal", "json", "markdown"):
            told = desk.run(view, "--format", form).out
            assert "webhook_url" in told
            assert "s3cret-abcdef" not in told


def test_what_cannot_be_judged_is_named_in_one_line(desk: Desk) -> None:
    for name in ("a", "b"):
        desk.service.add(name, voice=VOICE, max_call_duration_secs=120)
        desk.project.define(name, prompt="Be kind.")
    drift = desk.run("drift")
    assert drift.code == 0
    assert drift.out.count("max_call_duration_secs") == 1
    assert "without a documented default" in drift.out
    (action, _) = desk.plan()["actions"]
    assert {"voice", "llm_model", "max_call_duration_secs"} <= {*action["unjudged"]}


def test_a_faq_that_the_list_does_not_carry_is_read_by_drift(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False)
    desk.service.add("front-desk", faq_items=[FAQ])
    desk.project.define(prompt="Be kind.")
    action = desk.action()
    assert (action["reported"], "faq_items" in action["unjudged"]) == ([], True)
    assert reported(desk, "drift") == [("faq_items", [FAQ])]
    assert desk.run("pull", "--check").code == 2


def test_right_after_pull_and_after_a_create_there_is_no_drift(desk: Desk) -> None:
    desk.service.add("pulled", **AT_REST)
    desk.project.define("made", **{**STATED, "prompt": "Be brief."})
    made = desk.apply()
    assert made.code == 0, made.said
    assert desk.run("pull", "pulled").code == 0
    drift = desk.run("drift")
    assert drift.code == 0, drift.out
    for identity in desk.service.assistants:
        desk.service.edit(identity, sms_enabled=True)
    assert desk.run("drift", "pulled").code == 2


def test_it_refuses_nothing_and_has_no_origin(hotel: tuple[Desk, str]) -> None:
    desk, identity = hotel
    committed(desk)
    desk.service.edit(identity, voicemail_message="Hi", webhook_url="https://h.example.com/")
    desk.project.define(**{**STATED, "prompt": "Be brief."})
    applied = desk.apply("--base", "HEAD")
    assert applied.code == 0, applied.said
    assert [request.body for request in desk.service.writes] == [{"prompt": "Be brief."}]


def test_what_was_reviewed_does_not_depend_on_it(hotel: tuple[Desk, str]) -> None:
    desk, identity = hotel
    desk.project.define(**{**STATED, "prompt": "Be brief."})
    desk.run("plan", "--out", "p.json")
    desk.service.edit(identity, voicemail_message="Hi")
    assert desk.apply("p.json").code == 0


def test_a_reset_of_a_member_has_the_origin_of_who_moved(hotel: tuple[Desk, str]) -> None:
    desk, identity = hotel
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    committed(desk)
    desk.service.edit(identity, voice={**VOICE, "speed": 1.5})
    (change,) = desk.action("--base", "HEAD")["changes"]
    assert (change["path"], change["origin"]) == ("voice.speed", "drift")
