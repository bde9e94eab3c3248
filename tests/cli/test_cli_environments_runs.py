"""What is kept of one environment is never taken for another: plans, runs, sandboxes, commits."""

from __future__ import annotations

from typing import Any

import pytest
from definitions.repository import Repository
from housing import DEFINITION, PROJECT, STAGING_KEY, House, asked
from support.desk import Desk


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def test_a_saved_plan_is_for_one_environment(house: House) -> None:
    assert house.desk.run("plan", "--env", "staging", "--out", "plan.json").code == 0
    result = house.desk.apply("plan.json", "--env", "production")
    assert result.code == 3
    assert "the saved plan is for" in result.err
    assert house.production.writes == house.staging.writes == []
    assert house.desk.apply("plan.json", "--env", "staging").code == 0


def test_a_saved_plan_is_held_to_its_environment_where_the_account_is_the_same(
    house: House,
) -> None:
    house.desk.env["REVOX_API_KEY_PRODUCTION"] = STAGING_KEY
    house.project(
        PROJECT.replace("    vars: {greeting: Test call, voicemail: ", "    vars: {voicemail: ")
    )
    house.desk.run("plan", "--env", "staging", "--out", "plan.json")
    result = house.desk.apply("plan.json", "--env", "production")
    assert result.code == 3
    assert "the saved plan is for environment staging, not for production" in result.err
    assert "help: name it with --env staging" in result.err
    assert house.staging.writes == []


def test_a_plan_from_before_there_were_environments_is_refused(house: House) -> None:
    house.project("vars: {greeting: Hello, voicemail: V, seconds: 600}\n")
    house.desk.env["REVOX_API_KEY"] = STAGING_KEY
    assert house.desk.run("plan", "--out", "plan.json").code == 0
    house.project(PROJECT)
    result = house.desk.apply("plan.json", "--env", "staging")
    assert result.code == 3
    assert "the saved plan is for no environment, not for staging" in result.err
    assert "help: make a new one" in result.err


def test_the_command_that_finishes_a_recreate_names_the_environment(house: House) -> None:
    house.project("retire: delete\n" + PROJECT)
    house.define(DEFINITION, "the desk [1]")
    (house.desk.root / "assistants/front-desk.yaml").unlink()
    for day in (1, 2):
        house.staging.add("Front desk", created_at=f"2026-01-0{day}T00:00:00Z")
    old = next(iter(house.staging.assistants))
    assert (
        f"`revox-sync apply --env staging 'the desk [[]1]' --finish-recreate {old}`"
        in house.desk.action("--env", "staging")["refused"]
    )


def test_a_recreate_is_not_finished_in_another_environment_without_a_word(house: House) -> None:
    house.project("retire: delete\n" + PROJECT)
    house.settle()
    (old,) = house.staging.assistants
    result = house.desk.apply("--env", "production", "--finish-recreate", old)
    assert f"--finish-recreate {old}: this account has no such assistant" in result.err
    assert [request.method for request in house.production.writes] == []


def edited(house: House) -> None:
    """Replace the assistant in staging, then in production."""
    house.settle()
    house.define(DEFINITION.replace("Be kind", "Be brief"))
    house.settle()


def test_a_rollback_is_of_the_latest_run_of_the_environment(house: House) -> None:
    edited(house)
    assert house.desk.rollback("--env", "staging").code == 0
    (prompt,) = [found["prompt"] for found in house.staging.assistants.values()]
    assert prompt == "Be kind."
    assert asked(house.production) == []


def test_a_run_of_another_environment_is_refused(house: House) -> None:
    edited(house)
    run = house.desk.records[-1]
    assert run.header["environment"] == "production"
    result = house.desk.rollback(run.name, "--env", "staging")
    assert result.code == 3
    assert f"run {run.name} was in environment production, and this is environment" in result.err
    assert "help: name it with --env production" in result.err
    assert asked(house.staging) == asked(house.production) == []


def test_an_environment_without_a_run_says_so(house: House) -> None:
    assert house.desk.apply("--env", "staging").code == 0
    result = house.desk.rollback("--env", "production")
    assert result.code == 64
    assert "no run of environment production is recorded in this project" in result.err


def test_a_run_from_before_there_were_environments_is_refused(house: House) -> None:
    house.project("vars: {greeting: Hello, voicemail: V, seconds: 600}\n")
    house.desk.env["REVOX_API_KEY"] = STAGING_KEY
    assert house.desk.apply().code == 0
    house.project(PROJECT)
    result = house.desk.rollback(house.desk.records[0].name, "--env", "staging")
    assert result.code == 3
    assert "was in no environment, and this is environment staging" in result.err


def test_the_list_of_runs_is_of_all_environments_or_of_one(house: House) -> None:
    house.settle()
    everything = house.desk.run("rollback", "--list").out.splitlines()
    assert len(everything) == 2
    (line,) = house.desk.run("rollback", "--list", "--env", "production").out.splitlines()
    assert (line in everything, ", production  " in line) == (True, True)
    result = house.desk.run("rollback", "--list", "--env", "prodution")
    assert (result.code, result.out) == (64, "")
    assert "did you mean production?" in result.err


def test_runs_of_an_environment_that_is_gone_are_still_listed(house: House) -> None:
    house.settle()
    house.project("absent: keep\n")
    assert ", staging  " in house.desk.run("rollback", "--list", "--env", "staging").out
    assert len(house.desk.run("rollback", "--list").out.splitlines()) == 2


# The sandbox.


