"""A step of a workflow that publishes a text on GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support import cli
from support.cli import Result
from support.github import GitHub, serving_github

MARKER = "<!-- revox-sync: plan default -->"
PLAN = f"{MARKER}\n## Plan: 1 to create\n"
EARLIER = f"{MARKER}\n## Plan: 2 to create\n"


class Step:
    """A step of a workflow: a folder with the text to publish, and GitHub."""

    def __init__(self, github: GitHub, folder: Path) -> None:
        self.github = github
        self.folder = folder
        self.env = github.env()
        self.say(PLAN)

    def say(self, text: str) -> None:
        (self.folder / "plan.md").write_text(text, encoding="utf-8", newline="")

    def comment(self, *arguments: str) -> Result:
        where = () if "--pr" in arguments or "GITHUB_EVENT_PATH" in self.env else ("--pr", "1")
        return self.run("comment", "--body", "plan.md", *where, *arguments)

    def fail(self, *arguments: str) -> Result:
        """Say that the plan failed."""
        return self.run("comment", "--failed", "--pr", "1", *arguments)

    def issue(self, state: str = "open", *arguments: str) -> Result:
        fixed = ("--body", "plan.md", "--title", "Drift", "--state", state)
        return self.run("issue", *fixed, *arguments)

    def run(self, *arguments: str) -> Result:
        return cli.invoke("github", *arguments, env=self.env, cwd=self.folder)

    @property
    def bodies(self) -> list[str]:
        """What the comments on the pull request say."""
        return [comment["body"] for comment in self.github.comments[1]]

    @property
    def asked(self) -> list[str]:
        """The requests that wrote, in short."""
        return [f"{one.method} {one.path}" for one in self.github.writes]


@contextmanager
def publishing(folder: Path) -> Iterator[Step]:
    """Yield a step in a folder, with a GitHub of its own."""
    with serving_github() as github:
        yield Step(github, folder)
