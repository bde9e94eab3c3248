"""What ``sync:`` of a definition says that does not go with the project file, or with itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from revox_sync.definitions.composed import Composed
from revox_sync.definitions.definition import Path
from revox_sync.definitions.options import contradictions
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import PROJECT_FILE, Project, retire_unstated
from revox_sync.definitions.suggest import hint_for


def unsuited(composed: Composed, project: Project) -> list[Problem]:
    """Return what does not go together; what is wrong with the types is looked past."""
    own = composed.data.get("sync")
    if not isinstance(own, dict):
        return []
    found = [*contradictions(own, ("sync",), project.ignore)]
    if project.variables.certain:
        found += _strange_environments(own, project.environments)
        found += _shared_id(own, project, composed)
    if own.get("replace") == "recreate" and project.retire is None:
        found.append(retire_unstated(("sync", "replace")))
    return [finding for finding in found if not composed.is_broken(finding.path)]


def _strange_environments(own: Mapping[str, Any], known: Collection[str]) -> Iterator[Problem]:
    """Yield what names an environment that the project does not declare."""
    bound, limited = own.get("id"), own.get("environments")
    named: list[tuple[Path, Any, bool]] = []
    if isinstance(bound, dict):
        named += [(("sync", "id", name), name, True) for name in bound]
    if isinstance(limited, list):
        named += [(("sync", "environments", i), name, False) for i, name in enumerate(limited)]
    for path, name, on_key in named:
        if isinstance(name, str) and name.strip() and name not in known:
            message = f"the project declares no environment {name}"
            hint = hint_for(name, known) if known else f"declare it in {PROJECT_FILE}"
            yield Problem("unknown-environment", message, hint, on_key=on_key, path=path)


def _shared_id(own: Mapping[str, Any], project: Project, composed: Composed) -> Iterator[Problem]:
    """Yield a warning about one id for several environments, whose accounts are not one.

    One that holds a variable may be another in each.
    """
    bound, limited = own.get("id"), own.get("environments")
    places = limited if isinstance(limited, list) else project.environments
    names = [name for name in places if name in project.environments]
    if not isinstance(bound, str) or len(names) < 2:  # noqa: PLR2004 - one is no other
        return
    if "${" not in (composed.places.written(("sync", "id")) or ""):
        message = f"this id is the same in {', '.join(names)}, and no two accounts share one"
        each = ", ".join(f"{name}: …" for name in names[:2])
        hint = f"write one for each, `id: {{{each}}}`, or say where it is in sync.environments"
        yield Problem("shared-id", message, hint, severity="warning", path=("sync", "id"))
