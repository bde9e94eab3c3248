"""git is asked for data: nothing of a checkout runs, and git knows no secret."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.errors import SetupError
from revox_sync.files.git import Repository as Git
from revox_sync.files.git import tracked, uncommitted

#: Everything of a repository's settings that runs a program.
SETTINGS = """\
[core]
repositoryformatversion = 0
bare = {bare}
fsmonitor = {program}
hooksPath = {hooks}
pager = {program}
editor = {program}
sshCommand = {program}
[diff]
external = {program}
[diff "loud"]
textconv = {program}
command = {program}
[filter "loud"]
clean = {program}
smudge = {program}
process = {program}
required = true
[gpg]
program = {program}
"""
ATTRIBUTES = "* filter=loud diff=loud\n"
HOOKS = ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman")


@pytest.fixture
def ran(tmp_path: Path) -> Callable[[], list[str]]:
    """A program and a folder of hooks that leave a mark when they run; returns the marks."""
    hooks, marks = tmp_path / "hooks", tmp_path / "marks"
    hooks.mkdir()
    marks.mkdir()
    for path in (tmp_path / "program", *(hooks / name for name in HOOKS)):
        path.write_text(f"#!/bin/sh\nenv > {marks}/{path.name}.$$\ncat\n")
        path.chmod(0o755)
    return lambda: sorted(path.name for path in marks.iterdir())


def settings(tmp_path: Path, *, bare: bool) -> str:
    return SETTINGS.format(
        program=tmp_path / "program", hooks=tmp_path / "hooks", bare=str(bare).lower()
    )


@pytest.fixture
def repository(desk: Desk) -> Repository:
    """A repository around the project of the desk, which has one definition."""
    desk.project.define("front-desk", prompt="Be kind.")
    desk.service.add("front-desk", "Be kind.")
    made = Repository.at(desk.root)
    desk.env |= made.env
    made.commit()
    return made


def use(desk: Desk, *options: str) -> None:
    """Do everything that asks git something."""
    desk.project.define("front-desk", prompt="Be brief.")
    for command in (["plan", "--base", "HEAD"], ["diff", "HEAD"], ["pull"], ["apply"]):
        more = ["--auto-approve", "--base", "HEAD"] if command == ["apply"] else []
        desk.run(*command, *more, *options)
    assert desk.service.writes


def test_plain_files_that_look_like_a_repository_are_none(
    desk: Desk, repository: Repository, tmp_path: Path, ran: Callable[[], list[str]]
) -> None:
    """A pull request can hold all of this; git itself takes the folder for a repository."""
    voice = desk.root / "voice"
    for path in ("objects", "refs"):
        desk.project.write(f"voice/{path}/keep", "")
    desk.project.write("voice/HEAD", "ref: refs/heads/main\n")
    desk.project.write("voice/config", settings(tmp_path, bare=False) + f"worktree = {voice}\n")
    desk.project.write("voice/.gitattributes", ATTRIBUTES)
    desk.project.write("voice/assistants/front-desk.yaml", "name: front-desk\nprompt: Be kind.\n")
    repository.commit("Take this")
    status = subprocess.run(
        ["git", "status"], cwd=voice, env=repository.env, check=False, capture_output=True  # noqa: S607
    )  # fmt: skip
    assert status.returncode or ran()  # with an older git something runs, a later one refuses
    for mark in (tmp_path / "marks").iterdir():
        mark.unlink()
    for project in (desk.root, voice):
        desk.project.root = project
        use(desk, "--project", str(project))
    assert ran() == []


def test_settings_of_the_repository_itself_run_nothing(
    desk: Desk, repository: Repository, tmp_path: Path, ran: Callable[[], list[str]]
) -> None:
    (desk.root / ".git/config").write_text(settings(tmp_path, bare=False))
    desk.project.write(".gitattributes", ATTRIBUTES)
    assert repository.root == desk.root
    use(desk)
    assert ran() == []


def test_git_is_given_no_secret(
    desk: Desk, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git of our own, first on the path, notes its environment."""
    own = tmp_path / "bin"
    own.mkdir()
    git = own / "git"
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True)  # noqa: S607
    git.write_text(f'#!/bin/sh\nenv >> {tmp_path}/seen\nexec {real.stdout.strip()} "$@"\n')
    git.chmod(0o755)
    path = f"{own}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    secrets = dict.fromkeys(
        ("GITHUB_TOKEN", "GH_PAT", "REVOX_SECRET_K", "NPM_AUTH", "AWS_SECRET_KEY", "OPENAI_APIKEY"),
        "x-secret-x",
    )
    desk.env |= {**secrets, "PATH": path}
    use(desk)
    seen = (tmp_path / "seen").read_text()
    assert "HOME=" in seen
    assert "x-secret-x" not in seen
    assert desk.env["REVOX_API_KEY"] not in seen
    assert repository.root == desk.root


