"""Creates an assistant, once: a POST that nobody answered is looked for, never sent again.

The service has no key by which a create could be recognised, so the account is listed for a while:
an assistant that was not there before and equals what was sent is the one; one of its name that
differs is somebody else's, named and never taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from revox_sync.account.reader import awaited, read_assistant, reread
from revox_sync.account.remote import Remote
from revox_sync.account.wire import to_request
from revox_sync.apply.events import Outcome
from revox_sync.apply.write import (
    Writing,
    alterations,
    failed,
    is_unavailable,
    missing,
    perhaps_done,
    refused,
    untold,
)
from revox_sync.errors import ApiError
from revox_sync.model.likeness import alike_name, same_name
from revox_sync.plan.commands import argument
from revox_sync.plan.match import id_stated
from revox_sync.plan.model import Action, Create
from revox_sync.records import dataclass

_ATTEMPTS = 3
_HIDDEN = "sub-assistant"
_PAUSE_S = 1.0

#: No service's reads lag longer behind its writes, in seconds.
_LONGEST_LAG_S = 600.0


async def create(writing: Writing, action: Create) -> Outcome:
    """POST the assistant; if no answer tells what became of it, look for it."""
    definition = action.wanted
    allowed = action.key in writing.allow_create
    option = None if allowed else f"--allow-create {argument(action.key)}"
    refusal = await made_before(writing, action, definition.name, option)
    if refusal is not None:
        return refusal
    made = await post(writing, action, action.body)
    if isinstance(made, Outcome):
        return made
    outcome = await writing.verified(
        action, action.body, made.remote.id, made.remote, made.warnings
    )
    name = made.remote.name
    if made.remote.is_called(definition.name) or "name" not in made.remote.data:
        return outcome
    # By its name the next run would not find it.
    bound = id_stated(made.remote.id, writing.environment)
    told = f'the service calls it "{made.remote.shown_name}", not "{definition.name}"'
    what = f"it was created, but {told if name else 'has no name'}"
    return replace(
        outcome,
        status="failed",
        message=f"{what}; {outcome.message}" if outcome.message else what,
        hint=f"add `{bound}` to {definition.file}, and state the name that it has",
    )


async def made_before(
    writing: Writing, action: Action, name: str, option: str | None
) -> Outcome | None:
    """Refuse to make what an earlier run made: the list alone may be older than what was written.

    What this machine's earlier runs sent for the key is asked for by id; as long as reads may lag
    behind, an assistant that a run made is not taken for gone. ``option`` makes another one all the
    same; None where it was given.
    """

    def appeared(remotes: Iterable[Remote]) -> Remote | None:
        return next(writing.strangers(name, remotes), None)

    there = appeared(writing.fresh.values())
    for sent in writing.sent_before.get(action.key, ()):
        if there is not None:
            break
        if sent.id in writing.remotes:  # the plan has seen it, under another name
            continue
        try:
            if sent.id is None:
                left = max(0.0, writing.settle - sent.age)
                listed = await awaited(writing.listed, lambda found: bool(appeared(found)), left)
                there = appeared(listed)
                continue
            by_id = partial(read_assistant, writing.client, sent.id)
            # What a run saw in the list a moment ago, a read by id may not show yet.
            seconds = max(0.0, writing.settle - sent.age) if sent.settled else writing.settle
            there = await awaited(by_id, lambda one: one is not None, seconds)
        except ApiError as error:
            return failed(action, None, error)
        may_come = not sent.settled and sent.age < _LONGEST_LAG_S
        if there is None and may_come and option is not None:
            return Outcome(
                action,
                "refused",
                sent.id,
                f"an earlier run made {sent.id} for it, and the account does not show that one yet",
                f"run it again later; if it was deleted, make another with {option}",
            )
    if there is None:
        return None
    return refused(action, f"{there.id} has appeared under its name since the plan was made")


@dataclass(frozen=True, slots=True)
class Made:
    """A new assistant, as the service answered it or as it was found."""

    remote: Remote
    warnings: tuple[str, ...] = ()


async def post(
    writing: Writing,
    action: Action,
    body: Mapping[str, Any],
    marks: Mapping[str, str] = MappingProxyType({}),
) -> Outcome | Made:
    """POST an assistant, and note in the journal what came of it; nothing is verified yet.

    ``marks`` are noted, too: they tell a later run what was sent.
    """
    noted = {"marks": dict(marks)} if marks else {}
    for attempt in range(1, _ATTEMPTS + 1):
        await writing.record(
            action, "sending", method="POST", id=action.id, fields=sorted(body), **noted
        )
        try:
            answer = await writing.client.create_assistant(to_request(body, writing.rules.profile))
        except ApiError as error:
            if not perhaps_done(error):
                return failed(action, None, error)
            again = attempt < _ATTEMPTS and is_unavailable(error)
            settled = await _settled(writing, action, body, error, again=again)
            if settled is None:
                continue
            return settled
        made = Made(answer)
        if writing.was_there(made.remote.id) or is_anothers(body, made.remote):
            return anothers(action, made.remote)
        await writing.note_created(action, made.remote.id)
        return made
    raise AssertionError("the last attempt returns")  # pragma: no cover


def is_anothers(body: Mapping[str, Any], answer: Remote) -> bool:
    """Whether an answer is about another assistant: neither name nor prompt are as they were sent.

    So is one of a hidden type that was not sent. What the service made of a name or a prompt, with
    other quotes, entities or spaces, is still ours.
    """
    if answer.data.get("type") == _HIDDEN != body.get("type"):
        return True
    is_alike = alike_name(answer.name) == alike_name(body["name"])
    if not answer.name or is_alike or "prompt" not in answer.data:
        return False
    missed = missing({"prompt": body.get("prompt")}, answer)
    return bool(missed) and not alterations(body, missed, answer)


def anothers(action: Action, answer: Remote) -> Outcome:
    """Return the outcome of a create whose answer was about somebody else's assistant."""
    return Outcome(
        action,
        "unknown",
        None,
        f'the service answered with {answer.id}, which was there before, as "{answer.shown_name}"; '
        "nothing is known of a new one, and that one is left alone",
        hint="look at the account, then run again",
        wrote=True,
    )


