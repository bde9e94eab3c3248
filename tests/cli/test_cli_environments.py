"""Environments: one tree of definitions, and for each its key, account, variables and limits."""

from __future__ import annotations

import os

import pytest
from housing import (
    DEFINITION,
    PRODUCTION_KEY,
    PRODUCTION_ORG,
    PROJECT,
    STAGING_KEY,
    STAGING_ORG,
    House,
    asked,
    held,
)
from support.desk import Desk
from support.service import KEY

ACCOUNT_COMMANDS = [
    "plan",
    "apply --auto-approve",
    "drift",
    "status",
    "rollback --auto-approve",
    "pull",
]
COMMANDS = [*ACCOUNT_COMMANDS, "diff HEAD", "sandbox status", "sandbox reset", "plan --sandbox"]


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def test_one_tree_is_applied_to_each_with_its_own_values(house: House) -> None:
    house.settle()
    assert held(house.staging) == [("Test call, Hotel Lumière.", "This is a test.", 600)]
    assert held(house.production) == [("Hello, Hotel Lumière.", "Please call again.", 600)]
    for name in ("staging", "production"):
        assert house.desk.run("plan", "--env", name, "--detailed-exitcode").code == 0


@pytest.mark.parametrize("name", ["staging", "production"])
def test_nothing_is_asked_of_the_other_account(house: House, name: str) -> None:
    house.settle()
    for command in ACCOUNT_COMMANDS:
        result = house.desk.run(*command.split(), "--env", name)
        assert result.code == 0, result.said
    here, there = house.staging, house.production
    if name == "production":
        here, there = there, here
    assert asked(here)
    assert asked(there) == asked(house.desk.service) == []


def test_drift_of_one_is_none_of_the_other(house: House) -> None:
    house.settle()
    (identity,) = house.production.assistants
    house.production.edit(identity, voicemail_message="Typed in the dashboard.")
    assert house.desk.run("drift", "--env", "staging").code == 0
    drift = house.desk.run("drift", "--env", "production")
    assert drift.code == 2
    assert "revox-sync apply --env production front-desk" in drift.out
    house.desk.run("apply", "--sandbox", "--auto-approve", "--env", "production")
    house.project(PROJECT.replace("seconds: 600", "seconds: 700"))
    drift = house.desk.run("drift", "--sandbox", "--env", "production")
    assert "revox-sync apply --sandbox --env production front-desk" in drift.out


def test_every_view_names_the_environment(house: House) -> None:
    here = ("--env", "staging")
    assert house.desk.plan(*here)["target"]["environment"] == "staging"
    assert ", environment staging" in house.desk.run("plan", *here).out.splitlines()[0]
    page = house.desk.run("plan", *here, "--format", "markdown").out
    assert page.startswith("<!-- revox-sync: plan staging -->\n")
    assert "environment `staging`" in page.lower()
    assert house.desk.run("status", *here, "--format", "json").json["environment"] == "staging"
    assert "\nenvironment    staging\n" in house.desk.run("status", *here).out
    applied = house.desk.apply(*here)
    assert "`revox-sync rollback --env staging` restores what it replaced" in applied.err
    assert house.desk.records[0].header["environment"] == "staging"
    assert ", staging  created front-desk" in house.desk.run("rollback", "--list").out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminal")
def test_the_question_names_the_environment(house: House) -> None:
    with house.desk.terminal("apply", "--env", "production") as session:
        session.wait_for("Type `yes` to apply to environment production: ")
        session.type("staging\n")
        assert session.end() == 3
    assert house.production.writes == []


def test_the_job_summary_names_the_environment(house: House) -> None:
    house.desk.env["GITHUB_STEP_SUMMARY"] = str(house.desk.root / "summary.md")
    house.desk.run("plan", "--env", "staging")
    summary = (house.desk.root / "summary.md").read_text()
    assert "<!-- revox-sync: plan staging -->" in summary


# Which one.


@pytest.mark.parametrize("command", COMMANDS)
def test_one_must_be_named_where_there_are_several(house: House, command: str) -> None:
    result = house.desk.run(*command.split())
    assert result.code == 64
    assert "this project has environments: staging, production" in result.err
    assert "help: name one with --env staging, or in REVOX_SYNC_ENV" in result.err
    assert result.out == ""
    assert asked(house.staging) == asked(house.production) == []


def test_one_must_be_named_where_there_is_a_single_one(house: House) -> None:
    house.project("environments: {only: }\n")
    result = house.desk.run("plan")
    assert result.code == 64
    assert "this project has environments: only\n" in result.err


