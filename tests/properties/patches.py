"""Patches of the real code, by which it compares, merges or sends wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from revox_sync.model import shapes
from revox_sync.model.shapes import Clock, Hints, ListOf, Number, Object, Shape, Text
from revox_sync.plan import compare, diff
from revox_sync.secrecy import values

Fields = dict[str, Any]
Patch = Callable[[pytest.MonkeyPatch], None]


def compared_as(shape: type, form: Callable[[Any], Any]) -> Patch:
    """Let every value of a shape be compared as ``form`` of it."""
    return lambda patch: patch.setattr(shape, "canonical", lambda self, value: form(value))


def merge_drops_the_rest(patch: pytest.MonkeyPatch) -> None:
    """Send what is stated and nothing of the rest."""
    patch.setattr(Object, "merge", lambda self, remote, wanted: wanted)


def project_keeps_what_is_held(patch: pytest.MonkeyPatch) -> None:
    """Leave a member that is stated and not held apart from a null one."""

    def project(self: Object, remote: Any, wanted: Any) -> Any:
        if not (isinstance(remote, dict) and isinstance(wanted, dict)):
            return remote
        return {name: remote[name] for name in wanted if name in remote}

    patch.setattr(Object, "project", project)


def a_forgotten_member(patch: pytest.MonkeyPatch) -> None:
    """Compare no member of the name ``description``."""

    def without(self: Object, value: Any) -> Any:
        found = _OBJECT(self, value)
        if isinstance(found, dict):
            found.pop("description", None)
        return found

    patch.setattr(Object, "canonical", without)


def project_keeps_everything(patch: pytest.MonkeyPatch) -> None:
    """Compare members that are not stated."""
    patch.setattr(Object, "project", lambda self, remote, wanted: remote)


def faq_as_a_set_of_questions(patch: pytest.MonkeyPatch) -> None:
    """Compare a FAQ by its questions."""

    def changes(shape: Any, before: Any, after: Any, path: Any) -> list[Any]:
        old, new = ({item["question"] for item in items} for items in (before, after))
        return [] if old == new else _ITEM_CHANGES(shape, before, after, path)

    patch.setattr(diff, "item_changes", changes)


def faq_as_a_set(patch: pytest.MonkeyPatch) -> None:
    """Compare a FAQ as if no item stood in it twice."""

    def changes(shape: Any, before: Any, after: Any, path: Any) -> list[Any]:
        old, new = (
            [item for at, item in enumerate(items) if item not in items[:at]]
            for items in (before, after)
        )
        return _ITEM_CHANGES(shape, old, new, path)

    patch.setattr(diff, "item_changes", changes)


_ITEM_CHANGES = diff.item_changes
_LIST = ListOf.canonical
_OBJECT = Object.canonical
#: The real comparison of times.
CLOCK = Clock.canonical
_PAIRS = diff.item_pairs
_TO_SEND = compare._to_send
_WANTED = compare.wanted_fields


def sorted_lists(patch: pytest.MonkeyPatch) -> None:
    """Compare every list as if its order meant nothing."""

    def in_order(self: ListOf, value: Any) -> Any:
        found = _LIST(self, value)
        return sorted(found, key=shapes.dumps) if isinstance(found, list) else found

    patch.setattr(ListOf, "canonical", in_order)


def lists_as_they_come(patch: pytest.MonkeyPatch) -> None:
    """Compare every list as if its order meant something."""

    def as_it_comes(self: ListOf, value: Any) -> Any:
        items = value if isinstance(value, list) else []
        return [self.item.canonical(item) for item in items]

    patch.setattr(ListOf, "canonical", as_it_comes)


def lists_by_their_content(patch: pytest.MonkeyPatch) -> None:
    """Sort items by what they hold, not by what they are known by."""

    def order(self: ListOf, items: list[Any]) -> list[int]:
        return sorted(range(len(items)), key=lambda at: shapes.dumps(items[at]))

    patch.setattr(ListOf, "_order", order)


def pairs_by_their_place(patch: pytest.MonkeyPatch) -> None:
    """Pair the items of lists without an order by where they stand."""
    patch.setattr(diff, "item_pairs", lambda old, new, shape: _PAIRS(old, new, Shape()))


def null_is_no_list(patch: pytest.MonkeyPatch) -> None:
    """Leave null apart from the empty list."""

    def as_it_is(self: ListOf, value: Any) -> Any:
        return value if value is None else _LIST(self, value)

    patch.setattr(ListOf, "canonical", as_it_is)


def forgotten(name: str) -> Patch:
    """Compare and send no field of this name."""

    def wanted(*arguments: Any, **named: Any) -> Any:
        return (found for found in _WANTED(*arguments, **named) if found[0].name != name)

    return lambda patch: patch.setattr(compare, "wanted_fields", wanted)


def no_answer(shape: type) -> Patch:
    """Compare all values of a shape as one."""
    return compared_as(shape, lambda value: None)


def hints_by_their_keys(patch: pytest.MonkeyPatch) -> None:
    """Compare hints by what they are known by alone."""

    def project(self: Hints, remote: Any, wanted: Any) -> Any:
        if not isinstance(remote, list):
            return remote
        held = {_key(item) for item in remote}
        return [item for item in wanted if _key(item) in held]

    patch.setattr(Hints, "project", project)


def _key(item: Any) -> Any:
    return item.get("key") if isinstance(item, dict) else item


def hints_with_what_nobody_knows(patch: pytest.MonkeyPatch) -> None:
    """Compare the members of hints that the service added."""

    def project(self: Hints, remote: Any, wanted: Any) -> Any:
        if not isinstance(remote, list):
            return remote
        keys = {_key(item) for item in wanted}
        return [item for item in remote if _key(item) in keys]

    patch.setattr(Hints, "project", project)


def numbers_nearly(patch: pytest.MonkeyPatch) -> None:
    """Take numbers that are nearly alike for one."""

    def project(self: Number, remote: Any, wanted: Any) -> Any:
        both = isinstance(remote, float) and isinstance(wanted, float)
        return wanted if both and abs(remote - wanted) < 1e-6 else remote

    patch.setattr(Number, "project", project)


def empty_is_null(*, everywhere: bool) -> Patch:
    """Take the empty text for null everywhere, or nowhere."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for_all = Text(empty_is_null=everywhere)
        canonical_text = Text.canonical
        patch.setattr(Text, "canonical", lambda self, value: canonical_text(for_all, value))

    return plant


def an_empty_object_is_something(patch: pytest.MonkeyPatch) -> None:
    """Leave an object that holds nothing apart from null."""

    def something(self: Object, value: Any) -> Any:
        found = _OBJECT(self, value)
        return {} if found is None and isinstance(value, dict) else found

    patch.setattr(Object, "canonical", something)


def masks(found: bool) -> Patch:
    """Take every credential for a mask, or every mask for a credential."""
    return lambda patch: patch.setattr(values, "is_masked", lambda value: found)


def masks_are_sent(patch: pytest.MonkeyPatch) -> None:
    """Send what the account masks as it answers it."""
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
