"""How much one run may change: above a limit nothing is written at all."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk

from revox_sync.account.remote import Target
from revox_sync.model.limits import Limit
from revox_sync.plan.model import Delete, Plan
from revox_sync.plan.violations import Size, violations


def limits(desk: Desk, text: str) -> None:
    desk.project.write("revox-sync.yaml", f"limits: {{{text}}}\n")


def items(count: int) -> list[dict[str, str]]:
    return [{"question": f"Question {n}?", "answer": "Yes."} for n in range(count)]


def creates(desk: Desk, count: int, beside: int = 0) -> None:
    """Define ``count`` new assistants, and ``beside`` of them that are there already."""
    for number in range(count):
        desk.project.define(f"new{number}")
    for number in range(beside):
        desk.service.add(f"old{number}", prompt=f"Old {number}.")
        desk.project.define(f"old{number}", prompt=f"Old {number}.")


def replaces(desk: Desk, count: int, beside: int = 0) -> None:
    """Define ``count`` assistants that differ, beside unmanaged ones of the account."""
    for number in range(count):
        desk.service.add(f"a{number}", prompt=f"As {number} was.")
        desk.project.define(f"a{number}", prompt=f"As {number} shall be.")
    for number in range(beside):
        desk.service.add(f"b{number}", prompt=f"Beside {number}.")


def removes(desk: Desk, gone: int, held: int, key: str = "front-desk") -> None:
    """Define an assistant whose FAQ of ``held`` items loses ``gone``."""
    desk.service.add(key, prompt=f"{key}.", faq_items=items(held))
    desk.project.define(key, prompt=f"{key}.", faq_items=items(held - gone))


def refused(desk: Desk, limit: str, words: str) -> None:
    """Fail unless apply refuses before any write, with the count and the flag."""
    planned = desk.run("plan", "--detailed-exitcode")
    assert planned.code == 3
    allow = f"`limits: {{{limit}: …}}` in revox-sync.yaml, or `--over-limit {limit}` once"
    assert f"Apply refuses this:\n  ! {words}; to allow it: {allow}\n" in planned.out
    result = desk.apply()
    assert result.code == 3
    assert words in result.err
    assert "nothing was changed" in result.err
    assert f"--over-limit {limit}" in result.err
    assert desk.service.writes == []
    assert desk.records == []
    assert desk.apply("--over-limit", limit).code == 0
    assert desk.service.writes != []


def done(desk: Desk) -> None:
    """Fail unless apply needs no flag."""
    planned = desk.run("plan")
    assert planned.code == 0
    assert "refuse" not in planned.said
    assert desk.apply().code == 0
    assert desk.service.writes != []


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("2", "the plan would create 3 of 4 assistants; the limit is 2"),
        ("74%", "the plan would create 3 of 4 assistants; the limit is 74 %"),
        ("0", "the plan would create 3 of 4 assistants; the limit is 0"),
    ],
)
def test_too_many_creates_are_refused(desk: Desk, limit: str, words: str) -> None:
    limits(desk, f"create: {limit}")
    creates(desk, 3, beside=1)
    refused(desk, "create", words)


@pytest.mark.parametrize("limit", ["3", "75%", "100%"])
def test_as_many_creates_as_the_limit_says_are_done(desk: Desk, limit: str) -> None:
    limits(desk, f"create: {limit}")
    creates(desk, 3, beside=1)
    done(desk)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("1", "the plan would replace 2 of 4 assistants; the limit is 1"),
        ("49 %", "the plan would replace 2 of 4 assistants; the limit is 49 %"),
    ],
)
def test_too_many_replaces_are_refused(desk: Desk, limit: str, words: str) -> None:
    limits(desk, f"replace: {limit}")
    replaces(desk, 2, beside=2)
    refused(desk, "replace", words)


@pytest.mark.parametrize("limit", ["2", "50%"])
def test_as_many_replaces_as_the_limit_says_are_done(desk: Desk, limit: str) -> None:
    limits(desk, f"replace: {limit}")
    replaces(desk, 2, beside=2)
    done(desk)


def test_a_percentage_does_not_depend_on_the_keys_of_a_run(desk: Desk) -> None:
    limits(desk, "replace: 50%")
    replaces(desk, 4)
    assert desk.apply("a0").code == 0
    assert desk.apply("a1", "a2", "a3").code == 3


def test_a_refused_action_does_not_count(desk: Desk) -> None:
    limits(desk, "create: 1, replace: 0")
    desk.service.add("twin")
    desk.service.add("twin")
    desk.project.define("twin")
    creates(desk, 1)
    assert desk.apply().code == 4
    assert len(desk.service.sent("POST")) == 1


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("2", "the plan would remove 3 FAQ items; the limit is 2"),
        ("10%", "front-desk: 3 of 6 FAQ items would be removed; the limit is 10 %"),
    ],
)
def test_too_many_removed_faq_items_are_refused(desk: Desk, limit: str, words: str) -> None:
    limits(desk, f"faq_items_removed: {limit}")
    removes(desk, 3, 6)
    refused(desk, "faq_items_removed", words)


@pytest.mark.parametrize("limit", ["3", "50%"])
def test_as_many_removed_faq_items_as_the_limit_says_are_done(desk: Desk, limit: str) -> None:
    limits(desk, f"faq_items_removed: {limit}")
    removes(desk, 3, 6)
    done(desk)


def test_a_count_of_faq_items_is_of_the_whole_run(desk: Desk) -> None:
    limits(desk, "faq_items_removed: 3")
    removes(desk, 2, 6, "a")
    removes(desk, 2, 6, "b")
    refused(desk, "faq_items_removed", "the plan would remove 4 FAQ items; the limit is 3")


def test_an_answer_that_changes_removes_no_item(desk: Desk) -> None:
    limits(desk, "faq_items_removed: 0")
    desk.service.add("front-desk", faq_items=items(3))
    other = [{**item, "answer": "No."} for item in items(3)]
    desk.project.define(prompt="Be kind.", faq_items=[*other, {"question": "New?", "answer": "!"}])
    done(desk)


def test_without_limits_most_of_a_large_faq_needs_the_flag(desk: Desk) -> None:
    removes(desk, 6, 10)
    refused(
        desk,
        "faq_items_removed",
        "front-desk: 6 of 10 FAQ items would be removed; the limit is 50 %",
    )


@pytest.mark.parametrize(("gone", "held"), [(5, 10), (9, 9)], ids=["half", "a small one"])
def test_without_limits_half_of_a_faq_and_all_of_a_small_one_may_go(
    desk: Desk, gone: int, held: int
) -> None:
    removes(desk, gone, held)
    done(desk)


def test_without_limits_any_number_is_created_and_replaced(desk: Desk) -> None:
    creates(desk, 12)
    replaces(desk, 12)
    done(desk)


def test_a_stated_limit_takes_the_place_of_its_default_alone(desk: Desk) -> None:
    limits(desk, "faq_items_removed: 100%, create: 5")
    removes(desk, 10, 10)
    done(desk)


def test_a_limit_allowed_for_once_holds_again_the_next_time(desk: Desk) -> None:
    limits(desk, "create: 0")
    creates(desk, 1)
    assert desk.apply("--over-limit", "create").code == 0
    desk.project.define("another")
    assert desk.apply().code == 3


def test_every_exceeded_limit_is_told_and_each_needs_its_own_flag(desk: Desk) -> None:
    limits(desk, "create: 0, replace: 0")
    creates(desk, 1)
    replaces(desk, 1)
    result = desk.apply()
    assert "--over-limit create" in result.err
    assert "--over-limit replace" in result.err
    assert desk.apply("--over-limit", "create").code == 3
    assert desk.service.writes == []
    assert desk.apply("--over-limit", "create", "--over-limit", "replace").code == 0


def test_limits_hold_for_a_saved_plan_too(desk: Desk) -> None:
    creates(desk, 2)
    assert desk.run("plan", "--out", "plan.json").code == 0
    limits(desk, "create: 1")
    assert desk.apply("plan.json").code == 3
    assert desk.service.writes == []


def test_limits_hold_for_a_rollback_too(desk: Desk) -> None:
    replaces(desk, 2)
    assert desk.apply().code == 0
    limits(desk, "replace: 1")
    result = desk.rollback()
    assert result.code == 3
    assert "--over-limit replace" in result.err
    assert desk.rollback("--over-limit", "replace").code == 0


@pytest.mark.parametrize(
    ("stated", "allowed"),
    [({}, False), ({"delete": Limit(0)}, False), ({"delete": Limit(1)}, True)],
    ids=["none stated", "0", "1"],
)
def test_without_limits_nothing_may_be_deleted(stated: dict[str, Limit], allowed: bool) -> None:
    action = Delete(key="old", name="Old", id="asst_1", file="-")
    plan = Plan(Target("https://api.example", None, "current"), (action,), (), ())
    found = violations(plan, Size(definitions=4, assistants=4), stated)
    assert (found == ()) is allowed
    assert all(violation.limit == "delete" for violation in found)
    assert violations(plan, Size(definitions=4, assistants=4), stated, ["delete"]) == ()


def test_an_unknown_limit_to_exceed_is_wrong_usage(desk: Desk) -> None:
    assert desk.apply("--over-limit", "everything").code == 64


WRONG: dict[str, tuple[str, Any]] = {
    "a fraction": ("limits:\n  create: 1.5\n", (2, 11)),
    "a negative count": ("limits:\n  create: -1\n", (2, 11)),
    "a word": ("limits:\n  replace: many\n", (2, 12)),
    "more than all": ("limits:\n  delete: 101%\n", (2, 11)),
    "a negative percentage": ("limits:\n  delete: -5%\n", (2, 11)),
    "true": ("limits:\n  create: true\n", (2, 11)),
    "null": ("limits:\n  create: null\n", (2, 11)),
    "a list": ("limits:\n  create: [1]\n", (2, 11)),
    "an unknown limit": ("limits:\n  creates: 1\n", (2, 3)),
    "no mapping": ("limits: 20\n", (1, 9)),
}


@pytest.mark.parametrize(("text", "place"), WRONG.values(), ids=WRONG)
def test_a_wrong_limit_is_told_with_its_place_and_stops_everything(
    desk: Desk, text: str, place: tuple[int, int]
) -> None:
    desk.project.write("revox-sync.yaml", text)
    creates(desk, 1)
    for arguments in (["validate"], ["plan"], ["apply", "--auto-approve"]):
        result = desk.run(*arguments)
        assert result.code == 1
        assert f"revox-sync.yaml:{place[0]}:{place[1]}: error" in result.said, result.said
        assert "internal error" not in result.err
    assert desk.service.requests == []
