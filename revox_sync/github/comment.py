"""One comment on a pull request that is kept up to date."""

from __future__ import annotations

from revox_sync.github.client import Document, GitHub
from revox_sync.github.marked import Body, Written, author, number_of, ours, upsert


async def upsert_comment(github: GitHub, number: int, body: Body) -> Written:
    """Make the comment with the body's marker say this; create it where there is none.

    ``number`` is the pull request's. Of several the oldest is updated, and none is deleted. One
    that says this already is not written again. Raises ApiError.
    """
    path, who = f"/issues/{number}/comments", await author(github)

    async def look() -> list[Document]:
        return ours(await github.listed(path), body.marker, who)

    what, found = await upsert(github, look, {"body": body.text}, among=path, at=_at)
    return Written.of(what, found)


def _at(comment: Document) -> str:
    return f"/issues/comments/{number_of(comment, 'id')}"
