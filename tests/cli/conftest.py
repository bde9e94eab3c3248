"""Fixtures of the tests through the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stating import earlier
from support.desk import Desk, MakeDesk


@pytest.fixture
def desk_of(desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Desk]:
    """Make a desk with a service of a generation: ``seed``, ``0.3.0`` or ``current``."""

    def make(generation: str) -> Desk:
        if generation == "0.3.0":
            return earlier(desk_with, monkeypatch)
        return desk_with(generation=generation)

    return make
