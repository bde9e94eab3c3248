"""One action against the account: read, record, write once, compare.

Before a write the assistant is read again, and the action is refused if something that it manages
has moved since the plan was made: between that read and the write a moment remains, because the
API has no way to make a write depend on a version. What is about to be replaced is on disk before
the request leaves. After a write the answer is compared with what was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from revox_sync.api.wire import to_request
from revox_sync.apply.control import Options
from revox_sync.apply.events import Outcome
from revox_sync.apply.settle import look, settle
from revox_sync.apply.verify import not_taken, untold
from revox_sync.definitions.definition import Definition
from revox_sync.errors import AnswerLost, ApiError, StatusError, UnreadableAnswer
from revox_sync.model.canonical import dumps
from revox_sync.plan.account import Reader, reread
from revox_sync.plan.compare import Comparison, Rules, compare
from revox_sync.plan.model import Action
from revox_sync.plan.remote import Remote

_REQUEST_TIMEOUT = 408
_SERVER_ERRORS = 500
_UNAVAILABLE = 503
_CREATE_ATTEMPTS = 3
_PAUSE_S = 1.0


class Writer(Reader, Protocol):
    """The API client as writing needs it."""

    async def create_assistant(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make an assistant, once."""
        ...

    async def update_assistant(
        self, assistant_id: str, body: dict[str, Any], attempt: int = 1
    ) -> tuple[dict[str, Any], str | None]:
        """Change fields of an assistant, once."""
        ...

    async def delete_assistant(self, assistant_id: str) -> None:
        """Delete an assistant for good."""
        ...

    async def uses_of(self, assistant_id: str) -> list[str]:
        """Return what would break without the assistant, in words."""
        ...


