"""A plan for a comment on a pull request, in GitHub's markdown.

GitHub takes no more than 65,536 characters. A longer page is made with less detail, in four steps:
everything; without what did not change; as many changes as fit, with the number of omitted ones for
each assistant; as many keys of assistants as fit, by what is done to them. No change is omitted
without saying so, and the counts are always there.

Texts of others are never markup (``safe.py``). The first line is hidden and names the environment:
whoever posts the page finds the comment of an earlier run by it, and updates that one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from revox_sync.model.path import field_in
from revox_sync.model.shapes import fingerprint
from revox_sync.plan.model import Action, Plan
from revox_sync.records import dataclass
from revox_sync.render.alike import INLINE, rank
from revox_sync.render.diagnostics import gathered, more_like
from revox_sync.render.page import (
    REPORTED,
    THREE,
    Alike,
    AnyEntry,
    Changes,
    GroupEntry,
    Page,
    Section,
    TextEntry,
    ValueEntry,
    page_of,
    weight,
)
from revox_sync.render.prose import SIGNS, Line, ended, left_out, near, shortened
from revox_sync.render.safe import (
    code,
    cut,
    fenced,
    harmless,
    html_code,
    name,
    prose,
    sentence,
    visible,
    within,
)
from revox_sync.render.sentences import (
    View,
    assistants,
    counted,
    kind_of,
    options_of,
    some,
    target_of,
)

#: Bytes of a page, unless told otherwise: below GitHub's limit for a comment, with some room.
LIMIT = 65_000

_BOTH = 2
#: Bytes of a project's path in a marker, which GitHub keeps in the comment.
_LONGEST_PLACE = 60

_MOST_WORDS = 10
_LONG, _SHORT = 2000, 300
_FEW = 20
#: Bytes that a number takes in a row of the table.
_FOR_A_NUMBER = 60
#: More bytes than any page has.
_ENDLESS = 1 << 40


@dataclass(frozen=True, slots=True)
class _Detail:
    """How many unchanged lines stand around a change, and characters of a line on each side.

    ``is_short`` cuts long remarks and counts what is not managed; ``left_out`` tells the reader.
    """

    context: int = 2
    reach: int = 80
    is_short: bool = False
    left_out: str | None = None


_WHOLE = _Detail()
_CHANGES = _Detail(0, 30, left_out="what did not change is")
_PART = _Detail(0, 30, is_short=True, left_out="what did not change and some of what did is")
_NAMES = _Detail(0, 30, is_short=True, left_out="remarks and changes are")


def marker_of(view: View, environment: str | None, project: str) -> str:
    """Return the hidden first line by which a page is found again.

    It tells the pages of several environments apart, and of several projects (by their paths) in
    one repository.
    """
    name = re.sub(r"[^A-Za-z0-9._-]", "-", environment or "default")[:100]
    place = re.sub(r"[^A-Za-z0-9._/-]", "-", project)
    if place != project or len(place) > _LONGEST_PLACE:
        # Two paths never come to one marker.
        place = f"{place[:_LONGEST_PLACE]}-{fingerprint(project)[-8:]}"
    return f"<!-- revox-sync: {view} {name}{' ' * bool(place)}{place} -->"


def render_markdown(
    plan: Plan,
    *,
    limit: int = LIMIT,
    drift: bool = False,
    unmanaged: bool = True,
    details_url: str | None = None,
) -> str:
    """Return the plan as a page of at most ``limit`` bytes of UTF-8.

    Its first line tells the comments of several environments apart. ``details_url`` is where the
    whole plan can be read; without it the page names the command that shows it. With ``drift`` and
    ``unmanaged`` it is told as in the terminal view.
    """
    page = _Markdown(page_of(plan, drift=drift), unmanaged, details_url)
    # What is made harmless at the end may take more room than was counted.
    rooms = (limit, limit * 9 // 10, limit // 2)
    shorter = (page.part(room) for room in rooms)
    for lines in (page.whole(_WHOLE), page.whole(_CHANGES), *shorter):
        found = _fitting(lines, limit)
        if found is not None:
            return found
    return page.names(limit)


def _fitting(lines: Iterable[str], limit: int) -> str | None:
    """Return lines as a page without double blank lines; None where it would be too long."""
    page: list[str] = []
    size = 0
    for line in lines:
        if not line and page and not page[-1]:
            continue
        shown = harmless(line)
        page.append(shown)
        size += len(shown.encode()) + 1
        if size > limit:
            return None
    return "\n".join(page) + "\n"


class _Markdown:
    """One plan, to be told in more or less detail."""

    def __init__(self, page: Page, unmanaged: bool, details_url: str | None) -> None:
        self._page = page
        self._plan = page.plan
        self._view = page.view
        self._unmanaged = unmanaged
        self._details_url = details_url
        self.sections = page.sections

    def _blocks(
        self,
    ) -> list[tuple[Iterable[Action], Sequence[Changes], Callable[..., Iterable[str]]]]:
        """Return whose changes are told together, these, and what yields the lines around them."""
        return [
            *((one.actions, one.parts, partial(_alike, one)) for one in self._page.alike),
            *(((one.action,), one.parts, partial(self._section, one)) for one in self.sections),
        ]

    def whole(self, detail: _Detail) -> Iterator[str]:
        """Yield the page with all changes, one after the other: most of it may never be read."""
        yield from self.head(detail)
        yield from self._remarks(detail)
        yield from self._table(Counter())
        for _, parts, framed in self._blocks():
            lines = _Fitted(parts, detail, _ENDLESS).lines
            yield from framed(lines) if lines or not parts else ()
        yield from self._others(detail)

    def part(self, room: int) -> Iterator[str]:
        """Yield the page with as many changes as fit; every assistant has its share of the room."""
        before = [*self.head(_PART), *self._remarks(_PART)]
        behind = list(self._others(_PART))
        room -= _size([*before, *self._table(Counter()), *behind])
        room -= _FOR_A_NUMBER * len(self.sections)
        blocks = self._blocks()
        shown: list[str] = []
        unseen: Counter[str] = Counter()
        for left, (actions, parts, framed) in zip(range(len(blocks), 0, -1), blocks, strict=True):
            frame = _size(framed(()))
            fitted = _Fitted(parts, _PART, room // left - frame)
            for action in actions:
                unseen[action.key] += fitted.unseen.total()
            if fitted.lines or (not parts and room > frame):
                block = list(framed(fitted.told()))
                shown += block
                room -= _size(block)
        yield from before
        yield from self._table(unseen)
        yield from shown
        yield from behind

    def names(self, limit: int) -> str:
        """Return the assistants by what is done to them, as many as fit; the others are counted."""
        # Whole lines alone: half of a code is none, and its words would act.
        room = limit - 2 * _FOR_A_NUMBER
        told = "".join(within((f"{harmless(line)}\n" for line in self.head(_NAMES)), room))
        room -= len(told.encode())
        by_kind = groupby(sorted(self.sections, key=lambda one: one.kind), key=lambda one: one.kind)
        names = [
            (", " if index else f"\n\n**{kind}**\n\n") + harmless(code(section.action.key))
            for kind, sections in by_kind
            for index, section in enumerate(sections)
        ]
        shown = within(names, room)
        told += "".join(shown)
        if len(shown) < len(names):
            more = assistants(len(names) - len(shown))
            told += f"\n\n… and {more} more, whose names do not fit here"
        return "".join(within([f"{told}\n"], limit))

    def head(self, detail: _Detail) -> Iterator[str]:
        """Yield the marker, the counts, the account, and what is left out."""
        environment, project = self._plan.target.environment, self._plan.target.project
        yield marker_of(self._view, environment, project)
        yield from (f"## {self._page.counts}", "")
        target, organization = target_of(self._plan)
        of = [f"{'commit' if self._view == 'diff' else 'account'} {name(target)}"]
        if environment is not None:
            of.insert(0, f"environment {name(environment)}")
        if project:
            of.insert(0, f"project {name(project)}")
        if organization:
            of.append(f"organization {name(organization)}")
        of += [] if self._view == "diff" else [f"profile {self._plan.target.profile}"]
        if self._plan.choices.base is not None:
            of.append(f"compared with commit {code(self._plan.choices.base[:12])}")
        yield _capital(f"{', '.join(of)}.")
        if self._view == "drift" and self._plan.has_drift:
            yield from ("", "`-` is what the definition states, `+` what the account has now.")
        for told in (self._page.overwritten, self._page.reported):
            yield from (["", f"**{sentence(told)}**"] if told else [])
        if detail.left_out:
            told = f"Shortened to fit here: {detail.left_out} left out. {self._whole()}"
            yield from ("", told)
        elif self._details_url:
            yield from ("", self._whole())
        yield from self._warnings(detail)

    def _whole(self) -> str:
        if self._details_url:
            return f"All of it: <{self._details_url}>"
        ref = f" {target_of(self._plan)[0]}" if self._view == "diff" else ""
        command = f"revox-sync {self._view}{options_of(self._plan)}{ref}"
        return f"{code(command)} shows all of it."

    def _warnings(self, detail: _Detail) -> Iterator[str]:
        """Yield first what needs attention before an apply, each with what allows it."""
        limit = _SHORT if detail.is_short else _LONG
        for warned in self._page.warnings:
            entries = [
                (f"{code(key)}: " if key is not None else "")
                + sentence(cut(text, limit) + cut(allow, limit))
                for key, text, allow in warned.entries
            ]
            yield from _titled(warned.heading, entries, _FEW if detail is _NAMES else None)
            yield from ("", warned.closing)

    def _remarks(self, detail: _Detail) -> Iterator[str]:
        """Yield diagnostics and notes."""
        told = [section.action for section in self.sections]
        notes: defaultdict[str, list[str]] = defaultdict(list)
        for action in told:
            for note in action.notes:
                notes[note].append(action.key)
        limit, most = (_SHORT, _FEW) if detail.is_short else (_LONG, None)
        yield from _titled("Diagnostics", list(self._diagnostics(limit)), most)
        remarks = [
            f"{some(map(code, keys), most)}: {sentence(cut(note, limit))}"
            for note, keys in notes.items()
        ]
        for heading, entries in self._page.remarks.items():
            remarks += [
                f"{heading}: {code(cut(fields, _SHORT))} in {some(map(code, keys), most)}"
                for fields, keys in entries.items()
            ]
        unjudged = self._page.unjudged
        remarks += [sentence(cut(unjudged, limit))] if unjudged else []
        yield from _titled("Notes", remarks, most)

    def _diagnostics(self, limit: int) -> Iterator[str]:
        for found, more in gathered(self._plan.diagnostics):
            hint = f"; help: {sentence(cut(found.hint, limit))}" if found.hint else ""
            message = sentence(cut(found.message, limit))
            where = name(str(found.location))
            others = f"; {more_like(more)}" if more else ""
            yield f"{where} {found.severity} {code(found.rule)}: {message}{hint}{others}"

    def _table(self, unseen: Counter[str]) -> Iterator[str]:
        """Yield a table: what changes in each assistant, in words, and how much is not shown."""
        if not self.sections:
            return
        what = "What differs" if self._view == "drift" else "What changes"
        yield from ("", f"| Assistant | Name | {what} |", "| --- | --- | --- |")
        for section in self.sections:
            action = section.action
            key = code(action.key, cell=True)
            named = name(section.name, cell=True)
            number = unseen[action.key]
            more = f"; **{_number(number)} not shown here**" if number else ""
            yield f"| {key} | {named} | {what_changes(action, self._view)}{more} |"
        yield ""

    def _section(self, section: Section, body: Iterable[str]) -> Iterator[str]:
        """Yield what is said of one assistant around its changes, besides the table."""
        action, kind = section.action, section.kind
        calls = "; ".join(f"{label}: {sentence(cut(text, _LONG))}" for label, text in section.calls)
        if not (section.parts or section.see or section.recreation or section.now or calls):
            return
        about = [""] if section.recreation else []
        about += [
            f"- {label}: {', '.join(map(name, names))}{ending}"
            for label, names, ending in section.recreation
        ]
        now = ["", f"{sentence(cut(section.now, _LONG))}."] if section.now else []
        if action.action == "create" or action.refused is not None:
            summary = f"<details><summary>{html_code(action.key)} {kind}</summary>"
            first = ["", f"{_capital(calls)}."] if calls else []
            yield from ("", summary, *first, "", *about, *body, *now, "", "</details>")
            return
        told = _capital(kind) + (f", {name(action.id)}" if action.id else "")
        yield from (
            "",
            f"### {code(action.key)} {name(action.name)}",
            "",
            f"{told}{section.see}{calls and f'; {calls}'}.",
        )
        yield from (*about, *body, *now)

    def _others(self, detail: _Detail) -> Iterator[str]:
        """Count the assistants that no definition describes, and name them where there is room."""
        found = self._plan.unmanaged
        if not found:
            return
        heading = self._page.unmanaged
        if detail.is_short or not self._unmanaged:
            way = "" if self._unmanaged else " (`--unmanaged` lists them)"
            yield from ("", f"{heading}{way}.")
            return
        yield from ("", f"<details><summary>{heading}</summary>", "")
        yield from (f"- {name(other.name)} {name(other.id)}" for other in found)
        yield from ("", "</details>")


def _alike(alike: Alike, body: Iterable[str]) -> Iterator[str]:
    """Yield what several assistants share, around its changes."""
    title = f"### [{alike.number}] Alike in {assistants(len(alike.actions))}"
    keys = ", ".join(code(one.key) for one in alike.actions)
    yield from ("", title, "", keys, "", *body)


def what_changes(action: Action, view: View) -> str:
    """Return what changes in an assistant, in words, what callers hear first."""
    kind = kind_of(action, view)
    if action.action != "replace" or action.refused is not None:
        if action.action == "unchanged" and action.refused is None and action.not_clearable:
            return f"cannot be cleared in place: {_fields(action.not_clearable)}"
        if action.action == "unchanged" and action.refused is None and action.reported:
            return f"{REPORTED}: {_fields(field_in(found.path) for found in action.reported)}"
        return "new" if kind == "create" else kind
    counts = Counter(change.field for change in sorted(action.changes, key=rank))
    words = [
        counted(count, "FAQ item") if field == "faq_items" else _fields([field])
        for field, count in counts.items()
    ]
    conflict = any(change.origin == "both" for change in action.changes)
    told = [some(words, _MOST_WORDS)] if words else []
    how = ["by a new assistant"] if action.recreate is not None and view == "plan" else []
    return ", ".join(["**conflict**"] * conflict + how + told)


def _fields(names: Iterable[str]) -> str:
    return ", ".join(code(field, cell=True) for field in dict.fromkeys(names))


def _titled(heading: str, entries: Sequence[str], most: int | None) -> Iterator[str]:
    if not entries:
        return
    yield from ("", f"### {heading}", "")
    yield from (f"- {entry}" for entry in entries[:most])
    if most is not None and len(entries) > most:
        yield f"- … and {len(entries) - most} more"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(count: int) -> str:
    return f"{counted(count, 'changed line')} or value{'s' * (count != 1)}"


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode(errors="replace")) + 1 for line in lines)


def _heading(part: Changes) -> Iterator[str]:
    if part.heading is not None:
        yield from ("", f"#### {_capital(part.heading)}", "")


def _entry(entry: AnyEntry, detail: _Detail, bullet: str = "- ") -> Iterator[str]:
    yield bullet + _title(entry)
    if isinstance(entry, GroupEntry):
        # A difference is a block of its own, which ends the list that it stands in.
        inner = "  - " if all(isinstance(one, ValueEntry) for one in entry.entries) else "- "
        for one in entry.entries:
            yield from _entry(one, detail, inner)
    elif isinstance(entry, TextEntry):
        lines = shortened(entry.lines, detail.context)
        yield from fenced([_line(line, detail.reach) for line in lines])
    elif _is_long(entry):
        names = THREE if len(entry.sides) > _BOTH else ("-", "+")
        told = [
            f" {label}: {side}" if len(entry.sides) > _BOTH else f"{label}{side}"
            for label, side in zip(names, entry.sides, strict=True)
        ]
        yield from fenced(told)


def _is_long(entry: ValueEntry) -> bool:
    return len(entry.sides) > 1 and sum(map(len, entry.sides)) > INLINE


def _title(entry: AnyEntry) -> str:
    """Return the line of an entry, with its values where they are short."""
    what = prose(entry.what) if entry.is_words else name(entry.what)
    if entry.is_words and not entry.what and not entry.lead:
        what = "(empty)"
    told = f"{entry.lead}{what}{entry.joint}"
    if isinstance(entry, ValueEntry) and entry.sides and not _is_long(entry):
        sides = [code(side) for side in entry.sides]
        if len(sides) > _BOTH:
            named = zip(THREE, sides, strict=True)
            told += " " + ", ".join(f"{label} {side}" for label, side in named)
        elif len(sides) == _BOTH:
            told += f" {sides[0]}{entry.between.replace('->', '→')}{sides[1]}"
        else:
            told += f" {entry.done}" * bool(entry.done) + f" {sides[0]}"
    return f"{told} {entry.remark}" if entry.remark else told


def _line(line: Line, reach: int) -> str:
    if line.mark == "skipped":
        return f"@@ {left_out(line)} @@"
    text = "".join(segment.text for segment in near(line, reach))
    return SIGNS[line.mark] + (ended(text) if line.is_change else text)


class _Fitted:
    """As many changes as fit into ``room`` bytes; by field, how many do not."""

    def __init__(self, parts: Sequence[Changes], detail: _Detail, room: int) -> None:
        self.lines: list[str] = []
        self.unseen: Counter[str] = Counter()
        self._detail = detail
        self._room = room - _FOR_A_NUMBER
        for part in parts:
            heading = list(_heading(part))
            for title, entries in part.groups:
                head = [*heading, ""]
                head += [f"**{title}**", ""] if len(part.groups) > 1 else []
                for entry in entries:
                    self._add(entry, entry.what, head)
                heading = heading if head else []

    def told(self) -> list[str]:
        """Return the lines, and how many others there are."""
        if not self.unseen:
            return self.lines
        fields = ", ".join(f"{name(what)} ({count})" for what, count in self.unseen.items())
        return [*self.lines, "", f"**{_number(self.unseen.total())} not shown here**: {fields}"]

    def _add(self, entry: AnyEntry, what: str, head: list[str]) -> None:
        """Add an entry, or what fits of it, below ``head``, which is empty once it is there."""
        # A line takes two bytes at least. Lines are made only where they may fit.
        may_fit = weight(entry) * 2 <= self._room
        if may_fit and self._takes(head, list(_entry(entry, self._detail))):
            return
        title_ = f"- {_title(entry)}"
        if isinstance(entry, GroupEntry):
            inner = [*head, title_]
            for one in entry.entries:
                self._add(one, what, inner)
            if not inner:
                head.clear()
        elif isinstance(entry, TextEntry):
            shown = _within(entry.lines, self._room - _size([*head, title_]) - 20)
            is_shown = bool(shown) and self._takes(head, [title_, *fenced(shown)])
            self.unseen[what] += weight(entry) - len(shown) * is_shown
        else:
            self.unseen[what] += 1

    def _takes(self, head: list[str], lines: Sequence[str]) -> bool:
        size = _size([*head, *lines])
        if size > self._room:
            return False
        self.lines += [*head, *lines]
        self._room -= size
        head.clear()
        return True


def _within(lines: Sequence[Line], room: int) -> list[str]:
    """Return as much of the changes as fits into ``room`` bytes."""
    changed = (visible(_line(line, _PART.reach)) for line in lines if line.is_change)
    return [line[:-1] for line in within((f"{line}\n" for line in changed), room)]
