"""Writes the documents that are made from the code: docs/rules.md.

python scripts/write_docs.py
"""

from __future__ import annotations

import inspect
from pathlib import Path

from revox_sync.definitions.lint import ACROSS_RULES, RULES

DOCS = Path(__file__).parent.parent / "docs"


def rules() -> str:
    """Return the reference of the lint rules; each rule's docstring is its text."""
    sections = [
        f"## {rule.id}\n\n*{rule.severity}*\n\n{inspect.cleandoc(rule.documentation)}\n"
        for rule in (*RULES, *ACROSS_RULES)
    ]
    head = (
        "# Rules\n\nWhat `revox-sync validate` checks beyond the API's own types and bounds. An "
        "error stops `plan`\nand `apply`; a warning does not.\n"
    )
    return "\n".join([head, *sections])


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    (DOCS / "rules.md").write_text(rules(), encoding="utf-8")
