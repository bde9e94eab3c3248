"""Answers as services give them: lists that are none, errors of all shapes, ids of all kinds."""

from __future__ import annotations

import gzip
import html
import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from support.desk import Desk, MakeDesk

from revox_sync.account import transport

pytestmark = pytest.mark.usefixtures("hurried")

LISTS: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"assistants: none",
    "half of it": b'{"assistants": [',
    "no number": b'{"assistants": [{"id": "1", "name": "front-desk", "prompt": NaN}]}',
    "half a surrogate pair and no number": b'{"assistants": [], "at": Infinity, "of": "\\ud83d"}',
    "null": None,
    "an array": [],
    "a text": "[]",
    "no assistants": {"data": []},
    "null assistants": {"assistants": None},
    "an object of assistants": {"assistants": {}},
    "a text of assistants": {"assistants": "[]"},
    "an assistant that is null": {"assistants": [None]},
    "an assistant that is a text": {"assistants": ["asst_17"]},
    "an assistant without id": {"assistants": [{"name": "front-desk"}]},
    "an assistant with a null id": {"assistants": [{"id": None, "name": "front-desk"}]},
    "an assistant with an empty id": {"assistants": [{"id": "", "name": "front-desk"}]},
    "an assistant with a true id": {"assistants": [{"id": True, "name": "front-desk"}]},
    "another envelope": {"success": True, "data": {"assistants": []}},
}


@pytest.mark.parametrize("answer", LISTS.values(), ids=LISTS)
def test_an_unreadable_list_is_never_an_account_without_assistants(desk: Desk, answer: Any) -> None:
    desk.project.define()
    desk.service.on("GET", times=None, status=200, body=answer)
    result = desk.apply()
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("error: the ")
    assert desk.service.writes == []


@pytest.mark.parametrize("answer", [b"", None, [], {"assistant": None}, {"assistant": {"id": ""}}])
def test_an_unreadable_assistant_is_an_error(desk_with: MakeDesk, answer: Any) -> None:
    desk = desk_with(list_has_faq=False)
    identity = desk.service.add("front-desk")
    desk.project.define(faq_items=[])
    desk.service.on("GET", f"/assistants/{identity}", status=200, body=answer)
    result = desk.run("plan")
    assert result.code == 1
    assert result.err.startswith("error: the answer ")


@pytest.mark.parametrize(
    "reaction",
    [{"status": 403}, {"status": 400}, {"status": 200, "body": b"half"}, {"status": 302}],
    ids=str,
)
def test_an_id_that_the_list_lacks_and_that_cannot_be_read_is_an_error_and_not_gone(
    desk: Desk, reaction: dict[str, Any]
) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.service.hidden.add(identity)
    desk.service.on("GET", f"/assistants/{identity}", **reaction)
    desk.project.define(prompt="As it shall be.", sync={"id": identity})
    result = desk.apply()
    assert result.code == 1
    assert desk.service.writes == []


@pytest.mark.parametrize("command", [("delete", "asst-9"), ("pull", "asst-9")])
def test_an_unreadable_answer_is_not_taken_for_no_such_assistant(
    desk: Desk, command: tuple[str, ...]
) -> None:
    desk.project.define()
    desk.service.on("GET", "/assistants/asst-9", status=200, body=b"<html>")
    result = desk.run(*command)
    assert result.code == 1
    assert result.err.startswith("error: the answer ")


