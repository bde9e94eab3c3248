"""Which definition is which assistant, told through the command line."""

from __future__ import annotations

import pytest
from support.desk import Desk, MakeDesk

OTHER_ORGANIZATION = "org_elsewhere"


def test_a_name_that_two_assistants_have_is_refused_with_both_ids(desk: Desk) -> None:
    ids = [desk.service.add("front-desk"), desk.service.add("front-desk")]
    desk.project.define()
    result = desk.apply()
    assert result.code == 3
    assert all(identity in result.out for identity in ids)
    assert f"sync: {{id: {ids[0]}}}" in result.out
    assert desk.service.writes == []


def test_a_bound_id_decides_between_assistants_of_one_name(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="The other one.")
    bound = desk.service.add("front-desk", prompt="The bound one.")
    desk.project.define(prompt="As it shall be.", sync={"id": bound})
    assert desk.apply().code == 0
    assert [request.path for request in desk.service.writes] == [f"/assistants/{bound}"]


def test_a_bound_id_that_is_gone_never_falls_back_to_the_name(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(sync={"id": "asst_404"})
    result = desk.apply()
    assert result.code == 3
    assert "bound to asst_404 (sync.id), and no such assistant exists" in result.out
    assert desk.service.writes == []


def test_a_bound_id_that_the_list_hides_is_read_by_id(desk: Desk) -> None:
    hidden = desk.service.add("front-desk", prompt="As it was.")
    desk.service.hidden.add(hidden)
    desk.project.define(prompt="As it shall be.", sync={"id": hidden})
    assert desk.changes() == {"prompt": ("As it was.", "As it shall be.")}
    assert [request.path for request in desk.service.requests][:2] == [
        "/assistants",
        f"/assistants/{hidden}",
    ]
    assert desk.apply().code == 0
    assert desk.settled()


def test_a_bound_id_of_another_organization_is_refused(desk: Desk) -> None:
    desk.service.add("another")
    foreign = desk.service.add("front-desk")
    desk.service.edit(foreign, organization_id=OTHER_ORGANIZATION)
    desk.service.hidden.add(foreign)
    desk.project.define(sync={"id": foreign})
    result = desk.apply()
    assert result.code == 3
    assert OTHER_ORGANIZATION in result.out
    assert desk.service.writes == []


def test_a_bound_id_that_cannot_be_looked_up_is_an_error_and_not_gone(desk: Desk) -> None:
    desk.project.define(sync={"id": "asst_1"})
    desk.service.on("GET", "/assistants/*", status=403, body={"error": "not yours"})
    result = desk.run("plan")
    assert result.code == 1
    assert "403 Forbidden: not yours" in result.err


def test_a_bound_assistant_is_not_found_by_name_for_another_definition(desk: Desk) -> None:
    bound = desk.service.add("front-desk", prompt="As it was.")
    desk.project.define("a", name="Renamed", prompt="As it was.", sync={"id": bound})
    desk.project.define("b", name="front-desk", prompt="Brand new.")
    plan = desk.plan()
    assert {action["key"]: action["action"] for action in plan["actions"]} == {
        "a": "replace",
        "b": "create",
    }


def test_an_assistant_is_found_under_its_earlier_name(desk: Desk) -> None:
    identity = desk.service.add("Reception")
    desk.project.define(name="Front desk", prompt="Be kind.", sync={"renamed_from": "Reception"})
    assert desk.action()["id"] == identity


def test_the_present_name_comes_before_an_earlier_one(desk: Desk) -> None:
    desk.service.add("Reception")
    identity = desk.service.add("Front desk")
    desk.project.define(name="Front desk", prompt="Be kind.", sync={"renamed_from": "Reception"})
    assert desk.action()["id"] == identity


@pytest.mark.parametrize("name", ["FRONT-DESK", "Front- desk"])
def test_a_create_beside_a_name_that_differs_in_case_or_space_is_refused(
    desk: Desk, name: str
) -> None:
    identity = desk.service.add(name, prompt="Something else.")
    desk.project.define()
    result = desk.apply()
    assert result.code == 3
    assert identity in result.out
    assert "--allow-create front-desk" in result.out
    assert desk.service.writes == []


def test_a_create_beside_an_assistant_with_the_same_prompt_is_refused(desk: Desk) -> None:
    desk.service.add("Reception", prompt="You answer the phone.\r\n")
    desk.project.define(prompt="You answer the phone.")
    result = desk.apply()
    assert result.code == 3
    assert "the same prompt" in result.out
    assert desk.service.writes == []


def test_a_create_beside_a_look_alike_can_be_allowed(desk: Desk) -> None:
    desk.service.add("Reception", prompt="You answer the phone.")
    desk.project.define(prompt="You answer the phone.")
    assert desk.apply("--allow-create", "front-desk").code == 0
    assert len(desk.service.assistants) == 2
    assert desk.settled()


def test_allowing_one_create_allows_no_other(desk: Desk) -> None:
    desk.service.add("A", prompt="Something.")
    desk.service.add("B", prompt="Something else.")
    desk.project.define("a")
    desk.project.define("b")
    assert desk.apply("--allow-create", "a").code == 4
    assert [request.body["name"] for request in desk.service.writes] == ["a"]


def test_allowing_a_create_of_nothing_is_wrong_usage(desk: Desk) -> None:
    desk.project.define()
    assert desk.apply("--allow-create", "no-such-key").code == 64
    assert desk.service.requests == []


def test_a_managed_assistant_is_no_look_alike(desk: Desk) -> None:
    desk.service.add("a", prompt="You answer the phone.")
    desk.project.define("a", prompt="You answer the phone.")
    desk.project.define("b", prompt="You answer the phone.")
    assert {action["action"] for action in desk.plan()["actions"]} == {"unchanged", "create"}


@pytest.mark.parametrize("ids", ["prefixed", "integer"])
def test_ambiguous_ids_of_any_kind_are_told(desk_with: MakeDesk, ids: str) -> None:
    desk = desk_with(ids=ids)
    found = [desk.service.add("front-desk"), desk.service.add("front-desk")]
    desk.project.define()
    assert ", ".join(found) in desk.run("plan").out


def test_an_assistant_without_a_name_is_listed_if_the_list_is_trusted(desk_with: MakeDesk) -> None:
    desk = desk_with(nulls=False)
    identity = desk.service.add("x")
    desk.service.edit(identity, name=None)
    desk.project.define()
    refused = desk.run("plan")
    assert (refused.code, "has no name" in refused.err) == (1, True)
    assert desk.plan("--trust-list")["unmanaged"] == [{"id": identity, "name": ""}]


def test_two_definitions_of_one_name_are_an_error(desk: Desk) -> None:
    desk.project.define("a", name="Front desk")
    desk.project.define("b", name="Front desk")
    assert desk.apply().code == 1
    assert desk.service.requests == []


def test_two_definitions_bound_to_one_id_are_an_error(desk: Desk) -> None:
    desk.project.define("a", sync={"id": "asst_1"})
    desk.project.define("b", sync={"id": "asst_1"})
    assert desk.apply().code == 1
    assert desk.service.requests == []
