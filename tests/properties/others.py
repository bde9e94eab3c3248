"""Values that mean something else than those of an assistant, and stand nowhere in it yet."""

from __future__ import annotations

import itertools
import math
import unicodedata
from typing import Any

from properties.documented import ADDRESSES, ENUMS, PROSE, name_of, narrow
from properties.meaning import minutes_of, plain
from properties.places import Fields, scalars
from properties.samples import MODELS

_NOON, _DAY = 720, 1440
_MARK = "\N{SNOWMAN}"


class Others:
    """Makes values that differ from those of ``fields``; ``mark`` ends no text of them."""

    def __init__(self, fields: Fields) -> None:
        found = list(scalars(fields))
        texts = [plain(value) for value in found if isinstance(value, str)]
        self._taken = {repr(value) for value in found}
        self.mark = next(
            mark
            for mark in (_MARK * count for count in itertools.count(1))
            if not any(text.endswith(mark) for text in texts)
        )

    def than(self, place: str, value: Any) -> list[Any]:
        """Return values that mean something else than a scalar, near misses among them."""
        if isinstance(value, bool):
            return [not value]
        if isinstance(value, int | float):
            return self._numbers(value)
        if place in ENUMS:
            return [other for other in ENUMS[place] if other != value][:1]
        if place.endswith("_time"):
            return [_later(value, 1), _later(value, _NOON)]
        return self._texts(name_of(place), value)

    def _texts(self, name: str, value: str) -> list[str]:
        if name == ADDRESSES:
            return self._addresses(value)
        candidates = [value + self.mark, value.swapcase()]
        if name in PROSE:
            candidates += [f"{value} ", f" {value}", unicodedata.normalize("NFD", value)]
            candidates += [f"\n{value}"] if plain(value) else []
            return [other for other in candidates if plain(other) != plain(value)]
        return [other for other in candidates if repr(other) not in self._taken]

    def _numbers(self, value: float) -> list[float]:
        steps = range(1, len(self._taken) + 2)
        fresh = next(value + step for step in steps if repr(value + step) not in self._taken)
        near = math.nextafter(value, math.inf)
        return [fresh] if value in (near, narrow(near)) or near == narrow(value) else [fresh, near]

    def _addresses(self, value: str) -> list[str]:
        new = f"{self.mark}@example.com"
        stated = [address.strip() for address in value.split(",")]
        fewer = ",".join(address for address in stated if address != stated[0])
        found = [f"{value}, {new}", f"{new},{value}", f"{value}{self.mark}"]
        return [*found, fewer] if fewer else found

    def item(self, name: str, items: list[Any]) -> Any:
        """Return an item that is new in the list of this name."""
        mark = self.mark
        pair = {"key": mark, "value": mark}
        made = {
            "enum_options": mark,
            "terms": mark,
            "structured_output_config": _value(mark),
            "input_schema": _value(mark),
            "custom_tools": _tool(mark),
            "headers": pair,
            "query_params": pair,
            "general": pair,
            "transfer_destinations": {"label": mark, "phone_number": mark},
            "channels": {"id": mark, "name": mark},
            "field_mapping": {"source": mark, "zoho_field": mark},
            "edges": {"id": mark, "source": mark, "target": mark},
            "nodes": _node(mark),
        }
        return made[name] if name in made else _window(items)


def other_models(value: Fields) -> list[Fields]:
    """Return a model of each other kind."""
    return [model for model in MODELS if model["type"] != value["type"]]


def _later(time: str, minutes: int) -> str:
    total = (minutes_of(time) + minutes) % _DAY
    return f"{total // 60:02}:{total % 60:02}"


def _value(name: str) -> Fields:
    return {"name": name, "required": False, "type": "date"}


def _tool(name: str) -> Fields:
    lists: Fields = {"headers": [], "query_params": [], "input_schema": []}
    rest = {"method": "PUT", "url": "https://e.com", "body_template": None}
    return {"name": name, "description": name, **rest, **lists}


def _node(identity: str) -> Fields:
    data = {"title": identity, "body": identity}
    return {"id": identity, "type": "promptBlock", "data": data, "position": {"x": 1, "y": 2}}


def _window(items: list[Any]) -> Fields:
    return {
        "calling_window_start_time": "09:01",
        "calling_window_end_time": "6:01pm",
        "retry_delay_seconds": 1 + max((item["retry_delay_seconds"] for item in items), default=0),
    }
