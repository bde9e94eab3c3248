"""Mistakes that a comparison could make, each as a patch of the real code.

A property that stays green under one of them would not notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from revox_sync.model import canonical
from revox_sync.model.canonical import Clock, Flag, Number, SetOf, Text
from revox_sync.model.fields import FIELDS
from revox_sync.model.nested import ListOf, Object
from revox_sync.plan import compare, diff

Fields = dict[str, Any]
Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """A patch, and an edit of ``samples.everything`` that an apply loses or redoes under it."""

    plant: Patch
    edit: Callable[[Fields], None] | None = None


def _canonical(shape: type, form: Callable[[Any], Any]) -> Patch:
    return lambda patch: patch.setattr(shape, "canonical", lambda self, value: form(value))


def _set(*path: str | int, value: Any) -> Callable[[Fields], None]:
    def edit(fields: Fields) -> None:
        inner: Any = fields
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return edit


def _reverse(name: str) -> Callable[[Fields], None]:
    return lambda fields: fields[name].reverse()


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


def _sorted_lists(patch: pytest.MonkeyPatch) -> None:
    def in_order(self: ListOf, value: Any) -> Any:
        found = _LIST(self, value)
        return sorted(found, key=canonical.dumps) if isinstance(found, list) else found

    patch.setattr(ListOf, "canonical", in_order)


def _null_is_no_list(patch: pytest.MonkeyPatch) -> None:
    def as_it_is(self: ListOf, value: Any) -> Any:
        return value if value is None else _LIST(self, value)

    patch.setattr(ListOf, "canonical", as_it_is)


def _forgotten(name: str) -> Patch:
    def plant(patch: pytest.MonkeyPatch) -> None:
        known = {other: spec for other, spec in FIELDS.items() if other != name}
        patch.setattr(compare, "FIELDS", known)

    return plant


def _no_answer(shape: type) -> Patch:
    return _canonical(shape, lambda value: None)


_FIRST_WINDOW = ("call_retry_config", "calling_windows", 0)

#: Comparisons that see less than there is: a change is lost.
LAX: Mapping[str, Fault] = {
    "texts without white space": Fault(
        _canonical(Text, lambda value: "".join(value.split()) if value else value),
        _set("prompt", value="You are kind. Be brief."),
    ),
    "texts without case": Fault(
        _canonical(Text, lambda value: value.casefold() if value else value),
        _set("first_sentence", value="HELLO"),
    ),
    "texts stripped": Fault(
        _canonical(Text, lambda value: value.strip() if value else value),
        _set("voicemail_message", value=" Call us back"),
    ),
    "numbers rounded": Fault(
        _canonical(Number, lambda value: round(value) if value is not None else value),
        _set("max_call_duration_secs", value=600.4),
    ),
    "flags all alike": Fault(_no_answer(Flag), _set("ivr_navigation_enabled", value=False)),
    "times by the hour": Fault(
        _canonical(Clock, lambda value: _CLOCK(Clock(), value)[:2] if value else value),
        _set(*_FIRST_WINDOW, "calling_window_start_time", value="09:30"),
    ),
    "lists in any order": Fault(_sorted_lists, _reverse("structured_output_config")),
    "the FAQ by its questions": Fault(
        _faq_as_a_set_of_questions, _set("faq_items", 0, "answer", value="No.")
    ),
    "the FAQ without repetitions": Fault(_faq_as_a_set, lambda fields: fields["faq_items"].pop()),
    "a forgotten field": Fault(
        _forgotten("end_of_call_sentence"), _set("end_of_call_sentence", value="Bye")
    ),
    "a forgotten member": Fault(
        _a_forgotten_member, _set("structured_output_config", 1, "description", value="Cut")
    ),
}
#: Comparisons that see more than there is: the same change again and again.
STRICT: Mapping[str, Fault] = {
    "texts by every character": Fault(_canonical(Text, lambda value: value)),
    "numbers by their type": Fault(_canonical(Number, repr)),
    "times by their spelling": Fault(_canonical(Clock, lambda value: value)),
    "null apart from no items": Fault(_null_is_no_list),
    "members that are not stated": Fault(_project_keeps_everything),
}

#: Mistakes in what is sent, or in what is left unsent.
SENT: Mapping[str, Fault] = {
    "members that are not stated are dropped": Fault(_merge_drops_the_rest, _drop_speed),
}

#: Seen by the edits only: profile seed has no days, and no apply leaves a default unsaid.
EDITS_ONLY: Mapping[str, Fault] = {
    "days all alike": Fault(_no_answer(SetOf)),
    "null apart from missing members": Fault(_project_keeps_what_is_held),
}
