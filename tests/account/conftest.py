"""The room that speaks HTTP is tested over real connections."""

from __future__ import annotations

import pytest
from support import wire


@pytest.fixture(autouse=True)
def real_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no request of a test here take the short way."""
    monkeypatch.setattr(wire, "SHORT", False)
