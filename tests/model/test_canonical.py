"""Values that mean the same have one form; values that mean something else have two."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk

from revox_sync.model.shapes import (
    Addresses,
    Clock,
    Exact,
    Flag,
    ListOf,
    Member,
    Number,
    Object,
    SetOf,
    Shape,
    Text,
    dumps,
    fingerprint,
    is_same,
)

SAME: list[tuple[Shape, Any, Any]] = [
    (Text(), "a\nb", "a\r\nb"),
    (Text(), "a\nb", "a\rb"),
    (Text(), "a", "a\n"),
    (Text(), "a", "a\r\n\r\n"),
    (Text(), "", "\n"),
    (Number(), 600, 600.0),
    (Number(), 600, 6e2),
    (Number(), 0, -0.0),
    (Clock(), "18:00", "6pm"),
    (Clock(), "18:00", "6:00pm"),
    (Clock(), "18:00", "6 PM"),
    (Clock(), "18:00", "18:00:00"),
    (Clock(), "00:30", "12:30am"),
    (Clock(), "12:00", "12pm"),
    (Clock(), "09:05", "9:05"),
    (SetOf(), ["monday", "friday"], ["friday", "monday", "friday"]),
    (Addresses(), "a@x.example, b@x.example", "b@x.example,a@x.example, ,b@x.example"),
    (Addresses(), " , ", None),
    (ListOf(Exact()), None, []),
    (ListOf(Text()), ["a\r\n"], ["a"]),
]

DIFFERENT: list[tuple[Shape, Any, Any]] = [
    (Text(), "a", "A"),
    (Text(), "a", "a "),
    (Text(), "a", " a"),
    (Text(), "a", "\na"),
    (Text(), "a\nb", "a\n\nb"),
    (Text(), "a b", "a\u00a0b"),
    (Text(), "\u00e9", "e\u0301"),
    (Text(), "", None),
    (Exact(), "a", "a\n"),
    (Exact(), 1, "1"),
    (Number(), 1, True),
    (Number(), 0, False),
    (Number(), 1, "1"),
    (Number(), 1, None),
    (Number(), False, None),
    (Number(), 1.05, 1.0500001),
    (Flag(), True, 1),
    (Flag(), False, 0),
    (Flag(), False, None),
    (Flag(), True, "true"),
    (Clock(), "06:00", "6pm"),
    (Clock(), "00:00", "12pm"),
    (Clock(), "18:00", "18"),
    (Clock(), "01:00", "13pm"),
    (Clock(), "18:00", None),
    (SetOf(), ["monday"], ["monday", "friday"]),
    (Addresses(), "a@x.example", "b@x.example"),
    *((Addresses(), value, None) for value in (["a@x.example"], {}, 7, True)),
    (ListOf(Exact()), ["a", "b"], ["b", "a"]),
    (ListOf(Exact()), ["a", "a"], ["a"]),
]


@pytest.mark.parametrize(("shape", "one", "other"), SAME)
def test_values_that_mean_the_same_have_one_form(shape: Shape, one: Any, other: Any) -> None:
    assert dumps(shape.canonical(one)) == dumps(shape.canonical(other))


@pytest.mark.parametrize(("shape", "one", "other"), DIFFERENT)
def test_values_that_mean_something_else_differ(shape: Shape, one: Any, other: Any) -> None:
    assert dumps(shape.canonical(one)) != dumps(shape.canonical(other))


@pytest.mark.parametrize(("shape", "one", "other"), SAME)
def test_the_canonical_form_is_its_own(shape: Shape, one: Any, other: Any) -> None:
    for value in (one, other):
        form = shape.canonical(value)
        assert dumps(shape.canonical(form)) == dumps(form)


@pytest.mark.parametrize(
    "shape", [Text(), Exact(), Number(), Flag(), Clock(), SetOf(), ListOf(Text()), Object({})]
)
@pytest.mark.parametrize("value", [None, True, 0, 1.5, float("inf"), "x", "", [], [None], {}])
def test_no_answer_of_the_service_breaks_a_comparison(shape: Shape, value: Any) -> None:
    wanted = shape.canonical(shape.project(value, value))
    assert dumps(wanted) == dumps(shape.canonical(shape.project(value, value)))


def test_an_integer_beyond_all_floats_is_another_value(desk: Desk) -> None:
    held = {"max_call_duration_secs": 10**400, "of_a_later_version": 10**400}
    desk.service.add("front-desk", **held)
    desk.project.define(max_call_duration_secs=7, sync={"extra": {"of_a_later_version": 7}})
    assert desk.changes().keys() >= held.keys()


def test_a_null_member_is_its_documented_default() -> None:
    voice = Object({"id": Member(), "speed": Member(Number(), default=1.0, optional=True)})
    assert voice.canonical({"id": "v", "speed": None}) == voice.canonical({"id": "v", "speed": 1})


def test_a_null_member_is_shown_as_its_default_beside_a_secret(desk: Desk) -> None:
    voice = {"provider": "cartesia", "id": "voice-of-ours", "speed": 1.2}
    desk.env["REVOX_SECRET_VOICE"] = "voice-of-ours"
    desk.service.add("front-desk", voice=voice)
    desk.project.define(prompt="Be kind.", voice={**voice, "id": "${secret.VOICE}", "speed": None})
    assert desk.changes() == {"voice.speed": (1.2, 1.0)}


def test_equal_data_has_one_fingerprint_whatever_the_order_of_its_members() -> None:
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})


def test_values_are_the_same_if_and_only_if_their_json_is() -> None:
    leaves = [None, True, 1, 1.0, 0, 0.0, -0.0, float("nan"), "", "1", [], {}, ()]
    values = [
        *leaves,
        *([leaf] for leaf in leaves),
        *({"a": leaf} for leaf in leaves),
        *({"a": [leaf], "b": 1} for leaf in leaves),
        *({"b": 1, "a": [leaf]} for leaf in leaves),
    ]
    for one in values:
        for other in values:
            assert is_same(one, other) == (dumps(one) == dumps(other)), (one, other)
