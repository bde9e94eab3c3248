"""What a client sees where requests or answers are changed, or an endpoint is missing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lines import BODY, NUMBER, Open

from revox_sync.sandbox import SandboxError

CUSTOM = {
    "llm_model": {"type": "custom", "api_key": "k", "api_url": "u", "model_name": "m"},
    "custom_tools": [
        {
            "name": "t",
            "description": "d",
            "method": "GET",
            "url": "u",
            "headers": [{"key": "a", "value": "s"}],
            "query_params": [],
            "input_schema": [],
            "body_template": None,
        }
    ],
}


@pytest.mark.parametrize(
    ("given", "key", "header"),
    [
        ({}, {"api_key": "****"}, {"value": "****"}),
        ({"as": "hidden"}, {"api_key": "hidden"}, {"value": "hidden"}),
        ({"as": None}, {}, {}),
    ],
)
def test_secrets_are_masked_in_every_answer_and_kept_in_the_account(
    line: Open, given: dict[str, Any], key: dict[str, str], header: dict[str, str]
) -> None:
    masking = line({"on": "* *", "times": 0, "fault": "mask", **given})
    made = masking.send("POST", "/assistants", {**BODY, **CUSTOM}).json()["assistant"]
    assert made["llm_model"] == {"type": "custom", "api_url": "u", "model_name": "m", **key}
    assert made["custom_tools"][0]["headers"] == [{"key": "a", **header}]
    path = f"/assistants/{made['id']}"
    assert masking.send("GET", path).json() == made
    assert masking.send("GET", "/assistants").json() == {"assistants": [made]}
    assert masking.held()[0]["llm_model"] == CUSTOM["llm_model"]


def test_a_masked_list_has_assistants_without_secrets_as_they_are(line: Open) -> None:
    masking = line({"on": "* *", "times": 0, "fault": "mask"})
    masking.post()
    assert masking.send("GET", "/assistants").json()["assistants"] == masking.held()


def test_fields_to_ignore_are_not_taken(line: Open) -> None:
    ignoring = line({"on": "* *", "times": 0, "fault": "ignore", "fields": ["first_sentence"]})
    sent = {**BODY, "first_sentence": "Hello.", "voicemail_message": "Later."}
    made = ignoring.send("POST", "/assistants", sent).json()["assistant"]
    assert (made["first_sentence"], made["voicemail_message"]) == (None, "Later.")
    path = f"/assistants/{made['id']}"
    ignoring.send("PATCH", path, {"first_sentence": "Hello.", "name": "Another name"})
    (held,) = ignoring.held()
    assert (held["first_sentence"], held["name"]) == (None, "Another name")
    assert ignoring.send("PATCH", path, ["no object"]).status_code == 400


def test_a_number_may_not_take_its_assistant(line: Open) -> None:
    fields = ["inbound_assistant_id"]
    ignoring = line({"on": "PATCH /phone-numbers/*", "fault": "ignore", "fields": fields})
    path = f"/phone-numbers/{NUMBER}"
    sent = {"inbound_assistant_id": ignoring.post().json()["assistant"]["id"], "label": "Desk"}
    number = ignoring.send("PATCH", path, sent).json()["phone_number"]
    assert (number["inbound_assistant"], number["label"]) == (None, "Desk")


def test_a_list_may_leave_fields_out_that_retrieve_has(line: Open) -> None:
    listing = line({"on": "GET /assistants", "fault": "without", "fields": ["faq_items", "voice"]})
    made = listing.post().json()["assistant"]
    (listed,) = listing.send("GET", "/assistants").json()["assistants"]
    assert made.keys() - listed.keys() == {"faq_items", "voice"}
    assert listing.send("GET", f"/assistants/{made['id']}").json() == made


def test_assistants_as_of_0_3_0(line: Open) -> None:
    older = line({"on": "* *", "times": 0, "fault": "as-of-0.3.0"})
    numbers = ["+33123456789", "+33123456780"]
    slack = {"connection_id": "s", "outcomes": [], "channels": [{"id": "C1", "name": "desk"}]}
    destinations = [{"label": "a", "phone_number": number} for number in numbers]
    sent = {**BODY, "transfer_destinations": destinations, "slack": slack}
    made = older.send("POST", "/assistants", sent).json()["assistant"]
    later = {"transfer_destinations", "precall_lookup_url", "is_inbound_receptionist"}
    assert not later & made.keys()
    assert made["transfer_phone_number"] == numbers[0]
    assert made["email_notification_language"] == "en"
    assert made["slack"] == {
        "connection_id": "s",
        "outcomes": [],
        "channel_id": "C1",
        "channel_name": "desk",
    }
    plain = older.post().json()["assistant"]
    assert (plain["transfer_phone_number"], plain["slack"]) == (None, None)
    assert older.send("GET", "/assistants").json() == {"assistants": [made, plain]}


def test_changes_of_requests_and_answers_add_up(line: Open) -> None:
    changing = line(
        {"on": "* *", "fault": "ignore", "fields": ["first_sentence"]},
        {"on": "* *", "fault": "without", "fields": ["faq_items"]},
        {"on": "* *", "fault": "mask"},
        {"on": "* *", "fault": "truncate"},
    )
    with pytest.raises(httpx.RemoteProtocolError):
        changing.send("POST", "/assistants", {**BODY, **CUSTOM, "first_sentence": "Hello."})
    (held,) = changing.held()
    assert held["first_sentence"] is None


def test_an_error_passes_a_change_of_answers(line: Open) -> None:
    masking = line({"on": "* *", "fault": "mask"})
    answer = masking.send("GET", "/assistants/unknown")
    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ignore", "no request has 'promt'"),
        ("without", "no assistant has 'promt'"),
    ],
)
def test_a_field_that_nothing_has_is_told_before_any_request(
    line: Open, fault: str, words: str
) -> None:
    with pytest.raises(SandboxError, match=f"rule 1: fields: {words}"):
        line({"on": "* *", "fault": fault, "fields": ["name", "promt"]})


@pytest.mark.parametrize(
    "on",
    [
        "POST /assistants",
        "PATCH /assistants/*",
        "DELETE /assistants/*",
        "POST /assistants/*/clone",
        "GET /campaigns",
        "GET /phone-numbers",
        "PATCH /phone-numbers/*",
        "GET /users/me",
    ],
)
@pytest.mark.parametrize("status", [404, 405])
def test_any_endpoint_can_be_missing(line: Open, on: str, status: int) -> None:
    lacking = line({"on": on, "times": 0, "fault": "status", "status": status})
    method, path = on.split()
    before = lacking.held()
    answers = [lacking.send(method, path.replace("*", NUMBER), BODY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    assert lacking.held() == before
    assert lacking.send("GET", "/voices").status_code == 200
