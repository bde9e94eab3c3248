"""What the process tells its caller."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes; documented in the README."""

    DONE = 0
    ERROR = 1
    CHANGES = 2
    REFUSED = 3
    PARTIAL = 4
    USAGE = 64
    INTERRUPTED = 130
