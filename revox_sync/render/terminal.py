"""A plan for people at a terminal, or for a log: what would change, and why.

``+`` is created, ``~`` replaced, ``-/+`` replaced by a new one, ``!`` refused; within an assistant
the same marks stand for values, texts and FAQ items. Colour repeats what the marks say and adds
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from revox_sync.model.sensitive import MASK
from revox_sync.plan.model import Action, Change, Plan, Recreation
from revox_sync.render.prose import Line, Segment, diff
from revox_sync.render.sheet import Sheet, data

MARKS = {"create": "+", "replace": "~", "delete": "-", "unchanged": " "}
STYLES = {"+": "green", "~": "yellow", "-": "red", "-/+": "yellow", "!": "magenta", " ": ""}
_OPS = {"add": "+", "change": "~", "remove": "-"}

_INLINE = 60
_NEW_LINES = 20
_COMMON_CELLS = 160
_CHANGED_CELLS = 2000


def render_plan(
    plan: Plan, *, width: int, colour: bool, drift: bool = False, notes: bool = False
) -> str:
    """Return the plan as text.

    With ``drift`` it is told as what the account differs in; with ``notes``, assistants that stay
    as they are have their notes shown, too.
    """
    sheet = Sheet(width=width, colour=colour)
    target = plan.target
    of = f", organization {target.organization_id}" if target.organization_id else ""
    title = "Drift of" if drift else "Plan for"
    sheet.line(f"{title} ", data(target.base_url), data(of), f", profile {target.profile}")
    if drift and plan.has_drift:
        sheet.line(
            "- and the left of -> are what the account holds, + and the right the definition"
        )
    for action in plan.actions:
        told = action.not_clearable or (notes and action.notes)
        if action.refused is None and action.action == "unchanged" and not told:
            continue
        sheet.blank()
        _action(sheet, action, drift=drift)
    _unknown(sheet, plan)
    if plan.unmanaged:
        sheet.blank()
        sheet.line("Not managed, left alone:")
        for found in plan.unmanaged:
            sheet.line(data(found.id), "  ", data(f'"{found.name}"'), prefix="  ", hang=2)
    sheet.blank()
    sheet.line(_drift_summary(plan) if drift else _summary(plan), style="bold")
    return sheet.text()


def _unknown(sheet: Sheet, plan: Plan) -> None:
    """Name what the account does not tell, for assistants that are not shown otherwise."""
    told = [action for action in plan.actions if action.unknown and action.action == "unchanged"]
    if not told:
        return
    sheet.blank()
    sheet.line("Unknown, because the account does not tell it (--push-unknown writes it):")
    for action in told:
        sheet.line(data(f"{action.key}: {', '.join(action.unknown)}"), prefix="  ", hang=2)


def _summary(plan: Plan) -> str:
    counts = plan.summary
    parts = [f"{counts['create']} to create", f"{counts['replace']} to replace"]
    if counts["recreate"]:
        parts[-1] += f" ({counts['recreate']} by a new assistant)"
    parts += [f"{counts['delete']} to delete"] if counts["delete"] else []
    parts += [f"{counts['unchanged']} unchanged"]
    parts += [f"{counts['refused']} refused"] if counts["refused"] else []
    nothing = "" if plan.has_changes or plan.has_refusals else " Nothing to do."
    return f"Plan: {', '.join(parts)}.{nothing}"


def _drift_summary(plan: Plan) -> str:
    counts = plan.summary
    stuck = sum(
        1 for action in plan.actions if action.action == "unchanged" and action.not_clearable
    )
    parts = [f"{counts['create']} missing", f"{counts['replace'] + stuck} different"]
    parts += [f"{counts['unchanged'] - stuck} as defined"]
    parts += [f"{counts['refused']} refused"] if counts["refused"] else []
    nothing = "" if plan.has_drift or plan.has_refusals else " No drift."
    return f"Drift: {', '.join(parts)}.{nothing}"


_WORDS = {
    "create": "create",
    "replace": "replace in place",
    "delete": "delete",
    "unchanged": "note",
}
_DRIFT_WORDS = {**_WORDS, "create": "missing in the account", "replace": "differs"}


def _action(sheet: Sheet, action: Action, *, drift: bool) -> None:
    mark = _mark(action)
    words = (_DRIFT_WORDS if drift else _WORDS)[action.action]
    if action.recreate is not None and not drift:
        words = "replace by a new assistant"
    if drift and action.not_clearable:
        words = "differs"
    style = STYLES[mark]
    sheet.line(
        data(action.key, f"bold {style}".strip()),
        "  ",
        data(f'"{action.name}"'),
        *(("  ", data(action.id, "dim")) if action.id else ()),
        "  ",
        words if action.refused is None else "refused",
        prefix=f"{mark} ",
        style=style,
        hang=2,
    )
    if action.refused is not None:
        sheet.line("why: ", data(action.refused), prefix="    ", style=style, hang=2)
    if action.recreate is not None:
        _recreation(sheet, action.recreate)
    plain = [change for change in action.changes if change.field != "faq_items"]
    for change in plain:
        _change(sheet, change, action)
    items = [change for change in action.changes if change.field == "faq_items"]
    _faq(sheet, items, new_assistant=action.action == "create")
    for note in action.notes:
        sheet.line("note: ", data(note), prefix="    ", style="dim", hang=2)


def _mark(action: Action) -> str:
    if action.refused is not None:
        return "!"
    return "-/+" if action.mode == "recreate" else MARKS[action.action]


def _recreation(sheet: Sheet, found: Recreation) -> None:
    """Say why a new assistant, and what becomes of the old one."""
    fate = "is deleted" if found.retire == "delete" else "is kept, superseded"
    moved = ", ".join(found.phone_numbers)
    new = f" by {found.new_id}" if found.new_id else ""
    sheet.line("why: ", data(found.why), prefix="    ", hang=2)
    sheet.line("old: ", data(found.old_id), " ", fate, data(new), prefix="    ", hang=2)
    if moved:
        sheet.line("phone numbers that move along: ", data(moved), prefix="    ", hang=2)


def _change(sheet: Sheet, change: Change, action: Action) -> None:
    mark = _OPS[change.op]
    where = data(change.path + (" (not in the definition)" if change.absent else ""))

    def head(*parts: str | Text) -> None:
        sheet.line(where, *parts, prefix=f"    {mark} ", style=STYLES[mark], hang=2)

    if change.sensitive and change.before == change.after:
        masked = change.after if isinstance(change.after, str) and change.after != MASK else ""
        head(": ", *((data(masked), " ") if masked else ()), "(sensitive, changed)")
    elif _is_prose(change):
        head(":")
        if change.op == "change":
            _diff(sheet, diff(change.before, change.after), indent=8)
        else:
            _block(sheet, change.after or change.before, mark, 8, action.file)
    elif change.op == "change":
        before, after = _value(change.before), _value(change.after)
        if len(before) + len(after) <= _INLINE:
            head(": ", data(before), " -> ", data(after))
        else:
            head(":")
            sheet.line(data(before, "red"), prefix="        - ", style="red")
            sheet.line(data(after, "green"), prefix="        + ", style="green")
    else:
        value = change.after if change.op == "add" else change.before
        if len(_value(value)) <= _INLINE:
            head(": ", data(_value(value)))
        else:
            head(":")
            for line in _value_lines(value):
                sheet.line(data(line, STYLES[mark]), prefix=f"        {mark} ", style=STYLES[mark])


def _is_prose(change: Change) -> bool:
    texts = [text for text in (change.before, change.after) if text is not None]
    return all(isinstance(text, str) for text in texts) and any(
        "\n" in text or len(text) > _INLINE for text in texts
    )


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _value_lines(value: Any) -> list[str]:
    """Return a nested value with one member or item per line."""
    if isinstance(value, dict):
        return [f"{name}: {_value(member)}" for name, member in value.items()]
    if isinstance(value, list):
        return [f"[{index}] {_value(item)}" for index, item in enumerate(value)]
    return [_value(value)]


def _faq(sheet: Sheet, changes: Sequence[Change], *, new_assistant: bool) -> None:
    if not changes:
        return
    words = {"add": "added", "change": "changed", "remove": "removed"}
    counts = [
        f"{sum(1 for change in changes if change.op == op)} {word}"
        for op, word in words.items()
        if any(change.op == op for change in changes)
    ]
    whole = "+" if new_assistant else "~"
    head = f"faq_items: {', '.join(counts)}"
    sheet.line(head, prefix=f"    {whole} ", style=STYLES[whole], hang=2)
    for change in changes:
        mark = _OPS[change.op]
        style = STYLES[mark]
        old, new = change.before, change.after
        if change.path == "faq_items":
            sheet.line("emptied, whatever it holds", prefix=f"        {mark} ", style=style)
        elif not isinstance(old or new, dict):
            sheet.line("(sensitive, changed)", prefix=f"        {mark} ", style=style)
        elif change.op != "change":
            item = new or old
            sheet.line(data(item["question"], style), prefix=f"        {mark} ", style=style)
            _block(sheet, item["answer"], " ", 12, None)
        elif old["question"] != new["question"]:
            sheet.line("question:", prefix=f"        {mark} ", style=style)
            _diff(sheet, diff(old["question"], new["question"]), indent=12)
        else:
            sheet.line(data(new["question"], style), prefix=f"        {mark} ", style=style)
            _diff(sheet, diff(old["answer"], new["answer"]), indent=12)


def _block(sheet: Sheet, text: str, mark: str, indent: int, file: str | None) -> None:
    lines = text.split("\n")
    for line in lines[:_NEW_LINES]:
        prefix = " " * indent + f"{mark} "
        sheet.line(
            data(_cut(line, _CHANGED_CELLS), STYLES[mark]), prefix=prefix, style=STYLES[mark]
        )
    if len(lines) > _NEW_LINES:
        where = f", see {file}" if file else ""
        more = f"… {len(lines) - _NEW_LINES} more lines{where}"
        sheet.line(data(more), prefix=" " * (indent + 2))


def _diff(sheet: Sheet, lines: Iterable[Line], *, indent: int) -> None:
    marks = {"removed": "-", "added": "+", "common": " "}
    for line in lines:
        if line.mark == "skipped":
            unchanged = f"… {line.count} unchanged line{'s' if line.count > 1 else ''}"
            sheet.line(unchanged, prefix=" " * (indent + 2), style="dim")
            continue
        mark = marks[line.mark]
        sheet.line(
            _marked(line, STYLES[mark]), prefix=" " * indent + f"{mark} ", style=STYLES[mark]
        )


def _marked(line: Line, style: str) -> Text:
    """Return a line with its changed words marked; the brackets say so without colour too."""
    whole = len(line.segments) == 1
    open_, close = ("[-", "-]") if line.mark == "removed" else ("{+", "+}")
    text = Text()
    for position, segment in enumerate(line.segments):
        if whole:
            limit = _COMMON_CELLS if line.mark == "common" else _CHANGED_CELLS
            shown = _cut(segment.text, limit)
            text.append_text(data(shown if line.mark == "common" else _ended(shown), style))
        elif segment.changed:
            shown = _cut(segment.text, _CHANGED_CELLS)
            text.append_text(data(f"{open_}{shown}{close}", f"bold {style}".strip()))
        else:
            text.append_text(data(_around(segment, position, len(line.segments)), style))
    return text


def _ended(text: str) -> str:
    """Return a changed line with the white space at its end made visible."""
    end = len(text.rstrip(" "))
    return text[:end] + "·" * (len(text) - end)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"


def _around(segment: Segment, position: int, count: int) -> str:
    """Return an unchanged stretch, shortened to what stands next to the changed words."""
    text, half = segment.text, _COMMON_CELLS // 2
    if len(text) <= _COMMON_CELLS:
        return text
    head = text[:half] if position else ""
    tail = text[-half:] if position < count - 1 else ""
    return f"{head} … {tail}"
