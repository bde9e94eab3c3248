"""Rules on text messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_PROMPT, _OUTCOMES = "after_call_sms_prompt", "after_call_sms_outcomes"


def _half_sms(fields: Mapping[str, Any]) -> Iterator[Found]:
    """The SMS after a call needs `after_call_sms_prompt` and `after_call_sms_outcomes`.

    Where one of the two is empty or `null`, the API sends none.
    """
    prompt, outcomes = fields.get(_PROMPT), fields.get(_OUTCOMES)
    if prompt and not outcomes:
        message = "no outcome triggers this SMS, so that it is never sent"
        yield Found((_PROMPT,), message, f"add `{_OUTCOMES}: [interested]`, for example")
    if outcomes and not prompt:
        message = "there is no prompt for this SMS, so that it is never sent"
        yield Found((_OUTCOMES,), message, f"add `{_PROMPT}: …`")


def _idle_template(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`sms_template` needs `sms_enabled: true`.

    It is the text of messages during a call, which `sms_enabled` allows.
    """
    if fields.get("sms_template") and not fields.get("sms_enabled"):
        message = "the assistant sends no SMS during calls unless sms_enabled is true"
        yield Found(("sms_template",), message, "add `sms_enabled: true`, or remove the template")


RULES = (
    Rule("half-sms", "warning", (_PROMPT, _OUTCOMES), _half_sms),
    Rule("idle-sms-template", "warning", ("sms_template", "sms_enabled"), _idle_template),
)
