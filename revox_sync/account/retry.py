"""Whether a failed request is sent again, and when: pure policy.

Reads, PATCH and DELETE have the same result when repeated and are. A POST makes something each
time the service carries it out: it is sent again only when it certainly never left this machine.
A service that asks to slow down (429) has done nothing, whatever the method; how that is waited
for is ``pace.py``'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: How often one request is sent at most; a service that asks to slow down does not count.
ATTEMPTS = 4

#: The longest order to wait that is obeyed, in seconds.
LONGEST_ORDER_S = 60.0

_REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})
_REQUEST_TIMEOUT = 408
_SERVER_ERRORS = 500
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0


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
    if not text:
        return None
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
