"""A repository as GitHub keeps it: branches, pull requests with their merge commits, events."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

GIT = shutil.which("git") or "git"
OWN = "lumiere/voices"
_FORK = "eve/voices"
_IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@x.org", "-c", "maintenance.auto=false")


class Origin:
    """One repository. What is written is committed by ``commit``, ``push`` or ``propose``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")

    def git(self, *arguments: str) -> str:
        """Run git, and return what it says."""
        done = subprocess.run(
            [GIT, *_IDENTITY, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> str:
        """Commit everything on the branch that is checked out; return the commit."""
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "Change")
        return self.git("rev-parse", "HEAD")

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        """Replace a text that a file holds once."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path} holds {before!r} {text.count(before)} times"
        self.write(path, text.replace(before, after))

    def push(self) -> dict[str, Any]:
        """Commit what was written on main; return the event."""
        before = self.git("rev-parse", "HEAD")
        return {"before": before, "after": self.commit(), "ref": "refs/heads/main"}

    def propose(self, *, fork: bool = False) -> dict[str, Any]:
        """Commit what was written to pull request 1, or add to it; return the event."""
        self.git("add", "--all")
        tree = self.git("write-tree")
        base = self.git("rev-parse", "main")
        head = self.git("commit-tree", tree, "-p", base, "-m", "Change")
        merge = self.git("commit-tree", tree, "-p", base, "-p", head, "-m", "Merge")
        self.git("update-ref", "refs/pull/1/head", head)
        self.git("update-ref", "refs/pull/1/merge", merge)
        self.git("reset", "-q", "--hard", "main")
        repository = {"full_name": _FORK if fork else OWN}
        return {
            "number": 1,
            "pull_request": {
                "number": 1,
                "base": {"sha": base, "ref": "main"},
                "head": {"sha": head, "ref": "change", "repo": repository},
            },
        }

    def merge(self) -> dict[str, Any]:
        """Merge pull request 1; return the event of the push."""
        before = self.git("rev-parse", "main")
        self.git("reset", "-q", "--hard", "refs/pull/1/merge")
        after = self.git("rev-parse", "HEAD")
        return {"before": before, "after": after, "ref": "refs/heads/main"}
