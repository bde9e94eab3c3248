"""Every edit that means something, one at a time: what is edited, and the one change it must be.

``edits`` walks the fields of an assistant and yields, for each place, its ways to mean something
else. The walk knows the fields by itself; ``table_places`` says what ``model/fields.py`` and the
request model know, and a test holds one to the other.
"""

from __future__ import annotations

import copy
import itertools
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from meaning import minutes_of

from revox_sync.model.canonical import Shape
from revox_sync.model.fields import FIELDS
from revox_sync.model.nested import ListOf, Object

Fields = dict[str, Any]

_ENUMS: Mapping[str, tuple[Any, ...]] = {
    "first_sentence_mode": ("generated", "static", "none"),
    "structured_output_config[].type": ("string", "number", "boolean", "enum", "date", "datetime"),
    "voice.provider": ("cartesia", "elevenlabs"),
    "llm_model.name": ("gpt-4.1", "ministral-3-8b-instruct"),
}
_PROSE = re.compile(r"prompt|first_sentence|end_of_call_sentence|voicemail_message|.*\.description")
#: What a definition may state as null, members included; anything else is null in answers only.
_NULL = re.compile(
    r"background_sound|calendly|transfer_phone_number|voicemail_message|structured_output_config"
    r"|.*\.(timezone|description|enum_options|speed)"
)
_DEFAULTS: Mapping[str, Any] = {"speed": 1, "call_twice_in_a_row": False}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOON, _DAY = 720, 1440
_MARK = "\N{SNOWMAN}"

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Edit:
    """``fields`` after the edit; ``place`` as in ``voice.speed`` or ``enum_options[]``.

    Seen from the side that was edited, ``op`` is what happened at ``path``; seen from the other
    side an addition is a removal and ``other_path`` its place. With ``answer_only`` no definition
    can say it.
    """

    place: str
    fields: Fields
    path: str
    op: str
    other_path: str | None = None
    answer_only: bool = False

    def change(self, *, of_definition: bool) -> tuple[str, str]:
        """Return path and op of the change that a plan must show."""
        if of_definition:
            return self.path, self.op
        mirrored = {"add": "remove", "remove": "add", "change": "change"}[self.op]
        return self.other_path or self.path, mirrored


def table_places() -> set[str]:
    """Return every field and nested member that ``model/fields.py`` knows, as places."""
    return {place for name, spec in FIELDS.items() for place in _shape_places(spec.shape, name)}


def _shape_places(shape: Shape, place: str) -> Iterator[str]:
    yield place
    if isinstance(shape, ListOf):
        yield from _shape_places(shape.item, f"{place}[]")
    elif isinstance(shape, Object):
        for member, known in shape.members.items():
            yield from _shape_places(known.shape, f"{place}.{member}")


def edits(fields: Fields) -> Iterator[Edit]:
    """Yield every single edit of what ``fields`` states, each meaning something else."""
    for name, value in fields.items():
        if name == "faq_items":
            yield from _faq(fields, value)
        elif value is not None:
            yield from _value(fields, (name,), value)


def _value(fields: Fields, path: Path, value: Any) -> Iterator[Edit]:
    place = _place(path)
    if isinstance(value, dict):
        for member, item in value.items():
            if item is not None:
                yield from _value(fields, (*path, member), item)
        if place == "llm_model":
            yield Edit(place, _with(fields, path, _other_model(value)), place, "change")
    elif place.endswith(".allowed_days"):
        yield from _days(fields, path, value)
    elif isinstance(value, list):
        yield from _list(fields, path, value)
    else:
        for other in _others(fields, place, value):
            yield Edit(place, _with(fields, path, other), _path(path), "change")
    if not isinstance(path[-1], int) and value != []:
        yield from _emptied(fields, path, value)


def _emptied(fields: Fields, path: Path, value: Any) -> Iterator[Edit]:
    """Yield null in place of a value; where a default is documented, null is that."""
    default = _DEFAULTS.get(str(path[-1]))
    place = _place(path)
    if place.endswith(".allowed_days") or value == default:
        return
    op = "remove" if default is None else "change"
    only = not _NULL.fullmatch(place)
    yield Edit(place, _with(fields, path, None), _path(path), op, answer_only=only)


def _list(fields: Fields, path: Path, value: list[Any]) -> Iterator[Edit]:
    place, item_place = _place(path), f"{_place(path)}[]"
    new = _new_item(fields, place, value)
    if not value:
        yield Edit(place, _with(fields, path, [new]), _path(path), "add")
        return
    if len(value) == 1:
        yield Edit(place, _with(fields, path, []), _path(path), "remove")
    for index, item in enumerate(value):
        yield from _value(fields, (*path, index), item)
        where = _path((*path, index))
        if len(value) > 1:
            rest = [*value[:index], *value[index + 1 :]]
            yield Edit(item_place, _with(fields, path, rest), where, "remove")
        more = [*value[:index], new, *value[index:]]
        yield Edit(item_place, _with(fields, path, more), where, "add")
    last = _path((*path, len(value)))
    yield Edit(item_place, _with(fields, path, [*value, new]), last, "add")
    for index in range(len(value) - 1):
        if _meaning(value[index]) != _meaning(value[index + 1]):
            swapped = [*value[:index], value[index + 1], value[index], *value[index + 2 :]]
            yield Edit(place, _with(fields, path, swapped), _path(path), "change")


