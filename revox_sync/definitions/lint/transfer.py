"""Rules on phone numbers and on handing a call to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Findings, rule
from revox_sync.model.path import Path

_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)


@rule("error", "from_phone_number", "transfer_phone_number", "transfer_destinations", apart=True)
def phone_format(fields: Mapping[str, Any]) -> Findings:
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
            yield path, message, hint


def _numbers(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name, value in fields.items():
        if isinstance(value, list):
            for index, destination in enumerate(value):
                yield (name, index, "phone_number"), destination["phone_number"]
        else:
            yield (name,), value


_MODE, _PEOPLE = "human_transfer_mode", "transfer_destinations"


@rule("error", _MODE, _PEOPLE, "transfer_phone_number")
def transfer_to_nobody(fields: Mapping[str, Any]) -> Findings:
    """`human_transfer_mode` needs somebody to transfer to.

    That is `transfer_destinations`, or `transfer_phone_number` in accounts that still have it.
    Where transfer is off, the API wants the mode left out or `null`. A definition that states
    neither leaves them to the dashboard.
    """
    stated = [name for name in (_PEOPLE, "transfer_phone_number") if name in fields]
    if fields.get(_MODE) and stated and not any(fields[name] for name in stated):
        message = "there is nobody to transfer to, and then the API wants no mode"
        hint = "add `transfer_destinations: …`, or write null for no transfer"
        yield (_MODE,), message, hint


@rule("warning", "warm_transfer_summary_instructions", _MODE)
def idle_transfer_instructions(fields: Mapping[str, Any]) -> Findings:
    """`warm_transfer_summary_instructions` are for mode `warm`.

    In any other mode the assistant hands the call over without a briefing.
    """
    name = "warm_transfer_summary_instructions"
    if fields.get(name) and fields.get(_MODE) != "warm":
        message = "only a warm transfer has a briefing to give instructions for"
        yield (name,), message, "remove them, or use `human_transfer_mode: warm`"


@rule("warning", _PEOPLE, "prompt")
def unnamed_destination(fields: Mapping[str, Any]) -> Findings:
    """The prompt names every one of several transfer destinations.

    With several, the assistant picks one by the routing rules in its prompt, which refer to the
    labels. Upper and lower case and line breaks make no difference.
    """
    destinations, prompt = fields.get(_PEOPLE) or (), fields.get("prompt")
    if len(destinations) > 1 and prompt is not None:
        named = _plain(prompt)
        for index, destination in enumerate(destinations):
            if _plain(destination["label"]) not in named:
                message = "the prompt does not name this label, so that nobody is sent there"
                hint = "say in the prompt whom to transfer there, by this label"
                yield (_PEOPLE, index, "label"), message, hint


@rule("error", _PEOPLE)
def blank_label(fields: Mapping[str, Any]) -> Findings:
    """Several transfer destinations each have a label: the prompt chooses by it."""
    destinations = fields[_PEOPLE]
    for index, destination in enumerate(destinations):
        if len(destinations) > 1 and not destination["label"].strip():
            message = "with several destinations the prompt chooses by label, and there is none"
            yield (_PEOPLE, index, "label"), message, "write a name such as Sales"


@rule("error", _PEOPLE)
def duplicate_label(fields: Mapping[str, Any]) -> Findings:
    """Two transfer destinations cannot have one label: the prompt chooses by it."""
    first: dict[str, int] = {}
    for index, destination in enumerate(fields[_PEOPLE]):
        label = _plain(destination["label"])
        earlier = first.setdefault(label, index)
        if label and earlier != index:
            message = f"{_PEOPLE}[{earlier}] has this label too"
            yield (_PEOPLE, index, "label"), message, "rename or remove one of them"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
