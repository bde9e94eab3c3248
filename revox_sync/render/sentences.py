"""The sentences of a plan that the terminal and markdown views have in common."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from revox_sync.model.path import field_in
from revox_sync.plan.commands import account_options, argument
from revox_sync.plan.model import Action, Change, Gone, Origin, Plan, Recreation
from revox_sync.records import dataclass
from revox_sync.render.safe import apart_within

#: What a page is about: what would be done, how the account differs, or, for a plan whose target is
#: a commit, what the definitions changed since then.
View = Literal["plan", "drift", "diff"]

#: The parts of an assistant's changes in a plan that was compared with a commit, in their order.
_ORIGINS: Mapping[Origin, str] = {
    "both": "changed both in this pull request and outside git, a conflict",
    "unknown": "origin unknown, because the definition at the base cannot be read",
    "definition": "changes in this pull request",
    "drift": "edited outside git",
}

#: What the API does where a field is emptied.
_EMPTIED = {
    "voicemail_message": "(hangs up at once)",
    "max_duration_end_message": "(the call ends silently)",
}

_COMMIT = "git:"

#: What is done for an action, or what the other views find where a plan would do that.
_WORDS: Mapping[str, Mapping[View, str]] = {
    "create": {"plan": "create", "drift": "missing in the account", "diff": "new"},
    "replace": {"plan": "replace in place", "drift": "differs", "diff": "changed"},
}
TITLES: Mapping[View, str] = {"plan": "Plan for", "drift": "Drift of", "diff": "Changes since"}


def origins_of(action: Action, view: View) -> dict[Origin, str]:
    """Return the headings of an assistant's changes by who made them, in their order."""
    headings = dict(_ORIGINS)
    if view == "drift":
        headings["definition"] = "changed in git, not applied yet"
        # These two are told as a plan tells them: who moved in the account is not known.
        for origin in ("definition", "unknown"):
            headings[origin] += " (from what the account has to the definition)"
        return headings
    if action.refused is None:
        headings["drift"] += ", will be overwritten"
        headings["unknown"] += "; will be overwritten"
    return headings


def view_of(plan: Plan, *, drift: bool) -> View:
    """Return what a page of a plan is about."""
    if drift:
        return "drift"
    return "diff" if plan.target.base_url.startswith(_COMMIT) else "plan"


def target_of(plan: Plan) -> tuple[str, str | None]:
    """Return the account, or the commit, and the organization."""
    return plan.target.base_url.removeprefix(_COMMIT), plan.target.organization_id


def is_told(action: Action, *, notes: bool = False) -> bool:
    """Whether an action is shown; with ``notes``, also if it has only notes."""
    told = action.not_clearable or action.reported or (notes and action.notes)
    return action.refused is not None or action.action != "unchanged" or bool(told)


def remarks_of(plan: Plan) -> dict[str, dict[str, list[str]]]:
    """Return remarks about assistants without a section: heading -> fields -> keys."""
    told: dict[str, dict[str, list[str]]] = {
        "Unknown, because the account does not tell it (`--push-unknown` writes it)": {},
        "Not compared, because a secret is not set": {},
        "Left to the dashboard, though the definition states it (`ignore`, `manage`)": {},
        "Set in the account, not in the definition, left to the dashboard (`absent: keep`)": {},
    }
    for action in plan.actions:
        unknown = action.unknown if action.action == "unchanged" else ()
        ignored = () if is_told(action) else action.ignored
        unset = [
            f"{one.path} ({', '.join(f'REVOX_SECRET_{name}' for name in one.secrets)})"
            for one in (action.uncompared if action.action in ("unchanged", "delete") else ())
        ]
        of_it = (unknown, unset, ignored, action.kept)
        for fields, found in zip(of_it, told.values(), strict=True):
            if fields:
                found.setdefault(", ".join(fields), []).append(action.key)
    return {heading: found for heading, found in told.items() if found}


def unjudged_of(plan: Plan) -> str | None:
    """Name absent fields that may be set in the account; None for none."""
    named = dict.fromkeys(name for action in plan.actions for name in action.unjudged)
    if not named:
        return None
    return (
        f"Not in the definitions, and without a documented default to compare: {', '.join(named)}"
    )


def reported_of(plan: Plan, view: View) -> str | None:
    """Say how many assistants have more set than defined, and what to do about it."""
    count = sum(1 for action in plan.actions if action.reported)
    if not count:
        return None
    told = (
        f"{assistants(count)} {'has' if count == 1 else 'have'} more set than the definition says"
    )
    if view != "drift":
        return f"{told}; `revox-sync drift` counts that."
    return (
        f"{told}: `revox-sync pull{options_of(plan)}` takes it in; `manage: [FIELD, …]` or "
        "`absent: keep` in revox-sync.yaml leaves it to the dashboard."
    )


def name_and_reason(action: Action) -> tuple[str, str]:
    """Return an assistant's name, and why it is refused (or nothing), told apart from each other.

    The reason may name an assistant whose name looks like this one's.
    """
    name, refused = apart_within(f'"{action.name}"', action.refused or "")
    return name[1:-1], refused


