"""From a plan to an account that is changed: limits, confirmation, execution, summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings
from revox_sync.cli.summary import summarize_outcomes, summarize_plan
from revox_sync.errors import RefusedError
from revox_sync.model.limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from revox_sync.apply.events import Outcome
    from revox_sync.cli.planning import Planned
    from revox_sync.cli.streams import Streams

Command = TypeVar("Command", bound="Callable[..., Any]")

#: As many keys can be read in one command.
_FEW = 10


@dataclass(frozen=True, slots=True)
class Approval:
    """What the command line says about writing.

    ``named`` holds the open questions that a reviewed plan named, by key.
    """

    auto_approve: bool = False
    fail_fast: bool = False
    drop_open_questions: bool = False
    over_limit: tuple[str, ...] = ()
    settle: float = 10.0
    lock_timeout: float = 0.0
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)


_OPTIONS = (
    click.option("--auto-approve", is_flag=True, help="Do not ask; needed without a terminal."),
    click.option("--fail-fast", is_flag=True, help="Begin nothing more after the first failure."),
    click.option(
        "--drop-open-questions",
        is_flag=True,
        help="Agree that replacing a FAQ drops questions that wait for a human.",
    ),
    click.option(
        "--over-limit",
        multiple=True,
        type=click.Choice(LIMITS),
        help="Allow this run to exceed the limit.",
    ),
    click.option(
        "--settle",
        type=click.FloatRange(0),
        default=10.0,
        metavar="S",
        help="Seconds to look for an assistant whose creation was not answered (default: 10).",
    ),
    click.option(
        "--lock-timeout",
        type=click.FloatRange(0),
        default=0.0,
        metavar="S",
        help="Seconds to wait for another run in this project to end (default: 0).",
    ),
)


def writing_options(command: Command) -> Command:
    """Add the options that every writing command has; they arrive as ``approval``."""
    from functools import wraps

    names = tuple(Approval.__dataclass_fields__)[:-1]

    @wraps(command)
    def wrapped(*args: Any, **values: Any) -> Any:
        given = {name: values.pop(name) for name in names}
        return command(*args, approval=Approval(**given), **values)

    decorated: Any = wrapped
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def carry_out(
    settings: Settings,
    streams: Streams,
    planned: Planned,
    approval: Approval,
    *,
    reviewed: bool = False,
    notes: bool = False,
) -> ExitCode:
    """Show a plan, ask, carry it out, sum up.

    ``reviewed`` says that it was held to a saved plan; with ``notes``, those of assistants that
    stay as they are are shown, too. Raises RefusedError, before anything is
    written, when the plan exceeds a limit or nobody confirms it.
    """
    from revox_sync.cli.planning import render
    from revox_sync.plan.safety import violations
    from revox_sync.render.outcome import render_outcomes

    plan = planned.plan
    streams.result(render(plan, "terminal", streams, notes=notes))
    summarize_plan(settings, plan)
    if not plan.has_changes:
        return ExitCode.REFUSED if plan.has_refusals else ExitCode.DONE
    limits = planned.sources.project.limits
    exceeded = violations(plan, planned.size, limits, approval.over_limit)
    if exceeded:
        raise RefusedError(
            "; ".join(violation.message for violation in exceeded) + "; nothing was changed",
            hint="; ".join(dict.fromkeys(violation.hint for violation in exceeded)),
        )
    confirmed = _confirm(approval, streams, plan.target.environment, reviewed=reviewed)
    outcomes, interrupted, run = _execute(settings, streams, planned, approval, confirmed)
    streams.result("\n" + render_outcomes(outcomes, width=streams.width, colour=streams.colour_out))
    summarize_outcomes(settings, outcomes)
    _tell_how_to_bind(settings, streams, planned, outcomes)
    if run is not None:
        back = settings.again("rollback", plan.target.environment)
        streams.remark(f"recorded as run {run}; `{back}` leads back\n")
    return ExitCode.INTERRUPTED if interrupted else exit_code(outcomes)


def _tell_how_to_bind(
    settings: Settings, streams: Streams, planned: Planned, outcomes: Sequence[Outcome]
) -> None:
    """Name the command that writes the ids of what was created into the definitions.

    It names their keys where it would bind others as well, unless those are too many to read.
    """
    from revox_sync.plan.commands import argument
    from revox_sync.render.safe import escape

    keys = [o.action.key for o in outcomes if o.action.action == "create" and o.status == "done"]
    if not keys:
        return
    unbound = {found.key for found in planned.sources.definitions if found.sync.id is None}
    others = unbound.difference(keys)
    command = settings.again("bind", planned.plan.target.environment)
    one = len(keys) == 1
    what = "its id into its definition" if one else "their ids into their definitions"
    if others and len(keys) <= _FEW:
        command = " ".join([command, *map(argument, keys)])
    elif others:
        what += ", and binds every other that is found by its name"
    streams.remark(escape(f"created {len(keys)}; `{command}` writes {what}") + "\n")


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """Return what the outcomes come to: all done, nothing written, or something in between."""
    if all(outcome.status == "done" for outcome in outcomes):
        return ExitCode.DONE
    if all(outcome.status in ("refused", "skipped") for outcome in outcomes):
        return ExitCode.REFUSED
    return ExitCode.PARTIAL


def _confirm(
    approval: Approval, streams: Streams, environment: str | None, *, reviewed: bool
) -> bool:
    """Return whether a person agreed on the terminal; raises RefusedError when nobody did.

    ``--auto-approve`` needs no person, and counts as none.
    """
    if approval.auto_approve:
        return False
    if not streams.interactive:
        raise RefusedError(
            "nobody is there to confirm, and nothing was changed",
            hint="run it with --auto-approve"
            + ("" if reviewed else ", or review a plan first: plan --out FILE, apply FILE"),
        )
    where = f" to environment {environment}" if environment else ""
    streams.remark(f"Type `yes` to apply{where}: ")
    try:
        answer = input()
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        raise RefusedError("not confirmed, nothing was changed")
    return True


def _execute(
    settings: Settings,
    streams: Streams,
    planned: Planned,
    approval: Approval,
    confirmed: bool,
) -> tuple[tuple[Outcome, ...], bool, str | None]:
    from revox_sync.apply.control import Consent, Options
    from revox_sync.cli.account import run_async, secrets_in
    from revox_sync.cli.execution import execute
    from revox_sync.history.journal import Journal
    from revox_sync.history.records import own_records

    rebind = None
    if planned.plan.choices.rebind:
        from revox_sync.authoring.rebind import rebinder

        rebind = rebinder(planned.sources.project)
    records = own_records(settings.project, settings.environ)
    journal = Journal(records, planned.plan.target, secrets_in(settings.environ))
    options = Options(
        settings.parallelism,
        fail_fast=approval.fail_fast,
        consent=Consent(confirmed or approval.drop_open_questions, approval.named),
        settle=approval.settle,
        journal=journal,
        rebind=rebind,
        force_recreate=planned.plan.choices.force_recreate,
    )
    outcomes, interrupted = run_async(execute(settings, streams, planned, options))
    return outcomes, interrupted, journal.name
