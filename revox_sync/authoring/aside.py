"""Hidden folders in which files wait until they are put in place.

They lie beside what they are for, on the same disk: putting a file in place is a rename. git does
not see them, and what a killed run left behind goes with the next run that writes there.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = ".writing-"
#: Held as long as the run lives; it goes with the process, however that ends.
_LOCK = ".lock"


class Aside:
    """A new folder, ``path``, in the folder ``beside``. Methods raise OSError."""

    def __init__(self, beside: Path) -> None:
        for found in beside.glob(f"{_PREFIX}*"):
            _remove_dead(found)
        try:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
        except OSError as error:
            error.filename = str(beside)  # nobody knows the new folder's name
            raise
        self._lock = FileLock(self.path / _LOCK)
        try:
            self._lock.acquire()
            (self.path / ".gitignore").write_bytes(b"*\n")
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def _remove_dead(folder: Path) -> None:
    """Remove the folder of a run that is no more."""
    if not (folder / _LOCK).is_file():
        return
    lock = FileLock(folder / _LOCK)
    with suppress(OSError, Timeout):
        lock.acquire(timeout=0)
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
