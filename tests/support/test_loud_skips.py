"""Skips are told by name; on CI one that nobody allowed fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

CONFTEST = """
import os
from support.skips import LoudSkips, allowed_skips
from pathlib import Path

def pytest_configure(config):
    allowed = allowed_skips(Path(__file__).with_name("allowed_skips.txt"))
    config.pluginmanager.register(LoudSkips(allowed, strict=os.environ.get("CI") == "true"))
"""

SUITE = """
import pytest

def test_passes():
    pass

@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.skipif(True, reason="the moon is full")
def test_of_the_moon(n):
    pass

@pytest.mark.skip(reason="it is night")
def test_of_the_sun():
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_known_to_fail():
    assert False
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_sky.py").write_text(SUITE)
    (tmp_path / "allowed_skips.txt").write_text("# none\n")
    return tmp_path


def run(suite: Path, *, ci: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(suite)],
        env={
            **os.environ,
            "PYTHONPATH": str(TESTS),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "CI": ci,
        },
        cwd=suite,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_skip_is_told_with_its_name_and_reason(suite: Path) -> None:
    done = run(suite)
    assert done.returncode == 0
    assert "test_sky.py::test_of_the_moon[1] -- the moon is full" in done.stdout
    assert "test_sky.py::test_of_the_sun -- it is night" in done.stdout
    assert "NOT ALLOWED" not in done.stdout
    assert "test_known_to_fail --" not in done.stdout


def test_what_nobody_allowed_fails_on_ci(suite: Path) -> None:
    """A test, a test for another reason, and a file that is skipped as a whole."""
    (suite / "allowed_skips.txt").write_text("test_sky.py::test_of_the_moon -- it rains\n")
    (suite / "test_sea.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    done = run(suite, ci="true")
    assert done.returncode == 1
    assert "NOT ALLOWED test_sky.py::test_of_the_sun -- it is night" in done.stdout
    assert "NOT ALLOWED test_sky.py::test_of_the_moon[2] -- the moon is full" in done.stdout
    assert "NOT ALLOWED test_sea.py -- " in done.stdout


def test_an_allowed_skip_passes_on_ci(suite: Path) -> None:
    allowed = ("test_of_the_moon -- the moon is full", "test_of_the_sun -- it is night")
    (suite / "allowed_skips.txt").write_text("".join(f"test_sky.py::{one}\n" for one in allowed))
    done = run(suite, ci="true")
    assert done.returncode == 0
    assert "test_sky.py::test_of_the_moon[1] -- the moon is full" in done.stdout


def test_a_list_entry_without_a_reason_is_an_error(suite: Path) -> None:
    (suite / "allowed_skips.txt").write_text("test_sky.py::test_of_the_moon\n")
    done = run(suite)
    assert done.returncode != 0
    assert "no reason" in done.stdout + done.stderr


def test_every_allowed_skip_names_a_test_that_exists() -> None:
    for line in (TESTS / "allowed_skips.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            file, _, name = line.partition(" -- ")[0].partition("::")
            assert f"def {name}(" in (TESTS.parent / file).read_text()
