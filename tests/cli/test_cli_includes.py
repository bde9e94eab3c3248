"""Includes from the whole repository, upwards and from the project; no links, nothing ignored."""

from __future__ import annotations

from pathlib import Path

import pytest
from definitions.repository import Repository
from support.desk import Desk

DESK = "name: Desk\nprompt: {{file: {}}}\n"


@pytest.fixture
def repository(desk: Desk) -> Repository:
    """A repository whose project lies in ``voice/``; a file beside it is for all projects."""
    made = Repository.at(desk.root)
    desk.env |= made.env
    desk.project.write("shared/legal.md", "Say that it is recorded.\n")
    desk.project.write("voice/texts/tone.md", "Be kind.\n")
    desk.project.write("voice/assistants/hotel/_room.md", "Ask for the room.\n")
    return made


def _prompt(desk: Desk, target: str, *arguments: str) -> str:
    desk.project.write("voice/assistants/hotel/desk.yaml", DESK.format(target))
    result = desk.run("plan", "--project", "voice", "--format", "json", *arguments)
    assert result.code == 0, result.err
    (action,) = result.json["actions"]
    (after,) = (one["after"] for one in action["changes"] if one["path"] == "prompt")
    return str(after)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("_room.md", "Ask for the room."),
        ("../../texts/tone.md", "Be kind."),
        ("/texts/tone.md", "Be kind."),
        ("../../../shared/legal.md", "Say that it is recorded."),
        ("/../shared/legal.md", "Say that it is recorded."),
        ("../../../voice/texts/tone.md", "Be kind."),
    ],
)
def test_a_file_of_the_repository_is_included(
    desk: Desk, repository: Repository, target: str, text: str
) -> None:
    assert _prompt(desk, target) == text


def test_a_commit_is_read_in_the_same_way(desk: Desk, repository: Repository) -> None:
    target = "../../../shared/legal.md"
    desk.project.write("voice/assistants/hotel/desk.yaml", DESK.format(target))
    repository.commit()
    desk.service.add("Desk", "Say that it is recorded.")
    desk.project.write("shared/legal.md", "Say nothing.\n")
    result = desk.run("plan", "--project", "voice", "--base", "HEAD", "--format", "json")
    assert result.code == 0, result.err
    ((change,),) = (action["changes"] for action in result.json["actions"])
    assert (change["origin"], change["after"]) == ("definition", "Say nothing.")
    told = desk.run("diff", "HEAD", "--project", "voice")
    assert "1 changed" in told.out


def _said(desk: Desk, target: str) -> str:
    desk.project.write("voice/assistants/hotel/desk.yaml", DESK.format(target))
    result = desk.run("validate", "--project", "voice")
    assert result.code == 1
    assert "assistants/hotel/desk.yaml:2:9: error" in result.out
    return result.out


def test_nothing_outside_of_the_repository_is_included(
    desk: Desk, repository: Repository, tmp_path: Path
) -> None:
    (desk.root.parent / "other.md").write_text("x")
    assert "include-outside" in _said(desk, "../../../../other.md")
    assert "include-outside" in _said(desk, "/../../other.md")


def test_without_a_repository_nothing_outside_of_the_project_is(desk: Desk) -> None:
    desk.project.write("shared/legal.md", "x")
    assert "include-outside" in _said(desk, "../../../shared/legal.md")


def test_no_link_above_the_project_is_followed(desk: Desk, repository: Repository) -> None:
    (desk.root / "linked").symlink_to("shared")
    (desk.root / "shared/link.md").symlink_to("legal.md")
    assert "symbolic-link" in _said(desk, "../../../linked/legal.md")
    assert "symbolic-link" in _said(desk, "../../../shared/link.md")


def test_nothing_hidden_above_the_project_is_included(desk: Desk, repository: Repository) -> None:
    desk.project.write(".secrets/key.md", "x")
    assert "hidden-file" in _said(desk, "../../../.secrets/key.md")
    assert "hidden-file" in _said(desk, "../../../.git/HEAD")


@pytest.mark.parametrize("target", ["../../../shared/key.md", "/build/key.md", "key.md"])
def test_what_git_ignores_is_not_included(desk: Desk, repository: Repository, target: str) -> None:
    desk.project.write(".gitignore", "key.md\nbuild/\n")
    for path in ("shared/key.md", "voice/build/key.md", "voice/assistants/hotel/key.md"):
        desk.project.write(path, "x")
    assert "ignored-file" in _said(desk, target)


def test_what_git_tracks_is_not_ignored(desk: Desk, repository: Repository) -> None:
    desk.project.write(".gitignore", "*.md\n")
    repository.git("add", "--force", "shared/legal.md")
    assert _prompt(desk, "../../../shared/legal.md") == "Say that it is recorded."


def test_files_that_include_each_other_from_above_are_a_circle(
    desk: Desk, repository: Repository
) -> None:
    desk.project.write("shared/x.yaml", "- {file: ../voice/assistants/_y.yaml}\n")
    desk.project.write("voice/assistants/_y.yaml", "- {file: /../shared/x.yaml}\n")
    text = "name: A\nprompt: p\nfaq_items: {file: _y.yaml}\n"
    desk.project.write("voice/assistants/a.yaml", text)
    assert "include-circle" in desk.run("validate", "--project", "voice").out


def test_all_files_are_named(desk: Desk, repository: Repository) -> None:
    desk.project.write("voice/revox-sync.yaml", "defaults: {prompt: {file: texts/tone.md}}\n")
    desk.project.write("voice/assistants/a.yaml", "name: A\n")
    target = "../../../shared/legal.md"
    desk.project.write("voice/assistants/hotel/desk.yaml", DESK.format(target))
    result = desk.run("validate", "--project", "voice", "--list-files")
    expected = [
        "shared/legal.md",
        "voice/assistants/a.yaml",
        "voice/assistants/hotel/desk.yaml",
        "voice/revox-sync.yaml",
        "voice/texts/tone.md",
    ]
    assert (result.code, result.out.splitlines()) == (0, expected)
    report = desk.run("validate", "--project", "voice", "--list-files", "--format", "json").json
    assert report["files"] == expected


def test_what_is_wrong_is_told_beside_the_files(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: A\nprompt: {file: gone.md}\n")
    result = desk.run("validate", "--list-files")
    assert (result.code, result.out) == (1, "assistants/a.yaml\n")
    assert "missing-file" in result.err


def test_a_mistake_above_the_project_is_marked_in_its_file(
    desk: Desk, repository: Repository
) -> None:
    desk.project.write("shared/faq.yaml", "- {question: 1, answer: a}\n")
    text = "name: A\nprompt: p\nfaq_items: {file: ../../shared/faq.yaml}\n"
    desk.project.write("voice/assistants/a.yaml", text)
    desk.env["GITHUB_WORKSPACE"] = str(desk.root)
    result = desk.run("validate", "--project", "voice", "--format", "github")
    assert "::error file=shared/faq.yaml,line=1," in result.out


def test_pull_leaves_a_file_above_the_project_alone(desk: Desk, repository: Repository) -> None:
    target = "../../../shared/legal.md"
    desk.project.write("voice/assistants/hotel/desk.yaml", DESK.format(target))
    repository.commit()
    desk.service.add("Desk", "Typed in the dashboard.")
    result = desk.run("pull", "--project", "voice", "Desk")
    assert "outside of the project" in result.said
    assert (desk.root / "shared/legal.md").read_text() == "Say that it is recorded.\n"
