"""Two runs at once may make the same assistant twice; then neither says that all is well."""

from __future__ import annotations

import re
import shutil

from support.cli import start
from support.desk import SETTLE, Desk

PROMPT = "You are front-desk. Be kind."


def test_a_twin_that_another_run_made_is_named_with_both_ids(desk: Desk) -> None:
    desk.service.on("POST", edit=lambda: desk.service.add("front-desk", PROMPT))
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert "there are 2 assistants of its name now" in result.out
    assert "1 failed" in result.out
    for identity in desk.service.assistants:
        assert identity in result.out


def test_a_twin_does_not_spoil_the_others(desk: Desk) -> None:
    desk.service.on("POST", edit=lambda: desk.service.add("a", "Another."))
    desk.project.define("a")
    desk.project.define("b")
    result = desk.apply("--parallelism", "1")
    assert "Apply: 1 done, 1 failed, 0 refused, 0 skipped, 0 unknown." in result.out


def test_what_a_later_list_of_the_run_shows_is_not_made_again(desk: Desk) -> None:
    """The answer to the first POST is lost, so the account is listed: it shows the second one."""
    desk.service.on("POST", drop="after", edit=lambda: desk.service.add("b", "Another."))
    desk.project.define("a")
    desk.project.define("b")
    result = desk.apply("--parallelism", "1")
    assert "Apply: 1 done, 0 failed, 1 refused, 0 skipped, 0 unknown." in result.out
    assert sorted(str(found["name"]) for found in desk.service.assistants.values()) == ["a", "b"]


def test_the_run_after_names_the_twins_again(desk: Desk) -> None:
    desk.service.on("POST", edit=lambda: desk.service.add("front-desk", PROMPT))
    desk.project.define()
    desk.apply()
    result = desk.run("plan")
    assert result.code == 3
    for identity in desk.service.assistants:
        assert identity in result.out


def test_of_two_runs_in_two_clones_at_least_one_says_so(desk: Desk) -> None:
    desk.project.define()
    clone = desk.root.with_name("clone")
    shutil.copytree(desk.root, clone)

    def both() -> None:
        desk.service.wait_until(lambda: len(desk.service.sent("POST")) == len(runs))

    desk.service.on("POST", times=None, edit=both)
    apply = ("apply", "--auto-approve", "--settle", SETTLE)
    runs = [start(*apply, env=desk.env, cwd=folder) for folder in (desk.root, clone)]
    told = [run.communicate(timeout=20)[0] for run in runs]
    assert len(desk.service.assistants) == 2
    codes = [run.returncode for run in runs]
    assert 4 in codes
    for identity in desk.service.assistants:
        assert identity in told[codes.index(4)]


def test_a_run_that_cannot_see_in_the_end_whether_there_are_twins_is_not_green(desk: Desk) -> None:
    desk.service.on("GET", nth=3, times=None, status=400, body={"error": "not now"})
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert re.search("whether the account shows it could not be checked: .*not now", result.out)


def test_assistants_of_one_name_that_were_not_made_here_are_no_twins(desk: Desk) -> None:
    desk.service.add("Elsewhere", "Once.")
    desk.service.add("Elsewhere", "Twice.")
    desk.project.define()
    assert desk.apply().code == 0
