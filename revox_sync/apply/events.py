"""What a run is told and what it tells: options and consent, an early end, events and outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal

from revox_sync.definitions.definition import Definition
from revox_sync.history.journal import Journal
from revox_sync.history.runs import Recent, Sent
from revox_sync.plan.model import Action
from revox_sync.records import dataclass

Ending = Literal["done", "failed", "refused", "skipped", "unknown"]


@dataclass(frozen=True, slots=True)
class Started:
    """Work on an action has begun."""

    action: Action


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an action ended.

    ``done``     written, and the service's answer equals what was sent
    ``failed``   the service refused it, or did not take every value
    ``refused``  the tool declined; nothing was sent for it
    ``skipped``  not begun, because the run ended before its turn
    ``unknown``  sent, and no answer tells whether it was carried out

    ``id`` is the assistant's id where it is known, ``message`` the reason in the service's own
    words where it gave any, ``wrote`` whether the account may have changed. ``old_id`` is the
    assistant in whose place a recreate put the one of ``id``.
    """

    action: Action
    status: Ending
    id: str | None = None
    message: str | None = None
    hint: str | None = None
    warnings: tuple[str, ...] = ()
    wrote: bool = False
    old_id: str | None = None


Event = Started | Outcome


@dataclass(frozen=True, slots=True)
class Consent:
    """Which open questions somebody agreed to lose, by key; ``all_named`` for those of the plan."""

    all_named: bool = False
    questions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def covers(self, action: Action) -> bool:
        """Whether somebody agreed to every open question that the action drops."""
        return self.all_named or self.questions.get(action.key, frozenset()).issuperset(
            action.open_questions
        )


@dataclass(frozen=True, slots=True)
class Options:
    """How to carry out a plan.

    ``parallelism`` bounds the actions that are under way at once; ``settle`` is how many seconds
    reads may lag behind writes: so long what was written is looked for again. ``journal`` records
    the run, ``sent_before`` holds by key what earlier runs of this machine made, ``recent`` by id
    what they did a moment ago. ``rebind`` writes a new id into the file of a definition that is
    bound to the old one; it raises RevoxSyncError when it cannot.
    """

    parallelism: int
    settle: float
    journal: Journal
    fail_fast: bool = False
    consent: Consent = Consent()
    sent_before: Mapping[str, Sequence[Sent]] = field(default_factory=dict)
    recent: Recent = Recent()
    rebind: Callable[[Definition, str], None] | None = None


class Control:
    """Lets whoever runs an apply end it early."""

    def __init__(self) -> None:
        self.stopping = False
        self.abandoned = False
        self._tasks: set[asyncio.Task[Outcome]] = set()

    def stop(self) -> None:
        """Begin nothing new; finish what is under way."""
        self.stopping = True

    def abandon(self) -> None:
        """Begin nothing new, and wait for no answer any more."""
        self.stopping = self.abandoned = True
        for task in self._tasks:
            task.cancel()

    def watch(self, tasks: Iterable[asyncio.Task[Outcome]]) -> None:
        """Remember the tasks that ``abandon`` cancels; after it, none of them begins anyway."""
        self._tasks.update(tasks)
