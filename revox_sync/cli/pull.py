"""``revox-sync pull``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.cli.saving import nothing_written
from revox_sync.definitions.problem import DefinitionError
from revox_sync.errors import RefusedError

if TYPE_CHECKING:
    from revox_sync.authoring.writer.secrets import AsFarAsSet
    from revox_sync.authoring.writer.staging import Staging
    from revox_sync.cli.definitions import Sources
    from revox_sync.cli.streams import Streams
    from revox_sync.definitions.project import Project


@click.command("pull")
@click.argument("assistants", nargs=-1, metavar="[NAME-OR-ID]...")
@click.option("--prompts", is_flag=True, help="Long prompts of new definitions: prompts/KEY.md.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if something would be written.")
@click.option(
    "--overwrite", is_flag=True, help="Write into files with changes that are not committed, too."
)
@click.option(
    "--shared", is_flag=True, help="Change files that other definitions include, too, for all."
)
@global_options
def command(
    settings: Settings,
    assistants: tuple[str, ...],
    prompts: bool,
    check: bool,
    overwrite: bool,
    shared: bool,
) -> int:
    """Write what the account has into definitions.

    Where an assistant has a definition, what differs is changed in its file, and nothing else of
    it. One that no definition describes gets a new file, bound to its id. Without a name or an id,
    all assistants; globs of names work.
    """
    from revox_sync.authoring.editing.saving import Saving
    from revox_sync.authoring.writer.secrets import AsFarAsSet, SecretNames
    from revox_sync.cli.account import run_async
    from revox_sync.cli.pull_editing import Editing
    from revox_sync.cli.pull_reading import read_chosen
    from revox_sync.cli.pull_report import report
    from revox_sync.cli.pull_writing import Pulling

    streams = settings.streams()
    environ = AsFarAsSet(settings.environ)
    sources = _sources(settings, streams, environ)
    chosen = run_async(read_chosen(settings, streams, sources, assistants))
    new = chosen.sorted.new
    elsewhere = _names_elsewhere(settings, sources, environ) if new else frozenset()
    names = SecretNames(environ, environ.asked)
    editing = Editing(sources, chosen.rules, environ, names, shared)
    editing.run(chosen.matched, streams.step)
    streams.step("")
    changes = {} if check else editing.changes()
    if not overwrite:
        _refuse_uncommitted(settings, changes)
    pulling = Pulling(sources, chosen.rules, environ, names, prompts, elsewhere)
    with _staging(sources.project, apart=check or not new) as staging:
        for count, remote in enumerate(new, 1):
            streams.step(f"writing {count} of {len(new)}")
            pulling.add(remote, staging)
        streams.step("")
        with Saving(changes) as saving:
            saving.commit()
            if not check:
                staging.place([written.key for written in pulling.written])
    folder = sources.project.assistants
    named = bool(assistants)
    streams.result(report(pulling, editing, chosen.sorted, folder, named=named, check=check))
    written = bool(pulling.written or editing.changed)
    if check and written:
        return ExitCode.CHANGES
    if pulling.failed or editing.left or chosen.sorted.contested:
        return ExitCode.PARTIAL if written else ExitCode.REFUSED
    return ExitCode.DONE


def _refuse_uncommitted(settings: Settings, files: Mapping[Path, object]) -> None:
    """Raise RefusedError where what somebody wrote and git does not hold would be written over."""
    from revox_sync.files.git import uncommitted

    found = uncommitted(settings.project, settings.environ, list(files))
    if found:
        root = settings.project.resolve()
        names = ", ".join(path.relative_to(root).as_posix() for path in found)
        raise RefusedError(
            f"nothing was written, because of changes that are not committed to git: {names}",
            hint="commit them, name other assistants, or write over them with --overwrite",
        )


def _sources(settings: Settings, streams: Streams, environ: AsFarAsSet) -> Sources:
    """Return what the project states; it may have no definitions yet, and secrets may be unset.

    Raises DefinitionError when anything is wrong in the files that are there.
    """
    from revox_sync.cli.definitions import Sources, read_project
    from revox_sync.definitions.loader import load
    from revox_sync.render.diagnostics import render_text

    project, problems = read_project(replace(settings, environ=environ))
    loaded = load(project, environ)
    begun = os.path.lexists(project.root / project.assistants)
    expected = {"no-definitions"} if begun else {"no-definitions", "missing-folder"}
    diagnostics = tuple(
        found for found in (*problems, *loaded.diagnostics) if found.rule not in expected
    )
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        raise DefinitionError(diagnostics)
    if diagnostics:
        streams.remark(render_text(diagnostics))
    return Sources(project, loaded.definitions, diagnostics)


def _names_elsewhere(settings: Settings, sources: Sources, environ: AsFarAsSet) -> frozenset[str]:
    """Return the names that definitions have in other environments than the chosen one."""
    from revox_sync.cli.definitions import read_project
    from revox_sync.definitions.loader import load

    names: set[str] = set()
    for name in sources.project.environments:
        if name != sources.project.environment:
            other, _ = read_project(replace(settings, environ=environ, env=name))
            names.update(made.name for made in load(other, environ).definitions)
    return frozenset(names)


@contextmanager
def _staging(project: Project, *, apart: bool) -> Iterator[Staging]:
    """Yield where new files wait; those that nobody is going to put in place, ``apart`` from it.

    Raises SetupError when the disk does not take them.
    """
    from revox_sync.authoring.writer.staging import Staging

    with nothing_written():
        if not apart:
            with Staging(project) as staging:
                yield staging
            return
        with tempfile.TemporaryDirectory() as folder:
            if project.file is not None:
                shutil.copy(project.root / project.file, folder)
            with Staging(replace(project, root=Path(folder))) as staging:
                yield staging
