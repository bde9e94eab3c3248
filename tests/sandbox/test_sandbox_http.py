"""What the sandbox answers to requests that are no use of the API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from running import KEY, Api

from revox_sync.sandbox.app import create_app


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b'{"max_call_duration_secs": NaN}', "NaN is not JSON"),
        (b'{"max_call_duration_secs": 1e999}', "1e999 is beyond the range of a number"),
        (b'{"name": "\\ud800"}', "is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "the body must be an object"),
        (b"null", "the body must be an object"),
    ],
)
def test_a_body_that_is_no_json_object_is_a_400(api: Api, body: bytes, words: str) -> None:
    answer = api.client.post("/assistants", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_every_problem_is_told_at_once_and_by_its_place(api: Api) -> None:
    body = {
        "faq_items": [{"question": "q"}, {"question": "q", "answer": 1}],
        "llm_model": {"type": "openrouter", "openrouter_model_id": "m"},
        "voice": {"id": "", "provider": "cartesia", "pitch": 2},
    }
    issues = api.client.post("/assistants", json=body).json()["issues"]
    assert {issue["path"]: issue["message"] for issue in issues} == {
        "name": "is required",
        "prompt": "is required",
        "faq_items[0].answer": "is required",
        "faq_items[1].answer": "must be a string",
        "llm_model.openrouter_provider": "is required",
        "voice.id": "must have a length of at least 1",
        "voice.pitch": "is not a member of this object",
    }


@pytest.mark.parametrize(
    ("model", "issue"),
    [
        ({}, ("llm_model.type", "is required")),
        ("gpt-4.1", ("llm_model", "must be an object")),
        (
            {"type": "dedicated"},
            (
                "llm_model.type",
                'must be one of "dedicated-instance", "openrouter", "custom", "realtime"',
            ),
        ),
    ],
)
def test_a_model_is_judged_by_its_type(api: Api, model: Any, issue: tuple[str, str]) -> None:
    answer = api.client.post("/assistants", json={"name": "n", "prompt": "p", "llm_model": model})
    assert [(i["path"], i["message"]) for i in answer.json()["issues"]] == [issue]


def test_an_error_never_repeats_the_value(api: Api) -> None:
    model = {"type": "custom", "api_key": ["hush"], "api_url": "u", "model_name": "m"}
    answer = api.client.post("/assistants", json={"name": "n", "prompt": "p", "llm_model": model})
    assert answer.json()["message"] == "llm_model.api_key must be a string"


def test_a_time_with_a_line_end_after_it_is_refused(api: Api) -> None:
    window = {
        "calling_window_start_time": "10:00\n",
        "calling_window_end_time": "6pm",
        "retry_delay_seconds": 1,
    }
    answer = api.client.post(
        "/assistants",
        json={"name": "n", "prompt": "p", "call_retry_config": {"calling_windows": [window]}},
    )
    path = "call_retry_config.calling_windows[0].calling_window_start_time"
    assert path in {issue["path"] for issue in answer.json()["issues"]}


def test_a_path_that_is_not_there_is_a_404(api: Api) -> None:
    for path in ("/assistants/", "/call", "/assistants/x/logo", ""):
        answer = api.client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")


def test_a_method_that_a_path_has_not_is_a_405_that_names_those_it_has(api: Api) -> None:
    answer = api.client.put("/assistants", json={})
    assert (answer.status_code, answer.json()["error"]) == (405, "Method Not Allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_voice_is_found_by_id_and_provider(api: Api) -> None:
    voice = api.client.get("/voices").json()["voices"][0]
    url = f"/voices/{voice['id']}"
    found = api.client.get(url, params={"provider": voice["provider"]})
    assert found.json()["voice"]["name"] == voice["name"]
    assert api.client.get(url, params={"provider": "gradium"}).status_code == 404
    answer = api.client.get(url)
    assert (answer.status_code, answer.json()["message"]) == (400, "provider is required")


def test_profile_seed_knows_no_voice_of_a_later_provider(seed_api: Api) -> None:
    assert "gradium" not in seed_api.client.get("/voices").text


def test_an_unknown_inbound_assistant_is_a_404_and_changes_nothing(api: Api) -> None:
    before = api.client.get("/phone-numbers").json()
    url = f"/phone-numbers/{before['phone_numbers'][0]['id']}"
    answer = api.client.patch(url, json={"inbound_assistant_id": "unknown", "label": "new"})
    assert (answer.status_code, answer.json()["message"]) == (
        404,
        "there is no assistant with this id",
    )
    assert api.client.get("/phone-numbers").json() == before


def test_null_unlinks_a_number(api: Api) -> None:
    number = api.client.get("/phone-numbers").json()["phone_numbers"][0]
    url = f"/phone-numbers/{number['id']}"
    api.client.patch(url, json={"inbound_assistant_id": api.create()["id"]})
    answer = api.client.patch(url, json={"inbound_assistant_id": None})
    assert answer.json()["phone_number"] == number


def test_the_application_runs_inside_a_client_without_a_server(database: Path) -> None:
    app = create_app(database, profile="current", keys=[KEY])

    async def name() -> str:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://sandbox/api",
            headers={"Authorization": f"Bearer {KEY}"},
        ) as client:
            made = await client.post("/assistants", json={"name": "n", "prompt": "p"})
            found = await client.get(f"/assistants/{made.json()['assistant']['id']}")
            return str(found.json()["name"])

    assert asyncio.run(name()) == "n"
