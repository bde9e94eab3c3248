"""Writes ids into ``sync.id`` of definition files, and changes no other character of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from revox_sync.authoring.edit import Left
from revox_sync.authoring.secrets import escaped
from revox_sync.authoring.workspace import Workspace
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.project import Project
from revox_sync.definitions.references import Secrets
from revox_sync.errors import SetupError
from revox_sync.files.transaction import Transaction
from revox_sync.model.path import Path

_PLACE: Path = ("sync", "id")


def rebinder(project: Project) -> Callable[[Definition, str], None]:
    """Return what writes a new id into the file of a bound definition of ``project``."""

    def rebind(definition: Definition, new_id: str) -> None:
        write_id(project, definition, new_id)

    return rebind


def write_id(project: Project, definition: Definition, new_id: str) -> None:
    """Replace the id that a definition is bound to; comments, order and line ends stay.

    Where there is one id per environment, that of the project's is replaced. Raises SetupError
    when the file cannot be written, or no longer states the id as it did; it is then as it was.
    """
    environment = project.environment
    workspace = Workspace(project, Secrets({}))
    try:
        bound = workspace.state(definition.file).get("sync")
        if _stated(bound, environment) != definition.sync.id:
            raise _by_hand(definition, new_id, definition.file)
        left = set_id(workspace, definition.file, new_id, environment)
        if left:
            raise _by_hand(definition, new_id, f"{left[0].location}: {left[0].why}")
        with Transaction(project.root, workspace.changes()) as transaction:
            transaction.commit()
    except (OSError, UnicodeDecodeError, Unusable) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _by_hand(definition, new_id, f"{definition.file}: {reason}") from None


def set_id(workspace: Workspace, file: str, identity: str, environment: str | None) -> list[Left]:
    """Bind the definition in ``file``, in memory; return why not, where it cannot be.

    With ``environment`` the id is written as that of it alone: ``{environment: id}``.
    """
    bound = workspace.state(file).get("sync", {}).get("id")
    by_environment = isinstance(bound, dict) or (bound is None and environment is not None)
    path = (*_PLACE, str(environment)) if by_environment else _PLACE
    return workspace.write(file, path, identity, escaped)


def _stated(own: Any, environment: str | None) -> Any:
    bound = own.get("id") if isinstance(own, dict) else None
    return bound.get(environment) if isinstance(bound, Mapping) else bound


def _by_hand(definition: Definition, new_id: str, where: str) -> SetupError:
    return SetupError(
        f"{where}: the new id could not be written",
        hint=f"write `id: {new_id}` under `sync:` in {definition.file}",
    )
