"""What a plan, a drift or a diff says, once, for every view.

A page is made of neutral entries: a value that changes, a text that changes line by line, and a
group of them. The views paint them; none walks the changes of a plan itself.

A drift is shown as what happened in the account: from what the definition states to what the
account holds. A plan is shown the other way around, as what applying it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from revox_sync.plan.model import Action, Change, Op, Plan
from revox_sync.plan.origin import UNCERTAIN
from revox_sync.records import dataclass
from revox_sync.render.alike import INLINE, Piece, are_texts, pieces_of, rank, shared_of
from revox_sync.render.prose import Line, Mark, line_diff, new_lines, words
from revox_sync.render.safe import escape, shown_apart
from revox_sync.render.sentences import (
    View,
    Warned,
    changed_variables,
    consequence,
    counts_of,
    is_told,
    kind_of,
    name_and_reason,
    origin_counts,
    origins_of,
    recreation_of,
    remarks_of,
    reported_of,
    unjudged_of,
    unmanaged_of,
    used_by_of,
    view_of,
    warnings_of,
    what_now,
)
from revox_sync.secrecy.urls import MASK

MARKS: dict[Op, str] = {"add": "+", "change": "~", "remove": "-"}
DONE: dict[Op, str] = {"add": "added", "change": "changed", "remove": "removed"}
SENSITIVE = "(sensitive, changed)"
REPORTED = "set in the account, not in the definition"
_LEFT_OUT = " (not in the definition)"

#: The three values of a conflict. Long texts are told as two differences from the first.
THREE = ("in git before", "in the account", "in the definition")
_MADE_OF_IT = ("made of it in the account", "made of it in the definition")

#: Two values of more characters than this are compared word by word, like texts.
_LONG = 400
_BOTH = ("before", "after")
_GROUPS = ("What callers hear", "Prompt", "FAQ", "The rest")
_BACKWARDS: dict[Op, Op] = {"add": "remove", "change": "change", "remove": "add"}
_LINES: dict[Op, Mark] = {"add": "added", "change": "added", "remove": "removed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that changes.

    ``what`` is a path, or with ``is_words`` something to read, such as a question. ``lead`` stands
    before it and ``joint`` behind it, both in words of ours; ``remark`` stands at the end.
    """

    mark: str
    what: str
    is_words: bool = False
    lead: str = ""
    joint: str = ":"
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEntry(Entry):
    """A value on its line: alone where it comes or goes, before and after, or those of THREE.

    ``between`` stands between before and after. ``done`` says what happened to a value that stands
    alone, unless ``joint`` does.
    """

    sides: tuple[str, ...] = ()
    between: str = " -> "
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntry(Entry):
    """A text, or a value too long for a line; ``file`` has all of one that is new."""

    lines: tuple[Line, ...]
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEntry(Entry):
    """Entries that belong together."""

    entries: tuple[ValueEntry | TextEntry | GroupEntry, ...]


AnyEntry = ValueEntry | TextEntry | GroupEntry


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one origin, in groups by how near they are to callers."""

    heading: str | None
    groups: tuple[tuple[str, tuple[AnyEntry, ...]], ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """What several assistants have alike."""

    number: int
    actions: tuple[Action, ...]
    parts: tuple[Changes, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """An assistant that is not left as it is: what is done to it, and its changes.

    ``see`` refers to what it shares with others. ``name`` and ``refused`` (empty if it is not) are
    told apart where they look alike. ``recreation`` has a line for each thing to say of it, as a
    label, names and an ending. ``now`` says how to put a drift back, or keep it.
    ``calls`` say, each behind a label, who uses it and what its calls have to pass.
    """

    action: Action
    parts: tuple[Changes, ...]
    see: str
    kind: str
    name: str
    refused: str
    recreation: tuple[tuple[str, tuple[str, ...], str], ...]
    now: str | None
    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What is said of a plan, in order. A sentence that has nothing to say is None."""

    plan: Plan
    view: View
    counts: str
    overwritten: str | None
    reported: str | None
    warnings: tuple[Warned, ...]
    alike: tuple[Alike, ...]
    sections: tuple[Section, ...]
    remarks: Mapping[str, Mapping[str, Sequence[str]]]
    unjudged: str | None
    unmanaged: str


