"""``delete``: exactly what is named, whatever git says of it, unless something uses it."""

from __future__ import annotations

import json

import pytest
from cli.test_cli_prune import USED
from support.cli import Result
from support.desk import SETTLE, Desk, MakeDesk

pytestmark = pytest.mark.usefixtures("hurried")


def delete(desk: Desk, *arguments: str) -> Result:
    """Delete without asking."""
    return desk.run("delete", "--auto-approve", "--settle", SETTLE, *arguments)


@pytest.fixture
def house(desk: Desk) -> tuple[Desk, dict[str, str]]:
    """One assistant that is defined, and three that are not, two of them of one name."""
    ids = {"Desk": desk.service.add("Desk"), "Stray": desk.service.add("Stray", prompt="Go.")}
    ids |= {key: desk.service.add("Twin", prompt=key) for key in ("one", "two")}
    desk.project.define("sales/desk", name="Desk", prompt="Be kind.")
    return desk, ids


@pytest.mark.parametrize("what", ["sales/desk", "assistants/sales/desk.yaml", "Desk", "id"])
def test_a_defined_one_goes_by_key_path_name_or_id(
    house: tuple[Desk, dict[str, str]], what: str
) -> None:
    desk, ids = house
    result = delete(desk, ids["Desk"] if what == "id" else what)
    assert result.code == 0, result.said
    assert f'deleted  sales/desk  "Desk"  {ids["Desk"]}' in result.out
    assert "assistants/sales/desk.yaml still describes it" in result.out
    assert "the next apply would create it again; delete the file" in result.out
    assert [one.path for one in desk.service.writes] == [f"/assistants/{ids['Desk']}"]
    assert ids["Desk"] not in desk.service.assistants


def test_the_next_apply_creates_again_what_is_still_defined(
    house: tuple[Desk, dict[str, str]],
) -> None:
    desk, ids = house
    assert delete(desk, "Desk").code == 0
    assert desk.apply().code == 0
    names = sorted(one["name"] for one in desk.service.assistants.values())
    assert names == ["Desk", "Stray", "Twin", "Twin"]
    assert ids["Desk"] not in desk.service.assistants


@pytest.mark.parametrize("what", ["Stray", "id"])
def test_one_without_a_definition_goes_by_name_or_id(
    house: tuple[Desk, dict[str, str]], what: str
) -> None:
    desk, ids = house
    result = delete(desk, ids["Stray"] if what == "id" else what)
    assert result.code == 0, result.said
    assert "still describes" not in result.out
    assert ids["Stray"] not in desk.service.assistants
    assert len(desk.service.writes) == 1


def test_a_faq_that_is_not_told_is_said_to_be_lost(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False)
    desk.service.add("Stray")
    result = desk.run("delete", "Stray")
    assert "the account does not tell its FAQ: no rollback brings that back" in result.out


def test_a_project_without_definitions_will_do(desk: Desk) -> None:
    identity = desk.service.add("Stray")
    assert delete(desk, "Stray").code == 0
    assert identity not in desk.service.assistants


