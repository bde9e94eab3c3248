"""`pull` in one environment of a project leaves its other environments in order."""

from __future__ import annotations

import pytest
from housing import House
from support.desk import Desk

FILE = "assistants/front-desk.yaml"


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


@pytest.mark.parametrize("name", ["Front desk", "Front desk\u200b"])
def test_an_assistant_with_the_name_of_a_definition_elsewhere_is_limited_to_its_environment(
    house: House, name: str
) -> None:
    house.define("name: Front desk\nprompt: Be kind.\nsync: {environments: [production]}\n")
    identity = house.staging.add(name, prompt="Be brief.")
    assert house.desk.run("pull", "--env", "staging").code == 0
    written = (house.desk.root / "assistants/front-desk-2.yaml").read_text()
    assert written.endswith(f"sync:\n  id:\n    staging: {identity}\n  environments: [staging]\n")
    assert house.desk.run("validate").code == 0
    assert house.desk.run("plan", "--env", "staging", "--detailed-exitcode").code == 0
    (action,) = house.desk.plan("--env", "production")["actions"]
    assert action["key"] == "front-desk"


def test_a_name_that_a_variable_makes_counts_as_well(house: House) -> None:
    house.define("name: ${var.greeting} desk\nprompt: Be kind.\n")
    house.staging.add("Test call desk")
    house.staging.add("Hello desk", prompt="Be brief.")
    assert house.desk.run("pull", "--env", "staging").code == 0
    assert house.desk.run("validate").code == 0


def test_a_secret_gets_no_name_that_a_definition_elsewhere_has_for_its_own(house: House) -> None:
    house.define(
        "name: Desk\nprompt: p\nwebhook_url: https://e.com/?key=${secret.FRONT_DESK_2_WEBHOOK_KEY}\n"
        "sync: {environments: [production]}\n"
    )
    house.staging.add("Front desk", webhook_url="https://e.com/?key=k3y")
    result = house.desk.run("pull", "--env", "staging")
    assert "REVOX_SECRET_FRONT_DESK_2_WEBHOOK_KEY_2: webhook_url" in result.out


def test_any_other_is_there_for_every_environment(house: House) -> None:
    house.staging.add("Night desk", prompt="Be quiet.")
    assert house.desk.run("pull", "--env", "staging").code == 0
    keys = [made["key"] for made in house.desk.plan("--env", "production")["actions"]]
    assert keys == ["front-desk", "night-desk"]


def test_what_to_write_for_a_look_alike_is_for_its_environment_alone(house: House) -> None:
    identity = house.staging.add("Reception", prompt="Be kind.")
    result = house.desk.run("pull", "--env", "staging")
    assert result.code == 3
    assert f"with `sync: {{id: {{staging: {identity}}}}}`, or remove the file" in result.out


@pytest.mark.parametrize(
    ("production", "why"),
    [
        ("", "in another environment it is found by the name that it has"),
        (", production: 5d0c", "another definition already has that name"),
    ],
)
def test_a_name_that_another_environment_needs_is_not_taken_over(
    house: House, production: str, why: str
) -> None:
    identity = house.staging.add("Night desk", prompt="Be brief.")
    bound = f"sync: {{id: {{staging: {identity}{production}}}}}\n"
    house.define(f"name: Front desk\nprompt: Be kind.\n{bound}")
    if production:
        other = "name: Night desk\nprompt: Be quiet.\nsync: {environments: [production]}\n"
        house.define(other, "night")
    result = house.desk.run("pull", "--env", "staging")
    assert result.code == 4
    assert f"name is not written: {why}; " in result.out
    assert (house.desk.root / FILE).read_text() == f"name: Front desk\nprompt: Be brief.\n{bound}"
    assert house.desk.run("validate").code == 0
