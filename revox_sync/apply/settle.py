"""What became of a create whose answer was lost, and whether anybody made a twin.

The service has no key by which a create could be recognised, so the account is listed for a while:
an assistant that was not there before and equals what was sent is the one; one of its name that
differs is somebody else's, named and never taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from revox_sync.account.reader import Reader, reread
from revox_sync.account.remote import Remote
from revox_sync.apply.verify import not_taken, untold
from revox_sync.errors import ApiError

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
