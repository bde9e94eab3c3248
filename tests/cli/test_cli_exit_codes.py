"""Every exit code of every command."""

from __future__ import annotations

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


def test_plan_0_nothing_to_do(desk: Desk) -> None:
    settle(desk)
    result = desk.run("plan")
    assert result.code == 0
    assert "Nothing to do." in result.out


def test_plan_0_with_changes(desk: Desk) -> None:
    differ(desk)
    assert desk.run("plan").code == 0


def test_plan_0_nothing_to_do_with_detailed_exitcode(desk: Desk) -> None:
    settle(desk)
    assert desk.run("plan", "--detailed-exitcode").code == 0


def test_plan_2_with_changes_and_detailed_exitcode(desk: Desk) -> None:
    differ(desk)
    assert desk.run("plan", "--detailed-exitcode").code == 2


def test_plan_2_with_a_create_and_detailed_exitcode(desk: Desk) -> None:
    desk.project.define()
    assert desk.run("plan", "--detailed-exitcode").code == 2


def test_plan_1_with_a_broken_definition(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    assert desk.run("plan", "--detailed-exitcode").code == 1
    assert desk.service.requests == []


def test_plan_1_when_the_account_cannot_be_read(desk: Desk) -> None:
    differ(desk)
    desk.service.on("GET", status=403, body={"error": "not yours"})
    assert desk.run("plan", "--detailed-exitcode").code == 1


@pytest.mark.parametrize("options", [[], ["--detailed-exitcode"]])
def test_plan_3_when_something_is_refused(desk: Desk, options: list[str]) -> None:
    be_ambiguous(desk)
    assert desk.run("plan", *options).code == 3


def test_plan_3_when_something_is_refused_beside_changes(desk: Desk) -> None:
    be_ambiguous(desk)
    desk.project.define("another")
    result = desk.run("plan", "--detailed-exitcode")
    assert result.code == 3
    assert "1 to create" in result.out


def test_drift_0_without_drift(desk: Desk) -> None:
    settle(desk)
    result = desk.run("drift")
    assert result.code == 0
    assert "No drift." in result.out


def test_drift_2_with_drift(desk: Desk) -> None:
    differ(desk)
    result = desk.run("drift")
    assert result.code == 2
    assert "1 different" in result.out


def test_drift_2_with_a_missing_assistant(desk: Desk) -> None:
    desk.project.define()
    result = desk.run("drift")
    assert result.code == 2
    assert "1 missing" in result.out


def test_drift_2_with_what_cannot_be_cleared_in_place(desk: Desk) -> None:
    desk.service.add("front-desk", first_sentence="Typed in the dashboard.")
    desk.project.define(prompt="Be kind.", first_sentence=None)
    result = desk.run("drift")
    assert result.code == 2
    assert "first_sentence: cannot be cleared in place" in result.out
    assert desk.run("plan", "--detailed-exitcode").code == 0


def test_drift_0_with_unmanaged_assistants(desk: Desk) -> None:
    settle(desk)
    desk.service.add("not in git")
    assert desk.run("drift").code == 0


def test_drift_1_with_a_broken_definition(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", NOT_YAML)
    assert desk.run("drift").code == 1


def test_drift_3_when_something_is_refused(desk: Desk) -> None:
    be_ambiguous(desk)
    assert desk.run("drift").code == 3


def test_apply_0_done(desk: Desk) -> None:
    differ(desk)
    assert desk.apply().code == 0


def test_apply_0_nothing_to_do_without_anybody_to_confirm(desk: Desk) -> None:
    settle(desk)
    assert desk.run("apply").code == 0
    assert desk.service.writes == []


def test_apply_1_with_a_broken_definition(desk: Desk) -> None:
    differ(desk)
    desk.project.write("assistants/b.yaml", NOT_YAML)
    assert desk.apply().code == 1
    assert desk.service.requests == []


def test_apply_3_not_confirmed(desk: Desk) -> None:
    differ(desk)
    assert desk.run("apply").code == 3
    assert desk.service.writes == []


def test_apply_3_when_everything_is_refused(desk: Desk) -> None:
    be_ambiguous(desk)
    assert desk.apply().code == 3
    assert desk.service.writes == []


def test_apply_4_when_something_is_refused_and_something_done(desk: Desk) -> None:
    be_ambiguous(desk)
    desk.project.define("another")
    assert desk.apply().code == 4
    assert len(desk.service.writes) == 1


def test_apply_4_when_something_failed(desk: Desk) -> None:
    differ(desk)
    desk.service.on("PATCH", status=400)
    assert desk.apply().code == 4


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


def test_rollback_0_done(desk: Desk) -> None:
    differ(desk)
    desk.apply()
    assert desk.rollback().code == 0


def test_rollback_1_when_the_account_cannot_be_read(desk: Desk) -> None:
    differ(desk)
    desk.apply()
    desk.service.on("GET", status=401, body={"error": "no"})
    assert desk.rollback().code == 1


def test_rollback_3_not_confirmed(desk: Desk) -> None:
    differ(desk)
    desk.apply()
    assert desk.run("rollback").code == 3


def test_rollback_4_when_a_write_fails(desk: Desk) -> None:
    differ(desk)
    desk.apply()
    desk.service.on("PATCH", status=400, body={"error": "no"})
    assert desk.rollback().code == 4


def test_rollback_64_without_a_run(desk: Desk) -> None:
    differ(desk)
    assert desk.rollback().code == 64


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["plan", "--help"], ["sandbox", "serve", "-h"], ["--version"]]
)
def test_0_help_and_version(desk: Desk, arguments: list[str]) -> None:
    result = desk.run(*arguments)
    assert result.code == 0
    assert result.out
    assert result.err == ""
