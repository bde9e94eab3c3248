"""What the tests of `pull` have in common."""

from __future__ import annotations

from typing import Any

from support.desk import Desk

FILE = "assistants/desk.yaml"
HEAD = "name: Desk\nprompt: Be kind.\n"
PLAIN: dict[str, Any] = {"name": "Desk", "prompt": "Be kind."}


def text(desk: Desk, key: str = "front-desk") -> str:
    """Return what the definition of this key holds."""
    return (desk.root / f"assistants/{key}.yaml").read_text(encoding="utf-8")


def in_step(desk: Desk) -> bool:
    """Whether neither a plan nor another pull finds anything to do."""
    before = desk.project.files()
    again = desk.run("pull")
    return again.code == 0 and desk.project.files() == before and desk.settled()


def untouched(desk: Desk, *words: str, code: int = 3) -> None:
    """Pull, which writes nothing and says why."""
    before = desk.project.files()
    result = desk.run("pull")
    assert (result.code, desk.project.files()) == (code, before), result.said
    for word in words:
        assert word in result.out
