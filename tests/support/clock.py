"""A clock of the tests' own."""

from __future__ import annotations

import asyncio
from typing import Any


class Clock:
    """Time that passes only where somebody waits: a wait of seconds is over at once.

    It stands in for the modules ``asyncio`` and ``time``, and for the running loop.
    """

    def __init__(self) -> None:
        self._now = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    def get_running_loop(self) -> Clock:
        """Return what tells the time."""
        return self

    def time(self) -> float:
        """Return the seconds that were waited for so far."""
        return self._now

    monotonic = time

    def wait(self, seconds: float) -> None:
        """Let the time pass."""
        self._now += max(0.0, seconds)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass, and others have their turn."""
        self.wait(seconds)
        await asyncio.sleep(0)
