"""The expressions of the workflows mean here what they mean on GitHub."""

from __future__ import annotations

from typing import Any

import pytest
from expressions import Open, UnknownForm, evaluate, fill, holds

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event": Open(before="abc"), "run": 7},
    "inputs": Open(),
    "steps": {"a-b": {"outputs": {"c": "d"}}},
}
FUNCTIONS: dict[str, Any] = {
    "always": lambda: True,
    "hashFiles": lambda name: "1f" if name == "there" else "",
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.ref", "refs/heads/main"),
        ("steps.a-b.outputs.c", "d"),
        ("inputs.base", None),
        ("inputs.base || github.event.before", "abc"),
        ("inputs.drift || 'it''s'", "it's"),
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref != 'refs/heads/main'", False),
        ("inputs.base == ''", True),
        ("!always()", False),
        ("!always() || hashFiles('there') != '' && always()", True),
        ("always() && (hashFiles('gone') == 'x' || inputs.base)", None),
    ],
)
def test_values(expression: str, value: Any) -> None:
    assert evaluate(expression, CONTEXTS, FUNCTIONS) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "github.reff",
        "gitub.ref",
        "github.ref.name",
        "github.ref ==",
        "github.ref github.ref",
        "(github.ref",
        "contains(github.ref, 'a')",
        "github.run > 3",
        'github.ref == "a"',
        "github['ref']",
        "hashFiles('a', 'b')",
    ],
)
def test_what_is_not_understood_is_an_error(expression: str) -> None:
    with pytest.raises(UnknownForm):
        evaluate(expression, CONTEXTS, FUNCTIONS)


def test_values_are_filled_into_a_text() -> None:
    assert fill("${{ github.run }}-${{always()}}-$A", CONTEXTS, FUNCTIONS) == "7-true-$A"


@pytest.mark.parametrize("condition", ["always()", "${{ always() }}"])
def test_a_condition_may_stand_in_braces(condition: str) -> None:
    assert holds(condition, CONTEXTS, FUNCTIONS)
