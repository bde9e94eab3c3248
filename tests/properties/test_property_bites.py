"""Every edit that means something, on either side, is exactly one change; nothing else is one."""

from __future__ import annotations

from typing import Any

from bites import check_bites, check_counts
from edits import table_places
from hypothesis import HealthCheck, Phase, given, settings
from samples import everything, through_openrouter
from strategies import assistants, full_assistants

from revox_sync.model.assistant import Assistant
from revox_sync.model.fields import FIELDS

_SETTINGS = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])


def test_the_edits_reach_every_field_and_every_member_of_the_table() -> None:
    edited = check_bites(everything()) | check_bites(through_openrouter())
    assert edited >= table_places()


def test_the_table_has_every_field_of_the_request_model() -> None:
    assert set(FIELDS) == set(Assistant.model_fields)
    assert len(FIELDS) == 18


@_SETTINGS
@given(full_assistants())
def test_an_edit_of_a_fully_stated_assistant_is_one_change(fields: dict[str, Any]) -> None:
    check_bites(fields)


@_SETTINGS
@given(assistants())
def test_an_edit_of_what_is_stated_is_one_change(fields: dict[str, Any]) -> None:
    check_bites(fields)


@settings(_SETTINGS, phases=[Phase.generate])  # test_diff.py has the small cases
@given(full_assistants(repeats=True))
def test_an_edit_in_a_list_that_repeats_items_is_one_change(fields: dict[str, Any]) -> None:
    check_counts(fields)
