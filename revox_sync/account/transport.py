"""HTTP with limits on time and size, retries, one pace, and errors in plain words.

The API's client and GitHub's are made on top of it. What comes back is not trusted: an answer may
be huge once it is unpacked, nested without end, or never end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, NoReturn, Self
from urllib.parse import urlsplit

from revox_sync import __version__
from revox_sync.account.address import is_loopback
from revox_sync.account.http import httpx
from revox_sync.account.retry import LONGEST_ORDER_S, PATIENCE_S, Pace, pause, retry_after
from revox_sync.account.wire import Answer, error_words
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    Limited,
    SetupError,
    StatusError,
    UnreadableAnswer,
)
from revox_sync.model.core import from_json
from revox_sync.secrecy.redactor import Redactor
from revox_sync.secrecy.urls import mask_url

logger = logging.getLogger("revox_sync.account")

#: The largest answer that is read, in bytes, packed or unpacked: ten times a large account's list.
MOST_BYTES = 128 * 1024 * 1024

#: The largest error that is read, in bytes: nobody reads more, and it is searched for secrets.
MOST_ERROR_BYTES = 256 * 1024

#: How deep objects and lists may be nested where the fast parser gives up; six levels are usual.
DEEPEST = 100

#: How long, in seconds, an advisory request is tried, unless one answer takes longer.
ADVISORY_S = 5.0

_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_TOO_MANY = 429
_NESTED = (dict, list)


@cache
def _without_certificates() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class TooDeep(ValueError):
    """JSON that is nested deeper than anything of the contract."""


def encode(body: Mapping[str, Any]) -> bytes:
    """Return a request body as JSON; half a surrogate pair, which UTF-8 has not, is escaped.

    Raises ApiError for a number that JSON has not, which an account's 1e999 comes to.
    """
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ApiError(
            "nothing was sent: the account holds a number that no request can hold",
            hint="correct it in the dashboard",
        ) from None
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def decode(content: bytes) -> Any:
    """Return the data of a JSON answer; raises ValueError when it is none, TooDeep too.

    The fast parser stops by itself at 200 levels. It refuses half a surrogate pair, too, which a
    text typed in a dashboard may hold; only then the other one reads, and its levels are counted.
    """
    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError:
        try:
            data = json.loads(content, parse_constant=_no_number)
        except RecursionError:
            raise TooDeep from None
    level = [data] if isinstance(data, _NESTED) else []
    for _ in range(DEEPEST):
        if not level:
            return data
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, _NESTED)
        ]
    raise TooDeep


def _unusable(error: Exception) -> SetupError:
    """Return what is wrong with the settings of this machine that every connection takes."""
    if isinstance(error, OSError):
        kind, hint = "certificates", "name a file or folder of PEM certificates that can be read"
        known: tuple[str, ...] = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    else:
        kind, hint = "proxy", "write http://host:port; SOCKS proxies need `pip install socksio`"
        known = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
    names = sorted(name for name in os.environ if name.upper() in known)
    return SetupError(f"the {kind} in {' or '.join(names or known)} cannot be used", hint=hint)


class Transport:
    """Sends requests to one service. Use as an async context manager.

    ``timeout`` bounds one request in seconds, all of it. ``transport`` replaces the network (the
    embedded sandbox). ``redactor`` takes sensitive values out of what the service says, the
    ``key`` among them. ``on_wait`` is told what a longer wait is for. Raises SetupError where this
    machine's proxy or certificates cannot be used.
    """

    #: What stands before every error, where the service has to be named.
    called: ClassVar[str] = ""
    hints: Mapping[int, str]
    unreachable_hint: ClassVar[str] = "check the network, REVOX_BASE_URL and the proxy settings"
    no_json_hint: ClassVar[str] = "check that REVOX_BASE_URL names the API and not a web page"
    redirect_hint: ClassVar[str] = "set REVOX_BASE_URL to the final address"
    limited_hint: ClassVar[str] = "run it again later, or with a smaller --parallelism"

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        parallelism: int,
        timeout: float,
        redactor: Redactor,
        headers: Mapping[str, str] | None = None,
        first_pause: float | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self.hints = {}
        self.on_wait: Callable[[str], None] = lambda text: None
        self._timeout = timeout
        self._redact = redactor
        redactor.learn([key])
        self._slots = asyncio.Semaphore(parallelism)
        self._pace = Pace(first_pause)
        parts = urlsplit(base_url)
        try:
            self._http = httpx.AsyncClient(
                headers={
                    "authorization": f"Bearer {key}",
                    "accept": "application/json",
                    "accept-encoding": "gzip, deflate",
                    "user-agent": f"revox-sync/{__version__}",
                    **(headers or {}),
                },
                follow_redirects=False,
                timeout=httpx.Timeout(timeout),
                limits=httpx.Limits(max_connections=parallelism),
                transport=transport,
                # Loopback never goes through a proxy; and https alone needs certificates, which
                # take longer to load than a plan of a hundred definitions takes to make.
                trust_env=not is_loopback(parts.hostname or ""),
                verify=True if parts.scheme == "https" else _without_certificates(),
            )
        except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
            raise _unusable(error) from None

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._http.__aexit__(*error)

    async def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        reads: bool = False,
        advisory: bool = False,
    ) -> Answer:
        """Send a request as often as the policy allows; return the good answer.

        One that only ``reads`` may be repeated, whatever its method. An ``advisory`` one, which
        nothing depends on, is repeated once at most, and not after a long wait.

        One that is given up while it waits for a service that asked to slow down was not carried
        out: then the service's answer is raised. Otherwise raises ApiError.
        """
        attempt, only_limited = 1, True
        begun = time.monotonic()
        while True:
            try:
                return await self.attempt(method, path, body, attempt, reads=reads)
            except ApiError as error:
                if error.wait is None:
                    raise
                if advisory and (attempt > 1 or time.monotonic() - begun + error.wait > ADVISORY_S):
                    raise
                limited = isinstance(error, Limited)
                only_limited = only_limited and limited
                try:
                    await asyncio.sleep(error.wait)
                except asyncio.CancelledError:
                    if only_limited:
                        raise error from None
                    raise
            attempt += not limited

    async def attempt(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        attempt: int,
        *,
        reads: bool = False,
    ) -> Answer:
        """Send a request once. An ApiError says when it may be sent again."""
        status, headers = None, httpx.Headers()
        shown = urlsplit(path).path
        request = f"{method} {shown}"
        encoded = None if body is None else encode(body)
        try:
            async with self._slots:
                sent = await self._pace.turn()
                status, headers, content = await self._once(method, path, encoded)
        except ApiError as failed:
            error: ApiError = failed
        else:
            logger.debug("%s -> %d", request, status)
            if status in _OK:
                self._pace.answered(request)
                return Answer(self._read(content), status, headers)
            error = self._status_error(status, headers, content)
        now = datetime.now(UTC)
        if isinstance(error, Limited):
            ordered = self._ordered(headers, now)
            error.wait = self._pace.refused(request, sent, ordered)
            if error.wait is None:
                _add(error, _too_long(ordered))
            elif error.wait >= 1:
                self.on_wait(f"the service asks to slow down; going on in {error.wait:.0f} s")
        else:
            self._pace.answered(request)
            left = not isinstance(error, ConnectionFailed)
            jitter = random.random()  # noqa: S311 - nothing to guess here
            kind = "GET" if reads else method
            error.wait = pause(kind, attempt, status, headers, left=left, now=now, jitter=jitter)
            ordered = retry_after(headers, now)
            if ordered is not None and ordered > LONGEST_ORDER_S:
                _add(error, _too_long(ordered))
        if error.wait is not None:
            logger.info("%s: %s; again in %.1f s", request, error.message, error.wait)
        raise error

    def _ordered(self, headers: Mapping[str, str], now: datetime) -> float | None:
        """Return how many seconds a service that asks to slow down wants to be left alone."""
        return retry_after(headers, now)

    def _is_limited(self, status: int, headers: Mapping[str, str], words: str) -> bool:
        """Whether an answer means too many requests."""
        return status == _TOO_MANY

    def _words(self, content: bytes) -> str:
        """Return what an error's body says, redacted."""
        return error_words(content, self._redact)

    async def _once(
        self, method: str, path: str, body: bytes | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """Send a request; return status, headers and the unpacked body."""
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream(
                    method,
                    path if "://" in path else self.base_url + path,
                    content=body,
                    headers=None if body is None else {"content-type": "application/json"},
                ) as response,
            ):
                content = await self._content(response)
                return response.status_code, response.headers, content
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise ConnectionFailed(
                f"{self.called}cannot reach {self.base_url}: {self._reason(error)}",
                hint=self.unreachable_hint,
            ) from None
        except (TimeoutError, httpx.TimeoutException):
            raise AnswerLost(
                f"{self.called}no answer within {self._timeout:g} s", hint="--timeout allows more"
            ) from None
        except (httpx.DecodingError, zlib.error) as error:
            raise UnreadableAnswer(
                f"{self.called}the answer cannot be unpacked: {self._reason(error)}"
            ) from None
        except httpx.HTTPError as error:
            raise AnswerLost(f"{self.called}the connection broke: {self._reason(error)}") from None

    async def _content(self, response: httpx.Response) -> bytes:
        """Read a body up to the limit; for an error, the beginning is enough."""
        good = response.status_code in _OK
        most = MOST_BYTES if good else MOST_ERROR_BYTES
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if max(size, response.num_bytes_downloaded) > most:
                if good:
                    raise UnreadableAnswer(
                        f"{self.called}the answer is larger than {most // 2**20} MB",
                        hint="no account is that large; check what answers there",
                    )
                break
        return b"".join(chunks)[:most]

    def _read(self, content: bytes) -> Any:
        try:
            return decode(content)
        except TooDeep:
            raise UnreadableAnswer(f"{self.called}the answer is nested too deep") from None
        except ValueError:
            words = self._words(content[:MOST_ERROR_BYTES])
            raise UnreadableAnswer(
                f"{self.called}the answer is not JSON: {words or '(empty)'}",
                hint=self.no_json_hint,
            ) from None

    def _status_error(self, status: int, headers: Mapping[str, str], content: bytes) -> StatusError:
        if status in _REDIRECTS:
            where = self._redact(mask_url(headers.get("location", "somewhere else")))
            return StatusError(
                status,
                f"{self.called}{status}: the service redirects to {where}; redirects are never "
                "followed, because they would carry the key along",
                hint=self.redirect_hint,
            )
        words = self._words(content)
        phrase = httpx.codes.get_reason_phrase(status)
        message = f"{self.called}{status} {phrase}".rstrip() + (f": {words}" if words else "")
        if self._is_limited(status, headers, words):
            return Limited(status, message, hint=self.limited_hint)
        return StatusError(status, message, hint=self.hints.get(status))

    def _reason(self, error: Exception) -> str:
        return self._redact(str(error)) or type(error).__name__


def _add(error: ApiError, what: str) -> None:
    error.message += what
    error.args = (error.message,)


def _too_long(ordered: float | None) -> str:
    if ordered is None or ordered <= LONGEST_ORDER_S:
        return f"; it was asked again for {PATIENCE_S:.0f} s"
    return (
        f"; it asks to wait {ordered:.0f} s (Retry-After), and {LONGEST_ORDER_S:.0f} s is the "
        "longest that is waited"
    )
