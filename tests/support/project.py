"""A project folder that a test fills."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: Stands for a field that a definition leaves out although ``define`` has a value for it.
ABSENT: Any = object()


class Project:
    """A folder with definitions; ``root`` is the folder itself."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file below the project, with its folders."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def define(self, key: str = "front-desk", **fields: Any) -> Path:
        """Write the definition ``key``: name and prompt unless given, one line per field."""
        stated = {"name": key, "prompt": f"You are {key}. Be kind.", **fields}
        lines = [
            f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
            for name, value in stated.items()
            if value is not ABSENT
        ]
        return self.write(f"assistants/{key}.yaml", "".join(lines))

    def remove(self, key: str) -> None:
        """Delete a definition."""
        (self.root / f"assistants/{key}.yaml").unlink()

    def files(self) -> dict[str, bytes]:
        """Return every file by its path, for telling whether anything was written."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }
