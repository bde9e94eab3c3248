"""A project with environments is a short way of writing one for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import load_in, short
from support.examples import examples
from support.project import Project

from revox_sync.definitions import project as project_file
from revox_sync.definitions.project import Environment
from revox_sync.definitions.references import Variables

NAMES = st.sampled_from(("a", "b", "voice_fr", "_x", "Z9"))
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12),
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.floats(-1000, 1000, allow_nan=False).map(lambda value: round(value, 3)),
)
VARIABLES = st.dictionaries(NAMES, VALUES, max_size=5)
#: Parts of texts: letters that YAML leaves alone, and names of variables in a tuple.
PARTS = st.lists(
    st.one_of(st.sampled_from(("x", " and ", "{{p}}", "é")), NAMES.map(lambda n: (n,)))
)


def _quoted(value: Any) -> str:
    """Return a value in YAML: every text in double quotes, all but ASCII escaped."""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    escaped = "".join(c if c.isascii() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value)
    return f'"{escaped.replace("${", "$${")}"'


def _mapping(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {_quoted(value)}" for name, value in values.items()) + "}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Case:
    """Variables of the project and of two environments, and what a definition refers to.

    ``parts`` make up a text, ``alone`` stands in a value of its own, ``name`` is the environment.
    """

    shared: dict[str, Any]
    one: dict[str, Any]
    other: dict[str, Any]
    parts: list[Any]
    alone: str
    name: str


CASES = st.builds(
    Case, VARIABLES, VARIABLES, VARIABLES, PARTS, NAMES, st.sampled_from(("one", "other"))
)


def check_environment(project: Project, case: Case) -> None:
    """Hold an environment to what the same project says with the values written out."""
    known = {**case.shared, **(case.one if case.name == "one" else case.other)}
    written = "".join(f"${{var.{p[0]}}}" if isinstance(p, tuple) else p for p in case.parts)
    one, other = _mapping(case.one), _mapping(case.other)
    project.write(
        "revox-sync.yaml",
        f"vars: {_mapping(case.shared)}\n"
        f"environments: {{one: {{vars: {one}}}, other: {{vars: {other}}}}}\n",
    )
    head = "name: A\nprompt: p\nsync:\n  extra:\n"
    project.write(
        "assistants/a.yaml",
        f'{head}    text: "-{written}"\n    typed: ${{var.{case.alone}}}\n',
    )
    definitions, found = load_in(project, case.name)
    used = {case.alone, *(p[0] for p in case.parts if isinstance(p, tuple))}
    missing = used - known.keys()
    assert {problem.rule for problem in found} == ({"undeclared-variable"} if missing else set())
    for variable in missing:
        words = f"environment {case.name} declares no variable {variable}"
        assert any(problem.message == words for problem in found)
    if missing:
        return
    out = "".join(_text(known[p[0]]) if isinstance(p, tuple) else p for p in case.parts)
    project.write("revox-sync.yaml", "absent: keep\n")
    project.write(
        "assistants/a.yaml",
        f"{head}    text: {_quoted('-' + out)}\n    typed: {_quoted(known[case.alone])}\n",
    )
    by_hand, found = load_in(project)
    assert short(found) == []
    assert definitions.definitions == by_hand.definitions
    (made,), (hand,) = definitions.definitions, by_hand.definitions
    assert repr(made.fields) == repr(hand.fields)  # True is not 1 here


@settings(
    max_examples=examples(12),
)
@given(CASES)
def test_an_environment_is_as_if_its_values_were_written_out(project: Project, case: Case) -> None:
    check_environment(project, case)


def _swapped(
    shared: Mapping[str, Any],
    environments: Mapping[str, Environment],
    name: str | None,
    *,
    certain: bool,
) -> Variables:
    own = environments[name].variables if name is not None else {}
    return Variables({**own, **shared}, name, certain=certain)


def _leaking(
    shared: Mapping[str, Any],
    environments: Mapping[str, Environment],
    name: str | None,
    *,
    certain: bool,
) -> Variables:
    found = dict(shared)
    for environment in environments.values():
        found |= environment.variables
    return Variables(found, name, certain=certain)


FAULTS: dict[str, tuple[Any, Case]] = {
    "the project's variables win": (
        _swapped,
        Case({"a": 1}, {"a": 2}, {}, [("a",)], "a", "one"),
    ),
    "an environment takes the other's variables": (
        _leaking,
        Case({"b": "x"}, {"b": "x"}, {"a": 2}, [("a",)], "b", "one"),
    ),
    "the last environment is the chosen one": (
        _leaking,
        Case({}, {"a": 1}, {"a": 2}, [("a",)], "a", "one"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    project: Project, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, case = FAULTS[fault]
    check_environment(project, case)
    monkeypatch.setattr(project_file, "variables_of", plant)
    with pytest.raises(AssertionError):
        check_environment(project, case)
