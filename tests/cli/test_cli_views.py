"""Plans and drift for a review: in markdown, on a terminal, and what to do about them."""

from __future__ import annotations

import pytest
from support.desk import Desk

FORMATS = ["terminal", "json", "markdown"]


def differ(desk: Desk, key: str = "front-desk") -> None:
    desk.service.add(key, prompt="As it was.")
    desk.project.define(key, prompt="As it shall be.")


def test_a_plan_for_a_pull_request_begins_with_its_marker(desk: Desk) -> None:
    differ(desk)
    result = desk.run("plan", "--format", "markdown")
    assert result.code == 0
    assert result.out.startswith("<!-- revox-sync: plan default -->\n## Plan: 0 to create, 1 to ")
    assert '- `prompt`: `"As it was."` → `"As it shall be."`' in result.out


def test_a_saved_plan_is_shown_in_the_same_words(desk: Desk) -> None:
    differ(desk)
    made = desk.run("plan", "--format", "markdown", "--out", "plan.json")
    shown = desk.run("show", "plan.json", "--format", "markdown")
    assert (shown.code, shown.out) == (0, made.out)


def test_the_details_are_where_the_pipeline_says(desk: Desk) -> None:
    differ(desk)
    url = "https://ci.example.com/runs/7"
    for command in ("plan", "drift"):
        result = desk.run(command, "--format", "markdown", "--details-url", url)
        assert f"All of it: <{url}>" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--details-url", "https://ci.example.com"],
        ["--format", "markdown", "--details-url", "javascript:x"],
        ["--format", "markdown", "--details-url", "https://a> <b>"],
        ["--format", "html"],
    ],
)
def test_a_view_that_cannot_be_is_wrong_usage(desk: Desk, arguments: list[str]) -> None:
    differ(desk)
    result = desk.run("plan", *arguments)
    assert (result.code, result.out) == (64, "")


@pytest.mark.parametrize("form", FORMATS)
def test_drift_is_told_whole_before_it_ends_with_2(desk: Desk, form: str) -> None:
    differ(desk)
    result = desk.run("drift", "--format", form)
    assert result.code == 2
    assert "As it was." in result.out and "As it shall be." in result.out
    assert result.out.endswith("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_a_refused_plan_is_told_whole_before_it_ends_with_3(desk: Desk, form: str) -> None:
    differ(desk)
    desk.service.add("twin")
    desk.service.add("twin")
    desk.project.define("twin")
    result = desk.run("plan", "--format", form)
    assert result.code == 3
    assert "2 assistants of the account have its name" in result.out
    assert "As it shall be." in result.out


@pytest.mark.parametrize("form", FORMATS)
def test_changes_are_told_whole_before_the_detailed_exit_code(desk: Desk, form: str) -> None:
    differ(desk)
    result = desk.run("plan", "--detailed-exitcode", "--format", form)
    assert result.code == 2
    assert "As it shall be." in result.out


def test_drift_says_how_to_put_back_and_how_to_keep(desk: Desk) -> None:
    differ(desk, "hotel/front-desk")
    told = desk.run("drift").out
    (identity,) = desk.service.assistants
    assert (
        "now: `revox-sync apply hotel/front-desk` puts it back; to keep what the account has, "
        f"`revox-sync pull {identity}` writes it into assistants/hotel/front-desk.yaml"
    ) in told
    assert desk.run("pull", identity).code == 0
    assert desk.run("drift").code == 0


def test_the_command_that_drift_names_puts_it_back(desk: Desk) -> None:
    differ(desk, "hotel [1]/front-desk")
    assert "`revox-sync apply 'hotel [[]1]/front-desk'`" in desk.run("drift").out
    assert desk.apply("hotel [[]1]/front-desk").code == 0
    assert desk.run("drift").code == 0


def test_a_missing_assistant_is_created_or_its_definition_removed(desk: Desk) -> None:
    desk.project.define()
    told = desk.run("drift").out
    assert "`revox-sync apply front-desk` creates it" in told
    assert "if it is gone on purpose, remove assistants/front-desk.yaml" in told


def test_what_cannot_be_cleared_in_place_is_cleared_by_a_new_assistant(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="You are front-desk. Be kind.", first_sentence="Hello")
    desk.project.define(first_sentence=None)
    told = desk.run("drift").out
    assert "`revox-sync apply front-desk --recreate front-desk` clears it" in told
    assert "take the null out of assistants/front-desk.yaml" in told


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_unmanaged_assistants_are_counted_and_listed_when_asked_for(desk: Desk, form: str) -> None:
    desk.service.add("A demo")
    counted = desk.run("drift", "--format", form)
    listed = desk.run("drift", "--unmanaged", "--format", form)
    assert (counted.code, listed.code) == (0, 0)
    assert "1 assistant" in counted.out and "A demo" not in counted.out
    assert "A demo" in listed.out


def test_a_shared_file_that_changes_many_prompts_is_told_once(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.service.add(key, prompt=f"You are {key}.\n\nNever lie.\nBe brief.")
        desk.project.write(
            f"assistants/{key}.yaml",
            f"name: {key}\nprompt: ['You are {key}.', {{file: _shared/legal.md}}]\n",
        )
    desk.project.write("assistants/_shared/legal.md", "Never lie.\nBe very brief.\n")
    told = desk.run("plan").out
    assert "[1] alike in 3 assistants: a, b, c" in told
    assert told.count("{+very +}") == 1
    page = desk.run("plan", "--format", "markdown").out
    assert page.count("+Be very brief.") == 1


def test_a_plan_that_is_too_long_for_a_comment_is_shortened(desk: Desk) -> None:
    for number in range(30):
        desk.project.define(f"desk-{number:02}", prompt=f"Line of {number}.\n" * 500)
    result = desk.run("plan", "--format", "markdown")
    assert result.code == 0
    assert len(result.out.encode()) <= 65_000
    assert "Shortened to fit here" in result.out
    assert all(f"`desk-{number:02}`" in result.out for number in range(30))
