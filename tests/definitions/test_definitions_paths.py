"""``validate PATH…``: all files are read, what is reported is restricted."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import LEAST, read, short
from support.project import Project

from revox_sync.errors import UsageError


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


def test_a_file(folder: Project) -> None:
    assert found(folder, "assistants/b/d.yaml") == (1, ["b/d"], [])


def test_a_file_with_a_problem_in_what_it_includes(folder: Project) -> None:
    expected = ["assistants/b/_x.yaml:1:13 wrong-type"]
    assert found(folder, "assistants/b/c.yaml") == (1, [], expected)


def test_a_shared_file_stands_for_the_definitions_that_include_it(folder: Project) -> None:
    expected = ["assistants/b/_x.yaml:1:13 wrong-type"]
    assert found(folder, "assistants/b/_x.yaml") == (1, [], expected)


def test_either_of_two_files_that_clash(folder: Project) -> None:
    clash = "assistants/b/e.yaml:1:7 duplicate-name"
    assert found(folder, "assistants/a.yaml") == (1, [], ["3:8 wrong-type", clash])
    assert found(folder, "assistants/b/e.yaml") == (1, [], [clash])


def test_a_folder_and_several_paths(folder: Project) -> None:
    assert found(folder, "assistants/b")[0] == 3
    assert found(folder, "assistants/b", "assistants/b/d.yaml")[0] == 3
    assert found(folder, "assistants")[0] == 4
    assert found(folder, "assistants/a.yaml", "assistants/b/d.yaml")[0] == 2
    assert found(folder, ".")[0] == 4


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