def page_of(plan: Plan, *, drift: bool = False, notes: bool = False) -> Page:
    """Return what a plan says; with ``notes``, also of assistants that have only notes."""
    view = view_of(plan, drift=drift)
    compared = any(change.origin for action in plan.actions for change in action.changes)
    teller = _Teller(view, compared)
    actions = [action for action in plan.actions if is_told(action, notes=notes)]
    pieces = {action.key: pieces_of(map(teller.turned, action.changes)) for action in actions}
    replaced = [one for one in actions if one.action == "replace" and one.refused is None]
    shared, told = shared_of(pieces, replaced)

    def section(action: Action) -> Section:
        numbers = told.get(action.key, {})
        own = [one for index, one in enumerate(pieces[action.key]) if index not in numbers]
        name, refused = name_and_reason(action)
        renewal = action.recreate if view != "drift" else None
        calls = {"used by": used_by_of(action), "variables": changed_variables(action, view)}
        marks = ", ".join(f"[{number}]" for number in sorted(set(numbers.values())))
        return Section(
            action,
            parts=(*teller.parts(own, action), *teller.reported(action)),
            see=f", see {marks}" if marks else "",
            kind=kind_of(action, view),
            name=name,
            refused=refused,
            recreation=() if renewal is None else tuple(recreation_of(renewal)),
            now=what_now(action, plan) if view == "drift" else None,
            calls=tuple((label, text) for label, text in calls.items() if text is not None),
        )

    return Page(
        plan,
        view,
        counts=counts_of(plan, view),
        overwritten=origin_counts(plan),
        reported=reported_of(plan, view),
        warnings=warnings_of(plan, view),
        alike=tuple(
            Alike(number, tuple(of), teller.parts(found, of[0]))
            for number, (of, found) in enumerate(shared, 1)
        ),
        sections=tuple(map(section, actions)),
        remarks=remarks_of(plan),
        unjudged=unjudged_of(plan),
        unmanaged=unmanaged_of(plan, view),
    )


def weight(entry: AnyEntry) -> int:
    """Return how many changed lines and values an entry tells."""
    if isinstance(entry, GroupEntry):
        return sum(map(weight, entry.entries))
    return sum(line.is_change for line in entry.lines) if isinstance(entry, TextEntry) else 1


def _in_json(value: Any) -> str:
    """Return a value as JSON on one line, which keeps its type visible."""
    return json.dumps(value, ensure_ascii=False)


