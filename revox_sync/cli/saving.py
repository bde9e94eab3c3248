"""What is said when the disk does not take what a command writes into definition files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from revox_sync.errors import SetupError


@contextmanager
def nothing_written() -> Iterator[None]:
    """Turn an OSError into a SetupError: every file is as it was."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        raise SetupError(
            f"nothing was written: {where}{error.strerror}",
            hint="every file of the project is as it was",
        ) from None
