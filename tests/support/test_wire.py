"""The short way to the test service leaves out nothing that a test looks at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from support import wire
from support.desk import Desk

ANSWERS: dict[str, dict[str, Any]] = {
    "an account": {"status": None},
    "an error that is no JSON": {
        "status": 400,
        "body": "<p>nö</p>".encode(),
        "content_type": "a/b",
    },
    "a redirect": {"status": 302, "headers": {"Location": "https://elsewhere.example/"}},
    "what cannot be unpacked": {"status": 200, "headers": {"Content-Encoding": "gzip"}},
    "pieces": {"status": 200, "body": {"assistants": [], "more": "x" * 200_000}},
}


def both(tell: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    """Return what is told after the short way and after the one over sockets."""
    over_sockets = wire._over_sockets
    carried = []

    async def carry(*given: Any) -> Any:
        carried.append(given)
        return await over_sockets(*given)

    monkeypatch.setattr(wire, "_over_sockets", carry)
    monkeypatch.setattr(wire, "SHORT", True)
    short = tell()
    assert not carried
    monkeypatch.setattr(wire, "SHORT", False)
    long = tell()
    assert carried
    return short, long


def test_a_request_is_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = desk.service.add("front-desk")
    desk.project.define(prompt="Bleib höflich. ✓")

    def sent() -> object:
        desk.service.edit(identity, prompt="Before")
        desk.service.requests.clear()
        shutil.rmtree(desk.root / ".revox-sync", ignore_errors=True)
        assert desk.apply().code == 0
        # What is read at once arrives in any order.
        return sorted(desk.service.requests, key=lambda request: (request.method, request.path))

    short, long = both(sent, monkeypatch)
    assert short == long


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_the_same(
    desk: Desk, answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.service.add("front-desk", "Sei höflich. ✓")
    desk.project.define()
    desk.service.on("GET", "/assistants", times=None, **answer)
    short, long = both(lambda: desk.run("plan"), monkeypatch)
    assert short == long
