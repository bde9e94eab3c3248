"""Rules on handing a call to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_MODE, _PEOPLE = "human_transfer_mode", "transfer_destinations"


def _transfer_to_nobody(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`human_transfer_mode` needs somebody to transfer to.

    That is `transfer_destinations`, or `transfer_phone_number` in accounts that still have it.
    Where transfer is off, the API wants the mode left out or `null`. A definition that states
    neither leaves them to the dashboard.
    """
    stated = [name for name in (_PEOPLE, "transfer_phone_number") if name in fields]
    if fields.get(_MODE) and stated and not any(fields[name] for name in stated):
        message = "there is nobody to transfer to, and then the API wants no mode"
        hint = "add `transfer_destinations: …`, or write null for no transfer"
        yield Found((_MODE,), message, hint)


def _idle_instructions(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`warm_transfer_summary_instructions` are for mode `warm`.

    In any other mode the assistant hands the call over without a briefing.
    """
    name = "warm_transfer_summary_instructions"
    if fields.get(name) and fields.get(_MODE) != "warm":
        message = "only a warm transfer has a briefing to give instructions for"
        yield Found((name,), message, "remove them, or use `human_transfer_mode: warm`")


def _unnamed_destination(fields: Mapping[str, Any]) -> Iterator[Found]:
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
                yield Found((_PEOPLE, index, "label"), message, hint)


def _blank_label(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Several transfer destinations each have a label: the prompt chooses by it."""
    destinations = fields[_PEOPLE]
    for index, destination in enumerate(destinations):
        if len(destinations) > 1 and not destination["label"].strip():
            message = "with several destinations the prompt chooses by label, and there is none"
            yield Found((_PEOPLE, index, "label"), message, "write a name such as Sales")


def _duplicate_label(fields: Mapping[str, Any]) -> Iterator[Found]:
    """Two transfer destinations cannot have one label: the prompt chooses by it."""
    first: dict[str, int] = {}
    for index, destination in enumerate(fields[_PEOPLE]):
        label = _plain(destination["label"])
        earlier = first.setdefault(label, index)
        if label and earlier != index:
            message = f"{_PEOPLE}[{earlier}] has this label too"
            yield Found((_PEOPLE, index, "label"), message, "rename or remove one of them")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


RULES = (
    Rule(
        "transfer-to-nobody",
        "error",
        (_MODE, _PEOPLE, "transfer_phone_number"),
        _transfer_to_nobody,
    ),
    Rule(
        "idle-transfer-instructions",
        "warning",
        ("warm_transfer_summary_instructions", _MODE),
        _idle_instructions,
    ),
    Rule("unnamed-destination", "warning", (_PEOPLE, "prompt"), _unnamed_destination),
    Rule("blank-label", "error", (_PEOPLE,), _blank_label),
    Rule("duplicate-label", "error", (_PEOPLE,), _duplicate_label),
)
