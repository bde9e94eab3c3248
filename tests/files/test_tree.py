"""One seam for files: what is listed and read, and what is refused, on disk and edited."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from revox_sync.files.tree import MAX_SIZE, Disk, Edited, Tree, Unreadable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file, a folder, links, a pipe and what is hidden."""
    made = tmp_path / "real"
    (made / "a/.git").mkdir(parents=True)
    (made / "a/text").write_text("text")
    (made / "a/.git/config").write_text("secret")
    (made / ".env").write_text("secret")
    (tmp_path / "outside").write_text("secret")
    (made / "link").symlink_to(tmp_path / "outside")
    (made / "linked").symlink_to("a")
    (made / "loop").symlink_to("loop")
    os.mkfifo(made / "pipe")
    (made / "large").write_bytes(b"x" * (MAX_SIZE + 1))
    return made


REFUSED = {
    "link": "symbolic-link",
    "linked": "symbolic-link",
    "linked/text": "symbolic-link",
    "loop": "symbolic-link",
    "loop/x": "symbolic-link",
    ".env": "hidden-file",
    "a/.git/config": "hidden-file",
    "a": "not-a-file",
    "pipe": "not-a-file",
    "large": "too-large",
    "nothing": "missing-file",
    "nothing/x": "missing-file",
    "a/text/x": "missing-file",
    "../outside": "outside",
    "a/../../outside": "outside",
    "a//text": "outside",
    "/etc/hostname": "outside",
}


@pytest.mark.parametrize("edited", [False, True], ids=["disk", "edited"])
@pytest.mark.parametrize(("path", "rule"), REFUSED.items(), ids=REFUSED)
def test_what_is_not_read(root: Path, path: str, rule: str, edited: bool) -> None:
    tree: Tree = Disk(root)
    if edited:
        tree = Edited(tree, {"link": b"x", "linked/text": b"x", ".env": b"x", "new": b"x"})
    with pytest.raises(Unreadable) as raised:
        tree.read(path)
    assert raised.value.rule == rule
    assert "secret" not in raised.value.message


def test_a_link_that_appears_after_the_look_is_not_followed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Disk(root)
    monkeypatch.setattr(tree, "kind", lambda _: "file")
    with pytest.raises(Unreadable, match="symbolic link"):
        tree.read("link")
    with pytest.raises(Unreadable, match="not a regular file"):
        tree.read("pipe")


def test_what_is_there_is_listed_by_kind(root: Path) -> None:
    assert Disk(root).list("") == {
        "a": "folder",
        ".env": "file",
        "link": "link",
        "linked": "link",
        "loop": "link",
        "pipe": "special",
        "large": "file",
    }
    for path, rule in (
        ("linked", "symbolic-link"),
        ("no", "missing-folder"),
        ("large", "not-a-folder"),
    ):
        with pytest.raises(Unreadable) as raised:
            Disk(root).list(path)
        assert raised.value.rule == rule


def test_the_folder_itself_may_be_reached_through_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(root)
    assert Disk(tmp_path / "way").read("a/text") == b"text"


def test_hidden_files_are_read_where_that_is_wanted(root: Path) -> None:
    assert Disk(root, hidden=True).read("a/.git/config") == b"secret"


def test_edits_lie_over_what_is_there(root: Path) -> None:
    tree = Edited(Disk(root), {"a/text": b"new", "b/c/d": b"made"})
    assert tree.read("a/text") == b"new"
    assert tree.read("b/c/d") == b"made"
    assert (tree.list("b"), tree.list("b/c")) == ({"c": "folder"}, {"d": "file"})
    assert tree.list("")["b"] == "folder"
    assert tree.list("a") == {"text": "file", ".git": "folder"}
    assert Edited(tree, {"b/c/d": b"again"}).read("b/c/d") == b"again"


class _Counted(dict[str, bytes]):
    """Changes that count how often all of them are gone through."""

    gone_through = 0

    def __iter__(self) -> Iterator[str]:
        self.gone_through += 1
        return super().__iter__()


def test_a_file_that_is_there_is_read_without_going_through_all_changes(root: Path) -> None:
    changes = _Counted({"a/text": b"new"})
    assert Edited(Disk(root), changes).read("a/text") == b"new"
    assert changes.gone_through == 0