@pytest.mark.parametrize("folder", ["", ".", "bin"])
def test_a_git_in_the_checkout_is_not_run(
    desk: Desk, repository: Repository, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative folder on the path is one of the checkout, if the tool runs there."""
    git = desk.project.write(f"{folder}/git" if folder else "git", "#!/bin/sh\n> ran\n")
    git.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    desk.env |= {"PATH": path}
    use(desk)
    assert not (repository.root / "ran").exists()


def test_without_git_nothing_is_written_over_what_it_may_not_have(
    desk: Desk, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can tell what is committed."""
    desk.project.define("front-desk", prompt="Be brief.")
    before = desk.project.files()
    monkeypatch.setenv("PATH", str(tmp_path))
    desk.env |= {"PATH": str(tmp_path)}
    result = desk.run("pull")
    assert (result.code, desk.project.files()) == (1, before)
    assert "git is needed" in result.err
    assert desk.run("pull", "--overwrite").code == 0
    assert b"Be kind." in (repository.root / "assistants/front-desk.yaml").read_bytes()


def test_what_git_tracks_is_told_whatever_its_case(repository: Repository) -> None:
    root = repository.root
    (root / ".git/info/exclude").unlink()
    for path in (".revox-sync/runs/a", ".Revox-Sync/runs/b", "other"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")
    repository.commit()
    found = tracked(root, repository.env, ".revox-sync")
    assert found == {".revox-sync/runs/a", ".Revox-Sync/runs/b"}
    assert tracked(root.parent, repository.env, ".revox-sync") == frozenset()


def test_a_folder_that_is_no_repository_does_not_lead_to_the_one_around_it(
    desk: Desk, tmp_path: Path
) -> None:
    outer = Repository.at(tmp_path / "outer")
    desk.env |= outer.env
    desk.project.root = outer.root / "project"
    desk.service.add("front-desk", "Edited.")
    desk.project.define("front-desk", prompt="Be kind.")
    outer.commit()
    desk.project.define("front-desk", prompt="Be brief.")
    assert "edited outside git: prompt" in desk.apply("--base", "HEAD").out
    (desk.root / ".git").mkdir()
    result = desk.apply("--base", "HEAD")
    assert (result.code, "not a git repository" in result.err) == (1, True)
    assert desk.service.writes == []
    with pytest.raises(SetupError):  # what git tracks lies below no path that it would be asked for
        tracked(desk.root, desk.env, ".revox-sync")


def test_what_is_not_committed_is_told(repository: Repository) -> None:
    root = repository.root
    committed = root / "assistants/front-desk.yaml"
    fresh = root / "assistants/new.yaml"
    fresh.write_text("x")
    assert uncommitted(root, repository.env, [committed, fresh]) == [fresh]
    committed.write_bytes(committed.read_bytes().replace(b"\n", b"\r\n"))
    assert uncommitted(root, repository.env, [committed]) == []
    committed.write_text("y")
    assert uncommitted(root, repository.env, [committed]) == [committed]


def test_a_commit_answers_what_it_holds(repository: Repository) -> None:
    git = Git(repository.root, repository.env)
    with git.at(git.commit("HEAD")) as tree:
        assert tree.list("") == {"assistants": "folder"}
        assert tree.kind("assistants/front-desk.yaml") == "file"
        assert tree.kind("assistants/nothing/at/all") is None
        assert b"Be kind." in tree.read("assistants/front-desk.yaml")


def test_a_commit_is_read_as_it_is_though_another_stands_for_it(repository: Repository) -> None:
    """A checkout can fetch references that put other objects in the place of what is named."""
    reviewed = repository.git("rev-parse", "HEAD")
    file = repository.root / "assistants/front-desk.yaml"
    file.write_text("name: front-desk\nprompt: Be brief.\n")
    repository.git("replace", reviewed, repository.commit())
    git = Git(repository.root, repository.env)
    with git.at(git.commit(reviewed)) as tree:
        assert b"Be kind." in tree.read("assistants/front-desk.yaml")
