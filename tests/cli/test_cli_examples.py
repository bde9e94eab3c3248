"""The example assistants of this repository, taken through the whole way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.desk import Desk, MakeDesk

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def examples(desk_with: MakeDesk) -> Desk:
    desk = desk_with(generation="seed", list_has_faq=False, write_has_faq=False, floats=True)
    shutil.copytree(REPOSITORY / "assistants", desk.root / "assistants", dirs_exist_ok=True)
    shutil.copy(REPOSITORY / "revox-sync.yaml", desk.root)
    return desk


def test_the_examples_are_valid(examples: Desk) -> None:
    result = examples.run("validate")
    assert result.code == 0
    assert "0 errors, 0 warnings" in result.out


def test_the_examples_are_created_and_then_settled(examples: Desk) -> None:
    assert examples.apply().code == 0
    assert len(examples.service.assistants) == len(examples.service.sent("POST")) > 5
    assert examples.settled()
    assert examples.run("drift").code == 0


def test_an_edit_in_the_dashboard_is_drift_and_is_replaced(examples: Desk) -> None:
    examples.apply()
    identity, found = next(iter(examples.service.assistants.items()))
    examples.service.edit(identity, prompt=found["prompt"] + "\nAnd be quick.")
    assert examples.run("drift").code == 2
    assert examples.apply().code == 0
    (patch,) = examples.service.sent("PATCH")
    assert patch.body.keys() == {"prompt"}
    assert examples.settled()
