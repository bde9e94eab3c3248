"""Requests to GitHub's REST API: which repository, pages, rate limits, and GitHub's own words.

GitHub answers 403 or 429 to a client that is over a rate limit, and has done nothing then. It asks
to wait for ``Retry-After`` seconds, else until ``X-RateLimit-Reset`` (UTC epoch seconds) where
``X-RateLimit-Remaining`` is 0, else for a minute
(https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, ClassVar

from revox_sync.account.address import check_base_url
from revox_sync.account.http import httpx
from revox_sync.account.retry import retry_after
from revox_sync.account.transport import Transport
from revox_sync.errors import SetupError, UnreadableAnswer
from revox_sync.records import dataclass
from revox_sync.secrecy.redactor import Redactor

Document = Mapping[str, Any]

API_URL = "https://api.github.com"

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Access:
    """``api_url`` without a final slash, ``repository`` as ``owner/name``, and the token."""

    api_url: str
    repository: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Access:
        """Return what GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN say.

        A workflow has the first two by itself and passes the third on. Raises SetupError for one
        that is missing or cannot be, UsageError for a URL that the token must not go to.
        """
        hint = f"it looks like {API_URL} or https://HOST/api/v3; http is for loopback only"
        api_url = check_base_url(environ.get("GITHUB_API_URL") or API_URL, "GITHUB_API_URL", hint)
        repository = environ.get("GITHUB_REPOSITORY", "")
        if not _REPOSITORY.fullmatch(repository):
            found = "is not owner/name" if repository else "is not set"
            raise SetupError(f"GITHUB_REPOSITORY {found}", hint="set it to owner/name")
        token = environ.get("GITHUB_TOKEN", "").strip()
        if not token:
            hint = "in a workflow: env: GITHUB_TOKEN: ${{ github.token }}"
            raise SetupError("GITHUB_TOKEN is not set", hint=hint)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise SetupError(
                "GITHUB_TOKEN holds a space or a character that no token has",
                hint="set it to the token alone",
            )
        return cls(api_url, repository, token)


#: The most that GitHub puts on a page.
PER_PAGE = 100

#: GitHub takes no more than 2,500 comments on a pull request; nothing that is read here has more.
_MOST_PAGES = 100
_MOST_WORDS = 500
_FORBIDDEN = 403
_TOO_MANY = 429
_A_MINUTE_S = 60.0
_HINTS = {
    401: "check GITHUB_TOKEN",
    403: "the job needs `permissions:` with pull-requests: write for comments, issues: write for "
    "issues; the token of a pull request from a fork may only read",
    404: "check GITHUB_REPOSITORY and the number, and that the token may read both",
    410: "are issues turned off in the settings of the repository?",
}


class GitHub(Transport):
    """One repository. Use as an async context manager.

    ``timeout`` bounds one request in seconds, all of it. Every method raises ApiError.
    """

    called: ClassVar[str] = "GitHub: "
    unreachable_hint: ClassVar[str] = "check the network, GITHUB_API_URL and the proxy settings"
    no_json_hint: ClassVar[str] = "check that GITHUB_API_URL names GitHub's API"
    redirect_hint: ClassVar[str] = (
        "was the repository renamed? set GITHUB_REPOSITORY to its present name"
    )
    limited_hint: ClassVar[str] = "the rate limit of this token is used up; run it again later"

    def __init__(self, access: Access, *, timeout: float) -> None:
        super().__init__(
            access.api_url,
            access.token,
            parallelism=1,
            timeout=timeout,
            redactor=Redactor(),
            headers={
                "accept": "application/vnd.github+json",
                "x-github-api-version": "2022-11-28",
            },
            first_pause=_A_MINUTE_S,
        )
        self.hints = _HINTS
        self._below = f"/repos/{access.repository}"

    async def whoami(self) -> Document:
        """Return the user whose token it is (GET /user)."""
        return _document((await self.send("GET", "/user")).data)

    async def listed(self, path: str, query: str = "") -> list[Document]:
        """Return everything of a list below the repository, page by page.

        The next page is where the Link header says, as long as that is the same GitHub.
        """
        path = f"{self._below}{path}"
        url = f"{self.base_url}{path}?{query}{'&' * bool(query)}per_page={PER_PAGE}"
        found: list[Document] = []
        for _ in range(_MOST_PAGES):
            page = await self.send("GET", url)
            if not isinstance(page.data, list):
                raise UnreadableAnswer(f"GitHub answered GET {path} with no list")
            found += map(_document, page.data)
            links = httpx.Response(200, headers=page.headers).links
            following = links.get("next", {}).get("url")
            if following is None:
                return found
            url = self._next(url, following)
        raise UnreadableAnswer(f"GitHub lists more than {_MOST_PAGES} pages at {path}")

    async def write(self, method: str, path: str, body: Mapping[str, Any]) -> Document:
        """Send a write below the repository, as often as the policy allows; return the answer."""
        return _document((await self.send(method, f"{self._below}{path}", body)).data)

    def _next(self, here: str, following: str) -> str:
        try:
            url = str(httpx.URL(here).join(following))
        except httpx.InvalidURL:
            raise UnreadableAnswer("GitHub names a next page that is no URL") from None
        if _origin(url) != _origin(self.base_url):
            raise UnreadableAnswer("GitHub names a next page on another host; not followed")
        return url

    def _ordered(self, headers: Mapping[str, str], now: datetime) -> float | None:
        ordered = retry_after(headers, now)
        reset = headers.get("x-ratelimit-reset", "")
        if ordered is None and headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            return max(0.0, float(reset) - now.timestamp())
        return ordered

    def _is_limited(self, status: int, headers: Mapping[str, str], words: str) -> bool:
        """Whether an answer means too many requests, rather than a right that is missing."""
        if status != _FORBIDDEN:
            return status == _TOO_MANY
        spent = headers.get("x-ratelimit-remaining") == "0"
        return spent or "retry-after" in headers or "rate limit" in words.lower()

    def _words(self, content: bytes) -> str:
        """Return ``message`` and ``errors`` of GitHub's error body, in one line."""
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            return ""
        if not isinstance(data, dict):
            return ""
        errors = data.get("errors")
        told = [data.get("message"), *map(_error, errors if isinstance(errors, list) else ())]
        words = "; ".join(text for text in told if isinstance(text, str) and text)
        return self._redact(words)[:_MOST_WORDS]


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = httpx.URL(url)
    return parts.scheme, parts.host, parts.port


def _document(data: Any) -> Document:
    if not isinstance(data, dict):
        raise UnreadableAnswer("GitHub answered with something that is no object")
    return data


def _error(found: Any) -> Any:
    """Return one of ``errors``: its message, else what is wrong (``code``) with which field."""
    if not isinstance(found, dict):
        return found
    return found.get("message") or f"{found.get('field')}: {found.get('code')}"
