"""Teams with the workflows: one as docs/ci.md sets it up, and this repository itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from document import block, init
from runner import read_yaml
from sandbox.running import Server, serving
from support.github import serving_github
from team import ROOT, Team, a_team


def _follow_the_document(team: Team) -> None:
    """Write what docs/ci.md says into the team's repository."""
    team.origin.write("assistants/front-desk.yaml", block("# assistants/front-desk.yaml"))
    init(team.origin.folder, "github")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server on which every team has its account."""
    with serving() as server:
        yield server


@pytest.fixture
def beginners(tmp_path: Path, server: Server) -> Iterator[Team]:
    """A team with an assistant, whose first pull request is what docs/ci.md says."""
    with a_team(tmp_path, server) as team:
        team.origin.commit()
        team.account.add(name="Front desk", prompt="You answer the telephone.")
        _follow_the_document(team)
        yield team


@pytest.fixture
def team(tmp_path: Path, server: Server) -> Iterator[Team]:
    """A team that has merged and applied its first pull request."""
    with a_team(tmp_path, server) as team:
        _follow_the_document(team)
        team.origin.commit()
        definition = team.origin.folder / "assistants/front-desk.yaml"
        team.account.add(**read_yaml(definition.read_text(encoding="utf-8")))
        yield team


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Team]:
    """This repository's own definitions and workflows, without an account."""
    with serving_github() as github:
        team = Team(tmp_path, github)
        for name in (".github", "assistants"):
            shutil.copytree(ROOT / name, team.origin.folder / name)
        shutil.copy(ROOT / "revox-sync.yaml", team.origin.folder)
        team.origin.commit()
        yield team
