"""Carries a plan out.

Each action is done on its own, a few at a time; one that fails does not stop the others. Before a
write the assistant is read again, and the action is refused if something that it manages has moved
since the plan was made: between that read and the write a moment remains, because the API has no
way to make a write depend on a version. After a write the answer is compared with what was sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from revox_sync.api.wire import to_request
from revox_sync.apply.events import Event, Outcome, Started, Status
from revox_sync.apply.verify import not_taken, untold
from revox_sync.definitions.definition import Definition
from revox_sync.errors import AnswerLost, ApiError, StatusError, UnreadableAnswer
from revox_sync.model.canonical import dumps
from revox_sync.plan.account import Reader, reread
from revox_sync.plan.compare import Comparison, Rules, compare
from revox_sync.plan.model import Action, Plan
from revox_sync.plan.remote import Remote

logger = logging.getLogger("revox_sync.apply")

_SERVER_ERRORS = 500


class Writer(Reader, Protocol):
    """The API client as the applier needs it."""

    async def create_assistant(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make an assistant, once."""
        ...

    async def update_assistant(
        self, assistant_id: str, body: dict[str, Any]
    ) -> tuple[dict[str, Any], str | None]:
        """Change fields of an assistant."""
        ...


@dataclass(frozen=True, slots=True)
class Consent:
    """Which open questions somebody agreed to lose, by key; ``all_named`` for those of the plan."""

    all_named: bool = False
    questions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def covers(self, action: Action) -> bool:
        """Whether every open question that the action drops was agreed to."""
        return self.all_named or self.questions.get(action.key, frozenset()).issuperset(
            action.open_questions
        )


class Control:
    """Lets whoever runs an apply end it early."""

    def __init__(self) -> None:
        self.stopping = False
        self._tasks: set[asyncio.Task[Outcome]] = set()

    def stop(self) -> None:
        """Begin nothing new; finish what is under way."""
        self.stopping = True

    def abandon(self) -> None:
        """Begin nothing new, and wait for no answer any more."""
        self.stopping = True
        for task in self._tasks:
            task.cancel()

    def watch(self, tasks: Iterable[asyncio.Task[Outcome]]) -> None:
        """Remember the tasks that ``abandon`` cancels."""
        self._tasks.update(tasks)


@dataclass(frozen=True, slots=True)
class Options:
    """How to carry out a plan. ``parallelism`` bounds the actions that are under way at once."""

    parallelism: int
    fail_fast: bool = False
    consent: Consent = Consent()


async def apply(
    plan: Plan,
    definitions: Mapping[str, Definition],
    remotes: Mapping[str, Remote],
    rules: Rules,
    client: Writer,
    options: Options,
    *,
    notify: Callable[[Event], None],
    control: Control,
) -> tuple[Outcome, ...]:
    """Do every action of the plan that writes; return how each ended, in the plan's order.

    ``definitions`` (by key) and ``remotes`` (by id) are those that the plan was made from.
    ``control`` ends the run early. Raises nothing for a failed action: its outcome says so.
    """
    run = _Run(definitions, remotes, rules, client, options, notify, control)
    wanted = [action for action in plan.actions if action.writes or action.refused is not None]
    tasks = [asyncio.create_task(run.action(action)) for action in wanted]
    control.watch(tasks)
    return tuple([await task for task in tasks])


