"""``apply``: carry out a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

from revox_sync.apply import applier
from revox_sync.apply.events import Consent, Control, Event, Options, Outcome, Started
from revox_sync.errors import RefusedError
from revox_sync.history.journal import Journal, Records, own_records
from revox_sync.history.runs import Sent, list_sent
from revox_sync.operations.connection import secrets_in
from revox_sync.operations.plan import Planned
from revox_sync.operations.settings import Approval
from revox_sync.operations.signals import run
from revox_sync.plan.model import Create, Plan, Recreate
from revox_sync.plan.review import refuse_unset
from revox_sync.records import dataclass

#: Entered in the running event loop: hands signals to the control, and yields those that came.
Stopping = Callable[[Control], AbstractContextManager[Collection[int]]]


@dataclass(frozen=True, slots=True)
class Applied:
    """How each action ended; ``run`` names the record of the run (None: nothing was sent)."""

    outcomes: tuple[Outcome, ...]
    interrupted: bool
    run: str | None


def ready(planned: Planned) -> Planned:
    """Return a plan as it can be carried out: what takes a secret that is not set is refused."""
    return replace(planned, plan=refuse_unset(planned.plan))


def check_limits(planned: Planned, approval: Approval) -> None:
    """Raise RefusedError for a plan that exceeds a limit."""
    exceeded = planned.violations(approval.over_limit)
    if exceeded:
        raise RefusedError(
            "; ".join(violation.message for violation in exceeded) + "; nothing was changed",
            hint="to allow it: "
            + "; ".join(dict.fromkeys(violation.allow for violation in exceeded)),
        )


def apply(
    planned: Planned,
    approval: Approval,
    *,
    confirmed: bool = False,
    reviewed: Plan | None = None,
    stopping: Stopping = lambda _control: nullcontext(()),
    first: Callable[[], None] = lambda: None,
) -> Applied:
    """Carry out a plan, and record it in the project.

    ``confirmed`` says that a person has seen the plan and agreed, ``reviewed`` is the saved plan
    that it was held to. ``first`` is called in a thread while the account is read again; nothing is
    written unless it returns. Raises what it raises, and RefusedError, before anything is written,
    for a plan that exceeds a limit.
    """
    planned = ready(planned)
    check_limits(planned, approval)
    context = planned.survey.context
    rebind = None
    if planned.plan.choices.rebind:
        from revox_sync.authoring.workspace import write_id

        rebind = partial(write_id, context.project)
    settings = context.settings
    records = own_records(settings.project, settings.environ)
    journal = Journal(records, planned.plan.target, set(secrets_in(settings.environ)))
    named: Mapping[str, frozenset[str]] = {
        action.key: frozenset(action.open_questions)
        for action in (reviewed.actions if reviewed is not None else ())
    }
    options = Options(
        settings.parallelism,
        approval.settle,
        journal,
        fail_fast=approval.fail_fast,
        consent=Consent(confirmed or approval.drop_open_questions, named),
        sent_before=_sent_before(planned, records),
        recent=replace(context, own=[records]).recent(),  # another run may have ended since
        rebind=rebind,
    )
    outcomes, interrupted = run(_apply(planned, options, stopping, first))
    return Applied(outcomes, interrupted, journal.name)


def _sent_before(planned: Planned, records: Records) -> Mapping[str, Sequence[Sent]]:
    """Return by key what earlier runs sent for definitions that are about to be created."""
    target = planned.plan.target
    if not any(a.writes and isinstance(a, Create | Recreate) for a in planned.plan.actions):
        return {}
    return list_sent(records, target.base_url, target.environment)


async def _apply(
    planned: Planned, options: Options, stopping: Stopping, first: Callable[[], None]
) -> tuple[tuple[Outcome, ...], bool]:
    context = planned.survey.context
    done, total = 0, sum(action.writes for action in planned.plan.actions)

    def progress(event: Event) -> None:
        nonlocal done
        under_way = f": {event.action.key}" if isinstance(event, Started) else ""
        if not under_way and event.action.refused is None:
            done += 1
        context.reporter.step(f"applying, {done} of {total} done{under_way}")

    control = Control()
    # Outside of the client: what was written is told even if Ctrl-C comes while that closes.
    with stopping(control) as signals:
        async with context.open_account(planned.survey.account.remotes) as client:
            outcomes = await applier.apply(
                planned.plan,
                client,
                options,
                notify=progress,
                control=control,
                first=first,
            )
    return outcomes, bool(signals)
