"""The check of docs/proof.md, which the gate runs, can fail."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_proof", ROOT / "scripts/write_proof.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _document() -> str:
    return (ROOT / "docs/proof.md").read_text(encoding="utf-8")


def _measured(text: str) -> str:
    return re.sub(r"[0-9a-f]{40}", "COMMIT", text)


def test_a_number_that_is_no_longer_so_is_told(script: ModuleType) -> None:
    found = _measured(_document())
    wrong = script.disagreements(_document(), found.replace("| status 503 |", "| status 504 |"))
    assert any("it does not say '| status 504" in words for words in wrong)
    assert any("it says '| status 503" in words for words in wrong)


def test_a_commit_that_is_not_in_the_history_is_told(script: ModuleType) -> None:
    (commit,) = re.findall(r"[0-9a-f]{40}", _document())
    wrong = script.disagreements(_document(), _measured(_document()), lambda _: False)
    assert wrong == [f"docs/proof.md: commit {commit} is not in this history"]
    assert script.disagreements(_document(), _measured(_document()), lambda _: True) == []
