"""``pull``: write what the account has into definitions, old and new.

Where an assistant has a definition, what differs is changed in its file, in memory first. One that
no definition describes gets a new file, which is loaded and compared in memory. Then all files are
written, or none.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from revox_sync.account.reader import (
    Account,
    called,
    complete_faqs,
    find_assistant,
    recognise_profile,
)
from revox_sync.account.remote import Remote
from revox_sync.authoring.draft import (
    PROMPTS,
    NewDefinition,
    Sorted,
    new_definition,
    sort_out,
)
from revox_sync.authoring.edit import by_hand
from revox_sync.authoring.layout import NotEditable
from revox_sync.authoring.names import FreeNames, folded, slug
from revox_sync.authoring.secrets import Secret, SecretNames, Spelling
from revox_sync.authoring.state import Stated, Taken, disagreements, stated, take
from revox_sync.authoring.workspace import Workspace, save
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.editor import copy_of, modeline, schema
from revox_sync.definitions.loader import load_file
from revox_sync.definitions.problem import Problem, Unusable, did_you_mean, errors_in
from revox_sync.definitions.project import PROJECT_FILE, Project
from revox_sync.definitions.references import Secrets
from revox_sync.definitions.texts import SUFFIXES, Texts
from revox_sync.errors import RefusedError, SetupError, UsageError
from revox_sync.files.git import Repository, uncommitted
from revox_sync.files.tree import Unreadable
from revox_sync.model.likeness import same_name
from revox_sync.model.path import Path
from revox_sync.operations.connection import read_project
from revox_sync.operations.context import EMPTY_PROJECT, Context, load
from revox_sync.operations.questions import Notes, note
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.plan.account import manages_faq
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Rules
from revox_sync.records import dataclass

if TYPE_CHECKING:
    from revox_sync.account.client import Client

_SAME_NAME = "another definition already has that name"
_BY_NAME = "in another environment it is found by the name that it has"
_BY_HAND = "write it by hand, or leave it there with sync.ignore"
_ATTEMPTS = 3
_SUFFIX = re.compile(r"\.(?:ya?ml|md)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pull:
    """What to pull.

    ``assistants`` are names, globs of names or ids; none stands for all. ``prompts`` puts long
    prompts of new definitions into files of their own. ``check`` writes nothing. ``overwrite``
    writes into files with changes that are not committed. ``questions`` notes open questions in
    definitions, as comments.
    """

    assistants: tuple[str, ...] = ()
    prompts: bool = False
    check: bool = False
    overwrite: bool = False
    questions: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """A new definition, about to be written."""

    key: str
    remote: Remote
    secrets: tuple[Secret, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A definition that is to state what the account has: at which places, as plans name them.

    ``parts`` are the included files that are changed for that.
    """

    file: str
    parts: tuple[str, ...]
    paths: tuple[str, ...]
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was written, or would be, and what was not.

    ``failed`` are assistants that no file can describe, ``left`` values of definitions
    that were not written.
    """

    folder: str
    request: Pull
    found: Sorted
    written: tuple[Drafted, ...]
    changed: tuple[Changed, ...]
    failed: tuple[tuple[Remote, str], ...]
    left: tuple[Problem, ...]
    noted: tuple[Notes, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether any file is changed, or would be."""
        return bool(self.written or self.changed or self.noted)

    @property
    def complete(self) -> bool:
        """Whether everything that was to be pulled is written."""
        return not (self.failed or self.left or self.found.contested)


