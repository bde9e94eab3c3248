"""A service whose reads lag behind its writes: absence from one list proves nothing."""

from __future__ import annotations

import re
import shutil
import threading
import time
from typing import Any, Literal

import pytest
from support.cli import start
from support.desk import Desk

pytestmark = pytest.mark.usefixtures("hurried", "waits_take_no_time")

Read = Literal["list", "get"]

LAG = 0.4

LAGGING: dict[str, tuple[Read, ...]] = {
    "the list": ("list",),
    "GET": ("get",),
    "both": ("list", "get"),
}

#: How a PATCH may be answered so that nothing is told of what it did.
SILENT: dict[str, Any] = {
    "a web page": {"body": b"<h1>ok</h1>", "content_type": "text/html"},
    "nothing": {"body": b""},
    "an empty object": {"body": {}},
}


@pytest.mark.parametrize("reads", LAGGING.values(), ids=LAGGING)
def test_two_applies_in_a_row_make_one_assistant(desk: Desk, reads: tuple[Read, ...]) -> None:
    desk.service.lag(LAG, *reads)
    desk.project.define()
    assert desk.apply("--settle", "3").code == 0
    assert desk.apply("--settle", "3").code == 0
    assert len(desk.service.sent("POST")) == 1


@pytest.mark.parametrize("reads", LAGGING.values(), ids=LAGGING)
def test_a_create_that_the_account_does_not_show_is_not_green_and_not_made_again(
    desk: Desk, reads: tuple[Read, ...]
) -> None:
    desk.service.lag(60, *reads)
    desk.project.define()
    result = desk.apply("--settle", "0.1")
    if reads == ("get",):
        assert result.code == 0  # the list shows it
    else:
        assert result.code == 4
        (identity,) = desk.service.assistants
        assert identity in result.out
        assert "it was made, and the account does not show it after 0.1 s" in result.out
    desk.apply("--settle", "0.1")
    assert len(desk.service.sent("POST")) == 1
    desk.service.lag(0)
    assert desk.apply("--settle", "0.1").code == 0
    assert len(desk.service.sent("POST")) == 1


def test_the_account_is_told_not_to_show_it_yet_and_how_to_go_on(desk: Desk) -> None:
    desk.service.lag(30)
    desk.project.define()
    assert desk.apply().code == 4
    (identity,) = desk.service.assistants
    result = desk.apply()
    assert result.code == 3
    assert (
        f"an earlier run made {identity} for it, and the account does not show that one yet"
        in result.out
    )
    assert "--allow-create front-desk" in result.out
    assert desk.apply("--allow-create", "front-desk").code == 4
    assert len(desk.service.sent("POST")) == 2


