"""The pictures of the documents are what the commands show."""

from __future__ import annotations

import importlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs/pictures"


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "scripts"))
    yield importlib.import_module("write_pictures")
    sys.path.remove(str(ROOT / "scripts"))


def test_a_picture_that_is_no_longer_so_is_told(script: ModuleType, tmp_path: Path) -> None:
    """The gate draws every picture again; this is how it notices."""
    drawn = {file.name: file.read_text(encoding="utf-8") for file in PICTURES.iterdir()}
    assert script.differing(drawn, PICTURES) == []

    others = tmp_path / "pictures"
    shutil.copytree(PICTURES, others)
    (others / "plan.svg").write_text("something else", encoding="utf-8")
    (others / "drift.svg").rename(others / "drifted.svg")
    assert script.differing(drawn, others) == ["drift.svg", "drifted.svg", "plan.svg"]


@pytest.mark.parametrize("file", sorted(PICTURES.iterdir()), ids=lambda file: file.name)
def test_a_picture_asks_nobody_for_anything(file: Path) -> None:
    """It is well-formed, and the only address that it holds is the name of its format."""
    text = file.read_text(encoding="utf-8")
    ET.fromstring(text)  # noqa: S314 - our own file
    found = [url for url in re.findall(r"https?://[^\s\"<&]+", text) if "sandbox" not in url]
    assert found == ["http://www.w3.org/2000/svg"]
    assert "@import" not in text and "@font-face" not in text and "<script" not in text


def test_every_picture_is_shown_in_a_document() -> None:
    shown = set()
    for file in (ROOT / "docs").glob("*.md"):
        shown |= set(re.findall(r"\]\(pictures/([\w.-]+)\)", file.read_text(encoding="utf-8")))
    assert shown == {file.name for file in PICTURES.iterdir()}
