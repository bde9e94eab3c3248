"""What a run leaves on disk: what every assistant was before, and a line per request."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from typing import Any

import pytest
from support.desk import Desk, MakeDesk

from revox_sync.history.journal import KEPT_RUNS

no_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")

GIT = shutil.which("git") or "git"
ITEM = {"question": "Dogs?", "answer": "Yes."}


def a_change(desk: Desk, key: str = "front-desk", **fields: Any) -> str:
    """Put an assistant there that differs from its definition; return its id."""
    identity = desk.service.add(key, prompt=f"{key} as it was.", **fields)
    desk.project.define(key, prompt=f"{key} as it shall be.")
    return identity


def test_the_snapshot_is_the_whole_assistant_unknown_members_included(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(extra_members=True)
    identity = a_change(desk, sms_template="Hello.", faq_items=[ITEM])
    before = dict(desk.service.assistants[identity])
    desk.apply()
    kept = desk.records[-1].snapshots["front-desk"]["remote"]
    assert kept["launched_on_the_moon"] == {"since": None, "crew": [1, 2]}
    assert before.keys() <= kept.keys()
    assert kept["sms_template"] == "Hello."
    assert kept["faq_items"][0]["question"] == "Dogs?"


def test_urls_that_this_version_does_not_know_lose_their_credentials(desk: Desk) -> None:
    url = "https://user:hunter2@h.example.com/a?token=hunter2"
    identity = a_change(desk, voice={"id": "v", "provider": "cartesia"})
    held = desk.service.assistants[identity]
    held |= {
        "callback": url,
        "later": {"hooks": [{"to": url}], "base_url": "h.example.com/?hunter2"},
        "note": "ask at https://h.example.com/?a=1 first",
    }
    held["voice"]["fallback"] = url
    assert desk.apply().code == 0
    kept = desk.records[-1].snapshots["front-desk"]["remote"]
    masked = "https://(sensitive)@h.example.com/a?token=(sensitive)"
    assert kept["callback"] == kept["voice"]["fallback"] == masked
    assert kept["later"] == {"hooks": [{"to": masked}], "base_url": "h.example.com/?(sensitive)"}
    assert kept["note"] == held["note"]


def test_the_snapshot_is_what_was_there_at_the_write_not_at_the_plan(desk: Desk) -> None:
    identity = a_change(desk)
    desk.service.on(
        "GET", "/assistants/*", edit=lambda: desk.service.edit(identity, sms_template="Just now.")
    )
    assert desk.apply().code == 0
    kept = desk.records[-1].snapshots["front-desk"]["remote"]
    assert kept["sms_template"] == "Just now."


def test_the_snapshot_keeps_the_open_questions_that_a_replace_drops(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[])
    assert desk.apply("--drop-open-questions").code == 0
    kept = desk.records[-1].snapshots["front-desk"]["remote"]["faq_items"]
    assert [item["question"] for item in kept if item["needs_human_answer"]] == ["Is there a pool?"]


def test_a_faq_that_only_the_list_tells_is_in_the_snapshot(desk_with: MakeDesk) -> None:
    desk = desk_with(retrieve_has_faq=False)
    desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="As it shall be.")
    assert desk.apply().code == 0
    kept = desk.records[-1].snapshots["front-desk"]["remote"]["faq_items"]
    assert [item["question"] for item in kept] == ["Dogs?"]


def test_who_made_an_assistant_is_not_kept(desk: Desk) -> None:
    identity = a_change(desk)
    author = {"id": "u1", "email": "ada@lumiere.example", "first_name": "Ada"}
    desk.service.edit(identity, created_by=author)
    desk.apply()
    kept = desk.records[-1].snapshots["front-desk"]["remote"]
    assert "created_by" not in kept
    assert all(b"ada@lumiere" not in content for content in desk.project.files().values())


def test_a_journal_tells_every_request_and_outcome_without_values(desk: Desk) -> None:
    identity = a_change(desk)
    desk.project.define("newcomer")
    assert desk.apply().code == 0
    record = desk.records[-1]
    assert record.events("front-desk") == ["sending", "outcome done"]
    assert record.events("newcomer") == ["sending", "created", "outcome done"]
    (sending,) = [line for line in record.journal if line.get("method") == "PATCH"]
    assert (sending["id"], sending["fields"]) == (identity, ["prompt"])
    assert "shall be" not in (record.folder / "journal.jsonl").read_text()


def test_a_failure_is_in_the_journal(desk: Desk) -> None:
    desk.service.on("POST", status=422, body={"error": "too funny: You are front-desk"})
    desk.project.define()
    desk.apply()
    assert desk.records[-1].events() == ["sending", "outcome failed"]
    assert "too funny" not in (desk.records[-1].folder / "journal.jsonl").read_text()


def test_the_record_names_the_account_and_never_the_key(desk: Desk) -> None:
    a_change(desk)
    desk.apply()
    header = desk.records[-1].header
    assert header["base_url"] == desk.service.base_url
    assert header["organization_id"] == "org_lumiere"


@no_modes
def test_only_the_owner_may_read_a_record(desk: Desk) -> None:
    a_change(desk)
    desk.apply()
    for path in desk.records[-1].folder.rglob("*"):
        allowed = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) & ~allowed == 0, path


def test_git_sees_nothing_of_the_records(desk: Desk) -> None:
    a_change(desk)
    subprocess.run([GIT, "init", "-q"], cwd=desk.root, check=True)
    desk.apply()
    said = subprocess.run(
        [GIT, "status", "--porcelain", "-uall"],
        cwd=desk.root,
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout == "?? assistants/front-desk.yaml\n"


@pytest.mark.parametrize("command", ["plan", "drift", "validate", "apply"])
def test_a_command_that_writes_nothing_leaves_no_record(desk: Desk, command: str) -> None:
    a_change(desk)
    desk.run(command)
    assert desk.records == []


def test_nothing_to_do_leaves_no_record(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.")
    assert desk.apply().code == 0
    assert desk.records == []


def test_keys_that_look_alike_as_file_names_keep_their_own_snapshots(desk: Desk) -> None:
    keys = ["sales/desk", "sales-desk", "sales%desk", "sales desk", "été", "a" * 120, "a" * 121]
    for key in keys:
        a_change(desk, key)
    assert desk.apply().code == 0
    snapshots = desk.records[-1].snapshots
    assert set(snapshots) == set(keys)
    for key in keys:
        assert snapshots[key]["remote"]["prompt"] == f"{key} as it was."


def test_old_runs_are_deleted_by_count_oldest_first(desk: Desk) -> None:
    for number in range(1, KEPT_RUNS + 3):
        desk.project.write(f".revox-sync/runs/{number:06}-20200101T000000Z/run.json", "{}")
    desk.project.write(".revox-sync/runs/notes/by-hand.txt", "mine")
    a_change(desk)
    assert desk.apply().code == 0
    names = [record.name for record in desk.records if record.name != "notes"]
    assert len(names) == KEPT_RUNS
    assert names[0].startswith("000004-")
    assert names[-1].startswith(f"{KEPT_RUNS + 3:06}-")
    assert (desk.root / ".revox-sync/runs/notes/by-hand.txt").exists()


def test_a_clock_that_jumped_does_not_change_the_order_of_runs(desk: Desk) -> None:
    desk.project.write(".revox-sync/runs/000007-20990101T000000Z/run.json", "{}")
    a_change(desk)
    assert desk.apply().code == 0
    assert desk.records[-1].name.startswith("000008-")
    assert desk.rollback().code == 0
