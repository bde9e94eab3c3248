"""Rules on notifications by e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_ADDRESS, _OUTCOMES = "email_notification_address", "email_notification_outcomes"
_PLAUSIBLE = re.compile(r"[^\s@,;<>]+@[^\s@,;<>.]+(?:\.[^\s@,;<>.]+)+")


def _email_format(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`email_notification_address` is an address, or several separated by commas.

    Addresses alone, without names: `alice@example.com, bob@example.com`.
    """
    entries = fields[_ADDRESS].split(",")
    for number, entry in enumerate(entries, start=1):
        if not _PLAUSIBLE.fullmatch(entry.strip()):
            which = f"entry {number}" if len(entries) > 1 else "this"
            hint = "write alice@example.com; a comma separates several, null stands for none"
            yield Found((_ADDRESS,), f"{which} is not an e-mail address", hint)


def _half_email(fields: Mapping[str, Any]) -> Iterator[Found]:
    """E-mail notifications need an address and the outcomes that trigger them.

    With only one of the two, none is ever sent.
    """
    address, outcomes = fields.get(_ADDRESS), fields.get(_OUTCOMES)
    if address and not outcomes:
        message = "no outcome triggers this e-mail, so that it is never sent"
        yield Found((_ADDRESS,), message, f"add `{_OUTCOMES}: [interested]`, for example")
    if outcomes and not address:
        message = "there is no address for this e-mail, so that it is never sent"
        yield Found((_OUTCOMES,), message, f"add `{_ADDRESS}: …`")


RULES = (
    Rule("email-format", "error", (_ADDRESS,), _email_format),
    Rule("half-email", "warning", (_ADDRESS, _OUTCOMES), _half_email),
)
