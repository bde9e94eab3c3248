"""Frozen dataclasses that cost next to nothing before they are used.

``dataclasses.dataclass`` writes and compiles six functions for every class while a module is
imported: 0.6 ms a class, so that 121 classes took 75 of the 280 ms of CPU that a plan of one
definition took. Here ``__init__`` is compiled for the first instance, of which most classes have
none in a run, and all classes share the rest. The standard library's ``dataclass`` could stand in
its place everywhere, and type checkers take it for that; only, records are not copied or pickled.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]


def _dataclass(
    plain: type | None = None, *, frozen: bool = False, order: bool = False, **options: Any
) -> Any:
    """Make a class a dataclass. One that is not frozen, or is ordered, is made at once."""
    if not frozen or order:
        made = dataclasses.dataclass(frozen=frozen, order=order, **options)
    else:

        def made(plain: type) -> type:
            return _record(plain, **options)

    return made if plain is None else made(plain)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass


def _record(plain: type, **options: Any) -> type:
    shared: dict[str, Any] = {"__eq__": _equal, "__hash__": _hash}
    shared |= {"__repr__": _shown} if options.pop("repr", True) else {}
    shared = {name: method for name, method in shared.items() if vars(plain).get(name) is None}
    plain.__doc__ = plain.__doc__ or plain.__name__  # what would be written there takes its time
    cls: Any = dataclasses.dataclass(init=False, repr=False, eq=False, **options)(plain)

    def first(self: Any, *args: Any, **values: Any) -> None:
        cls.__init__ = _compiled(cls)
        cls.__init__(self, *args, **values)

    shared |= {"__init__": first, "__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    for name, method in shared.items():
        setattr(cls, name, method)
    made: type = cls
    return made


def _compiled(cls: Any) -> Callable[..., None]:
    """Return the ``__init__`` of a class: each value is set past the refusal."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_none": object()}
    ordered: list[str] = []
    named: list[str] = []
    lines = []
    for number, field in enumerate(dataclasses.fields(cls)):
        parameter = value = field.name
        if field.default is not dataclasses.MISSING:
            known[f"_{number}"] = field.default
            parameter += f"=_{number}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_{number}"] = field.default_factory
            parameter += "=_none"
            value = f"_{number}() if {value} is _none else {value}"
        (named if field.kw_only else ordered).append(parameter)
        lines.append(f"  _set(self, {field.name!r}, {value})\n")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()\n")
    parameters = ", ".join(["self", *ordered, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n{''.join(lines) or '  pass'}", known)  # noqa: S102
    made: Callable[..., None] = known["__init__"]
    return made


@cache
def _compared(cls: Any) -> tuple[str, ...]:
    """Return the names of what two of a class are compared by."""
    return tuple(field.name for field in dataclasses.fields(cls) if field.compare)


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _values(one: Any) -> tuple[Any, ...]:
    return tuple([getattr(one, name) for name in _compared(one.__class__)])


def _shown(self: Any) -> str:
    shown = [
        f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr
    ]
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: Any, name: str, _value: Any) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