class _Teller:
    """Makes entries of changes, for one view."""

    def __init__(self, view: View, compared: bool) -> None:
        self._view = view
        self._compared = compared  # with a commit, so that it is known who made each change

    def turned(self, change: Change) -> Change:
        """Return a change in the direction in which it is told."""
        if not self._is_forwards(change):
            return change
        return replace(change, op=_BACKWARDS[change.op], before=change.after, after=change.before)

    def _is_forwards(self, change: Change) -> bool:
        return self._view == "drift" and change.origin in (None, "drift")

    def parts(self, pieces: Sequence[Piece], action: Action) -> tuple[Changes, ...]:
        """Return changes by who made them, where that is known."""
        if not self._compared or action.action == "create":
            return self._part(None, pieces, action)
        headings = origins_of(action, self._view)
        found: list[Changes] = []
        for origin in (*headings, None):
            of_it = [piece for piece in pieces if piece.change.origin == origin]
            found += self._part(headings[origin] if origin else None, of_it, action)
        return tuple(found)

    def reported(self, action: Action) -> tuple[Changes, ...]:
        """Return what the account has set and the definition does not state."""
        changes: list[Change] = []
        for found in action.reported:
            if found.path == "faq_items" and isinstance(found.value, list) and not found.sensitive:
                changes += [Change("faq_items[]", "add", None, item) for item in found.value]
            else:
                changes.append(Change(found.path, "add", None, found.value, found.sensitive))
        heading = REPORTED if self._view == "drift" else f"{REPORTED}, and left so"
        return self._part(heading, pieces_of(changes), action)

    def _part(
        self, heading: str | None, pieces: Sequence[Piece], action: Action
    ) -> tuple[Changes, ...]:
        groups = [
            (_GROUPS[number], _told_apart(list(self._fields(found, action))))
            for number, found in groupby(pieces, key=lambda piece: rank(piece.change))
        ]
        return (Changes(heading, tuple(groups)),) if groups else ()

    def _fields(self, pieces: Iterable[Piece], action: Action) -> Iterator[AnyEntry]:
        for field, found in groupby(pieces, key=lambda piece: piece.change.field):
            if field == "faq_items":
                yield self._faq([piece.change for piece in found], action)
                continue
            for piece in found:
                yield self._entry(piece, action)

    def _joints(self, change: Change, sides: int) -> dict[str, str]:
        """Return what stands after a path, and between its values."""
        absent = _LEFT_OUT if change.absent else ""
        if not self._is_forwards(change):
            return {"joint": f"{absent}:"}
        if sides == len(_BOTH):
            return {"joint": f"{absent} was {DONE['change']} from", "between": " to "}
        return {"joint": f"{absent} was {DONE[change.op]}:"}

    def _entry(self, piece: Piece, action: Action) -> AnyEntry:
        change = piece.change
        head: dict[str, Any] = {"mark": MARKS[change.op], "what": change.path}
        if change.sensitive and change.before == change.after:
            is_shown = isinstance(change.after, str) and change.after != MASK
            sides = (change.after,) if is_shown else ()
            return ValueEntry(**head, sides=sides, remark=SENSITIVE)
        if change.origin == "both":
            return self._conflict(head, (change.base, change.before, change.after))
        if piece.lines is None and change.op == "change":
            before, after = _in_json(change.before), _in_json(change.after)
            is_nested = isinstance(change.before, dict | list) or isinstance(
                change.after, dict | list
            )
            size = len(before) + len(after)
            if size <= INLINE or (size <= _LONG and not is_nested):
                head |= self._joints(change, 2 if size <= INLINE else 1)
                return ValueEntry(**head, sides=_distinct((before, after)))
        head |= self._joints(change, 1)
        if piece.lines is not None:
            return TextEntry(**head, lines=piece.lines)
        if change.op == "change":
            lines = line_diff("\n".join(_members(change.before)), "\n".join(_members(change.after)))
            return TextEntry(**head, lines=tuple(lines))
        return self._one_value(head, change, action)

    def _one_value(self, head: dict[str, Any], change: Change, action: Action) -> AnyEntry:
        """Return the entry of a value that is added or removed."""
        value = change.after if change.op == "add" else change.before
        head["remark"] = consequence(change) or ""
        is_text = are_texts((value,))
        if not is_text and len(_in_json(value)) <= INLINE:
            done = "" if self._is_forwards(change) else DONE[change.op]
            return ValueEntry(**head, sides=(_in_json(value),), done=done)
        lines = new_lines(value.split("\n") if is_text else _members(value), _LINES[change.op])
        return TextEntry(
            **head, lines=lines, file=action.file if action.action == "create" else None
        )

    def _conflict(self, head: dict[str, Any], values: Sequence[Any]) -> AnyEntry:
        """Return what each side made of a value; long texts are told as differences from it."""
        if values[0] == UNCERTAIN or not are_texts(values):
            return ValueEntry(**head, sides=_distinct(tuple(map(_in_json, values))))
        base, *sides = (value or "" for value in values)
        made = [
            TextEntry(mark=" ", what=name, is_words=True, lines=tuple(line_diff(base, side)))
            for name, side in zip(_MADE_OF_IT, sides, strict=True)
        ]
        return GroupEntry(**head, entries=tuple(made))

    def _faq(self, changes: Sequence[Change], action: Action) -> GroupEntry:
        counts = [(op, sum(1 for change in changes if change.op == op)) for op in DONE]
        told = [f"{count} {DONE[op]}" for op, count in counts if count]
        of_all: Op = "remove" if self._view == "drift" else "add"
        return GroupEntry(
            mark=MARKS[of_all if action.action == "create" else "change"],
            what="faq_items",
            remark=f"{', '.join(told)}{_LEFT_OUT if changes[0].absent else ''}",
            entries=_told_apart(list(map(self._item, changes))),
        )

    def _item(self, change: Change) -> AnyEntry:
        """Return the entry of one question: added, removed, or with another answer."""
        old, new, base = _qa(change.before), _qa(change.after), _qa(change.base)
        head: dict[str, Any] = {"mark": MARKS[change.op], "is_words": True}
        item = new or old
        if change.path == "faq_items":
            return ValueEntry(**head, lead="emptied, whatever it holds", what="", joint="")
        if item is None:
            return ValueEntry(**head, lead=SENSITIVE, what="", joint="")
        if change.origin == "both":
            items = (base, old, new)
            is_renamed = len({one[0] for one in items if one is not None}) > 1
            values = [one and (" ".join(one) if is_renamed else one[1]) for one in items]
            return self._conflict({**head, "what": item[0], "joint": ""}, values)
        is_forwards = self._is_forwards(change)
        head["joint"] = ""
        if old is not None and new is not None and old[0] == new[0]:
            lead = "the answer was changed: " if is_forwards else ""
            return TextEntry(**head, lead=lead, what=new[0], lines=tuple(line_diff(old[1], new[1])))
        lead = f"a question was {DONE[change.op]}" if is_forwards else ""
        if old is None or new is None:
            lead += ": " * is_forwards
            lines = new_lines(item[1].split("\n"), _LINES[change.op])
            return TextEntry(**head, lead=lead, what=item[0], lines=lines)
        return TextEntry(
            **head, lead=lead or "question", what="", lines=tuple(line_diff(old[0], new[0]))
        )


