"""The job summary on GitHub: what is appended, how much of it, and what it must not disturb."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from definitions.repository import Repository
from support.desk import Desk

#: What GitHub takes of one step, in bytes.
MOST = 1_048_576
NOT_YAML = "name: [\n"


@pytest.fixture
def summary(desk: Desk, tmp_path: Path) -> Path:
    """Return the file that GitHub makes for a step."""
    path = tmp_path / "summary.md"
    path.touch()
    desk.env["GITHUB_STEP_SUMMARY"] = str(path)
    return path


def differ(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")


def be_ambiguous(desk: Desk) -> None:
    desk.service.add("double")
    desk.service.add("double")
    desk.project.define("double")


@pytest.mark.parametrize(("command", "code"), [("plan", 0), ("drift", 2)])
def test_what_was_found_is_appended(desk: Desk, summary: Path, command: str, code: int) -> None:
    differ(desk)
    summary.write_text("## An earlier command\n")
    assert desk.run(command).code == code
    page = summary.read_text(encoding="utf-8")
    assert page.startswith("## An earlier command\n\n")
    assert "front-desk" in page
    assert "As it shall be." in page.replace("&#46;", ".")


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_that_there_is_nothing_to_do_is_appended_too(
    desk: Desk, summary: Path, command: str
) -> None:
    desk.service.add("front-desk", prompt="Be kind.")
    desk.project.define(prompt="Be kind.")
    assert desk.run(command).code == 0
    assert summary.read_text(encoding="utf-8").strip()


def test_json_on_stdout_stays_json(desk: Desk, summary: Path) -> None:
    differ(desk)
    assert desk.run("plan", "--format", "json").json["summary"]["replace"] == 1
    assert "front-desk" in summary.read_text(encoding="utf-8")


def test_a_rollback_names_the_project_in_a_larger_repository(desk: Desk, summary: Path) -> None:
    desk.env |= Repository.at(desk.root.parent).env
    differ(desk)
    desk.apply()
    summary.write_text("")
    assert desk.rollback().code == 0
    assert "Project project, account " in summary.read_text(encoding="utf-8").replace("`", "")


def test_an_apply_appends_its_plan_and_how_it_went(desk: Desk, summary: Path) -> None:
    differ(desk)
    assert desk.apply().code == 0
    before, heading, after = summary.read_text(encoding="utf-8").partition(
        "### Apply: 1 done, 0 failed"
    )
    assert "front-desk" in before
    assert heading
    (identity,) = desk.service.assistants
    assert f"| `front-desk` | replaced | `{identity}` |  |" in after.splitlines()


def test_what_failed_comes_first_with_the_services_words(desk: Desk, summary: Path) -> None:
    differ(desk)
    desk.project.define("another")
    desk.service.on("PATCH", status=400, body={"error": "voice unknown"})
    assert desk.apply().code == 4
    _, _, after = summary.read_text(encoding="utf-8").partition("### Apply: 1 done, 1 failed")
    rows = [line for line in after.splitlines() if line.startswith("| `")]
    assert "**failed**" in rows[0] and "voice unknown" in rows[0]
    assert "created" in rows[1]


def limited(desk: Desk) -> None:
    differ(desk)
    desk.project.write("revox-sync.yaml", "limits: {replace: 0}\n")


@pytest.mark.parametrize(
    ("prepare", "arguments", "words"),
    [
        (limited, ["apply", "--auto-approve"], "the limit is 0; nothing was changed"),
        (differ, ["apply"], "there is no terminal to confirm on"),
    ],
)
def test_a_refused_run_says_why(
    desk: Desk,
    summary: Path,
    prepare: Callable[[Desk], None],
    arguments: list[str],
    words: str,
) -> None:
    prepare(desk)
    result = desk.run(*arguments)
    assert result.code == 3
    page = summary.read_text(encoding="utf-8")
    assert "### revox-sync apply: refused, nothing was changed" in page
    assert words in page


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_a_plan_with_refusals_is_appended(desk: Desk, summary: Path, command: str) -> None:
    be_ambiguous(desk)
    assert desk.run(command).code == 3
    assert "double" in summary.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_what_is_wrong_in_the_definitions_is_listed(
    desk: Desk, summary: Path, command: str
) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    assert desk.run(command).code == 1
    page = summary.read_text(encoding="utf-8")
    assert f"### revox-sync {command}: failed" in page
    assert "a.yaml" in page


def test_an_account_that_cannot_be_read_is_told(desk: Desk, summary: Path) -> None:
    desk.project.define()
    desk.service.on("GET", status=401, body={"error": "no such key"})
    assert desk.run("plan").code == 1
    assert "no such key" in summary.read_text(encoding="utf-8")


def test_texts_of_others_have_no_markup_there(desk: Desk, summary: Path) -> None:
    harm = "@ada #1 <img src=x> [a](http://b) | ~~d~~ \u202e\x1b ::error::x \n# e <!-- -->"
    differ(desk)
    desk.service.on("PATCH", status=400, body={"error": harm})
    desk.apply()
    _, _, after = summary.read_text(encoding="utf-8").partition("### Apply:")
    (row,) = [line for line in after.splitlines() if line.startswith("| `")]
    assert "`@ada`" in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    outside = re.sub(r"`[^`]*`|<br>", "", row)
    assert not re.search(r"[@#<~\[\u202e\x1b]|::", outside), outside


def test_a_page_that_does_not_fit_ends_with_a_line(desk: Desk, summary: Path) -> None:
    """And in no half of a code, outside of which its words would act."""
    for number in range(24):
        for _ in range(2):
            desk.service.add(f"desk {number}")
        desk.project.define(f"@{'ada' * 50}{number}", name=f"desk {number}")
    for free in range(5_000, 20_000, 750):
        fill(summary, free)
        assert desk.run("plan").code == 3
        page = summary.read_text(encoding="utf-8").lstrip("x")
        assert "24 refused" in page
        assert "@" not in re.sub(r"`[^`\n]*`|<code>.*?</code>", "", page)
        named = len(set(re.findall("`@(?:ada)+([0-9]+)`", page.partition("**refused**")[2])))
        more = re.search("… and ([0-9]+) assistants? more, whose names do not fit here", page)
        assert named + (int(more[1]) if more else 0) == 24


def fill(summary: Path, free: int) -> None:
    """Leave so many bytes of what GitHub takes."""
    summary.write_bytes(b"x" * (MOST - free))


@pytest.mark.parametrize("free", [0, 44, 45, 46, 4000, 20_000])
@pytest.mark.parametrize(
    ("command", "code"),
    [("plan", 0), ("drift", 2), ("apply --auto-approve", 0), ("plan --project broken", 1)],
)
def test_never_more_is_there_than_github_takes(
    desk: Desk, summary: Path, free: int, command: str, code: int
) -> None:
    for number in range(12):
        desk.project.define(f"é{number:02}", prompt="é🙂 " * 500)
    broken = "".join(f"é{number}: 1\n" for number in range(200))
    desk.project.write("broken/assistants/a.yaml", broken)
    fill(summary, free)
    assert desk.run(*command.split()).code == code
    assert MOST - free <= summary.stat().st_size <= MOST


def test_what_does_not_fit_is_a_line(desk: Desk, summary: Path) -> None:
    differ(desk)
    fill(summary, 500)
    assert desk.run("plan").code == 0
    assert summary.read_text(encoding="utf-8").endswith(
        "x\nThe rest does not fit here; the log has it.\n"
    )


def test_a_huge_plan_leaves_room_for_how_it_went(desk: Desk, summary: Path) -> None:
    for number in range(14):
        desk.project.define(f"a{number:02}", prompt=f"{number} é🙂<&>" * 10_000)
    assert desk.apply().code == 0
    assert "### Apply: 14 done" in summary.read_text(encoding="utf-8")
    assert summary.stat().st_size <= MOST


def test_more_outcomes_than_fit_are_counted(desk: Desk, summary: Path) -> None:
    for number in range(150):
        desk.project.define(f"a{number:03}", prompt="Be kind.")
    fill(summary, 9_000)
    assert desk.apply("--over-limit", "create").code == 0
    page = summary.read_text(encoding="utf-8")
    more = re.search(r"\n(\d+) more that did not fit; the log has them\.\n", page)
    assert more is not None
    assert len(re.findall("(?m)^\\| `a", page.partition("### Apply:")[2])) + int(more[1]) == 150


@pytest.mark.parametrize("command", ["plan", "drift", "apply --auto-approve"])
def test_a_summary_that_cannot_be_written_is_a_warning(
    desk: Desk, summary: Path, command: str
) -> None:
    differ(desk)
    desk.env["GITHUB_STEP_SUMMARY"] = str(summary.parent / "no" / "such" / "folder.md")
    result = desk.run(*command.split())
    desk.env["GITHUB_STEP_SUMMARY"] = ""
    assert "warning: the job summary cannot be written: No such file or directory" in result.err
    assert result.code == (2 if command == "drift" else 0)


def test_elsewhere_nothing_is_written(desk: Desk) -> None:
    differ(desk)
    before = desk.project.files()
    desk.run("plan")
    assert desk.project.files() == before
