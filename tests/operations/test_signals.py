"""A wait ends with Ctrl-C, also where the signal came just before it began.

That moment is made to last: a signal to another thread ends no wait of the main one, and is as
unseen by it as one that came before it waited.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from revox_sync.cli.streams import Streams
from revox_sync.operations.signals import run

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no signal to one process"
)

#: How long what is waited for takes to come, in seconds.
_LONG = 20.0


@contextmanager
def _later(seconds: float, act: Callable[[], object]) -> Iterator[None]:
    timer = threading.Timer(seconds, act)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def _interrupted() -> Iterator[None]:
    """Send SIGINT to a thread that waits for nothing; it must end what waits in the block."""

    def send() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    began = time.monotonic()
    with _later(0.05, send), pytest.raises(KeyboardInterrupt):
        yield
    assert time.monotonic() < began + _LONG, "it was noticed with what was waited for"


def test_a_wait_for_an_answer_ends() -> None:
    with _interrupted():
        run(asyncio.sleep(_LONG))


def test_it_is_an_interruption_whatever_became_of_it() -> None:
    async def wait() -> None:
        try:
            await asyncio.sleep(_LONG)
        except asyncio.CancelledError:
            raise ValueError("of something else") from None

    with _interrupted():
        run(wait())


def test_a_wait_for_a_key_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, keys = os.pipe()
    with os.fdopen(keyboard, encoding="utf-8") as stdin, os.fdopen(keys, "wb", 0) as typed:
        monkeypatch.setattr(sys, "stdin", stdin)
        with _later(_LONG, lambda: typed.write(b"yes\n")), _interrupted():
            Streams.of_process(colour=False).ask("Well? ")


def test_a_result_is_handed_over_and_not_written_out() -> None:
    """Python writes out a task, with its result, where asyncio puts back the handler of Ctrl-C."""
    written = []

    class Result:
        def __repr__(self) -> str:
            written.append(self)
            return "a result"

    made = Result()

    async def make() -> Result:
        return made

    assert run(make()) is made
    assert written == []
