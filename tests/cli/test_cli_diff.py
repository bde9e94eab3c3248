"""``diff`` tells what the definitions changed since a commit, without a key and a network."""

from __future__ import annotations

import os
import subprocess

import pytest
from support.desk import Desk

IDENTITY = {
    "GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "n@example.com",
    "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "n@example.com",
}  # fmt: skip


def git(desk: Desk, *arguments: str) -> None:
    env = {**desk.env, **IDENTITY, "HOME": str(desk.root), "GIT_CONFIG_NOSYSTEM": "1"}
    path = {"PATH": os.environ["PATH"]}
    subprocess.run(["git", *arguments], cwd=desk.root, env={**env, **path}, check=True)  # noqa: S607


@pytest.fixture
def committed(desk: Desk) -> Desk:
    desk.project.define(prompt="Be kind.", voicemail_message="Call back.")
    desk.project.define("night", prompt="Be quiet.")
    git(desk, "init", "-q")
    git(desk, "add", "-A")
    git(desk, "commit", "-qm", "As it was")
    desk.env.pop("REVOX_API_KEY")
    return desk


def test_nothing_changed_is_nothing_to_show(committed: Desk) -> None:
    result = committed.run("diff", "HEAD", "--format", "json")
    assert result.code == 0
    assert [action["action"] for action in result.json["actions"]] == ["unchanged", "unchanged"]


def test_changes_come_and_go_by_definition(committed: Desk) -> None:
    committed.project.define(prompt="Be very kind.")
    (committed.root / "assistants/night.yaml").unlink()
    committed.project.define("day", prompt="Be awake.")
    found = committed.run("diff", "HEAD", "--format", "json").json
    assert {a["key"]: a["action"] for a in found["actions"]} == {
        "day": "create",
        "front-desk": "replace",
    }
    changed = found["actions"][1]
    assert [(c["before"], c["after"]) for c in changed["changes"]] == [
        ("Be kind.", "Be very kind.")
    ]
    assert changed["notes"] == ["no longer stated, and so left to the account: voicemail_message"]
    assert found["unmanaged"] == [{"id": "night", "name": "night"}]


def test_no_request_is_sent(committed: Desk) -> None:
    committed.project.define(prompt="Be very kind.")
    assert committed.run("diff", "HEAD").code == 0
    assert committed.service.requests == []


def test_a_file_that_was_moved_is_the_same_definition(committed: Desk) -> None:
    (committed.root / "assistants/hotel").mkdir()
    (committed.root / "assistants/night.yaml").rename(
        committed.root / "assistants/hotel/night.yaml"
    )
    found = committed.run("diff", "HEAD", "--format", "json").json
    assert {a["key"]: a["action"] for a in found["actions"]} == {
        "front-desk": "unchanged",
        "hotel/night": "unchanged",
    }
    assert found["unmanaged"] == []


def test_one_that_was_renamed_is_the_same_definition(committed: Desk) -> None:
    committed.project.define("night", name="late", prompt="Be quiet.")
    found = committed.run("diff", "HEAD", "--format", "json").json
    (changed,) = [action for action in found["actions"] if action["key"] == "night"]
    assert [(c["path"], c["before"], c["after"]) for c in changed["changes"]] == [
        ("name", "night", "late")
    ]
    assert found["unmanaged"] == []


def test_secrets_stay_hidden_on_both_sides(committed: Desk) -> None:
    """A definition holds none: both are shown as they are written, whatever is set."""
    committed.project.define(prompt="Be ${secret.MOOD}, $${secret.KIND}.")
    git(committed, "commit", "-qam", "A mood")
    committed.env["REVOX_SECRET_MOOD"] = "k1nd-and-brief"
    committed.project.define(prompt="Be ${secret.MOOD}, ${secret.KIND}.")
    result = committed.run("diff", "HEAD", "--format", "json")
    assert result.code == 0, result.said
    action = next(a for a in result.json["actions"] if a["key"] == "front-desk")
    (change,) = (c for c in action["changes"] if c["path"] == "prompt")
    assert change["before"] == "Be ${secret.MOOD}, $${secret.KIND}."
    assert change["after"] == "Be ${secret.MOOD}, ${secret.KIND}."
    assert "k1nd-and-brief" not in result.said


def test_an_unknown_commit_is_wrong_usage(committed: Desk) -> None:
    result = committed.run("diff", "no-such-branch")
    assert result.code == 64
    assert "no commit 'no-such-branch'" in result.err


def test_what_is_no_longer_stated_is_told_as_a_plan_tells_it(committed: Desk) -> None:
    """With ``absent: reset`` it goes back to its resting value, and is not left to the account."""
    committed.project.write("revox-sync.yaml", "absent: reset\n")
    committed.project.define(prompt="Be kind.")
    action = committed.run("diff", "HEAD", "front-desk", "--format", "json").json["actions"][0]
    assert [(c["path"], c["before"], c["after"]) for c in action["changes"]] == [
        ("voicemail_message", "Call back.", None)
    ]
    assert action["notes"] == []
    page = committed.run("diff", "HEAD", "--format", "markdown").out
    assert "left to the account" not in page
    assert "voicemail_message" in page