async def _settled(
    writing: Writing,
    action: Action,
    body: Mapping[str, Any],
    error: ApiError,
    *,
    again: bool,
) -> Outcome | Made | None:
    """Return what the account tells about a create without an answer; None: send it again.

    503 says that the service did not want to; it is sent again if nothing shows up in the account
    for as long as its reads may lag behind.
    """
    seconds = max(writing.settle, _PAUSE_S) if again else writing.settle
    found = await settle(writing, body, seconds)
    if again and found.seen and found.remote is None and not found.others:
        return None
    if found.remote is not None:
        await writing.note_created(action, found.remote.id)
        before = next(iter(writing.sent_before.get(action.key, ())), None)
        if before is not None and before.id is None and before.age < _LONGEST_LAG_S:
            return Outcome(
                action,
                "unknown",
                found.remote.id,
                f"{found.remote.id} was found, and an earlier run may have made it: both answers "
                "were lost",
                hint="run again later: it is told if there are two",
                wrote=True,
            )
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


@dataclass(frozen=True, slots=True)
class Found:
    """What the account holds of a create: the assistant itself, or others of its name.

    ``equal`` says whether more than one of the others equals what was sent, ``seen`` whether the
    account could be read at all.
    """

    seen: bool = True
    remote: Remote | None = None
    others: tuple[str, ...] = ()
    equal: bool = False


async def settle(writing: Writing, body: Mapping[str, Any], seconds: float) -> Found:
    """List the account until the assistant that ``body`` makes is there, or ``seconds`` are over.

    A list that cannot be read tells nothing; it is asked for again.
    """
    try:
        return await awaited(
            lambda: look(writing, body), lambda found: found.remote is not None, seconds
        )
    except ApiError:
        return Found(seen=False)


async def look(writing: Writing, body: Mapping[str, Any]) -> Found:
    """List the account once. Raises ApiError when it cannot be read."""
    listed = await writing.listed()
    named = [one for one in listed if one.is_called(body["name"]) and not writing.was_there(one.id)]
    equal = []
    for remote in named:
        whole = (
            await reread(writing.client, remote.id, faq=False) if untold(body, remote) else remote
        )
        if whole is not None and not missing(body, whole):
            equal.append(whole)
    if len(equal) == 1 and len(named) == 1:
        return Found(remote=equal[0])
    return Found(others=tuple(remote.id for remote in named), equal=len(equal) > 1)


def twins(names: Sequence[str], remotes: Sequence[Remote]) -> dict[str, tuple[str, ...]]:
    """Return the ids of all assistants of each name that several of them have."""
    ids: dict[str, tuple[str, ...]] = {}
    for one in remotes:
        name = same_name(one.name)
        ids[name] = (*ids.get(name, ()), one.id)
    found = {name: ids.get(same_name(name), ()) for name in names}
    return {name: them for name, them in found.items() if len(them) > 1}
