"""`pull` into files that git may not hold, on disks that may not take them: all or nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.authoring.workspace import Workspace

HEAD = "name: {key}\nprompt: Be kind.  # always\n"


@pytest.fixture
def drifted(desk: Desk) -> Iterator[Desk]:
    """Three definitions whose prompts were changed in the dashboard."""
    for key in ("one", "two", "three"):
        desk.service.add(key, prompt="Be brief.")
        desk.project.write(f"assistants/{key}.yaml", HEAD.format(key=key))
    yield desk


@pytest.fixture
def committed(drifted: Desk) -> Iterator[Desk]:
    """The same, in a repository that holds them as they are."""
    repository = Repository.at(drifted.root)
    drifted.env |= repository.env
    repository.commit()
    yield drifted


def refused(desk: Desk, *files: str) -> None:
    """Pull, which names these files and writes nothing at all."""
    before = desk.project.files()
    desk.service.add("new")
    result = desk.run("pull")
    assert (result.code, desk.project.files()) == (3, before)
    named = ", ".join(f"assistants/{file}" for file in files)
    assert f"these have changes that are not committed to git: {named}\n" in result.err
    assert "--overwrite" in result.err
    assert desk.run("pull", "--overwrite").code == 0
    assert (desk.root / "assistants/new.yaml").exists()
    assert desk.settled()


def test_changes_that_are_not_committed_are_not_written_over(committed: Desk) -> None:
    committed.project.write("assistants/two.yaml", HEAD.format(key="two") + "# mine\n")
    refused(committed, "two.yaml")


def test_a_file_that_git_does_not_know_is_not_written_over(committed: Desk) -> None:
    committed.service.add("four", prompt="Be brief.")
    committed.project.write("assistants/four.yaml", HEAD.format(key="four"))
    refused(committed, "four.yaml")


def test_nor_is_one_that_git_ignores(committed: Desk) -> None:
    committed.project.write(".gitignore", "assistants/mine/\n")
    committed.service.add("four", prompt="Be brief.")
    committed.project.write("assistants/mine/four.yaml", HEAD.format(key="four"))
    refused(committed, "mine/four.yaml")


def test_what_is_only_staged_is_not_committed(committed: Desk) -> None:
    committed.project.write("assistants/two.yaml", HEAD.format(key="two") + "# mine\n")
    Repository(committed.root, committed.root.parent / "home").git("add", "--all")
    refused(committed, "two.yaml")


def test_an_included_file_counts_as_well(committed: Desk) -> None:
    committed.project.write("assistants/two.yaml", "name: two\nprompt: {file: two.md}\n")
    committed.project.write("assistants/two.md", "Be kind.\n")
    Repository(committed.root, committed.root.parent / "home").commit()
    committed.project.write("assistants/two.md", "Be nice.\n")
    refused(committed, "two.md")


def test_committed_files_are_written_whatever_else_is_there(committed: Desk) -> None:
    committed.project.write("notes.md", "Mine.\n")
    committed.project.write("assistants/other.yaml", HEAD.format(key="other"))
    assert committed.run("pull").code == 0
    assert (committed.root / "assistants/two.yaml").read_text().endswith("brief.  # always\n")


def test_the_project_may_be_a_folder_of_the_repository(drifted: Desk) -> None:
    repository = Repository.at(drifted.root.parent)
    drifted.env |= repository.env
    repository.commit()
    drifted.project.write("assistants/two.yaml", HEAD.format(key="two") + "# mine\n")
    refused(drifted, "two.yaml")


def test_a_check_writes_nothing_and_refuses_nothing(committed: Desk) -> None:
    committed.project.write("assistants/two.yaml", HEAD.format(key="two") + "# mine\n")
    before = committed.project.files()
    result = committed.run("pull", "--check")
    assert (result.code, committed.project.files()) == (2, before)
    assert "assistants/two.yaml: prompt\n" in result.out
    assert "3 defined already, 3 of them would be changed" in result.out


def test_what_a_sparse_checkout_may_define_is_not_written_anew(drifted: Desk) -> None:
    repository = Repository.at(drifted.root)
    drifted.env |= repository.env
    drifted.project.write("assistants/_shared/faq.yaml", "[]\n")
    repository.commit()
    repository.git("sparse-checkout", "set", "--no-cone", "/assistants/one.yaml")
    result = drifted.run("pull")
    assert result.code == 4
    why = "this checkout is sparse, and assistants/three.yaml, which it leaves out, may define it"
    assert result.out.count(f"is left alone: {why}; ") == 2
    assert [found.name for found in (drifted.root / "assistants").iterdir()] == ["one.yaml"]
    repository.git("sparse-checkout", "set", "--no-cone", "/assistants/*.yaml")
    assert drifted.run("pull").code == 0
    assert drifted.settled()


def test_one_can_be_chosen(committed: Desk) -> None:
    before = committed.project.files()
    assert committed.run("pull", "two").code == 0
    after = committed.project.files()
    assert {path for path in after if after[path] != before[path]} == {"assistants/two.yaml"}


# Disks.


def _fails(nth: int, error: OSError, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, which fails the nth time."""
    calls = []

    def failing(*arguments: Any, **more: Any) -> Any:
        calls.append(arguments)
        if len(calls) == nth:
            raise error
        return function(*arguments, **more)

    return failing


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fails", ["fsync", "replace", "rename"])
def test_a_disk_that_fails_half_way_leaves_every_file_as_it_was(
    drifted: Desk, monkeypatch: pytest.MonkeyPatch, fails: str, nth: int
) -> None:
    for name in ("x", "y", "z"):
        drifted.service.add(name)  # these become new files
    before = drifted.project.files()
    error = OSError(28, "No space left on device")
    where: Any = os if fails == "fsync" else Path
    with monkeypatch.context() as patch:
        patch.setattr(where, fails, _fails(nth, error, getattr(where, fails)))
        result = drifted.run("pull")
    assert result.code == 1
    assert "nothing was written: No space left on device" in result.err
    assert drifted.project.files() == before
    assert drifted.run("pull").code == 0
    assert drifted.settled()


