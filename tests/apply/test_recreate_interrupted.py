"""A recreate is killed, interrupted, or meets another run: one of the two serves all the same."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
from support.cli import Process
from support.desk import SETTLE, Desk
from support.project import Project
from support.record import RUNS
from support.renewal import FAQ, Renewal

pytestmark = pytest.mark.usefixtures("hurried")

by_signal = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no signal to one process"
)


def kill_at(
    story: Renewal, method: str, nth: int, acts: Literal["before", "after"], *options: str
) -> None:
    """Kill an apply at a request, before or after the service acts."""
    process: Process
    killed: list[int] = []

    def kill() -> None:
        process.kill()
        killed.append(process.pid)

    story.service.on(method, nth=nth, edit=kill, drop=acts)
    process = story.desk.start("apply", "--auto-approve", *options)
    process.communicate(timeout=20)
    assert killed
    assert process.returncode != 0


@pytest.mark.parametrize(
    ("method", "nth", "acts"),
    [
        ("POST", 1, "before"),
        ("POST", 1, "after"),
        ("PATCH", 2, "after"),
        ("DELETE", 1, "after"),
    ],
)
def test_a_killed_run_is_finished_by_the_next(
    desk: Desk, method: str, nth: int, acts: Literal["before", "after"]
) -> None:
    story = Renewal(desk)
    kill_at(story, method, nth, acts)
    story.assert_in_service()
    assert story.apply_again().code == 0
    assert len(desk.service.sent("POST")) == (2 if (method, acts) == ("POST", "before") else 1)
    story.assert_replaced()


def test_a_run_that_was_killed_between_the_file_and_the_delete_is_finished(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.define(**story.stated, sync={"id": story.old})
    kill_at(story, "DELETE", 1, "before", "--rebind")
    assert story.new in (desk.root / "assistants/front-desk.yaml").read_text()
    story.assert_in_service()
    assert story.apply_again().code == 0
    story.assert_replaced()


def test_a_rename_that_was_killed_after_its_post_is_finished(desk: Desk) -> None:
    story = Renewal(desk)
    renamed: dict[str, Any] = {"name": "Reception", "sync": {"renamed_from": "front-desk"}}
    desk.project.define(**story.stated, **renamed)
    desk.service.on("POST", drop="after")
    desk.service.on("GET", "/assistants", nth=3, times=None, status=500, headers=AT_ONCE)
    assert desk.apply().code == 4
    assert story.apply_again().code == 0
    (new,) = desk.service.assistants
    assert desk.service.assistants[new]["name"] == "Reception"
    assert set(desk.service.answered().values()) == {new}
    assert desk.settled()


AT_ONCE = {"retry-after": "0"}


@pytest.mark.parametrize("retire", ["delete", "keep"])
def test_a_rename_that_was_cut_short_elsewhere_is_seen_by_its_earlier_name(
    desk: Desk, retire: str
) -> None:
    story = Renewal(desk, retire)
    renamed: dict[str, Any] = {"name": "Reception", "sync": {"renamed_from": "front-desk"}}
    desk.project.define(**story.stated, **renamed)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    story.forget()
    result = story.apply_again()
    if retire == "delete":
        assert result.code == 3
        assert f"{story.old} still has its earlier name, front-desk, beside {story.new}" in (
            result.out
        )
        assert f"--finish-recreate {story.old}`" in result.out
        result = desk.apply("front-desk", "--finish-recreate", story.old)
    assert result.code == 0
    assert set(desk.service.answered().values()) == {[*desk.service.assistants][-1]}
    assert len(desk.service.assistants) == (1 if retire == "delete" else 2)
    assert desk.settled()


def test_a_rename_of_which_only_the_delete_is_left_is_seen_too(desk: Desk) -> None:
    story = Renewal(desk)
    renamed: dict[str, Any] = {"name": "Reception", "sync": {"renamed_from": "front-desk"}}
    desk.project.define(**story.stated, **renamed)
    desk.service.on("DELETE", status=403)
    assert desk.apply().code == 4
    story.forget()
    assert f"{story.old} still has its earlier name" in desk.action()["refused"]
    assert desk.apply("--finish-recreate", story.old).code == 0
    assert story.old not in desk.service.assistants
    assert desk.settled()


def test_what_is_left_of_a_definition_that_is_gone_is_unmanaged(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    desk.project.remove("front-desk")
    plan = desk.plan()
    assert {found["id"] for found in plan["unmanaged"]} == {story.old, story.new}
    assert desk.apply().code == 0
    story.assert_in_service()


def test_a_post_that_was_refused_began_nothing(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("POST", status=400)
    assert desk.apply().code == 4
    twin = desk.service.add(**{**story.wanted, "faq_items": FAQ})
    why = desk.action()["refused"]
    assert "2 assistants of the account have its name" in why
    assert twin in why


def test_what_another_definition_is_bound_to_is_not_what_a_lost_post_made(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("POST", drop="before")
    assert desk.apply().code == 4
    other = desk.service.add("front-desk", "Be kind.")
    desk.project.define("other", prompt="Be kind.", name="Other", sync={"id": other})
    actions = {action["key"]: action for action in desk.plan("--rebind")["actions"]}
    assert actions["front-desk"]["id"] == story.old
    assert actions["front-desk"]["recreate"]["new_id"] is None
    assert actions["other"]["id"] == other


@by_signal
def test_ctrl_c_finishes_the_recreate_that_is_under_way(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.add("night", "Be kind.")
    desk.project.define("night", prompt="Be brief.")
    process: Process
    desk.service.on("PATCH", edit=lambda: process.send_signal(signal.SIGINT), delay=20)
    process = desk.start("apply", "--auto-approve", "--parallelism", "1")
    assert process.stderr is not None
    assert "stopping when the requests under way have ended" in process.stderr.readline()
    desk.service.closing.set()  # what waits is answered
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Apply: 1 done, 0 failed, 0 refused, 1 skipped, 0 unknown." in out
    assert story.old not in desk.service.assistants
    assert story.apply_again().code == 0
    assert desk.settled()


@by_signal
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_ctrl_c_twice_abandons_it_and_a_rerun_ends_it(desk: Desk, method: str) -> None:
    story = Renewal(desk)
    desk.service.on(method, delay=20)
    process = desk.start("apply", "--auto-approve")
    desk.service.wait_until(lambda: any(sent.method == method for sent in desk.service.writes))
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "stopping when the requests under way have ended" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "1 unknown" in out
    desk.service.closing.set()  # what waited is carried out now
    desk.service.wait_until(lambda: desk.service.under_way == 0)
    desk.service.closing.clear()
    story.assert_in_service()
    assert story.apply_again().code == 0
    story.assert_replaced()


@pytest.mark.parametrize("moment", ["POST", "PATCH", "DELETE"])
def test_a_record_that_cannot_be_written_on_keeps_one_of_them_in_service(
    desk: Desk, moment: str
) -> None:
    story = Renewal(desk)
    desk.service.on(moment, edit=lambda: shutil.rmtree(desk.root / RUNS))
    result = desk.apply()
    story.assert_in_service()
    if moment == "DELETE":
        assert result.code == 0
    else:
        assert result.code == 4
        assert "it cannot be recorded" in result.out
        assert "nothing was sent" not in result.out
        assert desk.apply("--finish-recreate", story.old).code == 0
    story.assert_replaced()


def test_several_are_recreated_at_once_and_one_that_fails_stops_no_other(desk: Desk) -> None:
    story = Renewal(desk)
    keys = [f"desk-{n}" for n in range(8)]
    for n, key in enumerate(keys):
        desk.service.dial(f"+331234567{n + 10}", desk.service.add(key, "Be kind."))
        desk.project.define(key, prompt="Be brief.")
    desk.service.on("POST", times=None, delay=0.02)
    desk.service.on("PATCH", "/phone-numbers/pn15", status=405)
    result = desk.apply()
    assert "8 done, 1 failed" in result.out
    assert story.apply_again().code == 0
    assert len(desk.service.assistants) == len(keys) + 1
    assert {found["prompt"] for found in desk.service.assistants.values()} == {"Be brief."}
    assert {*desk.service.answered().values()} == {*desk.service.assistants}
    assert desk.settled()


# Runs on two machines, which no lock keeps apart.


def elsewhere(desk: Desk, folder: Path) -> Desk:
    """Return the same project on another machine."""
    shutil.copytree(desk.root, folder, ignore=shutil.ignore_patterns(".revox-sync"))
    return Desk(Project(folder), desk.service)


@pytest.mark.usefixtures("waits_take_no_time")
def test_a_run_elsewhere_at_the_same_time_leaves_one_of_them_in_service(
    desk: Desk, tmp_path: Path
) -> None:
    story = Renewal(desk)
    other = elsewhere(desk, tmp_path / "elsewhere")
    codes: list[int] = []

    def run_elsewhere() -> None:
        codes.append(other.execute("apply", "--auto-approve", "--settle", SETTLE).code)

    desk.service.on("POST", edit=run_elsewhere)
    result = desk.apply()
    assert codes == [0]
    assert result.code == 4
    assert all(identity in result.out for identity in desk.service.assistants)
    assert len(desk.service.assistants) == 2
    (serving,) = set(desk.service.answered().values())
    assert serving in desk.service.assistants
    again = desk.apply()
    assert again.code == 3
    assert all(identity in again.out for identity in desk.service.assistants)
    (left,) = {*desk.service.assistants} - {serving}
    desk.service.delete(left)
    assert desk.apply().code == 0
    story.assert_replaced()


def test_a_run_elsewhere_that_finds_one_half_way_is_refused(desk: Desk, tmp_path: Path) -> None:
    story = Renewal(desk)
    other = elsewhere(desk, tmp_path / "elsewhere")
    found: list[tuple[int, str]] = []

    def run_elsewhere() -> None:
        result = other.execute("apply", "--auto-approve", "--settle", SETTLE)
        found.append((result.code, result.out))

    desk.service.on("PATCH", edit=run_elsewhere)
    assert desk.apply().code == 0
    ((code, out),) = found
    assert code == 3
    assert f"--finish-recreate {story.old}`" in out
    story.assert_replaced()


@pytest.mark.parametrize("renamed", [False, True], ids=["edited", "renamed"])
@pytest.mark.parametrize("left", ["the numbers", "its answer"])
def test_one_that_was_left_half_way_gives_way_to_a_later_one_from_elsewhere(
    desk: Desk, tmp_path: Path, left: str, renamed: bool
) -> None:
    """With `retire: keep` another machine may go on, since the newest is the current one."""
    story = Renewal(desk, "keep")
    other = elsewhere(desk, tmp_path / "elsewhere")
    if left == "the numbers":
        desk.service.on("PATCH", status=405)
        assert desk.apply().code == 4
    else:
        kill_at(story, "POST", 1, "after")
    desk.service.calm()
    more: dict[str, Any] = {}
    if renamed:
        more = {"name": "Reception", "sync": {"renamed_from": "front-desk"}}
    for machine in (other, desk):
        machine.project.define(prompt="Be quick.", **more)
    assert other.apply().code == 0
    newest = [*desk.service.assistants][-1]
    assert len(desk.service.assistants) == 3
    assert set(desk.service.answered().values()) == {newest}
    assert desk.settled()
    desk.project.define(prompt="Be glad.", **more)
    assert desk.apply().code == 0
    newest = [*desk.service.assistants][-1]
    assert desk.service.assistants[newest]["prompt"] == "Be glad."
    assert set(desk.service.answered().values()) == {newest}
    assert len(desk.service.assistants) == 4
    assert desk.settled()


@pytest.mark.parametrize("retire", ["keep", "delete"])
def test_of_several_that_runs_left_half_way_the_newest_takes_over_where_old_ones_are_kept(
    desk: Desk, retire: str
) -> None:
    story = Renewal(desk, retire)
    desk.project.define(**story.stated, sync={"id": story.old})
    kill_at(story, "POST", 1, "after", "--rebind")
    first = story.new
    desk.service.create({**story.held(first), "faq_items": FAQ})
    newest = [*desk.service.assistants][-1]
    desk.service.calm()
    result = desk.apply("--rebind")
    if retire == "delete":
        assert result.code == 3
        assert f"{first}, {newest} have the same name as {story.old}" in result.out
        return
    assert result.code == 0
    assert newest in (desk.root / "assistants/front-desk.yaml").read_text()
    assert set(desk.service.answered().values()) == {newest}
    assert desk.settled()
