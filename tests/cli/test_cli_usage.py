"""Keys and global options, as people type them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.desk import Desk
from support.service import KEY


def keys(desk: Desk, *patterns: str) -> list[str]:
    return [action["key"] for action in desk.plan(*patterns)["actions"]]


@pytest.fixture
def houses(desk: Desk) -> Desk:
    for key in ("hotel/front-desk", "hotel/night-desk", "clinic/front-desk", "solo"):
        desk.project.define(key)
    return desk


def test_without_keys_every_definition_is_planned_in_the_order_of_keys(houses: Desk) -> None:
    assert keys(houses) == ["clinic/front-desk", "hotel/front-desk", "hotel/night-desk", "solo"]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["solo"], ["solo"]),
        (["hotel/*"], ["hotel/front-desk", "hotel/night-desk"]),
        (["*/front-desk"], ["clinic/front-desk", "hotel/front-desk"]),
        (["solo", "clinic/*"], ["clinic/front-desk", "solo"]),
        (["solo", "s*"], ["solo"]),
        (["hotel/[fx]ront-desk"], ["hotel/front-desk"]),
        (["????"], ["solo"]),
    ],
)
def test_keys_take_globs(houses: Desk, patterns: list[str], expected: list[str]) -> None:
    assert keys(houses, *patterns) == expected


@pytest.mark.parametrize(
    "pattern",
    ["desk [1]", "assistants/desk [1].yaml", "assistants/desk*", "Night [at] *", "Night*", "d*"],
)
def test_a_key_is_a_path_too_or_a_name_and_may_hold_brackets(desk: Desk, pattern: str) -> None:
    desk.project.define("desk [1]", name="Night [at] *")
    desk.project.define("solo", name="desk")
    assert keys(desk, pattern) == ["desk [1]"]
    assert keys(desk, "desk") == ["solo"]
    assert desk.service.add("Night [at]*", "Be calm.")
    assert desk.apply("--allow-create", pattern, pattern).code == 0
    assert desk.run("pull", "desk [1]", "--check").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("apply --dryrun", "`revox-sync plan` shows what apply would do"),
        ("apply --auto-aprove", "Did you mean '--auto-approve'?"),
        ("apply --over-limit x", "`revox-sync apply --help` lists what it takes"),
        ("sandbox serve --port 99999", "`revox-sync sandbox serve --help` lists what it takes"),
        ("apply --settle nan", "'--settle': nan is no number of seconds."),
        ("apply --timeout inf", "'--timeout': inf is no number of seconds."),
        ("apply --lock-timeout NaN", "'--lock-timeout': NaN is no number of seconds."),
        ("explian", "Did you mean 'explain'?"),
        ("apply gone.json", "`revox-sync plan --out gone.json`"),
        ("show gone.json", "`revox-sync plan --out FILE`"),
        ("plan --out gone/plan.json", "name a file in a folder that exists"),
        ("--project gone validate", "leave that out to take the nearest"),
        ("validate gone.yaml", "paths are relative to the current folder"),
        ("rollback", "every apply records what it replaces"),
    ],
)
def test_what_was_typed_wrong_comes_with_what_to_type(
    houses: Desk, arguments: str, told: str
) -> None:
    result = houses.run(*arguments.split())
    assert result.code in (1, 3, 64), result.said
    assert told in result.err and "\n  help: " in result.err
    assert "prune" not in result.err, "a suggestion that does something else is none"


@pytest.mark.parametrize("command", ["plan", "drift", "apply --auto-approve"])
@pytest.mark.parametrize("pattern", ["sole", "hotel", "SOLO", "hotel/x*", ""])
def test_a_key_that_matches_nothing_is_wrong_usage(
    houses: Desk, command: str, pattern: str
) -> None:
    result = houses.run(*command.split(), "solo", pattern)
    assert result.code == 64
    assert repr(pattern) in result.err
    assert houses.service.requests == []


def test_a_saved_plan_is_applied_as_a_whole(houses: Desk) -> None:
    houses.run("plan", "--out", "plan.json")
    for what in (["plan.json", "solo"], ["solo", "plan.json"]):
        result = houses.apply(*what)
        assert result.code == 64
        assert "plan.json is not alone" in result.err
    assert houses.service.writes == []


def test_a_mistyped_key_is_answered_with_the_nearest(houses: Desk) -> None:
    assert "did you mean solo?" in houses.run("plan", "sola").err


def test_apply_of_a_key_writes_nothing_else(houses: Desk) -> None:
    assert houses.apply("hotel/*").code == 0
    assert sorted(request.body["name"] for request in houses.service.writes) == [
        "hotel/front-desk",
        "hotel/night-desk",
    ]


def test_a_broken_definition_stops_a_plan_of_another_key(houses: Desk) -> None:
    houses.project.define("broken", prompt=7)
    assert houses.run("plan", "solo").code == 1
    assert houses.service.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--base-url", "{url}", "--profile", "seed", "plan"],
        ["plan", "--base-url", "{url}", "--profile", "seed"],
        ["--base-url", "{url}", "plan", "--profile", "seed"],
        ["--base-url", "http://127.0.0.1:9/api", "plan", "--base-url", "{url}", "--profile=seed"],
        ["--profile", "current", "plan", "--profile", "seed", "--base-url", "{url}"],
    ],
    ids=["before", "after", "both", "the later address wins", "the later profile wins"],
)
def test_global_options_stand_before_and_after_the_command(
    desk: Desk, arguments: list[str]
) -> None:
    desk.project.define()
    desk.env = {"REVOX_API_KEY": KEY}
    url = desk.service.base_url
    result = desk.run(*(part.replace("{url}", url) for part in arguments), "--format", "json")
    assert result.code == 0, result.err
    assert result.json["target"] == {
        "base_url": url,
        "organization_id": None,
        "profile": "seed",
        "environment": None,
        "project": "",
    }


@pytest.mark.parametrize("place", ["before", "after"])
def test_another_project_folder_can_be_named(desk: Desk, place: str) -> None:
    desk.project.write("elsewhere/assistants/a.yaml", "name: A\nprompt: p\n")
    option = ["--project", "elsewhere"]
    arguments = [*option, "plan"] if place == "before" else ["plan", *option]
    result = desk.run(*arguments, "--format", "json")
    assert [action["file"] for action in result.json["actions"]] == ["assistants/a.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the current folder")
def test_a_current_folder_that_is_gone_is_told(desk: Desk, tmp_path: Path) -> None:
    gone = f"import os; os.mkdir({str(tmp_path / 'x')!r}); os.chdir({str(tmp_path / 'x')!r})"
    done = desk.execute("plan", first=f"{gone}; os.rmdir({str(tmp_path / 'x')!r})")
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith("error: the current folder is gone\n")


def test_out_is_relative_to_where_the_command_runs(desk: Desk) -> None:
    desk.project.write("elsewhere/assistants/a.yaml", "name: A\nprompt: p\n")
    assert desk.run("plan", "--project", "elsewhere", "--out", "plan.json").code == 0
    assert (desk.root / "plan.json").is_file()
    assert desk.apply("--project", "elsewhere", "plan.json").code == 0


def test_defaults_of_the_project_file_hold_for_every_definition(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "defaults: {first_sentence: Hello.}\n")
    desk.project.define("a")
    desk.project.define("b", first_sentence="Hi.")
    assert desk.apply().code == 0
    said = {found["name"]: found["first_sentence"] for found in desk.service.assistants.values()}
    assert said == {"a": "Hello.", "b": "Hi."}


def test_ignore_of_the_project_file_holds_for_every_definition(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "ignore: [first_sentence]\n")
    desk.service.add("front-desk", first_sentence="Typed in the dashboard.")
    desk.project.define(prompt="Be kind.", first_sentence="Hello.")
    assert desk.action()["action"] == "unchanged"


@pytest.mark.parametrize("group", [[], ["sandbox"], ["github"]])
def test_without_a_command_the_help_is_shown_once(desk: Desk, group: list[str]) -> None:
    result = desk.run(*group)
    assert (result.code, result.out) == (64, "")
    assert result.err.startswith("Usage: revox-sync ")
    assert result.err.count("Usage:") == 1
    assert "error:" not in result.err
    assert "\nCommands:\n" in result.err
