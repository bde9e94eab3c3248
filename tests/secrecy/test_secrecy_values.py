"""What of a value is never shown, what an account masks, and what is known in its place."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest

from revox_sync.model.fields import FIELDS
from revox_sync.model.shapes import Member
from revox_sync.model.walk import member_at
from revox_sync.secrecy.urls import MASK
from revox_sync.secrecy.values import (
    Known,
    concealed,
    credentials,
    is_mask,
    masked_places,
    unmasked,
)

SECRET = "Kq7Zr2Wx9"

MODEL: dict[str, Any] = {
    "type": "custom",
    "api_url": f"https://llm.example.com/v1?tier={SECRET}",
    "api_key": SECRET,
    "model_name": "m1",
}
TOOL: dict[str, Any] = {
    "name": "book",
    "description": "Books a room.",
    "method": "POST",
    "url": f"https://ada:{SECRET}@crm.example.com/?who={{{{name}}}}&t={SECRET}",
    "headers": [
        {"key": "Authorization", "value": f"Bearer {SECRET}"},
        {"key": "X-Caller", "value": "{{phone}}"},
    ],
    "query_params": [{"key": "token", "value": SECRET}, {"key": "empty", "value": ""}],
    "body_template": None,
    "input_schema": [],
}


def member(name: str) -> Member:
    return FIELDS[name]


# What is shown.


def test_a_tool_is_shown_without_credentials_but_with_names_and_placeholders() -> None:
    assert concealed(member("custom_tools"), [TOOL]) == [
        {
            **TOOL,
            "url": f"https://{MASK}@crm.example.com/?who={{{{name}}}}&t={MASK}",
            "headers": [
                {"key": "Authorization", "value": MASK},
                {"key": "X-Caller", "value": "{{phone}}"},
            ],
            "query_params": [{"key": "token", "value": MASK}, {"key": "empty", "value": ""}],
        }
    ]


@pytest.mark.parametrize("value", [None, True, 7, 1.5, [], [None], {}, {"x": 1}])
def test_a_value_of_no_expected_type_is_shown_as_it_is(value: Any) -> None:
    for name in FIELDS:
        assert concealed(member(name), value) == value
        assert list(credentials(member(name), value)) == []
        assert unmasked(member(name), value, value, (name,)) == (value, [])


def test_hiding_leaves_the_value_itself_alone() -> None:
    before = copy.deepcopy(TOOL)
    concealed(member("custom_tools"), [TOOL])
    assert before == TOOL


def test_every_credential_of_a_value_is_known_for_taking_it_out_of_foreign_texts() -> None:
    assert set(credentials(member("llm_model"), MODEL)) == {SECRET}
    found = set(credentials(member("custom_tools"), [TOOL]))
    assert {SECRET, f"Bearer {SECRET}", f"ada:{SECRET}"} <= found
    assert not found & {"{{phone}}", "{{name}}"}


@pytest.mark.parametrize(
    ("path", "secret", "url"),
    [
        ((), False, False),
        (("api_key",), True, False),
        (("api_url",), False, True),
        (("model_name",), False, False),
        (("unheard_of",), False, False),
        (("api_key", "deeper"), True, False),
    ],
)
def test_the_facts_of_a_place_are_those_of_its_member(
    path: tuple[str, ...], secret: bool, url: bool
) -> None:
    found = member_at(member("llm_model"), path)
    assert (found.secret, found.url) == (secret, url)


def test_the_facts_of_a_place_in_a_list_are_those_of_its_items() -> None:
    tools = member("custom_tools")
    assert member_at(tools, (3, "headers", 1, "value")).secret
    assert member_at(tools, (3, "url")).url
    assert not member_at(tools, (3, "headers", 1, "key")).secret


# What an account masks.

MASKS = ["****", "hidden", "", None]


@pytest.mark.parametrize("text", ["." * 80_000 + "!", "…" * 80_000 + "!", "a" + "." * 80_000 + "!"])
def test_a_text_of_dots_takes_no_time(text: str) -> None:
    began = time.process_time()
    assert not is_mask(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("mask", MASKS)
def test_what_is_masked_is_taken_from_what_is_wanted_and_named(mask: str | None) -> None:
    held = {**MODEL, "api_key": mask}
    known, unknown = unmasked(member("llm_model"), held, MODEL, ("llm_model",))
    assert (known, unknown) == (MODEL, [("llm_model", "api_key")])
    assert held["api_key"] == mask


def test_a_credential_that_was_left_out_is_masked_too() -> None:
    held = {name: value for name, value in MODEL.items() if name != "api_key"}
    known, unknown = unmasked(member("llm_model"), held, MODEL, ("llm_model",))
    assert (known, unknown) == (MODEL, [("llm_model", "api_key")])
    assert list(masked_places(member("llm_model"), held, ("llm_model",))) == unknown


def test_another_member_that_was_left_out_is_not_made_up() -> None:
    held = {name: value for name, value in MODEL.items() if name != "model_name"}
    assert unmasked(member("llm_model"), held, MODEL, ("llm_model",)) == (held, [])


def test_a_credential_that_is_told_stays_as_the_account_tells_it() -> None:
    held = {**MODEL, "api_key": "older"}
    assert unmasked(member("llm_model"), held, MODEL, ("llm_model",)) == (held, [])
    assert unmasked(member("llm_model"), MODEL, MODEL, ("llm_model",)) == (MODEL, [])


def test_another_kind_of_model_has_no_credential_to_be_masked() -> None:
    held = {"type": "dedicated-instance", "name": "gpt-4.1"}
    assert unmasked(member("llm_model"), held, MODEL, ("llm_model",)) == (held, [])
    assert list(masked_places(member("llm_model"), held, ("llm_model",))) == []


def test_masked_headers_belong_to_the_stated_ones_by_their_keys() -> None:
    held = copy.deepcopy(TOOL)
    held["headers"] = [
        {"key": "X-Caller", "value": "****"},
        {"key": "X-New", "value": "****"},
        {"key": "Authorization", "value": "****"},
    ]
    [known], unknown = unmasked(member("custom_tools"), [held], [TOOL], ("custom_tools",))
    assert known["headers"] == [
        {"key": "X-Caller", "value": "{{phone}}"},
        {"key": "X-New", "value": "****"},
        {"key": "Authorization", "value": f"Bearer {SECRET}"},
    ]
    headers = ("custom_tools", 0, "headers")
    assert sorted(unknown) == [(*headers, 0, "value"), (*headers, 1, "value")]


def test_a_mask_in_a_text_that_is_no_url_is_a_difference() -> None:
    held, stated = ({**TOOL, "description": f"https://e.com/?t={told}"} for told in ("****", "a"))
    unset = [("custom_tools", 0, "url")]
    [known], unknown = unmasked(member("custom_tools"), [held], [stated], ("custom_tools",), unset)
    assert (known["description"], unknown) == (held["description"], unset)


def test_a_kind_that_this_version_does_not_know_leaves_no_credential_out() -> None:
    assert list(masked_places(member("llm_model"), {"type": "brand-new"}, ("llm_model",))) == []
    left_out = masked_places(member("llm_model"), {"type": "custom"}, ("llm_model",))
    assert list(left_out) == [("llm_model", "api_key")]


@pytest.mark.parametrize("count", [1, 2])
def test_what_cannot_be_expanded_leaves_a_list_whose_items_have_no_name_unknown(count: int) -> None:
    name, start = "call_retry_config", "calling_window_start_time"
    wanted = {"calling_windows": [{start: "${secret.X}"}, {start: "09:00"}]}
    held = {"calling_windows": [{start: "08:00"}, {start: "10:00"}][:count]}
    place = (name, "calling_windows", 0, start)
    filled, places = unmasked(member(name), held, wanted, (name,), [place])
    assert (filled, places) == (wanted, [(name, "calling_windows")])


@pytest.mark.parametrize(
    "token",
    [
        *("sk-abcdefghijklmnop0123", "sk_live_" + "a" * 16, "rk_test_" + "a" * 16),
        *("xoxb-1234567890ab", "ghp_" + "a" * 20, "github_pat_" + "a" * 20, "glpat-" + "a" * 20),
        *("AKIA" + "A" * 16, "ASIA" + "A" * 16, "AIza" + "a" * 35, "eyJ01234567.eyJ01234567.abc"),
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_a_token_of_any_kind_is_not_shown(token: str) -> None:
    assert Known().shown(token) == MASK
    assert Known().shown(f"it is {token}, she said") == f"it is {MASK}, she said"


def test_a_text_of_the_account_is_told_with_the_names_of_its_secrets() -> None:
    known = Known({"B": "hunter22", "A": "hunter22", "LONG": "hunter22-hunter22", "SHORT": "ab"})
    text = "ab hunter22 ${secret.X} hunter22-hunter22"
    assert known.put_back(text) == (
        "ab ${secret.A} $${secret.X} ${secret.LONG}",
        {"A", "B", "LONG"},
    )
    assert known.put_back("hunter22", {"B"}) == ("${secret.B}", {"A", "B"})
    assert Known().put_back("${secret.X} hunter2") == ("$${secret.X} hunter2", set())
    token = "sk-abcdefghijklmnop0123"
    assert known.shown(f"hunter22 {token}.") == f"${{secret.A}} {MASK}."
