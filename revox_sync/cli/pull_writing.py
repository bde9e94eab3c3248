"""How ``pull`` makes definitions of assistants: written aside, loaded, compared, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from revox_sync.account.remote import Remote
from revox_sync.authoring.adopt import disagreements, state
from revox_sync.authoring.writer.names import FreeNames
from revox_sync.authoring.writer.new import PROMPTS, new_definition
from revox_sync.authoring.writer.secrets import AsFarAsSet, Secret, SecretNames
from revox_sync.authoring.writer.staging import Staging
from revox_sync.cli.definitions import Sources
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.plan.compare import Rules

_ATTEMPTS = 3
_SUFFIX = re.compile(r"\.(?:ya?ml|md)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A definition that waits to be put in place."""

    key: str
    remote: Remote
    secrets: tuple[Secret, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass
class Pulling:
    """Turns one assistant after the other into a definition that was loaded and compared.

    ``elsewhere`` holds the names that definitions have in the project's other environments.
    """

    sources: Sources
    rules: Rules
    environ: AsFarAsSet
    names: SecretNames
    prompts: bool
    elsewhere: frozenset[str] = frozenset()
    written: list[Written] = field(default_factory=list)
    failed: list[tuple[Remote, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        project = self.sources.project
        self._free = FreeNames(_names_in(project.root / project.assistants))

    def add(self, remote: Remote, staging: Staging) -> None:
        """Write the definition of an assistant aside; one that cannot be is told."""
        key = self._free.take(remote.name)
        cannot: dict[str, str] = {}
        why = ""
        for _ in range(_ATTEMPTS):
            stated = state(remote, self.sources.project, self.rules, cannot)
            if stated.impossible is not None:
                why = stated.impossible
                break
            new = new_definition(
                key,
                remote.id,
                stated.fields,
                stated.ignore,
                self.names,
                prompt_apart=self.prompts,
                environment=self.sources.project.environment,
                limited=remote.name in self.elsewhere,
            )
            loaded = staging.load(new.files, key, self._with(new.secrets))
            differing = {
                name: reason
                for definition in loaded.definitions
                for name, reason in disagreements(definition, remote, self.rules).items()
            }
            if loaded.definitions and not differing:
                self.written.append(Written(key, remote, new.secrets, stated.left_out))
                return
            self.names.give_back(new.secrets)
            messages = [found.message for found in loaded.diagnostics if found.severity == "error"]
            why = "; ".join(dict.fromkeys((*differing.values(), *messages)))
            cannot |= differing
        self.failed.append((remote, why))

    def _with(self, secrets: Sequence[Secret]) -> AsFarAsSet:
        held = {SECRET_PREFIX + secret.name: secret.stand_in for secret in secrets}
        return AsFarAsSet({**self.environ, **held})


def _names_in(folder: Path) -> Iterator[str]:
    """Yield the names, without suffix, of everything that a new file could run into."""
    for place in (folder, folder / PROMPTS):
        if place.is_dir():
            yield from (_SUFFIX.sub("", found.name) for found in place.iterdir())
