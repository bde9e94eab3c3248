"""Where this copy came from: what others install, and what is told to install more of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import revox_sync
from revox_sync.operations import installation
from revox_sync.operations.installation import install_command, source, source_of

GIT = shutil.which("git") or "git"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
RELEASE = f"revox-sync[sandbox]=={revox_sync.__version__}"
FROM_GIT: dict[str, Any] = {
    "url": "https://github.com/acme/revox-sync.git",
    "vcs_info": {"vcs": "git", "commit_id": COMMIT},
}
REQUIREMENT = f"revox-sync[sandbox] @ git+https://github.com/acme/revox-sync.git@{COMMIT}"


@pytest.mark.parametrize(
    ("told", "required", "installed"),
    [
        ({}, RELEASE, f"'{RELEASE}'"),
        (FROM_GIT, REQUIREMENT, f"'{REQUIREMENT}'"),
        (
            {"url": "https://example.com/x.whl", "archive_info": {}},
            None,
            "https://example.com/x.whl",
        ),
        (
            {**FROM_GIT, "url": "https://ada:s3cr3t@github.com/acme/revox-sync.git"},
            None,
            "git+https://(sensitive)@github.com/acme/revox-sync.git",
        ),
        (
            {"url": "https://example.com/x.whl?t=s3cr3t", "archive_info": {}},
            None,
            "https://example.com/x.whl?t=(sensitive)",
        ),
        (None, None, str(Path(revox_sync.__file__).parents[1])),
    ],
)
def test_it_is_installed_as_this_copy_was(
    monkeypatch: pytest.MonkeyPatch, told: Any, required: str | None, installed: str
) -> None:
    monkeypatch.setattr(installation, "_direct_url", lambda: told)
    found = source(os.environ)
    assert (found.requirement if found else None) == required
    assert installed in install_command()
    for prefix, command in [
        ("/home/a/.local/pipx/venvs/revox-sync", "pipx install --force "),
        ("/home/a/.local/share/uv/tools/revox-sync", "uv tool install --force "),
    ]:
        monkeypatch.setattr(installation.sys, "prefix", prefix)
        assert install_command().startswith(command)


@pytest.mark.parametrize(
    ("origin", "github"),
    [
        ("https://github.com/acme/revox-sync.git", "acme/revox-sync"),
        ("git@github.com:acme/revox-sync.git", "acme/revox-sync"),
        ("https://git.example.com/acme/revox-sync", None),
        ("https://token@github.com/acme/revox-sync", ...),
        ("/home/a/revox-sync", ...),
    ],
)
def test_a_clone_stands_for_its_commit_and_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str, github: Any
) -> None:
    """Without a public origin, or with edits, nobody else can install it: ``...`` here."""

    def git(*arguments: str) -> None:
        subprocess.run([GIT, "-C", str(tmp_path), *arguments], check=True)

    git("init", "-q")
    git("remote", "add", "origin", origin)
    git("-c", "user.name=A", "-c", "user.email=a@x", "commit", "-q", "--allow-empty", "-m", "A")
    told = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    monkeypatch.setattr(installation, "_direct_url", lambda: told)
    found = source(os.environ)
    assert (found.github if found else ...) == github
    (tmp_path / "revox_sync").mkdir()
    (tmp_path / "revox_sync/new.py").touch()
    assert source(os.environ) is None


def test_a_requirement_that_is_no_commit_is_taken_as_it_is() -> None:
    for text in (
        "revox-sync==1.0",
        "./revox-sync",
        "git+ssh://git@example.com/revox-sync@main",
        "git+https://github.com/acme/revox-sync",
        "https://files.example/revox-sync@1.0.whl",
        "git+https://github.com/acme/revox-sync@",
        f"git+https://github.com/acme/tools@{COMMIT}#subdirectory=revox-sync",
    ):
        assert source_of(text) == installation.Package(text)


def test_a_name_behind_a_commit_is_no_part_of_it() -> None:
    found = source_of(f"git+https://github.com/acme/revox-sync.git@{COMMIT}#egg=revox-sync")
    assert (found.github, found.commit) == ("acme/revox-sync", COMMIT)
