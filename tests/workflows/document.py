"""The blocks of docs/ci.md that readers copy."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

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
