"""What every write has in common: recorded before it leaves, compared with its answer after.

What is about to be replaced is on disk before the request leaves. After a write the answer is
compared by value with what was sent; where it does not tell, the assistant is read back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from revox_sync.account.reader import Reader, awaited, reread
from revox_sync.account.remote import Remote
from revox_sync.apply.events import Options, Outcome
from revox_sync.errors import AnswerLost, ApiError, StatusError, UnreadableAnswer
from revox_sync.model.fields import FIELDS, field_of
from revox_sync.plan.commands import argument, ignoring
from revox_sync.plan.model import Action, Plan
from revox_sync.secrecy.values import unmasked

_REQUEST_TIMEOUT = 408
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = 500
_UNAVAILABLE = 503


class Writer(Reader, Protocol):
    """The API client as writing needs it; ``trust_list``: its lists need not be whole."""

    trust_list: bool

    async def create_assistant(self, body: dict[str, Any]) -> Remote:
        """Make an assistant, once."""
        ...

    async def update_assistant(
        self, assistant_id: str, body: dict[str, Any], attempt: int
    ) -> tuple[Remote, str | None]:
        """Change fields of an assistant, once."""
        ...

    async def delete_assistant(self, assistant_id: str) -> ApiError | None:
        """Delete an assistant for good; return an answer that may mean that it is gone, or not."""
        ...

    async def move_phone_number(self, number_id: str, assistant_id: str) -> bool:
        """Let an assistant answer a phone number; return whether it does now."""
        ...


class Writing:
    """What the actions of one run share.

    ``remotes`` (by id) are those that the plan was made from, ``present`` those that a create of
    this run cannot have made, ``made`` those that it did make, ``shown`` those that the account has
    listed since, ``fresh`` (by id) those of them that the plan does not know. ``sent`` holds the
    keys of actions whose write has left.
    """

    def __init__(
        self,
        plan: Plan,
        client: Writer,
        options: Options,
    ) -> None:
        self.client = client
        self.journal = options.journal
        self.settle = options.settle
        self.rebind = options.rebind
        self.rules = plan.rules
        self.remotes = plan.remotes
        self.environment = plan.target.environment
        self.force_recreate = plan.choices.force_recreate
        self.allow_create = frozenset(plan.choices.allow_create)
        self.sent_before = options.sent_before
        self.recent = options.recent
        self.present: Mapping[str, Remote] = {}
        self.fresh: dict[str, Remote] = {}
        self._earlier = {one.id for each in options.sent_before.values() for one in each}
        self.made: set[str] = set()
        self.shown: set[str] = set()
        self.sent: set[str] = set()

    async def listed(self) -> list[Remote]:
        """List the account. Raises ApiError."""
        remotes = await self.client.list_assistants()
        self.shown.update(remote.id for remote in remotes)
        self.fresh |= {one.id: one for one in remotes if one.id not in self.remotes}
        return remotes

    def strangers(self, name: str, remotes: Iterable[Remote]) -> Iterator[Remote]:
        """Yield those of a name that the plan does not know and this run did not make."""
        for one in remotes:
            if one.id not in self.remotes and one.id not in self.made and one.is_called(name):
                yield one

    async def look_around(self) -> None:
        """List the account just before the first create. Raises ApiError."""
        self.present = {remote.id: remote for remote in await self.listed()}

    def was_there(self, assistant_id: str) -> bool:
        """Whether a create with an unknown result cannot have created this one."""
        known = (self.present, self.remotes, self.made, self._earlier)
        return any(assistant_id in ids for ids in known)

    async def verified(
        self,
        action: Action,
        body: Mapping[str, Any],
        assistant_id: str,
        answer: Remote | None,
        warnings: tuple[str, ...] = (),
        lost: ApiError | None = None,
    ) -> Outcome:
        """Compare the answer with what was sent; where it does not tell, read it back.

        What is read may be older than what was written, so it is read again for a while before it
        is judged. ``lost`` is why there is no answer: values that are not there in the end were
        never written, or not taken, if the service answered, but not with the assistant.
        """
        self.made.add(assistant_id)
        said = f"; {lost.message}" if isinstance(lost, UnreadableAnswer) else ""
        lost = None if said else lost
        if answer is None or untold(body, answer):
            try:
                again = await awaited(
                    lambda: reread(self.client, assistant_id, faq="faq_items" in body),
                    lambda found: found is not None and not missing(body, found),
                    self.settle,
                )
            except ApiError as error:
                reason = lost.message if lost else error.message
                return unknown(action, assistant_id, f"it could not be read back: {reason}")
            if again is None:
                why = "it is gone" if answer is None else "the service does not find it yet"
                return unknown(action, assistant_id, why)
            answer = again
        missed = missing(body, answer)
        if not all(map(answer.tells, body)):
            warnings += ("the account does not tell its FAQ, so it could not be checked",)
        if missed and lost is not None:
            return Outcome(action, "failed", answer.id, lost.message, lost.hint, wrote=True)
        if missed:
            altered = alterations(body, missed, answer)
            named = (
                f"{one} (the service {altered[one]})" if one in altered else one for one in missed
            )
            return Outcome(
                action,
                "failed",
                answer.id,
                f"not taken by the service: {', '.join(named)}{said}",
                way_on(action, missed, altered),
                warnings,
                wrote=True,
            )
        if lost is not None:
            warnings += (f"its answer was lost ({lost.message}); it was read back",)
        return Outcome(action, "done", answer.id, warnings=warnings, wrote=True)

    async def remove(self, assistant_id: str) -> None:
        """DELETE an assistant, and look until it is gone.

        Raises ApiError in the words of the answer to the DELETE, and AnswerLost where it cannot be
        read whether it is gone.
        """
        said = await self.client.delete_assistant(assistant_id)
        seconds = 0.0 if isinstance(said, StatusError) else self.settle
        try:
            left = await awaited(
                lambda: self.client.get_assistant(assistant_id), lambda seen: seen is None, seconds
            )
        except ApiError as error:
            what = "it was deleted, but whether it is gone could not be read"
            raise AnswerLost(f"{what}: {error.message}") from None
        if left is not None:
            what = f"the service answered that it is deleted, and shows it after {seconds:g} s"
            raise said or UnreadableAnswer(what)

    async def read(self, assistant_id: str, *, faq: bool) -> Remote | None:
        """Read an assistant just before a write; None where it is gone. Raises ApiError.

        A read that still shows what an earlier run has changed is too old to write over, and so is
        one that does not show yet what it made.
        """
        young = self.recent.made.get(assistant_id, 0.0)
        was, left = self.recent.changed.get(assistant_id, (None, 0.0))

        def is_new(now: Remote | None) -> bool:
            if now is None:
                return young <= 0
            return was is None or was.precedes(now) is not True

        return await awaited(
            lambda: reread(self.client, assistant_id, faq=faq), is_new, max(young, left)
        )

    async def found(self, assistant_id: str) -> Remote | None:
        """Read a new assistant, and look until it is there. Raises ApiError."""
        return await awaited(
            lambda: reread(self.client, assistant_id, faq=True),
            lambda seen: seen is not None,
            self.settle,
        )

    async def snapshot(self, action: Action, remote: Remote, fields: Sequence[str]) -> None:
        """Record an assistant as it is, before its first write in this run."""
        await self.journal.snapshot(action, action.definition, remote, fields)

    async def line(self, action: Action, event: str, **members: Any) -> None:
        """Write a line of the journal. Raises OSError when the disk does not take it."""
        await self.journal.line(event, action, **members)

    async def record(self, action: Action, event: str, **members: Any) -> None:
        """Write a line that has to be on disk before the request leaves.

        Where the run is abandoned meanwhile, the request does not leave, and the journal says so.
        """
        try:
            await self.line(action, event, **members)
        except asyncio.CancelledError:
            if action.key not in self.sent:
                self.note(action, "outcome", status="skipped", id=None, wrote=False)
            raise
        self.sent.add(action.key)

    def note(self, action: Action, event: str, **members: Any) -> None:
        """Write a line on what is done already; a full disk does not stop that."""
        with suppress(OSError):
            self.journal.note(event, action, **members)

    async def note_created(self, action: Action, assistant_id: str) -> None:
        """Record that it was created; it was, even if the disk does not take the line."""
        self.made.add(assistant_id)
        if action.recreate is None:
            places = [list(path) for path in action.wanted.secret_places]
            self.note(action, "created", id=assistant_id, secrets=places)
            return
        with suppress(OSError):
            await self.line(action, "recreated", old=action.id, new=assistant_id)


def way_on(action: Action, missed: Sequence[str], altered: Mapping[str, str]) -> str:
    """Return what to do about fields that the service did not take, or that it ``altered``."""
    known = [name for name in missed if name in FIELDS]
    ignore = f", or {ignoring(known)}" if ignoring(known) else ""
    if altered.keys() == set(missed):
        pull = f"`revox-sync pull {argument(action.key)}`"
        return f"take over what the service made of it with {pull}{ignore}"
    if known:
        return f"correct the definition{ignore}"
    return "correct the definition, or remove it from `sync: {extra: …}`"


def perhaps_done(error: ApiError) -> bool:
    """Whether the service may have carried out the request all the same.

    A redirect may lead to what it made (303), and is not followed.
    """
    if isinstance(error, StatusError):
        redirects = error.status in _REDIRECTS
        return redirects or error.status >= _SERVER_ERRORS or error.status == _REQUEST_TIMEOUT
    return isinstance(error, AnswerLost | UnreadableAnswer)


def is_unavailable(error: ApiError) -> bool:
    """Whether the service says that it is not available just now."""
    return isinstance(error, StatusError) and error.status == _UNAVAILABLE


def refused(action: Action, why: str) -> Outcome:
    """Return the outcome of an action that the tool declines."""
    return Outcome(action, "refused", action.id, why, hint="plan again to see how it is now")


def failed(action: Action, assistant_id: str | None, error: ApiError) -> Outcome:
    """Return the outcome of a request that certainly did nothing."""
    return Outcome(action, "failed", assistant_id, error.message, hint=error.hint)


def unknown(action: Action, assistant_id: str, why: str) -> Outcome:
    """Return the outcome of a request that may or may not have been carried out."""
    return Outcome(action, "unknown", assistant_id, why, hint="run again to see", wrote=True)


def missing(sent: Mapping[str, Any], answer: Remote) -> list[str]:
    """Return the fields whose value in the answer is not, by meaning, what was sent.

    A field that the answer lacks counts as null; ask ``untold`` first. A FAQ that it does not tell,
    and what the account masks, count as taken.
    """

    def is_taken(name: str, value: Any) -> bool:
        spec = field_of(name)
        held, _ = unmasked(spec, answer.data.get(name), value, (name,))
        return not spec.differs(held, value)

    return [
        name for name, value in sent.items() if answer.tells(name) and not is_taken(name, value)
    ]


def alterations(sent: Mapping[str, Any], missed: Iterable[str], answer: Remote) -> dict[str, str]:
    """Say by field how the service changed texts, if a simple rule describes it.

    No value is told, since it may be sensitive.
    """
    found = {name: _alteration(sent[name], answer.data.get(name)) for name in missed}
    return {name: how for name, how in found.items() if how is not None and name in FIELDS}


def _alteration(sent: Any, held: Any) -> str | None:
    if not (isinstance(sent, str) and isinstance(held, str) and held):
        return None
    lines, kept = ["\n".join(map(str.rstrip, text.rstrip().split("\n"))) for text in (sent, held)]
    if lines == kept:
        return "removed the spaces at line ends"
    if sent.strip() == held.strip():
        return "removed the spaces around it"
    if sent.split() == held.split():
        return "changed its spaces and line breaks"
    return f"cut it after {len(held)} characters" if sent.startswith(held) else None


def untold(sent: Mapping[str, Any], answer: Remote) -> tuple[str, ...]:
    """Return the fields of which the answer says nothing."""
    return tuple(
        name
        for name, value in sent.items()
        if not answer.tells(name) or (name not in answer.data and value not in (None, []))
    )