def test_an_answer_about_another_assistant_is_an_error(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Old.")
    other = desk.service.add("front-desk copy", "Old.")
    desk.project.define(prompt="New.")
    told = {**desk.service.assistants[other], "name": "front-desk"}
    desk.service.on("GET", f"/assistants/{identity}", times=None, status=200, body=told)
    result = desk.apply()
    assert result.code == 4
    assert f"the service answers with {other}, asked for {identity}" in " ".join(result.out.split())
    assert desk.service.writes == []


def test_a_patch_that_is_answered_with_another_assistant_is_read_back(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Old.")
    other = desk.service.add("other", "New.")
    desk.project.define(prompt="New.")
    told = desk.service.assistants[other]
    desk.service.on("PATCH", status=200, body=told, acts=True)
    result = desk.apply()
    assert result.code == 0
    assert f'replaced front-desk  "front-desk"  {identity}' in result.out


def test_one_assistant_listed_twice_is_one(desk: Desk) -> None:
    desk.service.add("front-desk")
    (listed,) = desk.service.assistants.values()
    desk.service.on("GET", status=200, body={"assistants": [listed, listed]})
    desk.project.define(prompt="Be kind.")
    assert desk.run("plan", "--detailed-exitcode").code == 0


def test_half_a_surrogate_pair_in_the_account_is_read_and_shown(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="Half a smile: \ud83d")
    desk.project.define()
    result = desk.run("plan")
    assert result.code == 0
    assert "Half a smile: \\ud83d" in result.out


def test_a_number_that_no_request_can_hold_is_named_and_not_sent(desk: Desk) -> None:
    identity = desk.service.add("front-desk", voice={"provider": "cartesia", "id": "v"})
    held = {**desk.service.assistants[identity], "voice": {"id": "v", "speed": "@"}}
    body = json.dumps(held).replace('"@"', "1e999")
    desk.service.on("GET", f"/assistants/{identity}", times=None, status=200, body=body.encode())
    listed = f'{{"assistants": [{body}]}}'.encode()
    desk.service.on("GET", "/assistants", times=None, status=200, body=listed)
    desk.project.define(prompt="Be kind.", voice={"provider": "cartesia", "id": "w"})
    result = desk.apply()
    assert result.code == 4
    assert "nothing was sent: the account holds a number that no request can hold" in result.out
    assert desk.service.writes == []


ERRORS: dict[str, tuple[Any, str]] = {
    "nested": ({"error": {"message": "voice is gone"}}, "400 Bad Request: voice is gone\n"),
    "issues": ({"issues": [{"path": ["voice", "id"], "message": "Required"}]}, '"voice", "id"'),
    "HTML": (b"<h1>Bad voice</h1>", "400 Bad Request: <h1>Bad voice</h1>\n"),
    "empty": (b"", "400 Bad Request\n"),
}


@pytest.mark.parametrize(("body", "words"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_told_in_the_words_of_the_service(desk: Desk, body: Any, words: str) -> None:
    desk.service.on("POST", status=400, body=body)
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert words in result.out


@pytest.mark.parametrize("errors", ["error", "message", "issues", "html", "empty"])
def test_a_refused_field_is_told_by_a_service_of_any_habit(
    desk_with: MakeDesk, errors: str
) -> None:
    desk = desk_with(errors=errors)
    desk.project.define(transfer_phone_number="+33123456789")
    result = desk.apply("--profile", "seed")
    assert result.code == 4
    assert "400 Bad Request" in result.out
    if errors != "empty":
        assert "transfer_phone_number" in result.out.partition("Apply")[0].rpartition("failed")[2]


def test_a_long_error_is_cut(desk: Desk) -> None:
    body = {"error": "word " * 100_000}  # more than is read of an error
    desk.service.on("GET", status=400, body=body)
    desk.project.define()
    result = desk.run("plan")
    assert result.code == 1
    assert "400 Bad Request" in result.err
    assert len(result.err) < 1500


@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_without_end_is_not_read_to_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 2**20)
    body = b" " * 2**24
    headers = {"content-encoding": "gzip"} if packed else {}
    content = gzip.compress(body) if packed else body
    desk.service.on("GET", times=None, status=200, body=content, headers=headers)
    desk.project.define()
    result = desk.apply()
    assert result.code == 1
    assert "the answer is larger than 1 MB" in result.err
    assert desk.service.writes == []


def test_what_cannot_be_unpacked_is_an_error(desk: Desk) -> None:
    headers = {"content-encoding": "gzip"}
    desk.service.on("GET", times=None, status=200, body=b"no gzip", headers=headers)
    desk.project.define()
    result = desk.run("plan")
    assert result.code == 1
    assert "cannot be unpacked" in result.err


@pytest.mark.parametrize("depth", [250, 5_000, 200_000])
def test_an_answer_that_is_nested_without_end_is_an_error(desk: Desk, depth: int) -> None:
    prompt = b"[" * depth + b"]" * depth
    body = b'{"assistants": [{"id": "a", "name": "front-desk", "prompt": ' + prompt + b"}]}"
    desk.service.on("GET", times=None, status=200, body=body)
    desk.project.define()
    result = desk.run("plan")
    assert result.code == 1
    assert "internal" not in result.err
    assert "nested too deep" in result.err


@pytest.mark.parametrize("command", ["plan", "plan --format json", "pull", "drift"])
def test_an_answer_that_is_nested_as_deep_as_is_read_can_be_shown(desk: Desk, command: str) -> None:
    deep = b"[" * 190 + b"]" * 190
    body = b'{"assistants": [{"id": "a", "name": "front-desk", "voice": %s, "other": %s}]}'
    desk.service.on("GET", times=None, status=200, body=body % (deep, deep))
    desk.project.define(voice={"id": "v", "provider": "cartesia"})
    assert "internal" not in desk.run(*command.split()).said


@pytest.mark.parametrize(
    "body", ["eyJ" * 40_000, "x" * 120_000 + "://", "a:/" * 40_000, "\\" * 120_000, "%25" * 40_000]
)
def test_no_error_takes_long_to_tell(desk: Desk, body: str) -> None:
    desk.service.on("GET", times=None, status=400, body=body.encode())
    desk.project.define(webhook_url="https://h.example.com/?token=${secret.HOOK}")
    desk.env["REVOX_SECRET_HOOK"] = "hunter2/hunter2"
    begun = time.monotonic()
    assert desk.run("plan").code == 1
    assert time.monotonic() - begun < 10


SECRET = 'hunter2/"hunter+2'
ECHOES = {
    "JSON": json.dumps(SECRET),
    "JSON with escaped slashes": json.dumps(SECRET).replace("/", "\\/"),
    "JSON in JSON": json.dumps(json.dumps(SECRET).replace("/", "\\/")),
    "percent": quote(SECRET, safe=""),
    "lower-case percent": "hunter2%2f%22hunter%2b2",
    "percent twice": quote(quote(SECRET, safe=""), safe=""),
    "lower-case percent twice": "hunter2%252f%2522hunter%252b2",
    "in part": "hunter2%2F%22hunter+2",
    "HTML": html.escape(SECRET),
    "HTML by numbers": "hunter2&#x2F;&#34;hunter&#x2b;2",
    "HTML twice": html.escape(html.escape(SECRET)),
    "percent of all": "".join(f"%{byte:02x}" for byte in SECRET.encode()),
    "escapes of all": "".join(f"\\u{byte:04X}" for byte in SECRET.encode()),
    "escaped letters": "hunter2\\u002f\\u0022hunter\\u002B2",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_a_secret_that_an_error_echoes_is_not_shown(desk: Desk, echo: str) -> None:
    desk.env["REVOX_SECRET_CODE"] = SECRET
    desk.project.define(first_sentence="${secret.CODE}")
    desk.service.on("POST", status=400, body={"error": f"bad value <{echo}> there"})
    result = desk.apply()
    assert result.code == 4
    assert "hunter" not in result.said
    assert echo not in result.said
    assert "there" in result.out


def test_what_a_good_answer_echoes_is_not_shown_either(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = SECRET
    desk.service.add("front-desk")
    desk.project.define(first_sentence="${secret.CODE}")
    desk.service.notice = {"count": SECRET, "variables": [SECRET, desk.env["REVOX_API_KEY"]]}
    result = desk.apply()
    assert result.code == 0
    assert "warning: (sensitive) queued calls keep the earlier text" in result.out
    desk.service.on(
        "GET",
        "/assistants",
        headers={"x-next-page": quote(SECRET)},
        status=200,
        body={"assistants": []},
    )
    listed = desk.run("list")
    assert listed.code == 1
    assert "its x-next-page header is (sensitive)" in listed.err
    for said in (result.said, listed.said):
        assert "hunter" not in said
        assert desk.env["REVOX_API_KEY"] not in said


@pytest.mark.parametrize("slash", ["\\/", "%2f", "%252F"])
def test_a_url_in_an_error_loses_its_values_however_it_is_written(desk: Desk, slash: str) -> None:
    percent = "%25" if slash == "%252F" else "%"
    signs = (
        (":", "?", "=") if slash == "\\/" else tuple(f"{percent}{c}" for c in ("3A", "3F", "3D"))
    )
    url = f"https{signs[0]}{slash}{slash}h.example.com{slash}x{signs[1]}token{signs[2]}abcdef12"
    desk.service.on("GET", times=None, status=400, body={"error": f"bad URL {url} there"})
    desk.project.define()
    result = desk.run("plan")
    assert "abcdef12" not in result.said
    assert "there" in result.err


@pytest.mark.parametrize("identity", [".", "..", " .. "])
def test_an_id_that_is_another_address_is_not_asked_for(desk: Desk, identity: str) -> None:
    desk.project.define(sync={"id": identity})
    result = desk.apply()
    assert result.code == 1
    assert [request.path for request in desk.service.requests if ".." in request.path] == []
    assert desk.service.writes == []


def test_ids_with_signs_are_quoted_in_paths(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    document = {**desk.service.assistants.pop(identity), "id": "a/../b?c#d"}
    desk.service.assistants["a%2F..%2Fb%3Fc%23d"] = document
    desk.project.define(prompt="As it shall be.")
    assert desk.apply().code == 0
    assert desk.service.writes[0].path == "/assistants/a%2F..%2Fb%3Fc%23d"


@pytest.mark.parametrize("ids", ["uuid", "prefixed", "integer"])
def test_a_definition_can_be_bound_to_an_id_of_any_kind(desk_with: MakeDesk, ids: str) -> None:
    desk = desk_with(ids=ids)
    identity = desk.service.add("Reception")
    desk.project.define(name="Front desk", prompt="Be kind.", sync={"id": identity})
    assert desk.changes() == {"name": ("Reception", "Front desk")}


def test_members_of_no_document_are_neither_drift_nor_sent(desk_with: MakeDesk) -> None:
    desk = desk_with(extra_members=True)
    desk.service.add("front-desk", prompt="As it was.", voice={"id": "v", "provider": "cartesia"})
    desk.project.define(prompt="As it shall be.", voice={"id": "v", "provider": "cartesia"})
    assert desk.changes() == {"prompt": ("As it was.", "As it shall be.")}
    assert desk.apply().code == 0
    assert [request.body for request in desk.service.writes] == [{"prompt": "As it shall be."}]


def test_a_request_says_what_it_is(desk: Desk) -> None:
    desk.project.define(prompt="é 🙂")
    assert desk.apply().code == 0
    (post,) = desk.service.sent("POST")
    assert post.headers["content-type"] == "application/json"
    assert post.headers["user-agent"].startswith("revox-sync/")
    assert json.dumps(post.body["prompt"]) == json.dumps("é 🙂")


def test_values_of_unexpected_types_are_replaced(desk: Desk) -> None:
    desk.service.add(
        "front-desk",
        prompt={"x": 1},
        voice="loud",
        call_retry_config={"calling_windows": 7, "allowed_days": {"a": 1}},
        structured_output_config={"a": 1},
        llm_model=[1],
        faq_items=[{"question": {"a": 1}, "answer": None}],
        webhook_url=7,
        calendly=[1],
        max_call_duration_secs="600",
    )
    window = {
        "calling_window_start_time": "9am",
        "calling_window_end_time": "6pm",
        "retry_delay_seconds": 3,
    }
    desk.project.define(
        voice={"id": "v", "provider": "cartesia"},
        call_retry_config={"calling_windows": [window], "max_retry_attempts": 2},
        structured_output_config=[{"name": "a", "required": True, "type": "string"}],
        llm_model={"type": "dedicated-instance", "name": "gpt-4.1"},
        faq_items=[],
        webhook_url="https://hooks.example/x",
        calendly={"connection_id": "c", "event_type_id": "e"},
        max_call_duration_secs=600,
    )
    assert desk.apply().code == 0
    assert desk.settled()
