"""A mask is no value: nobody writes one in place of a credential, not even on a create."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.desk import Desk

KEY = "sk-0123456789abcdef"

#: What services print in place of a credential.
MASKS = [
    "****",
    "********",
    "•••",
    "●●●●",
    "sk-****4f2a",
    "sk-…4f2a",
    "sk-...4f2a",
    "sk-....4f2a",
    "sk-…",
    "sk-proj…",
    "sk-4f2a1b…",
    "4f2a1b...",
    "★★★★",
    "⬤⬤⬤",
    "░░░░",
    "…4f2a",
    "Bearer ****",
    "Bearer sk-...4f2a",
    "[REDACTED]",
    "[REDACTED:api_key]",
    "[redacted]",
    "<redacted>",
    "<hidden by admin>",
    "(sensitive)",
    "Bearer [REDACTED]",
    "{redacted}",
    "＊＊＊＊",
    "∗∗∗∗",
    "◦◦◦◦",
    "████",
    "• • • •",
    "* * * *",
    "sk-⋯4f2a",
    "...",
    "……",
]
#: What is a value, though something in it reminds of a mask.
VALUES = [
    "*/*",
    "text/plain, */*",
    "**",
    "a*b",
    "hidden",
    "masked",
    "redacted",
    "x-y",
    "xxxxxxxx",
    "Wait…",
    "Please wait...",
    "And so on ... and on",
    "a..b",
    "1.2.3",
    "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
    "{{token}}",
    "[]",
    "{}",
    "{{a}} {{b}}",
    "* and *",
    '["a"]',
    "Mozilla/5.0 (compatible)",
]


def model(**members: Any) -> dict[str, Any]:
    return {
        "type": "custom",
        "api_url": "https://llm.example.com/v1",
        "api_key": "${secret.LLM}",
        "model_name": "m1",
    } | members


def tool(**members: Any) -> dict[str, Any]:
    return {
        "name": "book",
        "description": "Books a room.",
        "method": "POST",
        "url": "https://crm.example.com/book",
        "headers": [],
        "query_params": [],
        "body_template": None,
        "input_schema": [],
    } | members


#: Where a credential can stand, and the field with ``mask`` there.
PLACES: dict[str, Any] = {
    "llm_model.api_key": lambda mask: {"llm_model": model(api_key=mask)},
    "llm_model.api_url": lambda mask: {"llm_model": model(api_url=f"https://e.com/?k={mask}")},
    "header": lambda mask: {"custom_tools": [tool(headers=[{"key": "X-K", "value": mask}])]},
    "parameter": lambda mask: {"custom_tools": [tool(query_params=[{"key": "k", "value": mask}])]},
    "tool.url": lambda mask: {"custom_tools": [tool(url=f"https://e.com/?k={mask}&a=b")]},
    "webhook_url": lambda mask: {"webhook_url": f"https://e.com/hook?k={mask}"},
    "precall_lookup_url": lambda mask: {
        "precall_lookup_url": f"https://e.com/?phone={{{{phone}}}}&k={mask}"
    },
    "logo_url": lambda mask: {"logo_url": f"https://e.com/?k={mask}"},
    "fragment": lambda mask: {"webhook_url": f"https://e.com/#access_token={mask}"},
    "user": lambda mask: {"webhook_url": f"https://{mask}@e.com/"},
    "password": lambda mask: {"webhook_url": f"https://ada:{mask}@e.com/"},
    "path": lambda mask: {"webhook_url": f"https://hooks.slack.com/services/T0/{mask}"},
    "path of a tool": lambda mask: {"custom_tools": [tool(url=f"https://e.com/{mask}/book")]},
    "event": lambda mask: {
        "calendly": {"connection_id": "c", "event_type_id": f"https://e.com/?k={mask}"}
    },
    "extra": lambda mask: {"sync": {"extra": {"new_service": {"api_key": mask}}}},
    "extra header": lambda mask: {
        "sync": {"extra": {"new_tool": {"headers": [{"key": "K", "value": mask}]}}}
    },
}


@pytest.fixture
def secretive(desk: Desk) -> Desk:
    """A desk with the credential of the model in its environment."""
    desk.env["REVOX_SECRET_LLM"] = KEY
    return desk


def refused(desk: Desk, line: int | None = 3) -> str:
    """Assert that nothing was written, and return what was said."""
    result = desk.apply()
    assert result.code == 1, result.said
    assert desk.service.writes == []
    assert "error" in result.err
    if line is not None:
        assert f"assistants/front-desk.yaml:{line}:" in result.err
    return result.err


@pytest.mark.parametrize("place", PLACES)
def test_a_mask_in_the_place_of_a_credential_is_an_error_there(secretive: Desk, place: str) -> None:
    secretive.project.define(**PLACES[place]("****"))
    assert "this is a mask" in refused(secretive)
    secretive.service.add("front-desk", prompt="Be kind.")
    assert "this is a mask" in refused(secretive)


@pytest.mark.parametrize("mask", MASKS)
def test_every_form_of_a_mask_is_known(secretive: Desk, mask: str) -> None:
    secretive.project.define(**PLACES["header"](mask))
    assert "this is a mask" in refused(secretive)


@pytest.mark.parametrize("value", VALUES)
def test_what_a_header_can_really_say_is_written(secretive: Desk, value: str) -> None:
    secretive.project.define(**PLACES["header"](value))
    assert secretive.apply().code == 0
    [write] = secretive.service.writes
    assert write.body["custom_tools"][0]["headers"] == [{"key": "X-K", "value": value}]


@pytest.mark.parametrize("mask", ["%2A%2A%2A%2A", "%E2%80%A2%E2%80%A2%E2%80%A2", "%5BREDACTED%5D"])
def test_a_mask_that_a_url_encodes_is_one(secretive: Desk, mask: str) -> None:
    for place in ("webhook_url", "password"):
        secretive.project.define(**PLACES[place](mask))
        assert "this is a mask" in refused(secretive)


def test_dots_in_a_path_are_no_mask(secretive: Desk) -> None:
    url = "https://e.com/compare/main...next/a*b/(old)/..."
    secretive.project.define(webhook_url=url)
    assert secretive.apply().code == 0
    assert secretive.service.writes[0].body["webhook_url"] == url


def test_a_path_that_the_account_masks_is_unknown(secretive: Desk) -> None:
    url = "https://hooks.slack.com/services/{}?team=a"
    secretive.service.add("front-desk", webhook_url=url.format("****"))
    stated = {"prompt": "Be kind.", "webhook_url": url.format("T0AB12CD3")}
    secretive.project.define(**stated)
    assert secretive.changes() == {}
    for other in (stated["webhook_url"].replace("team", "group"), "https://e.com/T0AB12CD3"):
        secretive.project.define(**{**stated, "webhook_url": other})
        assert "webhook_url" in secretive.changes()


@pytest.mark.parametrize("mask", MASKS)
def test_a_secret_that_holds_a_mask_is_refused_by_its_name(secretive: Desk, mask: str) -> None:
    secretive.env["REVOX_SECRET_LLM"] = mask
    secretive.project.define(llm_model=model())
    said = refused(secretive)
    assert "REVOX_SECRET_LLM holds a mask" in said


@pytest.mark.parametrize("mask", MASKS)
def test_a_mask_is_refused_though_another_tool_changes(secretive: Desk, mask: str) -> None:
    """The list is sent whole, and both sides equal the mask, so that nothing else tells of it."""
    guarded = tool(name="a", headers=[{"key": "Authorization", "value": mask}])
    other = tool(name="b")
    secretive.service.add("front-desk", prompt="Be kind.", custom_tools=[guarded, other])
    changed = {**other, "description": "Books a table."}
    secretive.project.define(prompt="Be kind.", custom_tools=[guarded, changed])
    assert "this is a mask" in refused(secretive)


def test_a_mask_among_the_defaults_is_refused_in_the_project_file(secretive: Desk) -> None:
    secretive.project.write(
        "revox-sync.yaml", "defaults:\n  webhook_url: https://e.com/?token=****\n"
    )
    secretive.project.define()
    said = refused(secretive, line=None)
    assert "revox-sync.yaml:2:16" in said


def test_a_mask_is_refused_where_secrets_are_not_at_hand(secretive: Desk) -> None:
    secretive.project.define(webhook_url="https://e.com/?a=****&token=${secret.HOOK}")
    result = secretive.run("validate")
    assert result.code == 1
    assert "this is a mask" in result.out + result.err


def test_a_mask_in_the_environment_names_nothing_that_is_pulled(secretive: Desk) -> None:
    secretive.env["REVOX_SECRET_LLM"] = "****"
    secretive.service.add("front-desk", prompt="Be kind.", llm_model=model(api_key="****"))
    assert secretive.run("pull").code == 0
    written = secretive.project.root.joinpath("assistants/front-desk.yaml").read_text()
    assert "secret.FRONT_DESK_API_KEY" in written


@pytest.mark.parametrize(
    ("told", "is_mask"), [("****", True), ("hidden", True), ("", False), (None, False)]
)
def test_a_mask_that_comes_along_from_the_account_is_not_written_back(
    secretive: Desk, told: str | None, is_mask: bool
) -> None:
    """An API may mask a member that this version does not know, and replaces objects whole."""
    held = model(api_key=KEY) | {"client_secret": told}
    secretive.service.alterations["llm_model"] = lambda value: {**value, "client_secret": told}
    secretive.service.add("front-desk", prompt="Be kind.", llm_model=held)
    secretive.project.define(prompt="Be kind.", llm_model=model())
    assert secretive.action()["action"] == "unchanged"
    secretive.project.define(prompt="Be brief.", llm_model=model())
    assert secretive.apply().code == 0
    secretive.service.requests.clear()
    secretive.project.define(prompt="Be brief.", llm_model=model(model_name="m2"))
    result = secretive.apply()
    assert ("the account masks llm_model.client_secret" in result.said) == is_mask
    assert (result.code, len(secretive.service.writes)) == ((3, 0) if is_mask else (0, 1))


@pytest.mark.parametrize(
    ("forgotten", "test"),
    [
        (
            "revox_sync.definitions.check.written_masks",
            lambda desk: test_a_mask_in_the_place_of_a_credential_is_an_error_there(desk, "header"),
        ),
        (
            "revox_sync.secrecy.values.names_credential",
            lambda desk: test_a_mask_in_the_place_of_a_credential_is_an_error_there(desk, "extra"),
        ),
        (
            "revox_sync.definitions.compose.is_mask",
            lambda desk: test_a_secret_that_holds_a_mask_is_refused_by_its_name(desk, "****"),
        ),
        (
            "revox_sync.plan.planner.carried_masks",
            lambda desk: test_a_mask_that_comes_along_from_the_account_is_not_written_back(
                desk, "****", True
            ),
        ),
    ],
)
def test_a_check_that_is_forgotten_is_noticed(
    secretive: Desk, monkeypatch: pytest.MonkeyPatch, forgotten: str, test: Callable[[Desk], None]
) -> None:
    monkeypatch.setattr(forgotten, lambda *_: ())
    with pytest.raises(AssertionError):
        test(secretive)
