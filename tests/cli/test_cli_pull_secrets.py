"""`pull` writes no credential down, tells what to set, and then a plan is empty."""

from __future__ import annotations

import pytest
from support.desk import Desk

KEY, LOGIN, TOKEN, HEADER = "sk-proj-77aa81cC03e4", "me:hunter2", "abc%2F123", "s3cr3t"

SET = {
    "REVOX_SECRET_FRONT_DESK_API_KEY": KEY,
    "REVOX_SECRET_FRONT_DESK_WEBHOOK_LOGIN": LOGIN,
    "REVOX_SECRET_FRONT_DESK_WEBHOOK_TOKEN": TOKEN,
    "REVOX_SECRET_FRONT_DESK_LOOK_UP_AUTHORIZATION": HEADER,
}


def add(desk: Desk, key: str = KEY, header: str = f"Bearer {HEADER}") -> str:
    return desk.service.add(
        "Front desk",
        webhook_url=f"https://{LOGIN}@example.com/hook?token={TOKEN}&who={{{{name}}}}",
        llm_model={
            "type": "custom",
            "api_url": "https://llm.example.com/v1",
            "api_key": key,
            "model_name": "ours",
        },
        custom_tools=[
            {
                "name": "look_up",
                "description": "Look a booking up.",
                "method": "GET",
                "url": "https://example.com/{{id}}",
                "headers": [{"key": "Authorization", "value": header}],
                "query_params": [{"key": "id", "value": "{{id}}"}],
                "body_template": None,
                "input_schema": [],
            }
        ],
    )


def everything(desk: Desk) -> bytes:
    return b"".join(desk.project.files().values())


def test_no_credential_is_written_or_told_and_what_to_set_is(desk: Desk) -> None:
    add(desk)
    result = desk.run("pull")
    assert result.code == 0
    for secret in (KEY, LOGIN, "hunter2", TOKEN, HEADER):
        assert secret not in result.said
        assert secret.encode() not in everything(desk)
    told = [line for line in result.out.splitlines() if "REVOX_SECRET_" in line]
    places = ("llm_model.api_key", "webhook_url", "webhook_url", "custom_tools[0].headers[0].value")
    assert sorted(told) == sorted(
        f"  {name}: {place} in assistants/front-desk.yaml"
        for name, place in zip(SET, places, strict=True)
    )


def test_once_they_are_set_a_plan_is_empty(desk: Desk) -> None:
    identity = add(desk)
    desk.run("pull")
    assert "not set: " in desk.run("plan").err
    desk.env |= SET
    assert desk.settled()
    assert desk.run("validate").code == 0
    desk.service.edit(identity, webhook_url=f"https://{LOGIN}@example.com/hook?token=other")
    assert list(desk.changes()) == ["webhook_url"]


def test_another_pull_needs_none_of_them(desk: Desk) -> None:
    add(desk)
    desk.run("pull")
    before = desk.project.files()
    desk.service.add("Night desk")
    assert desk.run("pull").code == 0
    assert desk.project.files().keys() - before.keys() == {"assistants/night-desk.yaml"}


@pytest.mark.parametrize("masked", ["sk-…77aa", "********", "", None])
def test_what_the_account_masks_is_to_be_set_as_well(desk: Desk, masked: str) -> None:
    add(desk, key=masked, header="***")
    result = desk.run("pull")
    where = "llm_model.api_key in assistants/front-desk.yaml, which the account masks\n"
    assert f"  REVOX_SECRET_FRONT_DESK_API_KEY: {where}" in result.out
    desk.env |= SET
    assert desk.settled()


def test_what_the_account_masks_in_a_url_is_to_be_set_as_well(desk: Desk) -> None:
    desk.service.add("Front desk", webhook_url="https://***@example.com/?token=ab…&x={{x}}")
    result = desk.run("pull")
    assert result.out.count("which the account masks") == 2
    assert b"/?token=${secret.FRONT_DESK_WEBHOOK_TOKEN}&x={{x}}\n" in everything(desk)
    desk.env |= SET
    assert desk.settled()


@pytest.mark.parametrize("masked", ["sk-…77aa", "********", "", None])
def test_what_is_masked_is_written_into_a_definition_that_is_there(desk: Desk, masked: str) -> None:
    add(desk, key=masked, header="***")
    model = {"type": "dedicated-instance", "name": "gpt-4.1"}
    desk.project.define(name="Front desk", prompt="Be kind.", llm_model=model)
    result = desk.run("pull")
    assert result.code == 0, result.out
    assert result.out.count("which the account masks") == 2
    after = desk.project.files()
    assert b"${secret.FRONT_DESK_API_KEY}" in everything(desk)
    assert b"***" not in everything(desk)
    assert desk.run("pull").code == 0
    assert desk.project.files() == after
    desk.env |= SET
    assert desk.settled()


def test_a_masked_header_is_added_beside_one_that_is_known(desk: Desk) -> None:
    add(desk, header="***")
    assert desk.run("pull").code == 0
    desk.env |= SET
    (identity,) = desk.service.assistants
    (tool,) = desk.service.assistants[identity]["custom_tools"]
    headers = [*tool["headers"], {"key": "X-Token", "value": "••••"}]
    desk.service.edit(identity, custom_tools=[{**tool, "headers": headers}])
    result = desk.run("pull")
    assert result.code == 0, result.out
    assert "REVOX_SECRET_FRONT_DESK_LOOK_UP_X_TOKEN: " in result.out
    assert desk.settled()


