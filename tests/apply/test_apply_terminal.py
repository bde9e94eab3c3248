"""Apply with somebody at the terminal: confirmation, Ctrl-C; and with nobody there."""

from __future__ import annotations

import signal
import sys

import pytest
from support.desk import Desk

WINDOWS = sys.platform == "win32"
at_a_terminal = pytest.mark.skipif(WINDOWS, reason="Windows has no pseudo-terminal")
by_signal = pytest.mark.skipif(WINDOWS, reason="Windows sends no signal to one process")

QUESTION = "Type `yes` to apply"


@at_a_terminal
def test_yes_applies(desk: Desk) -> None:
    desk.project.define()
    with desk.terminal("apply") as session:
        session.wait_for(QUESTION)
        assert "1 to create" in session.shown
        assert desk.service.writes == []
        session.type("yes\n")
        assert session.end() == 0
    assert len(desk.service.assistants) == 1


@at_a_terminal
@pytest.mark.parametrize("answer", ["no\n", "y\n", "YES\n", "\n", "\x04"])
def test_anything_else_changes_nothing(desk: Desk, answer: str) -> None:
    desk.project.define()
    with desk.terminal("apply") as session:
        session.wait_for(QUESTION)
        session.type(answer)
        assert session.end() == 3
        assert "nothing was changed" in session.shown
    assert desk.service.writes == []


@at_a_terminal
def test_ctrl_c_at_the_question_changes_nothing(desk: Desk) -> None:
    desk.project.define()
    with desk.terminal("apply") as session:
        session.wait_for(QUESTION)
        session.type("\x03")
        assert session.end() == 130
        assert "Traceback" not in session.shown
    assert desk.service.writes == []


@at_a_terminal
def test_a_yes_agrees_to_the_open_questions_that_were_shown(desk: Desk) -> None:
    item = {"question": "Dogs?", "answer": "Yes."}
    identity = desk.service.add("front-desk", faq_items=[item])
    desk.service.ask(identity, "Is there a pool?")
    desk.project.define(prompt="Be kind.", faq_items=[{**item, "answer": "Up to 10 kg."}])
    with desk.terminal("apply") as session:
        session.wait_for(QUESTION)
        assert "Is there a pool?" in session.shown
        session.type("yes\n")
        assert session.end() == 0


