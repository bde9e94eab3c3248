"""What is the same at a commit as now is not read again there; whatever differs is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from definitions.repository import Repository, write

from revox_sync.definitions import base, loader
from revox_sync.definitions.base import Base, definitions_at
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.project import load_project
from revox_sync.definitions.references import Secrets

_PROJECT = """\
environments: {live: {}, staging: {vars: {fee: 5}}}
vars: {fee: 1, secs: 600}
defaults: {faq_items: [{file: assistants/_parts/fee.yaml}], ivr_navigation_enabled: true}
"""
_FILES = {
    "revox-sync.yaml": _PROJECT,
    "assistants/desk.yaml": "name: desk\nprompt: Be kind. ${secret.CRM}\n",
    "assistants/bar.yaml": "name: bar\nprompt: {file: _parts/bar.md}\n"
    "max_call_duration_secs: ${var.secs}\n",
    "assistants/spa.yaml": "name: spa\nprompt: Calm.\nfaq_items: [{file: _parts/outer.yaml}]\n",
    "assistants/_parts/bar.md": "Shake.\n",
    "assistants/_parts/outer.yaml": "- {file: inner.yaml}\n",
    "assistants/_parts/inner.yaml": "- {question: Open?, answer: Always}\n",
    "assistants/_parts/fee.yaml": '- {question: Fee?, answer: "${var.fee}"}\n',
}


def _change(path: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: write(root, path, _FILES[path].replace(old, new))


def _linked(root: Path) -> None:
    (root / "assistants/bar.yaml").unlink()
    (root / "assistants/bar.yaml").symlink_to("desk.yaml")


#: Edits since the commit, each with the definitions that are read again.
EDITS: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "nothing": (lambda root: None, set()),
    "a definition": (_change("assistants/desk.yaml", "kind", "brief"), {"desk"}),
    "a line end": (_change("assistants/desk.yaml", "\n", "\r\n"), {"desk"}),
    "an error": (_change("assistants/desk.yaml", "name:", "nam:"), {"desk"}),
    "a new name": (_change("assistants/desk.yaml", "desk", "bar"), {"desk"}),
    "an included text": (_change("assistants/_parts/bar.md", "Shake", "Stir"), {"bar"}),
    "an include of an include": (_change("assistants/_parts/inner.yaml", "A", "Not a"), {"spa"}),
    "a default's include": (
        _change("assistants/_parts/fee.yaml", "Fee", "Price"),
        {"desk", "bar", "spa"},
    ),
    "a variable": (_change("revox-sync.yaml", "600", "600.0"), {"desk", "bar", "spa"}),
    "another environment's variable": (
        _change("revox-sync.yaml", "fee: 5", "fee: 6"),
        set(),
    ),
    "a default": (_change("revox-sync.yaml", "true", "false"), {"desk", "bar", "spa"}),
    "a new definition": (
        lambda root: write(root, "assistants/new.yaml", "name: new\nprompt: New.\n"),
        set(),
    ),
    "one less": (lambda root: (root / "assistants/spa.yaml").unlink(), {"spa"}),
    "a link": (_linked, {"bar"}),
}


def _then(repository: Repository, read: list[str], *, again: bool) -> Base:
    """Return the definitions of the commit; ``again``: as if nothing of now were known."""
    environ = {**repository.env, "REVOX_SECRET_CRM": "crm-4f9a7b21c0d8e653"}
    project, _ = load_project(repository.root, Secrets(environ), "live")
    now = load_definitions(project, environ, identified=True).readings
    read.clear()
    return definitions_at(repository.root, "HEAD", environ, "live", now=None if again else now)


def _plain(found: Base) -> str:
    """Return what was defined, so that 1 is not 1.0."""
    return json.dumps(
        {
            key: [made.fields, repr(made.sync), repr(made.secrets)]
            for key, made in found.definitions.items()
        }
    )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.at(tmp_path / "project")
    for path, text in _FILES.items():
        write(made.root, path, text)
    made.commit()
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the definitions that are read."""
    found: list[str] = []
    one = loader._Loader.read

    def spied(self: Any, file: str) -> Any:
        found.append(Path(file).stem)
        return one(self, file)

    monkeypatch.setattr(loader._Loader, "read", spied)
    return found


def check(repository: Repository, read: list[str], edit: str) -> None:
    change, again = EDITS[edit]
    change(repository.root)
    whole = _then(repository, read, again=True)
    assert {*read} == {"desk", "bar", "spa"}
    found = _then(repository, read, again=False)
    assert found == whole
    assert _plain(found) == _plain(whole)
    assert {*read} == again


@pytest.mark.parametrize("edit", EDITS)
def test_what_a_commit_defined_is_found_whatever_changed_since(
    repository: Repository, read: list[str], edit: str
) -> None:
    check(repository, read, edit)


def _blind(patch: pytest.MonkeyPatch) -> None:
    """Take every file for the same: each identity is the file's path."""
    patch.setattr("revox_sync.files.git.identity_of", lambda data: "any")
    patch.setattr(base.Commit, "identity", lambda self, file: "any")


#: Faults, each with an edit whose test it turns red.
PLANTED: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "every file is the same": ("a definition", _blind),
    "includes are not looked at": (
        "an included text",
        lambda patch: patch.setattr(loader, "_Read", _without_includes),
    ),
    "projects are all the same": (
        "a default",
        lambda patch: (
            patch.setattr(loader.Project, "__eq__", lambda one, other: True),
            patch.setattr(loader, "is_same", lambda one, other: True),
        ),
    ),
    "1 is 1.0": (
        "a variable",
        lambda patch: patch.setattr(loader, "is_same", lambda one, other: one == other),
    ),
}


def _without_includes(*read: Any) -> Any:
    return _READ(*read[:4], frozenset(), *read[5:])


_READ = loader._Read


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_noticed(
    repository: Repository, read: list[str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, plant = PLANTED[fault]
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check(repository, read, edit)
