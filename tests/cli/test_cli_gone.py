"""What git removes: told first, with what still reaches the assistant; nothing is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk

VOICE: dict[str, Any] = {"provider": "cartesia", "id": "v"}


@pytest.fixture
def removed(desk: Desk) -> tuple[Desk, str]:
    """Two definitions, of which the second commit deletes one."""
    ids = {name: desk.service.add(name) for name in ("a", "b")}
    for name in ids:
        desk.project.define(name, prompt="Be kind.")
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    repository.commit()
    desk.project.remove("b")
    return desk, ids["b"]


def first(desk: Desk, *arguments: str) -> str:
    """Return what a plan says before it comes to its actions."""
    out = desk.run("plan", "--base", "HEAD", *arguments).out
    return out[: out.index("Not managed")] if "Not managed" in out else out


def test_a_removed_file_is_told_first_with_what_reaches_its_assistant(
    removed: tuple[Desk, str],
) -> None:
    desk, identity = removed
    desk.service.dial("+33159169001", identity)
    desk.service.call_with(identity, "Spring", remaining=2)
    for view in ((), ("--format", "markdown")):
        told = first(desk, *view)
        assert "No longer defined since the base" in told
        assert "assistants/b.yaml no longer defines it" in told.replace("`", "")
        assert identity in told
        assert "+33159169001" in told
        assert "Spring" in told
        assert "1 no longer defined" in desk.run("plan", "--base", "HEAD", *view).out
    made = desk.plan("--base", "HEAD")
    (gone,) = made["gone"]
    assert (gone["key"], gone["name"], gone["ids"]) == ("b", "b", [identity])
    assert "phone number +33159169001" in gone["reached_by"]
    assert desk.run("plan", "--base", "HEAD", "--detailed-exitcode").code == 0
    assert desk.apply("--base", "HEAD").code == 0
    assert desk.service.writes == []


DOUBT = "Git may not have removed what is no longer defined"


@pytest.mark.parametrize("why", ["is not in the history", "this checkout is sparse"])
def test_what_git_may_not_have_removed_is_told_so(removed: tuple[Desk, str], why: str) -> None:
    desk, _ = removed
    assert DOUBT not in first(desk)
    repository = Repository.at(desk.root)
    if why.endswith("sparse"):
        repository.git("sparse-checkout", "set", "--no-cone", "/assistants/a.yaml")
    else:  # on a branch that is older than the definition
        repository.git("checkout", "-q", "--orphan", "mine")
        repository.commit()
    for view in ("terminal", "markdown", "json"):
        told = desk.run("plan", "--base", "main", "--format", view).out
        assert DOUBT in told
        assert why in told


def test_a_saved_plan_tells_it_too(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.run("plan", "--base", "HEAD", "--out", "p.json")
    assert identity in desk.run("show", "p.json").out
    assert json.loads((desk.root / "p.json").read_text())["gone"][0]["ids"] == [identity]


def test_one_that_the_account_does_not_have_either_is_told(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.service.delete(identity)
    assert 'the account has no assistant "b"' in first(desk)


def test_a_bound_one_that_lists_hide_is_read_by_id(desk: Desk) -> None:
    identity = desk.service.add("hidden", type="sub-assistant")
    desk.service.hidden.add(identity)
    desk.service.add("a")
    desk.project.define("a", prompt="Be kind.")
    desk.project.define("hidden", prompt="Be kind.", sync={"id": identity})
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    repository.commit()
    desk.project.remove("hidden")
    assert identity in first(desk)


def test_uses_that_cannot_be_read_are_told_as_such(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    desk.service.on("GET", "/phone-numbers", times=None, status=403)
    made = desk.plan("--base", "HEAD")
    assert "cannot be told" in made["gone"][0]["reached_by"][0]


def test_a_moved_or_renamed_definition_is_not_gone(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    desk.project.define("sub/c", name="b", prompt="Be kind.")
    assert desk.plan("--base", "HEAD")["gone"] == []
    assert "No longer defined" not in desk.run("plan", "--base", "HEAD").out


def test_one_that_only_left_this_environment_says_where_it_still_is(desk: Desk) -> None:
    desk.service.add("a")
    desk.project.write("revox-sync.yaml", "environments: {staging: {}, production: {}}\n")
    desk.project.define("a", prompt="Be kind.")
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    repository.commit()
    desk.project.define("a", prompt="Be kind.", sync={"environments": ["staging"]})
    made = desk.plan("--base", "HEAD", "--env", "production")
    assert made["gone"][0]["environments"] == ["staging"]
    assert "only in staging" in first(desk, "--env", "production")


@pytest.mark.parametrize("absent", ["report", "keep"])
def test_a_field_that_is_no_longer_stated_is_told_first(desk: Desk, absent: str) -> None:
    stated = {"prompt": "Be kind.", "voicemail_message": "Hi", "max_call_duration_secs": 120}
    desk.service.add("a", **stated, voice={**VOICE, "speed": 1.5})
    desk.project.write("revox-sync.yaml", f"absent: {absent}\n")
    desk.project.define("a", **stated, voice={**VOICE, "speed": 1.5})
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    repository.commit()
    desk.project.define("a", prompt="Be kind.", voice=VOICE)
    dropped = ["voicemail_message", "max_call_duration_secs", "voice.speed"]
    assert sorted(desk.action("--base", "HEAD")["dropped"]) == sorted(dropped)
    for view in ((), ("--format", "markdown")):
        told = desk.run("plan", "--base", "HEAD", *view).out
        assert "No longer stated since the base" in told
        assert all(path in told for path in dropped)
    assert desk.apply("--base", "HEAD").code == 0
    assert desk.service.writes == []
