"""A secret that is not set is unknown, not an error: it stops only a write that takes it."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk

URL = "https://h.example.com/?token=${secret.TOK}"
NOT_SET = "it cannot be compared, because REVOX_SECRET_TOK is not set"
TOOL: dict[str, Any] = {
    "name": "book",
    "description": "Books a room.",
    "method": "POST",
    "url": "https://crm.example.com/book",
    "headers": [{"key": "Authorization", "value": "Bearer ${secret.TOK}"}],
    "query_params": [],
    "body_template": "{}",
    "input_schema": [],
}
STATED = """\
name: Front desk
prompt: Be kind to ${secret.GUEST}.
webhook_url: ${secret.HOOK}
transfer_phone_number: ${secret.NUMBER}
"""


def held(tool: dict[str, Any], key: str = "r3al-key-1") -> dict[str, Any]:
    return {**tool, "headers": [{"key": "Authorization", "value": f"Bearer {key}"}]}


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Two assistants as defined; one definition needs a secret that is not set."""
    desk.service.add("front-desk", prompt="Be kind.", webhook_url="https://h.example.com/?token=r")
    desk.service.add("spa", prompt="Relax.")
    desk.project.define(prompt="Be kind.", webhook_url=URL)
    desk.project.define("spa", prompt="Relax.")
    return desk


def test_validate_names_what_is_not_set(desk: Desk) -> None:
    desk.project.write("assistants/front-desk.yaml", STATED)
    result = desk.run("validate")
    assert (result.code, result.out) == (0, "1 definition, 0 errors, 0 warnings\n")
    assert "REVOX_SECRET_GUEST, REVOX_SECRET_HOOK, REVOX_SECRET_NUMBER" in result.err
    assert desk.run("validate", "--format", "json").json["unset_secrets"] == [
        *("GUEST", "HOOK", "NUMBER")
    ]


def test_what_is_set_is_checked_all_the_same(desk: Desk) -> None:
    desk.project.write("assistants/front-desk.yaml", STATED)
    desk.env["REVOX_SECRET_NUMBER"] = "no number"
    assert desk.run("validate").code == 1


def test_other_mistakes_are_still_found(desk: Desk) -> None:
    desk.project.write("assistants/front-desk.yaml", STATED + "voicemail_mesage: Hello\n")
    result = desk.run("validate")
    assert result.code == 1
    assert "5:1: error[unknown-key]" in result.out


def test_a_secret_in_the_defaults_may_be_unset_too(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "defaults: {webhook_url: '${secret.HOOK}'}\n")
    desk.project.define(prompt="Be kind.")
    result = desk.run("validate")
    assert result.code == 0
    assert "REVOX_SECRET_HOOK" in result.err


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("plan", 0),
        ("plan --detailed-exitcode", 0),
        ("drift", 0),
        ("pull --check", 0),
    ],
)
def test_it_is_no_difference(two: Desk, command: str, code: int) -> None:
    result = two.run(*command.split())
    assert result.code == code, result.said
    assert "REVOX_SECRET_TOK" in result.said


def test_the_plan_says_what_it_could_not_compare(two: Desk) -> None:
    actions = {action["key"]: action for action in two.plan()["actions"]}
    assert actions["front-desk"]["uncompared"] == [{"path": "webhook_url", "secrets": ["TOK"]}]
    assert f"webhook_url: {NOT_SET}" in actions["front-desk"]["notes"]
    assert actions["spa"]["uncompared"] == []
    for form in ("terminal", "markdown"):
        page = two.run("plan", "--format", form).out
        assert "webhook_url (REVOX_SECRET_TOK)" in page
        assert "push-unknown" not in page


def test_other_definitions_say_nothing_of_it(two: Desk) -> None:
    assert "REVOX_SECRET_TOK" not in two.run("plan", "spa").said


def test_other_fields_are_written(two: Desk) -> None:
    two.project.define(prompt="Be brief.", webhook_url=URL)
    assert two.run("plan", "--detailed-exitcode").code == 2
    assert two.apply().code == 0
    assert [request.body for request in two.service.writes] == [{"prompt": "Be brief."}]


