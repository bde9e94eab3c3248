"""Accounts of every generation of the API: what each takes, and what is refused before a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stating import CHANNEL, CHANNELS, FIELDS, RETRY, VOICE, ZOHO, earlier, everything, values_of
from support.desk import Desk, MakeDesk

from revox_sync.sandbox.documents import load
from revox_sync.sandbox.store import Store

PHONE = "+33123456789"
WINDOW = RETRY["calling_windows"][0]
FILL = {
    "allowed_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "call_twice_in_a_row": False,
}
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


@pytest.fixture
def make_030(desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Desk]:
    """Make a desk with a service of SDK 0.3.0."""
    return lambda: earlier(desk_with, monkeypatch)


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


# How an account is recognised.


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_one_assistant_is_enough_to_recognise_an_account(
    desk_with: MakeDesk, generation: str
) -> None:
    desk = desk_with(generation=generation)
    desk.service.add("somebody else's")
    desk.project.define()
    assert desk.plan()["target"]["profile"] == generation


def test_an_account_of_release_0_3_0_is_recognised_as_such(make_030: Callable[[], Desk]) -> None:
    desk = make_030()
    desk.service.add("somebody else's")
    desk.project.define(transfer_phone_number=PHONE)
    assert desk.plan()["target"]["profile"] == "current"
    assert desk.action()["refused"] is None


def test_an_account_without_assistants_counts_as_todays(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
    desk.project.define(transfer_phone_number=PHONE)
    assert desk.plan()["target"]["profile"] == "current"
    assert "say so with --profile seed" in desk.action()["refused"]
    assert desk.apply("--profile", "seed").code == 0
    assert desk.settled()


def test_a_stated_profile_comes_before_what_the_account_shows(desk: Desk) -> None:
    desk.service.add("front-desk", call_retry_config={**RETRY, **FILL})
    desk.project.define(prompt="Be kind.", call_retry_config={**RETRY, "max_retry_attempts": 5})
    assert desk.plan("--profile", "seed")["target"]["profile"] == "seed"


# What each generation takes.


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_the_sandbox_takes_every_field_when_it_is_created_and_when_it_is_replaced(
    desk: Desk, generation: str
) -> None:
    for key in values_of(generation):
        desk.project.define(key, **everything(generation))
    created = desk.apply("--sandbox", "--profile", generation)
    assert created.code == 0, created.said
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0

    for key, (_, second) in values_of(generation).items():
        desk.project.define(key, **{**everything(generation), key: second})
    replaced = desk.apply("--sandbox")
    assert replaced.code == 0, replaced.said
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0

    held = {found["name"]: found for found in sandbox(desk, generation)}
    for key, (_, second) in values_of(generation).items():
        assert taken(held[key][key], second), key


def sandbox(desk: Desk, generation: Any) -> list[dict[str, Any]]:
    """Return the assistants that the embedded API holds."""
    store = Store(desk.root / ".revox-sync" / "sandbox.sqlite3", generation)
    return [load(document) for document in store.list_assistants()]


def taken(held: Any, stated: Any) -> bool:
    """Whether all that was stated is held, beside what the service adds."""
    if isinstance(stated, dict):
        return all(taken(held.get(name), value) for name, value in stated.items())
    if isinstance(stated, list) and stated:
        return all(any(taken(one, item) for one in held) for item in stated)
    return bool(held == stated)


@pytest.mark.parametrize("generation", ["seed", "0.3.0", "current"])
def test_a_service_gets_every_field_of_its_generation_and_no_other(
    desk_with: MakeDesk, make_030: Callable[[], Desk], generation: str
) -> None:
    desk = make_030() if generation == "0.3.0" else desk_with(generation=generation)
    desk.service.add("somebody else's", prompt="Something else.")
    desk.project.define(**everything(generation))
    created = desk.apply()
    assert created.code == 0, created.said
    assert set(desk.service.writes[0].body) == set(FIELDS[generation])
    assert desk.settled()

    changed = {name: second for name, (_, second) in values_of(generation).items()}
    desk.project.define(**changed)
    replaced = desk.apply()
    assert replaced.code == 0, replaced.said
    same = {name for name, (first, second) in values_of(generation).items() if first == second}
    assert set(desk.service.writes[1].body) == set(FIELDS[generation]) - same - {"name"}
    assert desk.settled()


# The two members of call_retry_config that later accounts need.


def test_what_the_older_shape_leaves_out_is_filled_in(desk: Desk) -> None:
    desk.project.define(call_retry_config=RETRY)
    assert desk.apply().code == 0
    desk.project.define(call_retry_config={**RETRY, "max_retry_attempts": 7})
    assert desk.apply().code == 0
    sent = [request.body["call_retry_config"] for request in desk.service.writes]
    assert sent == [{**FILL, **RETRY}, {**FILL, **RETRY, "max_retry_attempts": 7}]
    assert desk.settled()


def test_a_seed_account_gets_the_older_shape_as_it_is(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
    desk.service.add("somebody else's", prompt="Something else.")
    desk.project.define(call_retry_config=RETRY)
    assert desk.apply().code == 0
    assert desk.service.writes[0].body["call_retry_config"] == RETRY


def test_what_the_account_has_there_is_sent_along_and_not_filled(desk: Desk) -> None:
    own = {"allowed_days": ["sunday"], "call_twice_in_a_row": True}
    desk.service.add("front-desk", call_retry_config={**RETRY, **own})
    desk.project.define(prompt="Be kind.", call_retry_config={**RETRY, "max_retry_attempts": 7})
    assert desk.changes() == {"call_retry_config.max_retry_attempts": (2, 7)}
    assert desk.apply().code == 0
    (patch,) = desk.service.writes
    assert patch.body == {"call_retry_config": {**RETRY, **own, "max_retry_attempts": 7}}


@pytest.mark.parametrize("stored", [RETRY, {**RETRY, **FILL, "allowed_days": ["sunday"]}])
def test_a_filled_member_never_counts_as_not_taken(desk: Desk, stored: Any) -> None:
    desk.service.alterations["call_retry_config"] = lambda _: stored
    desk.project.define(call_retry_config=RETRY)
    assert desk.apply().code == 0
    assert desk.settled()


# What an account no longer has.


@pytest.mark.parametrize(("field", "value", "named", "_successor"), REMOVED)
def test_what_was_removed_is_written_where_the_account_still_speaks_it(
    make_030: Callable[[], Desk], field: str, value: Any, named: str, _successor: str | None
) -> None:
    desk = make_030()
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
    make_030: Callable[[], Desk], field: str, value: Any, named: str
) -> None:
    desk = make_030()
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", **{field: value})
    message, _ = refused(desk, "which has no ")
    assert message.startswith("this account speaks an API before 0.4.0")
    assert message.endswith(named)
    assert "--profile" not in desk.action()["refused"]


def test_every_later_field_is_refused_by_a_seed_account(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
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
    desk_with: MakeDesk, field: str, value: Any, named: str
) -> None:
    desk = desk_with(generation="seed")
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


def test_a_default_is_pointed_at_in_the_project_file_and_once(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
    desk.service.add("somebody else's", prompt="Something else.")
    desk.project.write("revox-sync.yaml", "# ours\ndefaults:\n  sms_enabled: true\n")
    desk.project.define("a")
    desk.project.define("b")
    desk.project.define("c", sync={"ignore": ["sms_enabled"]})
    ((place, message, _),) = diagnostics(desk)
    assert place == "revox-sync.yaml:3:3"
    assert message.endswith("which has no sms_enabled")
    assert {a["key"] for a in desk.plan()["actions"] if a["refused"]} == {"a", "b"}


def test_a_credential_is_not_shown_with_its_line(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
    desk.service.add("front-desk")
    model = {"type": "custom", "api_url": "https://a.example", "model_name": "m"}
    desk.project.define(prompt="Be kind.", llm_model={**model, "api_key": "hush-hush-hush"})
    result = desk.run("plan")
    assert "llm_model.type: custom" in result.err
    assert "hush" not in result.said


# What is stated about the account is checked without it.


@pytest.mark.parametrize("where", ["option", "project file"])
def test_validate_checks_for_a_stated_generation(desk: Desk, where: str) -> None:
    desk.project.define(sms_enabled=True)
    if where == "project file":
        desk.project.write("revox-sync.yaml", "profile: seed\n")
    options = ["--profile", "seed"] if where == "option" else []
    result = desk.run("validate", *options)
    assert result.code == 1
    assert "assistants/front-desk.yaml:3:1: error[outside-profile]" in result.out
    assert desk.run("plan", *options).code == 1
    assert desk.service.requests == []


def test_the_option_comes_before_the_project_file(desk: Desk) -> None:
    desk.project.define(sms_enabled=True)
    desk.project.write("revox-sync.yaml", "profile: seed\n")
    for profile in ("current", "auto"):
        assert desk.run("validate", "--profile", profile).code == 0
        assert desk.apply("--profile", profile).code == 0


def test_validate_points_at_a_default_in_the_project_file(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "profile: seed\ndefaults: {sms_enabled: true}\n")
    desk.project.define("a")
    desk.project.define("b")
    result = desk.run("validate")
    assert result.out.count("error[outside-profile]") == 1
    assert "revox-sync.yaml:2:12: error[outside-profile]" in result.out


def test_validate_leaves_an_ignored_field_alone(desk: Desk) -> None:
    desk.project.define(sms_enabled=True, sync={"ignore": ["sms_enabled"]})
    assert desk.run("validate", "--profile", "seed").code == 0


def test_a_stated_generation_does_not_hide_what_the_service_refuses(desk: Desk) -> None:
    desk.project.define(transfer_phone_number=PHONE)
    result = desk.apply("--profile", "seed")
    assert result.code == 4
    assert "400 Bad Request: transfer_phone_number: Unrecognized key" in result.out
