"""The request model in its quick form allows what the models allow, and nothing else."""

from __future__ import annotations

import copy
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
from properties.samples import everything, with_model, with_nulls
from pydantic import ValidationError
from support.desk import Desk

from revox_sync.model import sound
from revox_sync.model.assistant import Assistant, Facts
from revox_sync.model.sound import is_sound

ROOT = Path(__file__).parent.parent.parent
KINDS = ("dedicated-instance", "openrouter", "custom", "realtime")

#: One value of every type and beyond every bound.
OTHERS: tuple[Any, ...] = (
    *(None, True, "", "another", "none", 1, 0, -1, 0.7, 2.5, 1e300, 2**53, float("inf")),
    *([], [None], ["none"], [{}], {}, {"type": "custom"}, {"another": 1}),
)
GONE = object()
Place = tuple[str | int, ...]


def is_allowed(fields: dict[str, Any]) -> bool:
    """Return what the models say."""
    try:
        Assistant.__pydantic_validator__.validate_python(fields)
    except ValidationError:
        return False
    return True


def places(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def with_value(fields: dict[str, Any], path: Place, value: Any) -> dict[str, Any]:
    """Return the fields with another value at a place, or without it."""
    made = copy.deepcopy(fields)
    *around, last = path
    inner: Any = made
    for part in around:
        inner = inner[part]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return made


def altered(fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields with one thing in them altered, and what that was."""
    for path, held in places(fields):
        for value in (GONE, *OTHERS) if path else ():
            yield f"{path} = {value!r}", with_value(fields, path, value)
        if isinstance(held, dict):
            yield f"{path} with another key", with_value(fields, (*path, "another"), 1)


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_model", ROOT / "scripts/write_model.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def stale(script: ModuleType) -> list[str]:
    """Return the names of the files that are not what the script writes now."""
    texts = script.files().items()
    return [
        path.name
        for path, text in texts
        if json.loads(path.read_text(encoding="utf-8")) != json.loads(text)
    ]


def test_the_data_is_what_its_script_writes(script: ModuleType) -> None:
    assert stale(script) == [], "run python scripts/write_model.py"


def test_data_that_its_script_no_longer_writes_is_noticed(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(Assistant):
        prompt: Annotated[str, Facts(secret=True)]

    monkeypatch.setattr(script, "Assistant", Later)
    assert stale(script) == ["fields.json"]

    class Longer(Assistant):
        prompt: str | None  # type: ignore[assignment]

    monkeypatch.setattr(script, "Assistant", Longer)
    assert stale(script) == ["assistant.json", "fields.json"]


def test_a_form_that_is_not_understood_leaves_it_to_the_models() -> None:
    assert sound._validator({"type": "typed-dict", "fields": {}}) is not None
    assert sound._validator({"type": "of another pydantic"}) is None


def test_without_the_quick_form_a_sound_definition_has_no_problem(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "_VALIDATOR", None)
    desk.project.define("desk")
    assert desk.run("validate").out == "1 definition, 0 errors, 0 warnings\n"
    desk.project.define("desk", voice=1)
    assert "error[wrong-type]" in desk.run("validate").out


@pytest.mark.parametrize("fields", [everything(), with_nulls(), *map(with_model, KINDS)])
def test_both_allow_a_sound_assistant(fields: dict[str, Any]) -> None:
    assert (is_sound(fields), is_allowed(fields)) == (True, True)


@pytest.mark.parametrize("fields", [everything(), *map(with_model, KINDS)])
def test_both_say_the_same_of_an_altered_one(fields: dict[str, Any]) -> None:
    verdicts = [(what, is_sound(made), is_allowed(made)) for what, made in altered(fields)]
    assert [found for found in verdicts if found[1] is not found[2]] == []
    refused = sum(not allowed for *_, allowed in verdicts)
    assert 0 < refused < len(verdicts)
