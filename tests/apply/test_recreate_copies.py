"""What is not managed comes along to the new assistant, every character of it, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from properties.samples import MODELS, everything, of_profile
from support.contract import REQUEST_FIELDS
from support.desk import Desk, MakeDesk
from support.renewal import Renewal

ODD = "One line.\r\nAnother.\rA third.\n\n\u2028 end \U0001f600 \n"
CUSTOM = {"type": "custom", "api_url": "https://llm.example.com", "model_name": "m"}
TOKEN = "t0k-hunter2-hunter2"


def texts(document: Any) -> Any:
    """Return the same data with odd line ends in every prose text."""
    prose = ("body_template", "template", "voicemail_message", "sms_template", "body")
    if isinstance(document, dict):
        return {
            name: ODD if name in prose and isinstance(value, str) else texts(value)
            for name, value in document.items()
        }
    return [texts(item) for item in document] if isinstance(document, list) else document


def sent(desk: Desk) -> dict[str, Any]:
    (post,) = desk.service.sent("POST")
    body: dict[str, Any] = post.body
    return body


def refusal(desk: Desk, *arguments: str) -> str:
    """Apply; return why it was refused before anything was written."""
    result = desk.apply(*arguments)
    assert result.code == 3, result.out
    assert desk.service.writes == []
    return str(desk.action(*arguments)["refused"])


@pytest.mark.parametrize("generation", ["seed", "current"])
@pytest.mark.parametrize("nulls", [True, False])
def test_every_field_comes_along(desk_with: MakeDesk, generation: str, nulls: bool) -> None:
    desk = desk_with(generation=generation, nulls=nulls)
    story = Renewal(desk)
    fields = texts(of_profile(generation, everything()))
    fields |= {"name": "front-desk"} | ({} if generation == "seed" else {"type": "standalone"})
    assert fields.keys() == set(REQUEST_FIELDS[generation])
    desk.service.edit(story.old, **fields)
    before = story.held(story.old)
    assert desk.apply().code == 0
    assert sent(desk) == {**fields, "prompt": "Be brief."}
    assert story.held(story.new) == {**before, "prompt": "Be brief."}
    assert desk.settled()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["type"])
def test_every_kind_of_model_comes_along(desk: Desk, model: dict[str, Any]) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, llm_model=model)
    assert desk.apply().code == 0
    assert sent(desk)["llm_model"] == model


def test_members_that_the_definition_leaves_out_come_along(desk: Desk) -> None:
    voice = {"provider": "cartesia", "id": "v1", "speed": 1.2, "model": "sonic-3.5", "volume": 2}
    story = Renewal(desk, voice={"provider": "cartesia", "id": "v2"})
    desk.service.edit(story.old, voice=voice)
    assert desk.apply().code == 0
    assert sent(desk)["voice"] == {**voice, "id": "v2"}


@pytest.mark.parametrize("ignored", ["webhook_url", "faq_items", "prompt"])
def test_what_is_ignored_comes_along_though_the_definition_states_it(
    desk: Desk, ignored: str
) -> None:
    stated: dict[str, Any] = {
        "webhook_url": "https://example.com/mine",
        "faq_items": [{"question": "Mine?", "answer": "Mine."}],
        "prompt": "Mine.",
    }
    story = Renewal(desk, **stated, first_sentence="Good day.", sync={"ignore": [ignored]})
    was = story.was[ignored]
    assert desk.apply().code == 0
    assert story.held(story.new)[ignored] == was
    assert desk.settled()


def test_answered_questions_come_along_as_they_are_in_their_order(desk: Desk) -> None:
    items = [{"question": f"{n}?\r\n", "answer": ODD} for n in (3, 1, 2, 1)]
    story = Renewal(desk)
    desk.service.edit(story.old, faq_items=items)
    assert desk.apply().code == 0
    assert sent(desk)["faq_items"] == items


def test_open_questions_are_named_and_need_consent(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.ask(story.old, "Is there a pool?")
    notes = desk.action()["notes"]
    assert 'faq_items: recreating the assistant drops the open question "Is there a pool?"' in notes
    result = desk.apply()
    assert result.code == 3
    assert "--drop-open-questions" in result.out
    assert story.writes() == []
    assert desk.apply("--drop-open-questions").code == 0
    assert [item["question"] for item in sent(desk)["faq_items"]] == ["Dogs?", "Cats?"]
    kept = desk.records[-1].snapshots["front-desk"]["remote"]["faq_items"]
    assert [item["question"] for item in kept] == ["Dogs?", "Cats?", "Is there a pool?"]


def test_an_open_question_that_is_raised_meanwhile_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("GET", nth=2, edit=lambda: desk.service.ask(story.old, "A pool?"))
    result = desk.apply("--drop-open-questions")
    assert result.code == 3
    assert "open questions of the FAQ" in result.out
    assert story.writes() == []


def test_credentials_come_along_and_are_told_nowhere(desk: Desk) -> None:
    tool = everything()["custom_tools"][0]
    tool["headers"][0]["value"] = TOKEN
    story = Renewal(desk)
    model = {**CUSTOM, "api_key": f"sk-{TOKEN}"}
    hook = f"https://hooks.example.com/?token={TOKEN}"
    desk.service.edit(story.old, custom_tools=[tool], llm_model=model, webhook_url=hook)
    said = desk.run("plan").said + desk.run("plan", "--format", "json").said
    said += desk.apply("--log-level", "debug").said
    body = sent(desk)
    assert body["custom_tools"] == [tool]
    assert (body["llm_model"], body["webhook_url"]) == (model, hook)
    assert TOKEN not in said
    written = {name: data for name, data in desk.project.files().items() if b"t0k" in data}
    assert written == {}


def test_credentials_that_the_service_quotes_are_not_told(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, webhook_url=f"https://hooks.example.com/?token={TOKEN}")
    desk.service.on("POST", status=400, body={"error": f"webhook_url: bad token {TOKEN}"})
    result = desk.apply()
    assert result.code == 4
    assert "400 Bad Request: webhook_url: bad token" in result.out
    assert TOKEN not in result.said
    assert {*desk.service.assistants} == {story.old}


MASKED: dict[str, tuple[dict[str, Any], str]] = {
    "an API key": ({"llm_model": {**CUSTOM, "api_key": "sk-…4f2a"}}, "llm_model.api_key"),
    "an API key that is left out": ({"llm_model": CUSTOM}, "llm_model.api_key"),
    "a header": (
        {
            "custom_tools": [
                {
                    **everything()["custom_tools"][0],
                    "headers": [{"key": "X-Auth", "value": "****"}],
                }
            ]
        },
        "custom_tools[0].headers[0].value",
    ),
    "a query value of a URL": (
        {"webhook_url": "https://hooks.example.com/?token=****"},
        "webhook_url",
    ),
}


@pytest.mark.parametrize(("held", "place"), MASKED.values(), ids=MASKED)
def test_a_masked_credential_refuses_and_its_place_is_named(
    desk: Desk, held: dict[str, Any], place: str
) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, **held)
    why = refusal(desk)
    assert f"these cannot be copied to a new assistant: {place};" in why
    assert "--force-recreate" in why


def test_a_masked_credential_that_the_definition_states_is_sent(desk: Desk) -> None:
    model = {**CUSTOM, "api_key": "${secret.LLM}"}
    story = Renewal(desk, llm_model=model)
    desk.env["REVOX_SECRET_LLM"] = "sk-of-the-definition"
    desk.service.edit(story.old, llm_model={**CUSTOM, "api_key": "****"})
    assert desk.apply().code == 0
    assert sent(desk)["llm_model"]["api_key"] == "sk-of-the-definition"


@pytest.mark.parametrize("value", [{"deep": [1]}, "text", 7, True, [0]])
def test_a_member_that_the_tool_does_not_know_refuses_where_it_is_set(
    desk: Desk, value: Any
) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, launched_on_the_moon=value)
    assert "launched_on_the_moon" in refusal(desk)


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_a_member_that_the_tool_does_not_know_is_no_loss_where_nothing_is_in_it(
    desk: Desk, value: Any
) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, launched_on_the_moon=value)
    assert desk.apply().code == 0
    assert "launched_on_the_moon" not in sent(desk)


def test_a_nested_member_that_the_tool_does_not_know_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    voice = {"provider": "cartesia", "id": "v1", "accent": "Breton"}
    desk.service.edit(story.old, voice=voice)
    assert "voice" in refusal(desk)


@pytest.mark.parametrize("flag", ["is_inbound_receptionist", "is_realestate_assistant"])
def test_what_the_service_alone_can_make_of_an_assistant_refuses(desk: Desk, flag: str) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, **{flag: True})
    assert flag in refusal(desk)
    desk.service.edit(story.old, **{flag: False})
    assert desk.action()["refused"] is None


def test_a_stored_value_that_no_request_may_hold_refuses(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, first_sentence_delay_ms=-5)
    assert "first_sentence_delay_ms" in refusal(desk)


def test_a_definition_that_states_it_has_it(desk: Desk) -> None:
    story = Renewal(desk, first_sentence_delay_ms=300)
    desk.service.edit(story.old, first_sentence_delay_ms=-5)
    assert desk.apply().code == 0
    assert sent(desk)["first_sentence_delay_ms"] == 300


def test_a_faq_that_the_account_does_not_tell_refuses(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False)
    Renewal(desk)
    assert "faq_items" in refusal(desk)


def test_a_faq_that_only_one_assistant_read_by_itself_tells_comes_along(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(list_has_faq=False, write_has_faq=False)
    story = Renewal(desk)
    assert desk.apply().code == 0
    story.assert_replaced()


def test_forced_it_goes_on_without_and_the_plan_says_what_is_lost(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, first_sentence_delay_ms=-5, launched_on_the_moon=1)
    lost = "launched_on_the_moon, first_sentence_delay_ms"
    note = f"lost with the old assistant (--force-recreate): {lost}"
    assert note in desk.action("--force-recreate")["notes"]
    assert desk.apply("--force-recreate").code == 0
    assert not {"first_sentence_delay_ms", "launched_on_the_moon"} & sent(desk).keys()


def test_forced_it_still_refuses_to_lose_what_nobody_saw(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.edit(story.old, launched_on_the_moon=1)
    desk.service.on(
        "GET",
        "/assistants/*",
        edit=lambda: desk.service.edit(story.old, first_sentence_delay_ms=-5),
    )
    result = desk.apply("--force-recreate")
    assert result.code == 3
    assert "it cannot be copied any more: first_sentence_delay_ms" in result.out
    assert story.writes() == []


def test_an_edit_of_what_is_not_managed_until_the_last_moment_comes_along(desk: Desk) -> None:
    story = Renewal(desk)
    logo = "https://www.example.com/logo.png"
    edit: dict[str, Any] = {"edit": lambda: desk.service.edit(story.old, logo_url=logo)}
    desk.service.on("GET", f"/assistants/{story.old}", **edit)
    assert desk.apply().code == 0
    assert sent(desk)["logo_url"] == logo


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"faq_items": None}, "faq_items"),
        ({"faq_items": []}, "faq_items"),
        ({"faq_items": [{"question": "Cats?", "answer": "No"}]}, "faq_items"),
        ({"webhook_url": None}, "webhook_url"),
        ({"webhook_url": ""}, "webhook_url"),
        ({"voice": {"provider": "cartesia", "id": "v", "speed": None}}, "voice"),
    ],
    ids=str,
)
@pytest.mark.parametrize("command", ["apply", "delete"])
def test_what_a_read_by_id_does_not_tell_and_the_list_does_is_not_lost(
    desk: Desk, command: str, told: dict[str, Any], field: str
) -> None:
    story = Renewal(desk)
    desk.service.phone_numbers.clear()
    desk.service.edit(story.old, voice={"provider": "cartesia", "id": "v", "speed": 1.2})
    body = {**desk.service.assistants[story.old], **told}
    desk.service.on("GET", f"/assistants/{story.old}", times=None, status=200, body=body)
    names = ["front-desk"] if command == "delete" else []
    result = desk.run(command, "--auto-approve", *names)
    assert result.code == 3
    assert f"changed in the account since the plan was made: {field}" in result.out
    assert desk.service.writes == []


@pytest.mark.parametrize("moment", ["POST", "PATCH"])
def test_an_edit_of_the_old_one_after_it_was_copied_keeps_it(desk: Desk, moment: str) -> None:
    story = Renewal(desk)
    edit: dict[str, Any] = {
        "edit": lambda: desk.service.edit(story.old, sms_template="Typed meanwhile.")
    }
    desk.service.on(moment, **edit)
    result = desk.apply()
    assert result.code == 4
    assert f"{story.old} was edited meanwhile, which the new one lacks: sms_template" in result.out
    assert desk.service.assistants[story.old]["sms_template"] == "Typed meanwhile."
    again = desk.apply()
    assert again.code == 3
    assert f"{story.new} lacks what {story.old} has: sms_template" in again.out
    desk.service.edit(story.new, sms_template="Typed meanwhile.")
    assert desk.apply().code == 0
    assert {*desk.service.assistants} == {*desk.service.answered().values()}
