"""Requests to GitHub's REST API: pages, time limits, retries, and errors in GitHub's own words."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from revox_sync import __version__
from revox_sync.account.address import is_loopback
from revox_sync.account.http import httpx
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    StatusError,
    UnreadableAnswer,
)
from revox_sync.github.access import Access
from revox_sync.github.retry import is_limited, pause, pause_when_limited

logger = logging.getLogger("revox_sync.github")

Document = Mapping[str, Any]

#: The most that GitHub puts on a page.
PER_PAGE = 100

#: GitHub takes no more than 2,500 comments on a pull request; nothing that is read here has more.
_MOST_PAGES = 100
_MOST_WORDS = 500
_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_HINTS = {
    401: "check GITHUB_TOKEN",
    403: "the job needs `permissions:` with pull-requests: write for comments, issues: write for "
    "issues; the token of a pull request from a fork may only read",
    404: "check GITHUB_REPOSITORY and the number, and that the token may read both",
    410: "are issues turned off in the settings of the repository?",
}
_LIMITED = "the rate limit of this token is used up; run it again later"


class Limited(StatusError):
    """GitHub declined because of too many requests, and did nothing."""


class GitHub:
    """One repository. Use as an async context manager.

    ``timeout`` bounds one request in seconds, all of it. Every method raises ApiError.
    """

    def __init__(self, access: Access, *, timeout: float) -> None:
        self._access = access
        self._timeout = timeout
        parts = urlsplit(access.api_url)
        self._origin = _origin(access.api_url)
        self._http = httpx.AsyncClient(
            headers={
                "authorization": f"Bearer {access.token}",
                "accept": "application/vnd.github+json",
                "x-github-api-version": "2022-11-28",
                "user-agent": f"revox-sync/{__version__}",
            },
            follow_redirects=False,
            timeout=httpx.Timeout(timeout),
            # Loopback never goes through a proxy, and needs no certificates.
            trust_env=not is_loopback(parts.hostname or ""),
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

    async def whoami(self) -> Document:
        """Return the user whose token it is (GET /user)."""
        return _document(_read(await self._sent("GET", f"{self._access.api_url}/user")))

    async def listed(self, path: str, query: str = "") -> list[Document]:
        """Return everything of a list below the repository, page by page.

        The next page is where the Link header says, as long as that is the same GitHub.
        """
        url = self._url(f"{path}?{query}{'&' * bool(query)}per_page={PER_PAGE}")
        found: list[Document] = []
        for _ in range(_MOST_PAGES):
            response = await self._sent("GET", url)
            page = _read(response)
            if not isinstance(page, list):
                raise UnreadableAnswer(f"GitHub answered GET {path} with no list")
            found += map(_document, page)
            following = response.links.get("next", {}).get("url")
            if following is None:
                return found
            url = self._next(response.url, following)
        raise UnreadableAnswer(f"GitHub lists more than {_MOST_PAGES} pages at {path}")

    async def send(self, method: str, path: str, body: Mapping[str, Any]) -> Document:
        """Send a write below the repository, as often as the policy allows; return the answer."""
        return _document(_read(await self._sent(method, self._url(path), body)))

    def _next(self, here: httpx.URL, following: str) -> str:
        try:
            url = str(here.join(following))
        except httpx.InvalidURL:
            raise UnreadableAnswer("GitHub names a next page that is no URL") from None
        if _origin(url) != self._origin:
            raise UnreadableAnswer("GitHub names a next page on another host; not followed")
        return url

    def _url(self, path: str) -> str:
        return f"{self._access.api_url}/repos/{self._access.repository}{path}"

    async def _sent(
        self, method: str, url: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        attempt = 1
        while True:
            try:
                return await self._attempt(method, url, body, attempt)
            except ApiError as error:
                if error.wait is None:
                    raise
                shown = self._told(error.message)
                logger.info("%s: %s; again in %.1f s", method, shown, error.wait)
                await asyncio.sleep(error.wait)
            attempt += 1

    async def _attempt(
        self, method: str, url: str, body: Mapping[str, Any] | None, attempt: int
    ) -> httpx.Response:
        """Send a request once. An ApiError says when it may be sent again."""
        now = datetime.now(UTC)
        try:
            response = await self._once(method, url, body)
        except ApiError as error:
            left = not isinstance(error, ConnectionFailed)
            error.wait = pause(method, attempt, None, {}, left=left, now=now)
            raise
        status, headers = response.status_code, response.headers
        logger.debug("%s %s -> %d", method, response.url.path, status)
        if status in _OK:
            return response
        failed = self._status_error(response)
        if isinstance(failed, Limited):
            failed.wait = pause_when_limited(attempt, headers, now)
        else:
            failed.wait = pause(method, attempt, status, headers, left=True, now=now)
        raise failed

    async def _once(self, method: str, url: str, body: Mapping[str, Any] | None) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._http.request(
                    method,
                    url,
                    content=None if body is None else json.dumps(body).encode(),
                    headers=None if body is None else {"content-type": "application/json"},
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise ConnectionFailed(
                f"cannot reach GitHub at {self._access.api_url}: {self._told(str(error))}",
                hint="check the network, GITHUB_API_URL and the proxy settings",
            ) from None
        except (TimeoutError, httpx.TimeoutException):
            raise AnswerLost(
                f"no answer from GitHub within {self._timeout:g} s", hint="--timeout allows more"
            ) from None
        except httpx.HTTPError as error:
            raise AnswerLost(
                f"the connection to GitHub broke: {self._told(str(error)) or type(error).__name__}"
            ) from None

    def _status_error(self, response: httpx.Response) -> StatusError:
        status = response.status_code
        if status in _REDIRECTS:
            return StatusError(
                status,
                f"{status}: GitHub redirects; redirects are never followed, because they would "
                "carry the token along",
                hint="was the repository renamed? set GITHUB_REPOSITORY to its present name",
            )
        words = self._told(_words(response))
        message = f"GitHub: {status} {response.reason_phrase}".rstrip()
        message += f": {words}" if words else ""
        if is_limited(status, response.headers, words):
            return Limited(status, message, hint=_LIMITED)
        return StatusError(status, message, hint=_HINTS.get(status))

    def _told(self, text: str) -> str:
        return text.replace(self._access.token, "***")


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = httpx.URL(url)
    return parts.scheme, parts.host, parts.port


def _read(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise UnreadableAnswer(
            "the answer is not JSON", hint="check that GITHUB_API_URL names GitHub's API"
        ) from None


def _document(data: Any) -> Document:
    if not isinstance(data, dict):
        raise UnreadableAnswer("GitHub answered with something that is no object")
    return data


def _words(response: httpx.Response) -> str:
    """Return ``message`` and ``errors`` of GitHub's error body, in one line."""
    try:
        data = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    told = [data.get("message"), *map(_error, errors if isinstance(errors, list) else ())]
    return "; ".join(text for text in told if isinstance(text, str) and text)[:_MOST_WORDS]


def _error(found: Any) -> Any:
    """Return one of ``errors``: its message, else what is wrong (``code``) with which field."""
    if not isinstance(found, dict):
        return found
    return found.get("message") or f"{found.get('field')}: {found.get('code')}"
