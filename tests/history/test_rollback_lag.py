"""A rollback at once, while what the service answers is older than what the run wrote."""

from __future__ import annotations

from typing import Literal

import pytest
from support.desk import Desk, MakeDesk

pytestmark = pytest.mark.usefixtures("hurried", "waits_take_no_time")

LAG = 0.5

DOGS = {"question": "Dogs?", "answer": "Yes."}
CATS = {"question": "Cats?", "answer": "No."}

LAGGING: dict[str, tuple[Literal["list", "get"], ...]] = {
    "the list": ("list",),
    "GET": ("get",),
    "both": ("list", "get"),
}


def again(desk: Desk, *arguments: str, settle: str = "3") -> tuple[int, str]:
    result = desk.run("rollback", "--auto-approve", "--settle", settle, *arguments)
    return result.code, result.said


@pytest.mark.parametrize("reads", LAGGING.values(), ids=LAGGING)
def test_what_an_apply_wrote_a_moment_ago_is_put_back(
    desk: Desk, reads: tuple[Literal["list", "get"], ...]
) -> None:
    identity = desk.service.add("front-desk", "Good.")
    desk.service.lag(LAG, *reads)
    desk.project.define(prompt="Bad.")
    assert desk.apply().code == 0
    code, said = again(desk)
    assert code == 0, said
    assert desk.service.assistants[identity]["prompt"] == "Good."


def test_what_an_apply_wrote_in_part_is_put_back(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Good.", voicemail_message="Good.")
    desk.service.alterations["voicemail_message"] = lambda _: "Cut."
    desk.service.lag(LAG, "list")
    desk.project.define(prompt="Bad.", voicemail_message="Bad.")
    assert desk.apply().code == 4
    desk.service.alterations.clear()
    code, said = again(desk)
    assert code == 0, said
    assert desk.service.assistants[identity]["prompt"] == "Good."


def test_a_faq_that_the_list_tells_in_another_order_is_put_back(desk_with: MakeDesk) -> None:
    desk = desk_with(retrieve_turns_faq=True)
    identity = desk.service.add("front-desk", faq_items=[DOGS, CATS])
    desk.service.lag(LAG, "list")
    desk.project.define(prompt="Be kind.", faq_items=[DOGS])
    assert desk.apply().code == 0
    code, said = again(desk)
    assert code == 0, said
    put_back = [item["question"] for item in desk.service.assistants[identity]["faq_items"]]
    assert sorted(put_back) == ["Cats?", "Dogs?"]


@pytest.mark.parametrize("refused", [False, True], ids=["written", "refused"])
def test_what_two_runs_wrote_a_moment_ago_is_known(desk: Desk, refused: bool) -> None:
    identity = desk.service.add("front-desk", "First.")
    desk.service.lag(LAG, "list")
    desk.project.define(prompt="Second.")
    assert desk.apply().code == 0
    desk.project.define(prompt="Third.")
    if refused:
        desk.service.on("PATCH", status=400, body={"error": "no"})
    assert desk.apply().code == (4 if refused else 0)
    desk.project.define(prompt="First.")
    assert desk.apply("--settle", "3").code == 0
    assert desk.service.assistants[identity]["prompt"] == "First."


@pytest.mark.parametrize("reads", LAGGING.values(), ids=LAGGING)
def test_what_an_apply_made_a_moment_ago_is_deleted(
    desk: Desk, reads: tuple[Literal["list", "get"], ...]
) -> None:
    desk.service.lag(LAG, *reads)
    desk.project.define()
    desk.apply()  # ends before the account shows it
    code, said = again(desk, "--delete-created")
    assert code == 0, said
    assert desk.service.assistants == {}


def test_an_answer_that_stays_as_it_was_before_the_run_is_remarked_upon(desk: Desk) -> None:
    desk.service.add("front-desk", "Good.")
    desk.service.lag(30)
    desk.project.define(prompt="Bad.")
    assert desk.apply().code == 0
    code, said = again(desk, settle="0.5")
    assert code == 0
    assert "front-desk: the account shows it as it was before an earlier run changed it" in said


def test_an_older_run_is_not_waited_for(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Good.")
    desk.project.define(prompt="Bad.")
    assert desk.apply().code == 0
    desk.service.edit(identity, prompt="Good.")
    code, said = again(desk, settle="0")
    assert code == 0
    assert "as it was before" not in said


def test_a_run_that_wrote_nothing_is_not_said_to_be_recorded(desk: Desk) -> None:
    desk.service.add("front-desk", "Good.")
    desk.service.on("PATCH", status=400, body={"error": "no"})
    desk.project.define(prompt="Bad.")
    result = desk.apply()
    assert result.code == 4
    assert "recorded as run" not in result.said
