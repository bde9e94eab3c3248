"""Nested objects: what of the account belongs to what is wanted."""

from __future__ import annotations

from revox_sync.model.shapes import Exact, ListOf, Member, Object

OUTPUT = Object({"name": Member(), "description": Member(), "options": Member(ListOf(Exact()))})
OUTPUTS = ListOf(OUTPUT, identity="name")
MODEL = Object({"type": Member(), "name": Member(), "other": Member()}, variant="type")


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