@pytest.mark.parametrize(("where", "before"), [(Workspace, "changes"), (os, "fsync")])
def test_a_file_that_changes_meanwhile_is_not_written_over(
    drifted: Desk, monkeypatch: pytest.MonkeyPatch, where: Any, before: str
) -> None:
    mine = HEAD.format(key="two") + "# mine\n"
    path = drifted.root / "assistants/two.yaml"
    goes_on = getattr(where, before)

    def write(*given: Any) -> Any:
        path.write_text(mine)
        return goes_on(*given)

    monkeypatch.setattr(where, before, write)
    result = drifted.run("pull")
    assert result.code == 1
    assert "it has changed in the meantime" in result.err
    assert path.read_text() == mine
    assert "Be kind." in (drifted.root / "assistants/one.yaml").read_text()


def test_nothing_is_written_through_a_link(desk: Desk) -> None:
    desk.service.add("one", prompt="Be brief.")
    real = desk.project.write("shared/one.yaml", HEAD.format(key="one"))
    (desk.root / "assistants").mkdir(exist_ok=True)
    (desk.root / "assistants/one.yaml").symlink_to(real)
    result = desk.run("pull")
    assert result.code == 1
    assert "one.yaml is a symbolic link, which is not followed" in result.err
    assert real.read_text() == HEAD.format(key="one")


def test_a_file_that_may_not_be_written_stays(
    drifted: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drifted.project.files()
    monkeypatch.setattr(os, "access", lambda *_: False)  # who is root may write everything
    result = drifted.run("pull")
    assert (result.code, drifted.project.files()) == (1, before)
    assert "Permission denied" in result.err


def test_a_folder_that_may_not_be_written_is_named(
    drifted: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp

    def refuse(*arguments: Any, **more: Any) -> str:
        if more.get("dir") is None:  # where nobody's project is
            return make(*arguments, **more)
        raise PermissionError(13, "Permission denied", "assistants/.a-name-of-chance")

    before = drifted.project.files()
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)  # who is root may write everywhere
    result = drifted.run("pull")
    assert (result.code, drifted.project.files()) == (1, before)
    assert "assistants: Permission denied\n" in result.err
