"""``revox-sync status`` names everything that is not well, and exits with 1."""

from __future__ import annotations

import pytest
from looking import asked, furnish, problems, status
from support.desk import Desk
from support.service import ORGANIZATION

pytestmark = pytest.mark.usefixtures("hurried")


@pytest.fixture
def house(desk: Desk) -> Desk:
    return furnish(desk)


# The key.


def test_1_without_a_key(house: Desk) -> None:
    del house.env["REVOX_API_KEY"]
    assert problems(house) == ["no API key: REVOX_API_KEY is not set"]
    assert status(house)["key"] == {"present": False, "accepted": None}
    assert "key            missing\n" in house.run("status").out
    assert house.service.requests == []


def test_1_with_a_key_that_cannot_be_one(house: Desk) -> None:
    house.env["REVOX_API_KEY"] = "two words"
    (problem,) = problems(house)
    assert problem.startswith("REVOX_API_KEY holds a space")
    assert house.service.requests == []


@pytest.mark.parametrize("code", [401, 403])
def test_1_with_a_key_that_no_endpoint_accepts(house: Desk, code: int) -> None:
    house.service.on("GET", status=code, body={"error": "who are you"}, times=None)
    (problem,) = problems(house)
    assert problem.startswith("the service does not accept the key: ")
    assert "who are you" in problem
    assert status(house)["key"] == {"present": True, "accepted": False}


def test_1_with_a_key_that_auth_status_alone_denies(house: Desk) -> None:
    house.service.on("GET", "/auth-status", status=200, body={"authenticated": False}, times=None)
    assert problems(house) == ["the service does not accept the key: GET /auth-status says so"]
    assert status(house)["key"]["accepted"] is False


def test_1_with_a_key_that_may_not_list(house: Desk) -> None:
    house.service.on("GET", "/assistants", status=403, times=None)
    (problem,) = problems(house)
    assert problem.startswith("the service does not accept the key: 403")
    assert "assistants     not read\n" in house.run("status").out


def test_a_key_that_may_list_but_not_ask_whose_it_is_is_accepted(house: Desk) -> None:
    house.service.on("GET", "/users/me", status=403, times=None)
    found = status(house)
    assert found["key"]["accepted"] is True
    assert found["user"] is None
    (problem,) = problems(house)
    assert problem.startswith("GET /users/me: 403")


# A service that is not there, or not well.


def test_1_when_the_service_cannot_be_reached(house: Desk) -> None:
    house.env["REVOX_BASE_URL"] = "http://127.0.0.1:1/api"
    result = house.run("status")
    assert result.code == 1
    assert "API            http://127.0.0.1:1/api, not reached\n" in result.out
    assert "! GET /auth-status: cannot reach http://127.0.0.1:1/api" in result.out
    assert "key            not known whether it is accepted\n" in result.out
    assert result.out.count("GET /") == 2


def test_1_when_the_address_is_not_the_api(house: Desk) -> None:
    house.service.on("GET", status=404, body=b"<html>no page</html>", times=None)
    result = house.run("status")
    assert result.code == 1
    assert "! GET /assistants: 404" in result.out
    assert "help: check that REVOX_BASE_URL names the API\n" in result.out
    assert ", reached\n" in result.out


def test_1_with_every_question_that_failed(house: Desk) -> None:
    for path in ("/auth-status", "/users/me", "/assistants"):
        house.service.on("GET", path, status=400, body={"error": f"no {path}"}, times=None)
    assert [problem.partition(":")[0] for problem in problems(house)] == [
        "GET /auth-status",
        "GET /users/me",
        "GET /assistants",
    ]


# The pin.


def test_0_with_the_pinned_organization(house: Desk) -> None:
    house.project.write("revox-sync.yaml", f"organization_id: {ORGANIZATION}\n")
    assert problems(house) == []
    assert status(house)["organization"]["as_pinned"] is True
    assert f"{ORGANIZATION}, as pinned in revox-sync.yaml:1:18\n" in house.run("status").out


def test_1_with_another_organization_whose_assistants_are_not_read(house: Desk) -> None:
    house.project.write("revox-sync.yaml", "organization_id: org_another\n")
    (problem,) = problems(house)
    assert ORGANIZATION in problem
    assert "org_another" in problem
    assert status(house)["organization"] == {
        "id": ORGANIZATION,
        "told_by": "/users/me",
        "pinned": "org_another",
        "as_pinned": False,
    }
    assert "GET /assistants" not in asked(house)


def test_1_with_a_pin_that_the_service_does_not_let_check(house: Desk) -> None:
    house.project.write("revox-sync.yaml", f"organization_id: {ORGANIZATION}\n")
    house.service.on("GET", "/users/me", status=404, times=None)
    (problem,) = problems(house)
    assert "does not say which one this key belongs to" in problem
    assert "GET /assistants" not in asked(house)
    assert f"pinned to {ORGANIZATION} in revox-sync.yaml:1:18 (not checked)\n" in (
        house.run("status").out
    )


def test_1_with_a_project_file_that_may_hold_a_pin(house: Desk) -> None:
    house.project.write("revox-sync.yaml", f"organisation_id: {ORGANIZATION}\n")
    first, second = problems(house)
    assert first.startswith("1 error in the definitions, the first in revox-sync.yaml:1:1: ")
    assert second.startswith("the account was not read: revox-sync.yaml has errors")
    assert "GET /assistants" not in asked(house)
    assert status(house)["key"]["accepted"] is True


# Definitions, and several things at once.


def test_1_with_broken_definitions_and_the_account_all_the_same(house: Desk) -> None:
    house.project.write("assistants/a.yaml", "name: [\n")
    house.project.define("b", prompt=7)
    (problem,) = problems(house)
    assert problem.startswith("2 errors in the definitions, the first in assistants/a.yaml:")
    found = status(house)
    assert found["definitions"] == {"files": 5, "errors": 2, "warnings": 0}
    assert (found["assistants"], found["matching"]) == (3, None)


def test_0_with_warnings(house: Desk) -> None:
    house.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)
    assert problems(house) == []
    assert "definitions    3, no errors, 1 warning, 2 matched" in house.run("status").out


def test_every_problem_is_told_and_not_the_first_alone(house: Desk) -> None:
    house.project.write("assistants/a.yaml", "name: [\n")
    house.project.write("revox-sync.yaml", "organization_id: org_another\n")
    house.service.on("GET", "/auth-status", status=400, body={"error": "not today"}, times=None)
    result = house.run("status")
    assert result.code == 1
    told = [line for line in result.out.splitlines() if line.startswith("! ")]
    assert [line.split()[1:3] for line in told] == [
        ["1", "error"],
        ["GET", "/auth-status:"],
        ["the", "key"],
    ]
    assert result.out.endswith("\nStatus: 3 problems.\n")


def test_1_with_a_sandbox_that_cannot_be_read(house: Desk) -> None:
    house.project.write(".revox-sync/sandbox.sqlite3", b"not a database at all" * 100)
    result = house.run("status", "--sandbox")
    assert result.code == 1
    assert "sandbox reset" in result.out
    assert "definitions    3, no errors\n" in result.out
