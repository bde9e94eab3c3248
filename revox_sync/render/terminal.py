"""A plan for people at a terminal, or for a log: what would change, and why.

``+`` is created, ``~`` replaced, ``-/+`` replaced by a new one, ``!`` refused; within an assistant
the same marks stand for values, texts and FAQ items. What is alike in several assistants comes
first, with a number that refers to it. Colour repeats what the marks say and adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from revox_sync.plan.model import Action, Plan
from revox_sync.render.alike import INLINE
from revox_sync.render.page import (
    THREE,
    AnyEntry,
    Changes,
    GroupEntry,
    Page,
    Section,
    TextEntry,
    ValueEntry,
    page_of,
)
from revox_sync.render.prose import SIGNS, Line, ended, left_out, near, shortened
from revox_sync.render.sentences import TITLES, View, assistants, counted, target_of
from revox_sync.render.sheet import Sheet, Styled, data

_MARKS = {"create": "+", "replace": "~", "delete": "-", "unchanged": " "}
#: Readable on a light and on a dark background: no yellow, nothing bright, no colour in bold,
#: which some terminals show as a bright one.
_STYLES = {"+": "green", "~": "cyan", "-": "red", "-/+": "red", "!": "magenta", " ": ""}

_CONTEXT = 2
#: How many unchanged characters of a line are shown on each side of a change.
_REACH = 80
#: How many lines of a new text, and characters of a line, are shown if a file has all of it.
_NEW_LINES, _NEW_CHARACTERS = 20, 2000
_BOTH = 2


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

    With ``drift`` it is told as what happened in the account, and who should do what about it; with
    ``notes``, assistants that stay as they are have their notes shown, too. Without ``unmanaged``,
    assistants that no definition describes are only counted.
    """
    sheet = Sheet(width=width, colour=colour)
    page = page_of(plan, drift=drift, notes=notes)
    _head(sheet, plan, page.view)
    if page.view == "plan":  # the others say at each assistant why it is refused
        _warnings(sheet, page)
    _assistants(sheet, page)
    for heading, entries in page.remarks.items():
        sheet.blank()
        sheet.line(f"{heading}:".replace("`", ""))
        for fields, them in entries.items():
            sheet.line(data(f"{fields}: {', '.join(them)}"), prefix="  ", hang=2)
    if page.unjudged is not None:
        sheet.blank()
        sheet.line(data(page.unjudged), style="dim")
    if plan.unmanaged:
        sheet.blank()
        sheet.line(f"{page.unmanaged}{'' if unmanaged else ' (--unmanaged lists them)'}")
    for found in plan.unmanaged if unmanaged else ():
        sheet.line(data(found.id), "  ", data(f'"{found.name}"'), prefix="  ", hang=2)
    if page.reported is not None:
        sheet.blank()
        sheet.line(data(page.reported))
    sheet.blank()
    sheet.line(page.counts, style="bold")
    if page.overwritten is not None:
        sheet.line(page.overwritten)
    return sheet.text()


def _assistants(sheet: Sheet, page: Page) -> None:
    """Tell changes that several assistants share, then each assistant."""
    for alike in page.alike:
        sheet.blank()
        keys = ", ".join(action.key for action in alike.actions)
        sheet.line(
            f"alike in {assistants(len(alike.actions))}: ",
            data(keys),
            prefix=f"[{alike.number}] ",
            style="bold",
        )
        _parts(sheet, alike.parts)
    bare = False
    for section in page.sections:
        # A section of one line stands close to the one before.
        was_bare, bare = bare, _is_bare(section, page.view)
        if not (was_bare and bare):
            sheet.blank()
        _section(sheet, page, section)


def _head(sheet: Sheet, plan: Plan, view: View) -> None:
    what, organization = target_of(plan)
    of = f", environment {plan.target.environment}" if plan.target.environment else ""
    of += f", organization {organization}" if organization else ""
    profile = "" if view == "diff" else f", profile {plan.target.profile}"
    sheet.line(f"{TITLES[view]} ", data(what), data(of), profile)
    if view == "drift" and plan.has_drift:
        sheet.line("- is what the definition states, + is what the account has now")


def _warnings(sheet: Sheet, page: Page) -> None:
    """Say first what needs attention before an apply."""
    for warned in page.warnings:
        style = "" if warned.closing else _STYLES["!"]
        sheet.blank()
        sheet.line(f"{warned.heading}:", style=style)
        for key, text, allow in warned.entries:
            told = data(f"{'' if key is None else f'{key}: '}{text}{allow}")
            sheet.line(told, prefix="  " if warned.closing else "  ! ", style=style, hang=2)
        if warned.closing:
            sheet.line(warned.closing.replace("`", ""))


def _is_bare(section: Section, view: View) -> bool:
    action = section.action
    told = (action.notes, section.parts, action.recreate, action.refused, section.calls)
    return view != "drift" and not any(told)


