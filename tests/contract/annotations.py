"""Facts from Python annotations: TypedDicts of the official SDK, pydantic models of the tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

import annotated_types
from contract.facts import Fact
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import get_type_hints, is_typeddict

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass
class _Value:
    """An annotation taken apart; ``options`` are the types that it allows besides null."""

    options: list[Any] = field(default_factory=list)
    nullable: bool = False
    required: bool = False
    bounds: dict[str, float] = field(default_factory=dict)


def of_sdk(name: str) -> Any:
    """Return a type of the official SDK, which takes 0.3 s to import: only where it is needed."""
    return getattr(import_module("revox.types"), name)


def read(root: type) -> dict[str, Fact]:
    """Return the facts of the members of a TypedDict or of a pydantic model, nested ones too."""
    return dict(_members(root, ""))


def _members(owner: type, prefix: str) -> Iterator[tuple[str, Fact]]:
    hints = get_type_hints(owner, include_extras=True)
    for name in owner.model_fields if issubclass(owner, BaseModel) else hints:
        value = _taken_apart(hints[name])
        if issubclass(owner, BaseModel):
            value.required = owner.model_fields[name].is_required()
        yield from _member(prefix + name, value)


def _member(path: str, value: _Value) -> Iterator[tuple[str, Fact]]:
    kind, items, inner = _type(value.options), None, value
    if kind == "array":
        inner = _taken_apart(get_args(value.options[0])[0])
        items = _type(inner.options)
    values = _literals(inner.options)
    yield path, Fact(kind, items, values, value.required, value.nullable, value.bounds)
    beneath = f"{path}[]" if kind == "array" else path
    for option in inner.options:
        if _is_object(option):
            tag = f"<{_tag(option)}>" if len(inner.options) > 1 else ""
            yield from _members(option, f"{beneath}{tag}.")


def _taken_apart(annotation: Any) -> _Value:
    value = _Value()
    _take_apart(annotation, value)
    return value


def _take_apart(annotation: Any, value: _Value) -> None:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        for note in notes:
            value.bounds.update(_bounds(note))
        _take_apart(inner, value)
    elif origin in (Required, NotRequired):
        value.required = origin is Required
        _take_apart(get_args(annotation)[0], value)
    elif origin in (Union, UnionType):
        for option in get_args(annotation):
            _take_apart(option, value)
    elif annotation is NoneType:
        value.nullable = True
    else:
        value.options.append(annotation)


def _bounds(note: Any) -> dict[str, float]:
    if isinstance(note, FieldInfo):
        return {name: bound for part in note.metadata for name, bound in _bounds(part).items()}
    known: tuple[tuple[type, str, str], ...] = (
        (annotated_types.Ge, "ge", "min"),
        (annotated_types.Gt, "gt", "above"),
        (annotated_types.Le, "le", "max"),
        (annotated_types.Lt, "lt", "below"),
        (annotated_types.MinLen, "min_length", "min_length"),
        (annotated_types.MaxLen, "max_length", "max_length"),
    )
    return {name: getattr(note, at) for kind, at, name in known if isinstance(note, kind)}


def _type(options: Sequence[Any]) -> str:
    if len(options) > 1:
        return "union"
    (option,) = options
    origin = get_origin(option)
    if origin is Literal:
        return _SCALARS[type(get_args(option)[0])]
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return "array"
    return "object" if _is_object(option) else _SCALARS[option]


def _is_object(option: Any) -> bool:
    return is_typeddict(option) or (isinstance(option, type) and issubclass(option, BaseModel))


def _literals(options: Sequence[Any]) -> tuple[str, ...]:
    return tuple(
        value for option in options if get_origin(option) is Literal for value in get_args(option)
    )


def _tag(option: type) -> str:
    """Return the value of ``type`` that tells this kind of a union."""
    (tag,) = _literals(_taken_apart(get_type_hints(option, include_extras=True)["type"]).options)
    return tag
