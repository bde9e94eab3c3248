"""Accounts that do not tell their credentials: unknown is no drift, and a mask is never sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.desk import Desk

KEY, HEADER, PARAMETER = "sk-0123456789abcdef", "Bearer t0k3n-one", "p4r4m-two"
HOOK = "https://hooks.example.com/a?token=h00k-three"

MODEL: dict[str, Any] = {
    "type": "custom",
    "api_url": "https://llm.example.com/v1",
    "api_key": "${secret.LLM}",
    "model_name": "m1",
}
TOOL: dict[str, Any] = {
    "name": "book",
    "description": "Books a room.",
    "method": "POST",
    "url": "https://crm.example.com/book",
    "headers": [
        {"key": "Accept", "value": "text/plain"},
        {"key": "Authorization", "value": "${secret.HEADER}"},
    ],
    "query_params": [{"key": "token", "value": "${secret.PARAMETER}"}],
    "body_template": None,
    "input_schema": [],
}
#: The fields that hold credentials, and the places that cannot be told.
FIELDS: dict[str, tuple[Any, list[str]]] = {
    "llm_model": (MODEL, ["llm_model.api_key"]),
    "custom_tools": (
        [TOOL],
        [
            "custom_tools[0].headers[0].value",
            "custom_tools[0].headers[1].value",
            "custom_tools[0].query_params[0].value",
        ],
    ),
}
#: What stands in place of a credential; None: nothing, the member is left out.
MASKS: dict[str, Callable[[str], str | None]] = {
    "stars": lambda _: "****",
    "all but the end": lambda secret: f"sk-…{secret[-4:]}",
    "the empty text": lambda _: "",
    "null": lambda _: None,
    "left out": lambda _: None,
}

every_mask = pytest.mark.parametrize("mask", MASKS)
every_field = pytest.mark.parametrize("field", FIELDS)


@pytest.fixture
def secretive(desk: Desk) -> Desk:
    """A desk with the secrets in its environment."""
    desk.env |= {
        "REVOX_SECRET_LLM": KEY,
        "REVOX_SECRET_HEADER": HEADER,
        "REVOX_SECRET_PARAMETER": PARAMETER,
    }
    return desk


def let_mask(desk: Desk, mask: str) -> None:
    """Let the service keep credentials to itself from now on."""
    for name in FIELDS:
        desk.service.alterations[name] = lambda value: masked(value, mask)


def masked(value: Any, mask: str) -> Any:
    """Return a value as the service tells it."""
    if isinstance(value, list):
        return [masked(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    told = {name: masked(item, mask) for name, item in value.items()}
    for name in {"api_key", "value"} & value.keys():
        told[name] = MASKS[mask](value[name])
        if mask == "left out":
            del told[name]
    return told


def given(value: Any) -> Any:
    """Return a stated value with its secrets, as a request must hold it."""
    if isinstance(value, list):
        return [given(item) for item in value]
    if isinstance(value, dict):
        return {name: given(item) for name, item in value.items()}
    known = {
        "${secret.LLM}": KEY,
        "${secret.HEADER}": HEADER,
        "${secret.PARAMETER}": PARAMETER,
    }
    return known.get(value, value) if isinstance(value, str) else value


def stand(desk: Desk, mask: str, field: str) -> str:
    """Let the account hold what the definition states, masked; return its id."""
    let_mask(desk, mask)
    stated = FIELDS[field][0]
    identity = desk.service.add("front-desk", prompt="Be kind.", **{field: given(stated)})
    desk.project.define(prompt="Be kind.", **{field: stated})
    return identity


def sent(desk: Desk) -> Any:
    """Return the body of the only write."""
    [write] = desk.service.writes
    return write.body


@every_mask
@every_field
def test_what_the_account_masks_is_unknown_and_no_drift(
    secretive: Desk, mask: str, field: str
) -> None:
    stand(secretive, mask, field)
    action = secretive.action()
    assert (action["action"], action["changes"]) == ("unchanged", [])
    assert action["unknown"] == FIELDS[field][1]
    for place in FIELDS[field][1]:
        assert any(note.startswith(f"{place}: the account masks it") for note in action["notes"])
    assert secretive.run("drift").code == 0
    assert secretive.settled()


@every_mask
@every_field
def test_another_change_of_the_field_writes_the_credentials_along(
    secretive: Desk, mask: str, field: str
) -> None:
    stand(secretive, mask, field)
    stated: dict[str, Any] = {
        "llm_model": {**MODEL, "model_name": "m2"},
        "custom_tools": [{**TOOL, "name": "b"}],
    }
    secretive.project.define(prompt="Be kind.", **{field: stated[field]})
    assert secretive.apply().code == 0
    assert sent(secretive) == {field: given(stated[field])}
    assert secretive.settled()


@every_mask
@every_field
def test_a_change_of_another_field_leaves_the_credentials_alone(
    secretive: Desk, mask: str, field: str
) -> None:
    stand(secretive, mask, field)
    secretive.project.define(prompt="Be brief.", **{field: FIELDS[field][0]})
    assert secretive.apply().code == 0
    assert sent(secretive) == {"prompt": "Be brief."}


@every_mask
@every_field
def test_a_credential_is_written_on_request(secretive: Desk, mask: str, field: str) -> None:
    stand(secretive, mask, field)
    changes = secretive.action("--push-unknown")["changes"]
    assert [change["path"] for change in changes] == FIELDS[field][1]
    assert all(change["sensitive"] for change in changes)
    result = secretive.apply("--push-unknown")
    assert result.code == 0
    assert sent(secretive) == {field: given(FIELDS[field][0])}
    assert all(secret not in result.said for secret in (KEY, HEADER, PARAMETER))


@every_mask
@every_field
def test_a_create_whose_answer_is_masked_is_done(secretive: Desk, mask: str, field: str) -> None:
    let_mask(secretive, mask)
    secretive.project.define(**{field: FIELDS[field][0]})
    assert secretive.apply().code == 0
    assert sent(secretive)[field] == given(FIELDS[field][0])
    assert secretive.settled()


@every_mask
def test_a_mask_excuses_no_other_member(secretive: Desk, mask: str) -> None:
    stand(secretive, mask, "llm_model")
    secretive.service.alterations["llm_model"] = lambda value: {
        **masked(value, mask),
        "model_name": "its own",
    }
    secretive.project.define(prompt="Be kind.", llm_model={**MODEL, "model_name": "m2"})
    result = secretive.apply()
    assert result.code == 4
    assert "not taken by the service: llm_model" in result.out


@every_field
def test_a_credential_that_is_told_and_differs_is_a_change(secretive: Desk, field: str) -> None:
    stand(secretive, "stars", field)
    secretive.service.alterations.clear()
    identity = next(iter(secretive.service.assistants))
    older = {
        "llm_model": {**given(MODEL), "api_key": "sk-older"},
        "custom_tools": [{**given(TOOL), "query_params": [{"key": "token", "value": "older"}]}],
    }
    secretive.service.edit(identity, **{field: older[field]})
    action = secretive.action()
    assert [change["path"] for change in action["changes"]] == FIELDS[field][1][-1:]
    assert action["changes"][0]["sensitive"]
    assert action["unknown"] == []


@every_mask
def test_a_header_that_the_account_lacks_is_a_change_all_the_same(
    secretive: Desk, mask: str
) -> None:
    identity = stand(secretive, mask, "custom_tools")
    fewer = {**given(TOOL), "headers": given(TOOL)["headers"][:1]}
    secretive.service.edit(identity, custom_tools=[fewer])
    assert list(secretive.changes()) == ["custom_tools[0].headers[1]"]
    assert secretive.apply().code == 0
    assert sent(secretive) == {"custom_tools": [given(TOOL)]}


@every_mask
def test_headers_in_another_order_keep_their_own_credentials(secretive: Desk, mask: str) -> None:
    stand(secretive, mask, "custom_tools")
    turned = {**TOOL, "headers": TOOL["headers"][::-1]}
    secretive.project.define(prompt="Be kind.", custom_tools=[turned])
    assert list(secretive.changes()) == ["custom_tools[0].headers"]
    assert secretive.apply().code == 0
    assert sent(secretive) == {"custom_tools": [given(turned)]}


@every_mask
def test_another_kind_of_model_needs_no_credential_of_the_old_one(
    secretive: Desk, mask: str
) -> None:
    stand(secretive, mask, "llm_model")
    dedicated = {"type": "dedicated-instance", "name": "gpt-4.1"}
    secretive.project.define(prompt="Be kind.", llm_model=dedicated)
    assert secretive.apply().code == 0
    assert sent(secretive) == {"llm_model": dedicated}


@pytest.mark.parametrize("told", ["****", "…", "[redacted]"])
def test_a_masked_query_value_of_a_url_is_unknown_too(secretive: Desk, told: str) -> None:
    secretive.env["REVOX_SECRET_HOOK"] = HOOK.partition("=")[2]
    stated = HOOK.partition("=")[0] + "=${secret.HOOK}"
    shown = HOOK.partition("=")[0] + f"={told}"
    identity = secretive.service.add("front-desk", prompt="Be kind.", webhook_url=shown)
    secretive.project.define(prompt="Be kind.", webhook_url=stated)
    action = secretive.action()
    assert (action["changes"], action["unknown"]) == ([], ["webhook_url"])
    secretive.service.edit(identity, webhook_url=shown.replace("hooks", "elsewhere"))
    assert secretive.apply().code == 0
    assert sent(secretive) == {"webhook_url": HOOK}


@pytest.mark.parametrize(
    "told",
    [
        *("****", "[REDACTED]", "(hidden)", "xxxxxxxx", "https://****", "https://[redacted]"),
        *("https://hooks.example.com/****", "https://hooks.example.com/…"),
        *("https://hooks.example.com/...", "https://hooks.example.com/a?****"),
        "https://****/a?token=****",
    ],
)
def test_a_url_of_which_the_account_tells_a_part_is_unknown(desk: Desk, told: str) -> None:
    desk.service.alterations["webhook_url"] = lambda _: told
    desk.project.define(webhook_url=HOOK)
    assert desk.apply().code == 0
    assert desk.action()["unknown"] == ["webhook_url"]
    assert desk.settled()


@pytest.mark.parametrize(
    "told",
    [
        *("", "https://elsewhere.example.com/****", "https://hidden.example.com/a?token=h00k"),
        *("https://hooks.example.com/b?****", "https://hooks.example.com/a/****/b"),
    ],
)
def test_a_mask_excuses_no_other_part_of_a_url(desk: Desk, told: str) -> None:
    desk.service.add("front-desk", "Be kind.", webhook_url=told)
    desk.project.define(prompt="Be kind.", webhook_url=HOOK)
    assert list(desk.changes()) == ["webhook_url"]