class _Run:
    def __init__(
        self,
        definitions: Mapping[str, Definition],
        remotes: Mapping[str, Remote],
        rules: Rules,
        client: Writer,
        options: Options,
        notify: Callable[[Event], None],
        control: Control,
    ) -> None:
        self.definitions = definitions
        self.remotes = remotes
        self.rules = rules
        self.client = client
        self.options = options
        self.notify = notify
        self.control = control
        self.slots = asyncio.Semaphore(options.parallelism)
        self.writing: set[str] = set()

    async def action(self, action: Action) -> Outcome:
        """Do one action when its turn comes and tell how it ended."""
        try:
            if action.refused is not None:
                outcome = Outcome(action, "refused", action.id, action.refused)
            else:
                async with self.slots:
                    outcome = await self._in_turn(action)
        except asyncio.CancelledError:
            outcome = self._abandoned(action)
        except Exception as error:
            # A fault of this tool; its message could hold something sensitive. What the other
            # actions wrote must be told all the same.
            logger.debug("%s failed", action.key, exc_info=error)
            status: Status = "unknown" if action.key in self.writing else "failed"
            outcome = Outcome(
                action,
                status,
                action.id,
                f"internal error ({type(error).__name__}); this is a fault of revox-sync",
                wrote=status == "unknown",
            )
        if self.options.fail_fast and outcome.status not in ("done", "skipped"):
            self.control.stop()
        self.notify(outcome)
        return outcome

    async def _in_turn(self, action: Action) -> Outcome:
        if self.control.stopping:
            return Outcome(action, "skipped", action.id, "the run ended before its turn")
        self.notify(Started(action))
        return await self._do(action)

    @staticmethod
    def _perhaps_created(action: Action, error: ApiError) -> Outcome:
        return Outcome(
            action,
            "unknown",
            None,
            f"it is not known whether it was created: {error.message}",
            hint="plan again: it is found by its name if it exists",
            wrote=True,
        )

    @staticmethod
    def _unknown(action: Action, assistant_id: str | None, why: str) -> Outcome:
        return Outcome(
            action,
            "unknown",
            assistant_id,
            f"written, but it {why}",
            hint="plan again to see",
            wrote=True,
        )

    def _abandoned(self, action: Action) -> Outcome:
        if action.key not in self.writing:
            return Outcome(action, "skipped", action.id, "the run ended before its turn")
        return Outcome(
            action,
            "unknown",
            action.id,
            "abandoned before the service answered",
            hint="plan again to see whether it was carried out",
            wrote=True,
        )

    async def _do(self, action: Action) -> Outcome:
        if not self.options.consent.covers(action):
            return Outcome(
                action,
                "refused",
                action.id,
                f"replacing its FAQ drops {len(action.open_questions)} open question(s)",
                hint="agree with --drop-open-questions, or apply a saved plan that names them",
            )
        definition = self.definitions[action.key]
        if action.action == "create":
            return await self._create(action, definition)
        return await self._replace(action, definition)

    async def _create(self, action: Action, definition: Definition) -> Outcome:
        body = compare(definition, None, self.rules).body
        self.writing.add(action.key)
        try:
            answer = Remote(
                await self.client.create_assistant(to_request(body, self.rules.profile))
            )
        except (AnswerLost, UnreadableAnswer) as error:
            return self._perhaps_created(action, error)
        except ApiError as error:
            if isinstance(error, StatusError) and error.status >= _SERVER_ERRORS:
                return self._perhaps_created(action, error)
            return Outcome(action, "failed", None, error.message, hint=error.hint)
        return await self._verified(action, body, answer.id, answer)

    async def _replace(self, action: Action, definition: Definition) -> Outcome:
        assert action.id is not None  # noqa: S101 - a replace names its assistant
        try:
            faq = self.remotes[action.id].faq is not None
            fresh = await reread(self.client, action.id, faq=faq)
        except ApiError as error:
            return Outcome(action, "failed", action.id, error.message, hint=error.hint)
        if fresh is None:
            return Outcome(action, "refused", action.id, "the assistant is gone; plan again")
        comparison = compare(definition, fresh, self.rules)
        moved = _moved(action, comparison)
        if moved:
            return Outcome(
                action,
                "refused",
                action.id,
                f"changed in the account since the plan was made: {', '.join(moved)}",
                hint="plan again to see what would be overwritten",
            )
        return await self._patch(action, comparison.body)

    async def _patch(self, action: Action, body: Mapping[str, Any]) -> Outcome:
        assert action.id is not None  # noqa: S101 - a replace names its assistant
        warnings: tuple[str, ...] = ()
        answer: Remote | None
        self.writing.add(action.key)
        try:
            data, notice = await self.client.update_assistant(
                action.id, to_request(body, self.rules.profile)
            )
            answer = Remote(data)
            warnings = (notice,) if notice else ()
        except UnreadableAnswer:
            answer = None
        except AnswerLost as error:
            return Outcome(
                action,
                "unknown",
                action.id,
                f"it is not known whether it was changed: {error.message}",
                hint="plan again to see",
                wrote=True,
            )
        except ApiError as error:
            return Outcome(action, "failed", action.id, error.message, hint=error.hint)
        return await self._verified(action, body, action.id, answer, warnings)

    async def _verified(
        self,
        action: Action,
        body: Mapping[str, Any],
        assistant_id: str,
        answer: Remote | None,
        warnings: tuple[str, ...] = (),
    ) -> Outcome:
        """Compare the answer with what was sent; where it does not tell, read once more."""
        if answer is None or untold(body, answer):
            try:
                again = await reread(self.client, assistant_id, faq="faq_items" in body)
            except ApiError as error:
                return self._unknown(
                    action, assistant_id, f"could not be read back: {error.message}"
                )
            answer = again or answer
        if answer is None:
            return self._unknown(action, assistant_id, "is gone")
        if "faq_items" in body and answer.faq is None:
            warnings += ("the account does not tell its FAQ, so it could not be checked",)
        missed = [
            name
            for name in not_taken(body, answer)
            if not (name == "faq_items" and answer.faq is None)
        ]
        if missed:
            return Outcome(
                action,
                "failed",
                answer.id,
                f"not taken by the service: {', '.join(missed)}",
                hint=f"correct the definition, or leave it to the dashboard with "
                f"`sync: {{ignore: [{', '.join(missed)}]}}`",
                warnings=warnings,
                wrote=True,
            )
        return Outcome(action, "done", answer.id, warnings=warnings, wrote=True)


def _moved(action: Action, comparison: Comparison) -> list[str]:
    """Return what the action manages and is no longer as it was planned."""
    before, now = action.basis, comparison.basis
    moved = [
        name for name in sorted({*before, *now}) if dumps(before.get(name)) != dumps(now.get(name))
    ]
    if action.open_questions != comparison.open_questions:
        moved.append("open questions of the FAQ")
    if not moved and action.changes != comparison.changes:
        moved.append("what the plan was made from")
    return moved
