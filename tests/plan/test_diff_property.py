"""Whoever makes the told changes has the wanted value: no change is hidden, none is told twice."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from revox_sync.model.path import Path
from revox_sync.plan import diff

_SCALARS = st.sampled_from([None, True, 1, 1.5, "a", "b"])
_HEADERS = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("ab"), "value": st.sampled_from("12")}),
    max_size=3,
)
_OBJECTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["api", "transfer"])},
    optional={
        "name": st.sampled_from("abc"),
        "headers": _HEADERS,
        "more": st.dictionaries(st.sampled_from("xyz"), _SCALARS, max_size=3),
        "options": st.lists(st.sampled_from("ab"), max_size=4),
    },
)
_VALUES = st.one_of(_OBJECTS, st.lists(_OBJECTS, max_size=4), st.lists(st.sampled_from("abc")))

Found = list[tuple[Path, Any, Any]]


def made(before: Any, found: Found) -> Any:
    """Return ``before`` after the changes, which are told by place."""
    whole = [new for path, _, new in found if not path]
    if whole:
        (value,) = whole
        return value
    if not found:
        return before
    inner = {
        part: [(p[1:], o, n) for p, o, n in found if p[0] == part] for (part, *_), _, _ in found
    }
    if isinstance(before, dict):
        left = dict(before)
        for name, changes in inner.items():
            left[name] = made(left.get(name), changes)
        return left
    gone = {path[0] for path, _, new in found if len(path) == 1 and new is None}
    come = {path[0]: new for path, old, new in found if len(path) == 1 and old is None}
    kept = [item for index, item in enumerate(before) if index not in gone]
    for index in sorted(come):  # type: ignore[type-var]
        kept.insert(index, come[index])  # type: ignore[arg-type]
    for index, changes in inner.items():
        rest = [one for one in changes if one[0] or None not in one[1:]]
        if rest:
            kept[index] = made(kept[index], rest)  # type: ignore[index,call-overload]
    return kept


def without_nulls(value: Any) -> Any:
    """Return a value in which a member that is null is one that is not there."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def told(before: Any, after: Any) -> Found:
    return [(path[1:], old, new) for path, old, new in diff.differences(before, after, ("x",))]


def check(before: Any, after: Any) -> None:
    found = told(copy.deepcopy(before), copy.deepcopy(after))
    assert without_nulls(made(before, found)) == without_nulls(after)


@settings(max_examples=examples(80))
@given(_VALUES, _VALUES)
def test_the_told_changes_make_the_wanted_value(before: Any, after: Any) -> None:
    check(before, after)


def test_a_repeated_added_item_is_told_as_often_as_it_comes() -> None:
    item = {"name": "a", "headers": [{"name": "b", "value": "1"}]}
    check([item], [item, item, item])
    assert len(told([item], [item, item, item])) == 2


def test_a_hidden_change_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = diff.item_pairs

    def fewer(old: Any, new: Any, shape: Any) -> Any:
        """Leave out what came and is there already, as a comparison by hash does."""
        return [
            pair
            for pair in pairs(old, new, shape)
            if pair[0] is not None or new[pair[1]] not in old
        ]

    monkeypatch.setattr(diff, "item_pairs", fewer)
    with pytest.raises(AssertionError):
        test_a_repeated_added_item_is_told_as_often_as_it_comes()
