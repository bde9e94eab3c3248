"""``bind``: write the id of the assistant that each definition was found to describe into it."""

from __future__ import annotations

from dataclasses import dataclass, field

from revox_sync.authoring.workspace import Workspace, set_id
from revox_sync.definitions.definition import Definition
from revox_sync.operations.context import load
from revox_sync.operations.pull import write
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.plan.match import Match, id_stated
from revox_sync.plan.model import Choices


@dataclass
class Bound:
    """What became of each definition, a line for each; ``already`` counts those bound before."""

    bound: list[str] = field(default_factory=list)
    already: int = 0
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def bind(settings: Settings, reporter: Reporter | None = None, keys: tuple[str, ...] = ()) -> Bound:
    """Bind the definitions that the globs ``keys`` name, or all.

    Raises DefinitionError, UsageError for a key that matches nothing, RefusedError for a key of
    the wrong organization, ApiError, and SetupError when the files cannot be written.
    """
    context = load(settings, reporter, Choices(keys))
    only = context.select(keys)
    matching = context.read().matching
    binding = _Binding(Workspace(context.project, settings.secrets), context.project.environment)
    for definition in context.definitions:
        if only is None or definition.key in only:
            binding.bind(definition, matching.matches[definition.key])
    write(context.project, binding.workspace.changes())
    return binding.told


@dataclass
class _Binding:
    """Binds one definition after the other in memory."""

    workspace: Workspace
    environment: str | None
    told: Bound = field(default_factory=Bound)

    def bind(self, definition: Definition, found: Match) -> None:
        """Bind a definition to its assistant, unless it is bound, or has none for certain."""
        stated, file = definition.sync.id, definition.file
        if found.refused is not None:
            self.told.refused.append(f"{file}: {found.refused}{self._shared(definition)}")
        elif found.remote is None:
            self.told.missing.append(
                f"{file}: the account has no assistant with this name; apply creates it"
            )
        elif stated == found.remote.id:
            self.told.already += 1
        elif stated is not None:
            self.told.refused.append(
                f"{file}: it is bound to {stated}, and replacing that one with "
                f"{found.remote.id} is not finished; `apply --rebind` finishes it"
            )
        else:
            self._write(file, found.remote.id)

    def _write(self, file: str, identity: str) -> None:
        left = set_id(self.workspace, file, identity, self.environment)
        if left:
            self.told.refused.append(
                f"{left[0].location}: the id {identity} is not written: {left[0].message}; "
                f"write `{id_stated(identity, self.environment)}` by hand"
            )
        else:
            self.told.bound.append(f"{file}: bound to {identity}")

    def _shared(self, definition: Definition) -> str:
        """Return what may be wrong with an id that is that of every environment."""
        if self.environment is None or definition.sync.id is None:
            return ""
        bound = self.workspace.state(definition.file).get("sync", {}).get("id")
        if not isinstance(bound, str):
            return ""
        return (
            f"; sync.id is the same in every environment: write one for each by hand, "
            f"`id: {{{self.environment}: …}}`"
        )