def test_each_environment_has_a_sandbox_of_its_own(house: House) -> None:
    assert house.desk.apply("--sandbox", "--env", "staging").code == 0
    staging, production = (
        house.desk.run("plan", "--sandbox", "--env", name, "--detailed-exitcode").code
        for name in ("staging", "production")
    )
    assert (staging, production) == (0, 2)
    state = house.desk.root / ".revox-sync"
    assert [path.name for path in state.glob("*.sqlite3")] == ["sandbox-staging.sqlite3"]
    assert "assistants:    1" in house.desk.run("sandbox", "status", "--env", "staging").out
    assert house.desk.run("sandbox", "reset", "--env", "production").code == 0
    assert "assistants:    1" in house.desk.run("sandbox", "status", "--env", "staging").out
    assert house.desk.run("sandbox", "reset", "--env", "staging").code == 0
    assert "assistants:    0" in house.desk.run("sandbox", "status", "--env", "staging").out


def test_a_sandbox_is_left_alone_where_nobody_can_tell_which(house: House) -> None:
    assert house.desk.apply("--sandbox", "--env", "staging").code == 0
    house.project(PROJECT.replace("api_key_env: REVOX", "api_key_env: X"))
    before = house.desk.project.files()
    assert house.desk.run("sandbox", "reset", "--env", "staging").code == 1
    assert house.desk.project.files() == before


# A commit to compare with.

NONE = "vars: {greeting: Hello, voicemail: Please call again., seconds: 600}\n"


@pytest.fixture
def repository(house: House) -> Repository:
    """A repository whose top is the project of the house; nothing is committed yet."""
    made = Repository.at(house.desk.root)
    house.desk.env |= made.env
    return made


def origins(house: House, name: str) -> dict[str, Any]:
    """Return who moved, by path, in the only definition since HEAD."""
    action = house.desk.action("--env", name, "--base", "HEAD")
    return {change["path"]: change["origin"] for change in action["changes"]}


def test_definitions_of_a_commit_are_those_of_the_same_environment(
    house: House, repository: Repository
) -> None:
    repository.commit()
    house.settle()
    assert origins(house, "staging") == origins(house, "production") == {}
    for account in (house.staging, house.production):
        (identity,) = account.assistants
        account.edit(identity, voicemail_message="Typed.", max_call_duration_secs=60)
    house.project(PROJECT.replace("This is a test.", "A test."))
    assert origins(house, "staging") == {
        "voicemail_message": "both",
        "max_call_duration_secs": "drift",
    }
    assert set(origins(house, "production").values()) == {"drift"}


def test_a_variable_that_moved_is_a_definition_that_moved(
    house: House, repository: Repository
) -> None:
    repository.commit()
    house.settle()
    house.project(PROJECT.replace("seconds: 600", "seconds: 700"))
    assert origins(house, "staging") == {"max_call_duration_secs": "definition"}
    changed = house.desk.run("diff", "HEAD", "--env", "production", "--format", "json").json
    assert changed["target"]["environment"] == "production"
    assert [c["path"] for c in changed["actions"][0]["changes"]] == ["max_call_duration_secs"]


def test_where_there_were_none_yet_definitions_count_for_each(
    house: House, repository: Repository
) -> None:
    house.project(NONE)
    repository.commit()
    house.project(PROJECT)
    house.settle()
    (identity,) = house.production.assistants
    house.production.edit(identity, voicemail_message="Typed.")
    assert origins(house, "production") == {"voicemail_message": "drift"}
    told = house.desk.run("plan", "--env", "production", "--base", "HEAD").err
    assert "there are no environments yet; what was defined counts for each of them" in told


def test_one_that_may_have_had_another_name_is_unknown(
    house: House, repository: Repository
) -> None:
    house.project(PROJECT.replace("  production:", "  live:"))
    repository.commit()
    house.project(PROJECT)
    house.settle()
    (identity,) = house.production.assistants
    house.production.edit(identity, voicemail_message="Typed.")
    assert origins(house, "production") == {"voicemail_message": "unknown"}
    told = house.desk.run("plan", "--env", "production", "--base", "HEAD").err
    assert "there is no environment 'production'; the project has staging, live" in told
    assert "what was defined in it cannot be read" in told


def test_an_environment_that_comes_beside_the_others_is_new(
    house: House, repository: Repository
) -> None:
    declared = house.desk.project.files()["revox-sync.yaml"].decode()
    before = declared[: declared.index("  production:")]
    assert "  staging:" in before
    house.project(before)
    repository.commit()
    house.project(declared)
    told = house.desk.run("plan", "--env", "production", "--base", "HEAD").err
    assert "nothing was defined for it yet" in told
    assert set(origins(house, "production").values()) == {"definition"}


def test_where_there_were_some_a_project_without_any_knows_nothing(
    desk: Desk, house: House, repository: Repository
) -> None:
    repository.commit()
    house.project(NONE)
    desk.env["REVOX_API_KEY"] = STAGING_KEY
    result = desk.run("plan", "--base", "HEAD")
    assert result.code == 3, "a base that cannot be read refuses"
    assert "this project has environments: staging, production; what was" in result.err


def test_a_definition_that_comes_to_an_environment_is_new_there(
    house: House, repository: Repository
) -> None:
    text = "name: Trial\nprompt: p\n"
    house.define(f"{text}sync: {{environments: [staging]}}\n", "trial")
    repository.commit()
    house.define(text, "trial")
    changed = house.desk.run("diff", "HEAD", "trial", "--env", "production", "--format", "json")
    assert changed.json["actions"][0]["action"] == "create"
    changed = house.desk.run("diff", "HEAD", "trial", "--env", "staging", "--format", "json")
    assert changed.json["actions"][0]["action"] == "unchanged"
