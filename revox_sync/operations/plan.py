"""``plan``: what would make the account equal to the definitions; ``diff``: what they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import outside_diagnostics
from revox_sync.definitions.problem import Problem
from revox_sync.errors import UsageError
from revox_sync.files.git import Repository
from revox_sync.operations.context import Context, Survey
from revox_sync.operations.settings import path_in_repository
from revox_sync.plan import planner
from revox_sync.plan.model import Blocked, Delete, Plan
from revox_sync.plan.origin import counterparts, keeping_secrets
from revox_sync.plan.planfile import check, load
from revox_sync.plan.prune import keys_elsewhere, pruned, undefined, with_removed
from revox_sync.plan.review import edits_in_the_way, leave_drift, note_drift, refuse_drift, reviewed
from revox_sync.plan.violations import Size, Violation, violations
from revox_sync.records import dataclass

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base
    from revox_sync.operations.reach import Listing

OnDrift = Literal["refuse", "skip", "overwrite"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what it was made from."""

    plan: Plan
    survey: Survey

    def violations(self, lifted: Sequence[str] = ()) -> tuple[Violation, ...]:
        """Return the limits of the project that the plan exceeds, but for the ``lifted`` ones."""
        context = self.survey.context
        # Percentages are of these, whatever the plan was restricted to.
        size = Size(len(context.definitions), len(self.survey.account.remotes))
        return violations(self.plan, size, context.project.limits, lifted)

    def with_obstacles(self, lifted: Sequence[str] = (), *, edits: bool = False) -> Planned:
        """Return the plan with all that apply refuses in it, but for the ``lifted`` limits.

        With ``edits`` that is also what would overwrite an edit made outside git, or may.
        """
        limits = (
            Blocked("limit", found.message, None, found.allow) for found in self.violations(lifted)
        )
        edited = edits_in_the_way(self.plan) if edits else ()
        return replace(self, plan=replace(self.plan, obstacles=(*limits, *edited)))

    @property
    def found_by_name(self) -> int:
        """How many definitions are found by their names alone, which anybody may change."""
        bound = {made.key for made in self.survey.context.definitions if made.sync.id is not None}
        return sum(
            1
            for action in self.plan.actions
            if action.id and action.key not in bound and not isinstance(action, Delete)
        )


def saved_plan(path: Path, project: Path, max_age: int | None = None) -> Plan:
    """Return a saved plan that may be applied. No link below ``project`` is followed.

    Raises SetupError for a file that cannot be read, RefusedError for one that was edited, or is
    older than ``max_age`` seconds.
    """
    check(path, max_age, project=project)
    return load(path, project)


def plan(
    context: Context,
    *,
    saved: Plan | None = None,
    on_drift: OnDrift | None = None,
    prune: bool = True,
) -> Planned:
    """Read the account and plan.

    The new plan is held to the ``saved`` one, if any. ``on_drift`` says what becomes of changes
    that would overwrite an edit made outside git. Without ``prune`` nothing is deleted, whatever
    the project and the choices say of that. Raises UsageError for a key that matches nothing, and
    for pruning without a base, RefusedError for a key of the wrong organization, ApiError when the
    account cannot be read.
    """
    context = _with_choices(context, prune=prune)
    choices = context.choices
    only = context.select(choices.keys)
    base = None if choices.base is None else context.at(choices.base)
    if base is not None:
        then = counterparts(context.definitions, base)
        context = replace(
            context,
            definitions=keeping_secrets(context.definitions, then),
            earlier=base.definitions,
            gone=undefined(base, counterparts(context.definitions, base, by_key=False)),
        )
    survey = context.read()
    if base is not None:  # the account tells more of them
        then = counterparts(context.definitions, base, survey.matching)
        kept = keeping_secrets(context.definitions, then)
        gone = {was.key for was in undefined(base, then)}
        left = tuple(was for was in context.gone if was.key in gone)
        context = replace(context, definitions=kept, gone=left)
        survey = replace(survey, context=context)
    _tell_unknown(survey)
    listing = _listing_for_new(survey, only)
    planned = _planned(survey, context.definitions, only, base)
    if saved is not None:
        planned = reviewed(saved, planned)
    if base is not None and on_drift == "refuse":
        planned = refuse_drift(planned)
    elif base is not None and on_drift == "skip":
        left = leave_drift(context.definitions, planned)
        planned = note_drift(_planned(survey, left, only, base), planned)
        survey = replace(survey, context=replace(context, definitions=left))
    diagnostics = (*context.diagnostics, *_outside(survey, planned))
    if base is not None:
        then = counterparts(survey.context.definitions, base, survey.matching)
        uses, elsewhere = survey.account.uses, survey.context.elsewhere
        planned = with_removed(planned, base, then, survey.matching, uses, elsewhere)
        if planned.gone and not choices.prune:  # which refuses for these reasons
            why = _comparable(context, base).unread[len(base.unread) :]
            told = (f"Git may not have removed what is no longer defined: {one}" for one in why)
            planned = replace(planned, remarks=(*planned.remarks, *told))
    planned = replace(
        planned,
        target=survey.target,
        choices=replace(choices, base=None if base is None else base.commit),
        diagnostics=diagnostics,
    )
    planned = looked_at(survey, planned, listing)
    return Planned(planned, survey).with_obstacles(edits=on_drift is None)