def test_the_variable_names_one_and_the_option_wins(house: House) -> None:
    house.desk.env["REVOX_SYNC_ENV"] = "production"
    assert house.desk.plan()["target"]["environment"] == "production"
    assert house.desk.plan("--env", "staging")["target"]["environment"] == "staging"
    house.desk.env["REVOX_SYNC_ENV"] = ""
    assert house.desk.run("plan").code == 64


@pytest.mark.parametrize("arguments", [["plan", "--env", ""], ["--env", "", "plan"]])
def test_an_empty_option_is_never_another_environment(house: House, arguments: list[str]) -> None:
    house.desk.env["REVOX_SYNC_ENV"] = "production"
    result = house.desk.run(*arguments)
    assert result.code == 64
    assert "Invalid value for '--env': the name is empty" in result.err
    assert asked(house.production) == []


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_option_stands_before_and_after_the_command(house: House, place: str) -> None:
    option = ["--env", "staging"]
    arguments = [*option, "plan"] if place == "before" else ["plan", *option]
    assert house.desk.run(*arguments).code == 0


@pytest.mark.parametrize("command", [*COMMANDS, "validate"])
def test_one_that_is_not_declared_is_wrong_usage(house: House, command: str) -> None:
    result = house.desk.run(*command.split(), "--env", "prodution")
    assert result.code == 64
    assert "there is no environment 'prodution'; the project has staging, production" in result.err
    assert "help: did you mean production?" in result.err


@pytest.mark.parametrize("name", ["prod", "Prod", "p", "prodution"])
def test_the_one_that_is_meant_is_named(house: House, name: str) -> None:
    assert "help: did you mean production?" in house.desk.run("plan", "--env", name).err


@pytest.mark.parametrize("name", ["../staging", "Staging", "staging "])
def test_a_name_is_taken_to_the_letter(house: House, name: str) -> None:
    assert house.desk.run("sandbox", "reset", "--env", name).code == 64


@pytest.mark.parametrize("command", [*COMMANDS, "validate"])
@pytest.mark.parametrize("text", ["absent: keep\n", None], ids=["file", "no file"])
def test_a_project_without_any_takes_none(desk: Desk, command: str, text: str | None) -> None:
    desk.project.define()
    if text is not None:
        desk.project.write("revox-sync.yaml", text)
    result = desk.run(*command.split(), "--env", "staging")
    assert result.code == 64
    assert "this project declares no environments, so there is no 'staging'" in result.err
    assert desk.service.requests == []


def test_errors_of_the_project_file_come_before_the_question_which(house: House) -> None:
    house.project(PROJECT.replace("environments:", "enviroments:"))
    for arguments in (["plan"], ["plan", "--env", "staging"]):
        result = house.desk.run(*arguments)
        assert result.code == 1
        assert "did you mean environments?" in result.err
        assert "undeclared" not in result.err


def test_a_broken_environment_is_one_problem_not_many(house: House) -> None:
    house.project(PROJECT.replace("greeting: Test call", "greeting: [Test]"))
    house.define(DEFINITION + "sync: {environments: [staging]}\n")
    for arguments in (["plan", "--env", "staging"], ["validate"]):
        result = house.desk.run(*arguments)
        assert result.code == 1
        assert (result.out + result.err).count("error[") == 1


def test_show_needs_no_environment(house: House) -> None:
    house.desk.run("plan", "--env", "staging", "--out", "plan.json")
    shown = house.desk.run("show", "plan.json")
    assert shown.code == 0
    assert ", environment staging" in shown.out


# The key.


def test_a_missing_key_names_the_variable_to_set(house: House) -> None:
    del house.desk.env["REVOX_API_KEY_STAGING"]
    house.desk.env["REVOX_API_KEY"] = KEY
    result = house.desk.run("plan", "--env", "staging")
    assert result.code == 1
    assert "no API key: REVOX_API_KEY_STAGING is not set" in result.err
    assert "help: set REVOX_API_KEY_STAGING, or try" in result.err
    assert asked(house.desk.service) == []


def test_an_odd_key_names_the_variable(house: House) -> None:
    house.desk.env["REVOX_API_KEY_STAGING"] = "two words"
    said = house.desk.run("plan", "--env", "staging").err
    assert "REVOX_API_KEY_STAGING holds a space" in said


def test_without_api_key_env_it_is_the_usual_variable(house: House) -> None:
    house.project(PROJECT.replace("    api_key_env: REVOX_API_KEY_STAGING\n", ""))
    house.desk.env["REVOX_API_KEY"] = KEY
    assert house.desk.run("plan", "--env", "staging").code == 0
    assert asked(house.desk.service)
    assert asked(house.staging) == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_accepted_names_the_variable(house: House, status: int) -> None:
    house.staging.on("GET", status=status, body={"error": f"unknown key {STAGING_KEY}"})
    result = house.desk.run("plan", "--env", "staging")
    assert result.code == 1
    assert "check REVOX_API_KEY_STAGING" in result.err
    assert STAGING_KEY not in result.said