def test_without_lag_nothing_is_waited_for(desk: Desk) -> None:
    desk.project.define()
    began = time.monotonic()
    assert desk.apply("--settle", "20").code == 0
    assert time.monotonic() - began < 10
    assert [request.method for request in desk.service.requests] == ["GET", "GET", "POST", "GET"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_list_that_is_empty_for_a_moment_makes_no_twin(desk: Desk, times: int) -> None:
    desk.project.define()
    assert desk.apply().code == 0
    desk.service.on("GET", "/assistants", times=times, status=200, body={"assistants": []})
    result = desk.apply()
    assert result.code == 0
    assert "Nothing to do" in result.out
    assert len(desk.service.assistants) == 1


def test_neither_an_empty_list_nor_a_late_answer_by_id_makes_a_twin(desk: Desk) -> None:
    desk.service.lag(1.0, "get")
    desk.project.define()
    assert desk.apply().code == 0  # the list shows it
    desk.service.on("GET", "/assistants", times=2, status=200, body={"assistants": []})
    result = desk.apply("--settle", "5")
    assert "Nothing to do" in result.out
    assert len(desk.service.sent("POST")) == 1


@pytest.mark.parametrize("times", [1, 2, 4])
def test_what_earlier_runs_changed_is_asked_for_where_a_list_lacks_it(
    desk: Desk, times: int
) -> None:
    desk.service.add("front-desk", "Be brief.")
    desk.project.define()
    assert desk.apply().code == 0
    desk.service.on("GET", "/assistants", times=times, status=200, body={"assistants": []})
    assert "Nothing to do" in desk.apply().out
    assert desk.service.sent("POST") == []


def test_what_was_deleted_in_the_account_is_made_again(desk: Desk) -> None:
    desk.project.define()
    desk.apply()
    desk.service.assistants.clear()
    assert desk.apply().code == 0
    assert len(desk.service.assistants) == 1


@pytest.mark.parametrize("lag", [0, LAG])
def test_a_sub_assistant_which_no_list_shows_is_asked_for_by_its_id(desk: Desk, lag: float) -> None:
    create = desk.service.create

    def hidden(body: Any) -> Any:
        made = create(body)
        desk.service.hidden.add(str(made["id"]))
        return made

    desk.service.create = hidden  # type: ignore[method-assign]
    desk.service.lag(lag)
    desk.project.define(type="sub-assistant")
    result = desk.apply("--allow-create", "front-desk", "--settle", "3")
    assert result.code == 0, result.out
    (identity,) = desk.service.assistants
    assert desk.service.requests[-1].path == f"/assistants/{identity}"


def test_a_503_that_acted_and_shows_late_is_not_sent_again(desk: Desk) -> None:
    desk.service.lag(LAG)
    desk.service.on("POST", status=503, headers={"retry-after": "0"}, acts=True)
    desk.project.define()
    assert desk.apply("--settle", "3").code == 0
    assert len(desk.service.sent("POST")) == 1


def test_a_run_that_was_killed_before_its_answer_is_waited_for(desk: Desk) -> None:
    desk.service.lag(LAG)
    desk.service.on(
        "POST",
        delay=20,
        edit=lambda: desk.service.add("front-desk", "You are front-desk. Be kind."),
    )
    desk.project.define()
    run = desk.start("apply", "--auto-approve")
    desk.service.wait_until(lambda: bool(desk.service.assistants))
    run.kill()
    run.communicate()
    desk.service.calm()
    result = desk.apply("--settle", "3")
    assert result.code == 3, result.out
    assert "has appeared under its name since the plan was made" in result.out
    assert len(desk.service.assistants) == 1
    assert desk.apply().code == 0


def test_what_is_found_after_two_lost_creates_may_have_a_twin(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("POST", drop="before")
    assert desk.apply("--settle", "0.1").code == 4
    made = "You are front-desk. Be kind."
    desk.service.on("POST", drop="before", edit=lambda: desk.service.add("front-desk", made))
    result = desk.apply("--settle", "0.1")
    assert result.code == 4
    assert "an earlier run may have made it: both answers were lost" in result.out
    assert "Nothing to do" in desk.apply().out


def test_of_two_clones_that_do_not_see_each_other_at_least_one_says_so(desk: Desk) -> None:
    desk.service.now = time.monotonic  # the clones have clocks of their own
    desk.service.lag(LAG)
    desk.project.define()
    clone = desk.root.with_name("clone")
    shutil.copytree(desk.root, clone)
    meeting = threading.Barrier(2)
    desk.service.on("POST", times=None, edit=lambda: meeting.wait(20))
    apply = ("apply", "--auto-approve", "--settle", "5")
    runs = [start(*apply, env=desk.env, cwd=folder) for folder in (desk.root, clone)]
    told = [run.communicate(timeout=30)[0] for run in runs]
    codes = [run.returncode for run in runs]
    assert 4 in codes
    for identity in desk.service.assistants:
        assert identity in told[codes.index(4)]


# Where a secret is in the text, no record has its values.
@pytest.mark.parametrize("texts", [("Good.", "Bad."), ("Good ${secret.K}.", "Bad ${secret.K}.")])
@pytest.mark.parametrize("reads", LAGGING.values(), ids=LAGGING)
def test_a_change_that_is_taken_back_at_once_is_taken_back(
    desk: Desk, reads: tuple[Read, ...], texts: tuple[str, str]
) -> None:
    desk.env["REVOX_SECRET_K"] = "hush-7f3aKq9c"
    good, bad = texts
    desk.project.define(prompt=good)
    assert desk.apply().code == 0
    desk.service.lag(LAG, *reads)
    desk.project.define(prompt=bad)
    assert desk.apply().code == 0
    desk.project.define(prompt=good)
    assert desk.apply("--settle", "3").code == 0
    (held,) = desk.service.assistants.values()
    assert held["prompt"].startswith("Good")


def test_a_clock_that_was_put_back_lets_nobody_wait_longer(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Good.")
    desk.project.define(prompt="Bad.")
    assert desk.apply().code == 0
    (journal,) = desk.root.glob(".revox-sync/runs/*/journal.jsonl")
    journal.write_text(re.sub(r'"at": "\d{4}', '"at": "2999', journal.read_text()))
    desk.service.edit(identity, prompt="Good.")
    began = time.monotonic()
    assert "Nothing to do" not in desk.apply("--settle", "0.2").out
    assert time.monotonic() - began < 5


def test_what_was_written_a_moment_ago_is_pulled(desk: Desk) -> None:
    desk.service.add("front-desk", "Old.")
    desk.service.lag(LAG)
    desk.project.define(prompt="New.")
    assert desk.apply().code == 0
    assert "Old." not in desk.run("pull", "--check").said


def test_an_account_that_is_as_before_the_last_run_is_waited_for_only_for_a_while(
    desk: Desk,
) -> None:
    identity = desk.service.add("front-desk", "Good.")
    desk.project.define(prompt="Bad.")
    assert desk.apply().code == 0
    desk.service.edit(identity, prompt="Good.")
    desk.project.define(prompt="Good.")
    result = desk.apply("--settle", "30")
    assert result.code == 0
    assert "front-desk: the account shows it as it was before an earlier run" in result.said


@pytest.mark.parametrize("answer", SILENT.values(), ids=SILENT)
@pytest.mark.parametrize("reads", LAGGING.values(), ids=LAGGING)
def test_a_change_that_is_answered_by_nothing_is_looked_for(
    desk: Desk, answer: dict[str, Any], reads: tuple[Read, ...]
) -> None:
    desk.service.add("front-desk", "Be brief.")
    desk.service.lag(LAG, *reads)
    desk.service.on("PATCH", status=200, acts=True, **answer)
    desk.project.define()
    result = desk.apply("--settle", "3")
    assert result.code == 0, result.out
    assert len(desk.service.sent("PATCH")) == 1


def test_a_change_that_is_answered_by_an_id_is_looked_for(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Be brief.")
    desk.service.lag(LAG)
    desk.service.on("PATCH", status=200, acts=True, body={"id": identity})
    desk.project.define()
    assert desk.apply("--settle", "3").code == 0


def test_a_change_that_never_shows_is_not_taken(desk: Desk) -> None:
    identity = desk.service.add("front-desk", "Be brief.")
    desk.service.on("PATCH", status=200, body={"id": identity})
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: prompt\n" in result.out


ALTERED = {
    "removed the spaces at line ends": "You are Anna. \nBe kind.\t\n\nBye. ",
    "removed the spaces around it": "  You are Anna.",
    "changed its spaces and line breaks": "You  are\nAnna.",
    "cut it after 7 characters": "You are Anna.",
}

SERVICE_DOES = {
    "removed the spaces at line ends": lambda text: "\n".join(map(str.rstrip, text.split("\n"))),
    "removed the spaces around it": str.strip,
    "changed its spaces and line breaks": lambda text: " ".join(text.split()),
    "cut it after 7 characters": lambda text: text[:7],
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_the_service_made_of_a_text_is_said_and_pull_mends_it(desk: Desk, what: str) -> None:
    desk.service.add("front-desk", "Be brief.")
    desk.service.alterations["prompt"] = SERVICE_DOES[what]
    desk.project.define(prompt=ALTERED[what])
    result = desk.apply()
    assert result.code == 4
    assert f"not taken by the service: prompt (the service {what})" in result.out
    assert "`revox-sync pull front-desk`" in result.out
    assert desk.run("pull", "front-desk").code == 0
    assert desk.settled()
