"""What people read, whole, as files beside this one.

After a deliberate change of a view, write them anew with ``REVOX_SYNC_GOLDEN=write pytest
tests/render`` and read the difference: it is the review of the view.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from scenes import everything, hostile, nothing, outcomes, reset
from scenes_views import alike, conflicts, heard, in_environment, renewed, since

from revox_sync.render.markdown import render_markdown
from revox_sync.render.outcome import render_outcomes
from revox_sync.render.terminal import render_plan

GOLDEN = Path(__file__).parent / "golden"

#: Short ones: a golden file is there to be read.
_HARMLESS = (
    "[/b][red]markup[/red]",
    "\x1b[2J\x1b[31mred",
    "user\u202egpj.exe",
    "::set-output name=x::y",
    "##[group]folded",
    "日本語のとても長い文章です。" * 4,
    "👍 مرحبا",
)

PAGES: dict[str, Callable[[], str]] = {
    "plan-80.txt": lambda: render_plan(everything(), width=80, colour=False),
    "plan-200.txt": lambda: render_plan(everything(), width=200, colour=False),
    "plan-80-colour.txt": lambda: render_plan(everything(), width=80, colour=True),
    "drift-80.txt": lambda: render_plan(everything(), width=80, colour=False, drift=True),
    "reset-80.txt": lambda: render_plan(reset(), width=80, colour=False),
    "nothing-80.txt": lambda: render_plan(nothing(), width=80, colour=False),
    "alike-80.txt": lambda: render_plan(alike(), width=80, colour=False),
    "alike-80-colour.txt": lambda: render_plan(alike(), width=80, colour=True),
    "heard-80.txt": lambda: render_plan(heard(), width=80, colour=False),
    "conflicts-80.txt": lambda: render_plan(conflicts(), width=80, colour=False),
    "conflicts-200.txt": lambda: render_plan(conflicts(), width=200, colour=False),
    "renewed-80.txt": lambda: render_plan(renewed(), width=80, colour=False),
    "drift-renewed-80.txt": lambda: render_plan(
        renewed(), width=80, colour=False, drift=True, unmanaged=False
    ),
    "hostile-80.txt": lambda: render_plan(hostile(_HARMLESS), width=80, colour=False),
    "since-80.txt": lambda: render_plan(since(), width=80, colour=False),
    "since.md": lambda: render_markdown(since()),
    "plan.md": lambda: render_markdown(everything()),
    "drift.md": lambda: render_markdown(everything(), drift=True, unmanaged=False),
    "alike.md": lambda: render_markdown(alike()),
    "heard.md": lambda: render_markdown(in_environment(heard(), "production")),
    "conflicts.md": lambda: render_markdown(conflicts()),
    "renewed.md": lambda: render_markdown(renewed()),
    "reset.md": lambda: render_markdown(reset()),
    "nothing.md": lambda: render_markdown(nothing()),
    "hostile.md": lambda: render_markdown(hostile(_HARMLESS)),
    "shortened.md": lambda: render_markdown(everything(), limit=2_500),
    "outcomes-80.txt": lambda: render_outcomes(outcomes(), width=80, colour=False),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_reviewed(name: str) -> None:
    page = PAGES[name]()
    if os.environ.get("REVOX_SYNC_GOLDEN") == "write":
        (GOLDEN / name).write_bytes(page.encode())
    assert page == (GOLDEN / name).read_bytes().decode()
