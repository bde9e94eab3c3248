"""The job summary: what GitHub shows on the page of a workflow run.

GitHub names a file in GITHUB_STEP_SUMMARY, a fresh one for every step, and takes 1 MiB of markdown
from it; a larger file is not shown at all ("upload aborted, supports content up to a size of
1024k"). So less is appended where there is less room. Nothing that goes wrong here changes how a
command ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revox_sync.errors import DefinitionError, RefusedError, RevoxSyncError

if TYPE_CHECKING:
    from revox_sync.apply.events import Outcome
    from revox_sync.cli.options import Settings
    from revox_sync.plan.model import Plan

Command = TypeVar("Command", bound=Callable[..., Any])

#: Makes a page of about as many characters as it is told.
Page = Callable[[int], str]

LIMIT = 1024 * 1024
_CUT = "The rest does not fit here; the log has it.\n"


def summarized(command: Command) -> Command:
    """Let a command that fails or is refused say so in the summary, too; it goes on raising."""

    @wraps(command)
    def wrapped(settings: Settings, *args: Any, **values: Any) -> Any:
        try:
            return command(settings, *args, **values)
        except RevoxSyncError as failure:
            _summarize_failure(settings, click.get_current_context().info_name or "", failure)
            raise

    decorated: Any = wrapped
    return decorated  # type: ignore[no-any-return]


def summarize_plan(settings: Settings, plan: Plan, *, drift: bool = False) -> None:
    """Append a plan. It leaves half of the room to what comes after it."""

    def page(room: int) -> str:
        from revox_sync.render.markdown import render_markdown

        return render_markdown(plan, limit=room // 2, environment=None, drift=drift)

    _append(settings, page)


def summarize_outcomes(settings: Settings, outcomes: Sequence[Outcome]) -> None:
    """Append how an apply went."""

    def page(room: int) -> str:
        from revox_sync.render.outcome_markdown import render_outcomes_markdown

        return render_outcomes_markdown(outcomes, limit=room)

    _append(settings, page)


def _summarize_failure(settings: Settings, command: str, error: RevoxSyncError) -> None:
    from revox_sync.render.outcome_markdown import code

    what = "refused, nothing was changed" if isinstance(error, RefusedError) else "failed"
    head = f"### revox-sync {command}: {what}\n\n{code(error.message)}\n"
    if error.hint:
        head += f"\nhelp: {code(error.hint)}\n"
    lines = [
        f"- {code(str(diagnostic.location))} {code(diagnostic.message)}\n"
        for diagnostic in (error.diagnostics if isinstance(error, DefinitionError) else ())
    ]

    def page(room: int) -> str:
        text = head
        for line in lines:
            if len(text) + len(line) + len(_CUT) > room:
                return f"{text}\n{_CUT}"
            text += line
        return text

    _append(settings, page)


def _append(settings: Settings, page: Page) -> None:
    """Append what ``page`` makes of a number of characters; say so if it cannot be written."""
    name = settings.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with Path(name).open("ab") as file:
            file.write(_fitting(page, LIMIT - file.tell()))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        settings.streams().remark(f"warning: the job summary cannot be written: {reason}\n")


def _fitting(page: Page, room: int) -> bytes:
    """Return a page of at most ``room`` bytes, a line instead, or nothing."""
    # A character takes up to four bytes.
    for share in (1, 2, 4) if room > 0 else ():
        content = f"\n{page(room // share)}".encode(errors="backslashreplace")
        if len(content) <= room:
            return content
    line = f"\n{_CUT}".encode()
    return line if len(line) <= room else b""
