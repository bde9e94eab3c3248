"""From a plan to an account that is changed: show, ask, apply, sum up."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from revox_sync.apply.events import Control, Outcome
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import GlobalSettings, View
from revox_sync.cli.streams import OutputLost, Streams
from revox_sync.cli.view import show_plan, summarize_outcomes
from revox_sync.errors import RefusedError, UsageError
from revox_sync.operations.apply import apply, check_limits, ready
from revox_sync.operations.plan import Planned
from revox_sync.operations.settings import Approval
from revox_sync.plan.commands import argument
from revox_sync.plan.model import Plan
from revox_sync.render.outcome import render_outcomes, to_json
from revox_sync.render.safe import escape
from revox_sync.render.sheet import folded

#: How many keys a command in a message names.
_FEW = 10


def approve_and_apply(
    settings: GlobalSettings,
    streams: Streams,
    planned: Planned,
    approval: Approval,
    *,
    reviewed: Plan | None = None,
    notes: bool = False,
    form: str = "terminal",
    binds: bool = True,
) -> ExitCode:
    """Show a plan, ask, apply it, sum up.

    ``reviewed`` is the saved plan that it was held to; with ``notes``, those of assistants that
    stay as they are are shown, too. ``form`` is that of the result; as JSON it is one object, told
    at the end, so that nobody can be asked. With ``binds`` the command is named that binds what was
    created. Raises RefusedError, before anything is written, when the plan exceeds a limit or
    nobody confirms it, UsageError for JSON without ``--auto-approve``.
    """
    planned = ready(planned).with_obstacles(approval.over_limit)
    plan = planned.plan
    if form == "json" and not approval.auto_approve:
        raise UsageError("--format json needs --auto-approve", hint="the plan is not shown first")
    view = View(form, notes=notes)
    show = partial(show_plan, settings, streams, plan, view, is_all=form != "json")
    # Nobody waits for a plan that needs no answer: it is drawn while the account is read again.
    asks = not approval.auto_approve or planned.violations(approval.over_limit)
    if asks or not plan.has_changes:
        show()
    if not plan.has_changes:
        if form == "json":
            streams.result(to_json(plan, (), None))
        return ExitCode.REFUSED if plan.has_refusals else ExitCode.DONE
    check_limits(planned, approval)
    confirmed = _confirm(approval, streams, plan, reviewed=reviewed is not None)
    applied = apply(
        planned,
        approval,
        confirmed=confirmed,
        reviewed=reviewed,
        stopping=lambda control: _signals(control, streams),
        first=show if not asks else lambda: None,
    )
    outcomes = applied.outcomes
    if form == "json":
        page = to_json(plan, outcomes, applied.run)
    else:
        page = "\n" + render_outcomes(outcomes, width=streams.width, colour=streams.colour)
    told = _tell(streams, page)
    summarize_outcomes(settings, outcomes)
    if binds:
        _tell_how_to_bind(settings, streams, planned, outcomes)
    wrote = any(outcome.wrote for outcome in outcomes)
    if applied.run is not None and wrote:
        back = settings.again("rollback", plan.target.environment)
        told_back = f"recorded as run {applied.run}; `{back}` restores what it replaced"
        streams.record(f"{folded(escape(told_back), streams.err_columns)}\n")
    if applied.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.PARTIAL if wrote and not told else exit_code(outcomes)


def _tell(streams: Streams, page: str) -> bool:
    """Print what became of the plan; whether that was possible. If not, it is recorded."""
    try:
        streams.result(page)
    except OutputLost:  # what was written is told all the same
        streams.record(page)
        return False
    return True


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """Return what the outcomes come to: all done, nothing written, or something in between."""
    if all(outcome.status == "done" for outcome in outcomes):
        return ExitCode.DONE
    if all(outcome.status in ("refused", "skipped") for outcome in outcomes):
        return ExitCode.REFUSED
    return ExitCode.PARTIAL


def _confirm(approval: Approval, streams: Streams, plan: Plan, *, reviewed: bool) -> bool:
    """Return whether a person agreed on the terminal; raises RefusedError when nobody did.

    ``--auto-approve`` needs no person, and counts as none.
    """
    if approval.auto_approve:
        return False
    if not streams.interactive:
        first = (
            "; to review it first, run `revox-sync plan --out FILE`, then `revox-sync apply FILE`"
        )
        raise RefusedError(
            "there is no terminal to confirm on; nothing was changed",
            hint="add --auto-approve" + ("" if reviewed else first),
        )
    environment = plan.target.environment
    where = f" to environment {environment}" if environment else ""
    if streams.ask(f"Type `yes` to apply{where}: ").strip() != "yes":
        raise RefusedError("not confirmed; nothing was changed", hint="answer `yes` to apply")
    return True


def _tell_how_to_bind(
    settings: GlobalSettings, streams: Streams, planned: Planned, outcomes: Sequence[Outcome]
) -> None:
    """Name the command that writes the ids of what was created into the definitions.

    It names their keys where it would bind others as well, unless those are too many to read.
    """
    keys = [o.action.key for o in outcomes if o.action.action == "create" and o.status == "done"]
    if not keys:
        return
    definitions = planned.survey.context.definitions
    others = {made.key for made in definitions if made.sync.id is None}.difference(keys)
    command = settings.again("bind", planned.plan.target.environment)
    what = "its id into its definition" if len(keys) == 1 else "their ids into their definitions"
    if others and len(keys) <= _FEW:
        command = " ".join([command, *map(argument, keys)])
    elif others:
        what += ", and binds every other that is found by its name"
    streams.remark(f"created {len(keys)}; `{command}` writes {what}")


@contextmanager
def _signals(control: Control, streams: Streams) -> Iterator[list[int]]:
    """Hand SIGINT and SIGTERM to ``control``; yields those that came.

    The first one finishes what is under way, the second abandons it.
    """
    loop = asyncio.get_running_loop()
    came: list[int] = []

    def on_signal(number: int) -> None:
        came.append(number)
        if len(came) == 1:
            control.stop()
            streams.remark(
                "stopping when the requests under way have ended; interrupt again to abandon them"
            )
        else:
            control.abandon()

    def handler(number: int, frame: object) -> None:
        loop.call_soon_threadsafe(on_signal, number)

    earlier = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, before in earlier.items():
            signal.signal(number, before)