def kind_of(action: Action, view: View) -> str:
    """Return in words what an action does, or how the account differs."""
    if action.refused is not None:
        return "refused"
    if action.recreate is not None and view == "plan":
        return "replace by a new assistant"
    if view == "drift" and (action.not_clearable or action.reported):
        return "differs"
    if action.action == "unchanged" and action.reported:
        return "unchanged"
    if action.action == "delete":
        return "delete"
    return "note" if action.action == "unchanged" else _WORDS[action.action][view]


@dataclass(frozen=True, slots=True)
class Warned:
    """What needs somebody before an apply, and in ``closing`` what goes for all of it.

    An entry is a key, a text, and how to allow it.
    """

    heading: str
    entries: tuple[tuple[str | None, str, str], ...]
    closing: str = ""


def used_by_of(action: Action) -> str | None:
    """Say who uses an assistant; None if nobody does or nobody can tell."""
    used = action.used_by
    if used is None:
        return None
    told = []
    if used.numbers:
        told.append(f"answers {', '.join(used.numbers)}")
    if used.campaigns:
        names = ", ".join(f'"{name}"' for name in used.campaigns)
        told.append(f"campaign{'s' if len(used.campaigns) > 1 else ''} {names} still to call")
    if used.calls:
        told.append("1 call waits" if used.calls == 1 else f"{used.calls} calls wait")
    return "; ".join(told) or None


def changed_variables(action: Action, view: View) -> str | None:
    """Say which variables calls have to pass from now on, and which no longer; None for none."""
    words = ("only defined: ", "only in the account: ") if view == "drift" else ("new ", "no more ")
    sides = (action.variables.added, action.variables.removed)
    told = [
        word + ", ".join(f"{{{{{name}}}}}" for name in names)
        for word, names in zip(words, sides, strict=True)
        if names
    ]
    return "; ".join(told) or None


def warnings_of(plan: Plan, view: View) -> tuple[Warned, ...]:
    """Return what needs attention before an apply, with what allows it; views show it first."""
    refused = tuple(
        (action.key, name_and_reason(action)[1], "")
        for action in plan.actions
        if action.refused is not None
    )
    unread = tuple((None, remark, "") for remark in plan.remarks)
    unknown = Warned("Not known", unread)
    if view != "plan":
        return tuple(one for one in (Warned("Refused", refused), unknown) if one.entries)
    lacking = tuple((one.key, text, "") for one in plan.actions for text in one.warnings)
    obstacles = tuple(
        (found.key, found.message, f"; to allow it: {found.allow}" if found.allow else "")
        for found in plan.obstacles
    )
    deleted = {one.key for one in plan.actions if one.action == "delete" and one.writes}
    gone = tuple((was.key, _gone(was, is_deleted=was.key in deleted), "") for was in plan.gone)
    dropped = tuple((one.key, ", ".join(one.dropped), "") for one in plan.actions if one.dropped)
    questions = tuple(
        (action.key, f'"{question}"', "")
        for action in plan.consents
        for question in action.open_questions
    )
    found = (
        Warned("No longer defined since the base", gone),
        Warned("No longer stated since the base; the account keeps what it has", dropped),
        Warned("Apply refuses this", (*obstacles, *refused)),
        Warned("Calls may fail: they lack a variable that is new", lacking),
        Warned(
            "Open questions would be dropped (callers asked them, nobody answered yet)",
            questions,
            "Somebody has to agree: with `--drop-open-questions`, with a saved plan that names "
            "them, or at the terminal.",
        ),
    )
    return tuple(one for one in (*found, unknown) if one.entries)


def _gone(was: Gone, *, is_deleted: bool) -> str:
    """Say what becomes of an assistant whose definition is gone."""
    where = f" here, only in {', '.join(was.environments)}" if was.environments else ""
    told = f"{was.file} no longer defines it{where}"
    if not was.ids:
        return f'{told}; the account has no assistant "{was.name}"'
    its = f'its assistant "{was.name}" ({", ".join(was.ids)})'
    if is_deleted:
        return f"{told}; {its} is deleted"
    if was.described_by:
        return f"{told}; {its} is described by {', '.join(was.described_by)} now"
    stays = f"{its} stays in the account"
    reached = "; ".join(was.reached_by)
    return f"{told}; {stays}" + (f", and is still reached: {reached}" if reached else "")


def counts_of(plan: Plan, view: View) -> str:
    """Return the counts, such as ``Plan: 1 to create, 2 to replace, 0 unchanged.``."""
    if view == "plan":
        return _plan_counts(plan)
    if view == "drift":
        return _drift_counts(plan)
    counts = plan.summary
    parts = [f"{counts['create']} new", f"{counts['replace']} changed"]
    parts += [f"{len(plan.unmanaged)} gone", f"{counts['unchanged']} unchanged"]
    return f"Definitions: {', '.join(parts)}."


def unmanaged_of(plan: Plan, view: View) -> str:
    """Return the heading of assistants without a definition; they are counted in it."""
    what = "No longer defined" if view == "diff" else "Not managed, left alone"
    return f"{what}: {assistants(len(plan.unmanaged))}"


