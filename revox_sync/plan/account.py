"""What a plan reads of the account beyond the list, and the secrets of both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from revox_sync.account.reader import (
    Account,
    Reader,
    awaited,
    complete_faqs,
    read_assistant,
    recognise_profile,
    reread,
)
from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.errors import ApiError
from revox_sync.history.runs import Recent
from revox_sync.history.snapshot import Snapshot
from revox_sync.model.fields import FIELDS, field_of
from revox_sync.model.path import value_at
from revox_sync.plan.match import Matching, left_behind
from revox_sync.plan.recreate import Recreating, is_recreated
from revox_sync.secrecy.values import credentials


async def read_account(
    client: Reader,
    remotes: Sequence[Remote],
    definitions: Sequence[Definition],
    recreating: Recreating,
    match: Callable[[Sequence[Remote]], Matching],
    sent: Callable[[], Mapping[str, Sequence[str]]] = dict,
    *,
    all_faqs: bool = False,
    gone: Sequence[Definition] = (),
) -> Account:
    """Complete what was read of the account for a plan of these definitions. Raises ApiError.

    The FAQ is read where it is managed (with ``all_faqs`` also where no definition states it) and
    where an assistant may be recreated; what uses an assistant only in the latter case. ``match``
    finds the assistants of the definitions. ``sent`` tells by key which ids earlier runs made or
    changed: a list may be older than what was written, so before a definition counts as new, these
    are asked for. Of definitions that are ``gone`` it is read whether their assistants are still
    there, their FAQ, and what uses them.
    """
    matching = match(remotes)
    new = [key for key, found in matching.matches.items() if not found.exists]
    if new:
        earlier_ids = sent()
        ids = {identity for key in new for identity in earlier_ids.get(key, ())}
        ids -= {remote.id for remote in remotes}
        earlier = await asyncio.gather(*(read_assistant(client, one) for one in sorted(ids)))
        if any(earlier):
            remotes = [*remotes, *(remote for remote in earlier if remote is not None)]
            matching = match(remotes)
    left = [remote for was in gone for remote in left_behind(was, matching)]
    with_faq, linked = [*left], []
    for definition in definitions:
        found = matching.matches[definition.key]
        held = [] if found.remote is None else [found.remote]
        is_renewed = is_recreated(definition, recreating)
        if is_renewed or found.unretired or manages_faq(definition, all_faqs=all_faqs):
            with_faq += held
        with_faq += found.unretired
        with_faq += found.superseded[:1] if is_renewed else ()
        if held and (is_renewed or found.superseded or found.unretired):
            linked += [one.id for one in (*held, *found.unretired)]
    return Account(
        client.base_url,
        await complete_faqs(client, remotes, with_faq),
        recognise_profile(remotes),
        await read_uses(client, [remote.id for remote in left], linked),
    )


async def read_uses(client: Reader, left: Sequence[str], linked: Sequence[str] = ()) -> Uses:
    """Return what uses these assistants.

    Where the account does not tell, ApiError is raised if there are ``linked`` ones; otherwise what
    uses those ``left`` is unknown.
    """
    if not linked and not left:
        return Uses()
    try:
        return await client.uses([*linked, *left])
    except ApiError as error:
        if linked:
            raise
        return Uses(unknown=error.message)


async def settled(
    client: Reader, remotes: Sequence[Remote], recent: Recent, remark: Callable[[str], None]
) -> list[Remote]:
    """Return the listed assistants as they are after earlier runs. Raises ApiError.

    A list may be older than those runs. What they created, changed or deleted and the list shows
    otherwise is read by id, again and again while reads may lag behind. ``remark`` is told what is
    still as it was before.
    """
    found = {one.id: replace(one, listed=True) if one.id in recent.made else one for one in remotes}

    async def appears(one: str, left: float) -> None:
        seen = await awaited(
            lambda: reread(client, one, faq=True), lambda now: now is not None, left
        )
        if seen is not None:
            found[one] = seen

    async def goes(one: str, left: float) -> None:
        seen = await awaited(lambda: read_assistant(client, one), lambda now: now is None, left)
        if seen is None:
            del found[one]
        elif left > 0:
            remark(f"an earlier run deleted {one}, and the account still shows it: run this again")

    async def changes(one: str, was: Snapshot, left: float) -> None:
        seen = await awaited(
            lambda: reread(client, one, faq=True),
            lambda now: now is None or was.precedes(now) is not True,
            left,
        )
        if seen is None:
            return
        found[one] = seen
        if left > 0 and was.precedes(seen):
            remark(
                f"{was.key}: the account shows it as it was before an earlier run changed it; if "
                "nobody put it back, the account may lag behind: run this again"
            )

    await asyncio.gather(
        *(appears(one, left) for one, left in recent.made.items() if one not in found),
        *(goes(one, left) for one, left in recent.deleted.items() if one in found),
        *(
            changes(one, was, left)
            for one, (was, left) in recent.changed.items()
            if one not in found
            or any(
                then.precedes(found[one]) is not False
                for then in (was, *recent.earlier.get(one, ()))
            )
        ),
    )
    return list(found.values())


def manages_faq(definition: Definition, *, all_faqs: bool) -> bool:
    """Whether the FAQ is managed; with ``all_faqs``, also if the definition leaves it out."""
    is_wanted = all_faqs or "faq_items" in definition.fields
    return is_wanted and "faq_items" not in definition.sync.ignore


def secrets_of(definitions: Sequence[Definition]) -> set[str]:
    """Return every value that a ``${secret.NAME}`` went into, and every credential."""
    found: set[str] = set()
    for definition in definitions:
        for path in definition.secrets:
            value = value_at(definition.fields, path)
            if isinstance(value, str):
                found.add(value)
        for name, value in definition.fields.items():
            found.update(credentials(field_of(name), value))
    return found


def secrets_in_account(remotes: Iterable[Remote]) -> set[str]:
    """Return the credentials that the account holds now, in URLs or by themselves."""
    holders = [spec for spec in FIELDS.values() if spec.sensitive]
    return {
        secret
        for remote in remotes
        for spec in holders
        for secret in credentials(spec, remote.data.get(spec.name))
    }
