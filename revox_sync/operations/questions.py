"""``questions``: what callers asked and nobody answered yet."""

from __future__ import annotations

from collections import Counter

from revox_sync.account.reader import complete_faqs, read_assistants
from revox_sync.account.remote import Remote
from revox_sync.operations.context import EMPTY_PROJECT, Context, load
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """An open question of an assistant, and how often it stands there.

    ``key`` is null where no definition describes the assistant.
    """

    key: str | None
    name: str
    id: str
    question: str
    count: int


def open_questions(settings: Settings, reporter: Reporter) -> tuple[Question, ...]:
    """Return the open questions of all assistants, by assistant, the most frequent first.

    Raises DefinitionError, RefusedError for a key of another organization, ApiError.
    """
    context = load(settings, reporter, allowed=EMPTY_PROJECT)
    remotes = run(_read(context))
    matches = context.match(remotes, context.recreating()).matches
    keys = {found.remote.id: key for key, found in matches.items() if found.remote is not None}
    return tuple(
        Question(keys.get(remote.id), remote.shown_name, remote.id, question, count)
        for remote in sorted(remotes, key=lambda one: (keys.get(one.id, "~"), one.name, one.id))
        if remote.faq is not None
        for question, count in Counter(remote.faq.open_questions).most_common()
    )


async def _read(context: Context) -> tuple[Remote, ...]:
    async with context.reading() as client:
        bound = {made.sync.id for made in context.definitions if made.sync.id is not None}
        listed = await read_assistants(client, bound)
        return await complete_faqs(client, listed, listed)