def pull(settings: Settings, request: Pull, reporter: Reporter | None = None) -> Pulled:
    """Write what the account has into definitions.

    The project may have no definitions yet, and secrets may be unset. Raises DefinitionError when
    anything is wrong in the files that are there, RefusedError where what somebody wrote and git
    does not hold would be written over, SetupError when the disk does not take the files, and
    ApiError.
    """
    secrets = Secrets(settings.environ)
    unset = replace(settings, secret_source=secrets)
    project, _ = read_project(unset)
    begun = os.path.lexists(project.root / project.assistants)
    allowed = EMPTY_PROJECT - {"missing-folder"} if begun else EMPTY_PROJECT
    context = load(unset, reporter, allowed=allowed, thorough=True)
    reporter = context.reporter
    found, matched, rules = run(_read(context, request.assistants, questions=request.questions))
    new = found.new
    others = context.in_others().values() if new else ()
    elsewhere = frozenset(same_name(made.name) for found in others for made in found or ())
    names = SecretNames(settings.environ, secrets.asked)
    editing = _Editing(context, rules, secrets, names)
    editing.run(matched)
    writing = _Writing(context, rules, secrets, names, request.prompts, elsewhere)
    for count, remote in enumerate(new, 1):
        reporter.step(f"writing {count} of {len(new)}")
        writing.add(remote)
    reporter.step("")
    noted = _note_questions(context, editing, writing, matched) if request.questions else []
    file = copy_of("definition", context.project.assistants)
    if writing.written and writing.for_editors and context.project.files.kind(file) is None:
        writing.workspace.add({file: schema("definition")})
    if not request.check:
        changes = editing.workspace.changes()
        if not request.overwrite:
            _refuse_uncommitted(settings, changes)
        save(context.project, {**changes, **writing.workspace.changes()})
    return Pulled(
        context.project.assistants,
        request,
        found,
        tuple(writing.written),
        tuple(editing.changed),
        tuple(writing.failed),
        tuple(editing.left),
        tuple(noted),
    )


def _note_questions(
    context: Context,
    editing: _Editing,
    writing: _Writing,
    matched: Sequence[tuple[Definition, Remote]],
) -> list[Notes]:
    """Note open questions in definitions, in memory; return what changed."""
    for made, remote in matched:
        if remote.faq is None:
            context.reporter.remark(f"{made.file}: the service does not tell its FAQ")
        elif remote.faq.asked and not manages_faq(made, all_faqs=True):
            where = f"{made.file}: its FAQ is left to the dashboard"
            context.reporter.remark(f"{where}; open questions there: {len(remote.faq.asked)}")
    there = [(made.file, remote) for made, remote in matched if manages_faq(made, all_faqs=True)]
    noted, left = note(editing.workspace, context.project, there)
    editing.left += left
    new = [(f"{context.project.assistants}/{one.key}.yaml", one.remote) for one in writing.written]
    return [*noted, *note(writing.workspace, context.project, new)[0]]


def _refuse_uncommitted(settings: Settings, files: Iterable[str]) -> None:
    """Raise RefusedError if a write would overwrite changes that git does not have."""
    root = settings.project.resolve()
    found = uncommitted(settings.project, settings.environ, [root / file for file in files])
    if found:
        names = ", ".join(path.relative_to(root).as_posix() for path in found)
        raise RefusedError(
            f"nothing was written: these have changes that are not committed to git: {names}",
            hint="commit them, name other assistants, or write over them with --overwrite",
        )


