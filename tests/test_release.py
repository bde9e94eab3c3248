"""What is released: the same bytes whoever builds them, and all that the program needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import cli

import revox_sync

ROOT = Path(__file__).parent.parent


def _build(folder: Path, when: int, umask: int) -> dict[str, bytes]:
    """Build a copy of this repository, whose files are of another time and mode."""
    source = folder / "source"
    for name in ("revox_sync", ".github", "pyproject.toml", "README.md", "LICENSE"):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        left_out = shutil.ignore_patterns("__pycache__")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=left_out)
        else:
            shutil.copy(ROOT / name, target)
    for path in source.rglob("*"):
        if path.is_file():
            os.utime(path, (when, when))
            path.chmod(0o666 & ~umask)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder / "dist")],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (folder / "dist").iterdir()}


@pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed")
def test_it_is_reproducible_and_the_wheel_alone_runs(tmp_path: Path) -> None:
    first = _build(tmp_path / "one", 1_000_000_000, 0o022)
    second = _build(tmp_path / "two", 1_700_000_000, 0o002)
    assert sorted(first) == [
        f"revox_sync-{revox_sync.__version__}-py3-none-any.whl",
        f"revox_sync-{revox_sync.__version__}.tar.gz",
    ]
    assert first == second
    alone = tmp_path / "alone"
    (wheel,) = (tmp_path / "one/dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(alone)
    assert {path.name for path in alone.iterdir()} == {
        "revox_sync",
        f"revox_sync-{revox_sync.__version__}.dist-info",
    }
    env = {"PYTHONPATH": str(alone)}
    project = tmp_path / "project"
    project.mkdir()
    source = "git+https://github.com/acme/revox-sync@0123456"
    for arguments in (
        ("init", "--sandbox", "--ci", "github", "--from", source),
        ("--sandbox", "plan"),
        ("explain", "voice.speed"),
    ):
        done = cli.execute(*arguments, env=env, cwd=project)
        assert done.code == 0, done.err
    assert (project / ".github/workflows/plan.yml").exists()


def test_the_version_is_stated_once() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in stated and stated["dynamic"] == ["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## (\S+)", changes, re.MULTILINE)[0]
    assert newest in ("Unreleased", revox_sync.__version__)


def test_nobody_is_told_to_install_a_name_that_is_not_registered() -> None:
    """Messages name the way in which this copy was installed."""
    for path in (ROOT / "revox_sync").rglob("*.py"):
        assert not re.search(r"(?:pip|pipx|uvx?)\b.* '?revox-sync", path.read_text("utf-8")), path
