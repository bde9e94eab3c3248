"""Edits of one project's files, kept in memory, each looked at before it is kept.

After every edit the definition is composed again by what composes all definitions. If it does not
come to exactly what was wanted, the edit is dropped and told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from revox_sync.authoring.editing.alignment import same
from revox_sync.authoring.editing.rewriting import Left, Rewriting, Spell, by_hand
from revox_sync.authoring.editing.saving import Edited as Rewritten
from revox_sync.authoring.editing.splices import Original
from revox_sync.authoring.editing.standing import UsersOf
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.files import Files, definition_files
from revox_sync.definitions.places import Composed
from revox_sync.definitions.problem import Location, Source, Unusable
from revox_sync.definitions.project import Project
from revox_sync.files.tree import Disk, Edited
from revox_sync.model.path import Path

#: Returns what ``${secret.NAME}`` is taken from.
Environ = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Sharing:
    """When a file is edited that other definitions include, too.

    ``agrees`` says of another definition, by its file, whether edited files and what they take
    their secrets from are right for it, too. With ``forced`` a file is edited in any case, but not
    once more for another definition.
    """

    agrees: Callable[[str, Files, Mapping[str, str]], bool]
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Forced:
    """A file that was edited for one definition, and the ``users`` for which that is not right."""

    file: str
    edited_for: str
    users: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Edit:
    """What edits come to, and the secrets' environment then."""

    attempt: Rewriting
    edited: Mapping[str, bytes]
    environ: Mapping[str, str]


def _never(_user: str, _files: Files, _environ: Mapping[str, str]) -> bool:
    return False


class Overlay(Files):
    """The files of a project as they would be, with ``edited`` contents by real path."""

    def __init__(self, root: FilePath, edited: Mapping[str, bytes]) -> None:
        self._root = os.path.realpath(root)
        inside = {os.path.relpath(path, self._root).replace(os.sep, "/"): path for path in edited}
        super().__init__(Edited(Disk(root), {name: edited[path] for name, path in inside.items()}))

    def real(self, file: str) -> str:
        """Return the path of a file on disk."""
        return os.path.join(self._root, file)  # noqa: PTH118