async def _read(
    context: Context, wanted: Sequence[str], *, questions: bool
) -> tuple[Sorted, Sequence[tuple[Definition, Remote]], Rules]:
    """Read the account: one list, and by id what the list does not hold.

    Returns the assistants that are pulled, sorted, and with its definition each of them that is
    known for certain to be what one describes.
    """
    project, definitions = context.project, context.definitions
    recreating = context.recreating()
    async with context.reading() as client:
        bound = [made.sync.id for made in definitions if made.sync.id is not None]
        listed = await context.list_assistants(client, () if wanted else bound)
        chosen = await _chosen(client, listed, wanted, context) if wanted else listed
        remotes = list({remote.id: remote for remote in (*listed, *chosen)}.values())
        matching = context.match(remotes, recreating)
        found = sort_out(definitions, matching, chosen, project.environment)
        if found.new and (why := _perhaps_defined(context)):
            found = replace(
                found, new=(), contested=(*found.contested, *((one, why) for one in found.new))
            )
        ids = {remote.id for remote in chosen}
        matched = [
            (made, remote)
            for made in definitions
            if (remote := matching.matches[made.key].remote) is not None and remote.id in ids
        ]
        managing = [
            remote
            for made, remote in matched
            if manages_faq(made, all_faqs=questions or context.looks_at_all_faqs)
        ]
        looked_at = [*found.new, *managing]
        complete = await complete_faqs(client, looked_at, looked_at, context.reporter.step)
        by_id = {remote.id: remote for remote in complete}
        found = replace(found, new=complete[: len(found.new)])
    whole = [(made, by_id.get(remote.id, remote)) for made, remote in matched]
    account = Account(client.base_url, tuple(remotes), recognise_profile(remotes))
    return found, whole, context.rules(context.as_stated(account))


def _perhaps_defined(context: Context) -> str | None:
    """Say why no assistant is certainly new: a sparse checkout leaves definitions out."""
    repository = Repository(context.settings.project, context.settings.environ)
    folder = f"{context.project.assistants}/"
    for file in repository.left_out() if repository.is_there else ():
        path = file.removeprefix(folder)
        if path != file and file.endswith(SUFFIXES) and "/_" not in f"/{path}":
            return (
                f"this checkout is sparse, and {file}, which it leaves out, may define it; "
                "bring that in with `git sparse-checkout`"
            )
    return None


async def _chosen(
    client: Client, listed: Sequence[Remote], wanted: Sequence[str], context: Context | None = None
) -> list[Remote]:
    """Return the assistants of these ids, names, globs of names, or keys of definitions.

    One that lists hide is found by its id only. Raises UsageError for what names none.
    """
    chosen: dict[str, Remote] = {}
    for name in wanted:
        found = called(listed, name)
        if not found and same_name(name):
            found = [remote for remote in listed if fnmatchcase(remote.name, name)]
        if not found and context is not None and (made := context.named(name)):
            meant = [one.sync.id or one.name for one in made]
            found = await _chosen(client, listed, meant)
        if not found:
            answer = await find_assistant(client, name)
            if answer is None:
                near = did_you_mean(name, [remote.shown_name for remote in listed])
                raise UsageError(
                    f"the account has no assistant with the name or id {name!r}",
                    hint=near or "give a whole name, an id or a glob",
                )
            found = [answer]
        chosen.update((remote.id, remote) for remote in found)
    return list(chosen.values())


