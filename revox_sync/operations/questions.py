"""``questions``: what callers asked and nobody answered yet; and notes of it in definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from revox_sync.account.reader import complete_faqs
from revox_sync.account.remote import HeldFaq, Remote
from revox_sync.authoring.comments import Asked
from revox_sync.authoring.layout import NotEditable
from revox_sync.authoring.workspace import Workspace
from revox_sync.definitions.problem import Problem, Unusable
from revox_sync.definitions.project import PROJECT_FILE, Project
from revox_sync.model.likeness import same_question
from revox_sync.model.shapes import faq_item, is_open
from revox_sync.operations.context import EMPTY_PROJECT, Context, load, some
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.plan.match import Matching
from revox_sync.records import dataclass

_FAQ = "faq_items"
#: What a file would take for a reference; those to secrets stand in the place of their values.
_NO_REFERENCE = re.compile(r"\$\{(?!secret\.)")


@dataclass(frozen=True, slots=True)
class Question:
    """An open question of an assistant, and how often it stands there, however it is spelled.

    ``key`` is null where no definition describes the assistant. ``first`` and ``last`` say when it
    was asked, as the service spells it; null where the service does not tell.
    """

    key: str | None
    name: str
    id: str
    question: str
    count: int
    first: str | None = None
    last: str | None = None


def open_questions(settings: Settings, reporter: Reporter) -> tuple[Question, ...]:
    """Return the open questions of all assistants, by assistant, the most frequent first.

    Raises DefinitionError, RefusedError for a key of another organization, ApiError.
    """
    remotes, matching = run(_read(load(settings, reporter, allowed=EMPTY_PROJECT)))
    untold = sorted(remote.shown_name for remote in remotes if remote.faq is None)
    if untold:
        what = f"the service does not tell the FAQ of {some(untold)}"
        reporter.remark(f"{what}; what is open there is not known")
    matches = matching.matches.items()
    keys = {found.remote.id: key for key, found in matches if found.remote is not None}
    return tuple(
        question
        for remote in sorted(remotes, key=lambda one: (keys.get(one.id, "~"), one.name, one.id))
        for question in _asked_in(remote, keys.get(remote.id))
    )


def _asked_in(remote: Remote, key: str | None) -> list[Question]:
    """Return an assistant's open questions, the most frequent first."""
    held = remote.data.get(_FAQ)
    asked: dict[str, list[Any]] = {}
    for item in held if isinstance(held, list) else ():
        if is_open(item):
            asked.setdefault(same_question(faq_item(item)[0]), []).append(item)
    found = []
    for items in asked.values():
        text = remote.known.shown(faq_item(items[0])[0])
        when = sorted(str(one["created_at"]) for one in items if one.get("created_at"))
        first, last = (when[0], when[-1]) if when else (None, None)
        found.append(Question(key, remote.shown_name, remote.id, text, len(items), first, last))
    return sorted(found, key=lambda one: (-one.count, one.question))


async def _read(context: Context) -> tuple[tuple[Remote, ...], Matching]:
    """Return the account's assistants, each with its FAQ, and which is which."""
    async with context.surveying() as (client, survey):
        remotes = survey.account.remotes
        return await complete_faqs(client, remotes, remotes), survey.matching


@dataclass(frozen=True, slots=True)
class Notes:
    """Open questions that a definition holds now; ``removed`` says how many it holds no longer."""

    file: str
    questions: tuple[str, ...]
    removed: int


def note(
    workspace: Workspace,
    project: Project,
    described: Iterable[tuple[str, Remote]],
) -> tuple[list[Notes], list[Problem]]:
    """Note open questions in definitions, in memory; return what changed, and what could not be.

    ``described`` holds file and assistant of each.
    """
    changed: list[Notes] = []
    left: list[Problem] = []
    for file, remote in described:
        if remote.faq is None:  # not told, so nothing is known to be open
            continue
        try:
            own = workspace.state(file)
            inherited = _FAQ in project.defaults and _FAQ not in own
            stated = project.defaults[_FAQ] if inherited else own.get(_FAQ, ())
            asked = _asked(remote.faq, stated)
            if inherited and asked.waiting:
                hint = f"state it in {file}, too, and answer the open questions there"
                raise NotEditable(f"it comes from `defaults:` in {PROJECT_FILE}", hint)
            found = workspace.note(file, asked)
        except Unusable as problem:
            why = NotEditable(problem.message, problem.hint or "run pull again")
            left.append(why.at((_FAQ,), workspace.location(file, (_FAQ,))))
            continue
        if found.splices:
            changed.append(Notes(file, found.added, found.removed))
    return changed, left


def _asked(faq: HeldFaq, stated: Sequence[Any]) -> Asked:
    """Return an assistant's open questions, as a definition would state them."""
    answered = [question for question, _ in faq.items]
    answered += [question for question, answer in map(faq_item, stated) if answer.strip()]
    waiting = [_NO_REFERENCE.sub("$${", one) for one in faq.unanswered(stated)]
    return Asked(waiting, answered, bool(faq.items))
