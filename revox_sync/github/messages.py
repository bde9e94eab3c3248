"""Texts of this tool on GitHub: one comment on a pull request, one issue, kept up to date.

Each is found again by a hidden first line and by its author.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from revox_sync.errors import (
    AnswerLost,
    ApiError,
    Limited,
    SetupError,
    StatusError,
    UnreadableAnswer,
)
from revox_sync.github.client import Document, GitHub
from revox_sync.records import dataclass

#: GitHub answers 422 to a longer one: "title is too long (maximum is 256 characters)".
TITLE_LIMIT = 256

#: GitHub answers 422 to a longer one: "body is too long (maximum is 65536 characters)".
BODY_LIMIT = 65_536

What = Literal["created", "updated", "unchanged", "closed", "nothing to close"]

_MARKER = re.compile(r"<!-- [^<>\n]{1,200}(?<! ) -->")
_FAILED = "**There is no plan"
_OUT_OF_DATE = "**What follows is out of date.**"
_CANNOT_TELL = (403, 404)
_SERVER_ERRORS = 500
#: How long, in seconds, before each look for what an unanswered POST may have made.
_LOOKS_S = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Body:
    """A text whose first line is the marker, an HTML comment that no reader sees.

    With ``keeps`` it stands above what was said before, which is out of date.
    """

    text: str
    keeps: bool = False

    @classmethod
    def of(cls, text: str) -> Body:
        """Return a text. Raises SetupError for one without a marker or longer than GitHub takes."""
        body = cls(text.replace("\r\n", "\n"))
        if not _MARKER.fullmatch(body.marker):
            raise SetupError(
                "the text cannot be found again: its first line is no marker",
                hint="begin it with a line such as <!-- revox-sync: plan production -->",
            )
        if len(body.text) > BODY_LIMIT:
            raise SetupError(
                f"the text has {len(body.text):,} characters, and GitHub takes {BODY_LIMIT:,}",
                hint="`revox-sync plan --format markdown` writes one that fits",
            )
        return body

    @classmethod
    def of_failure(cls, marker: str, commit: str | None) -> Body:
        """Return the text that says that there is no plan of a commit. Raises SetupError as ``of``.

        What is said already stays below it.
        """
        of_it = f" of commit {commit}" if commit else ""
        return replace(cls.of(f"{marker}\n{_FAILED}{of_it}: `plan` failed.**\n"), keeps=True)

    @property
    def marker(self) -> str:
        """The first line."""
        return _first_line(self.text)

    def about(self, commit: str | None) -> Body:
        """Return the text with the commit that it is about, where there is room for that."""
        told = f"{self.text.rstrip()}\n\nThis is about commit {commit}.\n"
        return self if commit is None or len(told) > BODY_LIMIT else replace(self, text=told)

    def above(self, said: str) -> str:
        """Return the whole text, where ``said`` was said before."""
        if not self.keeps:
            return self.text
        _, _, rest = said.partition("\n")
        if rest.startswith(_FAILED):
            rest = rest.partition("\n")[2].lstrip("\n").removeprefix(f"{_OUT_OF_DATE}\n")
        rest = rest.strip("\n")
        told = f"{self.text}\n{_OUT_OF_DATE}\n\n{rest}" if rest else self.text
        return told if len(told) <= BODY_LIMIT else self.text


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a comment or issue; ``urls`` lead people there.

    The first is the one that was written; the others have the same marker, and were left as they
    are, or closed too.
    """

    what: What
    urls: tuple[str, ...] = ()


async def upsert_comment(github: GitHub, number: int, body: Body) -> Written:
    """Make the comment with the body's marker say this; create it where there is none.

    ``number`` is the pull request's. Of several the oldest is updated, and none is deleted. One
    that says this already is not written again. Raises ApiError.
    """
    path, who = f"/issues/{number}/comments", await _author(github)

    async def look() -> list[Document]:
        return _ours(await github.listed(path), body.marker, who)

    before = [_text(one) for one in (await look())[:1]] if body.keeps else []
    said = {"body": body.above(before[0]) if before else body.text}
    what, found = await _upsert(
        github, look, said, among=path, at=lambda one: f"/issues/comments/{_number_of(one, 'id')}"
    )
    return _written(what, found)


async def open_issue(github: GitHub, title: str, label: str, body: Body) -> Written:
    """Make the open issue with the body's marker say this; open it where there is none.

    It is looked for among the open issues with ``label`` (the list, which knows a new issue at
    once; the search lags behind). Of several the oldest is updated. Raises SetupError for a title
    that GitHub does not take, ApiError for what it declines.
    """
    if len(title) > TITLE_LIMIT:
        raise SetupError(
            f"the title has {len(title)} characters, and GitHub takes {TITLE_LIMIT}",
            hint="give a shorter one with --title",
        )
    who = await _author(github)

    async def look() -> list[Document]:
        return await _open_issues(github, label, body, who)

    said = {"title": title, "body": body.text}
    what, found = await _upsert(
        github, look, said, among="/issues", at=_issue_at, new={"labels": [label]}
    )
    _check_label(found[0], label)
    return _written(what, found)


