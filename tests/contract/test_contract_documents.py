"""The model and the table of fields say what the API's documents say, for each generation."""

from __future__ import annotations

import pytest
from contract import ours
from contract.compare import COMMON, Named, differences, is_field
from contract.facts import Fact, documents

from revox_sync.model.fields import FIELDS, REQUIRED, Clear
from revox_sync.model.likeness import Name
from revox_sync.model.shapes import (
    Addresses,
    Clock,
    Exact,
    Flag,
    ListOf,
    Number,
    Object,
    SetOf,
    Text,
)

DOCUMENTS = documents()
EVERYTHING = (*COMMON, "bounds", "since", "until", "secret", "url")

#: What kind of shape compares the values of a type.
SHAPES: dict[str, tuple[type, ...]] = {
    "string": (Exact, Text, Clock, Addresses, Name),
    "integer": (Number,),
    "number": (Number,),
    "boolean": (Flag,),
    "array": (ListOf, SetOf),
    "object": (Object,),
    "union": (Object,),
}


@pytest.mark.parametrize("generation", DOCUMENTS.releases)
def test_each_generation_is_known_in_full(generation: str) -> None:
    model = Named("the model", ours.at(generation))
    told = Named("facts.json", DOCUMENTS.sides[generation])
    assert differences(model, told, EVERYTHING) == []


def test_documented_defaults_stand_in_the_table_and_no_others() -> None:
    assert ours.default_differences(ours.table(), DOCUMENTS.ever()) == []


def test_the_table_and_the_model_have_the_same_places() -> None:
    assert sorted(ours.table()) == sorted({ours.bare(path) for path in ours.model()})


def test_the_table_compares_values_by_their_type() -> None:
    wrong = [
        f"{path}: {type(shape).__name__} compares a {fact.type}"
        for path, fact in ours.model().items()
        if not isinstance(shape := ours.table()[ours.bare(path)].member.shape, SHAPES[fact.type])
    ]
    assert wrong == []


def test_what_came_or_went_is_never_required_by_the_model() -> None:
    """One file can serve accounts of every generation."""
    assert ours.required_for_a_time() == []


def test_the_fields_that_a_create_cannot_do_without() -> None:
    told = DOCUMENTS.sides[DOCUMENTS.latest]
    assert {path for path, fact in told.items() if is_field(path) and fact.required} == REQUIRED


def test_null_can_be_stated_where_it_clears_and_where_nothing_does() -> None:
    """``null`` for a field that cannot be cleared in place is wanted, and told as impossible."""
    wrong = [
        f"{name}: null is {'' if fact.nullable else 'not '}allowed, but it {spec.clear.value}"
        for name, spec in FIELDS.items()
        if (fact := ours.model()[name]).nullable != (spec.clear in (Clear.NULL, Clear.NEVER))
        and spec.clear is not Clear.EMPTY
    ]
    assert wrong == []


def test_what_a_request_cannot_clear_and_what_an_empty_list_clears() -> None:
    ways = {clear: {n for n, spec in FIELDS.items() if spec.clear is clear} for clear in Clear}
    sentences = {"first_sentence", "end_of_call_sentence"}
    assert ways[Clear.NEVER] == {"webhook_url", "voice", "call_retry_config", *sentences}
    assert ways[Clear.EMPTY] == {"faq_items", "structured_output_config"}


def test_a_member_is_null_where_a_request_may_hold_null_or_leave_it_out() -> None:
    rows = ours.table()

    def is_wrong(path: str, fact: Fact) -> bool:
        if rows[ours.bare(path)].nullable:
            return not fact.nullable
        return fact.nullable and fact.required

    members = {path: fact for path, fact in ours.model().items() if not is_field(path)}
    assert [path for path, fact in members.items() if is_wrong(path, fact)] == []


def test_what_is_sensitive() -> None:
    told = {ours.bare(path) for path, fact in DOCUMENTS.ever().items() if fact.secret or fact.url}
    assert {place for spec in FIELDS.values() for place in spec.sensitive} == told


def test_a_field_that_is_gone_names_its_successor_where_it_has_one() -> None:
    named = [spec.successor for spec in FIELDS.values() if spec.successor is not None]
    assert named == ["transfer_destinations"]
    assert all(spec.until is not None for spec in FIELDS.values() if spec.successor is not None)
