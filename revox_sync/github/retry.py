"""Whether a request to GitHub is sent again, and when: pure policy.

GitHub answers 403 or 429 to a client that is over a rate limit, and has done nothing then. It asks
to wait for ``Retry-After`` seconds, else until ``X-RateLimit-Reset`` (UTC epoch seconds) where
``X-RateLimit-Remaining`` is 0, else for a minute
(https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from revox_sync.account.retry import retry_after

#: How often one request is sent at most.
ATTEMPTS = 4

_REPEATABLE = frozenset({"GET", "PATCH"})
_FORBIDDEN = 403
_REQUEST_TIMEOUT = 408
_TOO_MANY = 429
_SERVER_ERRORS = 500
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0


def is_limited(status: int, headers: Mapping[str, str], words: str) -> bool:
    """Whether an answer means too many requests, rather than a right that is missing."""
    if status != _FORBIDDEN:
        return status == _TOO_MANY
    spent = headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in headers or "rate limit" in words.lower()


def pause_when_limited(attempt: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds to wait, whatever the method was; None for more than a minute."""
    if attempt >= ATTEMPTS:
        return None
    ordered = retry_after(headers, now)
    if ordered is None and headers.get("x-ratelimit-remaining") == "0":
        reset = headers.get("x-ratelimit-reset", "")
        ordered = max(0.0, float(reset) - now.timestamp()) if reset.isdecimal() else None
    if ordered is None:
        return _LONGEST_PAUSE_S
    return ordered if ordered <= _LONGEST_PAUSE_S else None


def pause(
    method: str,
    attempt: int,
    status: int | None,
    headers: Mapping[str, str],
    *,
    left: bool,
    now: datetime,
) -> float | None:
    """Return the seconds to wait before sending again, or None to give up.

    ``attempt`` counts from 1, ``status`` is None where no answer came. A POST makes a comment or an
    issue each time: it is sent again only if it certainly never ``left`` this machine.
    """
    if attempt >= ATTEMPTS or (left and method not in _REPEATABLE):
        return None
    if status is not None and status != _REQUEST_TIMEOUT and status < _SERVER_ERRORS:
        return None
    ordered = retry_after(headers, now)
    if ordered is not None:
        return ordered if ordered <= _LONGEST_PAUSE_S else None
    return _FIRST_PAUSE_S * 2.0 ** (attempt - 1)
