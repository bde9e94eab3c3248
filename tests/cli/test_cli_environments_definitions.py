"""Definitions in a project with environments: where they are, and which assistant is theirs."""

from __future__ import annotations

import pytest
from housing import DEFINITION, PROJECT, House
from support.desk import Desk


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def test_a_definition_can_be_limited_to_environments(house: House) -> None:
    house.define("name: Trial\nprompt: p\nsync: {environments: [staging]}\n", "trial")
    keys = {
        name: [action["key"] for action in house.desk.plan("--env", name)["actions"]]
        for name in ("staging", "production")
    }
    assert keys == {"staging": ["front-desk", "trial"], "production": ["front-desk"]}


def test_where_a_definition_is_not_its_assistant_is_unmanaged(house: House) -> None:
    house.define("name: Trial\nprompt: p\nsync: {environments: [staging]}\n", "trial")
    identity = house.production.add("Trial", prompt="Typed in the dashboard.")
    plan = house.desk.plan("--env", "production")
    assert plan["unmanaged"] == [{"id": identity, "name": "Trial"}]


def test_a_key_of_another_environment_is_wrong_usage(house: House) -> None:
    house.define("name: Trial\nprompt: p\nsync: {environments: [staging]}\n", "trial")
    result = house.desk.run("plan", "trial", "--env", "production")
    assert result.code == 64
    assert "trial is not defined in environment production" in result.err
    assert "help: its sync.environments says staging\n" in result.err
    assert "matches 'trail'" in house.desk.run("plan", "trail", "--env", "production").err


def test_names_may_repeat_between_environments(house: House) -> None:
    for name in ("staging", "production"):
        text = f"name: Night desk\nprompt: {name}.\nsync: {{environments: [{name}]}}\n"
        house.define(text, f"night-{name}")
    assert house.desk.run("validate").code == 0
    house.settle()
    prompts = {found["prompt"] for found in house.production.assistants.values()}
    assert prompts == {"Be kind.", "production."}
    house.define("name: Night desk\nprompt: p\n", "night")
    result = house.desk.run("plan", "--env", "staging")
    assert result.code == 1
    assert "night.yaml" in result.err or "night-staging.yaml" in result.err


def test_what_only_another_environment_has_is_no_error_here(house: House) -> None:
    house.project(
        PROJECT.replace("voicemail: Please", "hook: 'https://e.example', voicemail: Please")
    )
    house.define(
        "name: Live\nprompt: '${secret.LIVE}'\nwebhook_url: ${var.hook}\n"
        "sync: {environments: [production]}\n",
        "live",
    )
    assert house.desk.run("plan", "--env", "staging").code == 0
    assert house.desk.run("validate", "--env", "staging").code == 0
    assert "not set: REVOX_SECRET_LIVE" in house.desk.run("plan", "--env", "production").err
    house.desk.env["REVOX_SECRET_LIVE"] = "live-and-long-enough"
    assert house.desk.run("plan", "--env", "production").code == 0


def test_what_cannot_be_read_is_an_error_everywhere(house: House) -> None:
    house.define("name: Live\nprompt: {file: no.md}\nsync: {environments: [production]}\n", "live")
    assert house.desk.run("plan", "--env", "staging").code == 1


@pytest.mark.parametrize(
    ("sync", "place", "words"),
    [
        ("{environments: [prodution]}", "3:23", "did you mean production?"),
        ("{environments: [staging, live]}", "3:32", "the project declares no environment live"),
        ("{id: {stagin: abc}}", "3:13", "did you mean staging?"),
        ("{environments: []}", "3:22", "wants a list of environments"),
        ("{environments: staging}", "3:22", "wants a list of environments"),
        ("{environments: [1]}", "3:23", "wants a text"),
        ("{id: {staging: ''}}", "3:22", "cannot be empty"),
        ("{id: {staging: 7}}", "3:22", "wants a text"),
    ],
)
def test_an_environment_that_no_one_declared_is_an_error(
    house: House, sync: str, place: str, words: str
) -> None:
    house.define(f"name: Trial\nprompt: p\nsync: {sync}\n", "trial")
    for arguments in (["validate"], ["plan", "--env", "staging"], ["plan", "--env", "production"]):
        result = house.desk.run(*arguments)
        assert result.code == 1
        assert f"assistants/trial.yaml:{place}: error" in result.said
        assert words in result.said


