"""Definitions as they were at a commit: what is read, what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from definitions.repository import DESK, THEN, Repository, at, define, edited, prompts, write


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one definition, committed, and edited since."""
    return edited(tmp_path / "project")


# What was there, and what was not.


def test_a_commit_without_the_project_file_is_said(repository: Repository) -> None:
    write(repository.root, "revox-sync.yaml", "absent: reset\n")
    found = at(repository)
    assert (prompts(found), found.absent) == (THEN, "report")
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


def test_a_secret_that_is_gone_leaves_the_definition_readable(repository: Repository) -> None:
    define(repository.root, "${secret.MOOD} and ${secret.GONE}")
    repository.commit()
    found = at(repository, REVOX_SECRET_MOOD="Be gay")
    assert prompts(found) == {"desk": "Be gay and ${secret.GONE}"}
    assert found.definitions["desk"].secrets == {("prompt",): "${secret.MOOD} and ${secret.GONE}"}
    assert found.remarks == ()


# Files as git keeps them.


def test_line_ends_of_the_checkout_make_no_difference(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    write(repository.root, DESK, "name: desk\r\nprompt: |\r\n  Be\r\n  kind.\r\n")
    repository.commit()
    assert prompts(at(repository)) == {"desk": "Be\nkind.\n"}


@pytest.mark.parametrize("target", ["_shared/legal.md", "../shared/legal.md", "/etc/hostname"])
def test_links_are_not_followed(repository: Repository, target: str) -> None:
    write(repository.root, "assistants/_shared/legal.md", "Say who you are.\n")
    write(repository.root, "shared/legal.md", "Say who you are.\n")
    write(repository.root, DESK, "name: desk\nprompt: {file: _legal.md}\n")
    (repository.root / "assistants/_legal.md").symlink_to(target)
    repository.commit()
    found = at(repository)
    assert (found.definitions, len(found.unread)) == ({}, 1)


def test_a_project_behind_a_link_cannot_be_read(repository: Repository) -> None:
    define(repository.root / "real", "Be calm.")
    (repository.root / "voice").symlink_to("real")
    repository.commit()
    (repository.root / "voice").unlink()
    define(repository.root / "voice", "Be loud.")
    found = at(repository, root=repository.root / "voice")
    assert found.unread == (
        f"at {found.commit[:12]} the project's folder is a link, or lies in one",
    )


def test_names_can_hold_spaces_and_any_script(repository: Repository) -> None:
    path = 'assistants/Hôtel \u5317/été [1]"x.yaml'
    define(repository.root, "Be calm.", path)
    repository.commit()
    assert prompts(at(repository))['Hôtel \u5317/été [1]"x'] == "Be calm."
