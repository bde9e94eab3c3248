"""``revox-sync pull``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.errors import DefinitionError, SetupError

if TYPE_CHECKING:
    from revox_sync.cli.definitions import Sources
    from revox_sync.cli.streams import Streams
    from revox_sync.definitions.project import Project
    from revox_sync.definitions.writer.secrets import AsFarAsSet
    from revox_sync.definitions.writer.staging import Staging


@click.command("pull")
@click.argument("assistants", nargs=-1, metavar="[NAME-OR-ID]...")
@click.option("--prompts", is_flag=True, help="Long prompts go to prompts/KEY.md.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if something would be written.")
@global_options
def command(settings: Settings, assistants: tuple[str, ...], prompts: bool, check: bool) -> int:
    """Write assistants of the account into new definition files, bound to their ids.

    Without a name or an id, every assistant that no definition describes.
    """
    from revox_sync.cli.account import run_async
    from revox_sync.cli.pull_reading import read_chosen
    from revox_sync.cli.pull_report import report
    from revox_sync.cli.pull_writing import Pulling
    from revox_sync.definitions.writer.secrets import AsFarAsSet

    streams = settings.streams()
    environ = AsFarAsSet(settings.environ)
    sources = _sources(settings, streams, environ)
    found, rules = run_async(read_chosen(settings, streams, sources, assistants))
    pulling = Pulling(sources, rules, environ, prompts)
    with _staging(sources.project, apart=check or not found.new) as staging:
        for count, remote in enumerate(found.new, 1):
            streams.step(f"writing {count} of {len(found.new)}")
            pulling.add(remote, staging)
        streams.step("")
        if not check:
            staging.place([written.key for written in pulling.written])
    streams.result(
        report(pulling, found, sources.project.assistants, named=bool(assistants), check=check)
    )
    if check and pulling.written:
        return ExitCode.CHANGES
    if pulling.failed:
        return ExitCode.PARTIAL if pulling.written else ExitCode.REFUSED
    return ExitCode.DONE


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


@contextmanager
def _staging(project: Project, *, apart: bool) -> Iterator[Staging]:
    """Yield where new files wait; those that nobody is going to put in place, ``apart`` from it.

    Raises SetupError when the disk does not take them.
    """
    from revox_sync.definitions.writer.staging import Staging

    try:
        if not apart:
            with Staging(project) as staging:
                yield staging
            return
        with tempfile.TemporaryDirectory() as folder:
            if project.file is not None:
                shutil.copy(project.root / project.file, folder)
            with Staging(replace(project, root=Path(folder))) as staging:
                yield staging
    except OSError as error:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        raise SetupError(
            f"nothing was written: {where}{error.strerror}",
            hint="every file of the project is as it was",
        ) from None
