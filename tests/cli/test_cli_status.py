"""``revox-sync status``: whose the key is, what it reaches, whether all is well."""

from __future__ import annotations

import platform
import re
from typing import Any

import pytest
from looking import asked, furnish, problems, status
from support import cli
from support.desk import Desk, MakeDesk
from support.project import Project
from support.service import KEY, ORGANIZATION

import revox_sync

SECRET = "hook-token-7b1e"


@pytest.fixture
def house(desk: Desk) -> Desk:
    return furnish(desk)


def test_everything_on_one_page(house: Desk) -> None:
    result = house.run("status")
    assert (result.code, result.err) == (0, "")
    page = re.sub(r"(less than 1|\d+) ms", "N ms", result.out)
    assert page == (
        f"revox-sync {revox_sync.__version__}, Python {platform.python_version()}\n"
        f"API            {house.service.base_url}, reached\n"
        "key            accepted\n"
        "user           Ada Lovelace <ada@example.com>\n"
        f"organization   {ORGANIZATION}, not pinned\n"
        "profile        current (recognised)\n"
        "definitions    3, no errors, 2 matched, 1 new\n"
        "assistants     3 in the account, 1 unmanaged\n"
        "unmanaged      typed in the dashboard\n"
        "requests       GET /auth-status  N ms\n"
        "               GET /users/me     N ms\n"
        "               GET /assistants   N ms\n"
        "\n"
        "Status: all is well.\n"
    )


def test_everything_as_json(house: Desk) -> None:
    found = status(house)
    (identity,) = (
        str(one["id"])
        for one in house.service.assistants.values()
        if one["name"] == "typed in the dashboard"
    )
    times = [request.pop("ms") for request in found["requests"]]
    assert all(0 < ms < 30_000 for ms in times)
    assert found == {
        "format_version": "1.0",
        "ok": True,
        "tool": {"version": revox_sync.__version__, "python": platform.python_version()},
        "environment": None,
        "api": {"base_url": house.service.base_url, "sandbox": False, "reachable": True},
        "key": {"present": True, "accepted": True},
        "user": {"email": "ada@example.com", "name": "Ada Lovelace"},
        "organization": {
            "id": ORGANIZATION,
            "told_by": "/users/me",
            "pinned": None,
            "as_pinned": None,
        },
        "profile": {"name": "current", "source": "recognised"},
        "definitions": {"files": 3, "errors": 0, "warnings": 0},
        "assistants": 3,
        "matching": {"matched": 2, "new": 1, "unlisted": 0, "refused": 0, "unmanaged": 1},
        "unmanaged": [{"id": identity, "name": "typed in the dashboard"}],
        "requests": [
            {"method": "GET", "path": "/auth-status", "result": "answered"},
            {"method": "GET", "path": "/users/me", "result": "answered"},
            {"method": "GET", "path": "/assistants", "result": "answered"},
        ],
        "problems": [],
    }


def test_the_time_of_a_request_is_told_in_milliseconds(house: Desk) -> None:
    house.service.on("GET", "/users/me", delay=0.12)
    times = {request["path"]: request["ms"] for request in status(house)["requests"]}
    assert 120 <= times["/users/me"] < 30_000


def test_it_asks_three_questions_and_writes_nothing(house: Desk) -> None:
    before = house.project.files()
    assert house.run("status").code == 0
    assert asked(house) == ["GET /auth-status", "GET /users/me", "GET /assistants"]
    assert house.project.files() == before


def test_definitions_that_a_plan_would_refuse_or_look_up_are_counted_apart(house: Desk) -> None:
    house.service.add("pool-bar")
    house.service.add("pool-bar")
    house.project.define("hidden", sync={"id": "not-in-the-list"})
    found = status(house)
    assert found["matching"] == {
        "matched": 2,
        "new": 0,
        "unlisted": 1,
        "refused": 1,
        "unmanaged": 1,
    }
    assert "1 refused (see plan), 1 bound to an id that the list does not hold" in (
        house.run("status").out
    )


# A service that lacks what came later.


@pytest.mark.parametrize("body", [{"error": "No such endpoint"}, b"<html>404</html>"])
def test_0_where_the_service_tells_neither_the_key_nor_its_user(house: Desk, body: object) -> None:
    for path in ("/auth-status", "/users/me"):
        house.service.on("GET", path, status=404, body=body, times=None)
    assert problems(house) == []
    found = status(house)
    assert found["key"]["accepted"] is True
    assert found["user"] == {"email": None, "name": None}
    assert [request["result"] for request in found["requests"]] == [
        "missing",
        "missing",
        "answered",
    ]
    page = house.run("status").out
    assert "user           not told by this service\n" in page
    assert f"organization   {ORGANIZATION} (named by the assistants), not pinned\n" in page
    assert re.search(r"GET /auth-status  .* ms, not told by this service\n", page)


def test_an_organization_that_nobody_names_is_not_told(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", "/users/me", status=404)
    assert "organization   not told by this service, not pinned\n" in desk.run("status").out


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"email": "ada@example.com"}, "ada@example.com"),
        ({"first_name": "Ada", "last_name": None}, "Ada"),
        ({"email": 7, "first_name": ["x"]}, "not told by this service"),
        ({"email": "", "first_name": "", "last_name": " "}, "not told by this service"),
    ],
)
def test_a_user_is_shown_as_far_as_it_is_told(
    house: Desk, user: dict[str, Any], expected: str
) -> None:
    house.service.user = user
    assert f"user           {expected}\n" in house.run("status").out