@at_a_terminal
def test_nothing_to_do_asks_nothing(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.project.define(prompt="Be kind.")
    with desk.terminal("apply") as session:
        assert session.end() == 0
        assert QUESTION not in session.shown


def test_without_a_terminal_nothing_is_changed(desk: Desk) -> None:
    desk.project.define()
    result = desk.run("apply")
    assert result.code == 3
    assert "there is no terminal to confirm on; nothing was changed" in result.err
    assert "--auto-approve" in result.err
    assert desk.service.writes == []


def test_a_piped_yes_is_nobody(desk: Desk) -> None:
    desk.project.define()
    result = desk.run("apply", typed="yes\n")
    assert result.code == 3
    assert desk.service.writes == []


@at_a_terminal
def test_ctrl_c_finishes_what_is_under_way_and_sums_up(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.project.define(key)
    desk.service.on("POST", times=None, delay=20)
    with desk.terminal("apply", "--auto-approve", "--parallelism", "1") as session:
        session.wait_for("applying")
        wait_for_writes(desk, 1)
        session.type("\x03")
        session.wait_for("stopping when the requests under way have ended")
        desk.service.closing.set()  # what waits is answered
        assert session.end() == 130
        assert "Apply: 1 done, 0 failed, 0 refused, 2 skipped, 0 unknown." in session.shown
        assert "Traceback" not in session.shown
    assert [found["name"] for found in desk.service.assistants.values()] == ["a"]
    assert desk.records[-1].events("a") == ["sending", "created", "outcome done"]
    assert desk.records[-1].events("b") == []


@at_a_terminal
def test_a_second_ctrl_c_abandons_the_request_and_calls_it_unknown(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.project.define(key)
    desk.service.on("POST", nth=2, times=None, delay=20)
    with desk.terminal("apply", "--auto-approve", "--parallelism", "1") as session:
        wait_for_writes(desk, 2)
        session.type("\x03")
        session.wait_for("stopping when the requests under way have ended")
        session.type("\x03")
        assert session.end() == 130
        assert "Apply: 1 done, 0 failed, 0 refused, 1 skipped, 1 unknown." in session.shown
    assert desk.service.requests[-1].method == "POST"  # the account is not looked at any more
    assert desk.records[-1].events("a") == ["sending", "created"]
    assert desk.records[-1].events("b") == ["sending", "outcome unknown"]
    assert desk.records[-1].events("c") == []


@at_a_terminal
def test_a_change_that_is_abandoned_while_the_service_asks_to_wait_was_not_sent(desk: Desk) -> None:
    identity = desk.service.add("a", "Old.")
    desk.project.define("a", prompt="New.")
    desk.service.on("PATCH", times=None, status=429, headers={"retry-after": "30"})
    with desk.terminal("apply", "--auto-approve") as session:
        session.wait_for("the service asks to slow down")
        session.type("\x03")
        session.wait_for("stopping when the requests under way have ended")
        session.type("\x03")
        assert session.end() == 130
        assert "Apply: 0 done, 1 failed, 0 refused, 0 skipped, 0 unknown." in session.shown
        assert "429 Too Many Requests" in session.shown
    assert desk.service.assistants[identity]["prompt"] == "Old."
    assert desk.records[-1].events("a") == ["sending", "outcome failed"]


@by_signal
def test_a_terminating_signal_sums_up_too(desk: Desk) -> None:
    desk.project.define("a")
    desk.project.define("b")
    desk.service.on("POST", times=None, delay=20)
    process = desk.start("apply", "--auto-approve", "--parallelism", "1")
    wait_for_writes(desk, 1)
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert "stopping when the requests under way have ended" in process.stderr.readline()
    desk.service.closing.set()  # what waits is answered
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Apply: 1 done, 0 failed, 0 refused, 1 skipped, 0 unknown." in out
    assert "Traceback" not in err
    assert desk.records[-1].events("a") == ["sending", "created", "outcome done"]


@by_signal
def test_a_second_terminating_signal_abandons_what_is_under_way(desk: Desk) -> None:
    identity = desk.service.add("a", prompt="As it was.")
    desk.project.define("a", prompt="As it shall be.")
    desk.service.on("PATCH", times=None, delay=20)
    process = desk.start("apply", "--auto-approve")
    wait_for_writes(desk, 1)
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert "stopping when the requests under way have ended" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f'unknown  a  "a"  {identity}' in out
    assert desk.records[-1].events("a") == ["sending", "outcome unknown"]


@by_signal
def test_a_run_after_an_interruption_does_the_rest(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        desk.project.define(key)
    desk.service.on("POST", delay=20)
    process = desk.start("apply", "--auto-approve", "--parallelism", "1")
    wait_for_writes(desk, 1)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "stopping when the requests under way have ended" in process.stderr.readline()
    desk.service.closing.set()  # what waits is answered
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert desk.apply().code == 0
    assert sorted(found["name"] for found in desk.service.assistants.values()) == ["a", "b", "c"]


@by_signal
def test_a_killed_run_leaves_a_record_that_leads_back(desk: Desk) -> None:
    ids = {key: desk.service.add(key, prompt=f"{key}, old.") for key in ("a", "b")}
    for key in ids:
        desk.project.define(key, prompt=f"{key}, new.")
    desk.service.on("PATCH", nth=2, delay=20)
    process = desk.start("apply", "--auto-approve", "--parallelism", "1")
    wait_for_writes(desk, 2)
    process.kill()
    process.communicate(timeout=20)
    assert desk.records[-1].events("a") == ["sending", "outcome done"]
    assert desk.records[-1].events("b") == ["sending"]
    assert desk.service.assistants[ids["a"]]["prompt"] == "a, new."
    assert desk.rollback().code == 0
    assert desk.service.assistants[ids["a"]]["prompt"] == "a, old."
    assert desk.service.assistants[ids["b"]]["prompt"] == "b, old."


@by_signal
def test_a_run_that_was_killed_while_it_created_is_settled_by_the_next(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("POST", delay=20)
    process = desk.start("apply", "--auto-approve")
    wait_for_writes(desk, 1)
    process.kill()
    process.communicate(timeout=20)
    desk.service.closing.set()  # what waits is carried out
    desk.service.wait_until(lambda: len(desk.service.assistants) == 1)
    assert desk.records[-1].events() == ["sending"]
    assert "the record does not say whether that run created front-desk" in desk.rollback().err
    assert desk.apply().code == 0
    assert len(desk.service.sent("POST")) == 1


@by_signal
def test_ctrl_c_while_the_account_is_read_is_an_interruption(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", delay=20)
    process = desk.start("plan")
    wait_for_requests(desk, 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.strip() == "interrupted"


def wait_for_writes(desk: Desk, count: int) -> None:
    desk.service.wait_until(lambda: len(desk.service.writes) >= count)


def wait_for_requests(desk: Desk, count: int) -> None:
    desk.service.wait_until(lambda: len(desk.service.requests) >= count)
