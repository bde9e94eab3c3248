"""What the process tells its caller."""

from __future__ import annotations

from enum import IntEnum

import click

from revox_sync.errors import RefusedError, UsageError


class ExitCode(IntEnum):
    """Exit codes; ``MEANINGS`` documents them."""

    DONE = 0
    ERROR = 1
    CHANGES = 2
    REFUSED = 3
    PARTIAL = 4
    USAGE = 64
    INTERRUPTED = 130


#: What each code tells, for the documentation.
MEANINGS = {
    ExitCode.DONE: "done, or nothing to do",
    ExitCode.ERROR: "error",
    ExitCode.CHANGES: (
        "found: changes (`plan --detailed-exitcode`), drift (`drift`), something to write "
        "(`pull --check`, `fmt --check`)"
    ),
    ExitCode.REFUSED: "refused, nothing written",
    ExitCode.PARTIAL: (
        "`apply` or `pull` wrote something, but some of it failed, was refused, or is not certain"
    ),
    ExitCode.USAGE: "wrong usage",
    ExitCode.INTERRUPTED: "interrupted",
}

#: Which error ends in which code; every other is an ERROR.
_OF_ERRORS: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (click.UsageError, ExitCode.USAGE),
    (UsageError, ExitCode.USAGE),
    (RefusedError, ExitCode.REFUSED),
    (KeyboardInterrupt, ExitCode.INTERRUPTED),
    (click.Abort, ExitCode.INTERRUPTED),
)


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit code of a command that ended with this error."""
    found = (code for kind, code in _OF_ERRORS if isinstance(error, kind))
    return next(found, ExitCode.ERROR)
