"""What the runs of a project left on disk, read without the tool."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUNS = ".revox-sync/runs"


@dataclass(frozen=True)
class Record:
    """The folder of one run."""

    folder: Path

    @property
    def name(self) -> str:
        """The name by which ``rollback`` knows the run."""
        return self.folder.name

    @property
    def header(self) -> Any:
        """What ``run.json`` says."""
        return json.loads((self.folder / "run.json").read_text())

    @property
    def snapshots(self) -> dict[str, Any]:
        """Every snapshot by the key that it names."""
        read = [json.loads(path.read_text()) for path in self.folder.glob("snapshots/*.json")]
        return {snapshot["key"]: snapshot for snapshot in read}

    @property
    def journal(self) -> list[Any]:
        """The lines of the journal, or none where there is no journal."""
        path = self.folder / "journal.jsonl"
        return list(map(json.loads, path.read_text().splitlines())) if path.exists() else []

    def events(self, key: str = "front-desk") -> list[str]:
        """Return what the journal tells of one key; an outcome with its status."""
        return [
            f"{line['event']} {line['status']}" if "status" in line else line["event"]
            for line in self.journal
            if line["key"] == key
        ]


def records(project: Path) -> list[Record]:
    """Return the runs of a project, oldest first."""
    folder = project / RUNS
    return [Record(path) for path in sorted(folder.iterdir())] if folder.exists() else []
