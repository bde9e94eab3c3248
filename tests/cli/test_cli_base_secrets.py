"""With ``--base`` nothing is shown that is a secret now, or was one at the commit."""

from __future__ import annotations

from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk, MakeDesk


@pytest.fixture
def repository(desk: Desk) -> Repository:
    """A repository whose top is the project of the desk; nothing is committed yet."""
    made = Repository.at(desk.root)
    desk.env |= made.env
    return made


def _secretly(desk: Desk, stated: str, **held: Any) -> None:
    desk.project.write(
        "assistants/front-desk.yaml", f"name: front-desk\nprompt: Be kind.\n{stated}"
    )
    if held:
        desk.service.add("front-desk", "Be kind.", **held)


HOLDS = "(holds a secret)"


@pytest.mark.parametrize(
    ("then", "now", "base"),
    [
        ("Call ${secret.LINE}.", "Call 222333.", HOLDS),
        ("Call 111222.", "Call ${secret.LINE}.", "Call 111222."),
        ("Call ${secret.LINE}.", "Ring ${secret.LINE}.", HOLDS),
    ],
    ids=["then", "now", "both times"],
)
def test_a_conflict_over_a_secret_shows_none_of_its_values(
    desk: Desk, repository: Repository, then: str, now: str, base: str
) -> None:
    desk.env["REVOX_SECRET_LINE"] = "555666777"
    _secretly(desk, f"voicemail_message: {then}\n")
    repository.commit()
    _secretly(desk, f"voicemail_message: {now}\n", voicemail_message="Call 888999000.")
    result = desk.run("plan", "--base", "HEAD", "--format", "json")
    (change,) = result.json["actions"][0]["changes"]
    assert (change["origin"], change["sensitive"]) == ("both", True)
    assert (change["before"], change["after"], change["base"]) == (HOLDS, now, base)
    assert not [number for number in ("555666777", "888999000") if number in result.said]


def test_what_was_a_secret_is_not_shown_when_it_is_gone_from_the_environment(
    desk: Desk, repository: Repository
) -> None:
    _secretly(desk, "voicemail_message: Call ${secret.LINE}.\nfirst_sentence: Hello.\n")
    repository.commit()
    _secretly(
        desk,
        "voicemail_message: Call us.\nfirst_sentence: Good day.\n",
        voicemail_message="Call 888999000.",
        first_sentence="Hello.",
    )
    result = desk.run("plan", "--base", "HEAD", "--format", "json")
    told = {c["path"]: c["origin"] for c in result.json["actions"][0]["changes"]}
    assert told == {"voicemail_message": "both", "first_sentence": "definition"}
    assert "888999000" not in result.said
    assert "secret.LINE" not in result.said


def test_what_was_a_secret_is_not_written_to_disk_either(
    desk: Desk, repository: Repository
) -> None:
    desk.env["REVOX_SECRET_LINE"] = "555666777"
    _secretly(desk, "voicemail_message: Call ${secret.LINE}.\n")
    repository.commit()
    _secretly(desk, "voicemail_message: Call us.\n", voicemail_message="Call 888999000.")
    assert desk.apply("--base", "HEAD", "--on-drift", "overwrite").code == 0
    held = b"".join(desk.project.files().values())
    assert b"888999000" not in held


def test_a_faq_with_a_secret_shows_no_item_of_a_conflict(
    desk: Desk, repository: Repository
) -> None:
    desk.env["REVOX_SECRET_LINE"] = "555666777"
    items = '[{{question: "Whom?", answer: "{}"}}]'
    _secretly(desk, f"faq_items: {items.format('${secret.LINE}')}\n")
    repository.commit()
    held = [{"question": "Whom?", "answer": "888999000"}]
    _secretly(desk, f"faq_items: {items.format('111222')}\n", faq_items=held)
    result = desk.run("plan", "--base", "HEAD", "--format", "json")
    (change,) = result.json["actions"][0]["changes"]
    assert (change["origin"], change["base"]["answer"]) == ("both", HOLDS)
    assert not [number for number in ("555666777", "888999000") if number in result.said]


def test_a_conflict_over_what_holds_a_secret_by_itself_puts_it_back(
    desk: Desk, repository: Repository
) -> None:
    """No definition names the secret there: somebody typed it into the dashboard."""
    desk.env["REVOX_SECRET_LINE"] = "555666777"
    items = "[{{question: 'Whom?', answer: '{}'}}]"
    _secretly(desk, f"voicemail_message: Call 1.\nfaq_items: {items.format('Ted.')}\n")
    repository.commit()
    held = [{"question": "Whom?", "answer": "Ada, 555666777."}]
    said = f"voicemail_message: Call 2.\nfaq_items: {items.format('Ben.')}\n"
    _secretly(desk, said, voicemail_message="Call 555666777.", faq_items=held)
    result = desk.run("plan", "--base", "HEAD", "--format", "json")
    changes = result.json["actions"][0]["changes"]
    assert [(c["origin"], c["before"], c["base"]) for c in changes] == [
        ("both", "Call ${secret.LINE}.", "Call 1."),
        (
            "both",
            {"question": "Whom?", "answer": "Ada, ${secret.LINE}."},
            {"question": "Whom?", "answer": "Ted."},
        ),
    ]
    assert "555666777" not in result.said


def test_a_conflict_over_a_url_hides_what_its_query_holds(
    desk: Desk, repository: Repository
) -> None:
    def url(host: str) -> str:
        return f"https://{host}.example.com/?token={host}-token"

    _secretly(desk, f"webhook_url: {url('then')}\n")
    repository.commit()
    _secretly(desk, f"webhook_url: {url('now')}\n", webhook_url=url("held"))
    result = desk.run("plan", "--base", "HEAD", "--format", "json")
    (change,) = result.json["actions"][0]["changes"]
    assert change["base"] == "https://then.example.com/?token=(sensitive)"
    assert "-token" not in result.said


def test_what_the_account_masks_is_the_definitions_when_it_is_pushed(
    desk: Desk, repository: Repository
) -> None:
    model = {"type": "custom", "model_name": "m", "api_url": "https://m.example.com/v1"}
    desk.project.define(prompt="Be kind.", llm_model={**model, "api_key": "{{key}}"})
    repository.commit()
    desk.service.add("front-desk", llm_model={**model, "api_key": "****"})
    (change,) = desk.action("--base", "HEAD", "--push-unknown")["changes"]
    assert (change["path"], change["origin"]) == ("llm_model.api_key", "definition")


def test_a_faq_that_cannot_be_read_is_the_definitions_when_it_is_pushed(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False, write_has_faq=False)
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    _secretly(desk, "faq_items: [{question: 'Dogs?', answer: 'Yes.'}]\n", sms_enabled=False)
    repository.commit()
    (change,) = desk.action("--base", "HEAD", "--push-unknown")["changes"]
    assert (change["path"], change["origin"]) == ("faq_items[Dogs?]", "definition")


def test_diff_shows_what_was_a_secret_as_it_was_written(desk: Desk, repository: Repository) -> None:
    desk.env["REVOX_SECRET_LINE"] = "555666777"
    _secretly(desk, "voicemail_message: Call ${secret.LINE}.\n")
    repository.commit()
    _secretly(desk, "voicemail_message: Call us.\n")
    result = desk.run("diff", "HEAD", "--format", "json")
    (change,) = result.json["actions"][0]["changes"]
    assert (change["before"], change["after"]) == ("Call ${secret.LINE}.", "Call us.")
    assert "555666777" not in result.said
