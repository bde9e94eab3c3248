"""``voices``: the voices of the account."""

from __future__ import annotations

from typing import Any

from revox_sync.authoring.emit import in_flow
from revox_sync.authoring.secrets import escaped
from revox_sync.operations.connection import sound_project
from revox_sync.operations.context import Context
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """A voice of the account. What the service does not tell is empty."""

    provider: str
    id: str
    name: str = ""
    language: str = ""
    description: str = ""
    model: str = ""

    @property
    def paste(self) -> str:
        """The voice as a definition states it, in one line."""
        stated = {"provider": self.provider, "id": self.id}
        if self.model not in ("", "universal"):
            stated["model"] = self.model
        return f"voice: {in_flow(escaped((), stated))}"


def list_voices(
    settings: Settings, reporter: Reporter, wanted: str = ""
) -> tuple[ListedVoice, ...]:
    """Return the voices that hold a text in any of their members, by provider and name.

    Upper and lower case make no difference. Raises DefinitionError for the project file,
    RefusedError for a key of another organization, ApiError.
    """
    # Who looks for a voice may have a definition with an error, or none.
    project = sound_project(settings)
    context = Context(settings=settings, reporter=reporter, project=project, definitions=())
    found = [_voice(one) for one in run(_read(context))]
    chosen = [
        one
        for one in found
        if wanted.casefold()
        in "\n".join((one.provider, one.id, one.name, one.language, one.description)).casefold()
    ]
    return tuple(sorted(chosen, key=lambda one: (one.provider, one.name.casefold(), one.id)))


async def _read(context: Context) -> list[dict[str, Any]]:
    async with context.reading() as client:
        return await client.voices()


def _voice(told: dict[str, Any]) -> ListedVoice:
    names = ("provider", "id", "name", "language", "description", "modelCompat")
    return ListedVoice(*(str(told.get(name) or "") for name in names))
