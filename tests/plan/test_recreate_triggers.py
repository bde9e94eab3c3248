"""What makes a plan replace an assistant by a new one: a difference that a definition states."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.renewal import FAQ, NUMBERS, Renewal

MASKED = {"type": "custom", "api_url": "https://llm.example.com", "model_name": "m"}


def settings(desk: Desk, *lines: str) -> None:
    desk.project.write("revox-sync.yaml", "\n".join(lines) + "\n")


def how(desk: Desk, *arguments: str) -> tuple[str, str | None]:
    action = desk.action(*arguments)
    assert action["refused"] is None
    return action["action"], action["mode"]


def test_a_stated_difference(desk: Desk) -> None:
    Renewal(desk)
    assert how(desk) == ("replace", "recreate")


def test_the_definition_may_say_so_by_itself(desk: Desk) -> None:
    Renewal(desk, sync={"replace": "recreate"}).settings("delete", "replace: in-place")
    settings(desk, "retire: delete")
    assert how(desk) == ("replace", "recreate")


def test_the_definition_may_say_otherwise(desk: Desk) -> None:
    Renewal(desk, sync={"replace": "in-place"})
    assert how(desk) == ("replace", "in-place")


def test_the_command_line_may_say_so_for_some(desk: Desk) -> None:
    Renewal(desk)
    settings(desk, "retire: delete")
    assert how(desk) == ("replace", "in-place")
    assert how(desk, "--recreate", "front-*") == ("replace", "recreate")
    assert desk.action("--recreate", "front-*")["recreate"]["why"] == "--recreate"


def test_the_command_line_triggers_nothing_where_nothing_differs(desk: Desk) -> None:
    Renewal(desk, prompt="Be kind.")
    settings(desk, "retire: delete")
    assert how(desk, "--recreate", "front-desk") == ("unchanged", None)


def test_a_null_that_patch_cannot_write(desk: Desk) -> None:
    Renewal(desk, prompt="Be kind.", first_sentence=None)
    assert how(desk) == ("replace", "recreate")
    assert desk.changes() == {"first_sentence": ("Hello.", None)}


def test_an_item_of_the_faq(desk: Desk) -> None:
    Renewal(desk, prompt="Be kind.", faq_items=FAQ[:1])
    assert how(desk) == ("replace", "recreate")


@pytest.mark.parametrize(
    "stated",
    [
        {"prompt": "Be kind."},
        {"prompt": "Be kind.\r\n"},
        {"prompt": "Be kind.", "faq_items": FAQ[::-1]},
        {"prompt": "Be kind.", "voicemail_message": None},
        {"prompt": "Be kind.", "voice": None},
        {"prompt": "Be brief.", "sync": {"ignore": ["prompt"]}},
    ],
    ids=["nothing", "line ends", "the order of a FAQ", "null on null", "null on none", "ignored"],
)
def test_what_is_no_difference_triggers_nothing(desk: Desk, stated: dict[str, Any]) -> None:
    Renewal(desk, **stated)
    assert how(desk) == ("unchanged", None)


def test_an_edit_of_what_is_not_managed_triggers_nothing(desk: Desk) -> None:
    story = Renewal(desk, prompt="Be kind.")
    desk.service.edit(story.old, logo_url="https://www.example.com/logo.png", sms_enabled=True)
    assert how(desk) == ("unchanged", None)


def test_absence_triggers_nothing_it_is_reset_in_place(desk: Desk) -> None:
    story = Renewal(desk, prompt="Be kind.", first_sentence="Hello.")
    story.settings("delete", "absent: reset")
    desk.service.edit(story.old, voicemail_message="Call back.")
    assert how(desk) == ("replace", "in-place")
    assert desk.apply().code == 0
    assert {*desk.service.assistants} == {story.old}


def test_with_a_stated_difference_what_is_absent_is_reset_too(desk: Desk) -> None:
    story = Renewal(desk)
    story.settings("delete", "absent: reset")
    desk.service.edit(story.old, voicemail_message="Call back.")
    assert how(desk) == ("replace", "recreate")
    assert desk.apply().code == 0
    assert desk.service.assistants[story.new]["voicemail_message"] is None


def test_what_cannot_be_read_back_triggers_nothing(desk: Desk) -> None:
    model = {**MASKED, "api_key": "sk-1234567890"}
    story = Renewal(desk, prompt="Be kind.", llm_model=model)
    desk.service.edit(story.old, llm_model={**MASKED, "api_key": "****"})
    assert how(desk) == ("unchanged", None)
    assert how(desk, "--push-unknown") == ("replace", "in-place")


def test_a_second_run_has_nothing_to_do(desk: Desk) -> None:
    story = Renewal(desk)
    assert desk.apply().code == 0
    sent = len(desk.service.writes)
    again = desk.apply()
    assert again.code == 0
    assert "Nothing to do." in again.out
    assert len(desk.service.writes) == sent
    story.assert_replaced()


def test_the_plan_says_how_and_why(desk: Desk) -> None:
    story = Renewal(desk)
    plan = desk.plan()
    (action,) = plan["actions"]
    assert action["id"] == story.old
    assert action["recreate"] == {
        "why": "replace: recreate",
        "old_id": story.old,
        "new_id": None,
        "retire": "delete",
        "phone_numbers": list(NUMBERS),
        "old_name": "front-desk",
        "earlier": [],
        "then": None,
    }
    counts = {name: plan["summary"][name] for name in ("create", "replace", "recreate", "delete")}
    assert counts == {"create": 0, "replace": 1, "recreate": 1, "delete": 0}


def test_a_plan_in_place_says_nothing_of_it(desk: Desk) -> None:
    Renewal(desk)
    settings(desk, "retire: delete")
    plan = desk.plan()
    assert plan["actions"][0]["recreate"] is None
    assert plan["summary"]["recreate"] == 0


@pytest.mark.parametrize("width", ["80", "200"])
def test_the_terminal_shows_a_mark_of_its_own_and_why(desk: Desk, width: str) -> None:
    story = Renewal(desk)
    desk.env["COLUMNS"] = width
    shown = desk.run("plan").out
    assert '-/+ front-desk  "front-desk"' in shown
    assert "why: replace: recreate" in shown
    assert f'old: "front-desk", {story.old} is deleted' in shown
    assert f"phone numbers that move along: {', '.join(NUMBERS)}" in shown
    assert '~ prompt: "Be kind." -> "Be brief."' in shown
    assert "1 to replace (1 by a new assistant)" in shown
    assert all(len(line) <= int(width) for line in shown.splitlines())


def test_the_summary_of_an_apply_names_the_old_and_the_new_one(desk: Desk) -> None:
    story = Renewal(desk)
    done = desk.apply()
    assert f'renewed  front-desk  "front-desk"  {story.old} -> {story.new}' in done.out
    assert "Apply: 1 done" in done.out


def test_the_journal_holds_the_old_and_the_new_id(desk: Desk) -> None:
    story = Renewal(desk)
    desk.apply()
    (run,) = desk.records
    both = [line for line in run.journal if line["event"] in ("recreated", "retired")]
    assert [(line["old"], line["new"]) for line in both] == [(story.old, story.new)] * 2
    (outcome,) = [line for line in run.journal if line["event"] == "outcome"]
    assert (outcome["old_id"], outcome["id"]) == (story.old, story.new)


def test_drift_is_told_as_ever(desk: Desk) -> None:
    Renewal(desk)
    result = desk.run("drift")
    assert result.code == 2
    assert '"Be kind."' in result.out


def test_a_recreate_counts_as_a_replace_for_limits(desk: Desk) -> None:
    story = Renewal(desk)
    story.settings("delete", "limits: {replace: 0}")
    result = desk.apply()
    assert result.code == 3
    assert "--over-limit replace" in result.err
    assert story.writes() == []
