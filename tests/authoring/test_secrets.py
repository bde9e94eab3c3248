"""No credential is written down, and what stands in its place leads back to it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.authoring.secrets import SecretNames, Spelling
from revox_sync.definitions.references import expand
from revox_sync.secrecy.urls import url_secrets

TOKEN = "sk-proj-4f9aa81cC03e77b2"
PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----"


def spelled(name: str, value: Any, **environ: str) -> tuple[Any, Spelling]:
    names = SecretNames({f"REVOX_SECRET_{n}": v for n, v in environ.items()})
    spell = Spelling("front-desk", names)
    return spell((name,), value), spell


def a_tool(**members: Any) -> list[dict[str, Any]]:
    return [{"name": "look_up", "url": "https://example.com", **members}]


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        (
            "webhook_url",
            "https://example.com/hook?a=1&token=abc#top",
            "https://example.com/hook?a=${secret.FRONT_DESK_WEBHOOK_A}"
            "&token=${secret.FRONT_DESK_WEBHOOK_TOKEN}#top",
        ),
        (
            "webhook_url",
            "https://me:pw@example.com/?x={{phone}}&empty=",
            "https://${secret.FRONT_DESK_WEBHOOK_LOGIN}@example.com/?x={{phone}}&empty=",
        ),
        (
            "webhook_url",
            "https://example.com/?abc#t=1",
            "https://example.com/?${secret.FRONT_DESK_WEBHOOK_QUERY}"
            "#t=${secret.FRONT_DESK_WEBHOOK_T}",
        ),
        (
            "webhook_url",
            f"https://example.com/{TOKEN}/hook",
            "https://example.com/${secret.FRONT_DESK_WEBHOOK_TOKEN}/hook",
        ),
        (
            "llm_model",
            {"type": "custom", "api_key": "abc", "api_url": "https://x?k=v"},
            {
                "type": "custom",
                "api_key": "${secret.FRONT_DESK_API_KEY}",
                "api_url": "https://x?k=${secret.FRONT_DESK_API_K}",
            },
        ),
        (
            "custom_tools",
            a_tool(headers=[{"key": "X-Key", "value": "abc"}, {"key": "Q", "value": "{{name}}"}]),
            a_tool(
                headers=[
                    {"key": "X-Key", "value": "${secret.FRONT_DESK_LOOK_UP_X_KEY}"},
                    {"key": "Q", "value": "{{name}}"},
                ]
            ),
        ),
        (
            "custom_tools",
            a_tool(headers=[{"key": "A", "value": "Bearer abc"}, {"key": "B", "value": "abc"}]),
            a_tool(
                headers=[
                    {"key": "A", "value": "Bearer ${secret.FRONT_DESK_LOOK_UP_A}"},
                    {"key": "B", "value": "${secret.FRONT_DESK_LOOK_UP_A}"},
                ]
            ),
        ),
        (
            "prompt",
            f"Use {TOKEN} and ${{price}}.",
            "Use ${secret.FRONT_DESK_PROMPT_TOKEN} and $${price}.",
        ),
        ("prompt", f"cost $${TOKEN}", "cost ${secret.FRONT_DESK_PROMPT_TOKEN}"),
        ("prompt", f"{TOKEN} costs $", "${secret.FRONT_DESK_PROMPT_TOKEN} costs $"),
        ("prompt", f"Key:\n{PRIVATE}\nend", "Key:\n${secret.FRONT_DESK_PROMPT_TOKEN}\nend"),
        ("prompt", f"Send Bearer {TOKEN}", "Send Bearer ${secret.FRONT_DESK_PROMPT_TOKEN}"),
        (
            "webhook_url",
            "https://hooks.zapier.com/hooks/catch/123456/abcdef/",
            "https://hooks.zapier.com/hooks/catch/${secret.FRONT_DESK_WEBHOOK_TOKEN}",
        ),
        (
            "faq_items",
            [{"question": "Key?", "answer": TOKEN}],
            [{"question": "Key?", "answer": "${secret.FRONT_DESK_FAQ_ITEMS_1_ANSWER_TOKEN}"}],
        ),
    ],
)
def test_only_what_is_secret_is_replaced(name: str, value: Any, written: Any) -> None:
    found, spell = spelled(name, value)
    assert found == written
    assert expanded(found, spell) == value


#: A definition's key, a field, its value, and how that is written. Set are DOOR=hunter2x and
#: LONG=hunter2x-long; too short is SHORT=abd, and no value is MASK=****.
SPELLED: list[tuple[str, str, Any, Any]] = [
    ("desk", "llm_model", {"type": "custom", "api_key": "abc"}, {"type": "custom",
     "api_key": "${secret.DESK_API_KEY}"}),
    ("受付", "llm_model", {"type": "custom", "api_key": "abc"}, {"type": "custom",
     "api_key": "${secret.ASSISTANT_API_KEY}"}),
    ("24h", "llm_model", {"type": "custom", "api_key": "abc"}, {"type": "custom",
     "api_key": "${secret.ASSISTANT_24H_API_KEY}"}),
    ("Hôtel–2 (b)", "llm_model", {"type": "custom", "api_key": "abc"}, {"type": "custom",
     "api_key": "${secret.HOTEL2_B_API_KEY}"}),
    ("x" * 60, "llm_model", {"type": "custom", "api_key": "abc"}, {"type": "custom",
     "api_key": "${secret.XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX_API_KEY}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "Bearer abc"}, {"type": "custom",
     "api_key": "Bearer ${secret.DESK_API_KEY}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "Basic  a b"}, {"type": "custom",
     "api_key": "Basic  ${secret.DESK_API_KEY}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "Token {{x}}"}, {"type": "custom",
     "api_key": "Token {{x}}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "bearer abc"}, {"type": "custom",
     "api_key": "${secret.DESK_API_KEY}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "{{x}}"}, {"type": "custom",
     "api_key": "{{x}}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": ""}, {"type": "custom",
     "api_key": "${secret.DESK_API_KEY}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": 7}, {"type": "custom", "api_key": 7}),
    ("desk", "llm_model", {"type": "custom", "api_key": "${x}"}, {"type": "custom",
     "api_key": "${secret.DESK_API_KEY}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "hunter2x"}, {"type": "custom",
     "api_key": "${secret.DOOR}"}),
    ("desk", "llm_model", {"type": "custom", "api_key": "***"}, {"type": "custom",
     "api_key": "${secret.DESK_API_KEY}"}),
    ("desk", "custom_tools", [{"name": "look_up", "url": "https://e.com",
     "headers": [{"key": "X-Key", "value": "abc"}, {"key": "受", "value": "abd"}, {"key": 7,
     "value": "abe"}, {"value": "abf"}]}], [{"name": "look_up", "url": "https://e.com",
     "headers": [{"key": "X-Key", "value": "${secret.DESK_LOOK_UP_X_KEY}"}, {"key": "受",
     "value": "${secret.DESK_LOOK_UP}"}, {"key": 7, "value": "${secret.DESK_LOOK_UP_3}"},
     {"value": "${secret.DESK_LOOK_UP_4}"}]}]),
    ("desk", "custom_tools", [{"name": "look_up", "url": "https://e.com",
     "query_params": [{"key": "k", "value": "abc"}]}, {"url": "https://e.com/?q=abd"}],
     [{"name": "look_up", "url": "https://e.com", "query_params": [{"key": "k",
     "value": "${secret.DESK_LOOK_UP_K}"}]}, {"url": "https://e.com/?q=${secret.DESK_2_Q}"}]),
    ("desk", "custom_tools", [{"name": "sk-abcdefghijklmnop0123", "headers": [{"key": "k",
     "value": "abc"}]}], [{"name": "${secret.DESK_1_NAME_TOKEN}", "headers": [{"key": "k",
     "value": "${secret.DESK_1_K}"}]}]),
    ("desk", "webhook_url", "https://e.com/?a=abc&abd&b=&c={{x}}#d=abe",
     "https://e.com/?a=${secret.DESK_WEBHOOK_A}&${secret.DESK_WEBHOOK_QUERY}&b=&c={{x}}#d=${secret.DESK_WEBHOOK_D}"),
    ("desk", "webhook_url", "//u:p@e.com/hunter2x",
     "//${secret.DESK_WEBHOOK_LOGIN}@e.com/${secret.DOOR}"),
    ("受付", "webhook_url", "https://api.e.com:80/?a=abc",
     "https://api.e.com:80/?a=${secret.API_E_COM_WEBHOOK_A}"),
    ("受付", "webhook_url", "/x?a=abc", "/x?a=${secret.WEBHOOK_A}"),
    ("desk", "webhook_url", "https://e.com/?a=${x}&b=$${secret.Y}",
     "https://e.com/?a=${secret.DESK_WEBHOOK_A}&b=${secret.DESK_WEBHOOK_B}"),
    ("desk", "first_sentence", "a hunter2x b $hunter2x hunter2xhunter2x",
     "a ${secret.DOOR} b ${secret.DESK_FIRST_SENTENCE_TOKEN} ${secret.DOOR}${secret.DOOR}"),
    ("desk", "first_sentence", "a $$${x} ${secret.A} $${y}", "a $$$${x} $${secret.A} $$${y}"),
    ("desk", "first_sentence", "xhunter2 hunter2x-long", "xhunter2 ${secret.LONG}"),
    ("desk", "faq_items", [{"question": "Q sk-abcdefghijklmnop0123", "answer": "hunter2x"},
     {"question": "R", "answer": "sk-abcdefghijklmnop0124"}],
     [{"question": "Q ${secret.DESK_FAQ_ITEMS_1_QUESTION_TOKEN}", "answer": "${secret.DOOR}"},
     {"question": "R", "answer": "${secret.DESK_FAQ_ITEMS_2_ANSWER_TOKEN}"}]),
    ("desk", "name", "hunter2x ${x}", "hunter2x $${x}"),
    ("desk", "sync", {"id": "hunter2x-1"}, {"id": "hunter2x-1"}),
    ("desk", "stt_context", {"terms": ["hunter2x", "a"]}, {"terms": ["${secret.DOOR}", "a"]}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "field", "value", "written"), SPELLED)
def test_a_secret_is_named_after_its_place(key: str, field: str, value: Any, written: Any) -> None:
    held = {"DOOR": "hunter2x", "LONG": "hunter2x-long", "SHORT": "abd", "MASK": "****"}
    names = SecretNames({f"REVOX_SECRET_{name}": found for name, found in held.items()})
    spell = Spelling(key, names)
    assert spell((field,), value) == written
    told = re.findall(r"(?<!\$)\$\{secret\.(\w+)\}", repr(written))
    assert [one.name for one in spell.secrets] == told
    assert spell((field,), value) == written
    assert len(spell.secrets) == len(told)


@pytest.mark.parametrize("value", ["now", "[MASKED]"])
def test_what_is_short_or_a_mask_is_looked_for_in_no_text(value: str) -> None:
    text = f"Say {value}."
    assert spelled("prompt", text, WORD=value)[0] == text


@pytest.mark.parametrize(
    ("key", "name"), [("24h-desk", "ASSISTANT_24H_DESK_WEBHOOK_K"), ("受付", "X_WEBHOOK_K")]
)
def test_every_key_gives_a_name_that_can_be_set(key: str, name: str) -> None:
    spell = Spelling(key, SecretNames({}))
    spell(("webhook_url",), "https://x?k=v")
    assert spell.secrets[0].name.startswith(name)


_PARTS = st.lists(
    st.sampled_from(
        [
            *"/?#&=@:$ab",
            "${",
            "$${",
            "{{x}}",
            "https://",
            "//",
            "Bearer ",
            f" {TOKEN} ",
            f" {PRIVATE}",
            "hunter2",
        ]
    )
    | st.characters(),
    max_size=14,
).map("".join)


@given(_PARTS)
def test_any_text_leads_back_and_holds_no_token(text: str) -> None:
    found, spell = spelled("prompt", text, DOOR="hunter2")
    assert expanded(found, spell, DOOR="hunter2") == text
    assert TOKEN not in found and "hunter2" not in found and "MIIE" not in found


@given(_PARTS)
def test_any_url_leads_back_and_holds_no_secret(url: str) -> None:
    found, spell = spelled("webhook_url", url)
    assert expanded(found, spell) == url
    left = {secret for secret in url_secrets(found) if not secret.startswith("${secret.")}
    assert not {secret for secret in left if secret} & url_secrets(url)


def expanded(value: Any, spell: Spelling, **known: str) -> Any:
    """Return ``value`` with every reference replaced, as the loader does it."""
    held = {**known, **{secret.name: secret.value for secret in spell.secrets}}
    if isinstance(value, dict):
        return {name: expanded(item, spell, **known) for name, item in value.items()}
    if isinstance(value, list):
        return [expanded(item, spell, **known) for item in value]
    return expand(value, lambda written, kind, name: held[name])
