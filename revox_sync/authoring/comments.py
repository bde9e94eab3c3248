"""Open questions as comments in a definition: FAQ entries that wait for an answer.

Whoever answers one takes its ``#`` away and writes between the quotes. Nothing else of the file is
touched, and each question is written once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from revox_sync.authoring.edit import Spots, place_of
from revox_sync.authoring.emit import UNWRITABLE, in_flow, is_plain
from revox_sync.authoring.layout import Layout, NotEditable, Splice, unended
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.places import Composed
from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import MappingNode, SequenceNode, compose
from revox_sync.model.likeness import same_question
from revox_sync.records import dataclass

_FAQ = "faq_items"
#: The lines above entries that stand in no list.
_BELOW = f"# to be answered in {_FAQ}:"
_ABSENT = f"# {_FAQ}:"
_WHOLE = f"# {_FAQ}:  # the whole FAQ: what the account has and this leaves out is removed"
_HEADS = frozenset((_BELOW, _ABSENT, _WHOLE))

_ASKED = re.compile(r"#[#\s]*(?:-\s*)?(?:\{\s*)?question:\s*(.+)")
#: An entry as it is written here, and as nobody touched it since.
_ENTRY = re.compile(r'[ ]*(#[ ]+- question: .+)\n[ ]*#[ ]+answer: ""[ ]*(?:\n|$)')
_SOME = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What callers asked an assistant: ``waiting`` for an answer, as a definition would state it.

    ``answered`` are the questions that either side answers. ``has_answers`` says whether the
    account's FAQ holds any.
    """

    waiting: Sequence[str]
    answered: Collection[str]
    has_answers: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """How a definition's own file is edited: which questions come, and how many go."""

    splices: tuple[Splice, ...] = ()
    added: tuple[str, ...] = ()
    removed: int = 0


def noted(composed: Composed, composer: Composer, asked: Asked) -> Noted:
    """Return the edits that note open questions in a definition.

    A question that is in a comment already is not noted again. One that was answered is removed,
    unless somebody began to answer it in the comment. Raises NotEditable if the FAQ stands
    elsewhere.
    """
    spots = Spots(composed, composer)
    layout = spots.layout(composed.places[()][0])
    there = set(_in_comments(layout))
    inner = spots.included((_FAQ,)) if (_FAQ,) in composed.places else None
    if inner is not None:
        there.update(_in_comments(spots.layout(inner)))
    waiting = (UNWRITABLE.sub("\ufffd", question) for question in asked.waiting)
    new = {
        known: question
        for question in waiting
        if question.strip() and (known := same_question(question)) not in there
    }
    added: list[Splice] = []
    if new:
        try:
            added = [_added(spots, layout, asked, list(new.values()))]
            if added[0].start == len(layout.text):
                added += unended(layout)
        except NotEditable as found:
            raise NotEditable(found.message, _there(list(new.values()))) from None
    gone = list(_answered(layout, asked, keeps_heads=bool(added)))
    return Noted((*gone, *added), tuple(new.values()), len(gone))


def _in_comments(layout: Layout) -> Iterator[str]:
    """Yield the questions in a file's comments, as they are compared."""
    for comment in layout.comments(0, len(layout.text)):
        for question in _question_in(comment):
            yield same_question(question)


def _question_in(comment: str) -> Iterator[str]:
    found = _ASKED.match(comment)
    if found is None:
        return
    try:
        root = compose(f"question: {found[1]}\n")
    except Unusable:
        return
    value = root.value[0][1].value if type(root) is MappingNode else None
    if isinstance(value, str):
        yield value


def _answered(layout: Layout, asked: Asked, *, keeps_heads: bool) -> Iterator[Splice]:
    """Yield the edits that remove entries whose questions were answered elsewhere."""
    known = set(map(same_question, asked.answered)) - set(map(same_question, asked.waiting))
    entries = {
        found.start(): found
        for found in _ENTRY.finditer(layout.text)
        if len(layout.comments(found.start(), found.end())) == len(("question", "answer"))
    }
    gone = {
        start: found.end()
        for start, found in entries.items()
        if any(same_question(one.replace("$${", "${")) in known for one in _question_in(found[1]))
    }
    for start, end in gone.items():
        above, last = layout.line_start(max(start - 1, 0)), end
        while last in gone:
            last = gone[last]
        headed = layout.text[above:start].strip() in _HEADS
        takes_head = headed and last not in entries and not keeps_heads
        yield Splice(above if takes_head else start, end, "")


def _added(spots: Spots, layout: Layout, asked: Asked, new: Sequence[str]) -> Splice:
    """Return the edit that adds questions; raises NotEditable if the FAQ stands elsewhere."""
    spot = spots.find((_FAQ,)) if (_FAQ,) in spots.places else None
    if spot is not None and (inner := spots.included((_FAQ,))) is not None:
        raise NotEditable(f"it is included from {inner.file}")
    if layout.is_flow(layout.root):
        return _put(layout, len(layout.text), 0, _BELOW, new)
    if spot is None:
        extents = layout.extents(layout.root)
        at = layout.next_line(extents[place_of((), _FAQ, layout.root)].end)
        head = _WHOLE if asked.has_answers else _ABSENT
        return _put(layout, at, layout.column(extents[0].entry), head, new, inner=2)
    is_list = type(spot.node) is SequenceNode and spot.alias is None
    if is_list and not layout.is_flow(spot.node):
        items = layout.extents(spot.node)
        column = layout.column(items[0].entry)
        return _put(layout, layout.next_line(items[-1].end), column, None, new)
    column = layout.column(spot.extent.entry) + 2
    return _put(layout, layout.next_line(spot.extent.end), column, _BELOW, new)


def _there(new: Sequence[str]) -> str:
    some = "; ".join(map(in_flow, new[:_SOME]))
    more = f" and {len(new) - _SOME} more" if len(new) > _SOME else ""
    return f"answer the open questions there: {some}{more}"


def _put(
    layout: Layout,
    at: int,
    column: int,
    head: str | None,
    questions: Sequence[str],
    *,
    inner: int = 0,
) -> Splice:
    """Return entries at the beginning of a line, below those that stand there already."""
    margin, inside = " " * column, " " * (inner + 1)
    line = layout.text[at : layout.line_end(at)].strip()
    if line in _HEADS:
        head, at = None, layout.next_line(at)
    while found := _ENTRY.match(layout.text, at):
        at = found.end()
    lines = [] if head is None else [f"{margin}{head}"]
    for question in questions:
        written = question if is_plain(question) else in_flow(question)
        lines += [f"{margin}#{inside}- question: {written}", f'{margin}#{inside}  answer: ""']
    text = "".join(f"{line}\n" for line in lines)
    if at and layout.text[at - 1] != "\n":
        text = f"\n{text}"[:-1]
    return Splice(at, at, text)
