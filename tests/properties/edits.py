"""Every edit that means something, one at a time: what is edited, and the one change it must be.

``edits`` walks the fields of an assistant and yields, for each place, its ways to mean something
else. The walk knows the fields by itself (``documented.py``); ``table_places`` says what
``model/fields.py`` knows, and a test holds one to the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from properties.documented import (
    CHOICES,
    CONTEXT,
    DEFAULTS,
    EMPTY_IS_NULL,
    ENUMS,
    HINTS,
    NULL,
    SECRET,
    SETS,
    UNORDERED,
    name_of,
)
from properties.meaning import agree, minutes_of, plain
from properties.others import Others, other_models
from properties.places import Fields, Path, place_of, put, shown, without

from revox_sync.model.fields import FIELDS
from revox_sync.model.shapes import ListOf, Object, Shape

#: Path and op of the one change that a plan must show.
Shown = tuple[str, str]

_MIRRORED = {"add": "remove", "remove": "add", "change": "change"}


@dataclass(frozen=True)
class Edit:
    """``fields`` after the edit; ``place`` as in ``voice.speed`` or ``enum_options[]``.

    ``stated`` is the change when a definition was edited so, ``held`` when the account was; None
    where no definition can say it, or where it means nothing on that side.
    """

    place: str
    fields: Fields
    stated: Shown | None
    held: Shown | None


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
    walk = _Walk(fields)
    for name, value in fields.items():
        if name == "faq_items":
            yield from walk.faq(value)
        else:
            yield from walk.value((name,), value)


class _Walk:
    """The edits of one assistant."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._others = Others(fields)

    def value(self, path: Path, value: Any) -> Iterator[Edit]:
        """Yield the edits at and below ``path``."""
        place = place_of(path)
        name = name_of(place)
        if value is None:
            return
        if isinstance(value, dict):
            for member, item in value.items():
                yield from self.value((*path, member), item)
            if place == "llm_model":
                for other in other_models(value):
                    yield self._edit(path, other)
        elif name in SETS:
            yield from self._set(path, value)
        elif name in HINTS:
            yield from self._hints(path, value)
        elif isinstance(value, list):
            yield from self._list(path, value)
        else:
            yield from self._scalar(path, value)
        if not isinstance(path[-1], int) and not _means_nothing(place, value):
            op = "change" if name in DEFAULTS else "remove"
            yield self._edit(path, None, op, answer_only=not NULL.fullmatch(place))

    def _scalar(self, path: Path, value: Any) -> Iterator[Edit]:
        place = place_of(path)
        if name_of(place) in EMPTY_IS_NULL and plain(value) == "":
            yield self._edit(path, self._others.mark, "add")
            return
        for other in self._others.than(place, value):
            yield self._edit(path, other)
        if len(ENUMS.get(place, ())) == 1:
            yield self._edit(path, f"{value}-2", answer_only=True)

    def _set(self, path: Path, value: list[str]) -> Iterator[Edit]:
        for choice in CHOICES[str(path[-1])]:
            others = [other for other in value if other != choice]
            if choice not in value:
                where = (*path, 0) if value else path
                yield self._edit(path, [choice, *value], "add", where)
            elif others:
                yield self._edit(path, others, "remove", (*path, value.index(choice)))
        if value:
            yield self._edit(path, [], "remove")

    def _hints(self, path: Path, value: list[Any]) -> Iterator[Edit]:
        """What the account has besides is nothing; an entry that it lacks is one that is added."""
        place = place_of(path)
        more = put(self._fields, path, [*value, self._others.item(str(path[-1]), value)])
        yield Edit(f"{place}[]", more, self._lacking(more, path, len(value)), None)
        for index, item in enumerate(value):
            where = (*path, index)
            lacking = self._lacking(self._fields, path, index)
            yield Edit(f"{place}[]", without(self._fields, where), None, lacking)
            known, old = where, item
            if isinstance(item, dict):
                yield from self.value((*where, "value"), item["value"])
                known, old = (*where, "key"), item["key"]
            for other in self._others.than(place_of(known), old):
                edited = put(self._fields, known, other)
                yield Edit(place_of(known), edited, self._lacking(edited, path, index), lacking)
        if value:
            gone = self._lacking(put(self._fields, path, value[:1]), path, 0)
            yield Edit(place, put(self._fields, path, None), None, gone)

    def _lacking(self, fields: Fields, path: Path, index: int) -> Shown:
        """Return the change where the account has all of ``fields`` but one hint."""
        context = fields[CONTEXT]
        if len(context[path[-1]]) > 1:
            return shown(fields, (*path, index)), "add"
        alone = sum(map(bool, context.values())) == 1
        return (CONTEXT if alone else shown(fields, path)), "add"

    def _list(self, path: Path, value: list[Any]) -> Iterator[Edit]:
        name, item_place = str(path[-1]), f"{place_of(path)}[]"
        new = self._others.item(name, value)
        if not value:
            yield self._edit(path, [new], "add")
            return
        if len(value) == 1:
            yield self._edit(path, [], "remove")
        for index, item in enumerate(value):
            where = (*path, index)
            yield from self.value(where, item)
            if len(value) > 1:
                rest = [*value[:index], *value[index + 1 :]]
                yield self._edit(path, rest, "remove", where, place=item_place)
            more = [*value[:index], new, *value[index:]]
            yield self._edit(path, more, "add", where, place=item_place)
        last = (*path, len(value))
        yield self._edit(path, [*value, new], "add", last, place=item_place)
        for index in range(len(value) - 1):
            if name not in UNORDERED and _meaning(value[index]) != _meaning(value[index + 1]):
                swapped = [*value[:index], value[index + 1], value[index], *value[index + 2 :]]
                yield self._edit(path, swapped)

    def _edit(
        self,
        path: Path,
        value: Any,
        op: str = "change",
        where: Path | None = None,
        *,
        place: str | None = None,
        answer_only: bool = False,
    ) -> Edit:
        """Return the edit that puts ``value`` at ``path``; ``op`` is what happens at ``where``."""
        edited = put(self._fields, path, value)
        where = path if where is None else where
        mine = shown(self._fields if op == "remove" else edited, where)
        theirs = shown(edited if op == "add" else self._fields, where)
        return Edit(
            place or place_of(path),
            edited,
            None if answer_only else (mine, op),
            (theirs, _MIRRORED[op]),
        )

    def faq(self, items: list[Fields]) -> Iterator[Edit]:
        """Yield an edit per item; of items that are the same, the last one counts as edited."""
        texts = [(plain(item["question"]), plain(item["answer"])) for item in items]
        mark = self._others.mark
        for index, item in enumerate(items):
            last = max(other for other, text in enumerate(texts) if text == texts[index])
            here = _faq_path(items, last)
            for member in ("question", "answer"):
                edited = put(items, (index, member), item[member] + mark)
                yield Edit(
                    f"faq_items[].{member}",
                    {**self._fields, "faq_items": edited},
                    (_faq_path(edited, index), "change"),
                    (here, "change"),
                )
            rest = {**self._fields, "faq_items": [*items[:index], *items[index + 1 :]]}
            there = _account_faq_path(items, index)
            yield Edit("faq_items", rest, (there, "remove"), (here, "add"))
        for new in ({"question": mark, "answer": ""}, *items[:1]):
            more = [*items, new]
            where = _faq_path(more, len(items))
            edited_fields = {**self._fields, "faq_items": more}
            there = _account_faq_path(more, len(items))
            yield Edit("faq_items[]", edited_fields, (where, "add"), (there, "remove"))


def _means_nothing(place: str, value: Any) -> bool:
    """Whether null in place of the value is no edit, or not a single one, or cannot be told."""
    name = name_of(place)
    if value == [] or name in HINTS or name == "allowed_days" or SECRET.fullmatch(place):
        return True
    if name in EMPTY_IS_NULL and plain(value) == "":
        return True
    if place == CONTEXT:
        return not any(value.values())
    return name in DEFAULTS and agree(place, DEFAULTS[name], value)


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


def _faq_path(items: list[Fields], index: int) -> str:
    question = plain(items[index]["question"])
    nth = sum(1 for item in items[: index + 1] if plain(item["question"]) == question)
    return f"faq_items[{question}]" if nth == 1 else f"faq_items[{question}#{nth}]"


def _account_faq_path(items: list[Fields], index: int) -> str:
    """Return the path of an item of the account, whose items have no order: answers number them."""
    question, answer = (plain(items[index][name]) for name in ("question", "answer"))
    nth = sum(
        1
        for item in items
        if plain(item["question"]) == question and plain(item["answer"]) <= answer
    )
    return f"faq_items[{question}]" if nth == 1 else f"faq_items[{question}#{nth}]"
