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
#: Characters of a message and of a hint.
_LONGEST = 1000


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
        streams.page(render(plan, view, streams), view.form)

    def page(room: int) -> str:
        from revox_sync.render.markdown import render_markdown

        return render_markdown(plan, limit=room // 2, drift=view.drift)

    _append(settings, page)


def render(plan: Plan, view: View, streams: Streams) -> str:
    """Return a plan as ``view`` says."""
    if view.form == "json":
        from revox_sync.plan.planfile import dumps
        from revox_sync.render.safe import harmless_json

        return harmless_json(dumps(plan))
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
        from revox_sync.render.safe import code, cut, harmless, sentence, within

        what = "refused, nothing was changed" if isinstance(error, RefusedError) else "failed"
        told = f"### revox-sync {command}: {what}\n\n{sentence(cut(error.message, _LONGEST))}\n"
        if error.hint:
            told += f"\nhelp: {sentence(cut(error.hint, _LONGEST))}\n"
        if not isinstance(error, DefinitionError):
            return harmless(told)
        lines = [
            f"- {code(str(found.location))} {found.severity}: {sentence(found.message)}\n"
            for found in error.diagnostics
        ]
        shown = within(lines, room - len(told.encode()) - len(_CUT) - 1)
        more = _CUT if len(shown) < len(lines) else ""
        return harmless(f"{told}\n{''.join(shown)}{more}")

    _append(settings, page)


def _append(settings: GlobalSettings, page: Page) -> None:
    """Append what ``page`` makes of a number of bytes; say so if it cannot be written."""
    from revox_sync.render.safe import within

    name = settings.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with Path(name).open("ab") as file:
            room = LIMIT - file.tell()
            text = f"\n{page(room - 1)}" if room >= _LEAST else _CUT
            file.write("".join(within([text], room)).encode())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        settings.streams().remark(f"warning: the job summary cannot be written: {reason}")
