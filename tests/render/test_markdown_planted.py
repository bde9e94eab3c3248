"""The checks of the markdown view see what they are for: each fault here turns them red."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import pytest
from reading_markdown import faults
from scenes import hostile
from scenes_views import plan_of, replaced
from test_markdown import ALIVE
from test_markdown_limit import crowd

from revox_sync.plan.model import Change
from revox_sync.render import markdown
from revox_sync.render.markdown import LIMIT, render_markdown
from revox_sync.render.safe import visible


def _plant(patch: pytest.MonkeyPatch, name: str, fault: Callable[..., object]) -> None:
    patch.setattr(markdown, name, fault)


def _open_fence(lines: Sequence[str]) -> list[str]:
    return ["```diff", *map(visible, lines)]


FAULTS = {
    "sentences as they are": ("sentence", lambda text: text),
    "words as they are": ("prose", lambda text: text),
    "words with entities": ("prose", html.escape),
    "code between single backticks": ("code", lambda text, cell=False: f"`{visible(text)}`"),
    "code with its bars": ("code", lambda text, cell=False: f"`` {visible(text)} ``"),
    "code that may end a comment": ("html_code", lambda text: f"<code>{visible(text)}</code>"),
    "a fence that does not end": ("fenced", _open_fence),
    "commands to CI systems": ("harmless", lambda text: text),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_comes_alive_is_seen(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    _plant(monkeypatch, *FAULTS[fault])
    assert any(faults(render_markdown(hostile([text]))) for text in ALIVE)


def test_a_fence_that_is_too_short_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(replaced("a", Change("prompt", "change", "```\none @a", "```\ntwo @a")))
    assert faults(render_markdown(plan)) == []
    _plant(monkeypatch, "fenced", lambda lines: ["```diff", *map(visible, lines), "```"])
    assert faults(render_markdown(plan)) != []


def test_a_marker_that_others_wrote_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    forged = plan_of(replaced("a", Change("prompt", "add", None, "\n<!-- revox-sync: plan x -->")))
    assert faults(render_markdown(forged)) == []
    _plant(monkeypatch, "fenced", lambda lines: ["```diff", *lines, "```"])
    assert "more than one marker" in faults(render_markdown(forged))


def test_a_limit_in_characters_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Characters(str):
        def encode(self, *_: object) -> bytes:  # type: ignore[override]
            return b"x" * len(self)

    plans = [crowd(count, key="日本語の名前日本語の名前/{}") for count in (50, 75, 100, 125)]
    limit = LIMIT // 4
    assert all(len(render_markdown(plan, limit=limit).encode()) <= limit for plan in plans)
    _plant(monkeypatch, "harmless", Characters)
    assert any(len(render_markdown(plan, limit=limit).encode()) > limit for plan in plans)
