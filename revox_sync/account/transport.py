"""HTTP with time limits, retries and errors in plain words; ``client.py`` knows the paths."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic_core import from_json

from revox_sync import __version__
from revox_sync.account.address import is_loopback
from revox_sync.account.http import httpx
from revox_sync.account.lists import Answer
from revox_sync.account.retry import pause
from revox_sync.account.wire import error_words
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    StatusError,
    UnreadableAnswer,
)
from revox_sync.secrecy.redactor import Redactor, mask_urls

logger = logging.getLogger("revox_sync.account")

_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_HINTS = {
    401: "check {}: the service does not accept it",
    403: "the key may not do this; check {} and the organization it belongs to",
}


def encode(body: dict[str, Any]) -> bytes:
    """Return a request body as JSON; half a surrogate pair, which UTF-8 has not, is escaped."""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body, allow_nan=False).encode()


def decode(content: bytes) -> Any:
    """Return the data of a JSON answer; raises ValueError when it is none.

    The fast parser refuses half a surrogate pair, which a text typed in a dashboard may hold.
    """
    try:
        return from_json(content)
    except ValueError:
        return json.loads(content)


class Transport:
    """Sends requests to one service. Use as an async context manager.

    ``timeout`` bounds one request in seconds, all of it. ``transport`` replaces the network (the
    embedded sandbox). ``key_variable`` is named where the key is not accepted. ``redactor`` takes
    sensitive values out of what the service says.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        parallelism: int,
        timeout: float,
        redactor: Redactor,
        key_variable: str = "REVOX_API_KEY",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self._timeout = timeout
        self._redact = redactor
        self._key_variable = key_variable
        redactor.learn([key])
        self._slots = asyncio.Semaphore(parallelism)
        parts = urlsplit(base_url)
        local = transport is not None or is_loopback(parts.hostname or "")
        self._http = httpx.AsyncClient(
            headers={
                "authorization": f"Bearer {key}",
                "accept": "application/json",
                "user-agent": f"revox-sync/{__version__}",
            },
            follow_redirects=False,
            timeout=httpx.Timeout(timeout),
            limits=httpx.Limits(max_connections=parallelism),
            transport=transport,
            # Loopback never goes through a proxy; and https alone needs certificates, which take
            # longer to load than a plan of a hundred definitions takes to make.
            trust_env=not local,
            verify=True if parts.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Send a request as often as the policy allows; return the good answer."""
        attempt = 1
        while True:
            try:
                return await self.attempt(method, path, body, attempt)
            except ApiError as error:
                if error.wait is None:
                    raise
                await asyncio.sleep(error.wait)
            attempt += 1

    async def attempt(
        self, method: str, path: str, body: dict[str, Any] | None, attempt: int
    ) -> Answer:
        """Send a request once. An ApiError says when it may be sent again."""
        status, headers = None, httpx.Headers()
        try:
            async with self._slots:
                response = await self._once(method, path, body)
        except ApiError as failed:
            error: ApiError = failed
        else:
            logger.debug("%s %s -> %d", method, path, response.status_code)
            if response.status_code in _OK:
                return Answer(self._read(response), response.status_code, response.headers)
            status, headers = response.status_code, response.headers
            error = self._status_error(response)
        left = not isinstance(error, ConnectionFailed)
        jitter = random.random()  # noqa: S311 - nothing to guess here
        error.wait = pause(method, attempt, status, headers, left=left, jitter=jitter)
        if error.wait is not None:
            logger.info("%s %s: %s; again in %.1f s", method, path, error.message, error.wait)
        raise error

    async def _once(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._http.request(
                    method,
                    self.base_url + path,
                    content=None if body is None else encode(body),
                    headers=None if body is None else {"content-type": "application/json"},
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise ConnectionFailed(
                f"cannot reach {self.base_url}: {self._reason(error)}",
                hint="check the network, REVOX_BASE_URL and the proxy settings",
            ) from None
        except (TimeoutError, httpx.TimeoutException):
            raise AnswerLost(
                f"no answer within {self._timeout:g} s", hint="--timeout allows more"
            ) from None
        except httpx.HTTPError as error:
            raise AnswerLost(f"the connection broke: {self._reason(error)}") from None

    def _read(self, response: httpx.Response) -> Any:
        try:
            return decode(response.content)
        except (ValueError, RecursionError):
            words = error_words(response.content, self._redact)
            raise UnreadableAnswer(
                f"the answer is not JSON: {words or '(empty)'}",
                hint="check that REVOX_BASE_URL names the API and not a web page",
            ) from None

    def _status_error(self, response: httpx.Response) -> StatusError:
        status = response.status_code
        if status in _REDIRECTS:
            where = mask_urls(response.headers.get("location", "somewhere else"))
            return StatusError(
                status,
                f"{status}: the service redirects to {self._redact(where)}; redirects are never "
                "followed, because they would carry the key along",
                hint="set REVOX_BASE_URL to the final address",
            )
        words = error_words(response.content, self._redact)
        return StatusError(
            status,
            f"{status} {response.reason_phrase}".rstrip() + (f": {words}" if words else ""),
            hint=hint.format(self._key_variable) if (hint := _HINTS.get(status)) else None,
        )

    def _reason(self, error: Exception) -> str:
        return self._redact(str(error)) or type(error).__name__
