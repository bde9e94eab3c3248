"""A saved plan is what was reviewed: nothing else is done, and its values are never a source."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.service import Service

ITEM = {"question": "Dogs?", "answer": "Yes."}


def a_saved_change(desk: Desk) -> str:
    """Save a plan that replaces a prompt; return the assistant's id."""
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    assert desk.run("plan", "--out", "plan.json").code == 0
    return identity


def test_what_was_reviewed_is_done(desk: Desk) -> None:
    identity = a_saved_change(desk)
    assert desk.apply("plan.json").code == 0
    assert desk.service.assistants[identity]["prompt"] == "As it shall be."


def test_a_saved_create_is_done(desk: Desk) -> None:
    desk.project.define()
    desk.run("plan", "--out", "plan.json")
    assert desk.apply("plan.json").code == 0
    assert len(desk.service.assistants) == 1


def test_a_saved_plan_is_the_same_json_that_is_printed(desk: Desk) -> None:
    desk.project.define()
    printed = desk.run("plan", "--out", "plan.json", "--format", "json").json
    saved = json.loads((desk.root / "plan.json").read_text())
    assert saved.pop("created_at")
    assert saved.pop("digest") != printed.pop("digest")
    assert printed == saved


def test_show_renders_a_saved_plan_without_the_network(desk: Desk) -> None:
    a_saved_change(desk)
    planned = desk.run("plan").out
    asked = len(desk.service.requests)
    shown = desk.run("show", "plan.json")
    assert (shown.code, shown.out) == (0, planned)
    assert len(desk.service.requests) == asked


def test_show_renders_a_plan_that_no_longer_holds_without_key_or_definitions(desk: Desk) -> None:
    a_saved_change(desk)
    desk.project.remove("front-desk")
    desk.env.clear()
    shown = desk.run("show", "plan.json")
    assert shown.code == 0
    assert "1 to replace" in shown.out


def test_show_gives_back_the_json(desk: Desk) -> None:
    a_saved_change(desk)
    shown = desk.run("show", "plan.json", "--format", "json")
    assert shown.out == (desk.root / "plan.json").read_text()


def test_a_definition_that_changed_after_the_review_is_refused(desk: Desk) -> None:
    a_saved_change(desk)
    desk.project.define(prompt="Something that nobody reviewed.")
    result = desk.apply("plan.json")
    assert result.code == 3
    assert "no longer what was reviewed" in result.out
    assert "Something that nobody reviewed." in result.out
    assert desk.service.writes == []


def test_an_account_that_changed_after_the_review_is_refused(desk: Desk) -> None:
    identity = a_saved_change(desk)
    desk.service.edit(identity, prompt="Typed in the dashboard.")
    result = desk.apply("plan.json")
    assert result.code == 3
    assert desk.service.writes == []


def test_an_action_that_was_not_reviewed_is_refused_and_the_reviewed_one_done(desk: Desk) -> None:
    identity = a_saved_change(desk)
    desk.project.define("newcomer")
    result = desk.apply("plan.json")
    assert result.code == 4
    assert "not in the plan that was reviewed" in result.out
    assert desk.service.assistants[identity]["prompt"] == "As it shall be."
    assert len(desk.service.assistants) == 1


def test_what_was_done_already_is_nothing_to_do(desk: Desk) -> None:
    a_saved_change(desk)
    desk.apply()
    done = len(desk.service.writes)
    assert desk.apply("plan.json").code == 0
    assert len(desk.service.writes) == done


def test_a_reviewed_action_whose_definition_is_gone_is_told(desk: Desk) -> None:
    a_saved_change(desk)
    desk.project.remove("front-desk")
    result = desk.apply("plan.json")
    assert "front-desk" in result.said.replace('"front-desk"', "")
    assert result.code == 3
    assert desk.service.writes == []


def test_a_plan_for_another_address_is_refused(desk: Desk, serve: Callable[..., Service]) -> None:
    a_saved_change(desk)
    other = serve()
    other.add("front-desk", prompt="As it was.")
    desk.env["REVOX_BASE_URL"] = other.base_url
    result = desk.apply("plan.json")
    assert result.code == 3
    assert f"the saved plan is for {desk.service.base_url}" in result.err
    assert other.writes == desk.service.writes == []


