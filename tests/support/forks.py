"""Runs of the command line in processes of their own, forked from one that has imported everything.

A test of a process (its signals, its terminal, its death) needs a real one. Starting Python and
importing the tool takes 0.27 s of CPU, and the tests start some 350 of them: a third of the whole
suite. A fork takes a few milliseconds. The forked process sets up its streams, its environment and
its folder as a fresh interpreter does, runs ``python -m revox_sync``, and ends as an interpreter
ends. Elsewhere than on Linux, ``support.cli`` and ``support.terminal`` start a fresh interpreter.

This file is also the program of the process that forks. One request comes over one connection: the
three standard files and what to run. The answer is the process id, and when it ended its status.
"""

from __future__ import annotations

import atexit
import gc
import io
import marshal
import os
import random
import runpy
import select
import selectors
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

#: Whether processes are forked here: on Windows none can be, and on macOS not all survive it.
POSSIBLE = sys.platform == "linux"

#: Variables that an interpreter reads when it starts, as all forked ones have them.
_STARTED_WITH = {"PYTHONUTF8": "1"}
_SIZE = struct.Struct("!I")
_NUMBER = struct.Struct("!i")

#: What a shell runs in the place of ``revox-sync``: has it forked, and ends as it ends.
#: It imports as little as it can: half of its time would go by for ``json`` and ``socket``.
_CLIENT = """
import _socket, marshal, os, sys
connection = _socket.socket(_socket.AF_UNIX)
connection.connect(sys.argv[1])
asked = {"arguments": sys.argv[2:], "env": dict(os.environ), "cwd": os.getcwd()}
content = marshal.dumps(asked)
files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)
connection.sendmsg([len(content).to_bytes(4, "big")], [rights])
connection.sendall(content)
connection.recv(4, _socket.MSG_WAITALL)
code = int.from_bytes(connection.recv(4, _socket.MSG_WAITALL), "big", signed=True)
os._exit(code if code >= 0 else 128 - code)
"""


def can_fork(env: Mapping[str, str]) -> bool:
    """Whether a forked process is like a fresh interpreter in this environment."""
    read = {name: value for name, value in env.items() if name.startswith("PYTHON")}
    read.pop("PYTHONPATH", None)
    return POSSIBLE and read == _STARTED_WITH


