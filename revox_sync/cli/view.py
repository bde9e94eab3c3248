"""Where a command shows its plan: on stdout, and in the job summary of a GitHub workflow.

GitHub names a file in GITHUB_STEP_SUMMARY, a fresh one for every step, and takes 1 MiB of markdown
from it; a larger file is not shown at all ("upload aborted, supports content up to a size of
1024k"). So less is appended where there is less room. A summary that cannot be written does not
change how the command ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revox_sync.errors import RefusedError, RevoxSyncError

if TYPE_CHECKING:
    from revox_sync.apply.events import Outcome
    from revox_sync.cli.options import GlobalSettings, View
    from revox_sync.cli.streams import Streams
    from revox_sync.plan.model import Plan

Command = TypeVar("Command", bound=Callable[..., Any])

#: Makes a page of at most as many bytes as it is told.
Page = Callable[[int], str]

LIMIT = 1024 * 1024

#: No page that says anything is shorter, in bytes.
_LEAST = 4000
_CUT = "\nThe rest does not fit here; the log has it.\n"
_LINE = _CUT.encode()


def summarized(command: Command) -> Command:
    """Let a command that fails or is refused say so in the summary, too; it goes on raising."""

    @wraps(command)
    def wrapped(settings: GlobalSettings, *args: Any, **values: Any) -> Any:
        try:
            return command(settings, *args, **values)
        except RevoxSyncError as failure:
            _summarize_failure(settings, click.get_current_context().info_name or "", failure)
            raise

    decorated: Any = wrapped
    return decorated  # type: ignore[no-any-return]


def show_plan(
    settings: GlobalSettings, streams: Streams, plan: Plan, view: View, *, is_all: bool = True
) -> None:
    """Write a plan to stdout, and to the job summary, where it leaves room for what follows.

    Unless it ``is_all`` of the result, stdout is left to what comes later. Raises OutputLost when
    stdout does not take it.
    """
    if is_all:
        streams.result(render(plan, view, streams))

    def page(room: int) -> str:
        from revox_sync.render.markdown import render_markdown

        return render_markdown(plan, limit=room // 2, drift=view.drift)

    _append(settings, page)


def render(plan: Plan, view: View, streams: Streams) -> str:
    """Return a plan as ``view`` says."""
    if view.form == "json":
        from revox_sync.plan.planfile import dumps

        return dumps(plan)
    if view.form == "markdown":
        from revox_sync.render.markdown import render_markdown

        return render_markdown(
            plan, drift=view.drift, unmanaged=view.unmanaged, details_url=view.details_url
        )
    from revox_sync.render.terminal import render_plan

    return render_plan(
        plan,
        width=streams.width,
        colour=streams.colour,
        drift=view.drift,
        notes=view.notes,
        unmanaged=view.unmanaged,
    )


def summarize_outcomes(settings: GlobalSettings, outcomes: Sequence[Outcome]) -> None:
    """Append how an apply went."""

    def page(room: int) -> str:
        from revox_sync.render.outcome import render_outcomes_markdown

        return render_outcomes_markdown(outcomes, limit=room)

    _append(settings, page)


def _summarize_failure(settings: GlobalSettings, command: str, error: RevoxSyncError) -> None:
    def page(room: int) -> str:
        from revox_sync.definitions.problem import DefinitionError
        from revox_sync.render.safe import code, harmless, sentence

        what = "refused, nothing was changed" if isinstance(error, RefusedError) else "failed"
        told = f"### revox-sync {command}: {what}\n\n{sentence(error.message)}\n"
        if error.hint:
            told += f"\nhelp: {sentence(error.hint)}\n"
        if not isinstance(error, DefinitionError):
            return harmless(told)
        told += "\n"
        for found in error.diagnostics:
            line = f"- {code(str(found.location))} {found.severity}: {sentence(found.message)}\n"
            if len((told + line).encode()) > room - len(_CUT):
                return harmless(told + _CUT)
            told += line
        return harmless(told)

    _append(settings, page)


def _append(settings: GlobalSettings, page: Page) -> None:
    """Append what ``page`` makes of a number of bytes; say so if it cannot be written."""
    name = settings.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with Path(name).open("ab") as file:
            file.write(_fitting(page, LIMIT - file.tell()))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        settings.streams().remark(f"warning: the job summary cannot be written: {reason}")


def _fitting(page: Page, room: int) -> bytes:
    """Return a page of at most ``room`` bytes, or a line instead, or nothing."""
    if room >= _LEAST:
        content = b"\n" + page(room - 1).encode(errors="backslashreplace")
        if len(content) <= room:
            return content
    return _LINE if len(_LINE) <= room else b""
