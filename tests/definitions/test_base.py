"""Definitions as they were at a commit: from any repository, without touching anything in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from definitions.repository import THEN, Repository, at, define, edited, prompts, write

from revox_sync.definitions.base import definitions_at
from revox_sync.errors import SetupError, UsageError


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one definition, committed, and edited since."""
    return edited(tmp_path / "project")


# Commits, and what is none.


@pytest.mark.parametrize(
    "ref", ["HEAD", "main", "v1", "signed-off", "HEAD~1", "HEAD^{commit}", "@"]
)
def test_a_commit_goes_by_many_names(repository: Repository, ref: str) -> None:
    repository.commit("Be brief")
    repository.git("tag", "v1")
    repository.git("tag", "--annotate", "signed-off", "-m", "Release")
    expected = "Be kind." if ref == "HEAD~1" else "Be brief."
    assert prompts(at(repository, ref)) == {"desk": expected}


@pytest.mark.parametrize(
    "ref",
    [
        "nowhere",
        "--all",
        "-x",
        "--output=/tmp/x",
        "",
        "HEAD:assistants",
        "a..b",
        "^HEAD",
        "HEAD\0x",
    ],
)
def test_what_names_no_commit_is_wrong_usage(repository: Repository, ref: str) -> None:
    with pytest.raises(UsageError, match="no commit") as raised:
        at(repository, ref)
    assert "branch" in str(raised.value.hint)


def test_a_tag_of_something_else_names_no_commit(repository: Repository) -> None:
    repository.git("tag", "tree", "HEAD^{tree}")
    with pytest.raises(UsageError, match="no commit 'tree'"):
        at(repository, "tree")


@pytest.mark.parametrize("length", [40, 64])
def test_a_pipeline_that_knows_no_commit_before_is_told_so(
    repository: Repository, length: int
) -> None:
    repository.commit()
    with pytest.raises(UsageError, match="is no commit") as raised:
        definitions_at(repository.root, "0" * length, repository.env)
    assert "first push of the branch" in str(raised.value.hint)
    assert "leave --base out" in str(raised.value.hint)


def test_a_shallow_clone_says_how_to_get_the_rest(repository: Repository, tmp_path: Path) -> None:
    repository.commit("Be brief")
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth=1", f"file://{repository.root}", str(clone))
    assert prompts(at(repository, "HEAD", clone)) == {"desk": "Be brief."}
    with pytest.raises(UsageError, match="no commit 'HEAD~1'") as raised:
        at(repository, "HEAD~1", clone)
    assert "git fetch --unshallow" in str(raised.value.hint)


