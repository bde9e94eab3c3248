"""What of an account's value is worth stating: no null, no documented default, nothing read-only.

What is left means the same: ``canonical`` of both sides is equal, projected on what is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from revox_sync.model.assistant import Assistant
from revox_sync.model.fields import Field
from revox_sync.model.path import Path
from revox_sync.model.shapes import NO_DEFAULT, ListOf, Member, Number, Object, SetOf, Shape, Text


def lean(spec: Field, value: Any) -> tuple[Any, list[Path]]:
    """Return what to state of a field's value, and the places of members that are not known.

    A value of an unexpected type comes back as it is. A credential that the answer lacks is an
    empty text.
    """
    unknown: list[Path] = []
    annotation = Assistant.model_fields[spec.name].annotation
    return _Leaning(unknown).value(spec.shape, value, annotation, (spec.name,)), unknown


class _Leaning:
    def __init__(self, unknown: list[Path]) -> None:
        self._unknown = unknown

    def value(self, shape: Shape, value: Any, annotation: Any, path: Path) -> Any:
        if isinstance(shape, Object) and isinstance(value, dict):
            model = _model(annotation, value)
            return value if model is None else self._object(shape, value, model, path)
        if isinstance(shape, ListOf) and isinstance(value, list):
            return [
                self.value(shape.item, item, annotation, (*path, index))
                for index, item in enumerate(value)
            ]
        if isinstance(shape, Text) and isinstance(value, str):
            return value.replace("\r\n", "\n").replace("\r", "\n")
        return _short(value) if isinstance(shape, Number) else value

    def _object(
        self, shape: Object, value: dict[str, Any], model: type[BaseModel], path: Path
    ) -> dict[str, Any]:
        known = model.model_fields
        self._unknown += [
            (*path, name) for name, held in value.items() if name not in known and held is not None
        ]
        found: dict[str, Any] = {}
        for name in (name for name in shape.members if name in known):
            member, required = shape.members[name], known[name].is_required()
            held = value.get(name)
            if required:
                held = _needed(member, held)
                if held is None and name not in value:
                    continue
            elif held is None or held == [] or _is_default(member, held):
                continue
            found[name] = self.value(member.shape, held, known[name].annotation, (*path, name))
        return found


def _needed(member: Member, held: Any) -> Any:
    """Return the value of a member that a definition cannot leave out."""
    if held is None and isinstance(member.shape, ListOf | SetOf):
        return []
    return "" if held is None and member.secret else held


def _is_default(member: Member, held: Any) -> bool:
    if member.default is NO_DEFAULT:
        return False
    return bool(member.shape.canonical(held) == member.shape.canonical(member.default))


def _short(value: Any) -> Any:
    """Return a number as people write it: 600 for 600.0, 1.05 for what 32 bits make of it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    short = float(f"{value:.6g}") if isinstance(value, float) else value
    return Number().canonical(Number().project(value, short))


def _model(annotation: Any, value: dict[str, Any]) -> type[BaseModel] | None:
    """Return the model of an object; of a union that whose ``type`` it has, if any."""
    models = list(_models(annotation))
    if len(models) == 1:
        return models[0]
    return next(
        (
            model
            for model in models
            if value.get("type") in get_args(model.model_fields["type"].annotation)
        ),
        None,
    )


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _models(part)
