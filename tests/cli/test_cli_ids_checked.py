"""An id that would lead a request elsewhere is an error in the definition that states it."""

from __future__ import annotations

import re

import pytest
from support import cli
from support.project import Project

from revox_sync.definitions import keys


@pytest.mark.parametrize(
    "bound", ["..", ".", "a/b", "../users/me", "a?b", "a#b", "a%2fb", "a b", "a\\\\b", "é"]
)
def test_what_is_no_id_is_an_error(project: Project, bound: str) -> None:
    text = f'name: A\nprompt: p\nsync:\n  id: "{bound}"\n'
    project.write("assistants/a.yaml", text)
    result = cli.invoke("validate", env={}, cwd=project.root)
    assert result.code == 1
    assert "assistants/a.yaml:4:7: error[not-an-id]" in result.out


def test_the_id_of_an_environment_is_checked_too(project: Project) -> None:
    project.write("revox-sync.yaml", "environments: {staging: {}, production: {}}\n")
    text = 'name: A\nprompt: p\nsync:\n  id: {staging: "..", production: a}\n'
    project.write("assistants/a.yaml", text)
    result = cli.invoke("validate", env={}, cwd=project.root)
    assert result.code == 1
    assert "assistants/a.yaml:4:17: error[not-an-id]" in result.out


@pytest.mark.parametrize("bound", ["5d0c1b7e-77aa-4c1e-9f0a-2b1f6f0a1c2d", "ast_123", "org:a.b~1"])
def test_an_id_is_taken(project: Project, bound: str) -> None:
    project.write("assistants/a.yaml", f"name: A\nprompt: p\nsync: {{id: '{bound}'}}\n")
    assert cli.invoke("validate", env={}, cwd=project.root).code == 0


def test_an_id_that_is_not_checked_is_found(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_ID", re.compile(r"\S+"))
    with pytest.raises(AssertionError):
        test_what_is_no_id_is_an_error(project, "..")
