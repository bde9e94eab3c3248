"""Rules bear whatever the types allow: no value of the right type makes one fail."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from reading import TOOL

from revox_sync.definitions.lint import RULES, lint
from revox_sync.model.assistant import Assistant

#: Texts that rules look into, beside any other.
_TELLING = st.sampled_from(
    [
        *("", " ", "{{", "{{a}}", "{{a}}}", "https://", "https://[", "http://a@b?key=c&=d#"),
        *("://@", "@", "a@b.c,", "+", "00 1", "9:00", "Bearer ", "sk-", "{", '"{{a}}"'),
        *("Authorization", "X_Key"),
    ]
)
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.one_of(_TELLING, st.text(max_size=8)),
    int: st.integers(),
    float: st.one_of(st.floats(), st.integers()),
    bool: st.booleans(),
    type(None): st.none(),
}


def of_type(annotation: Any) -> st.SearchStrategy[Any]:
    """Return any value of a type of the request model; bounds do not count."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return of_type(inner[0])
    if origin in (Union, UnionType):
        return st.one_of([of_type(option) for option in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is list:
        return st.lists(of_type(inner[0]), max_size=3)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of_model(annotation)
    return _SCALARS[annotation]


def of_model(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    required, optional = {}, {}
    for name, field in model.model_fields.items():
        (required if field.is_required() else optional)[name] = of_type(field.annotation)
    return st.fixed_dictionaries(required, optional=optional)


_FIELDS = {name: of_type(field.annotation) for name, field in Assistant.model_fields.items()}
_READ = sorted({name for rule in RULES for name in rule.reads})


def test_every_field_that_a_rule_reads_is_a_field() -> None:
    assert set(_READ) <= _FIELDS.keys()


@given(fields=st.fixed_dictionaries({}, optional={name: _FIELDS[name] for name in _READ}))
def test_no_value_of_the_right_type_makes_a_rule_fail(fields: dict[str, Any]) -> None:
    lint(fields, frozenset(), frozenset(), frozenset())


@given(text=st.text(), name=st.sampled_from(["name", "url", "body_template"]))
def test_no_text_makes_a_rule_on_tools_fail(text: str, name: str) -> None:
    tool = TOOL | {name: text, "headers": [{"key": text, "value": text}]}
    lint({"custom_tools": [tool]}, frozenset(), frozenset(), frozenset())
