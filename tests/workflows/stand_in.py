"""A Python that makes environments and installs nothing: there is no network in tests.

What it was asked to install is written down; the program that it "installs" is the one under test.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from support.cli import shell

_PYTHON = """#!/bin/sh
case "$*" in
"-I -m venv "*)
  mkdir -p "$4/bin"
  cp "$0" "$4/bin/python"
  ;;
"-I -m pip install "*)
  for what; do :; done
  echo "$what" >> {log}
  printf '%s\\n' '#!/bin/sh' {program} > "$(dirname "$0")/revox-sync"
  chmod +x "$(dirname "$0")/revox-sync"
  ;;
*)
  echo "not played: python $*"
  exit 64
  ;;
esac
"""


def python(folder: Path) -> Path:
    """Make the stand-in in a folder, and return it."""
    made = folder / "python"
    log = shlex.quote(str(folder / "installed"))
    made.write_text(_PYTHON.format(log=log, program=shlex.quote(shell())), encoding="utf-8")
    made.chmod(0o755)
    return made


def installed(folder: Path) -> list[str]:
    """Return what the stand-in of a folder was asked to install."""
    return (folder / "installed").read_text(encoding="utf-8").splitlines()