@dataclass
class _Editing:
    """Edits one definition after the other in memory, and collects what to say of each."""

    context: Context
    rules: Rules
    secrets: Secrets
    names: SecretNames
    changed: list[Changed] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workspace = Workspace(self.context.project, self.secrets, self._agrees)
        self._remotes: dict[str, Remote] = {}

    def run(self, matched: Sequence[tuple[Definition, Remote]]) -> None:
        """Take over what the account has into each of these definitions."""
        self._remotes = {definition.file: remote for definition, remote in matched}
        for count, (definition, remote, taken) in enumerate(self._taken(matched), 1):
            self.context.reporter.step(f"comparing {count} of {len(matched)}")
            self.left += [self._left(definition, path, why, _BY_HAND) for path, why in taken.left]
            if taken.values:
                self._edit(definition, remote, taken)
        self.context.reporter.step("")

    def _taken(
        self, matched: Sequence[tuple[Definition, Remote]]
    ) -> Iterator[tuple[Definition, Remote, Taken]]:
        """Yield what each has to state, but a name that another has, or by which it is found."""
        found = [(made, remote, take(made, remote, self.rules)) for made, remote in matched]
        names = {made.key: same_name(made.name) for made in self.context.definitions}
        for made, _, taken in found:
            names[made.key] = same_name(taken.values.get("name", made.name))
        renames = any("name" in taken.values for _, _, taken in found)
        others = self.context.in_others().values() if renames else ()
        elsewhere = [made for there in others for made in there or ()]
        keys: dict[str, set[str]] = defaultdict(set)
        for key, name in (*names.items(), *((one.key, same_name(one.name)) for one in elsewhere)):
            keys[name].add(key)
        may_share = self.context.project.environment is None  # if both are bound
        unbound = {names[made.key] for made in self.context.definitions if made.sync.id is None}
        named = {made.key for made in elsewhere if made.sync.id is None}
        for made, remote, taken in found:
            name = names[made.key]
            is_shared = len(keys[name]) > 1 and not (may_share and name not in unbound)
            if "name" in taken.values and (is_shared or made.key in named):
                values = {name: held for name, held in taken.values.items() if name != "name"}
                why = _SAME_NAME if is_shared else _BY_NAME
                yield made, remote, Taken(values, (*taken.left, (("name",), why)))
            else:
                yield made, remote, taken

    def _edit(self, definition: Definition, remote: Remote, taken: Taken) -> None:
        spelling = Spelling(definition.key, self.names, definition.fields, self.secrets.unset)
        before = self.workspace.edits
        told = len(self.left)
        try:
            for name, value in taken.values.items():
                self.left += self._write(definition, name, value, spelling)
            after = load_file(
                self.context.project,
                self.workspace.edits.secrets,
                self.workspace.files,
                definition.file,
            )
        except Unusable as problem:  # edited by somebody else meanwhile
            self.workspace.edits = before
            self.left.append(self._left(definition, (), str(problem), "run pull again"))
            return
        if not after.definitions:
            self.workspace.edits = before
            del self.left[told:]
            why = "; ".join(found.message for found in errors_in(after.diagnostics))
            self.left += [self._left(definition, (name,), why, _BY_HAND) for name in taken.values]
            return
        differed, differs = (
            set(compare(made, remote, self.rules).differing)
            for made in (definition, after.definitions[0])
        )
        if differed - differs:
            contents = self.workspace.edits.contents.values()
            secrets = [  # an edit may have been left, and no file refers to its secret then
                secret
                for secret in spelling.secrets
                if any(f"${{secret.{secret.name}}}".encode() in content for content in contents)
            ]
            parts, paths = self.workspace.parts(definition.file), sorted(differed - differs)
            self.changed.append(
                Changed(definition.file, tuple(parts), tuple(paths), tuple(secrets))
            )

    def _agrees(self, file: str, files: Texts, secrets: Secrets) -> bool:
        """Whether edits add no difference between a definition and the account."""
        remote = self._remotes.get(file)
        if remote is None:
            return False
        project, now = self.context.project, self.workspace
        before = load_file(project, now.edits.secrets, now.files, file).definitions
        after = load_file(project, secrets, files, file).definitions
        if not before or not after:
            return False
        known = compare(before[0], remote, self.rules).changes
        changes = compare(after[0], remote, self.rules).changes
        return all(change in known for change in changes)

    def _write(
        self, definition: Definition, name: str, value: Any, spelling: Spelling
    ) -> list[Problem]:
        state = self.workspace.state(definition.file)
        extra = state.get("sync", {}).get("extra", {})
        project = self.context.project
        if name in project.defaults and name not in state:
            hint = f"change it there for all, or {by_hand((name,), spelling((name,), value))}"
            where = f"`defaults:` in {project.file}"
            return [self._left(definition, (name,), f"it comes from {where}", hint)]
        path = ("sync", "extra", name) if name in extra else (name,)
        return self.workspace.write(definition.file, path, value, spelling)

    def _left(self, definition: Definition, path: Path, why: str, hint: str) -> Problem:
        return NotEditable(why, hint).at(path, self.workspace.location(definition.file, path))


