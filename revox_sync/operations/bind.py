"""``bind``: write the id of the assistant that each definition was found to describe into it."""

from __future__ import annotations

from dataclasses import field

from revox_sync.authoring.workspace import Workspace, save, set_id
from revox_sync.definitions.definition import Definition
from revox_sync.operations.context import load
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.plan.match import Match, id_stated
from revox_sync.plan.model import Choices
from revox_sync.records import dataclass


@dataclass
class Bound:
    """What became of each definition: its file, with the id that it is bound to, or with why not.

    ``missing`` are those whose assistant the account lacks.
    """

    bound: dict[str, str] = field(default_factory=dict)
    already: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def bind(settings: Settings, reporter: Reporter | None = None, keys: tuple[str, ...] = ()) -> Bound:
    """Bind the definitions that the globs ``keys`` name, or all.

    Raises DefinitionError, UsageError for a key that matches nothing, RefusedError for a key of
    the wrong organization, ApiError, and SetupError when the files cannot be written.
    """
    context = load(settings, reporter, Choices(keys))
    only = context.select(keys)
    matching = context.read().matching
    environment = context.project.environment
    workspace = Workspace(context.project, settings.secrets)
    told = Bound()
    for definition in context.definitions:
        if only is None or definition.key in only:
            _bind(workspace, environment, definition, matching.matches[definition.key], told)
    save(context.project, workspace.changes())
    return told


def _bind(
    workspace: Workspace, environment: str | None, made: Definition, found: Match, told: Bound
) -> None:
    """Bind a definition in memory, unless it is bound or its assistant is not certain."""
    stated, file = made.sync.id, made.file
    if found.refused is not None:
        told.refused[file] = f"{found.refused}{_shared(workspace, environment, made)}"
    elif found.remote is None:
        told.missing.append(file)
    elif stated == found.remote.id:
        told.already[file] = stated
    elif stated is not None:
        told.refused[file] = (
            f"it is bound to {stated}, and replacing that one with {found.remote.id} is not "
            "finished; `apply --rebind` finishes it"
        )
    elif left := set_id(workspace, file, found.remote.id, environment):
        told.refused[file] = (
            f"the id {found.remote.id} is not written at {left[0].location}: {left[0].message}; "
            f"write `{id_stated(found.remote.id, environment)}` by hand"
        )
    else:
        told.bound[file] = found.remote.id


def _shared(workspace: Workspace, environment: str | None, made: Definition) -> str:
    """Return what may be wrong with an id that is that of every environment."""
    if environment is None or made.sync.id is None:
        return ""
    if not isinstance(workspace.state(made.file).get("sync", {}).get("id"), str):
        return ""
    return (
        "; sync.id is the same in every environment: write one for each by hand, "
        f"`id: {{{environment}: …}}`"
    )
