"""Mistakes that a comparison could make, each as a patch of the real code.

A property that stays green under one of them would not notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from properties.patches import (
    CLOCK,
    Fields,
    Patch,
    a_forgotten_member,
    an_empty_object_is_something,
    compared_as,
    empty_is_null,
    faq_as_a_set,
    faq_as_a_set_of_questions,
    forgotten,
    hints_by_their_keys,
    hints_with_what_nobody_knows,
    lists_as_they_come,
    lists_by_their_content,
    masks,
    masks_are_sent,
    merge_drops_the_rest,
    no_answer,
    null_is_no_list,
    numbers_nearly,
    pairs_by_their_place,
    project_keeps_everything,
    project_keeps_what_is_held,
    sorted_lists,
)

from revox_sync.model.shapes import Addresses, Clock, Flag, Hints, ListOf, Number, SetOf, Text


@dataclass(frozen=True)
class Fault:
    """A patch, the field in which it shows, and an edit of that field in ``samples.everything``
    that an apply loses or redoes under it.
    """

    plant: Patch
    field: str
    edit: Callable[[Fields], object] | None = None


def _set(*path: str | int, value: Any) -> Callable[[Fields], None]:
    def edit(fields: Fields) -> None:
        inner: Any = fields
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return edit


def _drop_speed(fields: Fields) -> None:
    fields["voice"] = {"id": "v2", "provider": "cartesia"}


_FIRST_WINDOW = ("call_retry_config", "calling_windows", 0)
_FIRST_TOOL = ("custom_tools", 0)

#: Comparisons that see less than there is: a change is lost.
LAX: Mapping[str, Fault] = {
    "texts without white space": Fault(
        compared_as(Text, lambda value: "".join(value.split()) if value else value),
        "prompt",
        _set("prompt", value="You are kind. Be brief."),
    ),
    "texts without case": Fault(
        compared_as(Text, lambda value: value.casefold() if value else value),
        "first_sentence",
        _set("first_sentence", value="HELLO"),
    ),
    "texts stripped": Fault(
        compared_as(Text, lambda value: value.strip() if value else value),
        "voicemail_message",
        _set("voicemail_message", value=" Call us back"),
    ),
    "numbers rounded": Fault(
        compared_as(Number, lambda value: round(value) if value is not None else value),
        "max_call_duration_secs",
        _set("max_call_duration_secs", value=600.4),
    ),
    "numbers nearly alike": Fault(
        numbers_nearly,
        "background_sound_volume",
        _set("background_sound_volume", value=0.4000001),
    ),
    "flags all alike": Fault(
        no_answer(Flag),
        "ivr_navigation_enabled",
        _set("ivr_navigation_enabled", value=False),
    ),
    "times by the hour": Fault(
        compared_as(Clock, lambda value: CLOCK(Clock(), value)[:2] if value else value),
        "call_retry_config",
        _set(*_FIRST_WINDOW, "calling_window_start_time", value="09:30"),
    ),
    "days all alike": Fault(
        no_answer(SetOf),
        "call_retry_config",
        _set("call_retry_config", "allowed_days", value=["monday"]),
    ),
    "outcomes all alike": Fault(
        no_answer(SetOf),
        "after_call_sms_outcomes",
        _set("after_call_sms_outcomes", value=["none"]),
    ),
    "addresses all alike": Fault(
        no_answer(Addresses),
        "email_notification_address",
        _set("email_notification_address", value="ada@example.com"),
    ),
    "lists in any order": Fault(
        sorted_lists,
        "structured_output_config",
        lambda fields: fields["structured_output_config"].reverse(),
    ),
    "hints by their keys": Fault(
        hints_by_their_keys,
        "stt_context",
        _set("stt_context", "general", 0, "value", value="castle"),
    ),
    "the FAQ by its questions": Fault(
        faq_as_a_set_of_questions, "faq_items", _set("faq_items", 0, "answer", value="No.")
    ),
    "the FAQ without repetitions": Fault(
        faq_as_a_set, "faq_items", lambda fields: fields["faq_items"].pop()
    ),
    "a forgotten field": Fault(
        forgotten("end_of_call_sentence"),
        "end_of_call_sentence",
        _set("end_of_call_sentence", value="Bye"),
    ),
    "a forgotten member": Fault(
        a_forgotten_member,
        "structured_output_config",
        _set("structured_output_config", 1, "description", value="Cut"),
    ),
    "credentials all unknown": Fault(
        masks(found=True),
        "custom_tools",
        _set(*_FIRST_TOOL, "headers", 0, "value", value="k3y-new"),
    ),
}
#: Comparisons that see more than there is: the same change again and again.
STRICT: Mapping[str, Fault] = {
    "texts by every character": Fault(compared_as(Text, lambda value: value), "prompt"),
    "numbers by their type": Fault(compared_as(Number, repr), "max_call_duration_secs"),
    "32-bit floats by every digit": Fault(
        lambda patch: patch.setattr(Number, "project", lambda self, remote, wanted: remote),
        "background_sound_volume",
    ),
    "times by their spelling": Fault(compared_as(Clock, lambda value: value), "call_retry_config"),
    "sets by their order": Fault(compared_as(SetOf, lambda value: value), "slack"),
    "addresses by their spelling": Fault(
        compared_as(Addresses, lambda value: value), "email_notification_address"
    ),
    "lists without an order by theirs": Fault(lists_as_they_come, "prompt_flow"),
    "null apart from no items": Fault(null_is_no_list, "custom_tools"),
    "null apart from no outcomes": Fault(
        compared_as(SetOf, lambda value: None if value is None else sorted(set(value))),
        "after_call_sms_outcomes",
    ),
    "null apart from the empty text": Fault(empty_is_null(everywhere=False), "slack"),
    "members that are not stated": Fault(project_keeps_everything, "voice"),
    "hints of the service": Fault(
        lambda patch: patch.setattr(Hints, "project", ListOf.project), "stt_context"
    ),
    "masks as credentials": Fault(masks(found=False), "custom_tools"),
}

#: Mistakes in what is sent, or in what is left unsent.
SENT: Mapping[str, Fault] = {
    "members that are not stated are dropped": Fault(merge_drops_the_rest, "voice", _drop_speed),
    "hints of the service are dropped": Fault(
        lambda patch: patch.setattr(Hints, "merge", lambda self, remote, wanted: wanted),
        "stt_context",
        _set("stt_context", "terms", value=["Meursault"]),
    ),
    "masks are sent back": Fault(
        masks_are_sent, "custom_tools", _set(*_FIRST_TOOL, "description", value="Book it")
    ),
}

#: Seen by the edits only: no apply leaves a default unsaid, and none changes one place alone.
EDITS_ONLY: Mapping[str, Fault] = {
    "null apart from missing members": Fault(project_keeps_what_is_held, "voice"),
    "null as any empty text": Fault(empty_is_null(everywhere=True), "voicemail_message"),
    "null apart from an empty context": Fault(an_empty_object_is_something, "stt_context"),
    "what nobody knows of hints": Fault(hints_with_what_nobody_knows, "stt_context"),
    "items by their content first": Fault(lists_by_their_content, "prompt_flow"),
    "items without an order by their place": Fault(pairs_by_their_place, "zoho"),
}