@dataclass
class _Writing:
    """Turns one assistant after the other into a definition that was loaded and compared.

    ``elsewhere`` holds the names of definitions in the project's other environments.
    """

    context: Context
    rules: Rules
    secrets: Secrets
    names: SecretNames
    prompts: bool
    elsewhere: frozenset[str] = frozenset()
    written: list[Drafted] = field(default_factory=list)
    failed: list[tuple[Remote, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        project = self.context.project
        folder = project.assistants
        self.workspace = Workspace(project, self.secrets)
        there = (_SUFFIX.sub("", name) for name in _names_in(project, folder))
        self._free = FreeNames(there, "-", folded)
        # A folder with nothing but definitions stays bare.
        marks = (PROJECT_FILE, copy_of("definition", folder))
        self.for_editors = any(project.files.kind(file) is not None for file in marks)
        self._prompts = {
            folded(_SUFFIX.sub("", name)): f"{folder}/{PROMPTS}/{name}"
            for name in (_names_in(project, f"{folder}/{PROMPTS}") if self.prompts else ())
        }

    def add(self, remote: Remote) -> None:
        """Make the definition of an assistant, or note why there can be none."""
        project = self.context.project
        key = self._free.take(slug(remote.name))
        cannot: dict[str, str] = {}
        why = ""
        before = self.workspace.edits
        for _ in range(_ATTEMPTS):
            state = stated(remote, project, self.rules, cannot)
            if state.impossible is not None:
                why = state.impossible
                break
            key, new = self._drafted(key, remote, state)
            files = {f"{project.assistants}/{path}": text for path, text in new.files.items()}
            self.workspace.add(files)
            definition = f"{project.assistants}/{key}.yaml"
            secrets = self.secrets.also({one.name: one.stand_in for one in new.secrets})
            loaded = load_file(project, secrets, self.workspace.files, definition)
            differing = {
                name: reason
                for definition in loaded.definitions
                for name, reason in disagreements(definition, remote, self.rules).items()
            }
            if loaded.definitions and not differing:
                self.written.append(Drafted(key, remote, new.secrets, state.left_out))
                return
            self.workspace.edits = before
            self.names.give_back(new.new_names)
            messages = [found.message for found in errors_in(loaded.diagnostics)]
            why = "; ".join(dict.fromkeys((*differing.values(), *messages)))
            cannot |= differing
        self.failed.append((remote, why))

    def _drafted(self, key: str, remote: Remote, state: Stated) -> tuple[str, NewDefinition]:
        """Return the files of a definition, and its key: another if a prompt file is in the way.

        A file with the same text is not in the way: a run that was killed left it.
        """
        project = self.context.project
        while True:
            new = new_definition(
                key,
                remote.id,
                state.fields,
                state.ignore,
                self.names,
                prompt_apart=self.prompts,
                environment=project.environment,
                limited=same_name(remote.name) in self.elsewhere,
            )
            there = self._prompts.get(folded(key))
            file = f"{key}.yaml"
            head = ""
            if self.for_editors:
                head = modeline("definition", f"{project.assistants}/{file}", project.assistants)
            new = replace(new, files={**new.files, file: head + new.files[file]})
            text = new.files.get(f"{PROMPTS}/{key}.md")
            if text is None or there is None or _holds(project, there, text):
                return key, new
            self.names.give_back(new.new_names)
            key = self._free.take(slug(remote.name))


def _names_in(project: Project, folder: str) -> Iterable[str]:
    """Return the names in a folder, none if it does not exist; SetupError if it is no folder."""
    try:
        return project.files.list(folder)
    except Unreadable as error:
        if error.rule not in ("missing-folder", "missing-file"):
            raise SetupError(f"nothing was written: {error.message}", hint=error.hint) from None
        return ()


def _holds(project: Project, file: str, text: str) -> bool:
    try:
        return project.files.read(file) == text.encode()
    except Unreadable:
        return False
