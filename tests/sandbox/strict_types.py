"""The SDK's response types made strict: no unknown key, no missing key, no conversion.

The SDK itself validates nothing: it builds its objects from whatever arrives. Its annotations still
say what the service sends, so each generated class is copied here into one that means it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model


def complaints(response_type: type[BaseModel], answer: object) -> list[str]:
    """Return how the parsed JSON departs from the generated type; empty when it does not."""
    try:
        _adapter(response_type).validate_python(answer)
    except ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return []


@cache
def _adapter(response_type: type[BaseModel]) -> TypeAdapter[Any]:
    return TypeAdapter(_strict(response_type))


def _strict(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _strict_model(annotation)
    origin = get_origin(annotation)
    if origin in (None, Literal):
        return annotation
    parts = tuple(_strict(part) for part in get_args(annotation))
    return list[parts] if origin is list else origin[parts]  # type: ignore[valid-type]


@cache
def _strict_model(model: type[BaseModel]) -> type[BaseModel]:
    always = _always_present([f.alias or name for name, f in model.model_fields.items()])
    members: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        required = field.is_required() or key in always
        default = ... if required else None
        members[name] = (_strict(field.annotation), Field(default, alias=key))
    config = ConfigDict(strict=True, extra="forbid")
    return create_model(model.__name__, __config__=config, **members)


def _always_present(keys: list[str]) -> set[str]:
    """Return the keys that the service always sends, though null may be their value.

    The generated classes give those a default, as they do to optional keys. But the generator
    writes the always present group first and the optional group after it, each in alphabetical
    order with ``id`` in front: where the order breaks, the optional group begins.
    """
    order = ["" if key == "id" else key for key in keys]
    for index in range(1, len(order)):
        if order[index] < order[index - 1]:
            return set(keys[:index])
    return set()
