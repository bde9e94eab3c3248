"""What a definition states of an assistant, new or there already: value by value."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import pytest

from revox_sync.account.remote import Remote
from revox_sync.authoring.state import Stated, Taken, disagreements, stated, take
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.definitions.places import Composed
from revox_sync.definitions.project import Project
from revox_sync.model.path import Path
from revox_sync.plan.model import Rules

VOICE: dict[str, Any] = {"provider": "cartesia", "id": "v1"}
TOOL: dict[str, Any] = {
    "name": "t",
    "description": "d",
    "method": "GET",
    "url": "https://e.com",
    "headers": [],
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}
UNTOLD = "the account does not tell it"


def tool(**members: Any) -> dict[str, Any]:
    return {**TOOL, **members}


def remote(**held: Any) -> Remote:
    """Return an assistant; ``...`` stands for a member that is not told."""
    data = {"id": "1", "name": "A", "prompt": "P", "faq_items": [], **held}
    return Remote({name: value for name, value in data.items() if value is not ...})


def told(found: Stated, held: dict[str, Any]) -> tuple[Any, ...]:
    """Return what is stated, name and prompt only where they are given, and what is not."""
    fields = {
        name: value
        for name, value in found.fields.items()
        if name not in ("name", "prompt") or name in held
    }
    return fields, list(found.ignore), dict(found.left_out), found.impossible


#: What the account has; the fields that a new definition states, those it leaves to the dashboard,
#: what is not stated and why, and why there can be no definition.
NEW: list[tuple[dict[str, Any], dict[str, Any], list[str], dict[str, str], str | None]] = [
    ({}, {}, [], {}, None),
    ({"first_sentence": None, "voicemail_message": "", "webhook_url": None},
     {"voicemail_message": ""}, [], {}, None),
    ({"first_sentence": "a\r\nb\rc"}, {"first_sentence": "a\nb\nc"}, [], {}, None),
    ({"faq_items": None}, {}, [], {"faq_items": UNTOLD}, None),
    ({"faq_items": []}, {}, [], {}, None),
    ({"faq_items": [{"id": "1", "question": "q", "answer": "a", "source": "human"},
     {"question": "w", "answer": "", "needs_human_answer": True}]},
     {"faq_items": [{"question": "q", "answer": "a"}]}, [], {}, None),
    ({"voice": {**VOICE, "speed": 1.0, "volume": None, "model": None}}, {"voice": VOICE}, [], {},
     None),
    ({"voice": {**VOICE, "speed": 1.05000000001, "volume": 2.0, "new": 1, "gone": None}},
     {"voice": {**VOICE, "speed": 1.05000000001, "volume": 2}}, [],
     {"voice.new": "not known to this version"}, None),
    ({"voice": "loud"}, {}, ["voice"], {"voice": "`voice` wants a mapping; this is a text"}, None),
    ({"voice": {"provider": "nobody", "id": "v"}}, {}, ["voice"],
     {"voice": "`voice.provider` must be one of cartesia, elevenlabs, "
     "gradium; this is another text"}, None),
    ({"voice": {"id": "v"}}, {}, ["voice"], {"voice": "`voice` lacks `provider`"}, None),
    ({"max_call_duration_secs": 600.0}, {"max_call_duration_secs": 600}, [], {}, None),
    ({"max_call_duration_secs": True}, {}, ["max_call_duration_secs"],
     {"max_call_duration_secs": "`max_call_duration_secs` wants a number; this is the value true"},
     None),
    ({"max_call_duration_secs": "600"}, {}, ["max_call_duration_secs"],
     {"max_call_duration_secs": "`max_call_duration_secs` wants a number; this is a text"}, None),
    ({"first_sentence": "a\x00b"}, {}, ["first_sentence"],
     {"first_sentence": "it holds a character that no YAML file can"}, None),
    ({"prompt": "a\ud83d"}, {}, ["prompt"],
     {"prompt": "it holds a character that no YAML file can"},
     "prompt: it holds a character that no YAML file can"),
    ({"name": " "}, {"name": " "}, ["name"], {"name": "the name is blank"},
     "name: the name is blank"),
    ({"name": None}, {"name": None}, ["name"], {"name": "`name` cannot be null"},
     "name: `name` cannot be null"),
    ({"prompt": ""}, {"prompt": ""}, [], {}, None),
    ({"unknown": 1, "organization_id": "o", "position": {"x": 1}}, {}, [],
     {"position": "the dashboard's own, without effect on calls",
     "unknown": "not known to this version"}, None),
    ({"llm_model": {"type": "custom", "api_url": "https://e.com", "model_name": "m"}},
     {"llm_model": {"type": "custom", "model_name": "m", "api_url": "https://e.com",
     "api_key": ""}}, [], {}, None),
    ({"llm_model": {"type": "custom", "api_url": "https://e.com", "model_name": "m",
     "api_key": None}}, {"llm_model": {"type": "custom", "model_name": "m",
     "api_url": "https://e.com", "api_key": ""}}, [], {}, None),
    ({"llm_model": {"type": "brand-new", "x": 1}}, {}, ["llm_model"],
     {"llm_model": "`llm_model.type` must be one of dedicated-instance, "
     "openrouter, custom, realtime; this is another text"}, None),
    ({"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1", "extra": 2}},
     {"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}}, [],
     {"llm_model.extra": "not known to this version"}, None),
    ({"custom_tools": [tool()]}, {"custom_tools": [tool()]}, [], {}, None),
    ({"custom_tools": [tool(headers=None, new=[1])]}, {"custom_tools": [tool()]}, [],
     {"custom_tools[0].new": "not known to this version"}, None),
    ({"custom_tools": [tool(headers=[{"key": "A", "value": None}, {"key": "B"}])]},
     {"custom_tools": [tool(headers=[{"key": "A", "value": ""}, {"key": "B", "value": ""}])]}, [],
     {}, None),
    ({"call_retry_config": {"calling_windows": None, "max_retry_attempts": 3, "timezone": None,
     "allowed_days": ["monday"], "call_twice_in_a_row": False}},
     {"call_retry_config": {"calling_windows": [], "max_retry_attempts": 3,
     "allowed_days": ["monday"]}}, [], {}, None),
    ({"call_retry_config": {"calling_windows": [], "max_retry_attempts": 3.0, "allowed_days": [],
     "call_twice_in_a_row": True}}, {"call_retry_config": {"calling_windows": [],
     "max_retry_attempts": 3, "call_twice_in_a_row": True}}, [], {}, None),
    ({"sms_enabled": True}, {"sms_enabled": True}, [], {}, None),
    ({"after_call_sms_outcomes": ["do_not_contact"]}, {}, ["after_call_sms_outcomes"],
     {"after_call_sms_outcomes": "this account no longer has after_call_sms_outcomes[0]: "
     "do_not_contact"}, None),
    ({"structured_output_config": [{"name": "x", "type": "string", "required": True,
     "description": None}]}, {"structured_output_config": [{"name": "x", "type": "string",
     "required": True}]}, [], {}, None),
    ({"transfer_destinations": [{"label": "a", "phone_number": "+33123456789"}]},
     {"transfer_destinations": [{"label": "a", "phone_number": "+33123456789"}]}, [], {}, None),
    ({"stt_context": {"general": [], "terms": ["a"]}}, {"stt_context": {"general": [],
     "terms": ["a"]}}, [], {}, None),
    ({"stt_context": {"general": [{"key": "k", "value": "v"}], "terms": []}},
     {"stt_context": {"general": [{"key": "k", "value": "v"}], "terms": []}}, [], {}, None),
    ({"webhook_url": "https://e.com/?t=abc"}, {"webhook_url": "https://e.com/?t=abc"}, [], {},
     None),
    ({"voicemail_message": "x\n\n\n"}, {"voicemail_message": "x\n\n\n"}, [], {}, None),
    ({"faq_items": ...}, {}, [], {"faq_items": UNTOLD}, None),
    ({"first_sentence": ""}, {"first_sentence": ""}, [], {}, None),
    ({"voice": {**VOICE, "speed": 1.149999976158142}}, {"voice": {**VOICE, "speed": 1.15}}, [], {},
     None),
    ({"max_call_duration_secs": 90.5}, {"max_call_duration_secs": 90.5}, [], {}, None),
    ({"slack": {"connection_id": "c", "channels": [], "outcomes": ["none"], "template": "t"}},
     {"slack": {"connection_id": "c", "channels": [], "outcomes": ["none"], "template": "t"}}, [],
     {}, None),
    ({"position": None}, {}, [], {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("held", "fields", "ignore", "left_out", "impossible"), NEW)
def test_a_new_definition_states_what_is_worth_stating(
    held: dict[str, Any],
    fields: dict[str, Any],
    ignore: list[str],
    left_out: dict[str, str],
    impossible: str | None,
) -> None:
    found = stated(remote(**held), Project(FilePath("/")), Rules(), {})
    assert told(found, held) == (fields, ignore, left_out, impossible)
    if impossible is None:
        assert list(found.fields)[:2] == ["name", "prompt"]


DEFAULTS: dict[str, Any] = {
    "first_sentence": "Hi",
    "voice": VOICE,
    "faq_items": [{"question": "q", "answer": "a"}],
    "sms_enabled": True,
    "max_call_duration_secs": 90,
    "webhook_url": "https://e.com",
}

#: The same in a project with these defaults.
WITH_DEFAULTS: list[tuple[dict[str, Any], dict[str, Any], list[str], dict[str, str], None]] = [
    ({}, {"first_sentence": None, "faq_items": [], "voice": None, "webhook_url": None},
     ["max_call_duration_secs", "sms_enabled"], {"max_call_duration_secs": UNTOLD,
     "sms_enabled": UNTOLD}, None),
    ({"first_sentence": "Hi"}, {"faq_items": [], "voice": None, "webhook_url": None},
     ["max_call_duration_secs", "sms_enabled"], {"max_call_duration_secs": UNTOLD,
     "sms_enabled": UNTOLD}, None),
    ({"first_sentence": None}, {"first_sentence": None, "faq_items": [], "voice": None,
     "webhook_url": None}, ["max_call_duration_secs", "sms_enabled"],
     {"max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"first_sentence": "Bye", "voice": VOICE}, {"first_sentence": "Bye", "faq_items": [],
     "webhook_url": None}, ["max_call_duration_secs", "sms_enabled"],
     {"max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"voice": {**VOICE, "speed": 1}}, {"first_sentence": None, "faq_items": [], "voice": VOICE,
     "webhook_url": None}, ["max_call_duration_secs", "sms_enabled"],
     {"max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"voice": None}, {"first_sentence": None, "faq_items": [], "voice": None,
     "webhook_url": None}, ["max_call_duration_secs", "sms_enabled"],
     {"max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"faq_items": []}, {"first_sentence": None, "faq_items": [], "voice": None,
     "webhook_url": None}, ["max_call_duration_secs", "sms_enabled"],
     {"max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"faq_items": None}, {"first_sentence": None, "voice": None, "webhook_url": None},
     ["max_call_duration_secs", "sms_enabled"], {"faq_items": UNTOLD,
     "max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"faq_items": [{"question": "q", "answer": "a"}]}, {"first_sentence": None, "voice": None,
     "webhook_url": None}, ["max_call_duration_secs", "sms_enabled"],
     {"max_call_duration_secs": UNTOLD, "sms_enabled": UNTOLD}, None),
    ({"sms_enabled": None}, {"first_sentence": None, "faq_items": [], "voice": None,
     "webhook_url": None}, ["max_call_duration_secs"], {"max_call_duration_secs": UNTOLD}, None),
    ({"sms_enabled": False, "max_call_duration_secs": None}, {"first_sentence": None,
     "faq_items": [], "voice": None, "sms_enabled": False, "webhook_url": None}, [], {}, None),
    ({"max_call_duration_secs": 90.0, "webhook_url": None}, {"first_sentence": None,
     "faq_items": [], "voice": None, "webhook_url": None}, ["sms_enabled"],
     {"sms_enabled": UNTOLD}, None),
]  # fmt: skip


@pytest.mark.parametrize(("held", "fields", "ignore", "left_out", "impossible"), WITH_DEFAULTS)
def test_what_differs_from_the_defaults_is_stated(
    held: dict[str, Any],
    fields: dict[str, Any],
    ignore: list[str],
    left_out: dict[str, str],
    impossible: None,
) -> None:
    project = Project(FilePath("/"), inherited=Composed(DEFAULTS))
    found = stated(remote(**held), project, Rules(), {})
    assert told(found, held) == (fields, ignore, left_out, impossible)


#: The same where some fields cannot be stated, or are left to the dashboard by the project.
WITHOUT: list[
    tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[str], dict[str, str], str | None]
] = [
    ({"first_sentence": "x"}, {"cannot": {"first_sentence": "no"}}, {}, ["first_sentence"],
     {"first_sentence": "no"}, None),
    ({}, {"cannot": {"first_sentence": "no"}}, {}, ["first_sentence"], {"first_sentence": "no"},
     None),
    ({"first_sentence": "x"}, {"cannot": {"first_sentence": "no", "prompt": "never"}}, {},
     ["first_sentence", "prompt"], {"prompt": "never", "first_sentence": "no"}, "prompt: never"),
    ({"first_sentence": "x", "voice": VOICE}, {"ignore": ("voice", "prompt")},
     {"first_sentence": "x"}, [], {}, None),
    ({"first_sentence": "x", "voice": VOICE, "sms_enabled": True}, {"manage": ("voice",)},
     {"voice": VOICE}, [], {}, None),
    ({"voice": "loud"}, {"ignore": ("voice",)}, {}, [], {}, None),
    ({"voice": "loud", "sms_enabled": True}, {"manage": ("voice",)}, {}, ["voice"],
     {"voice": "`voice` wants a mapping; this is a text"}, None),
    ({"voice": VOICE, "first_sentence": "x"}, {"cannot": {"voice": "no"}, "ignore": ("voice",)},
     {"first_sentence": "x"}, [], {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("held", "how", "fields", "ignore", "left_out", "impossible"), WITHOUT)
def test_what_is_left_to_the_dashboard_is_not_stated(
    held: dict[str, Any],
    how: dict[str, Any],
    fields: dict[str, Any],
    ignore: list[str],
    left_out: dict[str, str],
    impossible: str | None,
) -> None:
    cannot = how.get("cannot", {})
    project = Project(FilePath("/"), **{name: how[name] for name in how if name != "cannot"})
    found = stated(remote(**held), project, Rules(), cannot)
    assert told(found, held) == (fields, ignore, left_out, impossible)


# Definitions that are there.


def taken(
    mine: dict[str, Any],
    held: dict[str, Any],
    *,
    rules: Rules | None = None,
    secrets: dict[Path, str] | None = None,
    sync: SyncOptions | None = None,
) -> Taken:
    fields = {"name": "A", "prompt": "P", **mine}
    unset = frozenset({"X"} if "${secret.X}" in str(mine) else ())
    definition = Definition(
        "a", "assistants/a.yaml", fields, sync or SyncOptions(), secrets or {}, unset
    )
    return take(definition, remote(**held), rules or Rules())


#: What a definition states, what the account has, what it is to state, and what is not taken.
TAKEN: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[Path, str]]] = [
    ({}, {}, {}, {}),
    ({"first_sentence": "a"}, {"first_sentence": "b"}, {"first_sentence": "b"}, {}),
    ({"first_sentence": "a"}, {"first_sentence": None}, {"first_sentence": None}, {}),
    ({"first_sentence": "a"}, {"name": "B"}, {"first_sentence": None}, {}),
    ({"first_sentence": "a\n"}, {"first_sentence": "b"}, {"first_sentence": "b\n"}, {}),
    ({"first_sentence": "a"}, {"first_sentence": "b\n\n\n"}, {"first_sentence": "b"}, {}),
    ({"first_sentence": "a\n\n"}, {"first_sentence": "a"}, {}, {}),
    ({"first_sentence": None}, {"first_sentence": "b\n\n\n"}, {"first_sentence": "b\n"}, {}),
    ({}, {"prompt": "Q\r\nR"}, {"prompt": "Q\nR"}, {}),
    ({}, {"prompt": None}, {}, {("prompt",): UNTOLD}),
    ({}, {"prompt": "a\x00"}, {}, {("prompt",): "it holds a character that no YAML file can"}),
    ({}, {"prompt": ""}, {"prompt": ""}, {}),
    ({"first_sentence": "a"}, {"first_sentence": "\ud83d"}, {}, {("first_sentence",
     ): "it holds a character that no YAML file can"}),
    ({"faq_items": [{"question": "q", "answer": "a"}]}, {"faq_items": None}, {}, {}),
    ({"faq_items": [{"question": "q", "answer": "a"}]}, {"faq_items": ...}, {}, {}),
    ({"faq_items": [{"question": "q", "answer": "a"}]}, {"faq_items": []}, {"faq_items": []}, {}),
    ({"faq_items": [{"question": "q", "answer": "a"}, {"question": "r", "answer": "b"}]},
     {"faq_items": [{"id": "9", "question": "s", "answer": "c"}, {"question": "R ", "answer": "B"},
     {"question": "w", "answer": "", "needs_human_answer": True}]},
     {"faq_items": [{"question": "s", "answer": "c"}, {"question": "R ", "answer": "B"}]}, {}),
    ({"faq_items": []}, {"faq_items": [{"id": "9", "question": "s", "answer": "c\r\n",
     "source": "ai"}]}, {"faq_items": [{"question": "s", "answer": "c\n"}]}, {}),
    ({"voice": VOICE}, {"voice": {"provider": "cartesia", "id": "v2", "speed": 1.2}},
     {"voice": {"provider": "cartesia", "id": "v2", "speed": 1.2}}, {}),
    ({"voice": {**VOICE, "speed": 1.2, "volume": 2}}, {"voice": {**VOICE, "speed": None,
     "volume": 1.0}}, {"voice": {**VOICE, "speed": 1, "volume": 1}}, {}),
    ({"voice": {**VOICE, "speed": 1.2}}, {"voice": None}, {"voice": None}, {}),
    ({"voice": None}, {"voice": {**VOICE, "speed": 1.0}}, {"voice": VOICE}, {}),
    ({"voice": {**VOICE, "speed": 1.2}}, {"voice": {**VOICE, "speed": 1.20000001}},
     {"voice": {**VOICE, "speed": 1.20000001}}, {}),
    ({"voice": VOICE}, {"voice": "loud"}, {}, {("voice",
     ): "no definition may state it: `voice` wants a mapping; this " "is a text"}),
    ({"voice": VOICE}, {"voice": {"provider": "nobody", "id": "v"}}, {}, {("voice",
     ): "no definition may state it: `voice.provider` must be one of "
     "cartesia, elevenlabs, gradium; this is another text"}),
    ({"llm_model": {"type": "custom", "api_url": "https://e.com", "model_name": "m",
     "api_key": "k"}}, {"llm_model": {"type": "custom", "api_url": "https://e.com",
     "model_name": "n", "api_key": "other"}}, {"llm_model": {"type": "custom",
     "api_url": "https://e.com", "model_name": "n", "api_key": "k"}}, {("llm_model",
     "api_key"): "the account has another credential there, and credentials "
     "are not written down"}),
    ({"llm_model": {"type": "custom", "api_url": "https://e.com", "model_name": "m",
     "api_key": "k"}}, {"llm_model": {"type": "custom", "api_url": "https://e.com",
     "model_name": "n", "api_key": "***"}}, {"llm_model": {"type": "custom",
     "api_url": "https://e.com", "model_name": "n", "api_key": "k"}}, {}),
    ({"llm_model": {"type": "custom", "api_url": "https://e.com?a=b", "model_name": "m",
     "api_key": "k"}}, {"llm_model": {"type": "custom", "api_url": "https://e.com?a=***",
     "model_name": "m", "api_key": None}}, {}, {}),
    ({"llm_model": {"type": "custom", "api_url": "https://e.com", "model_name": "m",
     "api_key": "k"}}, {"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}},
     {"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}}, {}),
    ({"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}},
     {"llm_model": {"type": "brand-new", "x": 1}}, {}, {("llm_model",
     ): "no definition may state it: `llm_model.type` must be one of "
     "dedicated-instance, openrouter, custom, realtime; this is another text"}),
    ({"custom_tools": [tool()]}, {"custom_tools": [tool(url="https://f.com", headers=[{"key": "A",
     "value": "b"}])]}, {"custom_tools": [tool(url="https://f.com", headers=[{"key": "A",
     "value": "b"}])]}, {}),
    ({"custom_tools": [tool(), tool(name="u")]}, {"custom_tools": [tool(name="v"),
     tool(description="D")]}, {"custom_tools": [tool(name="v"), tool(description="D")]}, {}),
    ({"custom_tools": [tool(headers=[{"key": "A", "value": "b"}])]},
     {"custom_tools": [tool(headers=[{"key": "A", "value": "c"}])]}, {}, {("custom_tools", 0,
     "headers", 0, "value"): "the account has another credential there, and credentials "
     "are not written down"}),
    ({"call_retry_config": {"calling_windows": [], "max_retry_attempts": 3,
     "allowed_days": ["tuesday", "monday"]}},
     {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "9am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600.0}], "max_retry_attempts": 3.0,
     "allowed_days": ["friday", "monday"], "call_twice_in_a_row": True}},
     {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "9am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600}], "max_retry_attempts": 3,
     "allowed_days": ["monday", "friday"], "call_twice_in_a_row": True}}, {}),
    ({"call_retry_config": {"calling_windows": [{"calling_window_start_time": "9am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600}], "max_retry_attempts": 3}},
     {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "8am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600},
     {"calling_window_start_time": "9am", "calling_window_end_time": "18:00",
     "retry_delay_seconds": 60}], "max_retry_attempts": 3}},
     {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "8am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600},
     {"calling_window_start_time": "9am", "calling_window_end_time": "18:00",
     "retry_delay_seconds": 60}], "max_retry_attempts": 3}}, {}),
    ({"structured_output_config": [{"name": "x", "type": "string", "required": True,
     "description": "d"}]}, {"structured_output_config": [{"name": "x", "type": "string",
     "required": True, "description": None}]}, {"structured_output_config": [{"name": "x",
     "type": "string", "required": True}]}, {}),
    ({"stt_context": {"general": [], "terms": ["a", "b"]}},
     {"stt_context": {"general": [{"key": "k", "value": "v"}], "terms": ["b", "c"]}},
     {"stt_context": {"general": [], "terms": ["b"]}}, {}),
    ({"sms_enabled": True}, {"sms_enabled": False}, {"sms_enabled": False}, {}),
    ({"sms_enabled": True}, {"sms_enabled": None}, {}, {("sms_enabled",): UNTOLD}),
    ({"max_call_duration_secs": 600}, {"max_call_duration_secs": 90.0},
     {"max_call_duration_secs": 90}, {}),
    ({"max_call_duration_secs": 600}, {"max_call_duration_secs": None}, {},
     {("max_call_duration_secs",): UNTOLD}),
    ({"max_call_duration_secs": 600}, {"max_call_duration_secs": "90"}, {},
     {("max_call_duration_secs",): "no definition may state it: `max_call_duration_secs` wants "
     "a number; this is a text"}),
    ({"max_call_duration_secs": 600}, {"max_call_duration_secs": -5},
     {"max_call_duration_secs": -5}, {}),
    ({"webhook_url": "https://e.com?t=a"}, {"webhook_url": "https://e.com?t=b"},
     {"webhook_url": "https://e.com?t=b"}, {}),
    ({"after_call_sms_outcomes": ["none"]}, {"after_call_sms_outcomes": ["do_not_contact"]},
     {"after_call_sms_outcomes": ["do_not_contact"]}, {}),
    ({"first_sentence": "a"}, {"first_sentence": 7}, {}, {("first_sentence",
     ): "no definition may state it: `first_sentence` wants a text; " "this is a number"}),
    ({"faq_items": [{"question": "q", "answer": "a"}]}, {"faq_items": [{"question": "q",
     "answer": "b\n\n"}, {"question": "r", "answer": "c\n\n"}]}, {"faq_items": [{"question": "q",
     "answer": "b"}, {"question": "r", "answer": "c\n"}]}, {}),
    ({"voice": {**VOICE, "speed": 1.2}}, {"voice": {**VOICE, "speed": "fast"}}, {}, {("voice",
     ): "no definition may state it: `voice.speed` wants a number; " "this is a text"}),
    ({"transfer_destinations": [{"label": "a", "phone_number": "+33123456789"}]},
     {"transfer_destinations": None}, {"transfer_destinations": None}, {}),
    ({"transfer_destinations": None}, {"transfer_destinations": [{"label": "a",
     "phone_number": "+33123456789"}]}, {"transfer_destinations": [{"label": "a",
     "phone_number": "+33123456789"}]}, {}),
    ({"zoho": {"template": "t"}}, {"zoho": None}, {"zoho": None}, {}),
    ({"first_sentence_mode": "static", "first_sentence": "a"}, {"first_sentence_mode": "static",
     "first_sentence": None}, {}, {("first_sentence",): "no definition may state it: mode static "
     "speaks the first_sentence word for word, and there is none"}),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "held", "values", "left"), TAKEN)
def test_a_definition_takes_what_differs(
    mine: dict[str, Any], held: dict[str, Any], values: dict[str, Any], left: dict[Path, str]
) -> None:
    for absent in ("report", "reset"):
        found = taken(mine, held, rules=Rules(absent=absent))
        assert (found.values, dict(found.left)) == (values, left)


#: What is taken where members that a definition leaves out are left to the dashboard.
KEPT: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"voice": VOICE}, {"voice": {"provider": "cartesia", "id": "v2", "speed": 1.2}},
     {"voice": {"provider": "cartesia", "id": "v2"}}),
    ({"call_retry_config": {"calling_windows": [], "max_retry_attempts": 3,
     "allowed_days": ["tuesday", "monday"]}},
     {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "9am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600.0}], "max_retry_attempts": 3.0,
     "allowed_days": ["friday", "monday"], "call_twice_in_a_row": True}},
     {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "9am",
     "calling_window_end_time": "18:00", "retry_delay_seconds": 600}], "max_retry_attempts": 3,
     "allowed_days": ["monday", "friday"]}}),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "held", "values"), KEPT)
def test_what_a_definition_leaves_to_the_dashboard_is_not_taken(
    mine: dict[str, Any], held: dict[str, Any], values: dict[str, Any]
) -> None:
    assert taken(mine, held, rules=Rules(absent="keep")).values == values


#: Where a secret stands that is not set; what is stated, what the account has, and what is taken.
UNSET: list[tuple[Path, dict[str, Any], dict[str, Any], dict[str, Any], dict[Path, str]]] = [
    (("first_sentence",), {"first_sentence": "a ${secret.X}"}, {"first_sentence": "a b"}, {}, {}),
    (("first_sentence",), {"first_sentence": "a ${secret.X}", "voicemail_message": "m"},
     {"first_sentence": "a b", "voicemail_message": "n"}, {"voicemail_message": "n"}, {}),
    (("voice", "id"), {"voice": {"provider": "cartesia", "id": "${secret.X}"}},
     {"voice": {"provider": "cartesia", "id": "z", "speed": 1.5}},
     {"voice": {"provider": "cartesia", "id": "${secret.X}", "speed": 1.5}}, {}),
    (("faq_items", 0, "question"), {"faq_items": [{"question": "${secret.X}", "answer": "a"},
     {"question": "q", "answer": "b"}]}, {"faq_items": [{"question": "zz", "answer": "a"},
     {"question": "q", "answer": "c"}]}, {}, {}),
    (("faq_items", 0, "answer"), {"faq_items": [{"question": "p", "answer": "${secret.X}"},
     {"question": "q", "answer": "b"}]}, {"faq_items": [{"question": "q", "answer": "c"}]},
     {"faq_items": [{"question": "p", "answer": "${secret.X}"}, {"question": "q", "answer": "c"}]},
     {}),
    (("faq_items", 0, "answer"), {"faq_items": [{"question": "q", "answer": "${secret.X}"}]},
     {"faq_items": [{"question": "q", "answer": "c"}, {"question": "r", "answer": "d"}]},
     {"faq_items": [{"question": "q", "answer": "${secret.X}"}, {"question": "r", "answer": "d"}]},
     {}),
    (("stt_context", "terms", 1), {"stt_context": {"general": [{"key": "k", "value": "v"}],
     "terms": ["g", "${secret.X}"]}}, {"stt_context": {"general": [], "terms": ["h", "z"]}},
     {"stt_context": {"general": [], "terms": ["${secret.X}"]}}, {}),
    (("stt_context", "general", 0, "value"), {"stt_context": {"general": [{"key": "k",
     "value": "${secret.X}"}], "terms": ["g"]}}, {"stt_context": {"general": [], "terms": []}},
     {"stt_context": {"general": [{"key": "k", "value": "${secret.X}"}], "terms": []}}, {}),
    (("llm_model", "api_key"), {"llm_model": {"type": "custom", "api_url": "https://e.com",
     "model_name": "m", "api_key": "${secret.X}"}}, {"llm_model": {"type": "custom",
     "api_url": "https://e.com", "model_name": "n", "api_key": "other"}},
     {"llm_model": {"type": "custom", "api_url": "https://e.com", "model_name": "n",
     "api_key": "${secret.X}"}}, {}),
    (("first_sentence",), {"first_sentence": "done"}, {"first_sentence": "b"},
     {"first_sentence": "b"}, {}),
    (("webhook_url",), {"webhook_url": "https://e.com/?t=${secret.X}"},
     {"webhook_url": "https://e.com/?t=a"}, {}, {}),
    (("webhook_url",), {"webhook_url": "https://e.com/?t=${secret.X}"}, {"webhook_url": None},
     {"webhook_url": None}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("place", "mine", "held", "values", "left"), UNSET)
def test_a_text_with_a_secret_that_is_not_set_stays(
    place: Path,
    mine: dict[str, Any],
    held: dict[str, Any],
    values: dict[str, Any],
    left: dict[Path, str],
) -> None:
    found = taken(mine, held, secrets={place: "${secret.X}"})
    assert (found.values, dict(found.left)) == (values, left)


def test_only_a_bound_definition_takes_the_name() -> None:
    held = {"name": "B", "first_sentence": "b"}
    assert taken({"first_sentence": "b"}, held).values == {}
    bound = taken({"first_sentence": "b"}, held, sync=SyncOptions(id="1"))
    assert bound.values == {"name": "B"}
    assert taken({"first_sentence": "a"}, held).values == {"first_sentence": "b"}
    ignoring = SyncOptions(ignore=("first_sentence",))
    assert taken({"first_sentence": "a"}, held, sync=ignoring).values == {}


def test_what_a_plan_would_change_disagrees() -> None:
    fields = {"name": "A", "prompt": "P", "first_sentence": "a", "after_call_sms_outcomes": ["x"]}
    definition = Definition("a", "assistants/a.yaml", fields, SyncOptions(), {})
    other = "what a file can state of it is not what the account has"
    assert disagreements(definition, remote(first_sentence="b"), Rules("seed")) == {
        "first_sentence": other,
        "after_call_sms_outcomes": "this account speaks the first API (profile seed), which has no "
        "after_call_sms_outcomes",
    }
    held = remote(first_sentence="a", after_call_sms_outcomes=["x"])
    assert disagreements(definition, held, Rules()) == {}