def _meaning(item: Any) -> Any:
    """Return an item in a form in which two of one meaning are equal."""
    if not isinstance(item, dict):
        return item
    stated = {name: value for name, value in item.items() if value not in (None, [])}
    for name, value in stated.items():
        if name.endswith("_time"):
            stated[name] = minutes_of(value)
        elif isinstance(value, str):
            stated[name] = re.sub(r"\r\n?", "\n", value).rstrip("\n")
    return stated


def _days(fields: Fields, path: Path, value: list[str]) -> Iterator[Edit]:
    """Days are a set, told in alphabetical order."""
    for day in _DAYS:
        where = _path((*path, sorted({*value, day}).index(day)))
        others = [other for other in value if other != day]
        if day not in value:
            yield Edit(_place(path), _with(fields, path, [day, *value]), where, "add")
        elif others:
            yield Edit(_place(path), _with(fields, path, others), where, "remove")


def _faq(fields: Fields, items: list[Fields]) -> Iterator[Edit]:
    """Yield an edit per item; of items that are the same, the last one counts as edited."""
    texts = [(plain(item["question"]), plain(item["answer"])) for item in items]
    for index, item in enumerate(items):
        last = max(other for other, text in enumerate(texts) if text == texts[index])
        here = _faq_path(items, last)
        for member in ("question", "answer"):
            changed = {**item, member: item[member] + _fresh_mark(fields)}
            edited = [*items[:index], changed, *items[index + 1 :]]
            yield Edit(
                f"faq_items[].{member}",
                {**fields, "faq_items": edited},
                _faq_path(edited, index),
                "change",
                here,
            )
        rest = [*items[:index], *items[index + 1 :]]
        yield Edit("faq_items", {**fields, "faq_items": rest}, here, "remove")
    for new in ({"question": _fresh_mark(fields), "answer": ""}, *items[:1]):
        more = [*items, new]
        where = _faq_path(more, len(items))
        yield Edit("faq_items[]", {**fields, "faq_items": more}, where, "add")


def _faq_path(items: list[Fields], index: int) -> str:
    question = plain(items[index]["question"])
    nth = sum(1 for item in items[: index + 1] if plain(item["question"]) == question)
    return f"faq_items[{question}]" if nth == 1 else f"faq_items[{question}#{nth}]"


def plain(text: str) -> str:
    """Return a text with LF line ends and without final ones."""
    return re.sub(r"\r\n?", "\n", text).rstrip("\n")


def _others(fields: Fields, place: str, value: Any) -> list[Any]:
    """Return values that mean something else, near misses among them, and stand nowhere yet."""
    if isinstance(value, bool):
        return [not value]
    taken = {repr(scalar) for scalar in _scalars(fields)}
    candidates: list[Any]
    if isinstance(value, int | float):
        steps = range(1, len(taken) + 2)
        fresh = next(value + step for step in steps if repr(value + step) not in taken)
        candidates = [fresh, math.nextafter(value, math.inf)]
        return [other for other in candidates if other != value]
    if place in _ENUMS:
        return [other for other in _ENUMS[place] if other != value][:1]
    if place.endswith("_time"):
        return [_later(value, 1), _later(value, _NOON)]
    candidates = [value + _fresh_mark(fields), value.swapcase()]
    if _PROSE.fullmatch(place):
        candidates += [f"{value} ", f" {value}", unicodedata.normalize("NFD", value)]
        candidates += [f"\n{value}"] if plain(value) else []
        return [other for other in candidates if plain(other) != plain(value)]
    return [other for other in candidates if repr(other) not in taken]


def _fresh_mark(fields: Fields) -> str:
    """Return a text that ends no other text of the assistant."""
    texts = [scalar for scalar in _scalars(fields) if isinstance(scalar, str)]
    return next(
        mark
        for mark in (_MARK * count for count in itertools.count(1))
        if not any(plain(text).endswith(mark) for text in texts)
    )


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


def _later(time: str, minutes: int) -> str:
    total = (minutes_of(time) + minutes) % _DAY
    return f"{total // 60:02}:{total % 60:02}"


def _other_model(value: Fields) -> Fields:
    if value["type"] == "openrouter":
        return {"type": "dedicated-instance", "name": "gpt-4.1"}
    return {"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "p"}


def _new_item(fields: Fields, place: str, value: list[Any]) -> Any:
    mark = _fresh_mark(fields)
    if place.endswith("enum_options"):
        return mark
    if place == "structured_output_config":
        return {"name": mark, "required": False, "type": "date"}
    return {
        "calling_window_start_time": "09:01",
        "calling_window_end_time": "6:01pm",
        "retry_delay_seconds": 1 + max((item["retry_delay_seconds"] for item in value), default=0),
    }


def _with(fields: Fields, path: Path, value: Any) -> Fields:
    """Return a copy of ``fields`` with ``value`` at ``path``."""
    edited = copy.deepcopy(fields)
    inner: Any = edited
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return edited


def _place(path: Path) -> str:
    return re.sub(r"\[\d+\]", "[]", _path(path))


def _path(path: Path) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
