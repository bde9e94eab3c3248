"""Accounts of every generation of the API: how they are recognised, and what each takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stating import FIELDS, RETRY, everything, values_of
from support.desk import Desk, MakeDesk

from revox_sync.sandbox.state import Store

PHONE = "+33123456789"
FILL = {
    "allowed_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "call_twice_in_a_row": False,
}


# How an account is recognised.


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_one_assistant_is_enough_to_recognise_an_account(
    desk_of: MakeDesk, generation: str
) -> None:
    desk = desk_of(generation)
    desk.service.add("somebody else's")
    desk.project.define()
    assert desk.plan()["target"]["profile"] == generation


def test_an_account_of_release_0_3_0_is_recognised_as_such(desk_of: MakeDesk) -> None:
    desk = desk_of("0.3.0")
    desk.service.add("somebody else's")
    desk.project.define(transfer_phone_number=PHONE)
    assert desk.plan()["target"]["profile"] == "current"
    assert desk.action()["refused"] is None


def test_an_account_without_assistants_counts_as_todays(desk_of: MakeDesk) -> None:
    desk = desk_of("seed")
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
    second = {key: new for key, (_, new) in values_of(generation).items()}
    desk.project.define(**everything(generation))
    created = desk.apply("--sandbox", "--profile", generation)
    assert created.code == 0, created.said
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0

    desk.project.define(**{**everything(generation), **second})
    replaced = desk.apply("--sandbox")
    assert replaced.code == 0, replaced.said
    assert desk.run("plan", "--sandbox", "--detailed-exitcode").code == 0

    (held,) = sandbox(desk, generation)
    for key, value in second.items():
        assert taken(held[key], value), key


def sandbox(desk: Desk, generation: Any) -> list[dict[str, Any]]:
    """Return the assistants that the embedded API holds."""
    store = Store(desk.root / ".revox-sync" / "sandbox.sqlite3", generation)
    return [json.loads(document) for document in store.list_assistants()]


def taken(held: Any, stated: Any) -> bool:
    """Whether all that was stated is held, beside what the service adds."""
    if isinstance(stated, dict):
        return all(taken(held.get(name), value) for name, value in stated.items())
    if isinstance(stated, list) and stated:
        return all(any(taken(one, item) for one in held) for item in stated)
    return bool(held == stated)


@pytest.mark.parametrize("generation", ["seed", "0.3.0", "current"])
def test_a_service_gets_every_field_of_its_generation_and_no_other(
    desk_of: MakeDesk, generation: str
) -> None:
    desk = desk_of(generation)
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


def test_a_seed_account_gets_the_older_shape_as_it_is(desk_of: MakeDesk) -> None:
    desk = desk_of("seed")
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
