"""Records are dataclasses: whatever holds of the standard library's own holds of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar

import pytest

from revox_sync import records


@pytest.fixture(params=[dataclasses.dataclass, records.dataclass], ids=["plain", "lazy"])
def dataclass(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def made(dataclass: Callable[..., Any]) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made:
        kind: ClassVar[str] = "made"
        name: str
        parts: list[int] = field(default_factory=list)
        shown: bool = field(default=True, compare=False)
        hidden: str = field(default="", repr=False)

    return Made


def test_values_come_by_place_or_name_and_have_their_defaults(made: Any) -> None:
    one, other = made("a"), made(name="a")
    assert (one.name, one.parts, one.shown, one.hidden, one.kind) == ("a", [], True, "", "made")
    assert one.parts is not other.parts
    assert made("b", [1], False, "x").hidden == "x"


@pytest.mark.parametrize("given", [(), ("a", [], True, "", 5)])
def test_what_is_missing_or_too_much_is_refused(made: Any, given: tuple[Any, ...]) -> None:
    for _ in range(2):  # the first instance is made in another way
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            made(*given)
    with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
        made("a", other=1)


def test_nothing_can_be_set_or_deleted(made: Any) -> None:
    one = made("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    assert not hasattr(one, "__dict__")


def test_equal_are_those_of_one_class_with_equal_values(made: Any, dataclass: Any) -> None:
    @dataclass(frozen=True, slots=True)
    class Inner(made):  # type: ignore[misc]
        pass

    assert made("a", [1]) == made("a", [1], False)
    assert made("a", [1]) != made("a", [2])
    assert made("a") != Inner("a")
    assert made("a") != "a"
    assert Inner("a").parts == []


def test_the_hash_leaves_out_what_is_not_compared(dataclass: Any) -> None:
    @dataclass(frozen=True)
    class Made:
        name: str
        at: int = field(default=0, compare=False)

    assert hash(Made("a", 1)) == hash(Made("a", 2))
    assert len({Made("a", 1), Made("a", 2), Made("b")}) == 2


def test_it_is_shown_with_its_values(made: Any) -> None:
    name = made.__qualname__
    assert repr(made("a", hidden="x")) == f"{name}(name='a', parts=[], shown=True)"


def test_functions_of_the_standard_library_take_it(made: Any) -> None:
    changed = dataclasses.replace(made("a", hidden="x"), parts=[1])
    assert (changed.name, changed.parts, changed.hidden) == ("a", [1], "x")
    assert dataclasses.asdict(changed)["parts"] == [1]
    assert made.__match_args__ == ("name", "parts", "shown", "hidden")


def test_keywords_only_and_what_follows_the_init(dataclass: Any) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Made:
        name: str = "a"
        twice: list[str] = field(default_factory=list)
        needed: int

        def __post_init__(self) -> None:
            self.twice.extend([self.name, self.name])

    assert Made(needed=1).twice == ["a", "a"]
    with pytest.raises(TypeError, match="positional"):
        Made("a", needed=1)


def test_methods_of_its_own_stay(dataclass: Any) -> None:
    @dataclass(frozen=True)
    class Made:
        name: str

        def __repr__(self) -> str:
            return "mine"

        def __hash__(self) -> int:
            return 5

    assert repr(Made("a")) == "mine"
    assert hash(Made("a")) == 5


@pytest.mark.parametrize("options", [{}, {"frozen": True, "order": True}])
def test_others_are_the_standard_librarys_own(dataclass: Any, options: dict[str, bool]) -> None:
    @dataclass(**options)
    class Made:
        at: int

    assert Made(1) == Made(1)
    assert hasattr(Made, "__lt__") and (not options or Made(1) < Made(2))
    if not options:
        one = Made(1)
        one.at = 2
        assert one.at == 2
