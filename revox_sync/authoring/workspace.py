"""A project's files with edits and new files, in memory.

After every edit the definition is composed again, like any definition. If the result is not exactly
what was wanted, the edit is dropped and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from revox_sync.authoring.comments import Asked, Noted, noted
from revox_sync.authoring.edit import Edit, UsersOf, by_hand
from revox_sync.authoring.layout import NotEditable, Splice, edited
from revox_sync.authoring.secrets import Spelling, escaped
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.places import Composed
from revox_sync.definitions.problem import Location, Problem, Unusable
from revox_sync.definitions.project import Project
from revox_sync.definitions.references import Secrets
from revox_sync.definitions.texts import Source, Texts, definition_files
from revox_sync.errors import SetupError
from revox_sync.files.transaction import FileChange, Transaction, sweep
from revox_sync.files.tree import Edited
from revox_sync.model.path import Path, value_at
from revox_sync.model.shapes import UNKNOWN, Member, is_same
from revox_sync.model.walk import mapped
from revox_sync.records import dataclass

#: Says of a definition, by its file, whether edited files and what they take their secrets from are
#: right for it.
Agrees = Callable[[str, Texts, Secrets], bool]

_ID: Path = ("sync", "id")


@dataclass(frozen=True, slots=True)
class Edits:
    """All edits up to one moment: contents by path, and what goes with them.

    ``secrets`` is what ``${secret.NAME}`` is taken from then; ``parts`` are the included files that
    were edited for a definition, by its file.
    """

    secrets: Secrets = field(repr=False)
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Workspace:
    """Edits the definition files of ``project`` in memory.

    ``secrets`` is what ``${secret.NAME}`` is taken from. ``agrees`` is asked of every other
    definition that includes an edited file; without it, such files are left alone. ``edits`` is
    what was done so far; putting an earlier value back undoes the rest.
    """

    def __init__(self, project: Project, secrets: Secrets, agrees: Agrees | None = None) -> None:
        self._project = project
        self._agrees = agrees
        self._objector: dict[str, str] = {}
        self._before: dict[str, bytes] = {}  # what edited files held: they may change meanwhile
        self.edits = Edits(secrets)

    @property
    def files(self) -> Texts:
        """The project's files with what was edited so far."""
        return self._files(self.edits)

    def parts(self, file: str) -> Sequence[str]:
        """Return the included files that were edited for the definition in ``file``."""
        return self.edits.parts.get(file, ())

    def changes(self) -> dict[str, FileChange]:
        """Return the files that differ from those on disk, included ones before new definitions."""
        found = {}
        for file, after in self.edits.contents.items():
            before = self._before.get(file)
            if before is None and self._project.files.kind(file) is not None:
                before = self._project.files.read(file)
            if before != after:
                found[file] = FileChange(after, before)
        return found

    def add(self, files: Mapping[str, str]) -> None:
        """Add new files: texts by path."""
        made = {file: text.encode() for file, text in files.items()}
        self.edits = replace(self.edits, contents={**self.edits.contents, **made})

    def state(self, file: str) -> Mapping[str, Any]:
        """Return what the definition in ``file`` comes to now, ``sync`` included.

        Raises Unusable where it cannot be read.
        """
        return self._composed(file, self.edits)[0].data

    def location(self, file: str, path: Path) -> Location:
        """Return where the definition in ``file`` states ``path``, or what is around it.

        Where it cannot be read, that is its beginning.
        """
        try:
            return self._composed(file, self.edits)[0].places.location(path)
        except Unusable:
            return Location(file)

    def write(
        self, file: str, path: Path, value: Any, spelling: Spelling | None = None
    ) -> list[Problem]:
        """Edit the definition in ``file`` so that it states ``value`` at ``path``.

        What surrounds ``path`` is there, or is made. Without ``spelling`` the value holds no
        secret. Returns what was left as it was. Raises Unusable where the definition cannot be
        read.
        """
        spell = spelling or escaped
        composed, composer = self._composed(file, self.edits)
        wanted = _with(composed.data, path, value)
        closed: set[str] = set()  # included files that others forbid to edit
        while True:
            edit = Edit(composed, composer, spell, self._users_of(file, closed))
            expected = edit.value((), composed.data, wanted)
            after = self._after(file, edit, spelling)
            masks = {} if spelling is None else spelling.masks(path)
            if after is None or not self._comes_to(file, after, expected, masks):
                at = composed.places.location(path)
                found = NotEditable(
                    "it is written in a way that cannot be changed without changing something else",
                    by_hand(path, spell(path, value)),
                )
                return [found.at(path, at)]
            wrong = self._wrong_for_others(file, edit, after)
            if not wrong:
                self.edits = after
                return edit.left
            closed |= wrong

    def note(self, file: str, asked: Asked) -> Noted:
        """Note open questions in the definition in ``file``, as comments; return what changed.

        Raises NotEditable where that cannot be done, Unusable where the file cannot be read.
        """
        composed, composer = self._composed(file, self.edits)
        found = noted(composed, composer, asked)
        if found.splices:
            data = self._edited(file, found.splices)
            after = replace(self.edits, contents={**self.edits.contents, file: data})
            if not self._comes_to(file, after, composed.data):
                raise NotEditable("no comment can be written there", "answer it by hand")
            self.edits = after
        return found

    def _after(self, file: str, edit: Edit, spelling: Spelling | None) -> Edits | None:
        """Return the edits with one more; None where it cannot be made."""
        contents = dict(self.edits.contents)
        parts = dict.fromkeys(self.parts(file))
        for name, splices in edit.splices.items():
            if splices:
                try:
                    contents[name] = self._edited(name, splices)
                except NotEditable:
                    return None
                if name != file:
                    parts[name] = None
        secrets = self.edits.secrets
        if spelling is not None:  # edits of other definitions may have made references, too
            secrets = spelling.standing_in(secrets)
        return Edits(secrets, contents, {**self.edits.parts, file: tuple(parts)})

    def _edited(self, file: str, splices: Sequence[Splice]) -> bytes:
        data = self.files.tree.read(file)
        if file not in self.edits.contents:
            self._before.setdefault(file, data)
        return edited(data, splices)

    def _comes_to(
        self,
        file: str,
        edits: Edits,
        expected: Any,
        masks: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Whether a definition states what is expected; ``masks`` are in place of their keys."""
        try:
            composed = self._composed(file, edits)[0]
        except Unusable:
            return False

        def answered(_: Path, __: Member, leaf: Any) -> Any:
            for stand_in, mask in masks.items():
                leaf = leaf.replace(stand_in, mask) if isinstance(leaf, str) else leaf
            return leaf

        data = mapped(UNKNOWN, composed.data, answered) if masks else composed.data
        return composed.whole and is_same(data, expected)

    def _composed(self, file: str, edits: Edits) -> tuple[Composed, Composer]:
        files = self._files(edits)
        composer = Composer(files, edits.secrets, self._project.variables)
        composed = composer.file(files.read(file))
        for found in composed.errors:
            raise Unusable(found.rule, found.message, found.hint)
        return composed, composer

    def _files(self, edits: Edits) -> Texts:
        return Texts(Edited(self._project.files, edits.contents))

    # Files that several definitions include.

    def _wrong_for_others(self, file: str, edit: Edit, after: Edits) -> set[str]:
        """Return the edited files that are not right for others who include them."""
        if self._agrees is None:
            return set()
        files = self._files(after)
        wrong: set[str] = set()
        for included in (name for name, splices in edit.splices.items() if splices):
            before = self._objector.get(included)  # whoever objected before is asked first
            for user in sorted(self._others(file, included), key=lambda one: (one != before, one)):
                if not self._agrees(user, files, after.secrets):
                    self._objector[included] = user
                    wrong.add(included)
                    break
        return wrong

    def _users_of(self, file: str, closed: set[str]) -> UsersOf:
        """Return what names the other users of an included file that is not to be edited."""

        def users(source: Source) -> list[str]:
            shut = self._agrees is None or source.file in closed
            return self._others(file, source.file) if shut else []

        return users

    def _others(self, file: str, included: str) -> list[str]:
        """Return the definitions, or project file, that include a file, ``file`` aside."""
        return sorted(self._all_users.get(included, set()) - {file})

    @cached_property
    def _all_users(self) -> dict[str, set[str]]:
        """By included file the definitions, or project file, that include it."""
        files = self.files
        composer = Composer(files, self.edits.secrets, self._project.variables)
        composed = {
            file: composer.file(files.read(file))
            for file in definition_files(files.tree, self._project.assistants)[0]
        }
        if self._project.file is not None:
            composed[self._project.file] = self._project.inherited
        users: dict[str, set[str]] = {}
        for file, found in composed.items():
            for included in found.included:
                users.setdefault(included, set()).add(file)
        return users


def save(project: Project, changes: Mapping[str, FileChange]) -> None:
    """Write all of these files of a project; SetupError if the disk does not take every one."""
    try:
        sweep(project.root / project.assistants)
        with Transaction(project.root, changes) as transaction:
            transaction.commit()
    except OSError as error:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        raise SetupError(
            f"nothing was written: {where}{error.strerror}",
            hint="no file of the project was changed",
        ) from None


def _with(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a copy of ``data`` with ``value`` at ``path``; members on the way are made."""
    name, *rest = path
    inner = data.get(str(name))
    if rest:
        value = _with(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    return {**data, str(name): value}


# Ids.


def write_id(project: Project, definition: Definition, new_id: str) -> None:
    """Replace the id that a definition is bound to; comments, order and line ends stay.

    Where there is one id per environment, that of the project's is replaced. Raises SetupError
    when the file cannot be written, or no longer states the id as it did; it is then as it was.
    """
    environment = project.environment
    workspace = Workspace(project, Secrets({}))
    try:
        bound = value_at(workspace.state(definition.file), _ID)
        if isinstance(bound, dict):
            bound = bound.get(environment)
        if bound != definition.sync.id:
            raise _id_by_hand(definition, new_id, definition.file)
        left = set_id(workspace, definition.file, new_id, environment)
        if left:
            raise _id_by_hand(definition, new_id, f"{left[0].location}: {left[0].message}")
        with Transaction(project.root, workspace.changes()) as transaction:
            transaction.commit()
    except (OSError, UnicodeDecodeError, Unusable) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _id_by_hand(definition, new_id, f"{definition.file}: {reason}") from None


def set_id(
    workspace: Workspace, file: str, identity: str, environment: str | None
) -> list[Problem]:
    """Bind the definition in ``file``, in memory; return why not, where it cannot be.

    With ``environment`` the id is written as that of it alone: ``{environment: id}``.
    """
    bound = value_at(workspace.state(file), _ID)
    by_environment = isinstance(bound, dict) or (bound is None and environment is not None)
    path = (*_ID, str(environment)) if by_environment else _ID
    return workspace.write(file, path, identity)


def _id_by_hand(definition: Definition, new_id: str, where: str) -> SetupError:
    return SetupError(
        f"{where}: the new id could not be written",
        hint=f"write `id: {new_id}` under `sync:` in {definition.file}",
    )