def test_a_plan_for_another_organization_is_refused(desk: Desk) -> None:
    identity = a_saved_change(desk)
    desk.service.edit(identity, organization_id="org_other")
    result = desk.apply("plan.json")
    assert result.code == 3
    assert "org_other" in result.err
    assert desk.service.writes == []


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def edit(text: str) -> str:
        data = json.loads(text)
        change(data)
        return json.dumps(data)

    return edit


DAMAGES: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "cut off": lambda text: text[: len(text) // 2],
    "a list": lambda _: "[]",
    "null": lambda _: "null",
    "an empty object": lambda _: "{}",
    "a text": lambda _: '"1.0"',
    "deeply nested": lambda _: "[" * 100_000,
    "a later format": edited(lambda data: data.update(format_version="2.0")),
    "a numeric format": edited(lambda data: data.update(format_version=1)),
    "no target": edited(lambda data: data.pop("target")),
    "a null address": edited(lambda data: data["target"].update(base_url=None)),
    "null actions": edited(lambda data: data.update(actions=None)),
    "an unknown action": edited(lambda data: data["actions"][0].update(action="explode")),
    "an empty change": edited(lambda data: data["actions"][0].update(changes=[{}])),
    "changes that are a number": edited(lambda data: data["actions"][0].update(changes=7)),
    "an unknown op": edited(lambda data: data["actions"][0]["changes"][0].update(op="explode")),
    "an unknown mode": edited(lambda data: data["actions"][0].update(mode="sideways")),
    "an unknown profile": edited(lambda data: data["target"].update(profile="later")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("command", ["show", "apply --auto-approve"])
def test_a_damaged_plan_file_is_refused(
    desk: Desk, damage: Callable[[str], str], command: str
) -> None:
    a_saved_change(desk)
    path = desk.root / "plan.json"
    path.write_text(damage(path.read_text()))
    result = desk.run(*command.split(), "plan.json")
    assert result.code == 3
    assert "plan.json" in result.err
    assert "internal error" not in result.err
    assert desk.service.writes == []


def test_a_plan_file_that_is_no_text_is_an_error(desk: Desk) -> None:
    desk.project.write("plan.json", b"\xff\xfe\x00")
    result = desk.run("show", "plan.json")
    assert result.code == 1
    assert "not UTF-8" in result.err


def test_a_plan_file_that_is_not_there_is_an_error_of_show(desk: Desk) -> None:
    result = desk.run("show", "plan.json")
    assert result.code == 1
    assert "cannot read the plan file plan.json" in result.err


def test_a_plan_file_that_is_not_there_is_wrong_usage_of_apply(desk: Desk) -> None:
    desk.project.define()
    result = desk.apply("plan.json")
    assert result.code == 64
    assert desk.service.requests == []


def test_open_questions_that_the_reviewed_plan_names_need_no_further_consent(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEM, "answer": "Up to 10 kg."}])
    desk.run("plan", "--out", "plan.json")
    assert desk.apply("plan.json").code == 0
    assert len(desk.service.assistants[identity]["faq_items"]) == 1


def test_an_open_question_raised_after_the_review_is_refused(desk: Desk) -> None:
    identity = desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="Be kind.", faq_items=[{**ITEM, "answer": "Up to 10 kg."}])
    desk.run("plan", "--out", "plan.json")
    desk.service.ask(identity, "Is there a pool?")
    assert desk.apply("plan.json", "--drop-open-questions").code == 3
    assert desk.service.writes == []


def test_a_reviewed_write_of_an_unknown_faq_is_done_or_refused_but_not_forgotten(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False, write_has_faq=False)
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", faq_items=[ITEM])
    desk.run("plan", "--push-unknown", "--out", "plan.json")
    result = desk.apply("plan.json")
    done = [request.body for request in desk.service.writes] == [{"faq_items": [ITEM]}]
    assert done or result.code == 3


def test_a_plan_that_only_a_reviewed_file_approves_still_needs_approval(desk: Desk) -> None:
    a_saved_change(desk)
    result = desk.run("apply", "plan.json")
    assert result.code == 3
    assert desk.service.writes == []


def test_a_plan_is_saved_whole_or_not_at_all(desk: Desk) -> None:
    desk.project.define()
    result = desk.run("plan", "--out", "no/such/folder/plan.json")
    assert result.code == 1
    assert "cannot write the plan" in result.err
    assert [path for path in desk.project.files() if "plan" in path] == []


def test_a_plan_of_a_seed_account_is_saved_and_applied(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed", list_has_faq=False)
    a_saved_change(desk)
    assert desk.apply("plan.json").code == 0
