"""Request bodies against the contract, and what is wrong with them in words.

The words name the member and the bound but never repeat the value: a value may be a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from jsonschema import ValidationError  # type: ignore[import-untyped]


_BOUNDS = MappingProxyType(
    {
        "minLength": "must have a length of at least {}",
        "minimum": "must be at least {}",
        "exclusiveMinimum": "must be greater than {}",
        "maximum": "must be at most {}",
        "pattern": "must match {}",
    }
)


_KINDS = {name: f"an {name}" for name in ("array", "integer", "object")} | {"null": "null"}

#: What is said of a member that an object does not have.
NOT_A_MEMBER: Final = "is not a member of this object"

Steps = tuple[str | int, ...]


class Mistake(NamedTuple):
    """One thing wrong with a value: where, as the names and indices that lead to it, and what."""

    steps: Steps
    message: str

    @property
    def path(self) -> str:
        """The place as an error of the API names it: ``faq_items[0].answer``; empty for all."""
        text = ""
        for step in self.steps:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer: ``/faq_items/0/answer``; empty for the whole."""
        names = (str(step).replace("~", "~0").replace("/", "~1") for step in self.steps)
        return "".join(f"/{name}" for name in names)


class Contract:
    """The schemas of one OpenAPI document, each compiled when it is first needed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = document["components"]
        self._validators: dict[str, Any] = {}

    def mistakes(self, schema: str, value: object) -> list[Mistake]:
        """Return what is wrong with the value, each thing once; empty when it conforms."""
        if schema not in self._validators:
            # Here, because it costs as much as the rest of the sandbox and reads do not need it.
            from jsonschema import Draft202012Validator, validators

            strict = validators.extend(Draft202012Validator, {"pattern": _pattern})
            reference = {"$ref": f"#/components/schemas/{schema}", "components": self._components}
            self._validators[schema] = strict(reference)
        return list(dict.fromkeys(_told(self._validators[schema].iter_errors(value))))


def parse(body: bytes) -> Any:
    """Parse JSON that can be stored and sent back; raises ValueError for anything else.

    Beyond bad syntax that is NaN, a number no double can hold, and half of a surrogate pair.
    """
    try:
        value = json.loads(body.decode(), parse_constant=_reject, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _reject(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is beyond the range of a number")
    return number


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    # JSON Schema's $ is the end of the text; Python's also stands before a final line end.
    from jsonschema import ValidationError

    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError("pattern")


def _told(errors: Iterable[ValidationError]) -> Iterator[Mistake]:
    for error in errors:
        if error.validator == "anyOf":  # in this contract always: a schema, or null
            yield from _told(inner for inner in error.context if inner.schema_path[0] == 0)
        elif error.validator == "oneOf":
            yield from _union(error)
        else:
            yield from _plain(error)


def _union(error: ValidationError) -> Iterator[Mistake]:
    """Speak about the variant that ``type`` names, or about ``type`` itself."""
    where = tuple(error.absolute_path)
    if not isinstance(error.instance, dict):
        yield Mistake(where, "must be an object")
    elif "type" not in error.instance:
        yield Mistake((*where, "type"), "is required")
    else:
        other = {inner.schema_path[0] for inner in error.context if inner.validator == "const"}
        if {inner.schema_path[0] for inner in error.context} - other:
            yield from _told(i for i in error.context if i.schema_path[0] not in other)
        else:
            names = [i.validator_value for i in error.context if i.validator == "const"]
            yield Mistake((*where, "type"), _one_of(names))


def _plain(error: ValidationError) -> Iterator[Mistake]:
    bound = error.validator_value
    where = tuple(error.absolute_path)
    match error.validator:
        case "required":
            for name in bound:
                if name not in error.instance:
                    yield Mistake((*where, name), "is required")
        case "additionalProperties":
            for name in error.instance:
                if name not in error.schema["properties"]:
                    yield Mistake((*where, name), NOT_A_MEMBER)
        case _:
            yield Mistake(where, _words(error.validator, bound))


def _words(keyword: str, bound: Any) -> str:
    match keyword:
        case "type":
            kinds = [bound] if isinstance(bound, str) else bound
            return "must be " + " or ".join(_KINDS.get(kind, f"a {kind}") for kind in kinds)
        case "enum":
            return _one_of(bound)
        case "const":
            return _one_of([bound])
    return _BOUNDS[keyword].format(bound)


def _one_of(values: Iterable[object]) -> str:
    return "must be one of " + ", ".join(json.dumps(value) for value in values)
