"""Entries of a collection put in and taken out: members of a mapping, items of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise

from revox_sync.authoring.editing.layout import BLOCKS, Layout, Span, Unclear
from revox_sync.authoring.editing.splices import Splice
from revox_sync.definitions.yaml import MappingNode, Node, ScalarNode

#: New entries by the index of the one behind which they stand; -1 stands for the front.
Added = Mapping[int, Sequence[str]]


def block_edits(layout: Layout, node: Node, removed: Set[int], added: Added) -> Iterator[Splice]:
    """Yield the edits of a collection in block style; each new entry is given as whole lines.

    An entry that is taken out goes with its lines; comments above it stay.
    """
    spans = layout.spans(node)
    inline = bool(layout.text[layout.line_start(spans[0].entry) : spans[0].entry].strip(" "))
    if inline and (0 in removed or -1 in added):
        if -1 in added:
            raise Unclear
        yield _first_removed(layout, spans, removed)
        removed = {index for index in removed if index > _run(removed)}
    for index in sorted(removed):
        yield removed_lines(layout, layout.line_start(spans[index].entry), spans[index].end)
    for index, entries in added.items():
        if index < 0:
            start = layout.line_start(spans[0].entry)
            yield Splice(start, start, "".join(f"{entry}\n" for entry in entries))
        else:
            yield added_lines(layout, spans[index].end, entries)
            yield from _closed(layout, node, index)


def _closed(layout: Layout, node: Node, index: int) -> Iterator[Splice]:
    """Keep a text at the very end of a file as it is, when its last line gets a line end."""
    text = layout.text
    if text.endswith("\n") or layout.line_end(layout.spans(node)[index].end) < len(text):
        return
    last: Node = node
    while type(last) is not ScalarNode:
        at = index if last is node else -1
        if not last.value or layout.is_flow(last) or layout.spans(last)[at].alias:
            return
        last = last.value[at][1] if type(last) is MappingNode else last.value[at]
    if last.style in BLOCKS and "-" not in (header := layout.block(last).header):
        start = layout.bare(last)
        yield Splice(start, start + len(header), f"{header.replace('+', '')}-")


def removed_lines(layout: Layout, start: int, end: int) -> Splice:
    """Return the edit that takes out the lines from the one at ``start`` to that of ``end``."""
    begin, end = layout.line_start(start), layout.line_end(end)
    if end < len(layout.text):
        return Splice(begin, end + 1, "")
    return Splice(max(begin - 1, 0), end, "")


def added_lines(layout: Layout, index: int, lines: Sequence[str]) -> Splice:
    """Return the edit that puts lines below the line of ``index``."""
    end = layout.line_end(index)
    if end < len(layout.text):
        return Splice(end + 1, end + 1, "".join(f"{line}\n" for line in lines))
    return Splice(end, end, "".join(f"\n{line}" for line in lines))


def _run(removed: Set[int]) -> int:
    """Return the index of the last entry of those that are taken out in front."""
    last = 0
    while last + 1 in removed:
        last += 1
    return last


def _first_removed(layout: Layout, spans: Sequence[Span], removed: Set[int]) -> Splice:
    """Take out the first members of a mapping that begins in the line of a dash."""
    after = _run(removed) + 1
    if after >= len(spans):
        raise Unclear
    _check_between(layout, spans, 0, after)
    return Splice(spans[0].entry, spans[after].entry, "")


def _check_between(layout: Layout, spans: Sequence[Span], first: int, last: int) -> None:
    """Raise Unclear where a comment stands between two entries that are to go, or to meet."""
    for one, other in pairwise(spans[first : last + 1]):
        if "#" in layout.text[one.end : other.entry]:
            raise Unclear


def flow_edits(layout: Layout, node: Node, removed: Set[int], added: Added) -> Iterator[Splice]:
    """Yield the edits of a collection with ``[]`` or ``{}``; its new entries are texts."""
    spans = layout.spans(node)
    kept = [index for index in range(len(spans)) if index not in removed]
    if not kept:
        everything = [entry for index in sorted(added) for entry in added[index]]
        begin, end = (spans[0].entry, spans[-1].end) if spans else (layout.bare(node) + 1,) * 2
        _check_between(layout, spans, 0, len(spans) - 1)
        yield Splice(begin, end, ", ".join(everything))
        return
    for index in sorted(removed):
        if index > kept[0]:
            _check_between(layout, spans, index - 1, index)
            yield Splice(spans[index - 1].end, spans[index].end, "")
        else:
            _check_between(layout, spans, index, index + 1)
            yield Splice(spans[index].entry, spans[index + 1].entry, "")
    for index, entries in added.items():
        before = [number for number in kept if number <= index]
        if before:
            yield from _behind(layout, spans[before[-1]], entries)
        else:
            start = spans[kept[0]].entry
            yield Splice(start, start, "".join(f"{entry}, " for entry in entries))


def _behind(layout: Layout, span: Span, entries: Sequence[str]) -> Iterator[Splice]:
    """Yield the edits that put entries behind another, on lines of their own where that is."""
    text = layout.text
    start = layout.line_start(span.entry)
    margin, rest = text[start : span.entry], text[span.end : layout.line_end(span.end)]
    if margin.strip(" ") or start == 0:
        yield Splice(span.end, span.end, "".join(f", {entry}" for entry in entries))
        return
    rest, _, comment = rest.partition("#")
    if rest.strip(" ,"):
        yield Splice(span.end, span.end, "".join(f",\n{margin}{entry}" for entry in entries))
    elif "," in rest:
        yield added_lines(layout, span.end, [f"{margin}{entry}," for entry in entries])
    elif comment:
        yield Splice(span.end, span.end, ",")
        lines = [f"{margin}{entry}," for entry in entries]
        yield added_lines(layout, span.end, [*lines[:-1], lines[-1].removesuffix(",")])
    else:
        yield Splice(span.end, span.end, "".join(f",\n{margin}{entry}" for entry in entries))
