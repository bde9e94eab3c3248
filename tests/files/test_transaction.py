"""One writer: whole files or none, nothing through a link, modes as they are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from revox_sync.files import transaction
from revox_sync.files.transaction import FileChange, State, Transaction, put, send
from revox_sync.files.tree import Unreadable


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def files(root: Path) -> dict[str, str]:
    """Return every file below a folder, and every empty folder, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_text() if path.is_file() else "folder"
        for path in root.rglob("*")
        if path.is_file() or (path.is_dir() and not any(path.iterdir()))
    }


# One file.


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    put(path, b"new")
    assert (path.read_text(), mode(path)) == ("new", 0o640)
    put(tmp_path / "private", b"x", mode=0o600)
    assert mode(tmp_path / "private") == 0o600


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        put(tmp_path / "file", b"x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "file") == 0o640


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    put(tmp_path / "link", b"new")
    assert files(tmp_path) == {"real": "old", "link": "new"}
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("function", ["os.fsync", "pathlib.Path.replace"])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    (tmp_path / "file").write_text("old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(function, full)
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path / "file", b"new")
    assert files(tmp_path) == {"file": "old"}


# Named on the command line.


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    send(tmp_path / "pipe", b"plan", tmp_path)
    reader.join(10)
    assert got == [b"plan"]
    assert (tmp_path / "pipe").is_fifo()
    send(Path(os.devnull), b"plan", tmp_path)


def test_a_reader_that_leaves_is_an_error_and_nothing_is_written_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        with pytest.raises(BrokenPipeError):
            send(Path(f"/dev/fd/{writing}"), b"plan", tmp_path)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("through", ["real", "way"])
@pytest.mark.parametrize("path", ["link", "linked/file"])
def test_no_link_below_the_project_is_written_through(
    tmp_path: Path, through: str, path: str
) -> None:
    project = tmp_path / "real"
    (tmp_path / "out").mkdir()
    (project / "folder").mkdir(parents=True)
    (project / "link").symlink_to(tmp_path / "out/file")
    (project / "linked").symlink_to(tmp_path / "out")
    (tmp_path / "way").symlink_to("real")
    for root in (tmp_path / "real", tmp_path / "way"):
        with pytest.raises(OSError, match="symbolic link"):
            send(tmp_path / through / path, b"x", root)
    assert files(tmp_path / "out") == {}


def test_a_link_elsewhere_is_followed(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    send(tmp_path / "link", b"new", tmp_path / "project")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


# The tool's own folder.


def test_the_own_folder_is_private_and_never_committed(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.make("runs/1")
    state.write("runs/1/run.json", "{}")
    state.append("runs/1/journal", "one")
    state.append("runs/1/journal", "two")
    assert state.read("runs/1/journal") == b"one\ntwo\n"
    for path in (state.folder, *state.folder.rglob("*")):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path
    (state.folder / ".gitignore").write_text("!*\n")
    state.make()
    assert (state.folder / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    "link", [".revox-sync", ".revox-sync/.gitignore", ".revox-sync/runs", ".revox-sync/runs/1"]
)
@pytest.mark.parametrize("there", [True, False], ids=["there", "dangling"])
def test_a_link_in_the_own_folder_is_refused(tmp_path: Path, link: str, there: bool) -> None:
    out = tmp_path / "out"
    if there:
        out.mkdir()
    project = tmp_path / "project"
    (project / link).parent.mkdir(parents=True)
    (project / link).symlink_to(out)
    state = State(project)
    for act in (
        lambda: state.make("runs/1"),
        lambda: state.write("runs/1", "x") if link.endswith("1") else state.make("runs"),
        lambda: state.append("runs/1", "x") if link.endswith("1") else state.make("runs"),
    ):
        with pytest.raises(OSError, match="is a symbolic link, which is not followed"):
            act()
    with pytest.raises(Unreadable):
        state.read(link.removeprefix(".revox-sync/"))
    assert not there or files(out) == {}


# Several files.


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    for name in ("one", "two"):
        (made / name).write_text(f"old {name}")
    return made


CHANGES = {
    "one": FileChange(b"new one", b"old one"),
    "deep/er/three": FileChange(b"new three"),
    "two": FileChange(b"new two", b"old two"),
}
OLD = {"one": "old one", "two": "old two"}
NEW = {"one": "new one", "two": "new two", "deep/er/three": "new three"}


def test_all_are_put_in_place_and_nothing_is_left_beside(root: Path) -> None:
    (root / "one").chmod(0o640)
    with Transaction(root, CHANGES) as writing:
        assert {name: files(root)[name] for name in OLD} == OLD
        writing.commit()
    assert files(root) == NEW
    assert mode(root / "one") == 0o640


def _no_commit(_: Transaction) -> None:
    return


def _failing(writing: Transaction) -> None:
    writing.commit()
    raise OSError("what came after failed")


@pytest.mark.parametrize("then", [_no_commit, _failing])
def test_what_is_not_committed_or_fails_later_is_undone(
    root: Path, then: Callable[[Transaction], None]
) -> None:
    try:
        with Transaction(root, CHANGES) as writing:
            then(writing)
    except OSError:
        pass
    assert files(root) == OLD


@pytest.mark.parametrize("function", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.rename"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_disk_that_fails_half_way_leaves_every_file(
    root: Path, monkeypatch: pytest.MonkeyPatch, function: str, nth: int
) -> None:
    owner, name = (os, "fsync") if function == "os.fsync" else (Path, function.rpartition(".")[2])
    really, left = getattr(owner, name), [nth]

    def fails(*given: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        return really(*given)

    monkeypatch.setattr(owner, name, fails)
    try:
        with Transaction(root, CHANGES) as writing:
            writing.commit()
    except OSError as error:
        assert "No space left" in str(error)
        assert files(root) == OLD
    else:
        assert files(root) == NEW


def _appeared(root: Path) -> None:
    (root / "deep/er").mkdir(parents=True)
    (root / "deep/er/three").write_text("mine")


def _changed(root: Path) -> None:
    (root / "two").write_text("mine")


@pytest.mark.parametrize("meddle", [_appeared, _changed])
def test_what_somebody_else_wrote_is_not_written_over(
    root: Path, meddle: Callable[[Path], None]
) -> None:
    with pytest.raises(FileExistsError), Transaction(root, CHANGES) as writing:
        meddle(root)
        expected = {name: text for name, text in files(root).items() if ".writing-" not in name}
        writing.commit()
    assert files(root) == expected
    assert "mine" in expected.values()


@pytest.mark.parametrize("link", ["one", "deep", "deep/er"])
def test_a_link_is_not_written_through(root: Path, tmp_path: Path, link: str) -> None:
    (tmp_path / "out").mkdir()
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).unlink(missing_ok=True)
    (root / link).symlink_to(tmp_path / "out")
    with (
        pytest.raises(OSError, match="symbolic link"),
        Transaction(root, CHANGES) as writing,
    ):
        writing.commit()
    assert files(tmp_path / "out") == {}


def test_what_a_killed_run_left_goes_with_the_next(root: Path) -> None:
    dead = transaction._Aside(root)
    dead._lock.release()
    alive = transaction._Aside(root)
    with Transaction(root, CHANGES) as writing:
        writing.commit()
    assert (dead.path.exists(), alive.path.exists()) == (False, True)
    alive.remove()
