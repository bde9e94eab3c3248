"""What a snapshot does not hold, because it is sensitive, is left alone unless it is supplied."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.desk import Desk

OLD = "https://hooks.example/a?token=0ld-token"
NEW = "https://hooks.example/b?token=n3w-token"


@pytest.fixture
def moved(desk: Desk) -> Desk:
    """A run replaced a prompt and a webhook whose query is sensitive."""
    desk.service.add("front-desk", prompt="Old.", webhook_url=OLD)
    desk.project.define(prompt="New.", webhook_url=NEW)
    assert desk.apply().code == 0
    return desk


def the_one(desk: Desk) -> dict[str, Any]:
    (document,) = desk.service.assistants.values()
    return document


def test_a_sensitive_field_is_left_alone_and_named_with_the_way_to_supply_it(moved: Desk) -> None:
    result = moved.rollback()
    assert result.code == 0, result.said
    assert "webhook_url: left alone, because it holds what is sensitive" in result.out
    assert "--supply front-desk:webhook_url=NAME" in result.out
    assert the_one(moved)["webhook_url"] == NEW
    assert the_one(moved)["prompt"] == "Old."
    assert "n3w-token" not in result.said


def test_a_sensitive_field_is_named_where_nothing_else_is_put_back(desk: Desk) -> None:
    desk.service.add("front-desk", webhook_url=OLD)
    desk.project.define(prompt="Be kind.", webhook_url=NEW)
    assert desk.apply().code == 0
    result = desk.rollback()
    assert "webhook_url: left alone, because it holds what is sensitive" in result.out


def test_a_sensitive_field_that_the_run_did_not_write_is_no_matter(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="Old.", webhook_url=OLD)
    desk.project.define(prompt="New.")
    assert desk.apply().code == 0
    result = desk.rollback()
    assert result.code == 0, result.said
    assert "webhook_url" not in result.out
    assert the_one(desk)["prompt"] == "Old."
    assert the_one(desk)["webhook_url"] == OLD


def test_a_supplied_value_is_put_back_and_never_shown(moved: Desk) -> None:
    moved.env["REVOX_SECRET_HOOK"] = OLD
    result = moved.rollback("--supply", "front-desk:webhook_url=HOOK")
    assert result.code == 0, result.said
    assert the_one(moved)["webhook_url"] == OLD
    assert the_one(moved)["prompt"] == "Old."
    assert "0ld-token" not in result.said
    assert all(b"0ld-token" not in content for content in on_disk(moved))


def on_disk(desk: Desk) -> list[bytes]:
    """Return the content of every file that the tool wrote."""
    files = desk.project.files()
    return [content for path, content in files.items() if not path.startswith("assistants/")]


CODE = {"question": "Code?", "answer": "0ld-code"}
DOGS = {"question": "Dogs?", "answer": "0h yes."}


@pytest.fixture
def coded(desk: Desk) -> Desk:
    """A run replaced a FAQ, in which a definition has a secret, and dropped an open question."""
    desk.env["REVOX_SECRET_CODE"] = "n3w-code"
    identity = desk.service.add("front-desk", faq_items=[CODE, DOGS])
    desk.service.ask(identity, "Is there a pool?")
    desk.service.assistants[identity]["faq_items"].reverse()
    desk.project.define(
        prompt="New.", faq_items=[{"question": "Code?", "answer": "${secret.CODE}"}]
    )
    assert desk.apply("--drop-open-questions").code == 0
    return desk


def wanted(desk: Desk) -> list[str]:
    """Return the places for which a rollback asks."""
    return re.findall(r"--supply (\S+)=NAME", desk.run("rollback").out)


def test_of_a_list_only_what_would_be_put_back_is_asked_for(coded: Desk) -> None:
    places = wanted(coded)
    assert places
    assert {place.rpartition(".")[2] for place in places} <= {"question", "answer"}


def test_a_list_is_left_alone_unless_every_value_is_supplied(coded: Desk) -> None:
    coded.env["REVOX_SECRET_OLD"] = "0ld-code"
    result = coded.rollback("--supply", f"{wanted(coded)[0]}=OLD")
    assert [item["answer"] for item in the_one(coded)["faq_items"]] == ["n3w-code"]
    assert "0ld-code" not in result.said
    assert "n3w-code" not in result.said


def test_a_list_is_put_back_when_every_value_is_supplied(coded: Desk) -> None:
    held = {"faq_items": [{"question": "Is there a pool?", "answer": ""}, DOGS, CODE]}
    options = []
    for number, place in enumerate(wanted(coded)):
        index, member = re.findall(r"\[(\d+)\]\.(\w+)", place)[0]
        coded.env[f"REVOX_SECRET_V{number}"] = held["faq_items"][int(index)][member]
        options.append(f"--supply={place}=V{number}")
    result = coded.rollback(*options)
    assert result.code == 0, result.said
    found = {(item["question"], item["answer"]) for item in the_one(coded)["faq_items"]}
    assert found == {("Code?", "0ld-code"), ("Dogs?", "0h yes.")}
    assert "0ld-code" not in result.said


@pytest.mark.parametrize(
    ("option", "code", "words"),
    [
        ("front-desk:prompt=HOOK", 64, "no sensitive value at front-desk:prompt"),
        ("reception:webhook_url=HOOK", 64, "no sensitive value at reception:webhook_url"),
        ("front-desk:webhook_url", 64, "KEY:PATH=NAME"),
        ("webhook_url=HOOK", 64, "KEY:PATH=NAME"),
        ("front-desk:webhook_url=ABSENT", 1, "REVOX_SECRET_ABSENT is not set"),
    ],
)
def test_a_value_that_cannot_be_used_is_an_error(
    moved: Desk, option: str, code: int, words: str
) -> None:
    moved.env["REVOX_SECRET_HOOK"] = OLD
    done = len(moved.service.writes)
    result = moved.rollback("--supply", option)
    assert result.code == code
    assert words in result.err
    assert "0ld-token" not in result.said
    assert len(moved.service.writes) == done


def test_the_value_itself_cannot_be_given_on_the_command_line(moved: Desk) -> None:
    result = moved.rollback("--supply", f"front-desk:webhook_url={OLD}")
    assert result.code != 0
    assert the_one(moved)["webhook_url"] == NEW
