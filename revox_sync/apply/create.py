"""Creates an assistant, once: a POST that nobody answered is looked for, never sent again.

The service has no key by which a create could be recognised, so the account is listed for a while:
an assistant that was not there before and equals what was sent is the one; one of its name that
differs is somebody else's, named and never taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from revox_sync.account.reader import Reader, reread
from revox_sync.account.remote import Remote
from revox_sync.account.wire import to_request
from revox_sync.apply.events import Outcome
from revox_sync.apply.write import (
    Writing,
    failed,
    is_unavailable,
    not_taken,
    perhaps_done,
    refused,
    untold,
)
from revox_sync.errors import ApiError
from revox_sync.plan.match import id_stated
from revox_sync.plan.model import Action, Create

_ATTEMPTS = 3
_PAUSE_S = 1.0


async def create(writing: Writing, action: Create) -> Outcome:
    """POST the assistant; where no answer tells what became of it, look for it."""
    definition = action.wanted
    for remote in writing.present.values():
        if remote.is_called(definition.name) and remote.id not in writing.remotes:
            return refused(
                action, f"{remote.id} has appeared under its name since the plan was made"
            )
    made = await post(writing, action, action.body)
    if isinstance(made, Outcome):
        return made
    outcome = await writing.verified(
        action, action.body, made.remote.id, made.remote, made.warnings
    )
    name = made.remote.name
    if not name or made.remote.is_called(definition.name):
        return outcome
    # By its name the next run would not find it.
    bound = id_stated(made.remote.id, writing.environment)
    what = f'it was created, but the service calls it "{name}", not "{definition.name}"'
    return replace(
        outcome,
        status="failed",
        message=f"{what}; {outcome.message}" if outcome.message else what,
        hint=f"add `{bound}` to {definition.file}, and state the name that it has",
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A new assistant, as the service answered it or as it was found."""

    remote: Remote
    warnings: tuple[str, ...] = ()


async def post(writing: Writing, action: Action, body: Mapping[str, Any]) -> Outcome | Made:
    """POST an assistant, and note in the journal what came of it; nothing is verified yet."""
    for attempt in range(1, _ATTEMPTS + 1):
        writing.record(action, "sending", method="POST", id=action.id, fields=sorted(body))
        try:
            data = await writing.client.create_assistant(to_request(body, writing.rules.profile))
        except ApiError as error:
            if not perhaps_done(error):
                return failed(action, None, error)
            again = attempt < _ATTEMPTS and is_unavailable(error)
            settled = await _settled(writing, action, body, error, again=again)
            if settled is None:
                continue
            return settled
        made = Made(Remote(data))
        if made.remote.id in writing.impossible():
            return Outcome(
                action,
                "unknown",
                None,
                f"the service answered with {made.remote.id}, which was there before; nothing is "
                "known of a new one, and that one is left alone",
                hint="look at the account, then run again",
                wrote=True,
            )
        writing.note_created(action, made.remote.id)
        return made
    raise AssertionError("the last attempt returns")  # pragma: no cover


async def _settled(
    writing: Writing,
    action: Action,
    body: Mapping[str, Any],
    error: ApiError,
    *,
    again: bool,
) -> Outcome | Made | None:
    """Return what the account tells about a create without an answer; None: send it again.

    503 says that the service did not want to; it is sent again once the account shows that
    nothing was made.
    """
    if again:
        await asyncio.sleep(_PAUSE_S)
        try:
            found = await look(writing.client, body, writing.impossible())
        except ApiError:
            found = await settle(writing.client, body, writing.impossible, writing.settle)
        else:
            if found.remote is None and not found.others:
                return None
    else:
        found = await settle(writing.client, body, writing.impossible, writing.settle)
    if found.remote is not None:
        writing.note_created(action, found.remote.id)
        lost = f"its answer was lost ({error.message}); it was found in the account"
        return Made(found.remote, (lost,))
    what = "as it was sent, more than once" if found.equal else "of its name but not the same"
    named = f"; {what}: {', '.join(found.others)}" if found.others else ""
    return Outcome(
        action,
        "unknown",
        None,
        f"it is not known whether it was created: {error.message}{named}",
        hint="run again: it is found if it exists",
        wrote=True,
    )


_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """What the account holds of a create: the assistant itself, or others of its name.

    ``equal`` says whether more than one of the others equals what was sent.
    """

    remote: Remote | None = None
    others: tuple[str, ...] = ()
    equal: bool = False


async def settle(
    client: Reader,
    body: Mapping[str, Any],
    known: Callable[[], frozenset[str]],
    seconds: float,
) -> Found:
    """List the account until the assistant that ``body`` makes is there, or ``seconds`` are over.

    ``known`` returns the ids that cannot be it: those from before, and other creates of this run.
    A list that cannot be read tells nothing; it is asked for again.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    wait = _FIRST_PAUSE_S
    found = Found()
    while True:
        try:
            found = await look(client, body, known())
        except ApiError:
            pass
        else:
            if found.remote is not None:
                return found
        left = end - loop.time()
        if left <= 0:
            return found
        await asyncio.sleep(min(wait, left))
        wait = min(wait * 2, _LONGEST_PAUSE_S)


async def look(client: Reader, body: Mapping[str, Any], known: frozenset[str]) -> Found:
    """List the account once. Raises ApiError when it cannot be read."""
    fresh = [Remote(data) for data in await client.list_assistants()]
    named = [one for one in fresh if one.id not in known and one.is_called(body["name"])]
    equal = []
    for remote in named:
        whole = await reread(client, remote.id, faq=False) if untold(body, remote) else remote
        if whole is not None and not _differs(body, whole):
            equal.append(whole)
    if len(equal) == 1 and len(named) == 1:
        return Found(equal[0])
    return Found(None, tuple(remote.id for remote in named), len(equal) > 1)


def _differs(body: Mapping[str, Any], remote: Remote) -> bool:
    missed = set(not_taken(body, remote))
    if remote.faq is None:
        missed.discard("faq_items")  # an account that does not tell its FAQ proves nothing by it
    return bool(missed)


def twins(names: Sequence[str], remotes: Sequence[Remote]) -> dict[str, tuple[str, ...]]:
    """Return the ids of every assistant of each name that more than one of them has."""
    ids = {name: tuple(one.id for one in remotes if one.is_called(name)) for name in names}
    return {name: found for name, found in ids.items() if len(found) > 1}