def test_status_tells_of_the_key_of_the_environment(house: House) -> None:
    del house.desk.env["REVOX_API_KEY_STAGING"]
    here = ("status", "--format", "json", "--env")
    assert house.desk.run(*here, "staging").json["key"]["present"] is False
    assert house.desk.run(*here, "production").json["key"]["present"] is True
    house.production.on("GET", times=None, status=401, body={"error": "unknown"})
    (problem,) = house.desk.run(*here, "production").json["problems"]
    assert problem["hint"].startswith("check REVOX_API_KEY_PRODUCTION and the organization")


def test_no_key_of_any_environment_is_ever_shown(house: House) -> None:
    told = f"{STAGING_KEY} or {PRODUCTION_KEY}"
    house.staging.on("GET", status=400, body={"error": f"not {told}"})
    result = house.desk.run("plan", "--env", "staging", "--log-level", "debug")
    assert result.code == 1
    for key in (STAGING_KEY, PRODUCTION_KEY):
        assert key not in result.said


def test_the_key_of_the_sandbox_is_no_secret(house: House) -> None:
    house.desk.service.another("sandbox", "org_sandbox")
    house.desk.env["REVOX_API_KEY_STAGING"] = "sandbox"
    house.project(PROJECT.replace("STAGING\n", f"STAGING\n    organization_id: {STAGING_ORG}\n"))
    said = house.desk.run("plan", "--env", "staging").err
    assert "the key belongs to organization org_sandbox" in said


@pytest.mark.parametrize(
    "variable", ["AWS_SECRET_ACCESS_KEY", "REVOX_SECRET_TOKEN", "revox_api_key"]
)
@pytest.mark.parametrize("command", ["plan", "validate"])
def test_the_project_file_cannot_send_another_secret(
    house: House, variable: str, command: str
) -> None:
    house.project(PROJECT.replace("REVOX_API_KEY_STAGING", variable))
    house.desk.env[variable] = STAGING_KEY
    result = house.desk.run(command, "--env", "staging")
    assert result.code == 1
    assert "`environments.staging.api_key_env` must begin with REVOX_API_KEY" in result.said
    assert asked(house.staging) == []


# The organization.


def pinned(staging: str, production: str) -> str:
    text = PROJECT.replace("STAGING\n", f"STAGING\n    organization_id: {staging}\n")
    return text.replace("PRODUCTION\n", f"PRODUCTION\n    organization_id: {production}\n")


def test_a_key_of_another_organization_is_refused_before_anything_is_read(house: House) -> None:
    house.project(pinned(STAGING_ORG, PRODUCTION_ORG))
    house.desk.env["REVOX_API_KEY_PRODUCTION"] = STAGING_KEY
    assert house.desk.run("plan", "--env", "staging").code == 0
    house.staging.requests.clear()
    result = house.desk.run("plan", "--env", "production")
    assert result.code == 3
    assert result.out == ""
    assert f"the key belongs to organization {STAGING_ORG}" in result.err
    assert f"revox-sync.yaml:9:22 allows only {PRODUCTION_ORG}" in result.err
    assert f"help: set REVOX_API_KEY_PRODUCTION to a key of {PRODUCTION_ORG}" in result.err
    assert asked(house.staging) == ["GET /users/me"]


def test_the_pin_of_the_project_holds_where_an_environment_has_none(house: House) -> None:
    house.project(f"organization_id: {STAGING_ORG}\n{PROJECT}")
    assert house.desk.run("plan", "--env", "staging").code == 0
    assert house.desk.run("plan", "--env", "production").code == 3
    house.project(f"organization_id: {STAGING_ORG}\n{pinned(STAGING_ORG, PRODUCTION_ORG)}")
    assert house.desk.run("plan", "--env", "production").code == 0


# Limits.


def test_limits_of_an_environment_come_before_those_of_the_project(house: House) -> None:
    text = "limits: {create: 0}\n" + PROJECT.replace(
        "STAGING\n", "STAGING\n    limits: {create: 5}\n"
    )
    house.project(text)
    assert house.desk.apply("--env", "staging").code == 0
    refused = house.desk.apply("--env", "production")
    assert refused.code == 3
    assert "1 to create" in refused.out
    assert house.production.writes == []


def test_other_limits_of_the_project_hold_beside_those_of_an_environment(house: House) -> None:
    house.project(
        "limits: {create: 0}\n"
        + PROJECT.replace("STAGING\n", "STAGING\n    limits: {replace: 5}\n")
    )
    assert house.desk.apply("--env", "staging").code == 3
