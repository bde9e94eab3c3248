"""What tests of ``revox-sync status`` share: an account to look at, and ways to look."""

from __future__ import annotations

from typing import Any

from support.desk import Desk


def furnish(desk: Desk) -> Desk:
    """Add two definitions that are in the account, one that is not, and an unmanaged assistant."""
    for key in ("front-desk", "night-desk"):
        desk.service.add(key)
        desk.project.define(key)
    desk.project.define("pool-bar")
    desk.service.add("typed in the dashboard", prompt="Be brief.")
    return desk


def asked(desk: Desk) -> list[str]:
    """Return every request that the service ever got, without its body."""
    return [f"{request.method} {request.path}" for request in desk.service.requests]


def status(desk: Desk, *arguments: str) -> Any:
    """Return the status as JSON."""
    return desk.run("status", "--format", "json", *arguments).json


def problems(desk: Desk) -> list[str]:
    """Return what is not well; the exit code must agree."""
    result = desk.run("status", "--format", "json")
    found: list[str] = [problem["message"] for problem in result.json["problems"]]
    assert result.code == (1 if found else 0)
    assert result.json["ok"] is not bool(found)
    return found
