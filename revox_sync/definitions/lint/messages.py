"""Rules on what is sent during or after a call: e-mail, SMS, Slack and Zoho."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from revox_sync.definitions.lint.rule import Findings, rule

_ADDRESS, _EMAIL_OUTCOMES = "email_notification_address", "email_notification_outcomes"
#: The most entries of one text that are told one by one.
_MOST_TOLD = 20
_PLAUSIBLE = re.compile(r"[^\s@,;<>]+@[^\s@,;<>.]+(?:\.[^\s@,;<>.]+)+")
_SMS_PROMPT, _SMS_OUTCOMES = "after_call_sms_prompt", "after_call_sms_outcomes"


@rule("error", _ADDRESS)
def email_format(fields: Mapping[str, Any]) -> Findings:
    """`email_notification_address` is an address, or several separated by commas.

    Addresses alone, without names: `alice@example.com, bob@example.com`.
    """
    entries = fields[_ADDRESS].split(",")
    wrong = (
        number
        for number, entry in enumerate(entries, start=1)
        if not _PLAUSIBLE.fullmatch(entry.strip())
    )
    for number in islice(wrong, _MOST_TOLD):
        which = f"entry {number}" if len(entries) > 1 else "this"
        hint = "write alice@example.com; a comma separates several, null stands for none"
        yield (_ADDRESS,), f"{which} is not an e-mail address", hint


@rule("warning", _ADDRESS, _EMAIL_OUTCOMES)
def half_email(fields: Mapping[str, Any]) -> Findings:
    """E-mail notifications need an address and the outcomes that trigger them.

    With only one of the two, none is ever sent.
    """
    address, outcomes = fields.get(_ADDRESS), fields.get(_EMAIL_OUTCOMES)
    if address and not outcomes:
        message = "no outcome triggers this e-mail, so that it is never sent"
        yield (_ADDRESS,), message, f"add `{_EMAIL_OUTCOMES}: [interested]`, for example"
    if outcomes and not address:
        message = "there is no address for this e-mail, so that it is never sent"
        yield (_EMAIL_OUTCOMES,), message, f"add `{_ADDRESS}: …`"


@rule("warning", _SMS_PROMPT, _SMS_OUTCOMES)
def half_sms(fields: Mapping[str, Any]) -> Findings:
    """The SMS after a call needs `after_call_sms_prompt` and `after_call_sms_outcomes`.

    Where one of the two is empty or `null`, the API sends none.
    """
    prompt, outcomes = fields.get(_SMS_PROMPT), fields.get(_SMS_OUTCOMES)
    if prompt and not outcomes:
        message = "no outcome triggers this SMS, so that it is never sent"
        yield (_SMS_PROMPT,), message, f"add `{_SMS_OUTCOMES}: [interested]`, for example"
    if outcomes and not prompt:
        message = "there is no prompt for this SMS, so that it is never sent"
        yield (_SMS_OUTCOMES,), message, f"add `{_SMS_PROMPT}: …`"


@rule("warning", "sms_template", "sms_enabled")
def idle_sms_template(fields: Mapping[str, Any]) -> Findings:
    """`sms_template` needs `sms_enabled: true`.

    It is the text of messages during a call, which `sms_enabled` allows.
    """
    if fields.get("sms_template") and not fields.get("sms_enabled"):
        message = "the assistant sends no SMS during calls unless sms_enabled is true"
        yield ("sms_template",), message, "add `sms_enabled: true`, or remove the template"


@rule("warning", "slack", "zoho", apart=True)
def no_outcome(fields: Mapping[str, Any]) -> Findings:
    """`slack` and `zoho` name at least one outcome: nothing is sent after other calls."""
    for name, config in fields.items():
        if not config["outcomes"]:
            message = "without an outcome, nothing would ever be sent"
            hint = f"name outcomes, or write `{name}: null` for none"
            yield (name, "outcomes"), message, hint


@rule("warning", "slack")
def no_channel(fields: Mapping[str, Any]) -> Findings:
    """`slack` names at least one channel to post to."""
    slack = fields["slack"]
    if slack.get("channels") == [] and not slack.get("channel_id"):
        message = "without a channel, nothing would ever be posted"
        yield ("slack", "channels"), message, "add `- id: …`, or write `slack: null`"


@rule("warning", "slack")
def two_channel_forms(fields: Mapping[str, Any]) -> Findings:
    """`slack.channel_id` and `slack.channels` are two forms of one thing.

    `channel_id` is the form of accounts before `channels` came.
    """
    slack = fields["slack"]
    if slack.get("channel_id") is not None and slack.get("channels"):
        message = "channels take the place of channel_id; no account has both"
        yield ("slack", "channel_id"), message, "keep one of them"