class Writes:
    """Carries out single actions of one run.

    ``remotes`` (by id) are those that the plan was made from, ``present`` those that a create of
    this run cannot have made. ``sent`` holds the keys of actions whose write has left.
    """

    def __init__(
        self,
        client: Writer,
        rules: Rules,
        options: Options,
        remotes: Mapping[str, Remote],
        present: Mapping[str, Remote],
    ) -> None:
        self._client = client
        self._rules = rules
        self._journal = options.journal
        self._settle = options.settle
        self._remotes = remotes
        self._present = present
        self._made: set[str] = set()
        self.sent: set[str] = set()

    async def create(self, action: Action, definition: Definition) -> Outcome:
        """POST the assistant; where no answer tells what became of it, look for it."""
        for remote in self._present.values():
            if remote.name == definition.name and remote.id not in self._remotes:
                return _refused(
                    action, f"{remote.id} has appeared under its name since the plan was made"
                )
        body = compare(definition, None, self._rules).body
        for attempt in range(1, _CREATE_ATTEMPTS + 1):
            self._record(action, "sending", method="POST", fields=sorted(body))
            try:
                data = await self._client.create_assistant(to_request(body, self._rules.profile))
            except ApiError as error:
                if not _perhaps_done(error):
                    return _failed(action, None, error)
                again = attempt < _CREATE_ATTEMPTS and _is_unavailable(error)
                outcome = await self._settled(action, definition, body, error, again=again)
                if outcome is None:
                    continue
                return outcome
            answer = Remote(data)
            self._note(action, answer.id, definition)
            return await self._verified(action, body, answer.id, answer)
        raise AssertionError("the last attempt returns")  # pragma: no cover

    async def _settled(
        self,
        action: Action,
        definition: Definition,
        body: Mapping[str, Any],
        error: ApiError,
        *,
        again: bool,
    ) -> Outcome | None:
        """Return what the account tells about a create without an answer; None: send it again.

        503 says that the service did not want to; it is sent again once the account shows that
        nothing was made.
        """
        if again:
            await asyncio.sleep(_PAUSE_S)
            try:
                found = await look(self._client, body, self._impossible())
            except ApiError:
                found = await settle(self._client, body, self._impossible, self._settle)
            else:
                if found.remote is None and not found.others:
                    return None
        else:
            found = await settle(self._client, body, self._impossible, self._settle)
        if found.remote is not None:
            self._note(action, found.remote.id, definition)
            lost = f"its answer was lost ({error.message}); it was found in the account"
            return await self._verified(action, body, found.remote.id, found.remote, (lost,))
        what = "as it was sent, more than once" if found.equal else "of its name but not the same"
        named = f"; {what}: {', '.join(found.others)}" if found.others else ""
        return Outcome(
            action,
            "unknown",
            None,
            f"it is not known whether it was created: {error.message}{named}",
            hint="run again: it is found by its name if it exists",
            wrote=True,
        )

    def _impossible(self) -> frozenset[str]:
        return frozenset({*self._present, *self._remotes, *self._made})

    async def replace(self, action: Action, definition: Definition) -> Outcome:
        """PATCH what differs, unless somebody changed it since the plan was made.

        That is looked at before every attempt: a service that is busy leaves time for edits.
        """
        lost: list[ApiError] = []
        while True:
            seen = await self._look_again(action, definition, lost)
            if isinstance(seen, Outcome):
                return seen
            fresh, body = seen
            outcome = await self._patch(action, definition, fresh, body, attempt=len(lost) + 1)
            if isinstance(outcome, Outcome):
                return outcome
            lost.append(outcome)
            await asyncio.sleep(outcome.wait or 0.0)

    async def _look_again(
        self, action: Action, definition: Definition, lost: Sequence[ApiError]
    ) -> Outcome | tuple[Remote, Mapping[str, Any]]:
        """Return the assistant as it is and what to send, or why nothing is to be sent.

        ``lost`` are the errors that earlier attempts ended in.
        """
        planned = self._remotes[str(action.id)]
        try:
            fresh = await reread(self._client, planned.id, faq=planned.faq is not None)
        except ApiError as error:
            if not lost:
                return _failed(action, planned.id, error)
            return _unknown(action, planned.id, f"it could not be read back: {lost[-1].message}")
        if fresh is None:
            return _refused(action, "the assistant is gone")
        comparison = compare(definition, fresh, self._rules)
        if lost and not comparison.changes:
            warning = f"its answer was lost ({lost[-1].message}); it was read back"
            return Outcome(action, "done", fresh.id, warnings=(warning,), wrote=True)
        moved = _moved(action, comparison)
        return _overtaken(action, moved, lost) if moved else (fresh, comparison.body)

    async def _patch(
        self,
        action: Action,
        definition: Definition,
        fresh: Remote,
        body: Mapping[str, Any],
        *,
        attempt: int,
    ) -> Outcome | ApiError:
        """Send the PATCH once; return the outcome, or an error after which it may be sent again."""
        self._snapshot(action, definition, fresh, sorted(body))
        self._record(action, "sending", method="PATCH", id=fresh.id, fields=sorted(body))
        try:
            data, notice = await self._client.update_assistant(
                fresh.id, to_request(body, self._rules.profile), attempt
            )
        except ApiError as error:
            if error.wait is not None:
                return error
            if not _perhaps_done(error):
                return _failed(action, fresh.id, error)
            lost = None if isinstance(error, UnreadableAnswer) else error
            return await self._verified(action, body, fresh.id, None, lost=lost)
        return await self._verified(
            action, body, fresh.id, Remote(data), (notice,) if notice else ()
        )

    async def delete(self, action: Action, definition: Definition | None) -> Outcome:
        """DELETE an assistant that nothing uses, once its snapshot is on disk.

        ``definition`` says what in it is secret, where that is known.
        """
        assistant_id = str(action.id)
        try:
            data = await self._client.get_assistant(assistant_id)
            uses = await self._client.uses_of(assistant_id) if data is not None else []
            if uses:
                return _refused(action, f"it is in use: {', '.join(uses)}")
            if data is not None:
                self._snapshot(action, definition, Remote(data), ())
                self._record(action, "sending", method="DELETE", id=assistant_id)
                await self._client.delete_assistant(assistant_id)
        except ApiError as error:
            if action.key in self.sent and _perhaps_done(error):
                return Outcome(action, "unknown", assistant_id, error.message, wrote=True)
            return _failed(action, assistant_id, error)
        return Outcome(action, "done", assistant_id, wrote=data is not None)

    async def _verified(
        self,
        action: Action,
        body: Mapping[str, Any],
        assistant_id: str,
        answer: Remote | None,
        warnings: tuple[str, ...] = (),
        lost: ApiError | None = None,
    ) -> Outcome:
        """Compare the answer with what was sent; where it does not tell, read once more.

        ``lost`` is why there is no answer: values that are not there then were never written.
        """
        self._made.add(assistant_id)
        if answer is None or untold(body, answer):
            try:
                again = await reread(self._client, assistant_id, faq="faq_items" in body)
            except ApiError as error:
                reason = lost.message if lost else error.message
                return _unknown(action, assistant_id, f"it could not be read back: {reason}")
            answer = again or answer
        if answer is None:
            return _unknown(action, assistant_id, "it is gone")
        missed = list(not_taken(body, answer))
        if "faq_items" in body and answer.faq is None:
            warnings += ("the account does not tell its FAQ, so it could not be checked",)
            missed.remove("faq_items")
        if missed and lost is not None:
            return Outcome(action, "failed", answer.id, lost.message, lost.hint, wrote=True)
        if missed:
            return Outcome(
                action,
                "failed",
                answer.id,
                f"not taken by the service: {', '.join(missed)}",
                "correct the definition, or leave it to the dashboard with "
                f"`sync: {{ignore: [{', '.join(missed)}]}}`",
                warnings,
                wrote=True,
            )
        if lost is not None:
            warnings += (f"its answer was lost ({lost.message}); it was read back",)
        return Outcome(action, "done", answer.id, warnings=warnings, wrote=True)

    def _snapshot(
        self, action: Action, definition: Definition | None, remote: Remote, fields: Any
    ) -> None:
        if self._journal is not None:
            self._journal.snapshot(action, definition, remote, fields)

    def _record(self, action: Action, event: str, **members: Any) -> None:
        """Write a line that has to be on disk before the request leaves."""
        if self._journal is not None:
            self._journal.line(event, action, **members)
        self.sent.add(action.key)

    def _note(self, action: Action, assistant_id: str, definition: Definition) -> None:
        """Write down that it was created; it was, whether the disk takes the line or not."""
        self._made.add(assistant_id)
        if self._journal is not None:
            places = [list(path) for path in definition.secrets]
            with suppress(OSError):
                self._journal.line("created", action, id=assistant_id, secrets=places)


