"""Prints a command of the README as written, so that CI runs what readers run.

    python scripts/readme_commands.py main|tests

A command is a ``sh`` block right after a comment such as ``<!-- command: main -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def command(name: str) -> str:
    """Return the block of that name; raises SystemExit when the README has none."""
    pattern = rf"<!-- command: {re.escape(name)} -->\s*```sh\n(.*?)```"
    found = re.search(pattern, README.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit(f"README.md has no command named {name}")
    return found[1]


if __name__ == "__main__":
    print(command(sys.argv[1]), end="")
