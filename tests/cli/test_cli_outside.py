"""What an account of another generation does not have: refused before a write, and pointed at."""

from __future__ import annotations

from typing import Any

import pytest
from stating import CHANNEL, CHANNELS, FIELDS, RETRY, VOICE, ZOHO, everything, later
from support.desk import Desk, MakeDesk

PHONE = "+33123456789"
WINDOW = RETRY["calling_windows"][0]
#: What release 0.4.0 took away, by field: the value, the place that is named, its successor.
REMOVED = [
    ("transfer_phone_number", PHONE, "transfer_phone_number", "transfer_destinations"),
    ("email_notification_language", "fr", "email_notification_language", None),
    ("slack", {**CHANNEL, "outcomes": []}, "slack.channel_id", "slack.channels"),
    ("email_notification_outcomes", ["do_not_contact"], "do_not_contact", None),
    ("after_call_sms_outcomes", ["ai_averse"], "ai_averse", None),
    ("zoho", {**ZOHO, "outcomes": ["requested_callback_new_number"]}, "zoho.outcomes[0]", None),
]
#: What came with release 0.4.0: field, value, the place that is named.
CAME_LAST = [
    ("transfer_destinations", everything()["transfer_destinations"], "transfer_destinations"),
    ("precall_lookup_url", everything()["precall_lookup_url"], "precall_lookup_url"),
    ("slack", CHANNELS, "slack.channels"),
    ("voice", {"provider": "gradium", "id": "v"}, "voice.provider: gradium"),
    (
        "call_retry_config",
        {**RETRY, "calling_windows": [{**WINDOW, "retry_delay_seconds": 0}]},
        "retry_delay_seconds: 0",
    ),
]
#: Members and values of the first API's own fields that it does not have.
INSIDE_SEED = [
    ("call_retry_config", {**RETRY, "allowed_days": ["sunday"]}, "call_retry_config.allowed_days"),
    ("call_retry_config", {**RETRY, "call_twice_in_a_row": True}, "call_twice_in_a_row"),
    ("voice", {**VOICE, "volume": 1.5}, "voice.volume"),
    ("voice", {**VOICE, "model": "sonic-3"}, "voice.model"),
    (
        "llm_model",
        {"type": "realtime", "provider": "openai", "realtime_model_id": "m"},
        "llm_model.type: realtime",
    ),
    *CAME_LAST[-2:],
]


def diagnostics(desk: Desk, *arguments: str) -> list[tuple[str, str, str | None]]:
    """Return place, message and hint of every error in a plan; each must be shown, too."""
    result = desk.run("plan", "--format", "json", *arguments)
    found = []
    for one in result.json["diagnostics"]:
        if one["severity"] == "error":
            place = f"{one['file']}:{one['line']}:{one['column']}"
            assert f"{place}: error[{one['rule']}]: {one['message']}\n" in result.err
            assert one["rule"] == "outside-profile"
            found.append((place, one["message"], one["hint"]))
    return found


def refused(desk: Desk, name: str) -> tuple[str, str]:
    """Return message and hint of the only error, after seeing that nothing was written."""
    result = desk.apply()
    assert result.code == 3
    assert "refused" in result.out
    assert desk.run("drift").code == 3
    assert desk.service.writes == []
    (found,) = [(m, h) for _, m, h in diagnostics(desk) if name in m]
    assert found[0] in desk.action()["refused"]
    return found[0], found[1] or ""


# What an account no longer has.


@pytest.mark.parametrize(("field", "value", "named", "_successor"), REMOVED)
def test_what_was_removed_is_written_where_the_account_still_speaks_it(
    desk_of: MakeDesk, field: str, value: Any, named: str, _successor: str | None
) -> None:
    desk = desk_of("0.3.0")
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", **{field: value})
    assert desk.apply().code == 0
    (patch,) = desk.service.writes
    assert patch.body == {field: value}
    assert desk.settled()


@pytest.mark.parametrize(("field", "value", "named", "successor"), REMOVED)
def test_what_was_removed_is_refused_elsewhere_and_its_successor_named(
    desk: Desk, field: str, value: Any, named: str, successor: str | None
) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.", **{field: value})
    message, hint = refused(desk, named)
    assert message.startswith("this account no longer has ")
    assert (f"its successor is {successor}" in message) is (successor is not None)
    assert hint.startswith(f"state {successor} instead" if successor else "remove it")


