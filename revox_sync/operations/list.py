"""``list``: the assistants of the account and of the definitions, one line each."""

from __future__ import annotations

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.errors import ApiError
from revox_sync.operations.context import EMPTY_PROJECT, Context, load
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.plan.match import Matching
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """One assistant. ``key`` is null where no definition describes it, ``id`` where the account
    lacks it, or where nobody can say which one it is. ``numbers`` are the phone numbers that it
    answers; null where they cannot be read."""

    key: str | None
    name: str
    id: str | None
    numbers: tuple[str, ...] | None = ()

    @property
    def managed(self) -> bool:
        """Whether a definition describes it."""
        return self.key is not None


def list_assistants(settings: Settings, reporter: Reporter) -> tuple[Listed, ...]:
    """Return the defined assistants by key, then those that no definition describes by name.

    Raises DefinitionError, RefusedError for a key of another organization, ApiError.
    """
    context = load(settings, reporter, allowed=EMPTY_PROJECT)
    matching, uses = run(_read(context))

    def listed(key: str | None, name: str, remote: Remote | None) -> Listed:
        found = () if uses is None or remote is None else uses.numbers_of(remote.id)
        numbers = None if uses is None else tuple(one.number for one in found)
        return Listed(key, name, None if remote is None else remote.id, numbers)

    defined = sorted(context.definitions, key=lambda made: made.key)
    unmanaged = sorted(matching.unmanaged, key=lambda remote: (remote.name, remote.id))
    return (
        *(listed(made.key, made.name, matching.matches[made.key].remote) for made in defined),
        *(listed(None, remote.shown_name, remote) for remote in unmanaged),
    )


async def _read(context: Context) -> tuple[Matching, Uses | None]:
    """Return which assistant is which, and the phone numbers; None if they cannot be read."""
    async with context.surveying() as (client, survey):
        try:
            return survey.matching, Uses(await client.numbers(advisory=True))
        except ApiError as error:
            context.reporter.remark(f"the phone numbers could not be read: {error.message}")
            return survey.matching, None