def test_several_are_deleted_beyond_any_limit(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    desk.project.write("revox-sync.yaml", "limits: {delete: 0}\n")
    assert delete(desk, "Desk", "sales/desk", "Stray", ids["one"], ids["two"]).code == 0
    assert len(desk.service.writes) == 4
    assert desk.service.assistants == {}


def test_a_name_of_several_is_refused_with_their_ids(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    result = delete(desk, "Stray", "Twin")
    assert result.code == 3
    assert ids["one"] in result.err
    assert ids["two"] in result.err
    assert desk.service.writes == []
    desk.project.define("twin", name="Twin")
    assert delete(desk, "twin").code == 3
    assert desk.service.writes == []


def test_a_key_that_is_the_name_of_another_is_refused(
    house: tuple[Desk, dict[str, str]],
) -> None:
    desk, ids = house
    desk.project.define("Stray", name="Desk")
    desk.project.remove("sales/desk")
    result = delete(desk, "Stray")
    assert result.code == 3
    assert ids["Desk"] in result.err
    assert desk.service.writes == []


@pytest.mark.parametrize("what", ["nothing", "S*", "sales/*", "../x", "stray"])
def test_what_names_nothing_is_wrong_usage(house: tuple[Desk, dict[str, str]], what: str) -> None:
    desk, _ = house
    result = delete(desk, "Stray", what)
    assert result.code == 64
    assert what in result.err
    assert desk.service.writes == []
    assert desk.run("delete").code == 64


@pytest.mark.parametrize("name", ["", "\u200b", " "])
@pytest.mark.parametrize("command", ["delete", "pull"])
def test_a_blank_text_names_nothing(desk: Desk, command: str, name: str) -> None:
    """A variable that is not set must not pick an assistant that has no name."""
    desk.service.add(name)
    for target in ("", " ", "\u200b"):
        options = ("--auto-approve",) if command == "delete" else ()
        assert desk.run(command, *options, target).code == 64
    assert desk.service.writes == []


def test_a_definition_without_an_assistant_is_wrong_usage(desk: Desk) -> None:
    desk.service.add("Stray")
    desk.project.define("new")
    assert delete(desk, "new").code == 64


def test_one_that_lists_hide_goes_by_its_id(desk: Desk) -> None:
    identity = desk.service.add("Hidden", type="sub-assistant")
    desk.service.hidden.add(identity)
    desk.service.add("Stray")
    assert delete(desk, "Hidden").code == 64
    result = delete(desk, identity)
    assert result.code == 0, result.said
    assert "sub-assistant" in result.out
    assert identity not in desk.service.assistants


def test_nobody_asks_about_edits(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    desk.service.edit(ids["Desk"], prompt="Somebody's.")
    assert delete(desk, "Desk").code == 0


def test_it_asks_and_shows_first(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    result = desk.run("delete", "Stray")
    assert result.code == 3
    assert ids["Stray"] in result.out
    assert "1 to delete" in result.out
    assert desk.service.writes == []
    with desk.terminal("delete", "Stray") as session:
        session.wait_for("Type `yes`")
        session.type("no\n")
        assert session.end() == 3
    assert desk.service.writes == []


def test_the_result_is_told_as_json(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    report = delete(desk, "Stray", "--format", "json").json
    (one,) = report["outcomes"]
    assert (one["action"], one["status"], one["id"]) == ("delete", "done", ids["Stray"])
    assert desk.run("delete", "Desk", "--format", "json").code == 64


@pytest.mark.parametrize("what", [one for one in USED if one != "an edit"])
def test_what_is_used_is_refused_and_the_rest_deleted(
    house: tuple[Desk, dict[str, str]], what: str
) -> None:
    desk, ids = house
    happen, told = USED[what]
    happen(desk, ids["Desk"])
    result = delete(desk, "Desk")
    assert result.code == 3
    assert told in result.out
    assert desk.service.writes == []
    if "cannot" not in what:
        assert delete(desk, "Desk", "Stray").code == 4
        assert set(desk.service.assistants) == set(ids.values()) - {ids["Stray"]}


def test_what_comes_into_use_after_the_plan_is_refused(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    path = f"/assistants/{ids['Desk']}"
    desk.service.on("GET", path, edit=lambda: desk.service.wait_for(ids["Desk"]))
    assert delete(desk, "Desk").code in (3, 4)
    assert desk.service.sent("DELETE") == []


def test_one_that_is_renamed_after_the_plan_is_refused(
    house: tuple[Desk, dict[str, str]],
) -> None:
    desk, ids = house
    path = f"/assistants/{ids['Stray']}"
    desk.service.on("GET", path, edit=lambda: desk.service.edit(ids["Stray"], name="Kept"))
    assert delete(desk, "Stray").code == 3
    assert desk.service.sent("DELETE") == []


def test_open_questions_need_somebody_to_agree(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    desk.service.ask(ids["Stray"], "Do you take dogs?")
    result = delete(desk, "Stray")
    assert result.code == 3
    assert "Do you take dogs?" in result.out
    assert "deleting it drops 1 open question" in result.out
    assert desk.service.writes == []
    assert delete(desk, "Stray", "--drop-open-questions").code == 0


def test_what_the_service_calls_gone_is_deleted(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    desk.service.on("DELETE", times=None, status=410, acts=True)
    desk.service.on("GET", f"/assistants/{ids['Stray']}", nth=2, times=None, status=410)
    assert delete(desk, ids["Stray"]).code == 0
    assert ids["Stray"] not in desk.service.assistants


def test_two_runs_do_not_meet(house: tuple[Desk, dict[str, str]]) -> None:
    desk, _ = house
    desk.service.on("GET", "/assistants", delay=20)
    first = desk.start("delete", "--auto-approve", "Stray")
    desk.service.wait_until(lambda: len(desk.service.requests) > 0)
    assert delete(desk, "Desk").code != 0
    desk.service.closing.set()  # what waits is answered
    assert first.wait(20) == 0
    assert len(desk.service.writes) == 1


def test_planted_uses_are_not_looked_at(
    house: tuple[Desk, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("revox_sync.account.uses.Uses.words", lambda *_: ())
    with pytest.raises(AssertionError):
        test_what_is_used_is_refused_and_the_rest_deleted(house, "a phone number")


# What was deleted comes back.


def test_rollback_makes_a_defined_one_anew(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    desk.service.edit(ids["Desk"], voicemail_message="Typed since.")
    assert delete(desk, "Desk").code == 0
    assert f"deleted sales/desk ({ids['Desk']})" in desk.run("rollback", "--list").out
    back = desk.rollback()
    assert back.code == 0, back.said
    (again,) = [one for one in desk.service.assistants.values() if one["name"] == "Desk"]
    assert again["voicemail_message"] == "Typed since."
    assert str(again["id"]) in back.out
    assert f"which was {ids['Desk']}" in back.err
    assert "revox-sync bind sales/desk" in back.err
    assert desk.action()["id"] == str(again["id"])


def test_rollback_makes_those_without_a_definition_anew(
    house: tuple[Desk, dict[str, str]],
) -> None:
    desk, ids = house
    assert delete(desk, "Stray", ids["one"]).code == 0
    back = desk.rollback()
    # The other one of its name is there: nothing is made beside that.
    assert back.code == 4, back.said
    assert "of its name again" in back.out
    assert sorted(one["name"] for one in desk.service.assistants.values()) == [
        "Desk",
        "Stray",
        "Twin",
    ]
    assert "revox-sync pull Stray" in back.err


@pytest.mark.parametrize("status", [403, 500])
def test_rollback_leaves_one_that_was_not_deleted_after_all(
    house: tuple[Desk, dict[str, str]], status: int
) -> None:
    desk, ids = house
    desk.service.on("DELETE", times=None, status=status)
    assert delete(desk, "Stray").code == 4
    back = desk.rollback()
    assert back.code == 0, back.said
    assert "brought back" not in back.err
    assert len(desk.service.assistants) == 4
    desk.service.edit(ids["Stray"], prompt="Edited.")
    back = desk.rollback()
    assert ("that run did not delete it" in back.out) == (status == 500)
    assert {one.method for one in desk.service.writes} == {"DELETE"}


def test_its_snapshot_holds_nothing_sensitive(house: tuple[Desk, dict[str, str]]) -> None:
    desk, ids = house
    desk.service.edit(ids["Stray"], webhook_url="https://h.example.com/?token=s3cret-abcdef")
    assert delete(desk, "Stray").code == 0
    assert "s3cret-abcdef" not in json.dumps(desk.records[-1].snapshots[ids["Stray"]])