def test_a_clone_without_blobs_fetches_what_it_needs(
    repository: Repository, tmp_path: Path
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit("Be brief")
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--filter=blob:none", f"file://{repository.root}", str(clone))
    assert prompts(at(repository, "HEAD~1", clone)) == THEN


# No repository, no git.


def test_a_repository_without_commits_has_none(tmp_path: Path) -> None:
    empty = Repository.at(tmp_path / "empty")
    with pytest.raises(UsageError, match="no commit 'HEAD'"):
        at(empty)


def test_no_git_on_the_path_is_said(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="git is needed") as raised:
        at(repository, PATH=str(tmp_path / "home"))
    assert raised.value.hint == "install git"


def test_what_git_refuses_is_said_in_its_words(repository: Repository) -> None:
    (repository.root / ".git/config").write_text("[core\n")
    with pytest.raises(SetupError, match="bad config line 1"):
        at(repository)


def test_a_folder_that_git_does_not_trust_is_said(repository: Repository) -> None:
    with pytest.raises(SetupError, match="dubious ownership") as raised:
        at(repository, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert "safe.directory" in str(raised.value.hint)


# Where the project lies.


@pytest.mark.parametrize("folder", ["voice", "voice agents/[é]", ":(glob)v*", "-v"])
def test_a_project_can_lie_below_the_top(repository: Repository, folder: str) -> None:
    below = repository.root / folder
    define(below, "Be calm.")
    write(below, "revox-sync.yaml", "defaults: {first_sentence: {file: shared/hello.txt}}\n")
    write(below, "shared/hello.txt", "Hello.\n")
    repository.commit()
    define(below, "Be loud.")
    found = at(repository, root=below)
    assert prompts(found) == {"desk": "Be calm."}
    assert found.definitions["desk"].fields["first_sentence"] == "Hello."
    assert found.remarks == ()


def test_the_project_can_be_named_by_a_link(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository.root)
    assert prompts(at(repository, root=tmp_path / "link")) == THEN


def test_a_linked_work_tree_is_a_repository(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", str(tmp_path / "tree"))
    assert prompts(at(repository, root=tmp_path / "tree")) == THEN


def test_a_sparse_work_tree_hides_nothing(repository: Repository) -> None:
    repository.git("sparse-checkout", "set", "--cone", "docs")
    assert prompts(at(repository)) == THEN


def _submodule(repository: Repository, tmp_path: Path, path: str) -> Path:
    inner = Repository.at(tmp_path / "inner")
    define(inner.root, "Be far away.", "assistants/spa.yaml")
    inner.commit()
    allowed = ("-c", "protocol.file.allow=always")
    repository.git(*allowed, "submodule", "--quiet", "add", str(inner.root), path)
    repository.commit("Add a submodule")
    return repository.root / path


def test_a_project_inside_a_submodule_is_read_from_that(
    repository: Repository, tmp_path: Path
) -> None:
    inner = _submodule(repository, tmp_path, "hotels")
    assert prompts(at(repository, root=inner)) == {"spa": "Be far away."}


def test_a_submodule_among_the_definitions_is_said(repository: Repository, tmp_path: Path) -> None:
    _submodule(repository, tmp_path, "assistants/hotels")
    found = at(repository)
    assert prompts(found) == {"desk": "Be brief."}
    assert found.remarks == (
        f"at {found.commit[:12]} assistants/hotels is a submodule, which is not read; "
        "what was defined in it cannot be read",
    )


def test_a_submodule_beside_them_is_nothing_to_say(repository: Repository, tmp_path: Path) -> None:
    _submodule(repository, tmp_path, "hotels")
    assert at(repository).remarks == ()


# What is left as it was.


def _state(repository: Repository) -> Mapping[str, Any]:
    """Return every file of repository and work tree, with its time."""
    files = [path for path in sorted(repository.root.rglob("*")) if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_work_tree_index_and_stash_are_left_as_they_are(repository: Repository) -> None:
    define(repository.root, "Be stashed.")
    repository.git("stash")
    define(repository.root, "Be staged.")
    repository.git("add", "--all")
    define(repository.root, "Be brief.")
    define(repository.root, "Be new.", "assistants/untracked.yaml")
    for setting in ("core.splitIndex", "core.untrackedCache", "feature.manyFiles"):
        repository.git("config", setting, "true")
    before = _state(repository)
    assert prompts(at(repository)) == THEN
    assert _state(repository) == before


# Environments that name something else.


@pytest.mark.parametrize(
    "env",
    [
        {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": "assistants/"},
        {"GIT_DIR": "{other}/.git", "GIT_WORK_TREE": "{other}"},
        {"GIT_DIR": "{other}/.git"},
        {"GIT_WORK_TREE": "{other}"},
        {"GIT_COMMON_DIR": "{other}/.git"},
        {"GIT_INDEX_FILE": "{other}/.git/index.lock"},
        {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects"},
        {"GIT_GLOB_PATHSPECS": "1"},
        {"GIT_ICASE_PATHSPECS": "1"},
        {"GIT_TRACE": "1"},
        {"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr"},
    ],
    ids="+".join,
)
def test_what_a_hook_or_a_caller_sets_is_of_no_matter(
    repository: Repository, tmp_path: Path, env: dict[str, str]
) -> None:
    other = Repository.at(tmp_path / "other")
    define(other.root, "Be another.")
    other.commit()
    env = {name: value.format(other=other.root) for name, value in env.items()}
    assert prompts(at(repository, **env)) == THEN
    assert prompts(at(repository, "main", **env)) == THEN
