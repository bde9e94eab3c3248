"""What ``pull`` reads of the account: one list, and by id what the list does not hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from revox_sync.cli.account import check_organization, open_account
from revox_sync.cli.choosing import recreating_of
from revox_sync.cli.definitions import Sources
from revox_sync.cli.options import Settings
from revox_sync.cli.streams import Streams
from revox_sync.errors import StatusError, UsageError
from revox_sync.plan.adopt import Sorted, sort_out
from revox_sync.plan.compare import Rules
from revox_sync.plan.match import match
from revox_sync.plan.model import Choices
from revox_sync.plan.planner import recognise_profile
from revox_sync.plan.remote import Remote

if TYPE_CHECKING:
    from revox_sync.api.client import Client

_NO_SUCH_ID = (400, 404, 422)


async def read_chosen(
    settings: Settings, streams: Streams, sources: Sources, wanted: Sequence[str]
) -> tuple[Sorted, Rules]:
    """Read the account: one list, and by id what the list does not hold."""

    project = sources.project
    if settings.sandbox:
        streams.remark("sandbox: the embedded local API; nothing leaves this machine\n")
    async with open_account(settings, project, sources.definitions) as client:
        await check_organization(client, settings, project)
        streams.step("reading the account")
        listed = [Remote(data) for data in await client.list_assistants()]
        chosen = await _chosen(client, listed, wanted) if wanted else listed
        remotes = list({remote.id: remote for remote in (*listed, *chosen)}.values())
        matching = match(
            sources.definitions,
            remotes,
            keep_superseded=project.retire == "keep",
            unfinished=recreating_of(settings, sources, Choices(), strict=False).unfinished,
        )
        found = sort_out(sources.definitions, matching, chosen)
        found = replace(found, new=await _with_faqs(client, streams, found.new))
        streams.step("")
    profile = recognise_profile(remotes) if project.profile == "auto" else project.profile
    members = frozenset().union(*(remote.data.keys() for remote in remotes))
    return found, Rules(profile, project.absent, members=members, note_unmanaged=False)


async def _chosen(client: Client, listed: Sequence[Remote], wanted: Sequence[str]) -> list[Remote]:
    """Return the assistants of these ids or names, one that the list hides by its id only.

    Raises UsageError for what names none.
    """

    chosen: dict[str, Remote] = {}
    for name in wanted:
        found = [remote for remote in listed if remote.id == name]
        found = found or [remote for remote in listed if remote.name == name]
        if not found:
            try:
                answer = await client.get_assistant(name) if name.strip(". ") else None
            except StatusError as error:
                if error.status not in _NO_SUCH_ID:
                    raise
                answer = None
            if answer is None:
                raise _no_such(name, listed)
            found = [_with_faq(Remote(answer), answer)]
        chosen.update((remote.id, remote) for remote in found)
    return list(chosen.values())


def _no_such(name: str, listed: Sequence[Remote]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, [remote.name for remote in listed], 1)
    hint = f"did you mean {near[0]}?" if near else "names are taken as they are, in full"
    return UsageError(f"the account has no assistant with the name or id {name!r}", hint=hint)


async def _with_faqs(
    client: Client, streams: Streams, remotes: Sequence[Remote]
) -> tuple[Remote, ...]:
    """Return the assistants with their FAQ; those whose FAQ the list lacks are read by id."""
    lacking = [remote for remote in remotes if remote.faq is None]
    done = 0

    async def complete(remote: Remote) -> Remote:
        nonlocal done
        answer = await client.get_assistant(remote.id)
        done += 1
        streams.step(f"reading {done} of {len(lacking)}")
        return remote if answer is None else _with_faq(remote, answer)

    read = {remote.id: remote for remote in await asyncio.gather(*map(complete, lacking))}
    return tuple(read.get(remote.id, remote) for remote in remotes)


def _with_faq(remote: Remote, answer: Mapping[str, object]) -> Remote:
    """Return an assistant with the FAQ of an answer on itself alone, where null is none."""

    if "faq_items" not in answer:
        return remote
    return Remote({**remote.data, "faq_items": answer["faq_items"] or []})
