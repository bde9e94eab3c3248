"""``revox-sync apply``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from revox_sync.apply.applier import Consent
    from revox_sync.apply.events import Outcome
    from revox_sync.cli.planning import Planned
    from revox_sync.cli.streams import Streams
    from revox_sync.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Approval:
    """How the command was told to go about it."""

    auto_approve: bool
    fail_fast: bool
    drop_open_questions: bool


@click.command("apply")
@click.argument("what", nargs=-1, metavar="[PLANFILE | KEY...]")
@click.option("--auto-approve", is_flag=True, help="Do not ask; needed without a terminal.")
@click.option("--fail-fast", is_flag=True, help="Begin nothing more after the first failure.")
@click.option(
    "--drop-open-questions",
    is_flag=True,
    help="Agree that replacing a FAQ drops questions that wait for a human.",
)
@click.option(
    "--allow-create", multiple=True, metavar="KEY", help="Create this one beside a look-alike."
)
@click.option("--push-unknown", is_flag=True, help="Write what cannot be read back, too.")
@global_options
def command(
    settings: Settings,
    what: tuple[str, ...],
    auto_approve: bool,
    fail_fast: bool,
    drop_open_questions: bool,
    allow_create: tuple[str, ...],
    push_unknown: bool,
) -> int:
    """Make the account equal to the definitions: plan, show, ask, write.

    With PLANFILE only what was reviewed in it is done; KEY restricts to some definitions.
    """
    from revox_sync.cli.planning import make_plan, render
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    approval = Approval(auto_approve, fail_fast, drop_open_questions)
    saved, keys = _saved_plan(what)
    choices = saved.choices if saved else Choices(keys, allow_create, push_unknown)
    planned = make_plan(settings, streams, choices, again=saved is not None)
    if saved is not None:
        from revox_sync.plan.planfile import reviewed

        planned = replace(planned, plan=reviewed(saved, planned.plan))
    streams.result(render(planned.plan, "terminal", streams))
    if not planned.plan.has_changes:
        return ExitCode.REFUSED if planned.plan.has_refusals else ExitCode.DONE
    confirmed = _confirm(approval, streams, by_plan=saved is not None)
    consent = _consent(approval, saved, confirmed=confirmed)
    outcomes, interrupted = _execute(settings, streams, planned, approval, consent)
    from revox_sync.render.outcome import render_outcomes

    streams.result("\n" + render_outcomes(outcomes, width=streams.width, colour=streams.colour_out))
    return ExitCode.INTERRUPTED if interrupted else exit_code(outcomes)


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """Return what the outcomes come to: all done, nothing written, or something in between."""
    if all(outcome.status == "done" for outcome in outcomes):
        return ExitCode.DONE
    if all(outcome.status in ("refused", "skipped") for outcome in outcomes):
        return ExitCode.REFUSED
    return ExitCode.PARTIAL


def _saved_plan(what: tuple[str, ...]) -> tuple[Plan | None, tuple[str, ...]]:
    if len(what) == 1 and Path(what[0]).is_file():
        from revox_sync.plan.planfile import load

        return load(Path(what[0])), ()
    missing = [name for name in what if name.endswith(".json")]
    if missing:
        raise UsageError(f"there is no plan file {missing[0]}")
    return None, what


def _confirm(approval: Approval, streams: Streams, *, by_plan: bool) -> bool:
    """Return whether a person agreed on the terminal; raises RefusedError when nobody did.

    ``--auto-approve`` needs no person, and counts as none.
    """
    if approval.auto_approve:
        return False
    if not streams.interactive:
        raise RefusedError(
            "nobody is there to confirm, and nothing was changed",
            hint="run it with --auto-approve"
            + ("" if by_plan else ", or review a plan first: plan --out FILE, apply FILE"),
        )
    streams.remark("Apply this? Only yes is taken for an answer: ")
    try:
        answer = input()
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        raise RefusedError("not confirmed, nothing was changed")
    return True


def _consent(approval: Approval, saved: Plan | None, *, confirmed: bool) -> Consent:
    from revox_sync.apply.applier import Consent

    named = {
        action.key: frozenset(action.open_questions) for action in (saved.actions if saved else ())
    }
    return Consent(all_named=confirmed or approval.drop_open_questions, questions=named)


def _execute(
    settings: Settings, streams: Streams, planned: Planned, approval: Approval, consent: Consent
) -> tuple[tuple[Outcome, ...], bool]:
    from revox_sync.apply.applier import Options
    from revox_sync.cli.account import run_async
    from revox_sync.cli.execution import execute

    options = Options(settings.parallelism, fail_fast=approval.fail_fast, consent=consent)
    return run_async(execute(settings, streams, planned, options))
