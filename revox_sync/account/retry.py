"""Whether a failed request is sent again, and when requests may leave.

Reads, PATCH and DELETE have the same result when repeated and are. A POST makes something each
time the service carries it out: it is sent again only when it certainly never left this machine.
A service that asks to slow down (429) has done nothing, whatever the method: that is waited for at
one pace for all requests.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: How often one request is sent at most; a service that asks to slow down does not count.
ATTEMPTS = 4

#: The longest order to wait that is obeyed, in seconds.
LONGEST_ORDER_S = 60.0

#: How long one request is tried while the service asks to slow down, in seconds.
PATIENCE_S = 120.0

_REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})
_REQUEST_TIMEOUT = 408
_SERVER_ERRORS = 500
_NOT_BUILT = 501
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_LONGEST_SLOWDOWN_S = 4.0
_FIRST_GAP_S = 0.05
_LONGEST_GAP_S = 2.0
_FASTER = 0.9


def pause(
    method: str,
    attempt: int,
    status: int | None,
    headers: Mapping[str, str],
    *,
    left: bool = True,
    now: datetime | None = None,
    jitter: float = 0.0,
) -> float | None:
    """Return the seconds to wait before sending again, or None to give up.

    ``attempt`` counts from 1; ``status`` is None where no answer came, and ``left`` says whether
    the request may have reached the service. ``Retry-After`` is obeyed up to a minute; a longer
    order ends the attempts. ``jitter`` in [0, 1) takes off up to a quarter, so that many clients
    do not come back at once.
    """
    if attempt >= ATTEMPTS or (left and method not in _REPEATABLE):
        return None
    if status is not None and status != _REQUEST_TIMEOUT and status < _SERVER_ERRORS:
        return None
    if status == _NOT_BUILT:
        return None
    ordered = retry_after(headers, now or datetime.now(UTC))
    if ordered is not None:
        return ordered if ordered <= LONGEST_ORDER_S else None
    own = min(_FIRST_PAUSE_S * 2.0 ** (attempt - 1), _LONGEST_PAUSE_S)
    return own * (1 - jitter / 4)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that ``Retry-After`` asks for; None without a readable one.

    A date is measured by the answer's own ``Date``, since clocks differ; ``now`` stands in for one
    that is missing.
    """
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        when = _date(text)
        if when is None:
            return None
        seconds = (when - (_date(headers.get("date", "")) or now)).total_seconds()
    return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124 - NaN


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Pace:
    """One pace for all requests of a run. Seconds are those of ``time.monotonic``.

    A rate limit is the service's, not a request's: when one request is told to slow down (429),
    every other would be, too. So all of them wait together; then one after the other goes, at first
    with a gap between them, which shrinks with every answer that is not refused.
    """

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
        own = min(first * 2.0 ** (self._refusals - 1), max(first, _LONGEST_SLOWDOWN_S))
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
