"""What `pull` puts on the disk: readable names, nothing overwritten, all of it or nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support.desk import Desk

LONG = "".join(f"{number}. Be kind.\n" for number in range(1, 9))


def names(desk: Desk) -> list[str]:
    return [path.removeprefix("assistants/") for path in desk.project.files()]


def folders(desk: Desk) -> set[str]:
    """Return everything in the project, so that nothing is left behind unseen."""
    return {path.relative_to(desk.root).as_posix() for path in desk.root.rglob("*")}


def test_names_can_be_read_and_never_clash(desk: Desk) -> None:
    for name in ("Hôtel Lumière", "HOTEL LUMIERE", "🏨", "🐕🐕", "a/../b", "é" * 300, "É" * 300):
        desk.service.add(name)
    assert desk.run("pull").code == 0
    assert sorted(names(desk)) == sorted(
        (
            *("hotel-lumiere.yaml", "hotel-lumiere-2.yaml", "assistant.yaml", "assistant-2.yaml"),
            *("a-b.yaml", f"{'e' * 60}.yaml", f"{'e' * 60}-2.yaml"),
        )
    )
    assert desk.settled()


def test_the_same_account_gives_the_same_files_in_whatever_order_it_lists(desk: Desk) -> None:
    for name in ("Desk", "DESK", "desk"):
        desk.service.add(name)
    desk.run("pull")
    before = desk.project.files()
    for path in before:
        (desk.root / path).unlink()
    desk.service.assistants = dict(reversed(desk.service.assistants.items()))
    desk.run("pull")
    assert desk.project.files() == before


@pytest.mark.parametrize(
    "taken", ["Front-Desk.yml", "front-desk.YAML", "front-desk/a.txt", "prompts/front-desk.md"]
)
def test_what_is_in_the_way_stays_and_another_name_is_taken(desk: Desk, taken: str) -> None:
    desk.service.add("Front desk", prompt=LONG)
    path = desk.project.write(f"assistants/{taken}", "name: Taken\nprompt: Be brief.\n")
    desk.run("pull", "--prompts")
    assert path.read_text() == "name: Taken\nprompt: Be brief.\n"
    assert "front-desk-2.yaml" in names(desk)


def test_long_prompts_lie_apart_by_option(desk: Desk) -> None:
    desk.service.add("Front desk", prompt=LONG + "Never say ${x}.\r\n")
    desk.service.add("Night desk", prompt="Be kind.\nBe brief.\n")
    assert desk.run("pull", "--prompts").code == 0
    assert names(desk) == ["front-desk.yaml", "night-desk.yaml", "prompts/front-desk.md"]
    files = desk.project.files()
    assert b"prompt: {file: prompts/front-desk.md}\n" in files["assistants/front-desk.yaml"]
    assert files["assistants/prompts/front-desk.md"].decode() == LONG + "Never say $${x}.\n\n"
    assert b"prompt: |\n  Be kind.\n" in files["assistants/night-desk.yaml"]
    assert desk.settled()
    assert desk.run("pull", "--check", "--prompts").code == 0


@pytest.mark.parametrize("prompt", ["\ufeff" + LONG, LONG + "\x07"], ids=["mark", "bell"])
def test_a_prompt_that_no_text_file_should_hold_stays(desk: Desk, prompt: str) -> None:
    desk.service.add("Front desk", prompt=prompt)
    assert desk.run("pull", "--prompts").code == 0
    assert names(desk) == ["front-desk.yaml"]
    assert desk.settled()


def test_check_writes_nothing_and_tells_by_its_exit_code(desk: Desk) -> None:
    (desk.root / "assistants").rmdir()
    desk.project.write("revox-sync.yaml", "defaults: {max_call_duration_secs: 600}\n")
    desk.service.add("Front desk", prompt=LONG)
    before = folders(desk)
    result = desk.run("pull", "--check", "--prompts")
    assert result.code == 2
    assert result.out.startswith("assistants/front-desk.yaml: Front desk (")
    assert "1 definition would be written" in result.out
    assert folders(desk) == before
    assert desk.run("pull", "--prompts").code == 0
    assert desk.run("pull", "--check", "--prompts").code == 0


def test_a_second_pull_changes_no_byte(desk: Desk) -> None:
    desk.service.add("Front desk", prompt=LONG)
    desk.run("pull", "--prompts")
    before = {path: (desk.root / path).stat().st_mtime_ns for path in desk.project.files()}
    assert desk.run("pull", "--prompts").code == 0
    assert {path: (desk.root / path).stat().st_mtime_ns for path in desk.project.files()} == before


def test_no_trace_is_left_of_the_writing(desk: Desk) -> None:
    desk.service.add("Front desk", prompt=LONG)
    desk.run("pull", "--prompts")
    assert folders(desk) == {
        "assistants",
        "assistants/front-desk.yaml",
        "assistants/prompts",
        "assistants/prompts/front-desk.md",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
@pytest.mark.parametrize("begun", [True, False])
def test_a_disk_that_is_full_half_way_leaves_everything_as_it_was(desk: Desk, begun: bool) -> None:
    if not begun:
        (desk.root / "assistants").rmdir()
    for name in ("a small one", "another small one", "the last, large one"):
        desk.service.add(name, prompt="x" * (9000 if "large" in name else 10))
    before = folders(desk)
    result = desk.execute_within(5000, "pull")
    assert result.code == 1
    assert "nothing was written" in result.err
    assert "File too large" in result.err
    assert folders(desk) == before
    assert desk.run("pull").code == 0
    assert len(names(desk)) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_files_that_cannot_all_be_put_in_place_leave_none(desk: Desk) -> None:
    """The folder of the prompts takes no file, which shows when the first is there already."""
    if os.geteuid() == 0:
        blocked = desk.project.write("assistants/prompts", "a file where a folder should be\n")
    else:
        blocked = desk.root / "assistants/prompts"
        blocked.mkdir(mode=0o500)
    for name in ("Front desk", "Night desk"):
        desk.service.add(name, prompt=LONG if name == "Night desk" else "Be kind.")
    before = folders(desk)
    result = desk.run("pull", "--prompts")
    assert result.code == 1
    assert "nothing was written" in result.err
    assert folders(desk) == before
    assert blocked.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows needs a right to make links")
def test_a_folder_outside_the_project_takes_no_definition(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (desk.root / "assistants").rmdir()
    (desk.root / "assistants").symlink_to(outside)
    desk.service.add("Front desk")
    assert desk.run("pull").code == 1
    assert list(outside.iterdir()) == []
