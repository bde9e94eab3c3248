"""How a project, a definition, a run and a command are named, and found from where one stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from definitions.repository import Repository
from support import cli
from support.desk import Desk


def below(desk: Desk, folder: str, *arguments: str) -> cli.Result:
    """Run the command line in a folder below the project's."""
    path = desk.root / folder
    path.mkdir(parents=True, exist_ok=True)
    return cli.invoke(*arguments, env=desk.env, cwd=path)


@pytest.fixture
def repository(desk: Desk) -> Desk:
    desk.env |= Repository.at(desk.root).env
    return desk


@pytest.mark.parametrize("folder", ["assistants", "assistants/prompts", "docs/deep/down"])
def test_the_project_is_found_from_below(repository: Desk, folder: str) -> None:
    repository.project.define()
    result = below(repository, folder, "plan")
    assert result.code == 0
    assert "front-desk" in result.out
    applied = below(repository, folder, "apply", "--auto-approve")
    assert applied.code == 0
    assert "`revox-sync rollback` restores what it replaced" in applied.err
    assert len(repository.records) == 1


def test_a_pull_from_below_writes_into_the_project_that_is_there(repository: Desk) -> None:
    repository.project.define()
    repository.service.add("night")
    assert below(repository, "assistants", "pull").code == 0
    assert (repository.root / "assistants/night.yaml").exists()
    assert not (repository.root / "assistants/assistants").exists()


def test_the_nearest_project_counts(repository: Desk) -> None:
    repository.project.define("outer")
    repository.project.write("hotel/revox-sync.yaml", "absent: keep\n")
    repository.project.write("hotel/assistants/inner.yaml", "name: inner\nprompt: p\n")
    result = below(repository, "hotel/docs", "validate")
    assert (result.code, result.out) == (0, "1 definition, 0 errors, 0 warnings\n")
    assert "inner" in below(repository, "hotel/docs", "plan").out
    assert "outer" in below(repository, "clinic", "plan").out


def test_nothing_above_the_repository_is_looked_at(desk: Desk) -> None:
    desk.project.define()
    desk.project.write("repository/.git", "gitdir: elsewhere\n")
    assert below(desk, "repository/docs", "plan").code == 1


def test_without_a_repository_only_the_current_folder_counts(desk: Desk) -> None:
    desk.project.define()
    assert below(desk, "docs", "plan").code == 1


def test_shared_parts_alone_are_no_project(repository: Desk) -> None:
    repository.project.define()
    repository.project.write("docs/assistants/_shared/part.yaml", "a: 1\n")
    assert "front-desk" in below(repository, "docs", "plan").out


def test_a_named_project_comes_before_the_nearest_one(repository: Desk) -> None:
    repository.project.define("outer")
    repository.project.write("other/assistants/inner.yaml", "name: inner\nprompt: p\n")
    result = below(repository, "docs", "--project", "../other", "plan")
    assert "inner" in result.out
    assert "outer" not in result.out


@pytest.mark.parametrize(
    "name", ["hotel/front-desk", "hotel/*", "assistants/hotel/front-desk.yaml", "Front desk"]
)
def test_a_definition_is_named_by_key_path_or_name(desk: Desk, name: str) -> None:
    desk.project.define("hotel/front-desk", name="Front desk")
    desk.project.define("night", name="Night")
    plan = desk.plan(name)
    assert [action["key"] for action in plan["actions"]] == ["hotel/front-desk"]
    assert desk.apply(name).code == 0
    assert len(desk.service.writes) == 1


@pytest.mark.parametrize("name", ["front-desk.yaml", "../assistants/front-desk.yaml"])
def test_a_path_is_taken_from_where_one_stands(repository: Desk, name: str) -> None:
    repository.project.define()
    repository.project.define("night")
    result = below(repository, "assistants", "plan", name)
    assert result.code == 0
    assert "night" not in result.out
    absolute = str(Path(repository.root, "assistants/night.yaml"))
    assert "front-desk" not in below(repository, "docs", "plan", absolute).out


def test_a_key_comes_before_a_name(desk: Desk) -> None:
    desk.project.define("night", name="Front desk")
    desk.project.define("day", name="night")
    assert [action["key"] for action in desk.plan("night")["actions"]] == ["night"]


@pytest.mark.parametrize(("typed", "meant"), [("plna", "plan"), ("aply", "apply"), ("pul", "pull")])
def test_a_mistyped_command_gets_a_suggestion(desk: Desk, typed: str, meant: str) -> None:
    result = desk.run(typed)
    assert result.code == 64
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in result.err


def test_a_run_is_named_by_its_number(desk: Desk) -> None:
    for prompt in ("One.", "Two.", "Three."):
        desk.project.define(prompt=prompt)
        assert desk.apply().code == 0
    assert desk.rollback("2").code == 0
    assert [held["prompt"] for held in desk.service.assistants.values()] == ["One."]
    refused = desk.rollback("9")
    assert refused.code == 64
    assert "there is no run 9" in refused.err
