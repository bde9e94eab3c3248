"""``list``: the assistants of the account and of the definitions, one line each."""

from __future__ import annotations

from dataclasses import dataclass

from revox_sync.operations.context import EMPTY_PROJECT, load
from revox_sync.operations.settings import Reporter, Settings


@dataclass(frozen=True, slots=True)
class Listed:
    """One assistant. ``key`` is null where no definition describes it, ``id`` where the account
    lacks it, or where nobody can say which one it is."""

    key: str | None
    name: str
    id: str | None

    @property
    def managed(self) -> bool:
        """Whether a definition describes it."""
        return self.key is not None


def list_assistants(settings: Settings, reporter: Reporter) -> tuple[Listed, ...]:
    """Return the defined assistants by key, then those that no definition describes by name.

    Raises DefinitionError, RefusedError for a key of another organization, ApiError.
    """
    context = load(settings, reporter, allowed=EMPTY_PROJECT)
    matching = context.read().matching
    found = {key: match.remote for key, match in matching.matches.items()}
    defined = sorted(context.definitions, key=lambda made: made.key)
    unmanaged = sorted(matching.unmanaged, key=lambda remote: (remote.name, remote.id))
    return (
        *(
            Listed(made.key, made.name, None if (held := found[made.key]) is None else held.id)
            for made in defined
        ),
        *(Listed(None, remote.shown_name, remote.id) for remote in unmanaged),
    )