def test_in_a_project_without_any_a_definition_can_name_none(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: A\nprompt: p\nsync: {environments: [a]}\n")
    result = desk.run("plan")
    assert result.code == 1
    assert "the project declares no environment a" in result.err


def test_an_id_for_each_environment(house: House) -> None:
    staging = house.staging.add("Old name", prompt="Be kind.")
    production = house.production.add("Other name", prompt="Be kind.")
    house.define(DEFINITION + f"sync: {{id: {{staging: {staging}, production: {production}}}}}\n")
    for name, identity in (("staging", staging), ("production", production)):
        assert house.desk.action("--env", name)["id"] == identity


def test_without_an_id_in_the_map_the_name_tells(house: House) -> None:
    staging = house.staging.add("Old name", prompt="Old.")
    production = house.production.add("Front desk", prompt="Old.")
    house.define(DEFINITION + f"sync: {{id: {{staging: {staging}}}}}\n")
    assert house.desk.action("--env", "production")["id"] == production


def test_a_rebind_writes_the_id_of_its_environment_only(house: House) -> None:
    staging = house.staging.add("Front desk", prompt="Old.")
    text = (
        DEFINITION + f"sync:\n  id:\n    production: '{staging}'\n    staging: {staging} # ours\n"
    )
    house.define(text)
    house.project("retire: delete\n" + PROJECT)
    result = house.desk.apply("--env", "staging", "--recreate", "front-desk", "--rebind")
    assert result.code == 0, result.said
    (new,) = house.staging.assistants
    path = house.desk.root / "assistants/front-desk.yaml"
    assert path.read_text() == text.replace(f"staging: {staging}", f"staging: {new}")
    assert house.desk.run("plan", "--env", "staging", "--detailed-exitcode").code == 0


def test_pull_binds_in_its_environment_only(house: House) -> None:
    identity = house.staging.add("Night desk", prompt="Be quiet.")
    assert house.desk.run("pull", "--env", "staging").code == 0
    written = (house.desk.root / "assistants/night-desk.yaml").read_text()
    assert f"sync:\n  id:\n    staging: {identity}\n" in written
    assert house.desk.run("validate").code == 0


def test_pull_quotes_a_name_that_yaml_takes_for_something_else(house: House) -> None:
    house.project("environments: {'1': {api_key_env: REVOX_API_KEY_STAGING}}\n")
    house.define("name: Front desk\nprompt: p\n")
    identity = house.staging.add("Night desk", prompt="Be quiet.")
    assert house.desk.run("pull", "--env", "1").code == 0
    actions = house.desk.plan("--env", "1")["actions"]
    assert [action["id"] for action in actions] == [None, identity]


def test_bind_writes_the_id_of_its_environment_beside_the_others(house: House) -> None:
    ids = {
        name: account.add("Front desk", prompt="Old.")
        for name, account in (("staging", house.staging), ("production", house.production))
    }
    for name in ids:
        hint = f"`revox-sync bind --env {name}` writes"
        assert hint in house.desk.run("plan", "--env", name).err
        assert house.desk.run("bind", "--env", name).code == 0
    written = (house.desk.root / "assistants/front-desk.yaml").read_text()
    assert written == (
        f"{DEFINITION}sync:\n  id:\n    staging: {ids['staging']}\n"
        f"    production: {ids['production']}\n"
    )
    for name, identity in ids.items():
        assert house.desk.action("--env", name)["id"] == identity


def test_bind_in_an_environment_whose_name_yaml_takes_for_something_else(house: House) -> None:
    house.project("environments: {'1': {api_key_env: REVOX_API_KEY_STAGING}, 'true': {}}\n")
    house.define("name: Front desk\nprompt: p\n")
    identity = house.staging.add("Front desk", prompt="p")
    assert house.desk.run("bind", "--env", "1").code == 0
    assert house.desk.run("bind", "--env", "1").out.startswith("0 definitions bound, 1 bound")
    assert house.desk.action("--env", "1")["id"] == identity


def test_an_apply_names_the_command_that_binds(house: House) -> None:
    said = house.desk.apply("--env", "staging").err
    assert "`revox-sync bind --env staging` writes its id" in said


def test_what_is_advised_binds_in_this_environment_alone(house: House) -> None:
    first, _ = (house.staging.add("Front desk", prompt="Old.") for _ in range(2))
    here = ("--env", "staging")
    assert f"adding `sync: {{id: {{staging: {first}}}}}`" in house.desk.run("plan", *here).out
    assert f"adding `sync: {{id: {{staging: {first}}}}}`" in house.desk.run("bind", *here).out
    alike = house.production.add("front DESK", prompt="Old.")
    refused = house.desk.action("--env", "production")["refused"]
    assert f"adding `sync: {{id: {{production: {alike}}}}}` to the definition" in refused


def test_an_id_that_is_the_same_everywhere_is_told_where_it_is_wrong(house: House) -> None:
    identity = house.staging.add("Front desk", prompt="Old.")
    house.define(f"{DEFINITION}sync: {{id: {identity}}}\n")
    result = house.desk.run("bind", "--env", "production")
    assert result.code == 3
    assert "sync.id is the same in every environment" in result.out
    assert "`id: {production: …}`" in result.out


def test_pull_leaves_what_a_variable_stands_for_and_takes_the_rest(house: House) -> None:
    house.settle()
    (identity,) = house.staging.assistants
    house.staging.edit(identity, first_sentence="Typed.", prompt="Typed, too.")
    result = house.desk.run("pull", "--env", "staging", "Front desk")
    written = (house.desk.root / "assistants/front-desk.yaml").read_text()
    assert written == DEFINITION.replace("Be kind.", "Typed, too."), result.said
    assert "first_sentence" in result.out
    assert "${var.greeting}" in result.out


# Mistakes.


def test_names_of_no_environment_are_told_beside_every_other_mistake(house: House) -> None:
    house.define(
        DEFINITION
        + "voicee: x\nsync: {id: {stagin: a}, environments: [productoin, staging], mange: []}\n"
    )
    result = house.desk.run("plan", "--env", "staging")
    assert result.code == 1
    assert result.err.count("error[") == 4
    for place, meant in (("7:13", "staging"), ("7:40", "production")):
        (_, _, told) = result.err.partition(f"front-desk.yaml:{place}: error[unknown-environment]")
        assert f"did you mean {meant}?" in told.split("error[")[0]


def test_one_id_in_two_definitions_is_placed_where_it_is_written(house: House) -> None:
    for key in ("a", "b"):
        text = f"name: {key}\nprompt: p\nsync: {{id: {{staging: {key}, production: one}}}}\n"
        house.define(text, key)
    result = house.desk.run("validate")
    assert "b.yaml:3:37: error[duplicate-id]: assistants/a.yaml:3:37 is bound to" in result.out
    assert result.out.count("error[") == 1


# Validating all of them at once.


def test_validate_checks_every_environment(house: House) -> None:
    house.project(PROJECT.replace("voicemail: Please call again.", "voicemai: x"))
    result = house.desk.run("validate")
    assert result.code == 1
    assert (
        "assistants/front-desk.yaml:4:20: error[undeclared-variable]: "
        "environment production declares no variable voicemail" in result.out
    )
    assert (
        "help: staging declares it; add it to environments.production.vars, or to vars"
        in result.out
    )
    assert result.out.endswith("1 definition, 1 error, 0 warnings\n")
    assert house.desk.run("validate", "--env", "staging").code == 0
    assert house.desk.run("validate", "--env", "production").code == 1


def test_validate_says_which_environments_have_a_problem(house: House) -> None:
    house.project(PROJECT.replace("greeting: Test call", "greeting: Test call, seconds: ten"))
    result = house.desk.run("validate")
    assert result.code == 1
    assert "assistants/front-desk.yaml:5:25: error[wrong-type]: " in result.out
    assert " (environment staging)\n" in result.out


def test_a_problem_of_every_environment_is_told_once(house: House) -> None:
    house.define(DEFINITION + "voicee: x\n")
    result = house.desk.run("validate")
    assert result.out.count("error[") == 1
    assert "(environment" not in result.out


def test_a_problem_of_every_environment_that_a_definition_is_in_is_told_without_them(
    house: House,
) -> None:
    house.define("name: Trial\nprompt: p\nsync: {environments: [staging], mange: []}\n", "trial")
    result = house.desk.run("validate")
    assert "trial.yaml:3:33: error[unknown-key]: unknown key `mange` in `sync`\n" in result.out


def test_validate_counts_a_file_once(house: House) -> None:
    result = house.desk.run("validate", "--format", "json")
    assert result.json["summary"] == {"files": 1, "errors": 0, "warnings": 0}
