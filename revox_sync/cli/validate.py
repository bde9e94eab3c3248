"""``revox-sync validate``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options, without_secrets

if TYPE_CHECKING:
    from revox_sync.definitions.problem import Problem


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    help="Output format (default: text; github inside GitHub Actions).",
)
@without_secrets
@global_options
def command(
    settings: Settings, paths: tuple[Path, ...], form: str | None, without_secrets: bool
) -> int:
    """Check definitions, without a key and without the network.

    PATH restricts the report to these files and folders. In a project with environments all of
    them are checked, unless one is named.
    """
    from revox_sync.cli.definitions import environments, read_project, withholding
    from revox_sync.definitions.files import key_of
    from revox_sync.definitions.loader import load
    from revox_sync.render.diagnostics import render_text, to_json

    streams = settings.streams()
    settings = withholding(settings, without_secrets)
    found: dict[str | None, Sequence[Problem]] = {}
    away: dict[str | None, Mapping[str, object]] = {}
    files, folder = 0, ""
    for name in environments(settings):
        here = replace(settings, env=name)
        project, problems = read_project(here)
        loaded = load(project, here.environ, paths)
        files = max(files, loaded.files)
        found[name] = (*problems, *loaded.diagnostics)
        away[name] = loaded.elsewhere
        folder = project.assistants
    diagnostics = _together(found, lambda file, name: key_of(file, folder) in away[name])
    errors = sum(1 for diagnostic in diagnostics if diagnostic.severity == "error")
    warnings = len(diagnostics) - errors
    if form == "json":
        report = {
            "format_version": "1.0",
            "summary": {"files": files, "errors": errors, "warnings": warnings},
            "diagnostics": to_json(diagnostics),
        }
        streams.result(json.dumps(report, indent=2) + "\n")
    else:
        from revox_sync.render.safe import harmless

        annotations = ""
        if form == "github" or (form is None and settings.environ.get("GITHUB_ACTIONS") == "true"):
            from revox_sync.render.annotations import render_annotations

            annotations = render_annotations(diagnostics, _folder(settings))
        text = render_text(diagnostics)
        counted = ((files, "definition"), (errors, "error"), (warnings, "warning"))
        counts = ", ".join(f"{count} {what}{'s' * (count != 1)}" for count, what in counted) + "\n"
        streams.result(annotations + harmless(text) + counts)
    return ExitCode.ERROR if errors else ExitCode.DONE


def _together(
    found: Mapping[str | None, Sequence[Problem]], is_away: Callable[[str, str | None], bool]
) -> tuple[Problem, ...]:
    """Return the problems of all environments, each once.

    One that is not in every environment of its file names those where it is, unless it speaks of
    its own. ``is_away`` says whether a file defines nothing in an environment.
    """
    where: dict[Problem, list[str | None]] = {}
    for name, problems in found.items():
        for problem in problems:
            where.setdefault(problem, []).append(name)
    told = []
    for problem, names in where.items():
        others = [name for name in found if name not in names]
        everywhere = all(is_away(problem.location.file, name) for name in others)
        if everywhere or problem.environment is not None:
            told.append(problem)
        else:
            words = ", ".join(str(name) for name in names)
            told.append(replace(problem, message=f"{problem.message} (environment {words})"))
    return tuple(sorted(told, key=lambda problem: problem.location))


def _folder(settings: Settings) -> PurePosixPath:
    """Return the project's folder as GitHub names it: relative to GITHUB_WORKSPACE, the checkout.

    A project outside of it, or a run without one, is told relative to the current folder.
    """
    project = settings.project.resolve()
    for root in (settings.environ.get("GITHUB_WORKSPACE"), os.curdir):
        if root and project.is_relative_to(Path(root).resolve()):
            return PurePosixPath(project.relative_to(Path(root).resolve()).as_posix())
    return PurePosixPath(project.as_posix())
