"""Writes what the GitHub action installs: every package with its version and its hashes.

    python scripts/write_lock.py

Takes the newest versions that pyproject.toml allows, for all platforms and Pythons, and the
packages that build this one. No address stands in the file, so that any index serves it.
"""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / ".github/actions/revox-sync/requirements.txt"

HEAD = """\
# What action.yml installs. Written by scripts/write_lock.py; do not edit by hand.
"""


def main() -> None:
    """Write the lock file; raises CalledProcessError where the packages do not go together."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    done = subprocess.run(
        [
            *("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--upgrade"),
            *("--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url"),
            *("--extra", "sandbox", "pyproject.toml", "-"),
        ],
        input="\n".join(project["build-system"]["requires"]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    LOCK.write_text(HEAD + done.stdout, encoding="utf-8")


if __name__ == "__main__":
    main()