def test_what_the_account_still_reports_beside_its_successor_is_written(
    desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = later(desk_with, monkeypatch, "transfer_phone_number")
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", transfer_phone_number=PHONE)
    assert desk.apply().code == 0
    assert desk.service.writes[0].body == {"transfer_phone_number": PHONE}
    assert desk.settled()


def test_other_assistants_go_on(desk: Desk) -> None:
    desk.project.define("a", transfer_phone_number=PHONE)
    desk.project.define("b")
    assert desk.run("plan").code == 3
    assert desk.apply().code == 4
    assert [request.body["name"] for request in desk.service.writes] == ["b"]


def test_an_ignored_field_keeps_nobody_from_writing_the_rest(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    sync = {"ignore": ["transfer_phone_number"]}
    desk.project.define(prompt="As it shall be.", transfer_phone_number=PHONE, sync=sync)
    assert desk.apply().code == 0
    assert desk.service.writes[0].body == {"prompt": "As it shall be."}


# What an account does not have yet.


@pytest.mark.parametrize(("field", "value", "named"), CAME_LAST)
def test_what_came_with_0_4_0_is_refused_by_an_account_before_it(
    desk_of: MakeDesk, field: str, value: Any, named: str
) -> None:
    desk = desk_of("0.3.0")
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", **{field: value})
    message, _ = refused(desk, "which has no ")
    assert message.startswith("this account speaks an API before 0.4.0")
    assert message.endswith(named)
    assert "--profile" not in desk.action()["refused"]


def test_every_later_field_is_refused_by_a_seed_account(desk_of: MakeDesk) -> None:
    desk = desk_of("seed")
    desk.service.add("front-desk")
    desk.project.define(**everything())
    assert desk.apply().code == 3
    assert desk.service.writes == []
    found = diagnostics(desk)
    for name in set(FIELDS["current"]) - set(FIELDS["seed"]):
        assert [m for _, m, _ in found if m.endswith(f"which has no {name}")], name
    assert all("say so with --profile current" in (hint or "") for _, _, hint in found)


@pytest.mark.parametrize(("field", "value", "named"), INSIDE_SEED)
def test_a_later_member_or_value_is_refused_by_a_seed_account(
    desk_of: MakeDesk, field: str, value: Any, named: str
) -> None:
    desk = desk_of("seed")
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", **{field: value})
    message, _ = refused(desk, named)
    assert message.startswith("this account speaks the first API (profile seed), which has no ")


def test_slack_needs_what_its_account_speaks(desk: Desk) -> None:
    slack = {name: value for name, value in CHANNELS.items() if name != "channels"}
    desk.project.define(slack=slack)
    assert refused(desk, "slack.channels") == (
        "this account needs slack.channels",
        "state slack.channels",
    )


# Where it is stated.


def test_a_field_is_pointed_at_in_its_line(desk: Desk) -> None:
    text = f'name: front-desk\nprompt: Be kind.\ntransfer_phone_number: "{PHONE}"\n'
    desk.project.write("assistants/front-desk.yaml", text)
    result = desk.run("plan")
    assert (
        "assistants/front-desk.yaml:3:1: error[outside-profile]: this account no longer has "
        "transfer_phone_number; its successor is transfer_destinations\n"
        f' 3 | transfer_phone_number: "{PHONE}"\n'
        "   | ^\n"
        "help: state transfer_destinations instead, or, if the account does speak the first API, "
        "say so with --profile seed\n"
    ) in result.err


def test_a_value_is_pointed_at_in_the_file_that_is_included(desk: Desk) -> None:
    desk.project.write("assistants/_windows.yaml", WINDOWS)
    desk.project.write("assistants/front-desk.yaml", RETRYING)
    desk.service.add("a", call_retry_config={})
    for name in set(FIELDS["current"]) - set(FIELDS["seed"]):
        desk.service.assistants[next(iter(desk.service.assistants))].pop(name)
    (found,) = diagnostics(desk)
    assert found[0] == "assistants/_windows.yaml:4:24"


WINDOWS = """# shared
- calling_window_start_time: "09:00"
  calling_window_end_time: "17:00"
  retry_delay_seconds: 0
"""
RETRYING = """name: front-desk
prompt: Be kind.
call_retry_config:
  calling_windows: [{file: _windows.yaml}]
  max_retry_attempts: 3
"""


def test_a_default_is_pointed_at_in_the_project_file_and_once(desk_of: MakeDesk) -> None:
    desk = desk_of("seed")
    desk.service.add("somebody else's", prompt="Something else.")
    desk.project.write("revox-sync.yaml", "# ours\ndefaults:\n  sms_enabled: true\n")
    desk.project.define("a")
    desk.project.define("b")
    desk.project.define("c", sync={"ignore": ["sms_enabled"]})
    ((place, message, _),) = diagnostics(desk)
    assert place == "revox-sync.yaml:3:3"
    assert message.endswith("which has no sms_enabled")
    assert {a["key"] for a in desk.plan()["actions"] if a["refused"]} == {"a", "b"}


@pytest.mark.parametrize(
    ("file", "then"),
    [
        ("revox-sync.yaml", "{}\n"),
        ("revox-sync.yaml", None),
        ("assistants/b.yaml", "name: b\nprompt: Be kind.\n"),
        ("assistants/b.yaml", "[\n"),
        ("assistants/b.yaml", None),
    ],
)
def test_what_was_edited_while_the_account_is_read_is_told_of_its_file(
    desk_of: MakeDesk, file: str, then: str | None
) -> None:
    desk = desk_of("seed")
    desk.service.add("somebody else's", prompt="Something else.")
    desk.project.write("revox-sync.yaml", "defaults:\n  sms_enabled: true\n")
    desk.project.define("a")
    desk.project.define("b", logo_url="https://e.example", sms_enabled=True)

    def edit() -> None:
        if then is None:
            (desk.root / file).unlink()
        else:
            desk.project.write(file, then)

    desk.service.on("GET", "/assistants", edit=edit)
    told = desk.run("plan", "--format", "json")
    assert told.code == 3, told.said
    places = {one["file"]: one["line"] for one in told.json["diagnostics"]}
    assert {*places} == {"revox-sync.yaml", "assistants/b.yaml"}
    assert file.startswith("revox") or places[file] == 1


def test_a_credential_is_not_shown_with_its_line(desk_of: MakeDesk) -> None:
    desk = desk_of("seed")
    desk.service.add("front-desk")
    model = {"type": "custom", "api_url": "https://a.example", "model_name": "m"}
    desk.project.define(prompt="Be kind.", llm_model={**model, "api_key": "hush-hush-hush"})
    result = desk.run("plan")
    assert "llm_model.type: custom" in result.err
    assert "hush" not in result.said
