"""With ``organization_id`` in the project file, no key of another organization gets anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.service import ORGANIZATION

COMMANDS = [
    *("plan", "drift", "apply --auto-approve", "rollback --auto-approve", "pull", "bind", "list"),
    *("questions", "voices", "delete front-desk"),
]


def pin(desk: Desk, organization: str) -> None:
    desk.project.write("revox-sync.yaml", f"profile: auto\norganization_id: {organization}\n")


@pytest.fixture
def applied(desk: Desk) -> Desk:
    """A project that has been applied once, so that there is something to roll back."""
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define()
    assert desk.apply().code == 0
    desk.service.requests.clear()
    return desk


def asked(desk: Desk) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in desk.service.requests]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_key_of_another_organization_is_refused_before_anything_is_read(
    applied: Desk, command: str
) -> None:
    pin(applied, "org_another")
    result = applied.run(*command.split())
    assert result.code == 3
    assert result.out == ""
    assert f"the key belongs to organization {ORGANIZATION}" in result.err
    assert asked(applied) == [("GET", "/users/me")]


def test_a_refusal_names_both_organizations_and_the_place_of_the_pin(applied: Desk) -> None:
    pin(applied, "org_another")
    said = applied.run("plan").err
    assert f"the key belongs to organization {ORGANIZATION}" in said
    assert "revox-sync.yaml:2:18 allows only org_another" in said
    assert "help: set REVOX_API_KEY to a key of org_another" in said


def test_a_saved_plan_is_no_way_around_the_pin(applied: Desk) -> None:
    applied.project.define(prompt="As it shall be.")
    assert applied.run("plan", "--out", "plan.json").code == 0
    applied.service.requests.clear()
    pin(applied, "org_another")
    assert applied.apply("plan.json").code == 3
    assert asked(applied) == [("GET", "/users/me")]


def test_a_key_of_the_pinned_organization_goes_on(applied: Desk) -> None:
    pin(applied, ORGANIZATION)
    assert applied.run("plan").code == 0
    assert asked(applied)[0] == ("GET", "/users/me")
    assert ("GET", "/assistants") in asked(applied)


@pytest.mark.parametrize(("pinned", "code"), [("org_lumière", 0), ("Org_lumière", 3), ("org_l", 3)])
def test_a_pin_is_the_whole_id_to_the_letter(applied: Desk, pinned: str, code: int) -> None:
    applied.service.user["organization_id"] = "org_lumière"
    pin(applied, pinned)
    assert applied.run("plan").code == code


def test_an_organization_with_a_number_for_an_id_is_pinned_in_quotes(applied: Desk) -> None:
    applied.service.user["organization_id"] = 17
    pin(applied, "'17'")
    assert applied.run("plan").code == 0


@pytest.mark.parametrize(
    "reaction",
    [
        {"status": 404, "body": {"error": "No such endpoint"}},
        {"status": 200, "body": {"user": {"email": "ada@example.com"}}},
        {"status": 200, "body": {"user": {"organization_id": None}}},
        {"status": 200, "body": {"user": {"organization_id": ""}}},
        {"status": 200, "body": {"user": {"organization_id": ["org_lumiere"]}}},
        {"status": 200, "body": {"user": None}},
        {"status": 200, "body": []},
        {"status": 200, "body": None},
    ],
    ids=lambda reaction: f"{reaction['status']} {reaction['body']}",
)
def test_a_service_that_does_not_tell_the_organization_is_refused(
    applied: Desk, reaction: dict[str, Any]
) -> None:
    pin(applied, ORGANIZATION)
    applied.service.on("GET", "/users/me", **reaction)
    result = applied.run("plan")
    assert result.code == 3
    assert f"revox-sync.yaml:2:18 allows only keys of organization {ORGANIZATION}" in result.err
    assert "a pin that cannot be checked protects nothing" in result.err
    assert "remove organization_id" in result.err
    assert asked(applied) == [("GET", "/users/me")]


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_accepted_ends_it_as_well(applied: Desk, status: int) -> None:
    pin(applied, ORGANIZATION)
    applied.service.on("GET", "/users/me", status=status, body={"error": "no"})
    assert applied.run("plan").code == 1
    assert asked(applied) == [("GET", "/users/me")]


def test_without_a_pin_nobody_asks_whose_key_it_is(applied: Desk) -> None:
    assert applied.run("plan").code == 0
    assert asked(applied) == [("GET", "/assistants")]


def test_what_a_service_says_of_itself_moves_no_cursor_and_shows_no_key(applied: Desk) -> None:
    key = applied.env["REVOX_API_KEY"]
    applied.service.user["organization_id"] = f"\x1b[2J\n::error::{key}"
    pin(applied, ORGANIZATION)
    result = applied.run("plan")
    assert result.code == 3
    assert "organization \\x1b[2J ::error::(sensitive), but" in result.err
    assert key not in result.err


def test_the_sandbox_belongs_to_no_organization_and_passes_every_pin(applied: Desk) -> None:
    pin(applied, "org_another")
    assert applied.run("plan", "--sandbox").code == 0
    assert applied.service.requests == []


@pytest.mark.parametrize("value", ["17", "", "''", "[org_a]", "null", "${secret.ORG}"])
def test_a_pin_that_is_no_text_stops_a_plan(applied: Desk, value: str) -> None:
    pin(applied, value)
    result = applied.run("plan")
    assert result.code == 1
    assert "revox-sync.yaml:2:" in result.err
    assert applied.service.requests == []
