"""A plan for people at a terminal, or for a log: what would change, and why.

``+`` is created, ``~`` replaced, ``-/+`` replaced by a new one, ``!`` refused; within an assistant
the same marks stand for values, texts and FAQ items. What is alike in several assistants comes
first, with a number that refers to it. Colour repeats what the marks say and adds nothing.
"""

from __future__ import annotations

from revox_sync.plan.model import Action, Plan, Recreation
from revox_sync.render.digest import Digest, Shared, digest
from revox_sync.render.sheet import Sheet, data
from revox_sync.render.summary import (
    View,
    assistants,
    counts_of,
    has_origins,
    ignored_in,
    is_told,
    kind_of,
    origin_counts,
    see,
    target_of,
    title_of,
    unmanaged_of,
    view_of,
    what_now,
)
from revox_sync.render.terminal_changes import render_pieces
from revox_sync.render.terminal_prose import STYLES

MARKS = {"create": "+", "replace": "~", "delete": "-", "unchanged": " "}


def render_plan(
    plan: Plan,
    *,
    width: int,
    colour: bool,
    drift: bool = False,
    notes: bool = False,
    unmanaged: bool = True,
) -> str:
    """Return the plan as text.

    With ``drift`` it is told as what the account differs in, and who should do what about it; with
    ``notes``, assistants that stay as they are have their notes shown, too. Without ``unmanaged``,
    assistants that no definition describes are only counted.
    """
    sheet = Sheet(width=width, colour=colour)
    view = view_of(plan, drift=drift)
    _head(sheet, plan, view)
    found = digest(plan)
    origins = has_origins(plan)
    for shared in found.shared:
        _shared(sheet, shared, origins=origins)
    bare = False
    for action in plan.actions:
        if is_told(action, notes=notes):
            # What has nothing of its own is one line, and stands close to the one before.
            was_bare, bare = bare, _is_bare(action, found, view)
            if not (was_bare and bare):
                sheet.blank()
            _action(sheet, plan, action, found, view, origins=origins)
    _unknown(sheet, plan)
    _ignored(sheet, plan)
    _unmanaged(sheet, plan, view, listed=unmanaged)
    sheet.blank()
    sheet.line(counts_of(plan, view), style="bold")
    overwritten = origin_counts(plan)
    if overwritten is not None:
        sheet.line(overwritten)
    return sheet.text()


def _head(sheet: Sheet, plan: Plan, view: View) -> None:
    what, organization = target_of(plan)
    of = f", environment {plan.target.environment}" if plan.target.environment else ""
    of += f", organization {organization}" if organization else ""
    profile = "" if view == "diff" else f", profile {plan.target.profile}"
    sheet.line(f"{title_of(view)} ", data(what), data(of), profile)
    if view == "drift" and plan.has_drift:
        sheet.line(
            "- and the left of -> are what the account holds, + and the right the definition"
        )


def _shared(sheet: Sheet, shared: Shared, *, origins: bool) -> None:
    """Tell what is alike in several assistants, with the list of them."""
    sheet.blank()
    keys = ", ".join(action.key for action in shared.actions)
    sheet.line(
        f"alike in {assistants(len(shared.actions))}: ",
        data(keys),
        prefix=f"[{shared.number}] ",
        style="bold",
    )
    render_pieces(sheet, shared.pieces, shared.actions[0], origins=origins)


def _is_bare(action: Action, found: Digest, view: View) -> bool:
    told = (action.notes, found.own[action.key], action.recreate, action.refused)
    return view != "drift" and not any(told)


def _action(
    sheet: Sheet, plan: Plan, action: Action, found: Digest, view: View, *, origins: bool
) -> None:
    mark = _mark(action)
    style = STYLES[mark]
    refers = found.refers.get(action.key, ())
    sheet.line(
        data(action.key, f"bold {style}".strip()),
        "  ",
        data(f'"{action.name}"'),
        *(("  ", data(action.id, "dim")) if action.id else ()),
        "  ",
        kind_of(action, view),
        see(refers),
        prefix=f"{mark} ",
        style=style,
        hang=2,
    )
    if action.refused is not None:
        sheet.line("why: ", data(action.refused), prefix="    ", style=style, hang=2)
    if action.recreate is not None and view != "drift":
        _recreation(sheet, action.recreate)
    render_pieces(sheet, found.own[action.key], action, origins=origins)
    for note in action.notes:
        sheet.line("note: ", data(note), prefix="    ", style="dim", hang=2)
    now = what_now(action, plan) if view == "drift" else None
    if now is not None:
        way = f" `{now.keep}` writes it into" if now.keep else ""
        text = f"`{now.command}` {now.effect}; {now.otherwise}{way} {now.file}"
        sheet.line("now: ", data(text), prefix="    ", hang=2)


def _mark(action: Action) -> str:
    if action.refused is not None:
        return "!"
    return "-/+" if action.mode == "recreate" else MARKS[action.action]


def _recreation(sheet: Sheet, found: Recreation) -> None:
    """Say why a new assistant, and what becomes of the old one."""
    fate = "is deleted" if found.retire == "delete" else "is kept, superseded"
    moved = ", ".join(found.phone_numbers)
    sheet.line("why: ", data(found.why), prefix="    ", hang=2)
    if found.new_id:
        sheet.line("new: ", data(found.new_id), " is there already", prefix="    ", hang=2)
    named = (data(f'"{found.old_name}"'), " ") if found.old_name else ()
    sheet.line("old: ", *named, data(found.old_id), " ", fate, prefix="    ", hang=2)
    if moved:
        sheet.line("phone numbers that move along: ", data(moved), prefix="    ", hang=2)


def _unknown(sheet: Sheet, plan: Plan) -> None:
    """Name what the account does not tell, for assistants that are not shown otherwise."""
    told = [action for action in plan.actions if action.unknown and action.action == "unchanged"]
    if not told:
        return
    sheet.blank()
    sheet.line("Unknown, because the account does not tell it (--push-unknown writes it):")
    for action in told:
        sheet.line(data(f"{action.key}: {', '.join(action.unknown)}"), prefix="  ", hang=2)


def _ignored(sheet: Sheet, plan: Plan) -> None:
    """Name what is left to the dashboard in assistants that are not shown otherwise."""
    told = ignored_in(plan)
    if not told:
        return
    sheet.blank()
    sheet.line("Left to the dashboard, though the definition states it (ignore, manage):")
    for fields, keys in told.items():
        sheet.line(data(f"{fields}: {', '.join(keys)}"), prefix="  ", hang=2)


def _unmanaged(sheet: Sheet, plan: Plan, view: View, *, listed: bool) -> None:
    if not plan.unmanaged:
        return
    sheet.blank()
    if not listed:
        sheet.line(f"Not managed: {assistants(len(plan.unmanaged))} (--unmanaged lists them)")
        return
    sheet.line(f"{unmanaged_of(view)}:")
    for found in plan.unmanaged:
        sheet.line(data(found.id), "  ", data(f'"{found.name}"'), prefix="  ", hang=2)