def test_a_token_in_a_text_is_replaced_alone(desk: Desk) -> None:
    desk.service.add("Front desk", prompt=f"Use {KEY} for this.\nNever say ${{it}}.")
    desk.run("pull")
    assert b"  Use ${secret.FRONT_DESK_PROMPT_TOKEN} for this.\n" in everything(desk)
    desk.env["REVOX_SECRET_FRONT_DESK_PROMPT_TOKEN"] = KEY
    assert desk.settled()


def test_no_name_that_holds_a_credential_is_written(desk: Desk) -> None:
    desk.env["REVOX_SECRET_DOOR_CODE"] = "4711-4711"
    desk.service.add(f"Key {KEY}")
    desk.service.add("Door 4711-4711")
    bound = desk.service.add("Front desk")
    desk.project.define(prompt="Be kind.", sync={"id": bound})
    desk.service.edit(bound, name=KEY, prompt="Be brief.")
    result = desk.run("pull")
    assert result.code == 4
    why = "it holds what looks like a credential; rename it in the dashboard"
    assert result.out.count(f"is not written: name: {why}") == 2
    assert f"name is not written: {why}" in result.out
    assert [file for file in desk.project.files() if "front-desk" not in file] == []
    assert KEY not in result.said and KEY.encode() not in everything(desk)
    assert "4711" not in result.said and b"4711" not in everything(desk)


def test_values_that_are_set_already_keep_their_names_and_these_are_told(desk: Desk) -> None:
    desk.env |= {"REVOX_SECRET_HOOK": TOKEN, "REVOX_SECRET_DOOR_CODE": "4711-4711"}
    desk.env["REVOX_SECRET_FRONT_DESK_WEBHOOK_LOGIN"] = "something else"
    desk.service.add(
        "Front desk",
        prompt="The code is 4711-4711.",
        webhook_url=f"https://{LOGIN}@example.com?t={TOKEN}",
    )
    result = desk.run("pull")
    assert b"prompt: The code is ${secret.DOOR_CODE}.\n" in everything(desk)
    assert b"?t=${secret.HOOK}\n" in everything(desk)
    assert "  REVOX_SECRET_FRONT_DESK_WEBHOOK_LOGIN_2: webhook_url in" in result.out
    assert (
        "set already, so that their names were reused:\n"
        "  REVOX_SECRET_DOOR_CODE: prompt in assistants/front-desk.yaml\n"
        "  REVOX_SECRET_HOOK: webhook_url in assistants/front-desk.yaml\n"
    ) in result.out
    desk.env["REVOX_SECRET_FRONT_DESK_WEBHOOK_LOGIN_2"] = LOGIN
    assert desk.settled()


def test_a_name_that_a_definition_uses_is_not_given_to_another_value(desk: Desk) -> None:
    desk.project.define("other", prompt="Code ${secret.FRONT_DESK_WEBHOOK_TOKEN}")
    desk.service.add("Front desk", webhook_url=f"https://example.com?token={TOKEN}")
    desk.run("pull")
    assert b"?token=${secret.FRONT_DESK_WEBHOOK_TOKEN_2}\n" in everything(desk)


def test_a_prompt_that_lies_apart_holds_none_either(desk: Desk) -> None:
    desk.service.add("Front desk", prompt="One line.\n" * 8 + KEY)
    desk.run("pull", "--prompts")
    assert KEY.encode() not in everything(desk)
    desk.env["REVOX_SECRET_FRONT_DESK_PROMPT_TOKEN"] = KEY
    assert desk.settled()


def test_one_credential_of_many_assistants_has_one_name(desk: Desk) -> None:
    for name in ("Front desk", "Night desk", "受付"):
        desk.service.add(name, webhook_url=f"https://example.com/?token={TOKEN}")
    result = desk.run("pull")
    assert everything(desk).count(b"${secret.FRONT_DESK_WEBHOOK_TOKEN}") == 3
    assert result.out.count("REVOX_SECRET_") == 1
    assert (
        "  REVOX_SECRET_FRONT_DESK_WEBHOOK_TOKEN: webhook_url in assistants/front-desk.yaml, "
        "webhook_url in assistants/night-desk.yaml, webhook_url in assistants/受付.yaml\n"
    ) in result.out
    desk.env["REVOX_SECRET_FRONT_DESK_WEBHOOK_TOKEN"] = TOKEN
    assert desk.settled()


def test_masked_credentials_may_differ_and_have_a_name_each(desk: Desk) -> None:
    for name in ("Front desk", "Night desk"):
        desk.service.add(name, webhook_url="https://example.com/?token=********")
    desk.run("pull")
    assert b"${secret.FRONT_DESK_WEBHOOK_TOKEN}" in everything(desk)
    assert b"${secret.NIGHT_DESK_WEBHOOK_TOKEN}" in everything(desk)


def test_without_latin_letters_the_host_gives_the_name(desk: Desk) -> None:
    desk.service.add("受付", webhook_url=f"https://hooks.example.com/?token={TOKEN}")
    desk.run("pull")
    assert b"${secret.HOOKS_EXAMPLE_COM_WEBHOOK_TOKEN}" in everything(desk)


def test_the_path_of_a_webhook_that_lets_everybody_post_is_no_part_of_a_file(desk: Desk) -> None:
    path = "T024BE7LD/B024BE7LD/abcdefgh12345678"
    desk.service.add("Front desk", webhook_url=f"https://hooks.slack.com/services/{path}")
    result = desk.run("pull")
    assert path not in result.said
    assert path.encode() not in everything(desk)
    assert b"https://hooks.slack.com/services/${secret." in everything(desk)
    desk.env["REVOX_SECRET_FRONT_DESK_WEBHOOK_TOKEN"] = path
    assert desk.settled()
