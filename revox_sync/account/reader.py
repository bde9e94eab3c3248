"""The only reader of an account: one list, and by id what the list does not hold.

Lists hide some assistants, and may leave out FAQs. Absence from a list proves nothing, and a FAQ
that is not told is unknown, not empty: both are asked for by id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import field, replace
from typing import Protocol, TypeVar

from revox_sync.account.remote import Remote, Target
from revox_sync.account.uses import Uses
from revox_sync.errors import ApiError, OtherAnswered, StatusError
from revox_sync.model.generations import Profile, is_current
from revox_sync.model.likeness import same_name
from revox_sync.records import dataclass

#: Answers to a GET by what is no id.
_NO_SUCH_ID = (400, 404, 422)
_SERVER_ERRORS = 500
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 2.0

_Seen = TypeVar("_Seen")


class Reader(Protocol):
    """The reading half of the API client."""

    base_url: str

    async def list_assistants(self) -> list[Remote]:
        """Return every assistant of the account."""
        ...

    async def get_assistant(self, assistant_id: str) -> Remote | None:
        """Return one assistant, or None where there is none with this id."""
        ...

    async def uses(self, assistant_ids: Collection[str]) -> Uses:
        """Return which phone numbers, campaigns and waiting calls use these assistants."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of the account: the list, and by id what the list does not hold.

    ``uses`` is read only where something is recreated; ``environment`` is the project's that the
    account belongs to.
    """

    base_url: str
    remotes: tuple[Remote, ...] = field(repr=False)
    profile: Profile = "current"
    uses: Uses = field(default_factory=Uses)
    environment: str | None = None

    @property
    def organization_id(self) -> str | None:
        """The organization of the account's assistants; None while it has none."""
        ids = (remote.organization_id for remote in self.remotes)
        return next((found for found in ids if found is not None), None)

    @property
    def target(self) -> Target:
        """What names it."""
        return Target(self.base_url, self.organization_id, self.profile, self.environment)

    @property
    def members(self) -> frozenset[str]:
        """Every member name that the account's assistants report."""
        return members_of(self.remotes)


def members_of(remotes: Iterable[Remote]) -> frozenset[str]:
    """Return every member name that the assistants report."""
    return frozenset().union(*(remote.data.keys() for remote in remotes))


def recognise_profile(remotes: Sequence[Remote]) -> Profile:
    """Return the API generation an account speaks, by the keys its assistants report.

    An account without assistants counts as ``current``.
    """
    if any(is_current(remote.data.keys()) for remote in remotes):
        return "current"
    return "seed" if remotes else "current"


async def read_assistants(client: Reader, bound: Collection[str] = ()) -> list[Remote]:
    """Return every listed assistant, and those of the ids ``bound`` that the list hides.

    Raises ApiError.
    """
    listed = await client.list_assistants()
    missing = sorted(set(bound) - {remote.id for remote in listed})
    found = await asyncio.gather(*(read_assistant(client, missed) for missed in missing))
    return [*listed, *(replace(remote, listed=False) for remote in found if remote is not None)]


async def read_assistant(client: Reader, assistant_id: str) -> Remote | None:
    """Return one assistant by its id; None where there is none. Raises ApiError.

    Here a FAQ of null is empty. In a list, null may also mean that it was not loaded.
    """
    found = await client.get_assistant(assistant_id)
    if found is None or found.data.get("faq_items", ...) is not None:
        return found
    return replace(found, data={**found.data, "faq_items": []})


def called(remotes: Sequence[Remote], target: str) -> list[Remote]:
    """Return the assistants of an id, or else of a name. Nobody is called by a blank text."""
    if not same_name(target):
        return []
    found = [one for one in remotes if one.id == target]
    return found or [one for one in remotes if one.is_called(target)]


async def find_assistant(client: Reader, named: str) -> Remote | None:
    """Return the assistant whose id is ``named``; None if there is none. Raises ApiError."""
    if not named.strip(". "):  # it would be the address of something else
        return None
    try:
        found = await read_assistant(client, named)
    except OtherAnswered:
        return None
    except StatusError as error:
        if error.status not in _NO_SUCH_ID:
            raise
        return None
    return found


async def reread(client: Reader, assistant_id: str, *, faq: bool) -> Remote | None:
    """Return an assistant as it is now, or None where it is gone. Raises ApiError.

    With ``faq``, a FAQ that only the list carries is taken from a new list.
    """
    fresh = await read_assistant(client, assistant_id)
    if fresh is None or not faq or fresh.tells("faq_items"):
        return fresh
    listed = {remote.id: remote for remote in await client.list_assistants()}
    return _with_faq_of(fresh, listed.get(fresh.id))


async def awaited(
    look: Callable[[], Awaitable[_Seen]], enough: Callable[[_Seen], bool], seconds: float
) -> _Seen:
    """Look until what is seen is ``enough``, or ``seconds`` are over; return what was seen last.

    What a service answers may be older than what was written. It is looked for at once, so where
    nothing lags nothing is waited for. A look that fails tells nothing. Raises ApiError where the
    last one did, and at once where the service refuses to be looked at.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    wait = _FIRST_PAUSE_S
    while True:
        try:
            seen = await look()
        except ApiError as error:
            declined = isinstance(error, StatusError) and error.status < _SERVER_ERRORS
            if declined or loop.time() >= end:
                raise
        else:
            if enough(seen) or loop.time() >= end:
                return seen
        await asyncio.sleep(max(0.0, min(wait, end - loop.time())))
        wait = min(wait * 2, _LONGEST_PAUSE_S)


async def complete_faqs(
    client: Reader,
    remotes: Sequence[Remote],
    wanted: Iterable[Remote],
    progress: Callable[[str], None] = lambda text: None,
) -> tuple[Remote, ...]:
    """Return ``remotes``, those that are ``wanted`` with their FAQ.

    What the list left out is read by id, concurrently; ``progress`` is told how far that is.
    Raises ApiError.
    """
    lacking = list(dict.fromkeys(remote.id for remote in wanted if not remote.tells("faq_items")))
    done = 0

    async def read(assistant_id: str) -> Remote | None:
        nonlocal done
        found = await read_assistant(client, assistant_id)
        done += 1
        progress(f"reading {done} of {len(lacking)}")
        return found

    found = dict(zip(lacking, await asyncio.gather(*map(read, lacking)), strict=True))
    return tuple(_with_faq_of(remote, found.get(remote.id)) for remote in remotes)


def _with_faq_of(remote: Remote, other: Remote | None) -> Remote:
    if other is None or "faq_items" not in other.data:
        return remote
    return replace(remote, data={**remote.data, "faq_items": other.data["faq_items"]})
