"""Rules on fields that mean something only beside others."""

from __future__ import annotations

from typing import Any

import pytest
from reading import LEAST, found, problems_of, said, short
from support.project import Project

WINDOW = {
    "calling_window_start_time": "09:00",
    "calling_window_end_time": "18:00",
    "retry_delay_seconds": 0,
}
DAYS = ["monday", "sunday"]
OUTPUT = {"name": "a", "type": "string", "required": True}
SLACK = {"connection_id": "c", "outcomes": ["completed"], "channels": [{"id": "C1"}]}
ZOHO = {
    "connection_id": "c",
    "module": "Leads",
    "field_mapping": [],
    "log_call_activity": False,
    "outcomes": ["none"],
}


def retry(**members: Any) -> dict[str, Any]:
    config = {"calling_windows": [WINDOW], "max_retry_attempts": 2, **members}
    return {"call_retry_config": config}


def voice(provider: str, **members: Any) -> dict[str, Any]:
    return {"voice": {"id": "x", "provider": provider, **members}}


@pytest.mark.parametrize(
    ("breaks", "rule", "neighbour"),
    [
        (voice("elevenlabs", speed=0.6), "error voice-speed", voice("gradium", speed=0.6)),
        (voice("gradium", model="sonic-3"), "warning cartesia-only",
         voice("cartesia", model="sonic-3")),
        (voice("elevenlabs", volume=1.0), "warning cartesia-only", voice("cartesia", volume=1.0)),
        (voice("elevenlabs", volume=1.0), "warning cartesia-only",
         voice("elevenlabs", volume=None, model=None)),

        ({"first_sentence": "Hi {{ }}."}, "warning variable-braces",
         {"first_sentence": "Hi {{ guest }}."}),
        ({"first_sentence": "Hi {guest}."}, "warning variable-braces",
         {"first_sentence": 'Hi {"a": 1} {} {{guest}}.'}),
        ({"first_sentence": "Hi {{guest."}, "warning variable-braces",
         {"first_sentence": "Hi {{a}}{{b}}."}),
        ({"first_sentence": "Hi }}guest{{."}, "warning variable-braces",
         {"first_sentence": 'Hi {"a": {"b": {"c": "{{guest}}"}}}.'}),

        ({"faq_items": [{"question": "Who?", "answer": "{owner}."}]}, "warning variable-braces",
         {"faq_items": [{"question": "Who?", "answer": "{{owner}}."}]}),
        ({"zoho": {**ZOHO, "template": "{{ }}"}}, "warning variable-braces",
         {"zoho": {**ZOHO, "template": "{{summary}}"}}),
        ({"structured_output_prompt": "{{transcript"}, "warning variable-braces",
         {"structured_output_prompt": "{{transcript}}"}),

        ({"thinking_sound": None, "thinking_sound_volume": 0.5}, "warning idle-sound-setting",
         {"thinking_sound": "hold_music.ogg", "thinking_sound_volume": 0.5}),
        ({"thinking_sound": None, "thinking_sound_probability": 0.5}, "warning idle-sound-setting",
         {"thinking_sound_probability": 0.5}),
        ({"background_sound": None, "background_sound_volume": 0.5}, "warning idle-sound-setting",
         {"background_sound": "audio/office.ogg", "background_sound_volume": 0.5}),

        (retry(allowed_days=[]), "error no-calling-day", retry(allowed_days=["monday"])),
        (retry(allowed_days=[]), "error no-calling-day", retry()),
        (retry(max_retry_attempts=1, call_twice_in_a_row=True), "warning idle-second-call",
         retry(max_retry_attempts=2, call_twice_in_a_row=True)),
        (retry(max_retry_attempts=1, call_twice_in_a_row=True), "warning idle-second-call",
         retry(max_retry_attempts=1, call_twice_in_a_row=False)),

        ({"after_call_sms_prompt": "Say thanks."}, "warning half-sms",
         {"after_call_sms_prompt": "Say thanks.", "after_call_sms_outcomes": ["none"]}),
        ({"after_call_sms_prompt": "Say thanks.", "after_call_sms_outcomes": []},
         "warning half-sms",
         {"after_call_sms_prompt": None, "after_call_sms_outcomes": []}),
        ({"after_call_sms_outcomes": ["none"], "after_call_sms_prompt": ""}, "warning half-sms",
         {"after_call_sms_outcomes": None, "after_call_sms_prompt": ""}),
        ({"sms_template": "Hello"}, "warning idle-sms-template",
         {"sms_template": "Hello", "sms_enabled": True}),
        ({"sms_template": "Hello", "sms_enabled": False}, "warning idle-sms-template",
         {"sms_template": None, "sms_enabled": False}),

        ({"email_notification_outcomes": ["none"]}, "warning half-email",
         {"email_notification_outcomes": ["none"], "email_notification_address": "a@b.example"}),
        ({"email_notification_address": "a@b.example"}, "warning half-email",
         {"email_notification_address": None, "email_notification_outcomes": None}),

        ({"slack": SLACK | {"outcomes": []}}, "warning no-outcome", {"slack": SLACK}),
        ({"zoho": ZOHO | {"outcomes": []}}, "warning no-outcome", {"zoho": ZOHO}),
        ({"slack": SLACK | {"channels": []}}, "warning no-channel", {"slack": None}),
        ({"slack": SLACK | {"channel_id": "C1"}}, "warning two-channel-forms",
         {"slack": SLACK | {"channels": [], "channel_id": "C1"}}),

        ({"structured_output_prompt": "p", "structured_output_config": []},
         "warning idle-output-prompt",
         {"structured_output_prompt": "p", "structured_output_config": [OUTPUT]}),
        ({"structured_output_prompt": "p", "structured_output_config": None},
         "warning idle-output-prompt",
         {"structured_output_prompt": "p"}),
    ],
)  # fmt: skip
def test_fields_need_one_another(
    project: Project, breaks: dict[str, Any], rule: str, neighbour: dict[str, Any]
) -> None:
    assert said(project, **breaks) == [rule]
    assert said(project, **neighbour) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("after_call_sms_prompt: x\nafter_call_sms_outcomes:\n", "warning 3:24 half-sms"),
        ("after_call_sms_prompt:\nafter_call_sms_outcomes: [none]\n", "warning 4:26 half-sms"),
        ("email_notification_outcomes: [none]\n", "warning 3:30 half-email"),
        ("voice: {id: x, provider: gradium, volume: 1}\n", "warning 3:43 cartesia-only"),
        ("zoho: {outcomes: [], connection_id: c, module: m, field_mapping: [],"
         " log_call_activity: false}\n", "warning 3:18 no-outcome"),
    ],
)  # fmt: skip
def test_the_one_that_is_stated_is_pointed_at(project: Project, fields: str, expected: str) -> None:
    assert found(project, fields) == [expected]