async def close_issue(github: GitHub, label: str, body: Body, words: str) -> Written:
    """Close every open issue with the body's marker, with ``words`` as its last comment.

    Closing comes first: a comment that is not taken, as where an issue is locked, leaves no issue
    open, and is not worth a second one. Raises ApiError.
    """
    found = await _open_issues(github, label, body, await _author(github))
    for issue in found:
        await github.write(
            "PATCH", _issue_at(issue), {"state": "closed", "state_reason": "completed"}
        )
        with suppress(ApiError):
            await github.write("POST", f"{_issue_at(issue)}/comments", {"body": words})
    return _written("closed" if found else "nothing to close", found)


async def _open_issues(
    github: GitHub, label: str, body: Body, author: int | None
) -> list[Document]:
    found = await github.listed("/issues", f"state=open&labels={quote(label, safe='')}")
    return _ours(found, body.marker, author)


def _check_label(issue: Document, label: str) -> None:
    """Raise ApiError if GitHub dropped the label: the next run would not find the issue.

    It does so silently where the token has no right to set labels.
    """
    labels = issue.get("labels")
    for found in labels if isinstance(labels, list) else ():
        name = found.get("name") if isinstance(found, Mapping) else found
        if isinstance(name, str) and name.casefold() == label.casefold():
            return
    raise ApiError(
        f"GitHub opened {issue.get('html_url')} but did not set the label {label!r}, so that the "
        "next run would open another one",
        hint="set the label by hand, and give the token the right to set labels",
    )


def _issue_at(issue: Document) -> str:
    return f"/issues/{_number_of(issue, 'number')}"


async def _author(github: GitHub) -> int | None:
    """Return the id of the user whose token it is; None where GitHub does not tell.

    The token of a workflow belongs to no user, and GET /user answers 403 to it.
    """
    try:
        found = (await github.whoami()).get("id")
    except StatusError as error:
        if isinstance(error, Limited) or error.status not in _CANNOT_TELL:
            raise
        return None
    return found if isinstance(found, int) else None


def _ours(found: Sequence[Document], marker: str, author: int | None) -> list[Document]:
    """Return what this tool wrote under the marker, oldest first.

    Anybody may write a comment that begins with the marker, and could then edit what is shown as a
    plan. So the author counts: the token's own user, or where that is not told, any bot, which no
    person can write as.
    """
    mine = [
        one
        for one in found
        if _first_line(_text(one)) == marker and _is_by(one, author) and "pull_request" not in one
    ]
    return sorted(mine, key=lambda one: int(one["id"]))


def _is_by(found: Document, author: int | None) -> bool:
    user = found.get("user")
    if not isinstance(user, dict) or not isinstance(found.get("id"), int):
        return False
    return user.get("type") == "Bot" if author is None else user.get("id") == author


async def _upsert(
    github: GitHub,
    look: Callable[[], Awaitable[list[Document]]],
    said: Mapping[str, str],
    *,
    among: str,
    at: Callable[[Document], str],
    new: Mapping[str, object] | None = None,
) -> tuple[What, list[Document]]:
    """Make the oldest of what ``look`` finds say what is said; create it where nothing is found.

    ``among`` is the path of all, ``at`` returns that of one; ``new`` is said only to create it.
    What says the same already is not written again. Returns all that were found, the written one
    first.
    """
    found = await look()
    created = not found
    if created:
        found = [await _post(github, among, {**said, **(new or {})}, look)]
    same = all(_text(found[0], name) == text.rstrip() for name, text in said.items())
    if not same:
        found[0] = await github.write("PATCH", at(found[0]), said)
    return "created" if created else "unchanged" if same else "updated", found


async def _post(
    github: GitHub,
    path: str,
    body: Mapping[str, object],
    look: Callable[[], Awaitable[list[Document]]],
) -> Document:
    """Create something and return it.

    Where no answer tells whether it was created, ``look`` does: it is sent once more only if
    nothing is found.
    """
    try:
        return await github.write("POST", path, body)
    except (AnswerLost, UnreadableAnswer, StatusError) as error:
        if isinstance(error, StatusError) and error.status < _SERVER_ERRORS:
            raise
    for seconds in _LOOKS_S:
        await asyncio.sleep(seconds)
        found = await look()
        if found:
            return found[0]
    return await github.write("POST", path, body)


def _number_of(found: Document, name: str) -> int:
    """Return the number by which the API knows a comment (``id``) or an issue (``number``)."""
    number = found.get(name)
    if not isinstance(number, int):
        raise UnreadableAnswer(f"GitHub does not tell the {name} of what it holds")
    return number


def _written(what: What, found: Sequence[Document]) -> Written:
    """Return what became of comments or issues, as GitHub tells them."""
    urls = tuple(url for one in found if isinstance(url := one.get("html_url"), str))
    if len(urls) < len(found):
        raise UnreadableAnswer("GitHub does not tell where it put the text")
    return Written(what, urls)


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()


def _text(found: Document, name: str = "body") -> str:
    """Return a text without white space at its end, and with lines that end in a line feed."""
    text = found.get(name)
    return text.replace("\r\n", "\n").rstrip() if isinstance(text, str) else ""
