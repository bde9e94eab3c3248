"""A pseudo-terminal with somebody at it, for confirmations and Ctrl-C. Not on Windows."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support import forks
from support.cli import LIMIT, clean

#: Makes the terminal the controlling one, as a shell does, so that Ctrl-C becomes a signal.
_BOOT = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
runpy.run_module("revox_sync", run_name="__main__", alter_sys=True)
"""


class Session:
    """One run at a terminal; ``shown`` is everything that appeared on it."""

    def __init__(self, process: forks.Process | subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read until ``text`` has appeared; fails when the run ends before."""
        ends = time.monotonic() + LIMIT
        while text not in self.shown:
            assert time.monotonic() < ends, f"{text!r} never came: {self.shown!r}"
            assert self._read(), f"ended without {text!r}: {self.shown!r}"

    def type(self, text: str) -> None:
        """Type at once; ``\\x03`` is Ctrl-C, ``\\x04`` Ctrl-D."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Read what is left and return the exit code."""
        while self._read():
            pass
        return self._process.wait(LIMIT)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], LIMIT)
        assert ready, f"nothing more came: {self.shown!r}"
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.shown += chunk.decode(errors="replace").replace("\r\n", "\n")
        return bool(chunk)


@contextmanager
def terminal(*arguments: str, env: Mapping[str, str], cwd: Path) -> Iterator[Session]:
    """Run the command line at a terminal; a run that is left over is ended with the block."""
    import pty

    master, slave = pty.openpty()
    surroundings = clean({"TERM": "xterm", **env})
    process: forks.Process | subprocess.Popen[bytes]
    if forks.can_fork(surroundings):
        files = (slave, slave, slave)
        process = forks.Process(forks.request(arguments, surroundings, cwd, files, terminal=True))
    else:
        process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, *arguments],
            env=surroundings,
            cwd=cwd,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
    os.close(slave)
    try:
        yield Session(process, master)
    finally:
        with process:
            process.kill()
        os.close(master)
