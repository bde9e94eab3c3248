"""Problems as annotations: GitHub shows them at their lines in the diff of a pull request.

One workflow command per problem, as documented under "Workflow commands for GitHub Actions". A
step may have any number of them, and GitHub shows the first ten errors and the first ten warnings.
This is the one view that writes ``::`` at the beginning of a line. Nothing that a definition says
can end such a command or begin another: line ends and percent signs are encoded everywhere, colons
and commas where they would end a property, and what other CI systems obey is made harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from revox_sync.definitions.problem import Problem
from revox_sync.render.safe import escape, harmless


def render_annotations(diagnostics: Iterable[Problem], folder: PurePosixPath) -> str:
    """Return a line for each diagnostic.

    ``folder`` is the project's, relative to the root of the repository: what GitHub calls a file is
    relative to that.
    """
    return "".join(_annotation(diagnostic, folder) for diagnostic in diagnostics)


def _annotation(diagnostic: Problem, folder: PurePosixPath) -> str:
    at = diagnostic.location
    properties = {
        "file": str(folder / at.file),
        "line": str(at.line),
        "col": str(at.column),
        "title": diagnostic.rule,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = _data(diagnostic.message)
    if diagnostic.hint:
        message += f"%0Ahelp: {_data(diagnostic.hint)}"
    return f"::{diagnostic.severity} {listed}::{message}\n"


def _data(text: str) -> str:
    """Encode a text as the message of a command; decoded, it is one line without commands."""
    return harmless(escape(text)).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
