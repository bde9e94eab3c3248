"""Ways to run the command line: in this process, or in one of its own."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import revox_sync
from revox_sync.cli.main import run
from support import forks

#: Nothing that is tested here takes longer, in seconds.
LIMIT = 30.0

#: Wide enough that no sentence wraps.
_WIDTH = "400"


@dataclass(frozen=True)
class Result:
    """How a run ended and everything it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, for what must be in neither."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.out)


class _Pipe(io.TextIOWrapper):
    """A stream that nobody watches, as in a pipeline."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", newline="")

    def everything(self) -> str:
        self.flush()
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode()


def invoke(*arguments: str, env: Mapping[str, str], cwd: Path, typed: str = "") -> Result:
    """Run the command line in this process, with exactly this environment and no terminal."""
    out, err, keys = _Pipe(), _Pipe(), _Pipe(typed.encode())
    surroundings = _environment({"COLUMNS": _WIDTH, **env}, cwd, keys)
    with surroundings, redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    return Result(code, out.everything(), err.everything())


@contextmanager
def _environment(env: Mapping[str, str], cwd: Path, keys: _Pipe) -> Iterator[None]:
    before, folder, stdin = dict(os.environ), Path.cwd(), sys.stdin
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.stdin = keys
    try:
        yield
    finally:
        sys.stdin = stdin
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)


def clean(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment of a process that holds what is given and what no process can lack."""
    needed = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    package = str(Path(revox_sync.__file__).parents[1])
    return {**needed, "PYTHONPATH": package, "PYTHONUTF8": "1", "COLUMNS": _WIDTH, **env}


def command(*arguments: str, first: str = "") -> list[str]:
    """Return the command line as an operating system starts it; ``first`` as in ``start``."""
    if not first:
        return [sys.executable, "-m", "revox_sync", *arguments]
    run = 'import runpy; runpy.run_module("revox_sync", run_name="__main__", alter_sys=True)'
    # -B, because it could cut bytecode short that other tests read.
    return [sys.executable, "-B", "-c", f"{first}\n{run}", *arguments]


def shell() -> str:
    """Return a line of shell that runs the command line."""
    if forks.POSSIBLE:
        return forks.client()
    package = shlex.quote(str(Path(revox_sync.__file__).parents[1]))
    return f'PYTHONPATH={package} exec {shlex.join(command())} "$@"'


#: A run of the command line in a process of its own.
Process = forks.Process | subprocess.Popen[str]


def start(*arguments: str, env: Mapping[str, str], cwd: Path, first: str = "") -> Process:
    """Start the command line in a process of its own, with pipes for streams.

    ``first`` is Python that runs in this process before it.
    """
    surroundings = clean(env)
    if forks.can_fork(surroundings):
        return forks.start(arguments, surroundings, cwd, first)
    return subprocess.Popen(
        command(*arguments, first=first),
        env=surroundings,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def execute(
    *arguments: str,
    env: Mapping[str, str],
    cwd: Path,
    program: Sequence[str] | None = None,
    first: str = "",
    limit: float = LIMIT,
) -> Result:
    """Run the command line, or ``program`` in its place, in a process of its own."""
    if program is None:
        with start(*arguments, env=env, cwd=cwd, first=first) as process:
            try:
                out, err = process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Result(process.wait(), out, err)
    done = subprocess.run(
        program,
        env=clean(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=limit,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)
