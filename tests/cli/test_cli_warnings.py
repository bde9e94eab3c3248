"""Warnings beside a plan: each rule's once, so that the plan is not lost below them."""

from __future__ import annotations

import pytest
from support.desk import Desk

MORE = "2 more warnings like this; `revox-sync validate` shows all\n"


@pytest.fixture
def warned(desk: Desk) -> Desk:
    """Three definitions with a warning of one rule, and one of them with another one, too."""
    for key in ("one", "three", "two"):
        desk.project.define(key, sms_template="It is booked.")
    desk.project.define("two", sms_template="It is booked.", webhook_url="http://a.example")
    return desk


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_like_warnings_are_told_once_with_their_number(warned: Desk, command: str) -> None:
    told = warned.run(command, *(["--auto-approve"] if command == "apply" else [])).err
    assert told.count("idle-sms-template") == 1
    assert told.index("assistants/one.yaml:3:15: warning[idle-sms-template]") < told.index(MORE)
    assert "assistants/two.yaml:4:14: warning[webhook-not-https]" in told
    assert told.count("like this") == 1


def test_validate_shows_all_of_them_by_file(warned: Desk) -> None:
    told = warned.run("validate").out
    places = [line.partition(":")[0] for line in told.splitlines() if "warning[" in line]
    assert places == [f"assistants/{key}.yaml" for key in ("one", "three", "two", "two")]
    assert "like this" not in told


def test_errors_are_all_told_where_nothing_is_planned(warned: Desk) -> None:
    for key in ("one", "three"):
        warned.project.define(key, sms_template="It is booked.", webhook_url="nowhere")
    told = warned.run("plan").err
    assert told.count("error[webhook-url]") == 2
    assert told.count("warning[idle-sms-template]") == 1


def test_a_page_for_github_tells_them_once_too(warned: Desk) -> None:
    told = warned.run("plan", "--format", "markdown").out
    assert told.count("idle-sms-template") == 1
    assert "2 more warnings like this" in told
