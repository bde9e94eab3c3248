"""Every exit code of every command."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.desk import Desk

NOT_YAML = "name: [\n"


def settle(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.")


def differ(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")


def be_ambiguous(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.service.add("front-desk")
    desk.project.define()


def create(desk: Desk) -> None:
    desk.project.define("another")


def keep_a_text(desk: Desk) -> None:
    """State a null that no PATCH takes."""
    desk.service.add("front-desk", first_sentence="Typed in the dashboard.")
    desk.project.define(prompt="Be kind.", first_sentence=None)


def have_more(desk: Desk) -> None:
    settle(desk)
    desk.service.add("not in git")


def be_broken(desk: Desk) -> None:
    desk.project.write("assistants/broken.yaml", NOT_YAML)


def forbid(desk: Desk) -> None:
    desk.service.on("GET", status=403, body={"error": "not yours"})


def fail(desk: Desk) -> None:
    desk.service.on("PATCH", status=400, body={"error": "no"})


def run_once(desk: Desk) -> None:
    differ(desk)
    desk.apply()


DETAILED = "plan --detailed-exitcode"
APPLY = "apply --auto-approve"
BACK = "rollback --auto-approve"

#: A command, what is the case before it, its exit code, and what it says.
CASES: list[tuple[str, tuple[Callable[[Desk], None], ...], int, str]] = [
    ("plan", (settle,), 0, "Nothing to do."),
    ("plan", (differ,), 0, "1 to replace"),
    (DETAILED, (settle,), 0, ""),
    (DETAILED, (differ,), 2, ""),
    (DETAILED, (create,), 2, ""),
    (DETAILED, (keep_a_text,), 0, ""),
    (DETAILED, (be_broken,), 1, ""),
    (DETAILED, (differ, forbid), 1, ""),
    ("plan", (be_ambiguous,), 3, ""),
    (DETAILED, (be_ambiguous,), 3, ""),
    (DETAILED, (be_ambiguous, create), 3, "1 to create"),
    ("drift", (settle,), 0, "No drift."),
    ("drift", (have_more,), 0, ""),
    ("drift", (differ,), 2, "1 different"),
    ("drift", (create,), 2, "1 missing"),
    ("drift", (keep_a_text,), 2, "first_sentence: cannot be cleared in place"),
    ("drift", (be_broken,), 1, ""),
    ("drift", (be_ambiguous,), 3, ""),
    (APPLY, (differ,), 0, ""),
    ("apply", (settle,), 0, ""),  # there is nothing to confirm
    (APPLY, (differ, be_broken), 1, ""),
    ("apply", (differ,), 3, ""),
    (APPLY, (be_ambiguous,), 3, ""),
    (APPLY, (be_ambiguous, create), 4, "created"),
    (APPLY, (differ, fail), 4, ""),
    (BACK, (run_once,), 0, ""),
    (BACK, (run_once, forbid), 1, ""),
    ("rollback", (run_once,), 3, ""),
    (BACK, (run_once, fail), 4, ""),
    (BACK, (differ,), 64, ""),
]


@pytest.mark.parametrize(
    ("command", "before", "code", "said"),
    [
        pytest.param(*case, id=f"{case[0]}: {', '.join(one.__name__ for one in case[1])}")
        for case in CASES
    ],
)
def test_a_command_ends_with_its_code(
    desk: Desk, command: str, before: tuple[Callable[[Desk], None], ...], code: int, said: str
) -> None:
    for happens in before:
        happens(desk)
    writes = len(desk.service.writes)
    result = desk.run(*command.split())
    assert result.code == code
    assert said in result.out
    if code in (1, 3):
        assert len(desk.service.writes) == writes
    if be_broken in before:
        assert desk.service.requests == []


def test_validate_0(desk: Desk) -> None:
    desk.project.define()
    result = desk.run("validate")
    assert (result.code, result.out) == (0, "1 definition, 0 errors, 0 warnings\n")


def test_validate_1_with_every_problem_of_every_file(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    desk.project.define("b", first_sentense="Hi.", prompt=7)
    result = desk.run("validate")
    assert result.code == 1
    assert "assistants/a.yaml:" in result.out
    assert "did you mean first_sentence" in result.out.replace("`", "").replace('"', "")
    assert "2 definitions, 3 errors" in result.out


def test_validate_0_with_warnings_alone(desk: Desk) -> None:
    desk.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)
    result = desk.run("validate")
    assert result.code == 0
    assert "0 errors, 1 warning" in result.out


def test_validate_needs_neither_key_nor_network(desk: Desk) -> None:
    desk.project.define()
    desk.env.clear()
    assert desk.run("validate").code == 0
    assert desk.service.requests == []


def test_validate_tells_its_findings_as_json(desk: Desk) -> None:
    desk.project.define(prompt=7)
    result = desk.run("validate", "--format", "json")
    assert result.code == 1
    assert result.json["summary"] == {"files": 1, "errors": 1, "warnings": 0}
    assert result.json["diagnostics"][0]["file"] == "assistants/front-desk.yaml"


def test_validate_of_a_path_tells_of_nothing_else(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    desk.project.define("b")
    assert desk.run("validate", "assistants/b.yaml").code == 0
    assert desk.run("validate", "assistants/a.yaml").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--dryrun"],
        ["apply", "--dryrun"],
        ["apply", "--auto-approve", "--dryrun"],
        ["apply", "--auto-approve", "--dry-run"],
        ["--dryrun", "apply", "--auto-approve"],
        ["apply", "--auto-approve=yes"],
        ["apply", "--auto-aprove"],
        ["drift", "--detailed-exitcode"],
        ["plan", "--format", "yaml"],
        ["plan", "--format"],
        ["plan", "--parallelism", "0"],
        ["plan", "--parallelism", "many"],
        ["plan", "--timeout", "0"],
        ["plan", "--timeout", "-1"],
        ["plan", "--profile", "later"],
        ["plan", "--log-level", "loud"],
        ["plan", "--sandbox", "--base-url", "http://127.0.0.1/api"],
        ["show"],
        ["show", "a", "b"],
        ["rollback", "--list", "--dry-run"],
        ["rollback", "a", "b"],
        ["apply", "--auto-approve", "--settle", "-1"],
        ["apply", "--auto-approve", "--over-limit", "all"],
        ["explode"],
        ["validate", "no/such/path.yaml"],
        ["plan", "--project", "no/such/folder"],
        [],
    ],
    ids=" ".join,
)
def test_64_wrong_usage_sends_nothing(desk: Desk, arguments: list[str]) -> None:
    differ(desk)
    result = desk.run(*arguments)
    assert result.code == 64
    assert result.err
    assert result.out == ""
    assert desk.service.requests == []


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["plan", "--help"], ["sandbox", "serve", "-h"], ["--version"]]
)
def test_0_help_and_version(desk: Desk, arguments: list[str]) -> None:
    result = desk.run(*arguments)
    assert result.code == 0
    assert result.out
    assert result.err == ""
