"""Skipped tests are told by name; on CI one that nobody allowed fails the run.

``allowed_skips.txt`` lists them, one a line: the test as pytest names it, without parameters,
``--``, and the reason as the test gives it. Lines beginning with ``#`` are remarks.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_SEPARATOR = " -- "


def allowed_skips(path: Path) -> frozenset[tuple[str, str]]:
    """Return (test, reason) of every skip that may happen on CI."""
    found = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, separator, reason = line.partition(_SEPARATOR)
            if not separator:
                raise pytest.UsageError(f"{path}: no reason in {line!r}")
            found.add((name.strip(), reason.strip()))
    return frozenset(found)


class LoudSkips:
    """The plugin. ``strict`` makes a skip that is not allowed fail the run."""

    def __init__(self, allowed: frozenset[tuple[str, str]], *, strict: bool) -> None:
        self._allowed = allowed
        self._strict = strict
        self._skips: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a skipped test; an expected failure is no skip."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self._remember(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a file that was skipped as a whole."""
        if report.skipped:
            self._remember(report)

    def _remember(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        self._skips.append((report.nodeid, reason.removeprefix("Skipped: ")))

    def _uninvited(self) -> list[tuple[str, str]]:
        return [
            (name, reason)
            for name, reason in self._skips
            if (name.partition("[")[0], reason) not in self._allowed
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn success into failure when something was skipped that nobody allowed."""
        if self._strict and self._uninvited() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print every skipped test by name."""
        if not self._skips:
            return
        uninvited = self._uninvited()
        terminalreporter.section("skipped by name", "=", yellow=True)
        for name, reason in self._skips:
            forbidden = self._strict and (name, reason) in uninvited
            mark = "NOT ALLOWED " if forbidden else ""
            terminalreporter.write_line(f"{mark}{name}{_SEPARATOR}{reason}")