def recreation_of(found: Recreation) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield why an assistant is recreated and what becomes of the old one: label, names, ending."""
    yield "why", (found.why,), ""
    if found.new_id:
        yield "new", (found.new_id,), " is there already"
    old = (f'"{found.old_name}"', found.old_id) if found.old_name else (found.old_id,)
    yield "old", old, " is deleted" if found.retire == "delete" else " is kept, superseded"
    if found.phone_numbers:
        yield "phone numbers that move along", tuple(found.phone_numbers), ""


def _plan_counts(plan: Plan) -> str:
    counts = plan.summary
    anew = f" ({counts['recreate']} by a new assistant)" if counts["recreate"] else ""
    parts = [
        f"{counts['create']} to create",
        f"{counts['replace']} to replace{anew}",
        f"{counts['delete']} to delete" if counts["delete"] else "",
        f"{counts['unchanged']} unchanged",
        f"{counts['refused']} refused" if counts["refused"] else "",
        f"{len(plan.gone)} no longer defined" if plan.gone else "",
    ]
    nothing = "" if plan.has_changes or plan.has_refusals else " Nothing to do."
    return f"Plan: {', '.join(filter(None, parts))}.{nothing}"


def _drift_counts(plan: Plan) -> str:
    counts = plan.summary
    stuck = sum(
        1
        for action in plan.actions
        if action.action == "unchanged"
        and action.refused is None
        and (action.not_clearable or action.reported)
    )
    parts = [f"{counts['create']} missing", f"{counts['replace'] + stuck} different"]
    parts += [f"{counts['unchanged'] - stuck} as defined"]
    parts += [f"{counts['refused']} refused"] if counts["refused"] else []
    nothing = "" if plan.has_drift or plan.has_refusals else " No drift."
    asked = sum(len(one.faq.open_questions) for one in plan.remotes.values() if one.faq is not None)
    waiting = f" {counted(asked, 'open question')} (see `questions`)." if asked else ""
    return f"Drift: {', '.join(parts)}.{nothing}{waiting}"


def origin_counts(plan: Plan) -> str | None:
    """Say how many assistants were edited outside git, and what becomes of it; None for none."""
    origins = [{change.origin for change in action.changes} for action in plan.actions]
    moved = zip(plan.actions, origins, strict=True)
    edited = [action for action, found in moved if found & {"drift", "both"}]
    conflicts = sum(1 for found in origins if "both" in found)
    unknown = sum(1 for found in origins if "unknown" in found)
    refuses = any(one.kind == "drift" for one in plan.blocked)
    refuses = refuses or all(action.refused is not None for action in edited)
    fate = "apply refuses that" if refuses else "applying overwrites that"
    overwritten = f"{assistants(len(edited))} edited outside git; {fate}."
    unread = f"The base cannot be read for {assistants(unknown)}; applying may overwrite an edit."
    told = [overwritten] if edited else []
    told += [f"In conflict: {conflicts}."] if conflicts else []
    told += [unread] if unknown else []
    return " ".join(told) or None


def counted(number: int, noun: str) -> str:
    """Return a number of things in words, such as ``1 file`` or ``2 files``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def some(texts: Iterable[str], most: int | None) -> str:
    """Return a list in words, and how many of it were left out."""
    found = list(texts)
    left = len(found) - len(found[:most])
    return ", ".join(found[:most]) + (f" and {left} more" if left else "")


def consequence(change: Change) -> str | None:
    """Return the documented effect of emptying a field, if callers notice it."""
    return _EMPTIED.get(change.path) if change.op == "remove" and change.after is None else None


def assistants(count: int) -> str:
    """Return a count of assistants in words."""
    return counted(count, "assistant")


def what_now(action: Action, plan: Plan) -> str | None:
    """Return how to put a difference back, or keep it; None without one, or if refused."""
    if action.refused is not None or not (
        action.changes or action.not_clearable or action.reported
    ):
        return None
    key, options, file = argument(action.key), options_of(plan), action.file
    apply = f"revox-sync apply{options} {key}"
    pull = f"revox-sync pull{options} {shlex.quote(str(action.id))}"
    if action.action == "create":
        return f"`{apply}` creates it; if it is gone on purpose, remove {file}"
    if action.changes:
        back = "puts it back by a new assistant" if action.recreate else "puts it back"
        return f"`{apply}` {back}; to keep what the account has, `{pull}` writes it into {file}"
    if action.not_clearable:
        clear = f"`{apply} --recreate {key}` clears it by a new assistant"
        return f"{clear}; to keep what the account has, take the null out of {file}"
    fields = dict.fromkeys(field_in(found.path) for found in action.reported)
    ignore = f"`sync: {{ignore: [{', '.join(fields)}]}}`"
    take = f"`{pull}` takes it into the definition"
    return f"{take}; to leave it to the dashboard, write {ignore} into {file}"


def options_of(plan: Plan) -> str:
    """Return the options that name the plan's account in a command, with a space before."""
    return account_options(plan.target.base_url, plan.target.environment)
