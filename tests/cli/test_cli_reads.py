"""What reading commands ask for, and that they leave everything as it was."""

from __future__ import annotations

import stat

import pytest
from support.desk import Desk, MakeDesk

ITEM = {"question": "Dogs?", "answer": "Yes."}
COMMANDS = ["validate", "plan", "drift", "plan --format json", "drift --format json"]


def gets(desk: Desk) -> list[str]:
    """Return the paths of all requests; fails on what writes."""
    assert desk.service.writes == []
    return [request.path for request in desk.service.requests]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reading_command_writes_nothing_anywhere(desk: Desk, command: str) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.project.define("another")
    before, held = desk.project.files(), dict(desk.service.assistants)
    desk.run(*command.split())
    assert desk.project.files() == before
    assert desk.service.assistants == held
    assert desk.service.writes == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reading_command_works_in_a_project_that_cannot_be_written(
    desk: Desk, command: str
) -> None:
    desk.project.define()
    folders = [desk.root, desk.root / "assistants"]
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert desk.run(*command.split()).code in (0, 2)
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)


def test_plan_writes_the_file_that_out_names_and_no_other(desk: Desk) -> None:
    desk.project.define()
    before = desk.project.files()
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert desk.project.files().keys() - before.keys() == {"plan.json"}


def test_a_plan_that_fails_leaves_an_earlier_file_as_it_was(desk: Desk) -> None:
    desk.project.define()
    desk.run("plan", "--out", "plan.json")
    before = desk.project.files()
    desk.service.on("GET", status=401)
    assert desk.run("plan", "--out", "plan.json").code == 1
    assert desk.project.files() == before


def test_a_plan_asks_once_when_the_list_has_everything(desk: Desk) -> None:
    for number in range(5):
        desk.service.add(f"a{number}", faq_items=[ITEM])
        desk.project.define(f"a{number}", prompt="Be kind.", faq_items=[ITEM])
    assert desk.run("plan").code == 0
    assert gets(desk) == ["/assistants"]


def test_a_plan_asks_by_id_for_each_managed_faq_that_the_list_lacks(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False)
    managed = [desk.service.add(name, faq_items=[ITEM]) for name in ("a", "b")]
    desk.service.add("without faq in git", faq_items=[ITEM])
    desk.service.add("not in git", faq_items=[ITEM])
    desk.project.define("a", prompt="Be kind.", faq_items=[ITEM])
    desk.project.define("b", prompt="Be kind.", faq_items=[])
    desk.project.define("without faq in git", prompt="Be kind.")
    desk.project.define("new", faq_items=[ITEM])
    plan = desk.plan()
    first, *others = [path for path in gets(desk) if path.startswith("/assistants")]
    assert first == "/assistants"
    assert sorted(others) == sorted(f"/assistants/{identity}" for identity in managed)
    assert {action["key"]: action["action"] for action in plan["actions"]} == {
        "a": "unchanged",
        "b": "replace",
        "new": "create",
        "without faq in git": "unchanged",
    }


def test_a_plan_does_not_ask_for_a_faq_that_is_ignored(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False)
    desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="Be kind.", faq_items=[], sync={"ignore": ["faq_items"]})
    assert desk.run("plan").code == 0
    assert gets(desk) == ["/assistants"]


@pytest.mark.parametrize("parallelism", [1, 3])
def test_reads_by_id_are_done_at_once_within_parallelism(
    desk_with: MakeDesk, parallelism: int
) -> None:
    desk = desk_with(list_has_faq=False)
    for number in range(8):
        desk.service.add(f"a{number}", faq_items=[ITEM])
        desk.project.define(f"a{number}", prompt="Be kind.", faq_items=[ITEM])
    desk.service.on("GET", "/assistants/*", times=None, delay=0.02)
    assert desk.run("plan", "--parallelism", str(parallelism)).code == 0
    assert len(gets(desk)) == 9
    assert desk.service.most_under_way == parallelism


def test_a_faq_that_neither_list_nor_retrieve_tells_is_unknown_and_no_drift(
    desk_with: MakeDesk,
) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False)
    desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="Be kind.", faq_items=[])
    result = desk.run("drift")
    assert result.code == 0
    action = desk.action()
    assert action["action"] == "unchanged"
    assert any("--push-unknown writes it" in note for note in action["notes"])


def test_an_unknown_faq_is_written_on_request(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False, write_has_faq=False)
    desk.service.add("front-desk", faq_items=[{**ITEM, "answer": "No."}])
    desk.project.define(prompt="Be kind.", faq_items=[ITEM])
    assert desk.apply().code == 0
    assert desk.service.writes == []
    assert desk.apply("--push-unknown").code == 0
    assert [request.body for request in desk.service.writes] == [{"faq_items": [ITEM]}]


def test_an_unknown_faq_is_emptied_on_request(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False, write_has_faq=False)
    desk.service.add("front-desk", faq_items=[ITEM])
    desk.project.define(prompt="Be kind.", faq_items=[])
    result = desk.apply("--push-unknown")
    assert result.code == 0
    assert [request.body for request in desk.service.writes] == [{"faq_items": []}]


def test_unmanaged_assistants_are_listed_and_left_alone(desk: Desk) -> None:
    identity = desk.service.add("not in git", prompt="Mine.")
    before = dict(desk.service.assistants[identity])
    desk.project.define()
    result = desk.apply()
    assert result.code == 0
    assert f'{identity}  "not in git"' in result.out
    assert desk.service.assistants[identity] == before
    assert all(identity not in request.path for request in desk.service.requests)


def test_a_plan_of_one_key_says_nothing_of_the_others(desk: Desk) -> None:
    desk.service.add("b", prompt="As it was.")
    desk.project.define("a")
    desk.project.define("b", prompt="As it shall be.")
    plan = desk.plan("a")
    assert [action["key"] for action in plan["actions"]] == ["a"]
    assert plan["unmanaged"] == []


def test_an_empty_account_counts_as_current(desk: Desk) -> None:
    desk.project.define()
    assert desk.plan()["target"]["profile"] == "current"


@pytest.mark.parametrize("generation", ["seed", "current"])
def test_the_generation_is_recognised_by_what_assistants_report(
    desk_with: MakeDesk, generation: str
) -> None:
    desk = desk_with(generation=generation, nulls=False)
    desk.service.add("another")
    desk.project.define()
    assert desk.plan()["target"]["profile"] == generation


@pytest.mark.parametrize("given", ["option", "project file"])
def test_the_generation_can_be_said(desk: Desk, given: str) -> None:
    desk.project.define()
    if given == "option":
        assert desk.plan("--profile", "seed")["target"]["profile"] == "seed"
    else:
        desk.project.write("revox-sync.yaml", "profile: seed\n")
        assert desk.plan()["target"]["profile"] == "seed"
        assert desk.plan("--profile", "auto")["target"]["profile"] == "current"


def test_a_field_that_a_current_account_no_longer_has_is_refused(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.", transfer_phone_number="+33123456789")
    result = desk.apply()
    assert result.code == 3
    assert "no longer has transfer_phone_number" in result.out
    assert "transfer_destinations" in result.out
    assert desk.service.writes == []


def test_a_field_of_the_seed_is_written_to_a_seed_account(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.", transfer_phone_number="+33123456789")
    assert desk.apply().code == 0
    assert [r.body for r in desk.service.writes] == [{"transfer_phone_number": "+33123456789"}]
