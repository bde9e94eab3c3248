"""`pull` of accounts with habits of their own: generations, ids, where the FAQ is, new fields."""

from __future__ import annotations

import os

import pytest
from pulling import in_step, text
from support.desk import MakeDesk


@pytest.mark.parametrize("floats", [False, True])
def test_unknown_fields_are_left_out_and_told(desk_with: MakeDesk, floats: bool) -> None:
    desk = desk_with(extra_members=True, floats=floats)
    desk.service.add("Front desk", voice={"provider": "cartesia", "id": "v1"})
    desk.service.add("Night desk")
    result = desk.run("pull")
    assert result.code == 0
    both = "(assistants/front-desk.yaml, assistants/night-desk.yaml)"
    assert f"  launched_on_the_moon: not known to this version {both}\n" in result.out
    assert "  voice.not_in_any_document: not known to this version" in result.out
    assert "moon" not in text(desk)
    assert "document" not in text(desk)
    assert in_step(desk)


@pytest.mark.parametrize("absent", ["keep", "reset"])
@pytest.mark.parametrize("generation", ["seed", "current"])
@pytest.mark.parametrize("nulls", [True, False])
def test_each_generation_and_habit_leaves_nothing_to_do(
    desk_with: MakeDesk, absent: str, generation: str, nulls: bool
) -> None:
    desk = desk_with(
        generation=generation, nulls=nulls, ids="integer", list_has_faq=False, reversed_order=True
    )
    desk.project.write("revox-sync.yaml", f"absent: {absent}\n")
    old = {"transfer_phone_number": "+33123456789"} if generation == "seed" else {}
    faq = [{"question": "Dogs?", "answer": "Yes."}]
    identity = desk.service.add("Front desk", faq_items=faq, **old)
    assert desk.run("pull").code == 0
    assert "Dogs?" in text(desk)
    assert ("transfer_phone_number" in text(desk)) == bool(old)
    assert f'id: "{identity}"' in text(desk)
    assert in_step(desk)


def test_a_faq_that_the_account_does_not_tell_is_not_stated(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False)
    desk.service.add("Front desk")
    result = desk.run("pull")
    assert "faq_items" not in text(desk)
    assert "  faq_items: the account does not tell it (assistants/front-desk.yaml)\n" in result.out
    assert in_step(desk)


@pytest.mark.parametrize(("in_list", "reads"), [(True, 0), (False, 40)])
def test_an_account_is_read_in_one_list(desk_with: MakeDesk, in_list: bool, reads: int) -> None:
    desk = desk_with(list_has_faq=in_list)
    for number in range(40):
        desk.service.add(f"Desk {number}")
    assert "40 definitions written" in desk.run("pull").out
    paths = [request.path for request in desk.service.requests]
    assert paths[0] == "/assistants"
    assert len(paths) == len(set(paths)) == 1 + reads


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_terminal_sees_how_far_it_is(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False)
    for name in ("a", "b"):
        desk.service.add(name)
    with desk.terminal("pull") as session:
        session.wait_for("reading the account")
        session.wait_for("reading 2 of 2")
        session.wait_for("writing 2 of 2")
        session.wait_for("2 definitions written")
        assert session.end() == 0
