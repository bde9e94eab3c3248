"""Fixtures for tests through the command line, and loud skips."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.clock import Clock
from support.desk import Desk, MakeDesk
from support.project import Project
from support.server import serving
from support.service import Habits, Service
from support.skips import LoudSkips, allowed_skips

from revox_sync.account import reader, retry
from revox_sync.apply import create
from revox_sync.github import client as github

HERE = Path(__file__).parent

#: On CI a change is judged by what it changes: the same examples every time. Elsewhere hypothesis
#: goes on looking. How long an example takes says nothing where other work goes on beside it. Each
#: example writes the files of its project anew, so that all may share a folder.
settings.register_profile(
    "tests",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("tests")


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are processors: many tests wait, for a disk or a process."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Tell skips by name; on CI hold them to the list."""
    # The tests write 100,000 small files, many of them with fsync: 15 s of CPU on a disk.
    memory = Path("/dev/shm")  # noqa: S108 - the folders in it are made by pytest
    if sys.platform == "linux" and os.access(memory, os.W_OK):
        there = os.statvfs(memory)
        if there.f_bavail * there.f_frsize > 2**30 and not there.f_flag & os.ST_NOEXEC:
            tempfile.tempdir = str(memory)
    # A shell lets what it runs in the background ignore Ctrl-C, and programs inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    allowed = allowed_skips(HERE / "allowed_skips.txt")
    strict = os.environ.get("CI") == "true"
    config.pluginmanager.register(LoudSkips(allowed, strict=strict), "loud-skips")


def pytest_collection_finish() -> None:
    """Look for garbage in what tests make, not in thousands of collected tests, and seldom.

    A run of the tool looks for none at all. Hypothesis measures every search.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly wait between attempts, where the service does not say how long."""
    monkeypatch.setattr(retry, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(create, "_PAUSE_S", 0.001)
    monkeypatch.setattr(retry, "_LONGEST_SLOWDOWN_S", 0.01)
    monkeypatch.setattr(retry, "_FIRST_GAP_S", 0.001)
    monkeypatch.setattr(retry, "_LONGEST_GAP_S", 0.01)
    monkeypatch.setattr(retry, "PATIENCE_S", 0.3)
    monkeypatch.setattr(github, "_A_MINUTE_S", 0.001)


@pytest.fixture
def waits_take_no_time(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass for the tool and the service only where the tool waits for what lags."""
    clock = Clock()
    monkeypatch.setattr(reader, "asyncio", clock)
    service.now = clock.time


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Start a service with the given habits; all of them end with the test."""
    with ExitStack() as running:
        yield lambda **habits: running.enter_context(serving(Habits(**habits)))


@pytest.fixture
def service(serve: Callable[..., Service]) -> Service:
    """A service of the current generation with ordinary habits."""
    return serve()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    root = tmp_path / "project"
    (root / "assistants").mkdir(parents=True)
    return Project(root)


@pytest.fixture
def desk(project: Project, service: Service) -> Iterator[Desk]:
    """A project and the ordinary service."""
    with closing(Desk(project, service)) as made:
        yield made


@pytest.fixture
def desk_with(project: Project, serve: Callable[..., Service]) -> Iterator[MakeDesk]:
    """Make a desk with a service of the given habits."""
    with ExitStack() as made:
        yield lambda **habits: made.enter_context(closing(Desk(project, serve(**habits))))
