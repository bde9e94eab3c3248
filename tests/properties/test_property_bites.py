"""Every edit that means something, on either side, is exactly one change; nothing else is one."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, settings
from properties.bites import check_bites, check_counts
from properties.documented import EVERY_FIELD
from properties.edits import table_places
from properties.samples import MODELS, everything, sparse, with_model, with_nulls
from properties.strategies import some_fields
from support.examples import examples

from revox_sync.model.assistant import Assistant
from revox_sync.model.fields import FIELDS

_SETTINGS = settings(max_examples=examples(8))


def test_the_edits_reach_every_field_and_every_member_of_the_table() -> None:
    edited = check_bites(everything())
    for model in MODELS:
        fields = with_model(model["type"])
        edited |= check_bites({name: fields[name] for name in ("name", "prompt", "llm_model")})
    assert edited >= table_places()


def test_edits_of_what_is_null_empty_or_left_out_are_one_change_too() -> None:
    check_bites(with_nulls())
    check_bites(sparse())


def test_these_tests_know_every_field_of_the_table_and_of_the_request_model() -> None:
    assert set(FIELDS) == set(Assistant.model_fields) == EVERY_FIELD
    assert everything().keys() == EVERY_FIELD


@_SETTINGS
@given(some_fields(full=True))
def test_an_edit_of_a_fully_stated_assistant_is_one_change(fields: dict[str, Any]) -> None:
    check_bites(fields)


@_SETTINGS
@given(some_fields(full=False))
def test_an_edit_of_what_is_stated_is_one_change(fields: dict[str, Any]) -> None:
    check_bites(fields)


@settings(
    _SETTINGS, max_examples=examples(2), phases=[Phase.generate]
)  # test_diff.py has the small cases
@given(some_fields(full=True, repeats=True))
def test_an_edit_in_a_list_that_repeats_items_is_one_change(fields: dict[str, Any]) -> None:
    check_counts(fields)
