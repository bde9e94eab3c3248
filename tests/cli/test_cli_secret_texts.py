"""A text with a secret in it is reviewable: shown, and held to a saved plan, as it is written."""

from __future__ import annotations

from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.plan.sides import Sides

CODE, HOOK = "4711-hall-door", "h00k-t0ken-9"
PROMPT = "You answer the telephone.\nThe code is ${secret.CODE}."
URL = "https://one.example.com/calls?token=${secret.HOOK}"
HOLDS = "(holds a secret)"
TOOL: dict[str, Any] = {
    "name": "book",
    "description": "Books a room.",
    "method": "POST",
    "url": "https://crm.example.com/book",
    "headers": [{"key": "Authorization", "value": "Bearer ${secret.HOOK}"}],
    "query_params": [],
    "body_template": "{}",
    "input_schema": [],
}


def expanded(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("${secret.CODE}", CODE).replace("${secret.HOOK}", HOOK)
    if isinstance(value, list):
        return [expanded(item) for item in value]
    if isinstance(value, dict):
        return {name: expanded(item) for name, item in value.items()}
    return value


@pytest.fixture
def secretive(desk: Desk) -> Desk:
    """Two secrets, and an assistant that holds both of them."""
    desk.env |= {"REVOX_SECRET_CODE": CODE, "REVOX_SECRET_HOOK": HOOK}
    desk.service.add("front-desk", prompt=expanded(PROMPT), webhook_url=expanded(URL))
    desk.project.define(prompt=PROMPT, webhook_url=URL)
    assert desk.settled()
    return desk


def only_assistant(desk: Desk) -> str:
    (found,) = desk.service.assistants
    return found


def test_words_and_hosts_are_shown_and_secrets_are_not(secretive: Desk) -> None:
    prompt, url = PROMPT.replace("telephone", "phone"), URL.replace("one.", "two.")
    secretive.project.define(prompt=prompt, webhook_url=url)
    assert secretive.changes() == {"prompt": (PROMPT, prompt), "webhook_url": (URL, url)}
    for form in ("terminal", "json", "markdown"):
        said = secretive.run("plan", "--format", form).said
        assert "two.example.com" in said
        assert "${secret.CODE}" in said
        assert CODE not in said
        assert HOOK not in said


@pytest.mark.parametrize(
    "edit",
    [
        {"prompt": PROMPT.replace("telephone", "door")},
        {"webhook_url": URL.replace("one.", "three.")},
        {"prompt": PROMPT.replace("CODE", "HOOK")},
        {"prompt": PROMPT.replace("${", "$${")},
        {"webhook_url": URL.replace("HOOK", "CODE")},
    ],
    ids=["words", "host", "another secret", "a literal", "another secret in a query"],
)
def test_a_saved_plan_runs_nothing_but_what_was_reviewed(
    secretive: Desk, edit: dict[str, str]
) -> None:
    stated = {
        "prompt": PROMPT.replace("telephone", "phone"),
        "webhook_url": URL.replace("one.", "two."),
    }
    secretive.project.define(**stated)
    assert secretive.run("plan", "--out", "plan.json").code == 0
    secretive.project.define(**{**stated, **edit})
    assert secretive.apply("plan.json").code == 3
    assert secretive.service.writes == []
    secretive.project.define(**stated)
    assert secretive.apply("plan.json").code == 0
    assert secretive.service.writes[0].body == expanded(stated)


def test_another_secret_in_a_header_is_not_what_was_reviewed(secretive: Desk) -> None:
    secretive.project.define(prompt=PROMPT, webhook_url=URL, custom_tools=[TOOL])
    assert secretive.run("plan", "--out", "plan.json").code == 0
    other = {**TOOL, "headers": [{"key": "Authorization", "value": "Bearer ${secret.CODE}"}]}
    secretive.project.define(prompt=PROMPT, webhook_url=URL, custom_tools=[other])
    assert secretive.apply("plan.json").code == 3


def test_a_rotated_secret_is_written_and_shown_as_nothing_but_that(secretive: Desk) -> None:
    secretive.env["REVOX_SECRET_CODE"] = "n3w-code-0815"
    assert secretive.changes() == {"prompt": (HOLDS, PROMPT)}
    secretive.run("plan", "--out", "plan.json")
    secretive.env["REVOX_SECRET_CODE"] = "newer-code-0816"
    assert secretive.apply("plan.json").code == 0
    assert "newer-code-0816" in secretive.service.writes[0].body["prompt"]
    held = b"".join(secretive.project.files().values())
    assert not [value for value in (CODE, "n3w-code", "newer-code") if value.encode() in held]


TWICE: dict[str, tuple[Any, Any]] = {
    "prompt": (
        "By day ${secret.CODE}, by night ${secret.CODE}.",
        f"By day n3w-c0de-5, by night {CODE}!",
    ),
    "custom_tools": (
        [{**TOOL, "body_template": "${secret.CODE}"}, {**TOOL, "name": "x", "url": URL}],
        [{**TOOL, "body_template": "n3w-c0de-5"}, {**TOOL, "name": "x", "url": CODE}],
    ),
}


@pytest.mark.parametrize("field", TWICE)
def test_a_secret_that_was_rotated_in_one_of_two_places_is_not_shown(
    secretive: Desk, field: str
) -> None:
    stated, held = TWICE[field]
    secretive.service.edit(only_assistant(secretive), **{field: expanded(held)})
    secretive.project.define(webhook_url=URL, **{"prompt": PROMPT, field: stated})
    place = "prompt" if field == "prompt" else "custom_tools[book].body_template"
    for command in ("plan", "drift", "plan --format json", "drift --format markdown"):
        said = secretive.run(*command.split()).said
        assert HOLDS in said, command
        assert "n3w-c0de-5" not in said, command
    shown = {path.replace("[0]", "[book]"): pair for path, pair in secretive.changes().items()}
    assert shown[place][0] == HOLDS


def test_a_second_mention_of_a_secret_hides_nothing_that_the_base_explains(
    secretive: Desk,
) -> None:
    repository = Repository.at(secretive.root)
    secretive.env |= repository.env
    repository.commit()
    twice = PROMPT + " Again: ${secret.CODE}."
    secretive.project.define(prompt=twice, webhook_url=URL)
    assert secretive.changes("--base", "HEAD") == {"prompt": (PROMPT, twice)}
    assert secretive.changes() == {"prompt": (HOLDS, twice)}


def test_a_tool_is_shown_though_its_header_holds_a_secret(secretive: Desk) -> None:
    identity = only_assistant(secretive)
    secretive.service.edit(identity, custom_tools=[expanded(TOOL)])
    url = "https://evil.example.com/book"
    stated = {"prompt": PROMPT, "webhook_url": URL, "custom_tools": [{**TOOL, "url": url}]}
    secretive.project.define(**stated)
    assert secretive.changes() == {"custom_tools[0].url": (TOOL["url"], url)}


def test_a_masked_header_hides_nothing_else(secretive: Desk) -> None:
    masked = {**TOOL, "headers": [{"key": "Authorization", "value": "****"}]}
    secretive.service.edit(only_assistant(secretive), custom_tools=[masked])
    changed = {**TOOL, "description": "Books a table."}
    secretive.project.define(prompt=PROMPT, webhook_url=URL, custom_tools=[changed])
    assert secretive.changes() == {
        "custom_tools[0].description": ("Books a room.", "Books a table.")
    }


def test_unordered_items_are_shown_as_they_are_written(desk: Desk) -> None:
    desk.env["REVOX_SECRET_LINE"] = "+33123456789"
    desk.service.add("front-desk", prompt="Be kind.")
    places = [
        {"label": "Zoe", "phone_number": "${secret.LINE}"},
        {"label": "Ada", "phone_number": "+33111111111"},
    ]
    desk.project.define(prompt="Be kind.", transfer_destinations=places)
    ((_, after),) = desk.changes().values()
    assert {(place["label"], place["phone_number"]) for place in after} == {
        ("Zoe", "${secret.LINE}"),
        ("Ada", "+33111111111"),
    }


def test_a_faq_is_shown_as_it_is_written(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = CODE
    desk.service.add("front-desk", faq_items=[{"question": "Code?", "answer": CODE}])
    items = [
        {"question": "Code?", "answer": "It is ${secret.CODE}."},
        {"question": "Open?", "answer": "Yes."},
    ]
    desk.project.define(prompt="You answer the phone.", faq_items=items)
    desk.service.edit(only_assistant(desk), prompt="You answer the phone.")
    assert desk.changes() == {
        "faq_items[Code?]": ({"question": "Code?", "answer": "${secret.CODE}"}, items[0]),
        "faq_items[Open?]": (None, items[1]),
    }


def test_an_old_secret_in_a_faq_is_not_shown(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = CODE
    desk.service.add("front-desk", faq_items=[{"question": "Code?", "answer": "0ld-code-1"}])
    items = [{"question": "Code?", "answer": "It is ${secret.CODE}."}]
    desk.project.define(prompt="Be kind.", faq_items=items)
    result = desk.run("plan")
    assert "It is ${secret.CODE}." in result.out
    assert "0ld-code-1" not in result.said


def test_a_secret_is_put_back_whoever_names_it(secretive: Desk) -> None:
    """Somebody typed it into the dashboard, where no definition refers to it."""
    secretive.service.edit(only_assistant(secretive), voicemail_message=f"Code {CODE}")
    secretive.project.define(prompt=PROMPT, webhook_url=URL, voicemail_message="Call us.")
    assert secretive.changes() == {"voicemail_message": ("Code ${secret.CODE}", "Call us.")}


def test_a_secret_that_equals_a_word_hides_no_word_of_a_definition(desk: Desk) -> None:
    desk.env |= {"REVOX_SECRET_PIN": "4711", "REVOX_SECRET_LONG": "Hotel Lumiere"}
    desk.service.add("front-desk", prompt="Code 1.")
    prompt = "Codes 4710, 4711, 4712 of Hotel Lumiere."
    desk.project.define(prompt=prompt)
    assert desk.changes()["prompt"] == ("Code 1.", prompt)


def test_a_short_secret_is_not_found_in_the_account(desk: Desk) -> None:
    """Else a definition with half of all codes would tell in which half the secret is."""
    desk.env["REVOX_SECRET_PIN"] = "4711"
    desk.service.add("front-desk", prompt="Codes 4710 and 4711.")
    desk.project.define(prompt="Codes.")
    assert desk.changes()["prompt"][0] == "Codes 4710 and 4711."
    desk.project.define(prompt="Code ${secret.PIN}")
    assert desk.changes()["prompt"] == (HOLDS, "Code ${secret.PIN}")


def test_what_only_looks_like_a_reference_is_told_apart(secretive: Desk) -> None:
    literal = "The code is $${secret.CODE}, and the hook is ${secret.HOOK}."
    secretive.project.define(prompt=literal, webhook_url=URL)
    assert secretive.changes()["prompt"][1] == literal
    secretive.service.edit(only_assistant(secretive), prompt="Say ${secret.CODE}.")
    secretive.project.define(prompt="Say ${secret.CODE}!", webhook_url=URL)
    assert secretive.changes()["prompt"][0] == HOLDS


def test_the_parts_of_a_prompt_are_shown_as_they_are_written(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = CODE
    desk.project.write("assistants/_legal.md", "Never say $${secret.CODE}.\n")
    desk.project.write(
        "assistants/front-desk.yaml",
        "name: front-desk\nprompt:\n  - Be kind.\n  - The code is ${secret.CODE}.\n"
        "  - {file: _legal.md}\n",
    )
    written = "Be kind.\n\nThe code is ${secret.CODE}.\n\nNever say $${secret.CODE}."
    assert desk.changes()["prompt"] == (None, written)
    assert desk.apply().code == 0
    sent = desk.service.writes[0].body["prompt"]
    assert sent == f"Be kind.\n\nThe code is {CODE}.\n\nNever say ${{secret.CODE}}."


@pytest.mark.parametrize("known", [True, False], ids=["the account's value is set", "rotated"])
def test_a_reference_that_was_removed_since_the_base(secretive: Desk, known: bool) -> None:
    repository = Repository.at(secretive.root)
    secretive.env |= repository.env
    repository.commit()
    if not known:
        secretive.env["REVOX_SECRET_CODE"] = "n3w-code-0815"
    secretive.project.define(prompt="The code is at the desk.", webhook_url=URL)
    before = PROMPT if known else HOLDS
    assert secretive.changes("--base", "HEAD")["prompt"] == (before, "The code is at the desk.")
    assert CODE not in secretive.run("plan", "--base", "HEAD").said


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ("Use sk-4f2aA9bcD3efG5hiJ7kl now.", "Use (sensitive) now."),
        (
            "Post to https://hooks.slack.com/services/T024/B024/x9Kq7Zr2.",
            "Post to https://hooks.slack.com/services/(sensitive).",
        ),
        (
            "Ask https://ada:x9Kq7Zr2@crm.example/rooms, or ada@crm.example.",
            "Ask https://(sensitive)@crm.example/rooms, or ada@crm.example.",
        ),
    ],
)
def test_a_token_in_the_account_is_masked_in_every_view(desk: Desk, held: str, shown: str) -> None:
    desk.service.add("front-desk", prompt=held)
    desk.project.define(prompt="Be kind.")
    assert desk.changes()["prompt"] == (shown, "Be kind.")
    for command in ("plan", "drift", "plan --format markdown", "apply --auto-approve"):
        said = desk.run(*command.split()).said
        assert "sk-4f2aA9bc" not in said
        assert "x9Kq7Zr2" not in said
    written = b"".join(desk.project.files().values())
    assert b"sk-4f2aA9bc" not in written
    assert b"x9Kq7Zr2" not in written


def test_a_webhook_whose_path_is_a_secret_is_masked_on_the_accounts_side(desk: Desk) -> None:
    held = "https://hooks.zapier.com/hooks/catch/123456/abcdef7"
    desk.service.add("front-desk", prompt="Be kind.", webhook_url=held)
    url = "https://hooks.example.com/calls"
    desk.project.define(prompt="Be kind.", webhook_url=url)
    assert desk.changes() == {
        "webhook_url": ("https://hooks.zapier.com/hooks/catch/(sensitive)", url)
    }


def test_a_planted_fault_in_what_is_held_to_a_plan_is_noticed(
    secretive: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sides, "_written_text", lambda *_: "(sensitive, changed)")
    edit = {"prompt": PROMPT.replace("telephone", "door")}
    with pytest.raises(AssertionError):
        test_a_saved_plan_runs_nothing_but_what_was_reviewed(secretive, edit)
