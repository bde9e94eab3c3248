"""Records that this machine did not write decide nothing, and delete nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk
from support.record import RUNS

from revox_sync.files import git as repository
from revox_sync.history import journal as records
from revox_sync.operations import rollback
from revox_sync.plan.recreate import RecreatePlanner

pytestmark = pytest.mark.usefixtures("hurried")

FORGED = "000007-20260101T000000Z"

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")


def git(desk: Desk, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(desk.root), *identity, *arguments], check=True)  # noqa: S607


def commit(desk: Desk) -> None:
    git(desk, "init", "-q")
    git(desk, "add", "--all", "--force")
    git(desk, "commit", "-qm", "Everything")


def forge(desk: Desk, *lines: dict[str, Any], name: str = FORGED, key: str = "front-desk") -> Path:
    """Write a run whose journal has these lines."""
    header = {
        "format_version": "1.0",
        "tool": "revox-sync 0",
        "base_url": desk.service.base_url,
        "organization_id": None,
        "profile": "current",
        "environment": None,
        "began_at": "2026-01-01T00:00:00.000Z",
    }
    desk.project.write(f"{RUNS}/{name}/run.json", json.dumps(header))
    written = "".join(json.dumps({"at": "x", "key": key, **line}) + "\n" for line in lines)
    return desk.project.write(f"{RUNS}/{name}/journal.jsonl", written).parent


@pytest.fixture
def strangers(desk: Desk) -> tuple[str, str]:
    """One assistant that a definition names, and one that none does; a project that recreates."""
    mine = desk.service.add("front-desk")
    other = desk.service.add("Night line", "You work at night.")
    desk.project.define(prompt=desk.service.assistants[mine]["prompt"])
    desk.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    return mine, other


def recreated(mine: str, other: str) -> dict[str, Any]:
    return {"event": "recreated", "old": other, "new": mine}


def test_a_committed_journal_is_not_read(desk: Desk, strangers: tuple[str, str]) -> None:
    forge(desk, recreated(*strangers))
    commit(desk)
    result = desk.apply()
    assert [*desk.service.assistants] == [*strangers]
    assert desk.service.writes == []
    assert f"{RUNS}/{FORGED}: git tracks it" in result.err


@pytest.mark.parametrize("event", ["recreated", "serving", "kept"])
def test_a_journal_deletes_nothing_that_no_definition_names(
    desk: Desk, strangers: tuple[str, str], event: str
) -> None:
    forge(desk, {**recreated(*strangers), "event": event})
    result = desk.apply()
    assert result.code == 3
    assert desk.service.writes == []
    assert '"Night line"' in result.out
    assert "no definition names" in result.out


def test_a_snapshot_that_says_little_is_no_evidence(desk: Desk, strangers: tuple[str, str]) -> None:
    folder = forge(desk, recreated(*strangers))
    snapshot = {
        "format_version": "1.0",
        "key": "front-desk",
        "name": "front-desk",
        "id": strangers[1],
        "action": "replace",
        "fields": ["prompt"],
        "sensitive": [["prompt"]],
        "secrets": [],
        "remote": {"id": strangers[1], "name": "Night line", "prompt": "***"},
    }
    (folder / "snapshots").mkdir()
    (folder / "snapshots/front-desk.json").write_text(json.dumps(snapshot))
    assert desk.apply().code == 3
    assert desk.service.writes == []


def test_a_run_deletes_nothing_that_it_says_to_have_created_and_no_definition_names(
    desk: Desk, strangers: tuple[str, str]
) -> None:
    forge(desk, {"event": "created", "id": strangers[1]})
    result = desk.rollback("--delete-created")
    assert desk.service.writes == []
    assert 'is called "Night line"' in result.said
    assert result.code == 3


def test_a_committed_run_is_none(desk: Desk, strangers: tuple[str, str]) -> None:
    forge(desk, {"event": "created", "id": strangers[0]})
    commit(desk)
    result = desk.rollback("--delete-created")
    assert result.code == 64
    assert "no run is recorded" in result.err
    assert f"{RUNS}/{FORGED}: git tracks it" in result.err
    assert desk.run("rollback", "--list").out == ""


def test_a_repository_among_the_files_hides_nothing_from_git(
    desk: Desk, strangers: tuple[str, str]
) -> None:
    forge(desk, recreated(*strangers))
    for path, text in (("HEAD", "ref: refs/heads/main\n"), ("objects/x", ""), ("refs/x", "")):
        desk.project.write(path, text)
    desk.project.write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    subprocess.run(["git", "init", "-q", str(desk.root.parent)], check=True)  # noqa: S607
    desk.apply()
    assert desk.service.writes == []


def _link(path: Path) -> None:
    elsewhere = path.parent.parent / f"{path.name}-elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


@on_posix
@pytest.mark.parametrize(
    "place",
    [".revox-sync", RUNS, f"{RUNS}/{FORGED}", f"{RUNS}/{FORGED}/journal.jsonl"],
)
def test_links_are_not_followed(desk: Desk, strangers: tuple[str, str], place: str) -> None:
    desk.service.edit(strangers[1], name="front-desk", prompt="Another.")
    forge(desk, {"event": "created", "id": strangers[0]})
    _link(desk.root / place)
    before = {path for path in desk.root.rglob("*") if "elsewhere" in path.name}
    desk.rollback("--delete-created")
    assert desk.service.writes == []
    assert {path for path in desk.root.rglob("*") if "elsewhere" in path.name} == before


def test_a_plan_asks_git_once_what_it_tracks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.project.write("revox-sync.yaml", "retire: keep\n")
    desk.project.define()
    assert desk.apply().code == 0
    commit(desk)
    desk.project.define("new")
    asked = []
    real = repository.tracked
    monkeypatch.setattr(repository, "tracked", lambda *given: asked.append(given) or real(*given))
    assert desk.run("plan").code == 0
    assert len(asked) == 1


def test_what_git_tracks_elsewhere_does_not_keep_own_runs_from_being_read(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="First.")
    desk.project.define(prompt="Second.")
    git(desk, "init", "-q")
    git(desk, "add", "assistants")
    git(desk, "commit", "-qm", "Definitions")
    assert desk.apply().code == 0
    assert desk.rollback().code == 0
    assert next(iter(desk.service.assistants.values()))["prompt"] == "First."


def _tracked(desk: Desk) -> None:
    commit(desk)


def _untracked(desk: Desk) -> None:
    pass


@pytest.mark.parametrize("number", ["999998", "999999", "999999999", "9" * 200])
@pytest.mark.parametrize("known", [_tracked, _untracked], ids=["tracked", "untracked"])
def test_a_high_number_does_not_end_rollback(
    desk: Desk, number: str, known: Callable[[Desk], None]
) -> None:
    identity = desk.service.add("front-desk", prompt="First.")
    forge(desk, name=f"{number}-20260101T000000Z")
    known(desk)
    for prompt in ("Second.", "Third."):
        desk.project.define(prompt=prompt)
        assert desk.apply().code == 0
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["prompt"] == "Second."


def test_many_foreign_runs_do_not_push_out_own_ones(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="First.")
    desk.project.define(prompt="Second.")
    assert desk.apply().code == 0
    own = desk.records[0].name
    for number in range(60):
        forge(desk, name=f"9000{number:02}-20260101T000000Z")
    git(desk, "init", "-q")
    git(
        desk,
        "add",
        "--force",
        *(f"{RUNS}/9000{number:02}-20260101T000000Z" for number in range(60)),
    )
    desk.project.define(prompt="Third.")
    assert desk.apply().code == 0
    assert desk.rollback(own).code == 0
    assert desk.service.assistants[identity]["prompt"] == "First."


def test_an_artifact_is_read_where_it_lies(desk: Desk, tmp_path: Path) -> None:
    identity = desk.service.add("front-desk", prompt="First.")
    desk.project.define(prompt="Second.")
    assert desk.apply().code == 0
    name = desk.records[0].name
    artifact = tmp_path / "artifact"
    (desk.root / RUNS).rename(artifact)
    assert desk.run("rollback", "--list").out == ""
    assert name in desk.run("rollback", "--list", "--runs", str(artifact)).out
    assert desk.rollback("--runs", str(artifact)).code == 0
    assert desk.service.assistants[identity]["prompt"] == "First."
    assert [path.name for path in artifact.iterdir()] == [name]
    assert len(desk.records) == 1


def test_an_artifact_that_is_not_there_is_wrong_usage(desk: Desk) -> None:
    result = desk.rollback("--runs", "nowhere")
    assert result.code == 64
    assert "nowhere" in result.err


# Without its guard, each story ends badly.


@pytest.mark.parametrize("fault", ["what git tracks is read", "a record is reason enough"])
def test_a_planted_fault_is_noticed_when_a_recreate_is_finished(
    desk: Desk, strangers: tuple[str, str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "what git tracks is read":
        monkeypatch.setattr(records, "_touch", lambda *_: False)
        with pytest.raises(AssertionError):
            test_a_committed_journal_is_not_read(desk, strangers)
    else:
        monkeypatch.setattr(RecreatePlanner, "_is_known", lambda *_: True)
        with pytest.raises(AssertionError):
            test_a_journal_deletes_nothing_that_no_definition_names(desk, strangers, "recreated")


def test_a_planted_fault_is_noticed_when_what_was_created_is_deleted(
    desk: Desk, strangers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollback, "_not_named", lambda *_: None)
    with pytest.raises(AssertionError):
        test_a_run_deletes_nothing_that_it_says_to_have_created_and_no_definition_names(
            desk, strangers
        )