# The generation of the API.


def test_the_profile_is_recognised_stated_or_assumed(desk_with: MakeDesk) -> None:
    desk = desk_with(generation="seed")
    desk.project.define()
    assert status(desk)["profile"] == {"name": "current", "source": "assumed"}
    desk.service.add("front-desk")
    assert status(desk)["profile"] == {"name": "seed", "source": "recognised"}
    assert status(desk, "--profile", "current")["profile"] == {
        "name": "current",
        "source": "stated",
    }
    desk.project.write("revox-sync.yaml", "profile: seed\n")
    assert status(desk)["profile"] == {"name": "seed", "source": "stated"}
    assert status(desk, "--profile", "auto")["profile"]["source"] == "recognised"


# What is shown.


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_nothing_of_a_key_or_a_secret_is_shown(house: Desk, form: str) -> None:
    house.env["REVOX_SECRET_HOOK"] = SECRET
    house.service.user |= {"email": f"{KEY}@example.com", "first_name": SECRET}
    house.service.user["organization_id"] = f"org {KEY}"
    house.service.on("GET", "/auth-status", status=400, body={"error": f"{KEY} {SECRET}"})
    house.project.write("revox-sync.yaml", "organization_id: org_another\n")
    result = house.run("status", "--format", form, "--log-level", "debug")
    assert result.code == 1
    assert result.said.count("(sensitive)") >= 5
    assert KEY not in result.said
    assert SECRET not in result.said


def test_texts_of_the_service_are_data(house: Desk) -> None:
    house.service.user |= {"first_name": "\x1b[31m[bold]\u202e", "last_name": "L\n::error::x"}
    result = house.run("status")
    name = r"\x1b[31m[bold]\u202e L\n::error::x"
    assert f"user           {name} <ada@example.com>\n" in result.out
    assert not re.search(r"^\s*::", result.out, re.MULTILINE)
    house.env["COLUMNS"] = "40"
    assert not re.search(r"^\s*::", house.run("status").out, re.MULTILINE)
    assert house.run("status", "--format", "json").out.isascii()


@pytest.mark.parametrize("width", [80, 200])
def test_no_line_is_wider_than_the_terminal(house: Desk, width: int) -> None:
    house.env["COLUMNS"] = str(width)
    house.service.user["first_name"] = "Ada " * 100
    house.project.write("revox-sync.yaml", "organization_id: org_another\n")
    lines = house.run("status").out.splitlines()
    assert max(map(len, lines)) <= width
    assert max(map(len, lines)) > width - 10


# The sandbox.


def test_0_in_the_sandbox_without_a_key(project: Project) -> None:
    project.define()
    before = project.files()
    result = cli.invoke("status", "--sandbox", env={}, cwd=project.root)
    assert result.code == 0
    assert result.out.endswith("Status: all is well.\n")
    assert "key            none needed\n" in result.out
    assert "nothing leaves this machine" in result.err
    assert project.files() == before
    cli.invoke("apply", "--sandbox", "--auto-approve", env={}, cwd=project.root)
    again = cli.invoke("--sandbox", "status", "--format", "json", env={}, cwd=project.root)
    assert again.json["matching"]["matched"] == 1


def test_a_pin_is_not_checked_in_the_sandbox(project: Project) -> None:
    project.define()
    project.write("revox-sync.yaml", "organization_id: org_lumiere\n")
    result = cli.invoke("status", "--sandbox", env={}, cwd=project.root)
    assert result.code == 0
    assert "pinned to org_lumiere in revox-sync.yaml:1:18 (not checked in the sandbox)" in (
        result.out
    )


# The rest of the command line.


def test_results_are_complete_before_the_exit_code(house: Desk) -> None:
    house.env["REVOX_API_KEY"] = "another"
    result = house.execute("status", "--format", "json")
    assert result.code == 1
    assert result.json["key"]["accepted"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "front-desk"],
        ["status", "--format", "yaml"],
        ["status", "--base-url", "http://example.com/api"],
        ["status", "--sandbox", "--base-url", "http://127.0.0.1/api"],
        ["status", "--project", "no/such/folder"],
    ],
    ids=" ".join,
)
def test_64_with_wrong_usage(house: Desk, arguments: list[str]) -> None:
    result = house.run(*arguments)
    assert (result.code, result.out) == (64, "")
    assert house.service.requests == []


def test_definitions_meet_assistants_as_in_a_plan(desk: Desk) -> None:
    """What a recreate keeps has the same name, and is no reason to refuse."""
    desk.project.write("revox-sync.yaml", "replace: recreate\nretire: keep\n")
    for prompt in ("Be kind.", "Be very kind."):
        desk.project.define(prompt=prompt)
        assert desk.apply().code == 0
    assert desk.action()["action"] == "unchanged"
    matching = status(desk)["matching"]
    assert (matching["matched"], matching["refused"]) == (1, 0)