def test_a_create_needs_it(desk: Desk) -> None:
    desk.project.define(prompt="Be kind.", webhook_url=URL)
    desk.project.define("spa", prompt="Relax.")
    result = desk.run("plan", "--format", "json", "--detailed-exitcode")
    assert result.code == 2
    action = next(a for a in result.json["actions"] if a["key"] == "front-desk")
    assert (action["action"], action["refused"]) == ("create", None)
    assert action["unset_secrets"] == ["TOK"]
    assert desk.run("plan").code == 0
    applied = desk.apply()
    assert applied.code == 4
    assert "REVOX_SECRET_TOK is not set" in applied.out
    assert [request.body["name"] for request in desk.service.sent("POST")] == ["spa"]


def test_nothing_but_refused_is_refused(desk: Desk) -> None:
    desk.project.define(prompt="Be kind.", webhook_url=URL)
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert desk.apply("plan.json").code == 3
    assert desk.apply().code == 3
    assert desk.service.writes == []


def test_a_list_is_never_sent_with_the_accounts_value_in_its_place(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="Be kind.", custom_tools=[held(TOOL)])
    desk.project.define(prompt="Be kind.", custom_tools=[TOOL])
    assert desk.settled()
    desk.project.define(
        prompt="Be kind.", custom_tools=[{**TOOL, "url": "https://new.example.com/book"}]
    )
    action = desk.action()
    assert [change["path"] for change in action["changes"]] == ["custom_tools[0].url"]
    assert action["unset_secrets"] == ["TOK"]
    assert desk.apply().code == 3
    assert desk.service.writes == []
    desk.env["REVOX_SECRET_TOK"] = "r3al-key-1"
    assert desk.apply().code == 0


def test_an_item_that_the_account_lacks_is_a_change(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="Be kind.", custom_tools=[])
    desk.project.define(prompt="Be kind.", custom_tools=[TOOL])
    assert desk.run("plan", "--detailed-exitcode").code == 2
    assert desk.apply().code == 3


def test_the_rest_of_a_faq_is_compared(desk: Desk) -> None:
    desk.service.add(
        "front-desk",
        prompt="Be kind.",
        faq_items=[
            {"question": "Code?", "answer": "r3al-code-1"},
            {"question": "Old?", "answer": "x"},
        ],
    )
    items = [{"question": "Code?", "answer": "${secret.TOK}"}, {"question": "Old?", "answer": "x"}]
    desk.project.define(prompt="Be kind.", faq_items=items)
    assert desk.settled()
    desk.project.define(prompt="Be kind.", faq_items=items[:1])
    action = desk.action()
    assert [(c["path"], c["op"]) for c in action["changes"]] == [
        ("faq_items[(holds a secret)#2]", "remove")  # nobody knows where in the FAQ the secret is
    ]
    assert "r3al-code-1" not in desk.run("plan").said
    assert desk.apply().code == 3


def test_what_cannot_be_read_back_is_not_pushed_without_it(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="Be kind.", custom_tools=[held(TOOL, "****")])
    desk.project.define(prompt="Be kind.", custom_tools=[TOOL])
    assert desk.apply("--push-unknown").code == 0
    assert desk.service.writes == []


def test_a_recreate_needs_every_secret(two: Desk) -> None:
    two.project.write("revox-sync.yaml", "replace: recreate\nretire: keep\n")
    two.project.define(prompt="Be brief.", webhook_url=URL)
    result = two.apply()
    assert result.code == 3
    assert "REVOX_SECRET_TOK is not set" in result.out
    assert two.service.writes == []


def test_pull_and_bind_work_without_it(two: Desk) -> None:
    assert two.run("bind").code == 0
    first = next(iter(two.service.assistants))
    two.service.edit(first, prompt="Be brief.")
    assert two.run("pull", "--overwrite").code == 0
    text = (two.root / "assistants/front-desk.yaml").read_text()
    assert "Be brief." in text
    assert "${secret.TOK}" in text
