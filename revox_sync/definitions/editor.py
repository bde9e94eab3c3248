"""What editors know of a project's files: their JSON Schemas, and the line that names them.

``scripts/write_schema.py`` writes the schemas. A project has copies of its own, so that a clone
needs neither this program nor the network to be edited.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Literal

Kind = Literal["definition", "project"]

#: The schema of each kind of file, beside this module.
FILES = {"definition": "definition.schema.json", "project": "project.schema.json"}


def schema(kind: Kind) -> str:
    """Return the JSON Schema of a kind of file, as text."""
    return Path(__file__).with_name(FILES[kind]).read_text(encoding="utf-8")


def copy_of(kind: Kind, assistants: str) -> str:
    """Return where a project keeps its copy; ``assistants`` is the folder of its definitions."""
    return f"{assistants}/_{FILES[kind]}"


def modeline(kind: Kind, file: str, assistants: str) -> str:
    """Return the line of ``file`` that names its schema to an editor."""
    path = posixpath.relpath(copy_of(kind, assistants), posixpath.dirname(file) or ".")
    return f"# yaml-language-server: $schema={path}\n"
