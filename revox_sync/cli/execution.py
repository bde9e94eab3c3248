"""Runs an apply in the terminal: progress, and what happens on Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from revox_sync.apply.applier import apply
from revox_sync.apply.control import Control, Options
from revox_sync.apply.events import Event, Outcome, Started
from revox_sync.cli.account import open_account
from revox_sync.cli.options import Settings
from revox_sync.cli.planning import Planned
from revox_sync.cli.streams import Streams


async def execute(
    settings: Settings, streams: Streams, planned: Planned, options: Options
) -> tuple[tuple[Outcome, ...], bool]:
    """Apply a plan; return how each action ended, and whether the run was interrupted.

    The first Ctrl-C (or SIGTERM) finishes what is under way, the second abandons it.
    """
    sources = planned.sources
    progress = _Progress(streams, sum(action.writes for action in planned.plan.actions))
    control = Control()
    async with open_account(
        settings, sources.project, sources.definitions, planned.account.remotes
    ) as client:
        with _interruptible(control, streams) as interrupted:
            outcomes = await apply(
                planned.plan,
                {definition.key: definition for definition in sources.definitions},
                {remote.id: remote for remote in planned.account.remotes},
                planned.rules,
                client,
                options,
                notify=progress,
                control=control,
            )
    streams.step("")
    return outcomes, bool(interrupted)


class _Progress:
    """Counts on the terminal what has been done."""

    def __init__(self, streams: Streams, total: int) -> None:
        self._streams = streams
        self._total = total
        self._done = 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, Started):
            self._streams.step(f"applying, {self._done} of {self._total} done: {event.action.key}")
        elif event.action.refused is None:
            self._done += 1
            self._streams.step(f"applying, {self._done} of {self._total} done")


@contextmanager
def _interruptible(control: Control, streams: Streams) -> Iterator[list[int]]:
    """Hand SIGINT and SIGTERM to ``control``; yields the signals that came."""
    loop = asyncio.get_running_loop()
    came: list[int] = []

    def on_signal(number: int) -> None:
        came.append(number)
        if len(came) == 1:
            control.stop()
            streams.remark("stopping: finishing what is under way; once more abandons it\n")
        else:
            control.abandon()

    earlier = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in earlier:
        if sys.platform == "win32":  # whose loops take no signals
            signal.signal(number, lambda n, _: loop.call_soon_threadsafe(on_signal, n) and None)
        else:
            # Wakes the loop even where the signal comes just before it begins to wait.
            loop.add_signal_handler(number, on_signal, number)
    try:
        yield came
    finally:
        for number, handler in earlier.items():
            if sys.platform != "win32":
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
