"""``plan --base REF``: who moved since a commit, the definition, the account, or both."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from definitions.repository import Repository
from moving import OBJECTS, TEXTS
from moving_items import ITEMS_BY_PLACE, NAMED_ITEMS
from moving_sets import FAQ, SETS
from support import cli
from support.desk import Desk
from support.project import Project
from support.server import serving
from support.service import Habits

CASES = {**TEXTS, **OBJECTS, **NAMED_ITEMS, **ITEMS_BY_PLACE, **SETS, **FAQ}

Told = dict[str, dict[str, Any]]


@pytest.fixture
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """One plan of all cases: a commit, what is defined and what is held since, by key."""
    project = Project(tmp_path_factory.mktemp("cases") / "project")
    repository = Repository.at(project.root)
    with serving(Habits()) as service:
        desk = Desk(project, service)
        desk.env |= repository.env
        for key, case in CASES.items():
            project.define(key, **case.base)
        repository.commit()
        for key, case in CASES.items():
            project.define(key, **(case.base if case.now is None else case.now))
            held = {**(case.base if case.held is None else case.held)}
            held.pop("sync", None)
            service.add(key, prompt=f"You are {key}. Be kind.", **held)
        plan = desk.plan("--base", "HEAD")
        yield {action["key"]: action for action in plan["actions"]}


def _origin(change: dict[str, Any]) -> Any:
    return (change["origin"], change["base"]) if "base" in change else change["origin"]


def test_each_change_says_who_moved(told: Told) -> None:
    for key, case in CASES.items():
        assert {c["path"]: _origin(c) for c in told[key]["changes"]} == case.told, key


@pytest.fixture
def repository(desk: Desk) -> Repository:
    """A repository whose top is the project of the desk; nothing is committed yet."""
    made = Repository.at(desk.root)
    desk.env |= made.env
    return made


def origins(desk: Desk, key: str = "front-desk") -> dict[str, Any]:
    """Return who moved, by path, in one definition since HEAD."""
    actions = desk.plan("--base", "HEAD")["actions"]
    (action,) = [action for action in actions if action["key"] == key]
    return {change["path"]: _origin(change) for change in action["changes"]}


def test_without_a_base_nothing_is_told(desk: Desk) -> None:
    desk.project.define(prompt="Be brief.")
    desk.service.add("front-desk")
    (change,) = desk.action()["changes"]
    assert not {"origin", "base"} & set(change)


def test_drift_tells_it_too(desk: Desk, repository: Repository) -> None:
    desk.project.define(prompt="Be brief.")
    repository.commit()
    desk.service.add("front-desk")
    result = desk.run("drift", "--base", "HEAD", "--format", "json")
    assert result.code == 2
    assert result.json["actions"][0]["changes"][0]["origin"] == "drift"


def test_what_was_edited_since_the_commit_counts_as_now(desk: Desk, repository: Repository) -> None:
    """Neither staged nor committed: the plan is made from the files as they lie there."""
    desk.project.define(prompt="Be kind.")
    repository.commit()
    desk.service.add("front-desk")
    desk.project.define(prompt="Be brief.")
    desk.project.define("night")
    assert origins(desk) == {"prompt": "definition"}
    assert set(origins(desk, "night").values()) == {"definition"}


# The project file, and what definitions include.


def test_a_default_that_moved_is_the_definitions(desk: Desk, repository: Repository) -> None:
    desk.project.write("revox-sync.yaml", "defaults: {voicemail_message: a, sms_enabled: true}\n")
    desk.project.define()
    repository.commit()
    desk.project.write("revox-sync.yaml", "defaults: {voicemail_message: b, sms_enabled: true}\n")
    desk.service.add("front-desk", "You are front-desk. Be kind.", voicemail_message="a")
    assert origins(desk) == {"voicemail_message": "definition", "sms_enabled": "drift"}


def test_an_included_file_that_moved_is_the_definitions(desk: Desk, repository: Repository) -> None:
    desk.project.write("assistants/_shared/legal.md", "Say who you are.\n")
    desk.project.write(
        "assistants/front-desk.yaml",
        "name: front-desk\nprompt: [Be kind., {file: _shared/legal.md}]\n",
    )
    repository.commit()
    desk.project.write("assistants/_shared/legal.md", "Say who you are, and why.\n")
    desk.service.add("front-desk", "Be kind.\n\nSay who you are.")
    assert origins(desk) == {"prompt": "definition"}


def test_what_is_reset_now_and_was_then_has_drifted(desk: Desk, repository: Repository) -> None:
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    desk.project.define(first_sentence_delay_ms=200)
    repository.commit()
    desk.project.define()
    desk.service.add(
        "front-desk",
        "You are front-desk. Be kind.",
        voicemail_message="typed in",
        first_sentence_delay_ms=200,
    )
    assert origins(desk) == {
        "voicemail_message": "drift",
        "first_sentence_delay_ms": "definition",
    }


def test_to_reset_what_is_absent_is_the_definitions(desk: Desk, repository: Repository) -> None:
    desk.project.define()
    repository.commit()
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    desk.service.add("front-desk", "You are front-desk. Be kind.", voicemail_message="typed in")
    assert origins(desk) == {"voicemail_message": "definition"}


def test_what_was_reset_then_and_is_stated_now_can_conflict(
    desk: Desk, repository: Repository
) -> None:
    desk.project.write("revox-sync.yaml", "absent: reset\n")
    desk.project.define()
    repository.commit()
    desk.project.define(voicemail_message="stated")
    desk.service.add("front-desk", "You are front-desk. Be kind.", voicemail_message="typed in")
    assert origins(desk) == {"voicemail_message": ("both", None)}


# Assistants that come, go and are renamed.


def test_an_assistant_that_was_defined_and_is_missing_has_drifted(
    desk: Desk, repository: Repository
) -> None:
    faq = [{"question": "Dogs?", "answer": "Yes."}]
    desk.project.define(voicemail_message="a", faq_items=faq)
    repository.commit()
    desk.project.define(voicemail_message="b", faq_items=faq, first_sentence="Hello.")
    assert origins(desk) == {
        "name": "drift",
        "prompt": "drift",
        "voicemail_message": ("both", "a"),
        "faq_items[Dogs?]": "drift",
        "first_sentence": "definition",
    }


def test_a_file_that_was_moved_is_known_by_its_name(desk: Desk, repository: Repository) -> None:
    desk.project.define("front-desk", name="Reception")
    desk.project.define("night", name="front-desk", prompt="Be quiet.")
    repository.commit()
    desk.project.remove("front-desk")
    desk.project.remove("night")
    desk.project.define("night", name="Reception", prompt="Be brief.")
    desk.project.define("late/night", name="front-desk", prompt="Be quiet.")
    desk.service.add("Reception", "You are front-desk. Be kind.")
    desk.service.add("front-desk", "Be loud.")
    assert origins(desk, "night") == {"prompt": "definition"}
    assert origins(desk, "late/night") == {"prompt": "drift"}


def test_one_that_is_bound_is_known_by_its_id(desk: Desk, repository: Repository) -> None:
    bound = desk.service.add("Front desk", "Be kind.")
    desk.project.define("front-desk", name="Front desk", prompt="Be kind.", sync={"id": bound})
    repository.commit()
    desk.project.remove("front-desk")
    desk.project.define("hotel/desk", name="Reception", prompt="Be kind.", sync={"id": bound})
    assert origins(desk, "hotel/desk") == {"name": "definition"}


def test_one_that_was_renamed_is_known_by_its_earlier_name(
    desk: Desk, repository: Repository
) -> None:
    desk.service.add("Front desk", "Be loud.")
    desk.project.define("front-desk", name="Front desk", prompt="Be kind.")
    repository.commit()
    renamed = {"renamed_from": "Front desk"}
    desk.project.define("front-desk", name="Reception", prompt="Be kind.", sync=renamed)
    assert origins(desk) == {"name": "definition", "prompt": "drift"}


def test_one_that_was_bound_and_renamed_since_is_known_by_its_file(
    desk: Desk, repository: Repository
) -> None:
    bound = desk.service.add("Front desk", "Be kind.")
    desk.project.define("front-desk", name="Front desk", prompt="Be kind.")
    repository.commit()
    desk.project.define("front-desk", name="Reception", prompt="Be kind.", sync={"id": bound})
    assert origins(desk) == {"name": "definition"}


def test_another_name_without_a_trace_of_the_earlier_one_is_another_assistant(
    desk: Desk, repository: Repository
) -> None:
    desk.service.add("Front desk", "Be kind.")
    desk.project.define("front-desk", name="Front desk", prompt="Be kind.")
    repository.commit()
    desk.project.define("front-desk", name="Spa", prompt="Be calm.")
    assert set(origins(desk).values()) == {"definition"}


def test_one_that_was_bound_to_another_assistant_is_all_new(
    desk: Desk, repository: Repository
) -> None:
    first, second = desk.service.add("A", "Be kind."), desk.service.add("B", "Be loud.")
    desk.project.define("front-desk", name="Desk", prompt="Be kind.", sync={"id": first})
    repository.commit()
    desk.project.define("front-desk", name="Desk", prompt="Be kind.", sync={"id": second})
    assert origins(desk) == {"name": "definition", "prompt": "definition"}


# What is left behind.


@pytest.mark.parametrize("command", ["plan", "drift", "diff"])
def test_work_of_others_that_is_not_checked_out_is_said(
    desk: Desk, repository: Repository, command: str
) -> None:
    desk.project.define(first_sentence="Hello")
    ours = repository.commit()
    repository.git("checkout", "-q", "-b", "theirs")
    desk.project.define(first_sentence="Good morning")
    repository.commit("A colleague's")
    desk.service.add("front-desk", first_sentence="Good morning")
    repository.git("checkout", "-q", "-b", "mine", ours)
    option = [] if command == "diff" else ["--base"]
    words = "there is work that is not in what is checked out"
    assert words in desk.run(command, *option, "theirs").err
    assert words not in desk.run(command, *option, ours).err
    repository.git("merge", "-q", "theirs")
    assert words not in desk.run(command, *option, "theirs").err


def test_a_plan_writes_nothing(desk: Desk, repository: Repository) -> None:
    desk.project.define(prompt="Be kind.")
    repository.commit()
    desk.project.define(prompt="Be brief.")
    desk.service.add("front-desk")
    before = desk.project.files()
    desk.plan("--base", "HEAD")
    assert desk.project.files() == before
    assert desk.service.writes == []


def test_a_plan_keeps_the_commit(desk: Desk, repository: Repository) -> None:
    desk.project.define()
    commit = repository.commit()
    assert desk.plan("--base", "main")["options"]["base"] == commit
    assert desk.plan()["options"]["base"] is None


def test_without_a_base_no_git_is_loaded(desk: Desk) -> None:
    desk.project.define()
    seen = "import atexit, runpy, sys; name = 'revox_sync.definitions.base'\n"
    seen += "atexit.register(lambda: print(name in sys.modules))\n"
    seen += "runpy.run_module('revox_sync', run_name='__main__', alter_sys=True)"
    for arguments, expected in ((["plan"], "False"), (["plan", "--base", "HEAD"], "True")):
        program = [sys.executable, "-c", seen, *arguments]
        result = cli.execute(env=desk.env, cwd=desk.root, program=program)
        assert result.out.splitlines()[-1] == expected, result.said


# What cannot be told.


def test_an_unknown_commit_is_wrong_usage(desk: Desk, repository: Repository) -> None:
    desk.project.define()
    repository.commit()
    result = desk.run("plan", "--base", "nowhere")
    assert (result.code, desk.service.requests) == (64, [])
    assert result.err.startswith("error: git knows no commit 'nowhere' here\n  help: ")


@pytest.mark.parametrize("command", ["plan", "drift", "diff"])
def test_a_folder_without_git_is_an_error(desk: Desk, command: str) -> None:
    desk.project.define()
    reference = ["HEAD"] if command == "diff" else ["--base", "HEAD"]
    result = desk.run(command, *reference)
    assert (result.code, desk.service.requests) == (1, [])
    assert "not a git repository" in result.err


def test_a_commit_from_before_the_definitions_is_said_and_all_is_new(
    desk: Desk, repository: Repository
) -> None:
    repository.commit("Nothing yet")
    desk.project.define(prompt="Be brief.")
    desk.service.add("front-desk")
    result = desk.run("plan", "--base", "HEAD", "--format", "json")
    assert "there is no folder assistants yet" in result.err
    (change,) = result.json["actions"][0]["changes"]
    assert change["origin"] == "definition"


def test_what_is_said_of_a_file_cannot_move_the_cursor(desk: Desk, repository: Repository) -> None:
    odd = desk.project.write("assistants/\x1b[2J.yaml", "name: spa\nprompt: Be calm.\n")
    desk.project.define()
    repository.commit()
    odd.unlink()
    result = desk.run("plan", "--base", "HEAD")
    assert "what was defined in it cannot be read" in result.err
    assert "\x1b" not in result.err
