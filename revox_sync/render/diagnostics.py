"""Problems in source files: as text for people, as data for programs, as annotations for GitHub.

Annotations are the one view that writes ``::`` at the beginning of a line: one workflow command per
problem, as documented under "Workflow commands for GitHub Actions". A step may have any number of
them, and GitHub shows the first ten errors and the first ten warnings. Nothing that a definition
says can end such a command or begin another: line ends and percent signs are encoded everywhere,
colons and commas where they would end a property, and what other CI systems obey is made harmless.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from revox_sync.definitions.problem import Location, Problem
from revox_sync.render.safe import apart_within, escape, harmless
from revox_sync.render.sentences import counted
from revox_sync.render.sheet import cells, fitting, folded

_TAB = "    "
_CUT = "…"
#: How many cells of a source line are shown, at most and at least.
_LONGEST, _LEAST = 100, 20


def render_text(
    diagnostics: Iterable[Problem], *, width: int | None = None, gather: bool = False
) -> str:
    """Return every diagnostic with its place, its source line with a caret, and its hint.

    Sentences are folded at ``width``, if there is one, and longer source lines are cut around the
    caret. With ``gather`` each rule's warnings are there once, with their number, so that the plan
    that follows is not lost below them. Every part is escaped; each line ends in a newline, and
    none begins with ``::``, which CI systems take for a command.
    """
    found = gathered(diagnostics) if gather else ((one, 0) for one in diagnostics)
    return "".join(_block(one, width, more) for one, more in found)


def gathered(diagnostics: Iterable[Problem]) -> list[tuple[Problem, int]]:
    """Return every error, and for each rule the first warning with the number of others."""
    first: dict[tuple[object, ...], Problem] = {}
    counts: Counter[tuple[object, ...]] = Counter()
    for found in diagnostics:
        like = (found.rule,) if found.severity == "warning" else (found.rule, found)
        first.setdefault(like, found)
        counts[like] += 1
    return [(found, counts[like] - 1) for like, found in first.items()]


def more_like(count: int) -> str:
    """Return a sentence on warnings that are not shown."""
    return f"{counted(count, 'more warning')} like this; `revox-sync validate` shows all"


def render_annotations(diagnostics: Iterable[Problem], folder: PurePosixPath) -> str:
    """Return a line for each diagnostic.

    ``folder`` is the project's, relative to the root of the repository: what GitHub calls a file is
    relative to that.
    """
    return "".join(_annotation(diagnostic, folder) for diagnostic in diagnostics)


def _block(diagnostic: Problem, width: int | None, more: int) -> str:
    message, hint = apart_within(diagnostic.message, diagnostic.hint or "")
    head = (
        f"{escape(str(diagnostic.location))}: {diagnostic.severity}[{diagnostic.rule}]: "
        f"{escape(message)}"
    )
    lines = [folded("\\x3a" + head[1:] if head.startswith("::") else head, width, hang=4)]
    if diagnostic.source_line is not None:
        number = len(str(diagnostic.location.line))
        room = (
            _LONGEST if width is None else max(min(width - number - len("  | …"), _LONGEST), _LEAST)
        )
        lines += _source(diagnostic.source_line, diagnostic.location, room)
    if hint:
        lines.append(folded(f"help: {escape(hint)}", width, hang=len("help: ")))
    lines += [folded(more_like(more), width)] if more else []
    return "\n".join(lines) + "\n\n"


def _source(line: str, location: Location, width: int) -> list[str]:
    """Return the source line behind its number, and the caret below it."""
    number = str(location.line)
    before, after = _around(line, location.column - 1, width)
    blank = " " * len(number)
    return [
        f" {number} | {before}{after}".rstrip(),
        f" {blank} | {' ' * cells(before)}^",
    ]


def _around(line: str, column: int, width: int) -> tuple[str, str]:
    """Return what to show of ``line`` before and from ``column``, at most ``width`` cells."""
    # No more characters than could show are looked at: a line may hold megabytes.
    start, end = max(column - width, 0), column + width
    before, after = _shown(line[start:column]), _shown(line[column:end])
    right = max(width // 2, width - cells(before))
    fits_after = fitting(after, right)
    fits_before = fitting(before[::-1], width - cells(fits_after))[::-1]
    head = _CUT if len(fits_before) < len(before) or start > 0 else ""
    tail = _CUT if len(fits_after) < len(after) or end < len(line) else ""
    return head + fits_before, fits_after + tail


def _shown(text: str) -> str:
    return escape(text.replace("\t", _TAB))


def _annotation(diagnostic: Problem, folder: PurePosixPath) -> str:
    at = diagnostic.location
    properties = {
        "file": posixpath.normpath(folder / at.file),
        "line": str(at.line),
        "col": str(at.column),
        "title": diagnostic.rule,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message, hint = map(_data, apart_within(diagnostic.message, diagnostic.hint or ""))
    help_ = f"%0Ahelp: {hint}" if hint else ""
    return f"::{diagnostic.severity} {listed}::{message}{help_}\n"


def _data(text: str) -> str:
    """Encode a text as the message of a command; decoded, it is one line without commands."""
    return harmless(escape(text)).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
