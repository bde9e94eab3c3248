"""The HTTP client: paths, envelopes, error bodies, time limits."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import random
import ssl
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

from pydantic_core import from_json

from revox_sync import __version__
from revox_sync.api.http import httpx
from revox_sync.api.retry import pause
from revox_sync.api.wire import assistant_of, assistants_of, error_words, queued_calls_notice
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    SetupError,
    StatusError,
    UnreadableAnswer,
    UsageError,
)
from revox_sync.model.sensitive import Redactor, mask_urls

logger = logging.getLogger("revox_sync.api")

_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_NOT_FOUND = 404
_HINTS = {
    401: "check REVOX_API_KEY: the service does not accept it",
    403: "the key may not do this; check REVOX_API_KEY and the organization it belongs to",
}


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_base_url(text: str) -> str:
    """Return a base URL without its final slash.

    Raises UsageError unless it is https, or http to loopback: the key goes there.
    """
    hint = "it looks like https://www.getrevox.com/api; http is for loopback only"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("the base URL cannot be read", hint=hint) from None
    shown = mask_urls(text)
    try:
        _ = httpx.URL(text).host
    except (httpx.InvalidURL, ValueError):
        raise UsageError(f"the base URL {shown} is not a URL", hint=hint) from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"the base URL {shown} is not an https URL", hint=hint)
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(f"the base URL {shown} has more than a host and a path", hint=hint)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(
            f"the base URL {shown} is not https, so the key would be readable", hint=hint
        )
    return text.rstrip("/")


def check_key(key: str) -> str:
    """Return an API key without surrounding space; raises SetupError if it cannot be one."""
    key = key.strip()
    if not key:
        raise SetupError(
            "no API key: REVOX_API_KEY is not set",
            hint="set REVOX_API_KEY, or try the embedded sandbox with --sandbox",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SetupError(
            "REVOX_API_KEY holds a space or a character that no key has",
            hint="set it again, without quotes and line breaks",
        )
    return key


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


class Client:
    """Talks to one account. Use as an async context manager.

    ``timeout`` bounds one request in seconds, all of it. ``transport`` replaces the network (the
    embedded sandbox). ``redactor`` takes sensitive values out of what the service says.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        parallelism: int,
        timeout: float,
        redactor: Redactor,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self._timeout = timeout
        self._redact = redactor
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

    async def list_assistants(self) -> list[dict[str, Any]]:
        """GET /assistants: every assistant of the account. Raises ApiError."""
        return assistants_of(await self._send("GET", "/assistants"))

    async def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """GET /assistants/{id}: one assistant, or None where the service knows none by this id.

        Raises ApiError.
        """
        try:
            return assistant_of(await self._send("GET", self._path(assistant_id)))
        except StatusError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    async def create_assistant(self, body: dict[str, Any]) -> dict[str, Any]:
        """POST /assistants, carried out once at most; returns the assistant as it was answered.

        Raises AnswerLost or UnreadableAnswer when it may exist all the same, other ApiErrors when
        it certainly does not.
        """
        return assistant_of(await self._send("POST", "/assistants", body))

    async def update_assistant(
        self, assistant_id: str, body: dict[str, Any], attempt: int = 1
    ) -> tuple[dict[str, Any], str | None]:
        """PATCH /assistants/{id} with the fields to change, once.

        Returns the assistant as answered, and the service's notice about queued calls, if any.
        Raises ApiError, whose ``wait`` says when it may be sent again: not before somebody looked
        whether it would still overwrite what it was meant to. ``attempt`` counts from 1.
        """
        answer = await self._attempt("PATCH", self._path(assistant_id), body, attempt)
        return assistant_of(answer), queued_calls_notice(answer)

    async def delete_assistant(self, assistant_id: str) -> None:
        """DELETE /assistants/{id}; one that is gone already is as wanted. Raises ApiError."""
        try:
            await self._send("DELETE", self._path(assistant_id))
        except StatusError as error:
            if error.status != _NOT_FOUND:
                raise

    async def uses_of(self, assistant_id: str) -> list[str]:
        """Return the phone numbers that the assistant answers and the campaigns that it calls for.

        GET /phone-numbers and /campaigns; an account without these endpoints uses nothing. Raises
        ApiError: what cannot be read may be in use.
        """
        numbers = await self._items("/phone-numbers", "phone_numbers")
        campaigns = await self._items("/campaigns", "campaigns")
        return [
            f"phone number {number.get('phone_number')}"
            for number in numbers
            if str((number.get("inbound_assistant") or {}).get("id")) == assistant_id
        ] + [
            f"campaign {campaign.get('name')}"
            for campaign in campaigns
            if str(campaign.get("assistant_id")) == assistant_id
            and campaign.get("status") in ("running", "paused")
        ]

    async def who_am_i(self) -> dict[str, Any] | None:
        """GET /users/me: the key's user (email, organization_id, …); None where it is not told.

        Raises ApiError.
        """
        answer = await self._optional("/users/me", None)
        user = answer.get("user", answer) if isinstance(answer, dict) else None
        return user if isinstance(user, dict) else None

    async def auth_status(self) -> bool | None:
        """GET /auth-status: whether the key is accepted; None if not told. Raises ApiError."""
        answer = await self._optional("/auth-status", None)
        accepted = answer.get("authenticated") if isinstance(answer, dict) else None
        return accepted if isinstance(accepted, bool) else None

    async def _optional(self, path: str, missing: Any) -> Any:
        """GET what not every service has; ``missing`` stands for the answer of one that has not."""
        try:
            return await self._send("GET", path)
        except StatusError as error:
            if error.status == _NOT_FOUND:
                return missing
            raise

    async def _items(self, path: str, name: str) -> list[dict[str, Any]]:
        answer = await self._optional(path, {name: []})
        items = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise UnreadableAnswer(f"the answer to GET {path} has no list {name}")
        return items

    @staticmethod
    def _path(assistant_id: str) -> str:
        return f"/assistants/{quote(assistant_id, safe='')}"

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request as often as the policy allows; return the JSON of a good answer."""
        attempt = 1
        while True:
            try:
                return await self._attempt(method, path, body, attempt)
            except ApiError as error:
                if error.wait is None:
                    raise
                await asyncio.sleep(error.wait)
            attempt += 1

    async def _attempt(
        self, method: str, path: str, body: dict[str, Any] | None, attempt: int
    ) -> Any:
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
                return self._read(response)
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
            hint=_HINTS.get(status),
        )

    def _reason(self, error: Exception) -> str:
        return self._redact(str(error)) or type(error).__name__