class Workspace:
    """Edits the definition files of ``project`` in memory.

    ``environ`` is what ``${secret.NAME}`` is taken from; without ``sharing``, what others include
    is left alone.
    """

    def __init__(
        self,
        project: Project,
        environ: Mapping[str, str],
        sharing: Sharing = Sharing(_never),
    ) -> None:
        self._project = project
        self._environ = environ
        self._sharing = sharing
        self._edited: dict[str, bytes] = {}
        self._forced: dict[str, Forced] = {}
        self._objector: dict[str, str] = {}
        self._parts: dict[str, tuple[str, ...]] = {}
        self._users: dict[str, set[str]] | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        """What ``${secret.NAME}`` is taken from, references that were written included."""
        return self._environ

    def undoable(self) -> Callable[[], None]:
        """Return what takes back every edit that is made from now on."""
        before = self._edited, self._environ, self._forced, self._parts

        def undo() -> None:
            self._edited, self._environ, self._forced, self._parts = before

        return undo

    def parts(self, file: str) -> Sequence[str]:
        """Return the included files that were edited for the definition in ``file``."""
        return self._parts.get(file, ())

    @property
    def forced(self) -> Sequence[Forced]:
        """The files that were edited although that is not right for others."""
        return tuple(self._forced.values())

    @property
    def files(self) -> Overlay:
        """The project's files with what was edited so far."""
        return Overlay(self._project.root, self._edited)

    def changes(self) -> dict[FilePath, Rewritten]:
        """Return the files that differ from those on disk."""
        on_disk = {FilePath(path): FilePath(path).read_bytes() for path in self._edited}
        return {
            path: Rewritten(before, self._edited[str(path)])
            for path, before in on_disk.items()
            if before != self._edited[str(path)]
        }

    def state(self, file: str) -> Mapping[str, Any]:
        """Return what the definition in ``file`` comes to now, ``sync`` included.

        Raises Unusable where it cannot be read.
        """
        return self._composed(file, self._environ)[0].data

    def location(self, file: str, path: Path) -> Location:
        """Return where the definition in ``file`` states ``path``, or what is around it.

        Raises Unusable where it cannot be read.
        """
        return self._composed(file, self._environ)[0].places.location(path)

    def write(
        self, file: str, path: Path, value: Any, spell: Spell, environ: Environ | None = None
    ) -> list[Left]:
        """Edit the definition in ``file`` so that it states ``value`` at ``path``.

        What surrounds ``path`` is there, or is made. ``spell`` returns values as they are to be
        written; ``environ`` returns then what the references that it made stand for, too. Returns
        what was left as it was. Raises Unusable where the definition cannot be read.
        """
        composed, composer = self._composed(file, self._environ)
        wanted = _with(composed.data, path, value)
        shut: set[str] | None = set()  # what others include and is left alone; None: all of it
        while True:
            users_of = self._users_of(file, shut)
            found = self._attempted(file, composed, composer, spell, users_of, wanted, environ)
            if found is None and shut is None:
                break
            wrong = None if found is None else self._wrong_for_others(file, found)
            if found is not None and not wrong:
                self._edited, self._environ = dict(found.edited), found.environ
                edited = [name for name, splices in found.attempt.splices.items() if splices]
                parts = dict.fromkeys((*self.parts(file), *edited))
                self._parts = self._parts | {file: tuple(name for name in parts if name != file)}
                return found.attempt.left
            shut = None if wrong is None or shut is None else shut | wrong
        at = composed.places.location(path if path in composed.places else ())
        why = "it is written in a way that cannot be changed without changing something else"
        return [Left(path, at, why, by_hand(path, spell(path, value)))]

    def _attempted(
        self,
        file: str,
        composed: Composed,
        composer: Composer,
        spell: Spell,
        users_of: UsersOf,
        wanted: Mapping[str, Any],
        environ: Environ | None,
    ) -> _Edit | None:
        """Return edits after which the definition states what is wanted, as far as it can."""
        for quoted in (False, True):
            attempt = Rewriting(composed, composer, spell, users_of, quoted=quoted)
            expected = attempt.value((), composed.data, wanted)
            edited = self._with_splices(attempt)
            known = environ() if environ is not None else self._environ
            if self._comes_to(file, edited, expected, known):
                return _Edit(attempt, edited, known)
        return None

    def _wrong_for_others(self, file: str, edit: _Edit) -> set[str]:
        """Return the real paths of edited files whose edits others who include them forbid."""
        files = Overlay(self._project.root, edit.edited)
        forced: dict[str, Forced] = {}
        wrong: set[str] = set()
        for included in (name for name, splices in edit.attempt.splices.items() if splices):
            real = files.real(included)
            against = self._against(real, self._users_of(file, None)(files.read(included)), edit)
            earlier = self._forced.get(real)
            if self._sharing.forced and (earlier is None or earlier.edited_for == file):
                users = tuple(against)
                forced |= {real: Forced(included, file, users)} if users else {}
            elif any(against):
                wrong.add(real)
        if not wrong:
            self._forced = self._forced | forced
        return wrong

    def _against(self, real: str, users: Sequence[str], edit: _Edit) -> Iterator[str]:
        """Yield the users of an edited file for which it is not right; first who said so before."""
        files = Overlay(self._project.root, edit.edited)
        before = self._objector.get(real)
        for user in sorted(users, key=lambda user: (user != before, user)):
            if not self._sharing.agrees(user, files, edit.environ):
                self._objector[real] = user
                yield user

    def _composed(self, file: str, environ: Mapping[str, str]) -> tuple[Composed, Composer]:
        files = self.files
        composer = Composer(files, environ, self._project.variables)
        composed = composer.file(files.read(file))
        for found in composed.errors:
            raise Unusable(found.rule, found.message, found.hint)
        return composed, composer

    def _with_splices(self, attempt: Rewriting) -> dict[str, bytes]:
        files = self.files
        edited = dict(self._edited)
        for file, splices in attempt.splices.items():
            if splices:
                real = files.real(file)
                before = edited.get(real)
                if before is None:
                    before = FilePath(real).read_bytes()
                edited[real] = Original(before).edited(splices)
        return edited

    def _comes_to(
        self, file: str, edited: Mapping[str, bytes], expected: Any, environ: Mapping[str, str]
    ) -> bool:
        files = Overlay(self._project.root, edited)
        try:
            composer = Composer(files, environ, self._project.variables)
            composed = composer.file(files.read(file))
        except Unusable:
            return False
        return not composed.errors and composed.whole and same(composed.data, expected)

    def _users_of(self, file: str, shut: set[str] | None) -> UsersOf:
        """Return what names the other files that an included file is a part of.

        It names none for files that may be edited nevertheless: those that are not ``shut``.
        """
        files = self.files
        own = files.real(file)

        def users(source: Source) -> list[str]:
            real = files.real(source.file)
            if shut is not None and real not in shut:
                return []
            found = self._all_users(files).get(real, set())
            return sorted(user for user in found if files.real(user) != own)

        return users

    def _all_users(self, files: Overlay) -> dict[str, set[str]]:
        """Return real path -> the definitions, or project file, that include it."""
        if self._users is None:
            self._users = {}
            composer = Composer(files, self._environ, self._project.variables)
            for file in definition_files(files.tree, self._project.assistants)[0]:
                self._note_users(files, file, composer.file(files.read(file)))
            if self._project.file is not None and self._project.defaults:
                source = files.read(self._project.file)
                node = composer.settings(source, "defaults")[1]
                if node is not None:
                    self._note_users(files, source.file, composer.mapping(source, node))
        return self._users

    def _note_users(self, files: Overlay, file: str, composed: Composed) -> None:
        assert self._users is not None  # noqa: S101 - being filled
        for included in composed.included:
            self._users.setdefault(files.real(included), set()).add(file)


def _with(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a copy of ``data`` with ``value`` at ``path``; members on the way are made."""
    name, *rest = path
    inner = data.get(str(name))
    if rest:
        value = _with(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    return {**data, str(name): value}
