"""The blocks of docs/ci.md that readers copy, and the pipelines that ``init`` writes."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

from origin import Origin
from support import cli

#: Where a pipeline of the tests installs revox-sync from.
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SOURCE = f"git+https://github.com/OWNER/revox-sync@{COMMIT}"

DOCUMENT = Path(__file__).parents[2] / "docs/ci.md"

_BLOCK = re.compile(
    r"^ *(?:<!-- (?P<name>[^\n]*) -->\n *)?```\w*\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


def block(name: str) -> str:
    """Return the block under a comment of that name, or the one whose first line it is."""
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = [(found["name"], textwrap.dedent(found["text"])) for found in _BLOCK.finditer(text)]
    (found,) = [body for named, body in blocks if name in (named, body.partition("\n")[0])]
    return found


def init(folder: Path, ci: str, *, sandbox: bool = False) -> None:
    """Write the pipelines into a repository, as docs/ci.md says."""
    assert f"revox-sync init --ci {ci}" in DOCUMENT.read_text(encoding="utf-8")
    env = {} if sandbox else {"REVOX_API_KEY": "a-key-that-is-not-used"}
    done = cli.invoke("init", "--ci", ci, "--from", SOURCE, "--no-pin", env=env, cwd=folder)
    assert done.code == 0, done.err


def with_environments(origin: Origin) -> None:
    """Name two environments in a project and in its workflows, as docs/ci.md says."""
    origin.write("revox-sync.yaml", block("# revox-sync.yaml"))
    command = ["/bin/sh", "-ec", block("command: environments")]
    subprocess.run(command, cwd=origin.folder, check=True)