def _perhaps_done(error: ApiError) -> bool:
    """Whether the service may have carried out the request all the same."""
    if isinstance(error, StatusError):
        return error.status >= _SERVER_ERRORS or error.status == _REQUEST_TIMEOUT
    return isinstance(error, AnswerLost | UnreadableAnswer)


def _is_unavailable(error: ApiError) -> bool:
    return isinstance(error, StatusError) and error.status == _UNAVAILABLE


def _refused(action: Action, why: str) -> Outcome:
    return Outcome(action, "refused", action.id, why, hint="plan again to see how it is now")


def _overtaken(action: Action, moved: Sequence[str], lost: Sequence[ApiError]) -> Outcome:
    """Return the outcome of a write that somebody's edit came before."""
    what = f"changed in the account since the plan was made: {', '.join(moved)}"
    if any(map(_perhaps_done, lost)):
        return _unknown(action, str(action.id), f"perhaps written, and {what}")
    return _refused(action, what)


def _failed(action: Action, assistant_id: str | None, error: ApiError) -> Outcome:
    return Outcome(action, "failed", assistant_id, error.message, hint=error.hint)


def _unknown(action: Action, assistant_id: str, why: str) -> Outcome:
    return Outcome(action, "unknown", assistant_id, why, hint="run again to see", wrote=True)


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
