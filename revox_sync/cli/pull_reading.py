"""What ``pull`` reads of the account: one list, and by id what the list does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from revox_sync.account.reader import (
    complete_faqs,
    members_of,
    read_assistant,
    read_assistants,
    recognise_profile,
)
from revox_sync.account.remote import Remote
from revox_sync.authoring.adopt import Sorted, sort_out
from revox_sync.cli.account import check_organization, open_account, secrets_in
from revox_sync.cli.choosing import recreating_of
from revox_sync.cli.definitions import Sources
from revox_sync.cli.options import Settings
from revox_sync.cli.streams import Streams
from revox_sync.definitions.definition import Definition
from revox_sync.errors import StatusError, UsageError
from revox_sync.plan.account import manages_faq
from revox_sync.plan.compare import Rules
from revox_sync.plan.match import Matching, match
from revox_sync.plan.model import Choices

if TYPE_CHECKING:
    from revox_sync.account.client import Client

_NO_SUCH_ID = (400, 404, 422)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The assistants that are pulled, sorted, and those that are found for definitions."""

    sorted: Sorted
    matched: tuple[tuple[Definition, Remote], ...]
    rules: Rules


async def read_chosen(
    settings: Settings, streams: Streams, sources: Sources, wanted: Sequence[str]
) -> Chosen:
    """Read the account: one list, and by id what the list does not hold."""
    project = sources.project
    if settings.sandbox:
        streams.remark("sandbox: the embedded local API; nothing leaves this machine\n")
    async with open_account(settings, project, sources.definitions) as client:
        await check_organization(client, settings, project)
        streams.step("reading the account")
        bound = [made.sync.id for made in sources.definitions if made.sync.id is not None]
        listed = await read_assistants(client, () if wanted else bound)
        chosen = await _chosen(client, listed, wanted) if wanted else listed
        remotes = list({remote.id: remote for remote in (*listed, *chosen)}.values())
        matching = match(
            sources.definitions,
            remotes,
            keep_superseded=project.retire == "keep",
            unfinished=recreating_of(settings, sources, Choices(), strict=False).unfinished,
            environment=project.environment,
        )
        found = sort_out(sources.definitions, matching, chosen, project.environment)
        matched = list(_matched(sources.definitions, matching, chosen))
        managing = [remote for definition, remote in matched if manages_faq(definition)]
        looked_at = [*found.new, *managing]
        complete = await complete_faqs(client, looked_at, looked_at, streams.step)
        by_id = {remote.id: remote for remote in complete}
        found = replace(found, new=complete[: len(found.new)])
        streams.step("")
    profile = recognise_profile(remotes) if project.profile == "auto" else project.profile
    members = members_of(remotes)
    secrets = frozenset(secrets_in(settings.environ))
    return Chosen(
        found,
        tuple((definition, by_id.get(remote.id, remote)) for definition, remote in matched),
        Rules(profile, project.absent, secrets=secrets, members=members, note_unmanaged=False),
    )


def _matched(
    definitions: Sequence[Definition], matching: Matching, chosen: Sequence[Remote]
) -> Iterator[tuple[Definition, Remote]]:
    """Yield the definitions whose assistant is among the chosen ones and known for certain."""
    ids = {remote.id for remote in chosen}
    for definition in definitions:
        remote = matching.matches[definition.key].remote
        if remote is not None and remote.id in ids:
            yield definition, remote


async def _chosen(client: Client, listed: Sequence[Remote], wanted: Sequence[str]) -> list[Remote]:
    """Return the assistants of these ids, names or globs of names.

    One that the list hides goes by its id only. Raises UsageError for what names none.
    """
    chosen: dict[str, Remote] = {}
    for name in wanted:
        found = [remote for remote in listed if remote.id == name]
        found = found or [remote for remote in listed if remote.name == name]
        found = found or [remote for remote in listed if fnmatchcase(remote.name, name)]
        if not found:
            try:
                answer = await read_assistant(client, name) if name.strip(". ") else None
            except StatusError as error:
                if error.status not in _NO_SUCH_ID:
                    raise
                answer = None
            if answer is None:
                raise _no_such(name, listed)
            found = [answer]
        chosen.update((remote.id, remote) for remote in found)
    return list(chosen.values())


def _no_such(name: str, listed: Sequence[Remote]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, [remote.name for remote in listed], 1)
    hint = f"did you mean {near[0]}?" if near else "names are taken in full; globs work"
    return UsageError(f"the account has no assistant with the name or id {name!r}", hint=hint)
