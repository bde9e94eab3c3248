"""Where the parts of a file stand, and edits of its bytes.

Whoever reads a file drops its byte order mark and makes every line end ``\\n``; places are offsets
into that text. The parser's marks leave something open: those of block collections and block texts
run on through blank lines and comments, and an alias has those of its anchor. A ``Layout`` gives
for each entry of a collection where it begins, where its value begins, and where its content ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from revox_sync.authoring.emit import behind, in_flow, item, member
from revox_sync.definitions.problem import Location, Problem, Unusable
from revox_sync.definitions.yaml import MappingNode, Node, ScalarNode, SequenceNode, mark, nodes
from revox_sync.model.path import Path
from revox_sync.records import dataclass

_WIDEST_INDENT = 9  # YAML states it in one digit

_LINE_END = re.compile(r"\r\n|\r|\n")
_BOM = "\ufeff"
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:[ \t]+|(?=\n)|$))+")
_BLANK = re.compile(r"(?:#[^\n]*+|[ \t\n])*+")
_COLON = re.compile(r"(?:#[^\n]*+|[ \t\n])*+:")
_ALIAS = re.compile(r"(?:[ \t\n]#[^\n]*+|[ \t\n])*+(\*[^\s,\[\]{}]+)")
_HEADER = re.compile(r"[|>][+-]?[1-9]?[+-]?")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\n]*", re.MULTILINE)


class NotEditable(Unusable):
    """A value cannot be edited where it stands; ``hint`` says what to do."""

    def __init__(
        self,
        why: str = "it is written in a way that is not edited",
        hint: str | None = "write it by hand",
    ) -> None:
        super().__init__("not-editable", why, hint)

    def at(self, path: Path, location: Location) -> Problem:
        """Return the problem of the value at ``path``, which is written at ``location``."""
        return Problem(self.rule, self.message, self.hint, location=location, path=path)


@dataclass(frozen=True, slots=True)
class Splice:
    """Replaces what stands from ``start`` to ``end`` by ``text``."""

    start: int
    end: int
    text: str


def edited(data: bytes, splices: Iterable[Splice]) -> bytes:
    """Return a UTF-8 file with these edits.

    Byte order mark and line ends stay; new lines end as most others of the file do. Raises
    NotEditable where two edits meet in one place.
    """
    raw = data.decode()
    ends = list(_LINE_END.finditer(raw))
    raw_starts, starts = [len(_BOM) if raw.startswith(_BOM) else 0], [0]
    for found in ends:
        starts.append(starts[-1] + found.start() - raw_starts[-1] + 1)
        raw_starts.append(found.end())
    used = Counter(found[0] for found in ends).most_common(1)
    line_end = used[0][0] if used else "\n"

    def offset(index: int) -> int:
        line = bisect_right(starts, index) - 1
        return raw_starts[line] + index - starts[line]

    parts: list[str] = []
    at = 0
    for splice in sorted(splices, key=lambda found: (found.start, found.end)):
        if offset(splice.start) < at:
            raise NotEditable
        parts += (raw[at : offset(splice.start)], splice.text.replace("\n", line_end))
        at = offset(splice.end)
    return "".join([*parts, raw[at:]]).encode()


@dataclass(frozen=True, slots=True)
class Extent:
    """One entry of a collection.

    It begins at ``entry`` with its key or dash, in ``[]`` with itself; ``after`` is where its key
    and colon, or its dash, end. The value stands from ``value`` to ``end``, anchor and tag
    included; both are ``after`` where nothing is written. ``alias`` says that it is ``*name``.
    """

    entry: int
    after: int
    value: int
    end: int
    alias: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A literal or folded text: its ``header``, and its lines from ``begin`` to ``end``.

    ``indent`` is how far the lines are indented, 0 where there are none.
    """

    header: str
    begin: int
    end: int
    indent: int


