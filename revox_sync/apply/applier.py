"""Carries a plan out: each action on its own, a few at a time; one failure is one failure."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace

from revox_sync.account.reader import awaited, read_assistant
from revox_sync.account.remote import Remote
from revox_sync.apply.create import anothers, create
from revox_sync.apply.create import twins as twins_of
from revox_sync.apply.delete import delete
from revox_sync.apply.events import Control, Ending, Event, Options, Outcome, Started
from revox_sync.apply.recreate import recreate
from revox_sync.apply.replace import replace as replace_in_place
from revox_sync.apply.write import Writer, Writing
from revox_sync.errors import ApiError
from revox_sync.plan.model import Action, Create, Delete, Plan, Recreate

logger = logging.getLogger("revox_sync.apply")


async def apply(
    plan: Plan,
    client: Writer,
    options: Options,
    *,
    notify: Callable[[Event], None],
    control: Control,
    first: Callable[[], None] = lambda: None,
) -> tuple[Outcome, ...]:
    """Do every action of the plan that writes; return how each ended, in the plan's order.

    ``notify`` is told how far it is, ``control`` ends the run early. ``first`` is called in a
    thread while the account is listed; nothing is written unless it returns. Raises what it raises,
    ApiError when the account cannot be listed before the first create, and nothing for a failed
    action: its outcome says so.
    """
    wanted = [action for action in plan.actions if action.writes or action.refused is not None]
    creates = any(action.writes and isinstance(action, Create | Recreate) for action in wanted)
    writing = Writing(plan, client, options)
    looking = [writing.look_around()] if creates else []
    # Both end, whatever becomes of the other.
    for ended in await asyncio.gather(asyncio.to_thread(first), *looking, return_exceptions=True):
        if ended is not None:
            raise ended
    run = _Run(writing, options, notify, control)
    tasks = [asyncio.create_task(run.action(action)) for action in wanted]
    control.watch(tasks)
    outcomes = tuple([await task for task in tasks])
    if not control.abandoned:
        outcomes = await _confirmed(writing, outcomes)
        for outcome in outcomes:
            if _made(writing, outcome):
                run.record(outcome)
    try:
        await options.journal.synced()
    except OSError as error:
        logger.warning("the end of the record may not be on disk: %s", error.strerror)
    return outcomes


def _made(writing: Writing, outcome: Outcome) -> bool:
    """Whether an action ended with an assistant that the run created."""
    kind = isinstance(outcome.action, Create | Recreate)
    return kind and outcome.wrote and outcome.id in writing.made


async def _confirmed(writing: Writing, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """List the account until it shows what the run made: only then may a run be green.

    The next run would make again what the list does not show. Another run that makes the same
    shows in the same list, since reads do not go back: then neither is green. Lists hide
    sub-assistants, and one that is trusted may lack more: those are asked for by id. What is there
    under another name is somebody else's, whatever the answer to the create said.
    """
    made = [outcome for outcome in outcomes if _made(writing, outcome)]
    if not made:
        return outcomes
    hidden = {
        str(one.id)
        for one in made
        if writing.client.trust_list or one.action.wanted.fields.get("type") == "sub-assistant"
    }
    names = {str(one.id): one.action.name for one in made}
    created = [one.action.name for one in made if isinstance(one.action, Create)]
    listed: list[Remote] = []

    async def look() -> set[str]:
        nonlocal listed
        lacking = {str(outcome.id) for outcome in made} - writing.shown
        if lacking or created:
            listed = await writing.listed()
        for one in hidden & lacking:
            seen = await read_assistant(writing.client, one)
            if seen is not None and seen.is_called(names[one]):
                writing.shown.add(one)
        return lacking - writing.shown

    others: dict[str | None, Remote] = {}
    try:
        lacking = await awaited(look, lambda left: not left, writing.settle)
        for one in lacking:
            seen = await read_assistant(writing.client, one)
            if seen is not None and not seen.is_called(names[one]):
                others[one] = seen
    except ApiError as error:
        why = f"whether the account shows it could not be checked: {error.message}"
        return tuple(_unseen(one, why) if _made(writing, one) else one for one in outcomes)
    twins = twins_of(created, listed)

    def ended(outcome: Outcome) -> Outcome:
        if outcome.id in others and outcome.status == "done":
            return anothers(outcome.action, others[outcome.id])
        if outcome.id in lacking:
            why = f"it was made, and the account does not show it after {writing.settle:g} s"
            return _unseen(outcome, why)
        if outcome.action.name in twins:
            return _twin(outcome, twins[outcome.action.name])
        return outcome

    return tuple(ended(one) if _made(writing, one) else one for one in outcomes)


def _unseen(outcome: Outcome, why: str) -> Outcome:
    if outcome.status != "done":
        return outcome
    hint = "run again later: it is found as soon as the account shows it; --settle waits longer"
    return replace(outcome, status="unknown", message=why, hint=hint)


def _twin(outcome: Outcome, ids: tuple[str, ...]) -> Outcome:
    return replace(
        outcome,
        status="failed" if outcome.status == "done" else outcome.status,
        message=f"there are {len(ids)} assistants of its name now: {', '.join(ids)}",
        hint="delete all but one in the dashboard, or bind the right one with sync.id",
    )


class _Run:
    def __init__(
        self,
        writing: Writing,
        options: Options,
        notify: Callable[[Event], None],
        control: Control,
    ) -> None:
        self._writing = writing
        self._options = options
        self._notify = notify
        self._control = control
        self._slots = asyncio.Semaphore(options.parallelism)

    async def action(self, action: Action) -> Outcome:
        """Do one action when its turn comes and tell how it ended."""
        try:
            if action.refused is not None:
                outcome = Outcome(action, "refused", action.id, action.refused)
            else:
                async with self._slots:
                    outcome = await self._in_turn(action)
        except asyncio.CancelledError:
            outcome = self._abandoned(action)
        except OSError as error:
            # Only the record of the run is written here, and always before the request.
            reason = error.strerror or type(error).__name__
            outcome = Outcome(
                action,
                "refused",
                action.id,
                f"what it replaces could not be recorded, so nothing was sent: {reason}",
                hint="make room, or make .revox-sync writable, and run again",
            )
        except Exception as error:
            outcome = self._faulty(action, error)
        if self._options.fail_fast and outcome.status not in ("done", "skipped"):
            self._control.stop()
        if not _made(self._writing, outcome):  # else only once the account shows it
            self.record(outcome)
        self._notify(outcome)
        return outcome

    async def _in_turn(self, action: Action) -> Outcome:
        if self._control.stopping:
            return _skipped(action)
        self._notify(Started(action))
        if not self._options.consent.covers(action):
            what = "deleting it" if isinstance(action, Delete) else "replacing its FAQ"
            return Outcome(
                action,
                "refused",
                action.id,
                f"{what} drops {len(action.open_questions)} open question(s)",
                hint="agree with --drop-open-questions, or apply a saved plan that names them",
            )
        if isinstance(action, Delete):
            return await delete(self._writing, action)
        if isinstance(action, Create):
            return await create(self._writing, action)
        if isinstance(action, Recreate):
            return await recreate(self._writing, action)
        return await replace_in_place(self._writing, action)

    def _abandoned(self, action: Action) -> Outcome:
        if action.key not in self._writing.sent:
            return _skipped(action)
        return Outcome(
            action,
            "unknown",
            action.id,
            "abandoned before the service answered",
            hint="run again to see whether it was carried out",
            wrote=True,
        )

    def _faulty(self, action: Action, error: Exception) -> Outcome:
        """Return the outcome of a fault of this tool, whose message may hold something sensitive.

        What the other actions wrote must be reported all the same.
        """
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.debug("%s failed: %s", action.key, where)
        sent = action.key in self._writing.sent
        status: Ending = "unknown" if sent else "failed"
        what = f"internal error ({type(error).__name__}); this is a bug in revox-sync"
        return Outcome(action, status, action.id, what, wrote=sent)

    def record(self, outcome: Outcome) -> None:
        """Write down how an action ended, if anything was sent for it."""
        if outcome.action.key not in self._writing.sent:
            return
        try:
            self._options.journal.note(
                "outcome",
                outcome.action,
                status=outcome.status,
                id=outcome.id,
                wrote=outcome.wrote,
                **({"old_id": outcome.old_id} if outcome.old_id else {}),
            )
        except OSError:
            logger.warning("%s: how it ended could not be recorded", outcome.action.key)


def _skipped(action: Action) -> Outcome:
    return Outcome(action, "skipped", action.id, "the run ended before its turn")
