"""What stands before the sections in markdown: reasons, notes, and one line per assistant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from revox_sync.plan.model import Action, Plan
from revox_sync.render.detail import NAMES_ONLY, Detail
from revox_sync.render.digest import Piece, ordered
from revox_sync.render.safe import LONGEST_NAME, code, cut, prose, sentence
from revox_sync.render.summary import View, assistants, ignored_in, is_told, kind_of
from revox_sync.render.words import title

_MOST_WORDS = 10
_LONG, _SHORT = 2000, 300
_FEW = 20


def render_remarks(plan: Plan, detail: Detail, view: View) -> Iterator[str]:
    """Yield refusals with their reasons, then diagnostics and notes; at last, only their counts."""
    told = [action for action in plan.actions if is_told(action)]
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for action in told:
        for note in action.notes:
            notes[note].append(action.key)
    if detail.form in NAMES_ONLY:
        counts = {"diagnostic": len(plan.diagnostics), "note": len(notes)}
        named = [f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items() if count]
        yield from (["", f"Left out, too: {' and '.join(named)}."] if named else [])
        return
    limit, most = (_LONG, None) if detail.form == "whole" else (_SHORT, _FEW)
    refused = [
        f"{code(action.key)}: {sentence(cut(action.refused, limit))}"
        for action in told
        if action.refused is not None
    ]
    heading = "Refused" if view == "drift" else "Refused, nothing is written for these"
    yield from _titled(heading, refused, None)
    yield from _titled("Diagnostics", list(_diagnostics(plan, limit)), most)
    remarks = [f"{_keys(keys, most)}: {sentence(cut(note, limit))}" for note, keys in notes.items()]
    remarks += [
        f"{code(action.key)}: the account does not tell "
        f"{', '.join(code(cut(place, LONGEST_NAME)) for place in action.unknown)}; "
        "`--push-unknown` writes it"
        for action in plan.actions
        if action.unknown and action.action == "unchanged"
    ]
    remarks += [
        f"{_keys(keys, most)}: left to the dashboard, though the definition states it: "
        f"{code(cut(fields, _SHORT))}"
        for fields, keys in ignored_in(plan).items()
    ]
    yield from _titled("Notes", remarks, most)


def _titled(heading: str, entries: Sequence[str], most: int | None) -> Iterator[str]:
    if not entries:
        return
    yield from ("", f"### {heading}", "")
    yield from (f"- {entry}" for entry in entries[:most])
    if most is not None and len(entries) > most:
        yield f"- … and {len(entries) - most} more"


def _diagnostics(plan: Plan, limit: int) -> Iterator[str]:
    for found in plan.diagnostics:
        hint = f"; help: {sentence(cut(found.hint, limit))}" if found.hint else ""
        where = code(cut(str(found.location), LONGEST_NAME))
        message = sentence(cut(found.message, limit))
        yield f"{where} {found.severity} {code(found.rule)}: {message}{hint}"


def _keys(keys: Sequence[str], most: int | None) -> str:
    shown = ", ".join(code(key) for key in keys[:most])
    left = len(keys) - len(keys[:most])
    return f"{shown} and {left} more" if left else shown


def render_table(actions: Iterable[Action], view: View) -> Iterator[str]:
    """Yield a table that says in words what changes in each assistant."""
    rows = [
        f"| {code(action.key, cell=True)} | {code(cut(action.name, LONGEST_NAME), cell=True)} | "
        f"{what_changes(action, view)} |"
        for action in actions
    ]
    if rows:
        what = "What differs" if view == "drift" else "What changes"
        yield from ("", f"| Assistant | Name | {what} |", "| --- | --- | --- |", *rows, "")


def what_changes(action: Action, view: View) -> str:
    """Return what changes in an assistant, in words, what callers hear first."""
    kind = kind_of(action, view)
    if action.action != "replace" or action.refused is not None:
        stuck = ", ".join(prose(title(field)) for field in action.not_clearable)
        alone = action.action == "unchanged" and action.refused is None and stuck
        if alone:
            return f"cannot be cleared in place: {stuck}"
        return "new" if kind == "create" else kind
    pieces = ordered(Piece(change) for change in action.changes)
    counts = Counter(title(piece.change.field) for piece in pieces)
    items = counts.get(title("faq_items"), 0)
    words = [
        f"{items} FAQ item{'s' * (items != 1)}" if name == title("faq_items") else prose(name)
        for name in counts
    ]
    if len(words) > _MOST_WORDS:
        words = [*words[:_MOST_WORDS], f"{len(words) - _MOST_WORDS} more"]
    conflict = any(change.origin == "both" for change in action.changes)
    how = ["by a new assistant"] if action.recreate is not None and view == "plan" else []
    return ", ".join(["**conflict**"] * conflict + how + words)


def render_names(
    actions: Sequence[Action], detail: Detail, view: View, most: int | None = None
) -> Iterator[str]:
    """Yield the assistants by what is done to them, and what changes unless in form ``bare``.

    At most the first ``most`` are named, and the others counted.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for action in actions[:most]:
        kind = kind_of(action, view)
        name = code(action.key)
        if detail.form != "bare":
            what = what_changes(action, view)
            kind += f": {what}" if what not in (kind, "new") else ""
        if detail.form == "list":
            name += f" {code(cut(action.name, LONGEST_NAME))}"
        groups[kind].append(name)
    for kind, names in groups.items():
        yield from ("", f"**{kind}** ({len(names)})", "", ", ".join(names))
    if most is not None and len(actions) > most:
        yield from (
            "",
            f"… and {assistants(len(actions) - most)} more, whose names do not fit here",
        )
