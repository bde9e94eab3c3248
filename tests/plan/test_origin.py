"""For any three values: who moved is told by what each side did, and no edit gets lost unsaid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.edits import edits
from properties.equivalents import equivalents
from properties.samples import everything
from properties.strategies import some_fields
from support.examples import examples
from telling import (
    Fields,
    check_defined_as_before,
    check_held_as_defined,
    check_nothing_gets_lost,
    told,
)

from revox_sync.plan import origin
from revox_sync.plan.origin import Told

_SETTINGS = settings(max_examples=examples(15))


@st.composite
def edited(draw: st.DrawFn, times: int = 1) -> tuple[Fields, list[Fields]]:
    """Draw what an assistant says, and the same after each of some edits."""
    base = draw(some_fields(full=draw(st.booleans())))
    found = [edit.fields for edit in edits(base)]
    return base, [draw(st.sampled_from(found)) for _ in range(times)]


@_SETTINGS
@given(some_fields(full=False), some_fields(full=False))
def test_what_is_held_as_it_was_defined_is_the_definitions(base: Fields, now: Fields) -> None:
    check_held_as_defined(base, now, base)


@_SETTINGS
@given(edited())
def test_one_edit_on_either_side_is_told(drawn: tuple[Fields, list[Fields]]) -> None:
    base, (other,) = drawn
    check_held_as_defined(base, other, base)
    check_defined_as_before(base, base, other)


@_SETTINGS
@given(some_fields(full=True), st.data())
def test_what_means_the_same_counts_as_the_same(base: Fields, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from([edit.fields for edit in edits(base)]))
    for what, stated, held in equivalents(base):
        if what.startswith("held: "):
            check_held_as_defined(stated, other, held)
        if what.startswith("stated: "):
            check_defined_as_before(base, stated, other)


@_SETTINGS
@given(some_fields(full=False), some_fields(full=False))
def test_what_is_defined_as_before_has_drifted(base: Fields, held: Fields) -> None:
    check_defined_as_before(base, base, held)


@_SETTINGS
@given(some_fields(full=False), some_fields(full=False))
def test_what_is_held_as_it_is_defined_is_no_change(base: Fields, now: Fields) -> None:
    assert told(base, now, now) == ()


@settings(_SETTINGS, max_examples=examples(50))
@given(edited(times=2))
def test_of_two_edits_none_gets_lost(drawn: tuple[Fields, list[Fields]]) -> None:
    base, (now, held) = drawn
    check_nothing_gets_lost(base, now, held)


# The checks notice a mistake in each part of what tells who origin.

_FIELDS = (
    "name",
    "prompt",
    "after_call_sms_outcomes",
    "call_retry_config",
    "custom_tools",
    "faq_items",
    "structured_output_config",
    "voice",
)


def check_samples() -> None:
    """Check some three values, each there for a reason; raise where one is told wrong."""
    base = {name: value for name, value in everything().items() if name in _FIELDS}
    found = [edit.fields for edit in edits(base)]
    for now, held in zip(found[::9], found[27::9], strict=False):
        check_held_as_defined(base, now, base)
        check_defined_as_before(base, base, held)
        check_nothing_gets_lost(base, now, held)
    rounded = {**base, "voice": {**base["voice"], "speed": 1.0499999523162842}}
    louder = {**base, "voice": {**base["voice"], "speed": 1.2, "volume": 1.9}}
    check_held_as_defined(base, louder, rounded)
    quiet = {**base, "voice": {"id": "v1", "provider": "cartesia"}}
    check_held_as_defined(quiet, louder, rounded)
    check_defined_as_before(base, quiet, {**louder, "prompt": "Be loud."})


def _never(*_: Any) -> bool:
    return False


_Patch = Callable[[pytest.MonkeyPatch], None]
_THREE = origin.Three
_FAULTS: dict[str, _Patch] = {
    "the definition always moved": lambda patch: patch.setattr(origin, "is_same", _never),
    "the account always moved": lambda patch: patch.setattr(origin, "_holds", _never),
    "what is rounded has moved": lambda patch: patch.setattr(
        origin, "_holds", lambda _, base, held: origin.is_same(base, held)
    ),
    "all of the FAQ is the definition's": lambda patch: patch.setattr(
        "revox_sync.plan.origin.tell_faq", lambda *_: Told("definition")
    ),
    "an item that both changed is the definition's": lambda patch: patch.setattr(
        origin, "_tell_item", lambda *_: Told("definition")
    ),
    "what was not stated then was nothing": lambda patch: patch.setattr(
        "revox_sync.model.shapes.Object.merge", lambda _, remote, wanted: wanted
    ),
    "what was defined is forgotten": lambda patch: patch.setattr(
        "revox_sync.plan.origin.Three", lambda _, held, wanted: _THREE(None, held, wanted)
    ),
}


def test_without_a_mistake_every_sample_is_told_right() -> None:
    check_samples()


@pytest.mark.parametrize("name", _FAULTS)
def test_a_mistake_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _FAULTS[name](monkeypatch)
    with pytest.raises(AssertionError):
        check_samples()
