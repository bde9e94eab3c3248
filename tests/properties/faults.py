"""Mistakes that a comparison could make, each as a patch of the real code.

A property that stays green under one of them would not notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from revox_sync.model import canonical, conceal
from revox_sync.model.canonical import Addresses, Clock, Flag, Number, SetOf, Text
from revox_sync.model.nested import Hints, ListOf, Object
from revox_sync.plan import compare, diff

Fields = dict[str, Any]
Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """A patch, the field in which it shows, and an edit of that field in ``samples.everything``
    that an apply loses or redoes under it.
    """

    plant: Patch
    field: str
    edit: Callable[[Fields], object] | None = None


def _canonical(shape: type, form: Callable[[Any], Any]) -> Patch:
    return lambda patch: patch.setattr(shape, "canonical", lambda self, value: form(value))


def _set(*path: str | int, value: Any) -> Callable[[Fields], None]:
    def edit(fields: Fields) -> None:
        inner: Any = fields
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return edit


def _merge_drops_the_rest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Object, "merge", lambda self, remote, wanted: wanted)


def _drop_speed(fields: Fields) -> None:
    fields["voice"] = {"id": "v2", "provider": "cartesia"}


def _project_keeps_what_is_held(patch: pytest.MonkeyPatch) -> None:
    def project(self: Object, remote: Any, wanted: Any) -> Any:
        if not (isinstance(remote, dict) and isinstance(wanted, dict)):
            return remote
        return {name: remote[name] for name in wanted if name in remote}

    patch.setattr(Object, "project", project)


def _a_forgotten_member(patch: pytest.MonkeyPatch) -> None:
    def without(self: Object, value: Any) -> Any:
        found = _OBJECT(self, value)
        if isinstance(found, dict):
            found.pop("description", None)
        return found

    patch.setattr(Object, "canonical", without)


def _project_keeps_everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Object, "project", lambda self, remote, wanted: remote)


def _faq_as_a_set_of_questions(patch: pytest.MonkeyPatch) -> None:
    def changes(before: Any, after: Any) -> list[Any]:
        old, new = {question for question, _ in before}, {question for question, _ in after}
        return [] if old == new else list(_FAQ_CHANGES(before, after))

    patch.setattr(diff, "faq_changes", changes)


def _faq_as_a_set(patch: pytest.MonkeyPatch) -> None:
    def changes(before: Any, after: Any) -> list[Any]:
        return list(_FAQ_CHANGES(list(dict.fromkeys(before)), list(dict.fromkeys(after))))

    patch.setattr(diff, "faq_changes", changes)


_FAQ_CHANGES = diff.faq_changes
_LIST = ListOf.canonical
_OBJECT = Object.canonical
_CLOCK = Clock.canonical
_TO_SEND = compare._to_send
_WANTED = compare.wanted_fields


def _sorted_lists(patch: pytest.MonkeyPatch) -> None:
    def in_order(self: ListOf, value: Any) -> Any:
        found = _LIST(self, value)
        return sorted(found, key=canonical.dumps) if isinstance(found, list) else found

    patch.setattr(ListOf, "canonical", in_order)


def _lists_as_they_come(patch: pytest.MonkeyPatch) -> None:
    def as_it_comes(self: ListOf, value: Any) -> Any:
        items = value if isinstance(value, list) else []
        return [self.item.canonical(item) for item in items]

    patch.setattr(ListOf, "canonical", as_it_comes)


def _lists_by_their_content(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ListOf, "_place", lambda self, item: ("", canonical.dumps(item)))


def _null_is_no_list(patch: pytest.MonkeyPatch) -> None:
    def as_it_is(self: ListOf, value: Any) -> Any:
        return value if value is None else _LIST(self, value)

    patch.setattr(ListOf, "canonical", as_it_is)


def _forgotten(name: str) -> Patch:
    def wanted(*arguments: Any, **named: Any) -> Any:
        return (found for found in _WANTED(*arguments, **named) if found[0].name != name)

    return lambda patch: patch.setattr(compare, "wanted_fields", wanted)


def _no_answer(shape: type) -> Patch:
    return _canonical(shape, lambda value: None)


def _hints_by_their_keys(patch: pytest.MonkeyPatch) -> None:
    def project(self: Hints, remote: Any, wanted: Any) -> Any:
        if not isinstance(remote, list):
            return remote
        held = {_key(item) for item in remote}
        return [item for item in wanted if _key(item) in held]

    patch.setattr(Hints, "project", project)


def _key(item: Any) -> Any:
    return item.get("key") if isinstance(item, dict) else item


def _hints_with_what_nobody_knows(patch: pytest.MonkeyPatch) -> None:
    def project(self: Hints, remote: Any, wanted: Any) -> Any:
        if not isinstance(remote, list):
            return remote
        keys = {_key(item) for item in wanted}
        return [item for item in remote if _key(item) in keys]

    patch.setattr(Hints, "project", project)


def _numbers_nearly(patch: pytest.MonkeyPatch) -> None:
    def project(self: Number, remote: Any, wanted: Any) -> Any:
        both = isinstance(remote, float) and isinstance(wanted, float)
        return wanted if both and abs(remote - wanted) < 1e-6 else remote

    patch.setattr(Number, "project", project)


def _empty_is_null(*, everywhere: bool) -> Patch:
    def plant(patch: pytest.MonkeyPatch) -> None:
        for_all = Text(empty_is_null=everywhere)
        canonical_text = Text.canonical
        patch.setattr(Text, "canonical", lambda self, value: canonical_text(for_all, value))

    return plant


def _an_empty_object_is_something(patch: pytest.MonkeyPatch) -> None:
    def something(self: Object, value: Any) -> Any:
        found = _OBJECT(self, value)
        return {} if found is None and isinstance(value, dict) else found

    patch.setattr(Object, "canonical", something)


def _masks(found: bool) -> Patch:
    return lambda patch: patch.setattr(conceal, "is_masked", lambda value: found)


def _masks_are_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        compare,
        "_to_send",
        lambda spec, held, wanted: _with_masks(_TO_SEND(spec, held, wanted), held),
    )


def _with_masks(sent: Any, held: Any) -> Any:
    if isinstance(sent, dict) and isinstance(held, dict):
        return {
            name: held[name]
            if name == "value" and name in held
            else _with_masks(item, held.get(name))
            for name, item in sent.items()
        }
    if isinstance(sent, list) and isinstance(held, list) and len(sent) == len(held):
        return [_with_masks(one, other) for one, other in zip(sent, held, strict=True)]
    return sent


_FIRST_WINDOW = ("call_retry_config", "calling_windows", 0)
_FIRST_TOOL = ("custom_tools", 0)

#: Comparisons that see less than there is: a change is lost.
LAX: Mapping[str, Fault] = {
    "texts without white space": Fault(
        _canonical(Text, lambda value: "".join(value.split()) if value else value),
        "prompt",
        _set("prompt", value="You are kind. Be brief."),
    ),
    "texts without case": Fault(
        _canonical(Text, lambda value: value.casefold() if value else value),
        "first_sentence",
        _set("first_sentence", value="HELLO"),
    ),
    "texts stripped": Fault(
        _canonical(Text, lambda value: value.strip() if value else value),
        "voicemail_message",
        _set("voicemail_message", value=" Call us back"),
    ),
    "numbers rounded": Fault(
        _canonical(Number, lambda value: round(value) if value is not None else value),
        "max_call_duration_secs",
        _set("max_call_duration_secs", value=600.4),
    ),
    "numbers nearly alike": Fault(
        _numbers_nearly,
        "background_sound_volume",
        _set("background_sound_volume", value=0.4000001),
    ),
    "flags all alike": Fault(
        _no_answer(Flag),
        "ivr_navigation_enabled",
        _set("ivr_navigation_enabled", value=False),
    ),
    "times by the hour": Fault(
        _canonical(Clock, lambda value: _CLOCK(Clock(), value)[:2] if value else value),
        "call_retry_config",
        _set(*_FIRST_WINDOW, "calling_window_start_time", value="09:30"),
    ),
    "days all alike": Fault(
        _no_answer(SetOf),
        "call_retry_config",
        _set("call_retry_config", "allowed_days", value=["monday"]),
    ),
    "outcomes all alike": Fault(
        _no_answer(SetOf),
        "after_call_sms_outcomes",
        _set("after_call_sms_outcomes", value=["none"]),
    ),
    "addresses all alike": Fault(
        _no_answer(Addresses),
        "email_notification_address",
        _set("email_notification_address", value="ada@example.com"),
    ),
    "lists in any order": Fault(
        _sorted_lists,
        "structured_output_config",
        lambda fields: fields["structured_output_config"].reverse(),
    ),
    "hints by their keys": Fault(
        _hints_by_their_keys,
        "stt_context",
        _set("stt_context", "general", 0, "value", value="castle"),
    ),
    "the FAQ by its questions": Fault(
        _faq_as_a_set_of_questions, "faq_items", _set("faq_items", 0, "answer", value="No.")
    ),
    "the FAQ without repetitions": Fault(
        _faq_as_a_set, "faq_items", lambda fields: fields["faq_items"].pop()
    ),
    "a forgotten field": Fault(
        _forgotten("end_of_call_sentence"),
        "end_of_call_sentence",
        _set("end_of_call_sentence", value="Bye"),
    ),
    "a forgotten member": Fault(
        _a_forgotten_member,
        "structured_output_config",
        _set("structured_output_config", 1, "description", value="Cut"),
    ),
    "credentials all unknown": Fault(
        _masks(found=True),
        "custom_tools",
        _set(*_FIRST_TOOL, "headers", 0, "value", value="k3y-new"),
    ),
}
#: Comparisons that see more than there is: the same change again and again.
STRICT: Mapping[str, Fault] = {
    "texts by every character": Fault(_canonical(Text, lambda value: value), "prompt"),
    "numbers by their type": Fault(_canonical(Number, repr), "max_call_duration_secs"),
    "32-bit floats by every digit": Fault(
        lambda patch: patch.setattr(Number, "project", lambda self, remote, wanted: remote),
        "background_sound_volume",
    ),
    "times by their spelling": Fault(_canonical(Clock, lambda value: value), "call_retry_config"),
    "sets by their order": Fault(_canonical(SetOf, lambda value: value), "slack"),
    "addresses by their spelling": Fault(
        _canonical(Addresses, lambda value: value), "email_notification_address"
    ),
    "lists without an order by theirs": Fault(_lists_as_they_come, "prompt_flow"),
    "null apart from no items": Fault(_null_is_no_list, "custom_tools"),
    "null apart from no outcomes": Fault(
        _canonical(SetOf, lambda value: None if value is None else sorted(set(value))),
        "after_call_sms_outcomes",
    ),
    "null apart from the empty text": Fault(_empty_is_null(everywhere=False), "slack"),
    "members that are not stated": Fault(_project_keeps_everything, "voice"),
    "hints of the service": Fault(
        lambda patch: patch.setattr(Hints, "project", ListOf.project), "stt_context"
    ),
    "masks as credentials": Fault(_masks(found=False), "custom_tools"),
}

#: Mistakes in what is sent, or in what is left unsent.
SENT: Mapping[str, Fault] = {
    "members that are not stated are dropped": Fault(_merge_drops_the_rest, "voice", _drop_speed),
    "hints of the service are dropped": Fault(
        lambda patch: patch.setattr(Hints, "merge", lambda self, remote, wanted: wanted),
        "stt_context",
        _set("stt_context", "terms", value=["Meursault"]),
    ),
    "masks are sent back": Fault(
        _masks_are_sent, "custom_tools", _set(*_FIRST_TOOL, "description", value="Book it")
    ),
}

#: Seen by the edits only: no apply leaves a default unsaid, and none changes one place alone.
EDITS_ONLY: Mapping[str, Fault] = {
    "null apart from missing members": Fault(_project_keeps_what_is_held, "voice"),
    "null as any empty text": Fault(_empty_is_null(everywhere=True), "voicemail_message"),
    "null apart from an empty context": Fault(_an_empty_object_is_something, "stt_context"),
    "what nobody knows of hints": Fault(_hints_with_what_nobody_knows, "stt_context"),
    "items by their content first": Fault(_lists_by_their_content, "prompt_flow"),
    "items without an order by their place": Fault(
        lambda patch: patch.setattr(diff, "_is_ordered", lambda path: True), "zoho"
    ),
}
