"""Rules on phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.lint.rule import Found, Rule

_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)


def _phone_format(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Phone numbers are in E.164 format: `+` and up to 15 digits.

    No spaces, dots or leading zero: `+33123456789`. This holds for `from_phone_number`,
    `transfer_phone_number` and the numbers of `transfer_destinations`.
    """
    for path, number in _numbers(fields):
        if not _E164.fullmatch(number):
            digits = re.sub(r"[\s().-]", "", number)
            right = f"+{digits[2:]}" if digits.startswith("00") else digits
            is_right = _E164.fullmatch(right)
            hint = f'write "{right}"' if is_right else "write +, country code and number"
            message = "this is not a phone number in E.164 format, such as +33123456789"
            yield Found(path, message, hint)


def _numbers(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name, value in fields.items():
        if isinstance(value, list):
            for index, destination in enumerate(value):
                yield (name, index, "phone_number"), destination["phone_number"]
        else:
            yield (name,), value


RULES = (
    Rule(
        "phone-format",
        "error",
        ("from_phone_number", "transfer_phone_number", "transfer_destinations"),
        _phone_format,
        apart=True,
    ),
)