class Layout:
    """The layout of one file's nodes; ``text`` is what they were composed from.

    ``scalars`` are all of them, keys included, in no order.
    """

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self.root = root
        self._extents: dict[int, list[Extent]] = {}
        self._shared: set[int] = set()
        self.scalars: list[ScalarNode] = []
        seen: set[int] = set()
        for node in nodes(root):
            if id(node) in seen:
                self._shared.add(id(node))
            elif type(node) is ScalarNode:
                self.scalars.append(node)
            seen.add(id(node))

    def is_shared(self, node: Node) -> bool:
        """Whether ``node`` has an anchor that something else refers to."""
        return id(node) in self._shared

    def is_flow(self, node: Node) -> bool:
        """Whether a collection is written with ``{}`` or ``[]``."""
        return self.text[self.bare(node)] in "{["

    def bare(self, node: Node) -> int:
        """Return where a node begins, without its anchor and tag."""
        found = _PROPERTIES.match(self.text, mark(node))
        return mark(node) if found is None else self._past_blank(found.end())

    def column(self, index: int) -> int:
        """Return how far to the right of the margin ``index`` is."""
        return index - self.line_start(index)

    def line_start(self, index: int) -> int:
        """Return where the line of ``index`` begins."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Return where the line of ``index`` ends, before its line end."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found

    def next_line(self, index: int) -> int:
        """Return where the line below that of ``index`` begins, or the text ends."""
        return min(self.line_end(index) + 1, len(self.text))

    def past_remarks(self, end: int, column: int) -> int:
        """Return where an entry ends whose last line does: comments further right go with it.

        Behind a text of several lines they would become a part of that.
        """
        at = end
        while at < len(self.text):
            begin, at = at, self.next_line(at)
            line = self.text[begin:at]
            if line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) > column:
                end = at
            elif line.strip():
                break
        return end

    def comments(self, start: int, end: int) -> list[str]:
        """Return the comments from ``start`` to ``end``, in order."""
        if "#" not in self.text[start:end]:
            return []
        solid = []
        for node in self.scalars:
            if mark(node) < end and node.end_mark.index > start:
                block = self.block(node)
                solid.append((block.begin, block.end) if block else (mark(node), self.end(node)))
        comments = []
        at = start
        while found := _COMMENT.search(self.text, at, end):
            at = next((stop for begin, stop in solid if begin <= found.start() < stop), 0)
            if not at:  # a text may hold what looks like one, and have one behind it
                at = found.end()
                comments.append(found[0].rstrip())
        return comments

    def extents(self, node: Node) -> list[Extent]:
        """Return the entries of a mapping or list, in order."""
        found = self._extents.get(id(node))
        if found is None:
            found = self._pairs(node) if type(node) is MappingNode else self._items(node)
            self._extents[id(node)] = found
        return found

    def end(self, node: Node) -> int:
        """Return where the content of a node ends."""
        block = self.block(node)
        if block is not None:
            return block.end
        if type(node) is ScalarNode or self.is_flow(node):
            return int(node.end_mark.index)
        return self.extents(node)[-1].end

    def block(self, node: Node) -> Block | None:
        """Return how a literal or folded text is written; None for any other node."""
        if type(node) is not ScalarNode or node.style not in ("|", ">"):
            return None
        start = self.bare(node)
        header = _HEADER.match(self.text, start)
        if header is None:
            raise NotEditable
        begin = self.next_line(start)
        lines = self.text[begin : int(node.end_mark.index)].split("\n")
        indent = _first_indent(lines) - _first_indent(node.value.split("\n"))
        if not lines[-1]:  # what follows the last line end
            lines.pop()
        while lines and "+" not in header[0] and len(lines[-1]) <= indent:  # blank
            lines.pop()
        end = begin + len("\n".join(lines)) if lines else header.end()
        return Block(header[0], begin, end, indent if lines else 0)

    def _pairs(self, node: Node) -> list[Extent]:
        found = []
        for key, value in node.value:
            if type(key) is not ScalarNode or self.text.startswith("?", self._before(mark(key))):
                raise NotEditable
            colon = _COLON.match(self.text, int(key.end_mark.index))
            if colon is None:
                raise NotEditable
            found.append(self._extent(mark(key), colon.end(), value))
        return found

    def _items(self, node: Node) -> list[Extent]:
        flow = self.is_flow(node)
        at = self.bare(node) + flow
        found = []
        for value in node.value:
            entry = self._past_blank(at)
            if flow:
                extent = self._extent(entry, entry, value)
                at = self._past_comma(extent.end)
            else:
                if not self.text.startswith("-", entry):
                    raise NotEditable
                extent = self._extent(entry, entry + 1, value)
                at = extent.end
            found.append(extent)
        return found

    def _extent(self, entry: int, after: int, value: Node) -> Extent:
        if mark(value) == int(value.end_mark.index):  # nothing is written there
            return Extent(entry, after, after, after)
        if mark(value) < after:
            alias = _ALIAS.match(self.text, after)
            if alias is None:
                raise NotEditable
            return Extent(entry, after, alias.start(1), alias.end(), alias=True)
        return Extent(entry, after, mark(value), self.end(value))

    def _past_comma(self, at: int) -> int:
        at = self._past_blank(at)
        return at + 1 if self.text.startswith(",", at) else at

    def _past_blank(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _before(self, index: int) -> int:
        """Return the last character before ``index`` that is no space."""
        return max(len(self.text[:index].rstrip(" \t")) - 1, 0)


def _first_indent(lines: list[str]) -> int:
    """Return how far the first line that is not blank is indented."""
    first = next((line for line in lines if line.strip(" ")), "")
    return len(first) - len(first.lstrip(" "))


# Splices. No comment is lost: what goes leaves its comments behind, in lines of their own.


def replaced(
    layout: Layout, holder: Node, extent: Extent, node: Node, written: Any
) -> Iterator[Splice]:
    """Replace the value of one entry of ``holder`` by ``written``."""
    column = layout.column(extent.entry)
    old = layout.block(node)
    lines: list[str] = []
    if layout.is_flow(holder) or (
        type(holder) is SequenceNode and isinstance(written, dict | list)
    ):
        head = in_flow(written)
    else:
        margin = old.indent if old and 0 < old.indent - column <= _WIDEST_INDENT else None
        head, lines = behind(written, column, margin)
        below = layout.next_line(extent.end)
        remarks = old is None and layout.past_remarks(below, column) > below
        blanks = "+" in head and not (old and "+" in old.header)
        if lines and isinstance(written, str) and (remarks or blanks):
            head, lines = in_flow(written), []  # what follows would be the text's
    start = layout.bare(node)
    if old is not None:
        yield Splice(start, start + len(old.header), head)
        below = layout.line_end(start)
        yield Splice(below, max(below, old.end), "".join(f"\n{line}" for line in lines))
    elif type(node) is ScalarNode or layout.is_flow(node):
        yield from _in_place(layout, extent, start, head, lines)
    else:
        yield from _in_lines(layout, extent, start, head, lines)


def _in_place(
    layout: Layout, extent: Extent, start: int, head: str, lines: Sequence[str]
) -> Iterator[Splice]:
    """Replace a value that begins and ends anywhere in its line, or that is not written at all."""
    is_free = not layout.text[extent.after : start].strip(" \n")
    if extent.end == extent.after or (lines and is_free):
        yield Splice(extent.after, extent.end, f" {head}" if head else "")
    else:
        yield Splice(start, extent.end, head)
    yield from _above(layout, extent.entry, layout.comments(start, extent.end))
    yield from _below(layout, extent.end, lines)


def _in_lines(
    layout: Layout, extent: Extent, start: int, head: str, lines: Sequence[str]
) -> Iterator[Splice]:
    """Replace members or items that have lines of their own; comments between them stay."""
    if start != extent.value or "\n" not in layout.text[extent.after : start]:
        raise NotEditable
    margin = " " * layout.column(extent.entry)
    remarks = layout.comments(layout.line_start(start), layout.line_end(extent.end))
    yield Splice(extent.after, extent.after, f" {head}" if head else "")
    yield _instead(layout, start, extent.end, [*lines, *(margin + r for r in remarks)])


#: A member's name, None for an item of a list; and its value as it is to be written.
Entry = tuple[str | None, Any]


def entries(
    layout: Layout, holder: Node, gone: Sequence[int], added: Mapping[int, Sequence[Entry]]
) -> Iterator[Splice]:
    """Remove entries of a mapping or list, and insert others after those of the given indices.

    ``gone`` is in order; -1 in ``added`` is the front.
    """
    extents = layout.extents(holder)
    if layout.is_flow(holder):
        texts = {
            index: [
                in_flow(value) if name is None else f"{in_flow(name)}: {in_flow(value)}"
                for name, value in new
            ]
            for index, new in added.items()
        }
        yield from _flow_entries(layout, extents, gone, texts)
        return
    column = layout.column(extents[0].entry)
    yield from _taken_out(layout, extents, gone)
    for index, new in added.items():
        lines = [
            line
            for name, value in new
            for line in (item(value, column) if name is None else member(name, value, column))
        ]
        if index >= 0:
            end = layout.past_remarks(layout.next_line(extents[index].end), column)
            yield from _below(layout, max(extents[index].end, end - 1), lines)
        else:
            start = _own_line(layout, extents[0].entry)
            yield Splice(start, start, "".join(f"{line}\n" for line in lines))


def refilled(layout: Layout, items: Sequence[Any]) -> Splice:
    """Replace all items of the list that is the whole file."""
    start = _own_line(layout, layout.bare(layout.root))
    end = layout.line_end(layout.end(layout.root))
    lines = [line for value in items for line in item(value, 0)] or ["[]"]
    return _instead(layout, start, end, [*lines, *layout.comments(start, end)])


def _flow_entries(
    layout: Layout,
    extents: Sequence[Extent],
    gone: Sequence[int],
    added: Mapping[int, Sequence[str]],
) -> Iterator[Splice]:
    kept = [index for index in range(len(extents)) if index not in gone]
    if not kept:
        start, end = extents[0].entry, extents[-1].end
        yield from _above(layout, start, layout.comments(start, end))
        yield Splice(start, end, ", ".join(new for index in sorted(added) for new in added[index]))
        return
    for index in gone:
        start, end = extents[index].entry, extents[min(index + 1, len(extents) - 1)].entry
        if index > kept[0]:
            start, end = extents[index - 1].end, extents[index].end
        yield Splice(start, end, "")
        yield from _above(layout, extents[0].entry, layout.comments(start, end))
    for index, texts in added.items():
        before = [extents[number].end for number in kept if number <= index]
        at = before[-1] if before else extents[kept[0]].entry
        yield Splice(at, at, "".join(f", {new}" if before else f"{new}, " for new in texts))


def _taken_out(layout: Layout, extents: Sequence[Extent], gone: Sequence[int]) -> Iterator[Splice]:
    first = extents[0].entry
    rest = list(gone)
    if rest[:1] == [0] and layout.text[layout.line_start(first) : first].strip(" "):
        after = next(index for index in range(len(extents) + 1) if index not in rest)
        if after == len(extents):
            raise NotEditable
        rest = [index for index in rest if index > after]
        yield from _above(layout, first, layout.comments(first, extents[after].entry))
        yield Splice(first, extents[after].entry, "")
    for index in rest:
        begin, end = _own_line(layout, extents[index].entry), layout.line_end(extents[index].end)
        margin = " " * layout.column(extents[index].entry)
        yield _instead(layout, begin, end, [margin + r for r in layout.comments(begin, end)])


def _above(layout: Layout, index: int, comments: Sequence[str]) -> Iterator[Splice]:
    """Insert comments in lines above that of ``index``, with its indentation."""
    start = layout.line_start(index)
    line = layout.text[start : layout.line_end(start)]
    margin = line[: len(line) - len(line.lstrip(" "))]
    for comment in comments:
        yield Splice(start, start, f"{margin}{comment}\n")


def _own_line(layout: Layout, index: int) -> int:
    """Return where the line of an entry begins; raises NotEditable if something precedes it."""
    start = layout.line_start(index)
    if layout.text[start:index].strip(" "):
        raise NotEditable
    return start


def _instead(layout: Layout, start: int, end: int, lines: Sequence[str]) -> Splice:
    """Replace the lines from that of ``start`` to that of ``end``."""
    begin, stop = layout.line_start(start), layout.line_end(end)
    if stop == len(layout.text):
        return Splice(begin if lines else max(begin - 1, 0), stop, "\n".join(lines))
    return Splice(begin, stop + 1, "".join(f"{line}\n" for line in lines))


def _below(layout: Layout, index: int, lines: Sequence[str]) -> Iterator[Splice]:
    """Insert lines below the line of ``index``."""
    end = layout.line_end(index)
    if not lines:
        return
    if end < len(layout.text):
        yield Splice(end + 1, end + 1, "".join(f"{line}\n" for line in lines))
        return
    yield Splice(end, end, "".join(f"\n{line}" for line in lines))
    yield from unended(layout)


def unended(layout: Layout) -> Iterator[Splice]:
    """Keep a text that ends with the file, and so has no final line end, as it is.

    What is added below it would give it one.
    """
    for node in layout.scalars:
        block = layout.block(node)
        if block and block.end == len(layout.text) and "-" not in block.header:
            start = layout.bare(node)
            header = block.header.replace("+", "")
            yield Splice(start, start + len(block.header), f"{header}-")
