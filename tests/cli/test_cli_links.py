"""Links below the project lead nowhere: nothing is read, printed or written through them."""

from __future__ import annotations

from pathlib import Path

import pytest
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.files import transaction

KEY = "REVOX_SECRET_CANARY"
COMMANDS = {
    "validate": ("validate",),
    "plan": ("plan",),
    "apply": ("apply", "--auto-approve"),
    "pull": ("pull",),
    "status": ("status",),
    "list of runs": ("rollback", "--list"),
}


@pytest.fixture
def outside(desk: Desk, tmp_path: Path) -> Path:
    """A folder beside the project with a file in it; the project has one definition."""
    desk.project.define()
    desk.env[KEY] = "canary-canary"
    found = tmp_path / "outside"
    found.mkdir()
    (found / "file").write_text("canary-canary: {x\n")
    return found


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("target", ["/proc/self/environ", "{outside}/file"])
def test_a_project_file_that_is_a_link_is_not_read(
    desk: Desk, outside: Path, command: tuple[str, ...], target: str
) -> None:
    (desk.root / "revox-sync.yaml").symlink_to(target.format(outside=outside))
    result = desk.execute(*command)
    assert "canary" not in result.out + result.err
    assert desk.service.writes == []
    if command[0] != "rollback":
        assert result.code == 1
        assert (
            "revox-sync.yaml is a symbolic link, which is not followed" in result.out + result.err
        )


@pytest.mark.parametrize(
    "link", [".revox-sync", ".revox-sync/lock.json", ".revox-sync/lock", ".revox-sync/.gitignore"]
)
def test_nothing_of_the_own_folder_is_written_through_a_link(
    desk: Desk, outside: Path, link: str
) -> None:
    target = outside if link == ".revox-sync" else outside / "file"
    (desk.root / link).parent.mkdir(exist_ok=True)
    (desk.root / link).symlink_to(target)
    result = desk.apply()
    assert (result.code, desk.service.writes) == (1, [])
    assert "is a symbolic link, which is not followed" in result.err
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "canary-canary: {x\n"


@pytest.mark.parametrize("link", [".revox-sync", ".revox-sync/sandbox.sqlite3"])
def test_the_sandbox_is_not_kept_behind_a_link(desk: Desk, outside: Path, link: str) -> None:
    target = outside if link == ".revox-sync" else outside / "file"
    (desk.root / link).parent.mkdir(exist_ok=True)
    (desk.root / link).symlink_to(target)
    for command in (("apply", "--auto-approve", "--sandbox"), ("sandbox", "reset")):
        result = desk.run(*command)
        assert result.code == 1
        assert "is a symbolic link, which is not followed" in result.err
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "canary-canary: {x\n"


def test_a_sandbox_that_git_tracks_is_not_read(desk: Desk) -> None:
    desk.project.define()
    desk.env |= (repository := Repository.at(desk.root)).env
    assert desk.apply("--sandbox").code == 0
    repository.git("add", "--force", ".revox-sync/sandbox.sqlite3")
    for command in (("plan", "--sandbox"), ("sandbox", "status"), ("sandbox", "reset")):
        result = desk.run(*command)
        assert result.code == 1
        assert ".revox-sync/sandbox.sqlite3: git tracks it" in result.err


def test_the_copy_of_an_account_is_private(desk: Desk) -> None:
    desk.project.define()
    assert desk.apply("--sandbox").code == 0
    state = desk.root / ".revox-sync"
    assert (state / ".gitignore").read_text() == "*\n"
    for path in (state, *state.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("path", ["plan.json", "linked/plan.json"])
def test_a_plan_is_not_saved_through_a_link(desk: Desk, outside: Path, path: str) -> None:
    (desk.root / "plan.json").symlink_to(outside / "file")
    (desk.root / "linked").symlink_to(outside)
    result = desk.run("plan", "--out", path)
    assert result.code == 1
    assert "is a symbolic link, which is not followed" in result.err
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "canary-canary: {x\n"


@pytest.mark.parametrize("command", [("show",), ("apply", "--auto-approve")])
def test_no_plan_is_read_through_a_link(
    desk: Desk, outside: Path, command: tuple[str, ...]
) -> None:
    assert desk.run("plan", "--out", str(outside / "plan.json")).code == 0
    (desk.root / "plan.json").symlink_to(outside / "plan.json")
    result = desk.run(*command, "plan.json")
    assert (result.code, desk.service.writes) == (1, [])
    assert "is a symbolic link, which is not followed" in result.err


def test_a_plan_can_be_saved_to_standard_output(desk: Desk, outside: Path) -> None:
    assert outside.is_dir()
    result = desk.execute("plan", "--out", "/dev/stdout", "--format", "markdown")
    assert result.code == 0, result.err
    assert '"format_version": "1.0"' in result.out
    assert "## Plan" in result.out


def test_a_saved_plan_keeps_the_mode_of_its_file(desk: Desk, outside: Path) -> None:
    plan = outside / "plan.json"
    for mode in (0o600, 0o664):
        plan.touch()
        plan.chmod(mode)
        assert desk.run("plan", "--out", str(plan)).code == 0
        assert plan.stat().st_mode & 0o777 == mode
    assert sorted(path.name for path in outside.iterdir()) == ["file", "plan.json"]


def test_a_planted_fault_in_links_is_noticed(
    desk: Desk, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "_refuse_links", lambda *_: None)
    with pytest.raises(AssertionError):
        test_nothing_of_the_own_folder_is_written_through_a_link(desk, outside, ".revox-sync")
