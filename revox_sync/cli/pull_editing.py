"""How ``pull`` writes what the account has into definitions that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.authoring.editing.rewriting import Left, by_hand
from revox_sync.authoring.editing.saving import Edited
from revox_sync.authoring.editing.spelling import Spelling
from revox_sync.authoring.editing.workspace import Forced, Sharing, Workspace
from revox_sync.authoring.taken import Taken, take
from revox_sync.authoring.writer.secrets import AsFarAsSet, Secret, SecretNames
from revox_sync.cli.definitions import Sources
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.files import Files
from revox_sync.definitions.loader import load_file
from revox_sync.definitions.problem import Location, Unusable
from revox_sync.model.path import Path
from revox_sync.plan.compare import Rules, compare
from revox_sync.plan.model import Change

_SAME_NAME = "another definition has the name that the account has"
_BY_HAND = "write it by hand, or leave it there with sync.ignore"


@dataclass(frozen=True, slots=True)
class Changed:
    """A definition that is to state what the account has: at which places, as plans name them.

    ``parts`` are the included files that are changed for that.
    """

    file: str
    parts: tuple[str, ...]
    paths: tuple[str, ...]
    secrets: tuple[Secret, ...]


@dataclass
class Editing:
    """Edits one definition after the other in memory, and remembers what to say of each.

    With ``shared``, files that other definitions include are changed for all of them.
    """

    sources: Sources
    rules: Rules
    environ: AsFarAsSet
    names: SecretNames
    shared: bool = False
    changed: list[Changed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        sharing = Sharing(self._agrees, self.shared)
        self._workspace = Workspace(self.sources.project, self.environ, sharing)
        self._remotes: dict[str, Remote] = {}

    @property
    def forced(self) -> Sequence[Forced]:
        """The files that were changed for one definition, though that is not right for others."""
        return self._workspace.forced

    def run(
        self, matched: Sequence[tuple[Definition, Remote]], step: Callable[[str], None]
    ) -> None:
        """Take over what the account has in each of these definitions; ``step`` tells how far."""
        self._remotes = {definition.file: remote for definition, remote in matched}
        for count, (definition, remote, taken) in enumerate(self._taken(matched), 1):
            step(f"comparing {count} of {len(matched)}")
            self.left += [self._left(definition, path, why, _BY_HAND) for path, why in taken.left]
            if taken.values:
                self._edit(definition, remote, taken)

    def changes(self) -> dict[FilePath, Edited]:
        """Return the files that are to be written."""
        return self._workspace.changes()

    def _taken(
        self, matched: Sequence[tuple[Definition, Remote]]
    ) -> Iterator[tuple[Definition, Remote, Taken]]:
        """Yield what each is to state; no name that tells it apart from no other definition."""
        found = [(made, remote, take(made, remote, self.rules)) for made, remote in matched]
        names = {made.key: made.name for made in self.sources.definitions}
        names |= {made.key: taken.values.get("name", made.name) for made, _, taken in found}
        count = Counter(names.values())
        bound = self.sources.project.environment is None  # in others they may be found by name
        unbound = {names[made.key] for made in self.sources.definitions if made.sync.id is None}
        for made, remote, taken in found:
            name = taken.values.get("name")
            if name is not None and count[name] > 1 and not (bound and name not in unbound):
                values = {name: held for name, held in taken.values.items() if name != "name"}
                yield made, remote, Taken(values, (*taken.left, (("name",), _SAME_NAME)))
            else:
                yield made, remote, taken

    def _edit(self, definition: Definition, remote: Remote, taken: Taken) -> None:
        spelling = Spelling(definition.key, self.names, definition.fields, self.environ.unset)
        undo = self._workspace.undoable()
        told = len(self.left)
        try:
            for name, value in taken.values.items():
                self.left += self._write(definition, name, value, spelling)
            after = load_file(
                self.sources.project,
                self._workspace.environ,
                self._workspace.files,
                definition.file,
            )
        except Unusable as problem:  # edited by somebody else meanwhile
            undo()
            self.left.append(self._left(definition, (), str(problem), "run pull again"))
            return
        if not after.definitions:
            undo()
            del self.left[told:]
            why = "; ".join(f.message for f in after.diagnostics if f.severity == "error")
            self.left += [self._left(definition, (name,), why, _BY_HAND) for name in taken.values]
            return
        before = {change.path for change in self._changes(definition, remote)}
        rest = {change.path for change in self._changes(after.definitions[0], remote)}
        paths = sorted(before - rest)
        if paths:
            secrets = tuple(self._written(spelling.secrets))
            parts = tuple(self._workspace.parts(definition.file))
            self.changed.append(Changed(definition.file, parts, tuple(paths), secrets))

    def _written(self, secrets: Sequence[Secret]) -> Iterator[Secret]:
        """Yield those to which a file now refers: an edit may have been left."""
        contents = [edited.after for edited in self.changes().values()] if secrets else []
        for secret in secrets:
            if any(f"${{secret.{secret.name}}}".encode() in content for content in contents):
                yield secret

    def _changes(self, definition: Definition, remote: Remote) -> tuple[Change, ...]:
        return compare(definition, remote, self.rules).changes

    def _agrees(self, file: str, files: Files, environ: Mapping[str, str]) -> bool:
        """Whether edits bring a definition no difference from the account that it had not."""
        remote = self._remotes.get(file)
        if remote is None:
            return False
        project, now = self.sources.project, self._workspace
        before = load_file(project, now.environ, now.files, file).definitions
        after = load_file(project, environ, files, file).definitions
        if not before or not after:
            return False
        known = self._changes(before[0], remote)
        return all(change in known for change in self._changes(after[0], remote))

    def _write(
        self, definition: Definition, name: str, value: Any, spelling: Spelling
    ) -> list[Left]:
        state = self._workspace.state(definition.file)
        extra = state.get("sync", {}).get("extra", {})
        project = self.sources.project
        if name in project.defaults and name not in state:
            hint = f"change it there for all, or {by_hand((name,), spelling((name,), value))}"
            where = f"`defaults:` in {project.file}"
            return [self._left(definition, (name,), f"it comes from {where}", hint)]
        path = ("sync", "extra", name) if name in extra else (name,)
        return self._workspace.write(
            definition.file, path, value, spelling, lambda: spelling.environ(self.environ)
        )

    def _left(self, definition: Definition, path: Path, why: str, hint: str) -> Left:
        try:
            location = self._workspace.location(definition.file, path)
        except Unusable:
            location = Location(definition.file, 1, 1)
        return Left(path, location, why, hint)
