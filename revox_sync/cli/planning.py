"""From the options to a plan: what ``plan``, ``apply`` and ``drift`` have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from revox_sync.cli.account import check_organization, open_account, run_async, secrets_in
from revox_sync.cli.choosing import recreating_of
from revox_sync.cli.definitions import Sources, load_sources, select
from revox_sync.cli.options import Settings
from revox_sync.cli.streams import Streams

if TYPE_CHECKING:
    from revox_sync.account.reader import Account
    from revox_sync.definitions.base import Base
    from revox_sync.definitions.definition import Definition
    from revox_sync.definitions.problem import Problem
    from revox_sync.plan.compare import Rules
    from revox_sync.plan.model import Choices, Plan
    from revox_sync.plan.recreate import Recreating
    from revox_sync.plan.safety import Size


OnDrift = Literal["refuse", "skip", "overwrite"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what it was made from."""

    plan: Plan
    sources: Sources
    account: Account
    rules: Rules

    @property
    def size(self) -> Size:
        """What percentages of limits are of."""
        from revox_sync.plan.safety import Size

        return Size(len(self.sources.definitions), len(self.account.remotes))


def make_plan(
    settings: Settings,
    streams: Streams,
    choices: Choices,
    *,
    saved: Plan | None = None,
    on_drift: OnDrift | None = None,
) -> Planned:
    """Load the definitions, read the account, plan.

    The new plan is held to the ``saved`` one, if any, whose globs may match nothing any more.
    ``on_drift`` says what becomes of changes that would overwrite an edit made outside git. Raises
    DefinitionError before anything goes over the network, UsageError for a key that matches
    nothing, ApiError when the account cannot be read.
    """
    sources = load_sources(settings, streams)
    only = select(sources, choices.keys, strict=saved is None)
    allowed = select(sources, choices.allow_create, strict=saved is None)
    recreating = recreating_of(settings, sources, choices, strict=saved is None)
    base = _base(settings, streams, choices)
    if base is not None:
        from revox_sync.plan.origin import counterparts, keeping_secrets

        then = counterparts(sources.definitions, base)
        kept = keeping_secrets(sources.definitions, then)
        sources = replace(sources, definitions=kept)
    account = read(settings, streams, sources, recreating)
    _tell_unknown(streams, choices, account)

    from revox_sync.plan.compare import Rules
    from revox_sync.plan.planner import plan

    rules = Rules(
        account.profile,
        sources.project.absent,
        choices.push_unknown,
        secrets=frozenset(secrets_in(settings.environ)),
        members=account.members,
    )

    def planned_for(definitions: Sequence[Definition]) -> Plan:
        return plan(
            definitions,
            account,
            rules,
            only=only,
            allow_create=allowed or frozenset(),
            recreating=recreating,
            base=base,
            diagnostics=sources.diagnostics,
        )

    planned = planned_for(sources.definitions)
    if saved is not None:
        from revox_sync.plan.planfile import reviewed

        planned = reviewed(saved, planned)
    if base is not None and on_drift is not None:
        from revox_sync.plan.drifted import leave_drift, noted, refuse_drift

        if on_drift == "refuse":
            planned = refuse_drift(planned)
        elif on_drift == "skip":
            left = leave_drift(sources.definitions, planned)
            planned = noted(planned_for(left), planned)
            sources = replace(sources, definitions=left)
    diagnostics = (*planned.diagnostics, *_outside(settings, streams, sources, planned, rules))
    commit = None if base is None else base.commit
    planned = replace(planned, choices=replace(choices, base=commit), diagnostics=diagnostics)
    return Planned(planned, sources, account, rules)


def _tell_unknown(streams: Streams, choices: Choices, account: Account) -> None:
    """Name old assistants that a recreate is to be finished with and that are not there."""
    from revox_sync.render.safe import escape

    there = {remote.id for remote in account.remotes}
    for old in choices.finish_recreate:
        if old not in there:
            what = "no such assistant is in this account, so nothing is finished"
            streams.remark(f"--finish-recreate {escape(old)}: {what}\n")


def _base(settings: Settings, streams: Streams, choices: Choices) -> Base | None:
    """Return the definitions of the commit to compare with; None without one."""
    if choices.base is None:
        return None
    from revox_sync.definitions.base import definitions_at
    from revox_sync.render.safe import escape

    base = definitions_at(settings.project, choices.base, settings.environ, settings.environment)
    for remark in base.remarks:
        streams.remark(f"{escape(remark)}\n")
    return base


def _outside(
    settings: Settings, streams: Streams, sources: Sources, planned: Plan, rules: Rules
) -> tuple[Problem, ...]:
    """Show and return where refused definitions state what the account does not have."""
    refused = {action.key for action in planned.actions if action.refused is not None}
    if not refused:
        return ()
    from revox_sync.definitions.loader import outside_diagnostics
    from revox_sync.render.diagnostics import render_text

    found = outside_diagnostics(
        sources.project,
        settings.environ,
        [definition for definition in sources.definitions if definition.key in refused],
        rules.generation,
        rules.members,
    )
    streams.remark(render_text(found))
    return found


def read(
    settings: Settings,
    streams: Streams,
    sources: Sources,
    recreating: Recreating | None = None,
) -> Account:
    """Read what a plan of these definitions needs of the account.

    Raises RefusedError for a key of an organization that the project does not allow, else ApiError.
    """
    return run_async(_read(settings, streams, sources, recreating))


async def _read(
    settings: Settings, streams: Streams, sources: Sources, recreating: Recreating | None
) -> Account:
    from revox_sync.plan.account import read_account
    from revox_sync.plan.recreate import NOTHING_RECREATED

    if settings.sandbox:
        streams.remark("sandbox: the embedded local API; nothing leaves this machine\n")
    async with open_account(settings, sources.project, sources.definitions) as client:
        await check_organization(client, settings, sources.project)
        streams.step("reading the account")
        account = await read_account(
            client,
            sources.definitions,
            sources.project.profile,
            recreating or NOTHING_RECREATED,
        )
        streams.step("")
        return replace(account, environment=sources.project.environment)


def render(
    plan: Plan,
    form: str,
    streams: Streams,
    *,
    drift: bool = False,
    notes: bool = False,
    unmanaged: bool = True,
    details_url: str | None = None,
) -> str:
    """Return a plan in one of the output formats; the modules of each say what the options do."""
    if form == "json":
        from revox_sync.plan.planfile import dumps

        return dumps(plan)
    if form == "markdown":
        from revox_sync.render.markdown import render_markdown

        return render_markdown(plan, drift=drift, unmanaged=unmanaged, details_url=details_url)
    from revox_sync.render.terminal import render_plan

    return render_plan(
        plan,
        width=streams.width,
        colour=streams.colour_out,
        drift=drift,
        notes=notes,
        unmanaged=unmanaged,
    )