def _with_choices(context: Context, *, prune: bool) -> Context:
    """Return the context with its choices resolved: whether to prune, and what to create."""
    choices = context.choices
    if choices.prune and choices.base is None:
        raise UsageError("--prune needs --base", hint="name the commit to compare with")
    # With keys, only what they name is touched.
    wanted = prune and choices.base is not None and not choices.keys
    choices = replace(choices, prune=wanted and (choices.prune or context.project.prune))
    # A mistyped key is an error before the network is used, and apply knows keys alone.
    allowed = context.select(choices.allow_create) or frozenset()
    return replace(context, choices=replace(choices, allow_create=tuple(sorted(allowed))))


def _listing_for_new(survey: Survey, only: frozenset[str] | None) -> Listing | None:
    """Begin to list the voices where something is to be created: it goes on while that is planned.

    With a latency of 100 ms, that hides the whole of it behind a plan of 100.
    """
    matches = survey.matching.matches
    new = [
        made
        for made in survey.context.definitions
        if (only is None or made.key in only) and not matches[made.key].exists
    ]
    if not new:
        return None
    from revox_sync.operations.reach import begin_voices

    return begin_voices(survey, new)


def looked_at(survey: Survey, planned: Plan, listing: Listing | None = None) -> Plan:
    """Return the plan with what its changes mean for calls; reads only what changes.

    ``listing`` are the voices, where they are on their way.
    """
    drift = survey.context.thorough
    affected = [
        one for one in planned.actions if one.action != "unchanged" or (drift and one.reported)
    ]
    if not affected:
        return planned
    from revox_sync.operations.reach import look  # most plans change nothing

    return look(survey, planned, affected, listing)


def diff(context: Context, ref: str) -> Plan:
    """Return what the definitions changed since the commit ``ref``, without an account.

    Raises UsageError for a key that matches nothing and for a commit that does not exist.
    """
    only = context.select(context.choices.keys)
    base = context.at(ref)
    rules = replace(context, tell_absent=False).rules()
    found = planner.changes_since(
        context.definitions, base, rules, only, context.project.environment
    )
    project = path_in_repository(context.settings.project)
    return replace(found, target=replace(found.target, project=project))


def _planned(
    survey: Survey,
    definitions: Sequence[Definition],
    only: frozenset[str] | None,
    base: Base | None,
) -> Plan:
    context = survey.context
    allow_create = frozenset(context.choices.allow_create)
    planned = planner.plan(
        definitions,
        survey.account,
        survey.rules,
        survey.matching,
        only=only,
        allow_create=allow_create,
        recreating=survey.recreating,
        base=base,
    )
    if base is None or not context.choices.prune or not context.gone:
        return planned
    return pruned(
        planned,
        context.gone,
        _comparable(context, base),
        survey.account,
        survey.matching,
        context.definitions,
        keys_elsewhere(context.gone, context.elsewhere, context.in_others()),
        allow_create,
    )


def _comparable(context: Context, base: Base) -> Base:
    """Return the base; if nobody knows what was removed since, it says why.

    A branch may be older than a definition that came to the base, and a sparse checkout leaves out
    definitions that git has.
    """
    repository = Repository(context.settings.project, context.settings.environ)
    why: list[str] = []
    if not repository.is_past(base.commit):
        why.append(f"{base.commit[:12]} is not in the history of what is checked out")
    missing = repository.left_out()
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        why.append(f"this checkout is sparse: it leaves out {missing[0]}{more}")
    return replace(base, unread=(*base.unread, *why)) if why else base


def _tell_unknown(survey: Survey) -> None:
    """Report old assistants of ``--finish-recreate`` of which there is nothing to finish."""
    there = {remote.id for remote in survey.account.remotes}
    matches = survey.matching.matches.values()
    replaced = {old.id for found in matches for old in (*found.unretired, *found.superseded)}
    for old in survey.context.choices.finish_recreate:
        if old not in there:
            what = "this account has no such assistant; there is nothing to finish"
        elif old not in replaced:
            what = (
                "no definition tells which assistant took its place; if that has another name, "
                "state the earlier one with sync.renamed_from"
            )
        else:
            continue
        survey.context.reporter.remark(f"--finish-recreate {old}: {what}")


def _outside(survey: Survey, planned: Plan) -> tuple[Problem, ...]:
    """Report and return where refused definitions state what the account does not have."""
    refused = {action.key for action in planned.actions if action.refused is not None}
    if not refused:
        return ()
    context = survey.context
    found = outside_diagnostics(
        context.project,
        context.settings.secrets,
        [definition for definition in context.definitions if definition.key in refused],
        survey.rules.generation,
        survey.rules.members,
    )
    context.reporter.diagnostics(found)
    return found
