"""A git repository around a project, with an identity of its own and nobody's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from revox_sync.definitions.base import Base, definitions_at

#: The one definition of an ``edited`` repository, and what it said in its commit.
DESK = "assistants/desk.yaml"
THEN = {"desk": "Be kind."}


class Repository:
    """A repository whose top is ``root``; ``env`` is what git, and the tool, are run with."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        home.mkdir(exist_ok=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    @classmethod
    def at(cls, root: Path) -> Repository:
        """Make a repository of a folder; the home of its user lies beside it, and is empty."""
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root, root.parent / "home")
        made.git("init", "-q", "--initial-branch=main")
        (root / ".git/info").mkdir(exist_ok=True)
        (root / ".git/info/exclude").write_text(".revox-sync/\n")
        return made

    def git(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run a command of git that must succeed; return what it prints, without the line end."""
        someone = {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": "@1000000000 +0000"}
        identity = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
                    for what, value in someone.items()}  # fmt: skip
        done = subprocess.run(
            ["git", "-c", "maintenance.auto=false", *arguments],  # noqa: S607
            cwd=self.root,
            env={**self.env, **identity, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")

    def commit(self, message: str = "As it was") -> str:
        """Commit everything, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        head = (self.root / ".git/HEAD").read_text().strip()  # git would take a process for it
        on_branch = head.startswith("ref: ")
        return (self.root / ".git" / head[5:]).read_text().strip() if on_branch else head


def edited(root: Path) -> Repository:
    """Return a repository with one definition, committed, and edited since."""
    made = Repository.at(root)
    define(root, "Be kind.")
    made.commit()
    define(root, "Be brief.")
    return made


def write(root: Path, path: str, text: str) -> None:
    """Write a file, with its folders."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode())


def define(root: Path, prompt: str, path: str = DESK) -> None:
    """Write a definition; its name is its file's."""
    write(root, path, f"name: {Path(path).stem}\nprompt: {prompt}\n")


def at(repository: Repository, ref: str = "HEAD", root: Path | None = None, **env: str) -> Base:
    """Return the definitions at a commit, for the project at the top or in ``root``."""
    return definitions_at(root or repository.root, ref, {**repository.env, **env})


def prompts(base: Base) -> dict[str, Any]:
    """Return the prompts by key."""
    return {key: found.fields["prompt"] for key, found in base.definitions.items()}
