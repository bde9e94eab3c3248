"""One issue that is open while something is wrong, and closed when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from revox_sync.errors import AnswerLost, ApiError, SetupError
from revox_sync.github.client import Document, GitHub
from revox_sync.github.marked import Body, Written, author, number_of, ours, upsert

#: GitHub answers 422 to a longer one: "title is too long (maximum is 256 characters)".
TITLE_LIMIT = 256


async def open_issue(github: GitHub, title: str, label: str, body: Body) -> Written:
    """Make the open issue with the body's marker say this; open it where there is none.

    It is looked for among the open issues with ``label`` (the list, which knows a new issue at
    once; the search lags behind). Of several the oldest is updated. Raises SetupError for a title
    that GitHub does not take, ApiError for what it declines.
    """
    if len(title) > TITLE_LIMIT:
        raise SetupError(f"the title has {len(title)} characters, and GitHub takes {TITLE_LIMIT}")
    who = await author(github)

    async def look() -> list[Document]:
        return await _open_issues(github, label, body, who)

    said = {"title": title, "body": body.text}
    what, found = await upsert(github, look, said, among="/issues", at=_at, new={"labels": [label]})
    _check_label(found[0], label)
    return Written.of(what, found)


async def close_issue(github: GitHub, label: str, body: Body, words: str) -> Written:
    """Close every open issue with the body's marker, with ``words`` as its last comment.

    Closing comes first: a comment that is not taken leaves no issue open. Raises ApiError.
    """
    found = await _open_issues(github, label, body, await author(github))
    for issue in found:
        await github.send("PATCH", _at(issue), {"state": "closed", "state_reason": "completed"})
        await _comment(github, issue, words)
    return Written.of("closed" if found else "nothing to close", found)


async def _comment(github: GitHub, issue: Document, words: str) -> None:
    """Say a last word; whether an unanswered one arrived is not worth a second one."""
    try:
        await github.send("POST", f"{_at(issue)}/comments", {"body": words})
    except AnswerLost:
        return


async def _open_issues(
    github: GitHub, label: str, body: Body, author: int | None
) -> list[Document]:
    found = await github.listed("/issues", f"state=open&labels={quote(label, safe='')}")
    return ours(found, body.marker, author)


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


def _at(issue: Document) -> str:
    return f"/issues/{number_of(issue, 'number')}"
