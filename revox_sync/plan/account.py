"""Reads what a plan needs of the account: one list, and by id only what the list does not hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.plan.match import Match, match
from revox_sync.plan.planner import Account, recognise_profile
from revox_sync.plan.recreate import NOTHING_RECREATED, Recreating, is_recreated


class Reader(Protocol):
    """The reading half of the API client."""

    base_url: str

    async def list_assistants(self) -> list[dict[str, Any]]:
        """Return every assistant of the account."""
        ...

    async def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """Return one assistant, or None where there is none with this id."""
        ...

    async def uses(self) -> Uses:
        """Return which phone numbers and campaigns use which assistants."""
        ...


async def read_account(
    client: Reader,
    definitions: Sequence[Definition],
    profile: Literal["auto", "seed", "current"],
    recreating: Recreating = NOTHING_RECREATED,
) -> Account:
    """Read the account for a plan of these definitions.

    A bound id that the list lacks is looked up by id: lists hide some assistants, and absence from
    a list proves nothing. Where the list carries no FAQ, the assistants whose FAQ is managed are
    read by id, concurrently; so are those that may be recreated, FAQ included.
    """
    listed = [Remote(data) for data in await client.list_assistants()]
    known = {remote.id for remote in listed}
    bound = {definition.sync.id for definition in definitions if definition.sync.id}
    hidden = await _read(client, sorted(bound - known))
    remotes = [*listed, *hidden]
    matching = match(
        definitions,
        remotes,
        keep_superseded=recreating.retire == "keep",
        unfinished=recreating.unfinished,
    )
    found = {d.key: matching.matches[d.key] for d in definitions}
    renewed = {d.key for d in definitions if is_recreated(d, recreating)}
    needed = [
        remote
        for definition in definitions
        for remote in _with_faq(definition, found[definition.key], definition.key in renewed)
    ]
    without_faq = [remote.id for remote in needed if not remote.tells_faq]
    linked = any(
        found[key].remote is not None
        and (key in renewed or found[key].superseded or found[key].old is not None)
        for key in found
    )
    complete = {remote.id: remote for remote in await _read(client, without_faq)}
    return Account(
        client.base_url,
        tuple(_completed(remote, complete) for remote in remotes),
        recognise_profile(remotes) if profile == "auto" else profile,
        await client.uses() if linked else Uses(),
    )


def _with_faq(definition: Definition, found: Match, renewed: bool) -> Iterator[Remote]:
    """Yield the assistants of a definition whose FAQ is looked at."""
    if found.remote is not None and (manages_faq(definition) or renewed or found.old is not None):
        yield found.remote
    if found.old is not None:
        yield found.old
    if renewed:
        yield from found.superseded[:1]


def manages_faq(definition: Definition) -> bool:
    """Whether a definition states a FAQ and does not leave it to the dashboard."""
    return "faq_items" in definition.fields and "faq_items" not in definition.sync.ignore


async def reread(client: Reader, assistant_id: str, *, faq: bool) -> Remote | None:
    """Return an assistant as it is now, or None where it is gone.

    With ``faq``, a FAQ that only the list carries is taken from a new list.
    """
    data = await client.get_assistant(assistant_id)
    if data is None:
        return None
    fresh = _by_id(data)
    if faq and not fresh.tells_faq:
        for listed in map(Remote, await client.list_assistants()):
            if listed.id == fresh.id:
                return _completed(fresh, {listed.id: listed})
    return fresh


async def _read(client: Reader, ids: Sequence[str]) -> list[Remote]:
    answers = await asyncio.gather(*(client.get_assistant(found) for found in ids))
    return [_by_id(answer) for answer in answers if answer is not None]


def _by_id(data: dict[str, Any]) -> Remote:
    """Return an assistant that was read on its own: there, a FAQ of null is an empty one.

    In a list, null may as well stand for what was not loaded.
    """
    return Remote({**data, "faq_items": []} if data.get("faq_items", ...) is None else data)


def _completed(remote: Remote, complete: Mapping[str, Remote]) -> Remote:
    other = complete.get(remote.id)
    if other is None or "faq_items" not in other.data:
        return remote
    return Remote({**remote.data, "faq_items": other.data["faq_items"]})