def _told_apart(entries: Sequence[AnyEntry]) -> tuple[AnyEntry, ...]:
    """Return entries of which a reader sees that they are about different things."""
    shown = shown_apart(entry.what for entry in entries)
    found = ((one, shown.get(one.what)) for one in entries)
    return tuple(one if what is None else replace(one, what=what) for one, what in found)


def _members(value: Any) -> list[str]:
    """Return a nested value with one member or item per line."""
    if isinstance(value, dict):
        return [f"{name}: {_in_json(member)}" for name, member in value.items()]
    if isinstance(value, list):
        return [f"[{index}] {_in_json(item)}" for index, item in enumerate(value)]
    return [_in_json(value)]


def _qa(item: Any) -> tuple[str, str] | None:
    """Return question and answer of a FAQ item; None for a masked or missing one."""
    if not isinstance(item, dict):
        return None
    return str(item.get("question", "")), str(item.get("answer", ""))


def _distinct(sides: tuple[str, ...]) -> tuple[str, ...]:
    """Return values so that a reader sees where they differ."""
    shown = list(sides)
    for one in range(len(sides)):
        for other in range(one):
            if sides[one] != sides[other] and not (sides[one] + sides[other]).isascii():
                pair = words(sides[other], sides[one])
                for index, segments in zip((other, one), pair, strict=True):
                    told = "".join(segment.shown for segment in segments)
                    shown[index] = max(shown[index], told, key=lambda text: len(escape(text)))
    return tuple(shown)