class Process:
    """A forked run; it is used as ``subprocess.Popen`` is."""

    def __init__(self, connection: socket.socket, streams: Sequence[int] = ()) -> None:
        self._connection = connection
        self.pid = _number(connection)
        self.returncode: int | None = None
        self.stdout, self.stderr = (
            [open(number, encoding="utf-8") for number in streams] if streams else [None, None]  # noqa: PTH123, SIM115
        )

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended; raises ``subprocess.TimeoutExpired``."""
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("revox-sync", timeout or 0)
        return ended

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], timeout)[0]:
            self.returncode = _number(self._connection)
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM, unless it has ended."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read both streams to their ends and wait; raises ``subprocess.TimeoutExpired``."""
        ends = None if timeout is None else time.monotonic() + timeout
        read: dict[TextIO, bytes] = {}
        with selectors.DefaultSelector() as waiting:
            for stream in (self.stdout, self.stderr):
                assert stream is not None
                read[stream] = b""
                waiting.register(stream, selectors.EVENT_READ)
            while waiting.get_map():
                left = None if ends is None else ends - time.monotonic()
                found = waiting.select(left)
                if not found:
                    raise subprocess.TimeoutExpired("revox-sync", timeout or 0)
                for key, _ in found:
                    chunk = os.read(key.fd, 65536)
                    read[key.fileobj] += chunk  # type: ignore[index]
                    if not chunk:
                        waiting.unregister(key.fileobj)
        self.wait(None if ends is None else max(0.0, ends - time.monotonic()))
        for stream in read:
            stream.close()
        out, err = (content.decode() for content in read.values())
        return out, err

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in (self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        self.wait()


def start(arguments: Sequence[str], env: Mapping[str, str], cwd: Path, first: str = "") -> Process:
    """Run the command line with pipes for stdout and stderr, and nothing to read.

    ``first`` is Python that runs in its process before it.
    """
    out, err = os.pipe(), os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        connection = request(arguments, env, cwd, (nothing, out[1], err[1]), first=first)
        return Process(connection, (out[0], err[0]))
    finally:
        for number in (nothing, out[1], err[1]):
            os.close(number)


def request(
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: Path,
    files: Sequence[int],
    *,
    terminal: bool = False,
    first: str = "",
) -> socket.socket:
    """Have a process forked, with these three standard files; ``terminal`` says they are one."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address())
    asked = {"arguments": list(arguments), "env": dict(env), "cwd": str(cwd)}
    asked |= {"terminal": terminal, "first": first}
    content = marshal.dumps(asked)
    socket.send_fds(connection, [_SIZE.pack(len(content))], list(files))
    connection.sendall(content)
    return connection


def client() -> str:
    """Return a line of shell that has ``revox-sync "$@"`` forked."""
    return f'exec {shlex.join([sys.executable, "-ISc", _CLIENT, address()])} "$@"'


@cache
def address() -> str:
    """Start the process that forks, once; it ends with this one."""
    folder = tempfile.TemporaryDirectory()
    path = str(Path(folder.name) / "forks")
    package = os.pathsep.join(str(Path(p)) for p in sys.path if p)
    process = subprocess.Popen(
        [sys.executable, __file__, path],
        env={"PYTHONPATH": package, **_STARTED_WITH},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    @atexit.register
    def end() -> None:
        process.communicate()
        folder.cleanup()

    assert process.stdout is not None
    assert process.stdout.readline(), "the process that forks did not start"
    return path


def _number(connection: socket.socket) -> int:
    found: int = _NUMBER.unpack(_exactly(connection, _NUMBER.size))[0]
    return found


def _exactly(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        chunk = connection.recv(size - len(content))
        assert chunk, "the process that forks has ended"
        content += chunk
    return content


# What follows runs in the process that forks and in those that it forks.


def _serve(path: str) -> None:
    """Fork for every request, until stdin ends; returns only in a forked process, to run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running: dict[int, tuple[int, socket.socket]] = {}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        os.write(1, b"ready\n")
        while True:
            ready, _, _ = select.select([listener, 0, *running], [], [])
            if 0 in ready:
                os._exit(0)
            for ended in running.keys() & ready:
                os.close(ended)
                pid, connection = running.pop(ended)
                _tell(connection, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                connection.close()
            if listener in ready:
                connection, _ = listener.accept()
                pid = os.fork()
                if pid == 0:
                    break
                _tell(connection, pid)
                running[os.pidfd_open(pid)] = pid, connection
    for end, (_, other) in running.items():
        os.close(end)
        other.close()
    with connection:
        size, files, _, _ = socket.recv_fds(connection, _SIZE.size, 3)
        asked = marshal.loads(_exactly(connection, _SIZE.unpack(size)[0]))  # noqa: S302 - our own
    _become(asked, files)


def _tell(connection: socket.socket, number: int) -> None:
    with suppress(OSError):  # whoever asked was killed
        connection.sendall(_NUMBER.pack(number))


def _become(asked: Mapping[str, Any], files: Sequence[int]) -> None:
    """Make this process what a fresh interpreter is before it runs its program."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    if asked.get("terminal"):
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, number, errors in (
        ("stdin", 0, "surrogateescape"),
        ("stdout", 1, "surrogateescape"),
        ("stderr", 2, "backslashreplace"),
    ):
        raw = io.FileIO(number, "r" if number == 0 else "w", closefd=False)
        buffer = io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw)
        lines = number == 2 or os.isatty(number)
        stream = io.TextIOWrapper(buffer, "utf-8", errors, newline=None, line_buffering=lines)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.argv = ["revox-sync", *asked["arguments"]]
    exec(asked.get("first", ""), {})  # noqa: S102 - of a test


def _import_everything() -> None:
    import importlib
    import pkgutil

    import revox_sync

    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # as the tool says before it imports it
    for found in pkgutil.walk_packages(revox_sync.__path__, "revox_sync."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def _warm_up() -> None:
    """Run the main commands once: what a first run loads and compiles, every forked one has."""
    from revox_sync.cli.main import run

    service = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # it refuses everything
    answering = threading.Thread(target=service.serve_forever, args=(0.01,))
    answering.start()
    os.environ["REVOX_BASE_URL"] = f"http://127.0.0.1:{service.server_port}"
    os.environ["REVOX_API_KEY"] = "rvx_nobody"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("assistants").mkdir()
        Path("assistants/desk.yaml").write_text("name: Desk\nprompt: Be kind.\n", encoding="utf-8")
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            codes = [run(("apply", "--auto-approve", "--sandbox")), run(("plan",))]
    assert codes == [0, 1]
    service.shutdown()
    answering.join()
    service.server_close()


def _run() -> None:
    """Run the program, and end as it ends.

    What an interpreter takes down after that is left standing: it is shared with the process that
    forks, and would be copied first. That takes longer than most runs.
    """
    try:
        runpy.run_module("revox_sync", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code)  # type: ignore[arg-type]
        raise


if __name__ == "__main__":
    _import_everything()
    _warm_up()
    gc.collect()
    gc.freeze()
    _serve(sys.argv[1])
    _run()
