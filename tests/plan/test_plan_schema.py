"""Every plan that is printed or saved conforms to the published schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from planning import definition, faq, planned, remote, some_plan
from support.examples import examples

from revox_sync.plan.model import Plan, Rules
from revox_sync.plan.planfile import dumps, to_json

SCHEMA = json.loads(
    files("revox_sync.schemas").joinpath("plan-1.0.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)


def problems(plan: Plan) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(json.loads(dumps(plan)))]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_plan_with_every_kind_of_entry_conforms() -> None:
    assert problems(some_plan()) == []


def test_an_empty_plan_conforms() -> None:
    assert problems(planned([])) == []


def test_a_reset_conforms() -> None:
    plan = planned(
        [definition("a")],
        remote("1", "a", voicemail_message="Hi"),
        rules=Rules("seed", absent="reset"),
    )
    assert problems(plan) == []
    assert plan.actions[0].changes[0].absent


@settings(max_examples=examples(20))
@given(
    st.text(max_size=9),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3),
    st.lists(st.text(max_size=5), max_size=2),
)
def test_plans_of_any_texts_conform(
    text: str, items: list[tuple[str, str]], waiting: list[str]
) -> None:
    stated = definition("a", first_sentence=text, faq_items=[])
    held = remote("1", "a", faq_items=faq(*items, waiting=waiting), voicemail_message=text)
    assert problems(planned([stated], held)) == []


def _objects(schema: Any, value: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Return every object of a plan with the schema that describes it."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list) and "items" in schema:
        return [found for item in value for found in _objects(schema["items"], item, f"{path}[]")]
    if not (isinstance(value, dict) and "required" in schema):
        return []
    return [(path, schema, value)] + [
        found
        for name, inner in schema.get("properties", {}).items()
        for found in _objects(inner, value.get(name), f"{path}.{name}")
    ]


def test_the_schema_names_every_member_and_requires_those_that_are_always_there() -> None:
    seen = set()
    for path, schema, value in _objects(SCHEMA, to_json(some_plan())):
        seen.add(path)
        if "properties" in schema:
            assert set(value) <= set(schema["properties"]), path
    assert seen == {"", ".target", ".options", ".summary", ".actions[]", ".actions[].changes[]"} | {
        ".actions[].variables",
        ".blocked[]",
        ".unmanaged[]",
        ".diagnostics[]",
    }


@pytest.mark.parametrize(
    "damage",
    [
        {"format_version": "2.0"},
        {"target": {}},
        {"actions": [{}]},
        {"summary": {"create": -1}},
        {"unmanaged": [{"id": 1, "name": "x"}]},
    ],
)
def test_the_schema_refuses_what_is_no_plan(damage: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors({**to_json(some_plan()), **damage}))
