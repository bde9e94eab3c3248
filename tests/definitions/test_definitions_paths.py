"""``validate PATH…``: all files are read, what is reported is restricted."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import LEAST, read, short
from support.project import Project

from revox_sync.errors import UsageError

INCLUDED = "assistants/b/_x.yaml:1:13 wrong-type"
CLASH = "assistants/b/e.yaml:1:7 duplicate-name"


@pytest.fixture
def folder(project: Project) -> Project:
    project.write("assistants/b/_x.yaml", "- question: 1\n  answer: a\n")
    project.write("assistants/a.yaml", "name: A\nprompt: p\nvoice: 1\n")
    project.write("assistants/b/c.yaml", "name: C\nprompt: p\nfaq_items: {file: _x.yaml}\n")
    project.write("assistants/b/d.yaml", "name: D\nprompt: p\n")
    project.write("assistants/b/e.yaml", "name: A\nprompt: p\n")
    return project


def found(folder: Project, *paths: str) -> tuple[int, list[str], list[str]]:
    _, loaded, problems = read(folder, paths=[folder.root / path for path in paths])
    return loaded.files, [definition.key for definition in loaded.definitions], short(problems)


@pytest.mark.parametrize(
    ("paths", "files", "keys", "problems"),
    [
        (["assistants/b/d.yaml"], 1, ["b/d"], []),
        (["assistants/b/c.yaml"], 1, [], [INCLUDED]),
        (["assistants/b/_x.yaml"], 1, [], [INCLUDED]),
        (["assistants/a.yaml"], 1, [], ["3:8 wrong-type", CLASH]),
        (["assistants/b/e.yaml"], 1, [], [CLASH]),
        (["assistants/b", "assistants/b/d.yaml"], 3, ["b/d"], [INCLUDED, CLASH]),
        (["."], 4, ["b/d"], ["3:8 wrong-type", INCLUDED, CLASH]),
    ],
)
def test_what_lies_at_a_path_or_includes_it_or_clashes_with_it_is_reported(
    folder: Project, paths: list[str], files: int, keys: list[str], problems: list[str]
) -> None:
    assert found(folder, *paths) == (files, keys, problems)


def test_the_project_file_may_be_named(folder: Project) -> None:
    folder.write("revox-sync.yaml", "absent: x\n")
    assert found(folder, "revox-sync.yaml") == (0, [], ["revox-sync.yaml:1:9 unknown-value"])


def test_a_path_relative_to_the_current_folder(
    folder: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.root / "assistants/b")
    assert read(folder, paths=[Path("d.yaml")])[1].files == 1
    assert read(folder, paths=[Path("../a.yaml")])[1].files == 1


@pytest.mark.parametrize("path", ["assistants/no.yaml", "assistants/a", "empty", "README.md", ".."])
def test_a_path_that_matches_nothing_is_wrong_usage(folder: Project, path: str) -> None:
    (folder.root / "empty").mkdir()
    folder.write("README.md", LEAST)
    with pytest.raises(UsageError):
        found(folder, path)
