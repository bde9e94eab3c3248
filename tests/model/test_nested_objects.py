"""Nested objects: what is left out is neither compared nor lost; null goes where it may."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.model.shapes import Exact, ListOf, Member, Number, Object

VOICE = Object(
    {"id": Member(), "provider": Member(), "speed": Member(Number(), default=1.0, optional=True)}
)
RETRY = Object({"tries": Member(Number()), "zone": Member(nullable=True)})
OUTPUT = Object({"name": Member(), "description": Member(), "options": Member(ListOf(Exact()))})
OUTPUTS = ListOf(OUTPUT, identity="name")
MODEL = Object({"type": Member(), "name": Member(), "other": Member()}, variant="type")


def test_a_member_left_out_is_not_compared() -> None:
    held = {"id": "v", "provider": "p", "speed": 1.4}
    assert VOICE.project(held, {"id": "v"}) == {"id": "v"}


def test_a_member_left_out_is_sent_along_as_the_account_has_it() -> None:
    held = {"id": "v", "provider": "p", "speed": 1.4, "new_member": 7}
    merged = VOICE.merge(held, {"id": "w", "provider": "p"})
    assert merged == {"id": "w", "provider": "p", "speed": 1.4, "new_member": 7}


@pytest.mark.parametrize(
    ("shape", "held", "wanted", "sent"),
    [
        (VOICE, {"id": "v", "speed": 1.4}, {"id": "v", "speed": None}, {"id": "v", "speed": 1.0}),
        (VOICE, {"id": "v", "speed": None}, {"id": "w"}, {"id": "w"}),
        (OUTPUT, {"description": "d"}, {"name": "n", "description": None}, {"name": "n"}),
        (
            RETRY,
            {"tries": 1, "zone": "UTC"},
            {"tries": 1, "zone": None},
            {"tries": 1, "zone": None},
        ),
        (
            OUTPUTS,
            [{"name": "n", "options": ["a"]}],
            [{"name": "n", "options": None}],
            [{"name": "n"}],
        ),
        (OUTPUTS, [{"name": "n"}], None, []),
        (OUTPUTS, None, [{"name": "n", "description": None}], [{"name": "n"}]),
    ],
)
def test_null_is_sent_only_where_a_request_may_hold_it(
    shape: Any, held: Any, wanted: Any, sent: Any
) -> None:
    assert shape.merge(held, wanted) == sent


def test_another_kind_of_model_takes_nothing_of_the_old_one_along() -> None:
    held = {"type": "a", "name": "n", "api_key": "k"}
    assert MODEL.merge(held, {"type": "b", "other": "o"}) == {"type": "b", "other": "o"}


def test_another_kind_of_model_shows_no_member_that_the_tool_does_not_know() -> None:
    held = {"type": "a", "name": "n", "api_key": "k"}
    assert MODEL.project(held, {"type": "b", "other": "o"}) == {"type": "a", "name": "n"}


def test_items_of_a_list_belong_together_by_name_even_after_one_in_front() -> None:
    held = [{"name": "a", "description": "A"}, {"name": "b", "description": "B"}]
    wanted = [{"name": "new"}, {"name": "a"}, {"name": "b"}]
    assert OUTPUTS.merge(held, wanted) == [{"name": "new"}, *held]
    assert OUTPUTS.project(held, wanted) == [{"name": "a"}, {"name": "b"}]
