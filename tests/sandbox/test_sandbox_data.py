"""A sandbox that begins with the account of a file: what is stated is answered, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from running import KEY, Api, Server, data

from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.contract import Profile
from revox_sync.sandbox.data_file import read_data
from revox_sync.sandbox.state import fill

SMALL = {"name": "Front desk", "prompt": "Be kind."}
READS = ("/assistants", "/phone-numbers", "/campaigns", "/users/me")

Begin = Callable[..., Api]


@pytest.fixture
def begin(server: Server, database: Path) -> Iterator[Begin]:
    """Serve a sandbox that begins with the given content of a file."""
    with ExitStack() as running:

        def served(content: Any, *, profile: Profile | None = None) -> Api:
            file = database.parent.with_name("account.json")
            file.write_text(json.dumps(content), "utf-8")
            found = read_data(file, profile)
            fill(database, found.profile, found.account)
            app = create_app(database, profile=found.profile, keys=[KEY])
            return running.enter_context(server.running(app, found.profile))

        yield served


def _got(api: Api, path: str) -> Any:
    answer = api.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_request_form_is_filled_in_as_a_create_does(begin: Begin, api: Api) -> None:
    made = api.create(**SMALL)
    (begun,) = begin({"assistants": [SMALL]}).listed()
    generated = {"id", "created_at", "updated_at"}
    assert {name for name in made if made[name] != begun[name]} == generated
    assert begun["updated_at"] == begun["created_at"]


@pytest.mark.parametrize("profile", ["seed", "current"])
def test_what_is_stated_is_answered_as_it_is_stated(begin: Begin, profile: Profile) -> None:
    stated = {
        **data("bodies.json", profile),
        "id": "front-desk-1",
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": {"seconds": 12},
        "organization_id": "org_other",
        "pending_faq_count": 7,
        "faq_items": [
            {"id": "q1", "question": "Pool?", "answer": "", "needs_human_answer": True}
            | {"source": "ai"}
        ],
    }
    begun = begin({"assistants": [stated]}, profile=profile).retrieve("front-desk-1")
    assert {name: begun[name] for name in stated} == stated


def test_open_questions_are_counted_where_no_count_is_stated(begin: Begin) -> None:
    items = [
        {"question": "Pool?", "answer": "", "needs_human_answer": True, "source": "ai"},
        {"question": "Dogs?", "answer": "Yes."},
    ]
    (begun,) = begin({"assistants": [{**SMALL, "faq_items": items}]}).listed()
    assert begun["pending_faq_count"] == 1
    assert [(i["needs_human_answer"], i["source"]) for i in begun["faq_items"]] == [
        (True, "ai"),
        (False, "human"),
    ]
    assert len({item["id"] for item in begun["faq_items"]}) == 2


@pytest.mark.parametrize("key", ["****", None])
def test_a_secret_may_be_masked_or_missing(begin: Begin, key: str | None) -> None:
    model = {"type": "custom", "api_url": "https://llm.example", "model_name": "m"}
    header = {"key": "X-Key"}
    if key is not None:
        model["api_key"] = header["value"] = key
    tool = {**data("bodies.json", "current")["custom_tools"][0], "headers": [header]}
    (begun,) = begin(
        {"assistants": [{**SMALL, "llm_model": model, "custom_tools": [tool]}]}
    ).listed()
    assert (begun["llm_model"], begun["custom_tools"]) == (model, [tool])


def test_members_of_a_later_api_are_kept_through_a_patch(begin: Begin) -> None:
    later = {"mood": {"calm": True}, "voice": {"id": "v", "provider": "cartesia", "pitch": 2}}
    api = begin({"assistants": [{**SMALL, "id": "a", **later}]})
    changed = api.update("a", name="Another name")
    assert {name: changed[name] for name in later} == later
    assert api.retrieve("a") == changed


def test_twins_are_listed_in_the_files_order(begin: Begin) -> None:
    twins = [{**SMALL, "id": i, "created_at": f"2024-0{i}-01T00:00:00Z"} for i in "21"]
    listed = begin({"assistants": twins}).listed()
    assert [(a["name"], a["id"]) for a in listed] == [("Front desk", "2"), ("Front desk", "1")]


@pytest.mark.parametrize("link", ["inbound_assistant_id", "inbound_assistant"])
def test_a_number_is_answered_by_the_assistant_that_it_names(begin: Begin, link: str) -> None:
    value = "a" if link == "inbound_assistant_id" else {"id": "a", "name": "as it was"}
    number = {"id": "n", "phone_number": "+33123456789", "label": "Desk", link: value}
    api = begin({"assistants": [{**SMALL, "id": "a"}], "phone_numbers": [number]})
    (found,) = _got(api, "/phone-numbers")["phone_numbers"]
    assert (found["id"], found["label"], found["provider"]) == ("n", "Desk", "twilio")
    assert found["inbound_assistant"] == api.retrieve("a")
    assert "inbound_assistant_id" not in found


def test_a_campaign_is_answered_as_it_is_stated_and_outlives_its_assistant(begin: Begin) -> None:
    campaign = {
        "assistant_id": "a",
        "name": "Spring",
        "status": "running",
        "row_stats": {"total": 3},
    }
    api = begin({"assistants": [{**SMALL, "id": "a"}], "campaigns": [campaign]})
    (before,) = _got(api, "/campaigns")["campaigns"]
    assert {name: before[name] for name in campaign} == campaign
    assert (before["is_cancelled"], before["organization_id"]) == (False, "org_sandbox")
    api.client.delete("/assistants/a")
    assert _got(api, "/campaigns")["campaigns"] == [before]


def test_a_draft_is_a_campaign_of_profile_seed_alone(begin: Begin) -> None:
    draft = {"assistant_id": "a", "name": "Spring", "status": "draft"}
    content = {"assistants": [{**SMALL, "id": "a"}], "campaigns": [draft]}
    assert _got(begin(content, profile="seed"), "/campaigns")["campaigns"][0]["status"] == "draft"


def test_the_users_organization_owns_what_is_created_later(begin: Begin) -> None:
    who = {"organization_id": "org_hotel", "email": "ada@hotel.example"}
    api = begin({"user": who, "assistants": [SMALL]})
    assert _got(api, "/users/me")["user"] | who == _got(api, "/users/me")["user"]
    for assistant in (*api.listed(), api.create()):
        assert assistant["organization_id"] == "org_hotel"
        assert assistant["created_by"]["email"] == "ada@hotel.example"


@pytest.mark.parametrize(("numbers", "count"), [({}, 2), ({"phone_numbers": []}, 0)])
def test_what_a_file_leaves_out_is_as_in_a_new_sandbox(
    begin: Begin, numbers: dict[str, Any], count: int
) -> None:
    api = begin({"assistants": [], **numbers})
    assert len(_got(api, "/phone-numbers")["phone_numbers"]) == count


def test_the_answers_of_an_account_make_a_copy_of_it(begin: Begin, api: Api) -> None:
    made = api.create(**data("bodies.json", "current"))
    number = _got(api, "/phone-numbers")["phone_numbers"][0]["id"]
    api.client.patch(f"/phone-numbers/{number}", json={"inbound_assistant_id": made["id"]})
    answers = [_got(api, path) for path in READS]
    copy = begin({name: value for answer in answers for name, value in answer.items()})
    assert [_got(copy, path) for path in READS] == answers


@pytest.mark.parametrize(
    ("assistants", "profile"),
    [
        ([], "current"),
        ([SMALL], "current"),
        ([{**SMALL, "transfer_phone_number": None}], "seed"),
        ([{**SMALL, "transfer_phone_number": None}, {**SMALL, "sms_enabled": True}], "current"),
    ],
)
def test_the_generation_is_recognised_by_what_the_assistants_have(
    begin: Begin, assistants: list[dict[str, Any]], profile: Profile
) -> None:
    api = begin({"assistants": assistants})
    assert api.profile == profile
    assert api.client.get("/auth-status").status_code == (404 if profile == "seed" else 200)


def test_a_running_server_answers_from_what_is_put_in_place(begin: Begin, database: Path) -> None:
    api = begin({"assistants": [{**SMALL, "id": "a"}]})
    fill(database, "current", read_data(_file(database, {"assistants": []}), None).account)
    assert api.listed() == []
    with pytest.raises(httpx.HTTPStatusError):
        api.client.get("/assistants/a").raise_for_status()


def _file(database: Path, content: Any) -> Path:
    file = database.with_name("other.json")
    file.write_text(json.dumps(content), "utf-8")
    return file
