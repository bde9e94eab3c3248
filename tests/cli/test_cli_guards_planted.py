"""Faults planted in guards against wrong writes, each with a story that notices it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.account import wire
from revox_sync.apply import create
from revox_sync.files import transaction
from revox_sync.operations import context
from revox_sync.plan import sides

CODE = "4711-hall-door"


@dataclass(frozen=True)
class Fault:
    """Something broken in the tool: how to plant it, and what happens then."""

    plant: Callable[[pytest.MonkeyPatch], None]
    story: Callable[[Desk], None]


# Stories; each fails where its end is not as it has to be.


def words_change_beside_a_secret(desk: Desk) -> None:
    """A plan is reviewed, and then the words around a secret are others."""
    desk.env["REVOX_SECRET_CODE"] = CODE
    desk.service.add("front-desk", f"The code is {CODE}.")
    desk.project.define(prompt="Your code is ${secret.CODE}.")
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.project.define(prompt="My code is ${secret.CODE}.")
    assert desk.apply("plan.json").code == 3
    assert desk.service.writes == []


def a_commit_renames_and_edits(desk: Desk) -> None:
    """Name and prompt change in one commit."""
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    identity = desk.service.add("Front desk", "One two.")
    desk.project.define(name="Front desk", prompt="One two.")
    repository.commit()
    desk.project.define(name="Welcome desk", prompt="One three.")
    assert desk.apply("--base", "HEAD").code == 0
    assert [*desk.service.assistants] == [identity]


def the_service_alters_a_name(desk: Desk) -> None:
    """The service writes other quotes; the next run is on the same machine."""
    desk.service.alterations["name"] = lambda name: f"{name} (new)"
    desk.project.define()
    result = desk.apply()
    assert result.code == 4
    assert "sync: {id: " in result.out
    desk.apply()
    assert len(desk.service.assistants) == 1


def a_list_goes_on(desk: Desk) -> None:
    """The list says that it has more, and does not show the assistant."""
    shown = {"assistants": [], "has_more": True}
    desk.service.on("GET", "/assistants", times=None, status=200, body=shown)
    desk.project.define()
    assert desk.apply().code == 1
    assert desk.service.writes == []


def a_link_stands_where_a_run_is_recorded(desk: Desk) -> None:
    """The tool's folder leads out of the project."""
    outside = desk.root.with_name("outside")
    outside.mkdir()
    (desk.root / ".revox-sync").symlink_to(outside)
    desk.project.define()
    assert desk.apply().code == 1
    assert [*outside.iterdir()] == []


# Faults.


def _texts_are_not_held_to_the_plan(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sides.Sides, "_written_text", lambda *_: "(sensitive, changed)")


def _git_knows_no_name(patch: pytest.MonkeyPatch) -> None:
    match = context.match

    def forgetful(*given: Any, **more: Any) -> Any:
        return match(*given, **{**more, "earlier": {}})

    patch.setattr(context, "match", forgetful)


def _any_name_will_do(patch: pytest.MonkeyPatch) -> None:
    post = create.post

    async def called_as_sent(writing: Any, action: Any, body: Any, *more: Any) -> Any:
        made = await post(writing, action, body, *more)
        if isinstance(made, create.Made):
            return replace(made, remote=type(made.remote)({**made.remote.data, **body}))
        return made

    patch.setattr(create, "post", called_as_sent)


def _every_list_is_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wire, "more_of", lambda *_: None)


def _links_are_followed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transaction, "_refuse_links", lambda *_: None)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "a text with a secret is the same whatever it says": Fault(
            _texts_are_not_held_to_the_plan, words_change_beside_a_secret
        ),
        "git knows no earlier name": Fault(_git_knows_no_name, a_commit_renames_and_edits),
        "a name is not looked at in the answer": Fault(
            _any_name_will_do, the_service_alters_a_name
        ),
        "every list is whole": Fault(_every_list_is_whole, a_list_goes_on),
        "links are followed": Fault(_links_are_followed, a_link_stands_where_a_run_is_recorded),
    }
)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    FAULTS[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        FAULTS[name].story(desk)


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_its_story_ends_well(desk: Desk, name: str) -> None:
    FAULTS[name].story(desk)
