"""One comment on a pull request, one issue: found again, kept up to date, never twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from publishing import EARLIER, MARKER, PLAN, Step, publishing
from support.desk import Desk
from support.github import ADA, EVE, PERSON

from revox_sync.render.markdown import marker_of


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Step]:
    with publishing(tmp_path) as step:
        yield step


def test_the_first_comment_is_created_and_its_url_is_the_result(step: Step) -> None:
    step.github.comment("Looks good to me.", user=EVE)
    result = step.comment()
    assert (result.code, result.err) == (0, "comment: created\n")
    assert result.out == step.github.comments[1][1]["html_url"] + "\n"
    assert step.bodies == ["Looks good to me.", PLAN]


def test_the_next_run_updates_it(step: Step) -> None:
    step.say(EARLIER)
    first = step.comment()
    step.say(PLAN)
    second = step.comment()
    assert (second.code, second.err) == (0, "comment: updated\n")
    assert second.out == first.out
    assert step.bodies == [PLAN]


def test_what_it_says_already_is_not_written_again(step: Step) -> None:
    step.github.comment(PLAN.replace("\n", "\r\n").rstrip())
    result = step.comment()
    assert (result.code, result.err) == (0, "comment: unchanged\n")
    assert result.out == step.github.comments[1][0]["html_url"] + "\n"
    assert step.github.writes == []


def test_it_is_found_on_whatever_page_it_is(step: Step) -> None:
    for number in range(250):
        step.github.comment(f"Comment {number}", user=EVE)
    step.github.comment(EARLIER)
    step.comment()
    assert step.bodies[250:] == [PLAN]
    pages = [one for one in step.github.received if one.path == "/issues/1/comments"]
    assert [one.query["per_page"] for one in pages] == [["100"]] * 3


def test_a_longer_first_line_is_another_marker(step: Step) -> None:
    step.github.comment(PLAN.replace(MARKER, f"{MARKER} {MARKER}"))
    step.comment()
    assert len(step.bodies) == 2


def test_of_two_the_older_is_updated_and_none_deleted(step: Step) -> None:
    older = step.github.comment(EARLIER)
    younger = step.github.comment(EARLIER)
    result = step.comment()
    assert result.code == 0
    assert result.out == older["html_url"] + "\n"
    assert step.bodies == [PLAN, EARLIER]
    assert f"left alone; delete all but the oldest: {younger['html_url']}" in result.err


def test_a_comment_that_somebody_else_began_with_the_marker_is_not_ours(step: Step) -> None:
    step.github.comment(EARLIER, user=EVE)
    step.comment()
    assert step.bodies == [EARLIER, PLAN]


def test_with_a_persons_token_the_comment_is_that_persons(step: Step) -> None:
    step.env = step.github.env(PERSON)
    step.github.comment(EARLIER)
    step.github.comment(EARLIER, user=EVE)
    step.github.comment(EARLIER, user=ADA)
    step.comment()
    assert step.bodies == [EARLIER, EARLIER, PLAN]


@pytest.mark.parametrize("first", ["## Plan", "<!-- a --> b -->", "<!-- <b> -->", "<!--  -->", ""])
def test_a_text_that_does_not_begin_with_a_marker_is_refused(step: Step, first: str) -> None:
    step.say(f"{first}\nAll is well.\n")
    result = step.comment()
    assert result.code == 1
    assert "cannot be found again: its first line is no marker" in result.err
    assert step.github.received == []


def test_what_a_windows_shell_puts_before_the_text_is_not_part_of_it(step: Step) -> None:
    step.say(f"\ufeff{PLAN}".replace("\n", "\r\n"))
    assert step.comment().code == 0
    assert step.bodies == [PLAN]


def test_as_much_is_sent_as_github_takes_and_no_more(step: Step) -> None:
    step.say(MARKER + "\n" + "é" * (65536 - len(MARKER) - 1))
    assert step.comment().code == 0
    step.say(MARKER + "\n" + "é" * (65536 - len(MARKER)))
    result = step.comment()
    assert result.code == 1
    assert "65,537 characters, and GitHub takes 65,536" in result.err
    assert len(step.github.writes) == 1


def test_the_pull_request_is_the_one_that_the_workflow_runs_for(step: Step) -> None:
    step.github.comments[17] = []
    event = step.folder / "event.json"
    event.write_text(json.dumps({"action": "opened", "pull_request": {"number": 17}}))
    step.env["GITHUB_EVENT_PATH"] = str(event)
    assert step.comment().code == 0
    assert len(step.github.comments[17]) == 1


@pytest.mark.parametrize(
    "event",
    ['{"ref": "refs/heads/main"}', '{"pull_request": 7}', "[]", "{", "[" * 100_000],
    ids=["a push", "a number", "a list", "cut", "deep"],
)
def test_a_workflow_for_no_pull_request_needs_a_number(step: Step, event: str) -> None:
    (step.folder / "event.json").write_text(event)
    step.env["GITHUB_EVENT_PATH"] = str(step.folder / "event.json")
    result = step.comment()
    assert result.code == 64
    assert "--pr N" in result.err


def test_an_issue_is_opened_with_its_label(step: Step) -> None:
    result = step.issue()
    assert (result.code, result.err) == (0, "issue: created\n")
    (issue,) = step.github.open_issues
    assert result.out == issue["html_url"] + "\n"
    assert (issue["title"], issue["body"]) == ("Drift", PLAN)
    assert issue["labels"] == [{"name": "drift"}]


def test_the_open_issue_is_updated(step: Step) -> None:
    step.issue()
    step.say(EARLIER)
    assert step.issue().err == "issue: updated\n"
    assert step.issue().err == "issue: unchanged\n"
    (issue,) = step.github.open_issues
    assert issue["body"] == EARLIER


def test_a_new_title_is_set(step: Step) -> None:
    step.github.issue(PLAN, title="Drift, but earlier")
    assert step.issue().err == "issue: updated\n"
    assert [issue["title"] for issue in step.github.open_issues] == ["Drift"]


def test_the_issue_is_closed_when_all_is_well_and_opened_anew_after(step: Step) -> None:
    step.issue()
    result = step.issue("closed")
    assert (result.code, result.err) == (0, "issue: closed\n")
    (issue,) = step.github.issues.values()
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert result.out == issue["html_url"] + "\n"
    assert len(step.github.comments[issue["number"]]) == 1
    assert step.issue().err == "issue: created\n"
    assert len(step.github.issues) == 2


def test_with_no_open_issue_there_is_nothing_to_close(step: Step) -> None:
    result = step.issue("closed")
    assert (result.code, result.out, result.err) == (0, "", "issue: nothing to close\n")
    assert step.github.writes == []


def test_issues_of_others_and_other_issues_stay_as_they_are(step: Step) -> None:
    step.github.issue(PLAN, user=EVE)
    step.github.issue(PLAN.replace("default", "staging"))
    step.github.issue(PLAN, labels=["question"])
    step.github.issue(PLAN, pull_request={"url": "somewhere"})
    assert step.issue("closed").err == "issue: nothing to close\n"
    assert step.issue().err == "issue: created\n"
    assert len(step.github.issues) == 5


def test_of_two_issues_the_older_is_updated_and_both_are_closed(step: Step) -> None:
    older = step.github.issue(EARLIER)
    younger = step.github.issue(EARLIER)
    assert step.issue().out == older["html_url"] + "\n"
    assert (older["body"], younger["body"]) == (PLAN, EARLIER)
    step.issue("closed")
    assert step.github.open_issues == []


def test_an_issue_is_found_among_hundreds(step: Step) -> None:
    ours = step.github.issue(EARLIER)
    for _ in range(150):
        step.github.issue("Another", user=EVE)
    assert step.issue().out == ours["html_url"] + "\n"
    assert ours["body"] == PLAN


def test_a_label_is_sent_as_it_is(step: Step) -> None:
    for _ in range(2):
        assert step.issue("open", "--label", "drift & co/50%").code == 0
    (issue,) = step.github.open_issues
    assert issue["labels"] == [{"name": "drift & co/50%"}]


def test_a_label_that_github_drops_is_an_error(step: Step) -> None:
    step.github.sets_labels = False
    result = step.issue()
    assert result.code == 1
    assert "did not set the label 'drift'" in result.err


def test_a_title_that_github_does_not_take_is_not_sent(step: Step) -> None:
    assert step.issue("open", "--title", "a" * 256).code == 0
    assert step.issue("open", "--title", "a" * 257).code == 1
    assert len(step.github.writes) == 1


@pytest.mark.parametrize(
    "what",
    [
        {"drop": "before"},
        {"status": 403, "body": {"message": "Unable to create comment because issue is locked."}},
    ],
    ids=["lost", "locked"],
)
def test_a_closing_comment_that_is_not_taken_does_not_matter(
    step: Step, what: dict[str, Any]
) -> None:
    step.github.issue(PLAN)
    step.github.issue(PLAN)
    step.github.on("POST", **what)
    assert step.issue("closed").code == 0
    assert step.github.open_issues == []


# What a comment is about.

ONE, TWO = "1" * 40, "2" * 40
NO_PLAN = "**There is no plan of commit"


def test_a_comment_says_which_commit_it_is_about(step: Step) -> None:
    step.comment("--commit", ONE)
    assert step.bodies == [f"{PLAN}\nThis is about commit {ONE}.\n"]
    step.comment("--commit", TWO)
    assert step.bodies == [f"{PLAN}\nThis is about commit {TWO}.\n"]


def test_it_is_the_commit_that_was_pushed_and_not_the_merge(step: Step, tmp_path: Path) -> None:
    event = {"pull_request": {"number": 1, "head": {"sha": TWO}}}
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    step.env |= {"GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_SHA": ONE}
    step.comment()
    assert step.bodies == [f"{PLAN}\nThis is about commit {TWO}.\n"]


@pytest.mark.parametrize(
    ("event", "told"), [("push", True), ("workflow_dispatch", True), ("issue_comment", False)]
)
def test_a_commit_of_the_default_branch_is_not_taken_for_the_one_of_a_pull_request(
    step: Step, event: str, told: bool
) -> None:
    step.env |= {"GITHUB_EVENT_NAME": event, "GITHUB_SHA": ONE}
    assert step.comment().code == 0
    assert (ONE in step.bodies[0]) == told


@pytest.mark.parametrize("sha", ["main", "1" * 39, "1" * 40 + "\n"])
def test_what_is_no_commit_is_wrong_usage(step: Step, sha: str) -> None:
    assert step.comment("--commit", sha).code == 64
    assert step.bodies == []


def test_a_failed_plan_is_told_above_the_earlier_one(step: Step) -> None:
    step.comment("--commit", ONE)
    for commit in (TWO, "3" * 40):
        result = step.fail("--commit", commit)
        assert result.code == 0, result.err
        (body,) = step.bodies
        assert body.startswith(f"{MARKER}\n{NO_PLAN} {commit}")
        assert body.count("There is no plan") == body.count("out of date") == 1
        assert f"This is about commit {ONE}." in body
    step.comment("--commit", TWO)
    assert step.bodies == [f"{PLAN}\nThis is about commit {TWO}.\n"]


def test_a_failed_plan_is_told_where_there_was_none(step: Step) -> None:
    assert step.fail("--commit", ONE).code == 0
    (body,) = step.bodies
    assert body.startswith(f"{MARKER}\n{NO_PLAN} {ONE}")
    assert "out of date" not in body


def test_a_comment_is_either_a_text_or_a_failure(step: Step) -> None:
    assert step.fail("--body", "plan.md").code == 64
    assert step.run("comment", "--pr", "1").code == 64


# Two projects in one repository.


def test_two_projects_have_two_comments_and_two_issues(desk: Desk, step: Step) -> None:
    (desk.root / ".git").mkdir()
    for project in ("hotel", "clinic"):
        desk.project.write(f"{project}/assistants/{project}.yaml", f"name: {project}\nprompt: P\n")
        for view in ("plan", "drift"):
            page = desk.run(view, "--project", project, "--format", "markdown").out
            assert page.startswith(f"<!-- revox-sync: {view} default {project} -->\n")
            assert f"Project `{project}`" in page
            step.say(page)
            assert (step.comment() if view == "plan" else step.issue()).code == 0
    assert len(step.bodies) == len(step.github.open_issues) == 2
    step.issue("closed")
    assert len(step.github.open_issues) == 1
    (step.folder / ".git").mkdir()
    (step.folder / "hotel").mkdir()
    assert step.fail("--project", "hotel").code == 0
    assert ["There is no plan" in body for body in step.bodies] == [True, False]
    made = desk.run("plan", "--project", "hotel", "--format", "json").json
    assert made["target"]["project"] == "hotel"


def test_two_paths_never_have_one_mark() -> None:
    long = "a" * 80
    paths = ["", "a b", "a-b", "a  b", long, f"{long}b", "é", "a/b", "a>b"]
    marks = {marker_of("plan", None, path) for path in paths}
    assert len(marks) == len(paths)
    assert all(len(mark) < 200 for mark in marks)