def _section(sheet: Sheet, page: Page, section: Section) -> None:
    action, view = section.action, page.view
    mark = _mark(action, view)
    style = _STYLES[mark]
    sheet.line(
        data(action.key, "bold"),
        "  ",
        data(f'"{section.name}"'),
        "  ",
        section.kind,
        section.see,
        *(("  ", data(action.id, "dim")) if action.id else ()),
        prefix=f"{mark} ",
        style=style,
        hang=2,
    )
    if action.refused is not None and view != "plan":
        sheet.line("why: ", data(section.refused), prefix="    ", style=style, hang=2)
    for label, text in section.calls:
        sheet.line(f"{label}: ", data(text), prefix="    ", hang=2)
    for label, names, ending in section.recreation:
        sheet.line(f"{label}: ", data(", ".join(names)), ending, prefix="    ", hang=2)
    _parts(sheet, section.parts)
    for note in action.notes:
        sheet.line("note: ", data(note), prefix="    ", hang=2)
    if section.now is not None:
        sheet.line("now: ", data(section.now), prefix="    ", hang=2)


def _mark(action: Action, view: View) -> str:
    if action.refused is not None:
        return "!"
    if view == "drift" and action.action == "create":
        return "-"
    if view == "drift" and action.reported and action.action == "unchanged":
        return "~"
    return "-/+" if action.mode == "recreate" else _MARKS[action.action]


def _parts(sheet: Sheet, parts: Iterable[Changes]) -> None:
    for part in parts:
        if part.heading is not None:
            sheet.line(f"{part.heading}:", prefix="  ", style="bold", hang=2)
        for _, entries in part.groups:
            for entry in entries:
                _entry(sheet, entry, indent=4)


def _entry(sheet: Sheet, entry: AnyEntry, *, indent: int) -> None:
    prefix, style = f"{' ' * indent}{entry.mark} ", _STYLES[entry.mark]
    remark = f" {entry.remark}" if entry.remark else ""

    def head(*parts: str | Styled) -> None:
        what = data(ended(entry.what) if entry.is_words else entry.what)
        sheet.line(entry.lead, what, entry.joint, *parts, prefix=prefix, style=style, hang=2)

    sides = [data(side) for side in entry.sides] if isinstance(entry, ValueEntry) else []
    if isinstance(entry, GroupEntry):
        head(remark)
        for inner in entry.entries:
            _entry(sheet, inner, indent=indent + 4)
    elif isinstance(entry, TextEntry):
        head(remark)
        _lines(sheet, entry, indent + 4)
    elif len(sides) <= 1:
        head(*(part for side in sides for part in (" ", side)), remark)
    elif len(sides) == _BOTH and sum(len(side) for side in entry.sides) <= INLINE:
        head(" ", sides[0], entry.between, sides[1], remark)
    elif len(sides) == _BOTH:
        head(remark)
        for mark, value in zip("-+", entry.sides, strict=True):
            below = f"{' ' * (indent + 4)}{mark} "
            sheet.line(data(value), prefix=below, style=_STYLES[mark])
    else:
        head(remark)
        for name, side in zip(THREE, sides, strict=True):
            sheet.line(f"{name}: ", side, prefix=" " * (indent + 4), hang=4)


def _lines(sheet: Sheet, entry: TextEntry, indent: int) -> None:
    """Add the lines of a difference; of a new text in a known file, only the first ones."""
    lines = list(shortened(entry.lines, _CONTEXT))
    more = len(lines) - _NEW_LINES if entry.file is not None else 0
    for line in lines[:_NEW_LINES] if more > 0 else lines:
        if line.mark == "skipped":
            sheet.line(left_out(line), prefix=" " * (indent + 2), style="dim")
            continue
        mark = SIGNS[line.mark]
        style = _STYLES[mark]
        parts = _marked(line, style)
        if entry.file is not None and len(line.text) > _NEW_CHARACTERS:
            rest = f"… ({len(line.text) - _NEW_CHARACTERS} more characters, see {entry.file})"
            parts = [data(line.text[:_NEW_CHARACTERS] + rest)]
        sheet.line(*parts, prefix=f"{' ' * indent}{mark} ", style=style)
    if more > 0:
        told = f"… {counted(more, 'more line')}, see {entry.file}"
        sheet.line(data(told), prefix=" " * (indent + 2))


def _marked(line: Line, style: str) -> list[Styled]:
    """Return a line with its changed words marked; the brackets say so without colour too."""
    open_, close = ("[-", "-]") if line.mark == "removed" else ("{+", "+}")
    parts = []
    for segment in near(line, _REACH):
        if not segment.changed:
            parts.append(data(segment.text))
        elif len(line.segments) == 1:
            parts.append(data(ended(segment.text)))
        else:
            parts.append(data(f"{open_}{segment.text}{close}", f"underline {style}".strip()))
    return parts