@pytest.mark.parametrize(
    "addresses",
    ["a@example.com", " a@example.com ,b.c+d@sub.example.org", "日本@例え.jp", "o'neil@x.example"],
)
def test_addresses_for_email(project: Project, addresses: str) -> None:
    fields = {
        "email_notification_address": addresses,
        "email_notification_outcomes": ["none"],
    }
    assert said(project, **fields) == []


@pytest.mark.parametrize(
    ("addresses", "which"),
    [
        ("front desk", "this"), ("a@example.com,", "entry 2"), ("a@example.com, b", "entry 2"),
        ("a@example.com; b@example.com", "this"), ("a@example.com b@example.com", "this"),
        ("Alice <a@example.com>", "this"), ("a@b@example.com", "this"), ("a@localhost", "this"),
        ("a@example.", "this"), ("@example.com", "this"), (" ", "this"),
    ],
)  # fmt: skip
def test_what_is_not_an_address(project: Project, addresses: str, which: str) -> None:
    text = f'email_notification_outcomes: [none]\nemail_notification_address: "{addresses}"\n'
    problems = problems_of(project, LEAST + text)
    assert short(problems) == ["4:29 email-format"]
    assert problems[0].message == f"{which} is not an e-mail address"


def test_a_rule_over_several_fields_waits_for_the_definition(project: Project) -> None:
    project.write("revox-sync.yaml", "defaults: {sms_template: Hello}\n")
    assert found(project, "sms_enabled: true\n") == []
    assert found(project, "sms_enabled: false\n") == ["warning 1:1 idle-sms-template"]
