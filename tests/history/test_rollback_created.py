"""What a run created is listed by ``rollback``, and deleted only when that is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk, MakeDesk

pytestmark = pytest.mark.usefixtures("hurried")


@pytest.fixture
def made(desk: Desk) -> Desk:
    """A run created an assistant and replaced another's prompt."""
    desk.service.add("old", prompt="Old.")
    desk.project.define("old", prompt="New.")
    desk.project.define("newcomer")
    assert desk.apply().code == 0
    return desk


def id_of(desk: Desk, name: str) -> str:
    (found,) = [key for key, value in desk.service.assistants.items() if value["name"] == name]
    return found


def test_what_the_run_created_is_listed_and_left_alone(made: Desk) -> None:
    result = made.rollback()
    assert result.code == 0
    assert f"created by that run, and left alone: newcomer, {id_of(made, 'newcomer')}" in result.err
    assert "--delete-created" in result.err
    assert made.service.sent("DELETE") == []


def test_it_is_deleted_when_asked_for_and_its_snapshot_kept(made: Desk) -> None:
    identity = id_of(made, "newcomer")
    made.service.edit(identity, sms_template="Typed since.")
    seen: list[Any] = []
    made.service.on("DELETE", edit=lambda: seen.append(made.records[-1].snapshots["newcomer"]))
    result = made.rollback("--delete-created")
    assert result.code == 0
    assert f'deleted  newcomer  "newcomer"  {identity}' in result.out
    assert [found["name"] for found in made.service.assistants.values()] == ["old"]
    assert seen[0]["remote"]["sms_template"] == "Typed since."
    assert made.records[-1].events("newcomer") == ["sending", "outcome done"]


def test_the_plan_shows_what_would_be_deleted(made: Desk) -> None:
    result = made.run("rollback", "--delete-created")
    assert result.code == 3
    assert id_of(made, "newcomer") in result.out
    assert "1 to delete" in result.out
    assert made.service.sent("DELETE") == []


def test_what_it_did_not_create_is_never_deleted(made: Desk) -> None:
    made.service.add("stranger")
    made.rollback("--delete-created")
    assert {found["name"] for found in made.service.assistants.values()} == {"old", "stranger"}


def test_what_is_gone_already_is_neither_listed_nor_deleted(made: Desk) -> None:
    made.service.delete(id_of(made, "newcomer"))
    result = made.rollback("--delete-created")
    assert result.code == 0
    assert made.service.sent("DELETE") == []
    assert "newcomer" not in result.said


def test_one_that_answers_a_phone_number_is_not_deleted(made: Desk) -> None:
    identity = id_of(made, "newcomer")
    inbound = made.service.assistants[identity]
    made.service.phone_numbers = [
        {"id": "n1", "phone_number": "+33123456789", "inbound_assistant": inbound},
        {"id": "n2", "phone_number": "+33123456780", "inbound_assistant": None},
    ]
    why = "it may be in use: phone number +33123456789; end that first"
    assert why in made.run("rollback", "--delete-created").out
    result = made.rollback("--delete-created")
    assert result.code == 4
    assert why in result.out
    assert identity in made.service.assistants
    assert made.service.assistants[id_of(made, "old")]["prompt"] == "Old."


def test_open_questions_to_it_need_somebody_to_agree(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False)
    desk.project.define()
    assert desk.apply().code == 0
    desk.service.ask(next(iter(desk.service.assistants)), "Do you take dogs?")
    result = desk.rollback("--delete-created")
    assert result.code == 3
    assert "Do you take dogs?" in result.out
    assert "deleting it drops 1 open question" in result.out
    assert desk.rollback("--delete-created", "--drop-open-questions").code == 0
    assert desk.service.assistants == {}


def test_a_create_that_the_run_never_heard_of_again_is_told(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("POST", drop="before")
    assert desk.apply().code == 4
    result = desk.rollback()
    assert result.code == 0
    assert "the record does not say whether that run created front-desk" in result.err


def test_an_adopted_create_was_created_by_the_run(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("POST", drop="after")
    assert desk.apply().code == 0
    assert desk.rollback("--delete-created").code == 0
    assert desk.service.assistants == {}


# What a run deleted comes back as a new assistant.


def test_what_a_run_deleted_is_made_anew(made: Desk) -> None:
    was = id_of(made, "newcomer")
    made.service.edit(
        was, sms_template="Typed since.", faq_items=[{"question": "Dogs?", "answer": "Yes."}]
    )
    held = {**made.service.assistants[was]}
    assert made.rollback("--delete-created").code == 0
    back = made.rollback()
    assert back.code == 0, back.said
    now = id_of(made, "newcomer")
    assert now != was
    assert now in back.out
    assert was in back.err
    assert "revox-sync bind newcomer" in back.err
    own = {"id", "created_at", "updated_at", "faq_items"}
    again = made.service.assistants[now]
    assert {n: v for n, v in again.items() if n not in own} == {
        n: v for n, v in held.items() if n not in own
    }
    assert [item["question"] for item in again["faq_items"]] == ["Dogs?"]


def test_what_is_sensitive_in_it_is_left_out_and_told(made: Desk) -> None:
    was = id_of(made, "newcomer")
    made.service.edit(was, webhook_url="https://h.example.com/?token=s3cret-abcdef")
    assert made.rollback("--delete-created").code == 0
    back = made.rollback()
    assert "--supply newcomer:webhook_url" in back.out
    assert made.service.assistants[id_of(made, "newcomer")]["webhook_url"] is None
