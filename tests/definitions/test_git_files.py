"""Definitions as they were at a commit: what is read, what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from definitions.repository import DESK, THEN, Repository, at, define, edited, prompts, write

from revox_sync.definitions import git


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one definition, committed, and edited since."""
    return edited(tmp_path / "project")


# What was there, and what was not.


def test_a_commit_without_the_folder_is_said(repository: Repository) -> None:
    below = repository.root / "new"
    define(below, "Be calm.")
    found = at(repository, root=below)
    assert (found.definitions, len(found.remarks)) == ({}, 1)
    assert found.remarks[0].endswith("there is no folder assistants yet")


def test_a_commit_without_the_project_file_is_said(repository: Repository) -> None:
    write(repository.root, "revox-sync.yaml", "absent: reset\n")
    found = at(repository)
    assert (prompts(found), found.absent) == (THEN, "keep")
    assert [remark.partition(" there ")[2] for remark in found.remarks] == [
        "is no revox-sync.yaml yet"
    ]


def test_another_folder_then_is_read_as_that(repository: Repository) -> None:
    write(repository.root, "revox-sync.yaml", "assistants: bots\nabsent: reset\n")
    define(repository.root, "Be old.", "bots/desk.yaml")
    repository.commit()
    write(repository.root, "revox-sync.yaml", "{}\n")
    found = at(repository)
    assert (prompts(found), found.absent, found.remarks) == ({"desk": "Be old."}, "reset", ())


def test_broken_definitions_are_said_and_the_others_read(repository: Repository) -> None:
    define(repository.root, "Be calm.", "assistants/spa.yaml")
    write(repository.root, DESK, "name: [\n")
    repository.commit()
    found = at(repository)
    assert prompts(found) == {"spa": "Be calm."}
    said = f"at {found.commit[:12]} {DESK} has errors"
    assert found.unread == (said,)
    assert found.remarks == (f"{said}; what was defined in it cannot be read",)


def test_a_broken_project_file_is_said(repository: Repository) -> None:
    write(repository.root, "revox-sync.yaml", "defaults: {sms_enabled: perhaps}\n")
    repository.commit()
    found = at(repository)
    assert found.remarks[0].endswith(
        "revox-sync.yaml has errors; what was defined in it cannot be read"
    )


def test_a_secret_that_is_gone_leaves_the_definition_readable(repository: Repository) -> None:
    define(repository.root, "${secret.MOOD} and ${secret.GONE}")
    repository.commit()
    found = at(repository, REVOX_SECRET_MOOD="Be gay")
    assert prompts(found) == {"desk": "Be gay and ${secret.GONE}"}
    assert found.definitions["desk"].secrets == {("prompt",)}
    assert found.remarks == ()


def test_nothing_else_of_the_environment_is_a_secret(repository: Repository) -> None:
    define(repository.root, "Be $${secret.HOME}.")
    repository.commit()
    assert prompts(at(repository)) == {"desk": "Be ${secret.HOME}."}


# Files as git keeps them.


def test_line_ends_of_the_checkout_make_no_difference(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    write(repository.root, DESK, "name: desk\r\nprompt: |\r\n  Be\r\n  kind.\r\n")
    repository.commit()
    assert prompts(at(repository)) == {"desk": "Be\nkind.\n"}


def test_what_is_left_out_of_archives_is_read(repository: Repository) -> None:
    write(repository.root, ".gitattributes", "* export-ignore ident\n*.yaml export-subst\n")
    define(repository.root, "Be $Format:%H$.")
    repository.commit()
    assert prompts(at(repository)) == {"desk": "Be $Format:%H$."}


def test_filters_give_what_a_checkout_would(repository: Repository) -> None:
    repository.git("config", "filter.loud.smudge", "tr a-z A-Z")
    write(repository.root, ".gitattributes", "*.md filter=loud\n")
    write(repository.root, DESK, "name: desk\nprompt: {file: _prompt.md}\n")
    write(repository.root, "assistants/_prompt.md", "Be kind.\n")
    repository.commit()
    assert prompts(at(repository)) == {"desk": "BE KIND."}


@pytest.mark.parametrize("target", ["_shared/legal.md", "../shared/legal.md"])
def test_links_to_shared_parts_are_followed(repository: Repository, target: str) -> None:
    write(repository.root, "assistants/_shared/legal.md", "Say who you are.\n")
    write(repository.root, "shared/legal.md", "Say who you are.\n")
    write(repository.root, DESK, "name: desk\nprompt: {file: legal.md}\n")
    (repository.root / "assistants/legal.md").symlink_to(target)
    repository.commit()
    found = at(repository)
    assert (prompts(found), found.remarks) == ({"desk": "Say who you are."}, ())


def test_a_link_out_of_the_project_is_followed_nowhere(
    repository: Repository, tmp_path: Path
) -> None:
    write(tmp_path, "outside.md", "Be elsewhere.\n")
    write(repository.root, DESK, "name: desk\nprompt: {file: legal.md}\n")
    (repository.root / "assistants/legal.md").symlink_to(tmp_path / "outside.md")
    repository.commit()
    found = at(repository)
    assert (found.definitions, len(found.remarks)) == ({}, 1)


def test_names_can_hold_spaces_and_any_script(repository: Repository) -> None:
    path = 'assistants/Hôtel \u5317/été [1]"x.yaml'
    define(repository.root, "Be calm.", path)
    repository.commit()
    assert prompts(at(repository))['Hôtel \u5317/été [1]"x'] == "Be calm."


# No more is written out than definitions can reach.


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[str]]:
    """Return what was written out for the last reading, at its end."""
    seen: list[set[str]] = [set()]

    def load(project: Any, environ: Mapping[str, str]) -> Any:
        seen[0] = {
            path.relative_to(project.root).as_posix()
            for path in project.root.rglob("*")
            if not path.is_dir()
        }
        return really(project, environ)

    really = git.load
    monkeypatch.setattr(git, "load", load)
    return lambda: seen[0]


def test_of_a_large_repository_only_the_definitions_are_written_out(
    repository: Repository, written: Callable[[], set[str]]
) -> None:
    for number in range(50):
        write(repository.root, f"src/{number}.py", "pass\n")
    write(repository.root, "revox-sync.yaml", "defaults: {prompt: {file: assistants/_p.md}}\n")
    write(repository.root, "assistants/_p.md", "Be calm.\n")
    write(repository.root, DESK, "name: desk\n")
    repository.commit()
    assert prompts(at(repository)) == {"desk": "Be calm."}
    assert written() == {"revox-sync.yaml", DESK, "assistants/_p.md"}


def test_beside_a_project_below_the_top_nothing_is_written_out(
    repository: Repository, written: Callable[[], set[str]]
) -> None:
    below = repository.root / "voice"
    define(below, "Be calm.")
    write(below, "notes.md", "Nothing.\n")
    repository.commit()
    assert prompts(at(repository, root=below)) == {"desk": "Be calm."}
    assert written() == {DESK}


def test_an_include_of_the_defaults_brings_the_rest_of_the_project(
    repository: Repository, written: Callable[[], set[str]]
) -> None:
    below = repository.root / "voice"
    write(below, "revox-sync.yaml", "defaults: {prompt: {file: prompts/all.md}}\n")
    write(below, "prompts/all.md", "Be calm.\n")
    write(below, DESK, "name: desk\n")
    repository.commit()
    assert prompts(at(repository, root=below)) == {"desk": "Be calm."}
    assert written() == {"revox-sync.yaml", "prompts/all.md", DESK}
