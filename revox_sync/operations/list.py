"""``list``: the assistants of the account and of the definitions, one line each."""

from __future__ import annotations

from revox_sync.account.uses import Uses
from revox_sync.errors import ApiError
from revox_sync.operations.context import EMPTY_PROJECT, Context, Survey, load
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
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
    survey, uses, why = run(_read(context))
    if why is not None:
        reporter.remark(f"the phone numbers could not be read: {why}")
    matching = survey.matching
    found = {key: match.remote for key, match in matching.matches.items()}
    defined = sorted(context.definitions, key=lambda made: made.key)
    unmanaged = sorted(matching.unmanaged, key=lambda remote: (remote.name, remote.id))

    def numbers(identity: str | None) -> tuple[str, ...] | None:
        if uses is None or identity is None:
            return None if uses is None else ()
        return tuple(one.number for one in uses.numbers_of(identity))

    rows = [
        *(
            (made.key, made.name, None if (it := found[made.key]) is None else it.id)
            for made in defined
        ),
        *((None, remote.shown_name, remote.id) for remote in unmanaged),
    ]
    return tuple(Listed(key, name, one, numbers(one)) for key, name, one in rows)


async def _read(context: Context) -> tuple[Survey, Uses | None, str | None]:
    """Return the account, and its phone numbers or why they cannot be read."""
    async with context.surveying() as (client, survey):
        try:
            return survey, Uses(await client.numbers(advisory=True)), None
        except ApiError as error:
            return survey, None, error.message
