"""One pace for all requests of a run.

A rate limit is the service's, not a request's: when one request is told to slow down (429), every
other would be, too. So all of them wait together; then one after the other goes, at first with a
gap between them, which shrinks with every answer that is not refused.
"""

from __future__ import annotations

import asyncio
import time

from revox_sync.account.retry import LONGEST_ORDER_S

#: How long one request is tried while the service asks to slow down, in seconds.
PATIENCE_S = 120.0

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 4.0
_FIRST_GAP_S = 0.05
_LONGEST_GAP_S = 2.0
_FASTER = 0.9


class Pace:
    """When the next request may leave. Seconds are those of ``time.monotonic``."""

    def __init__(self, first_pause: float | None = None) -> None:
        self._first_pause = first_pause
        self._next = 0.0
        self._gap = 0.0
        self._refusals = 0
        self._slowed = 0.0
        self._begun: dict[str, float] = {}

    async def turn(self) -> float:
        """Wait for one's turn; return the moment at which it came."""
        while (wait := self._next - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        now = time.monotonic()
        self._next = now + self._gap
        return now

    def refused(self, request: str, sent: float, ordered: float | None) -> float | None:
        """Return the seconds until ``request`` may be sent again; None to give up.

        ``sent`` is the moment that ``turn`` returned, ``ordered`` the seconds that the service
        asks for. Requests that were under way together are one refusal.
        """
        now = time.monotonic()
        begun = self._begun.setdefault(request, now)
        if ordered is not None and ordered > LONGEST_ORDER_S:
            return None
        if sent >= self._slowed:
            if self._refusals == 0:
                self._gap = min(max(self._gap * 2, _FIRST_GAP_S), _LONGEST_GAP_S)
            self._refusals += 1
            self._slowed = now
        first = _FIRST_PAUSE_S if self._first_pause is None else self._first_pause
        own = min(first * 2.0 ** (self._refusals - 1), max(first, _LONGEST_PAUSE_S))
        wait = own if ordered is None else ordered if self._refusals == 1 else max(ordered, own)
        if now + wait - begun > PATIENCE_S:
            return None
        self._next = max(self._next, now + wait)
        return wait

    def answered(self, request: str) -> None:
        """Take note that a request was not refused: the next ones may come a little faster."""
        self._begun.pop(request, None)
        self._refusals = 0
        self._gap = self._gap * _FASTER if self._gap > _FIRST_GAP_S / 4 else 0.0
