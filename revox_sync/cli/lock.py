"""One writing run at a time in a project, on one machine."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from revox_sync.errors import RefusedError, SetupError
from revox_sync.files.tree import Unreadable

if TYPE_CHECKING:
    from revox_sync.files.transaction import State

#: Says who holds the lock.
_HOLDER = "lock.json"


@contextmanager
def only_run(project: Path, command: str, seconds: float) -> Iterator[None]:
    """Hold the project's lock; wait up to ``seconds`` for another run to end.

    The lock goes with its process, however that ends. Raises RefusedError, saying who holds it,
    when it is not free in time; SetupError when the project folder cannot be written.
    """
    from filelock import FileLock, Timeout

    from revox_sync.files.transaction import State

    state = State(project)
    try:
        state.make()
        lock = FileLock(state.path("lock"), mode=0o600)
        state.path(_HOLDER)
        lock.acquire(timeout=seconds)
    except Timeout:
        raise RefusedError(
            f"another run is under way in this project{_told(state)}",
            hint="wait for it to end, or let --lock-timeout S wait",
        ) from None
    except OSError as error:
        raise SetupError(
            f"cannot write in {state.folder}: {error.strerror}",
            hint="revox-sync records there what a run replaces",
        ) from None
    try:
        with suppress(OSError):  # it is a help for others, and no more
            now = datetime.now(UTC).isoformat(timespec="seconds")
            holder = {"command": command, "pid": os.getpid(), "host": socket.gethostname()}
            state.write(_HOLDER, json.dumps({**holder, "since": now}))
        yield
    finally:
        with suppress(OSError):
            state.path(_HOLDER).unlink(missing_ok=True)
        lock.release()


def _told(state: State) -> str:
    """Return who holds the lock, as far as it was written down."""
    try:
        data = json.loads(state.read(_HOLDER))
        return (
            f": {data['command']}, process {data['pid']} on {data['host']}, since {data['since']}"
        )
    except (Unreadable, ValueError, KeyError, TypeError):
        return ""
