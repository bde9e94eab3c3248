"""One value in the place of another, comments and style kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from revox_sync.authoring.editing.emit import Emitter, in_flow
from revox_sync.authoring.editing.entries import added_lines, removed_lines
from revox_sync.authoring.editing.layout import BLOCKS, Layout, Span, Unclear
from revox_sync.authoring.editing.scalars import inline, literal, relined
from revox_sync.authoring.editing.splices import Splice, in_lines
from revox_sync.definitions.yaml import Node, ScalarNode


def value_edits(
    layout: Layout,
    span: Span,
    node: Node,
    written: Any,
    emitter: Emitter,
    *,
    flow: bool,
    item: bool,
) -> Iterator[Splice]:
    """Yield the edits that put ``written`` in the place of a value.

    ``flow`` says that it stands within ``[]`` or ``{}``, ``item`` that it is one of a list.
    """
    style = node.style if type(node) is ScalarNode else None
    column = layout.column(span.entry)
    if flow or not isinstance(written, str | dict | list) or (item and _is_nested(written)):
        nested = isinstance(written, dict | list)
        head = (
            in_flow(written) if nested else inline(written, style, flow=flow, quoted=emitter.quoted)
        )
        yield from _replaced(layout, span, node, head, ())
    elif not isinstance(written, str):
        yield from _replaced(layout, span, node, *emitter.behind_key(written, column))
    elif style in BLOCKS and not emitter.quoted:
        yield from _reblocked(layout, span, node, written, column)
    elif "\n" in written and style != '"' and not emitter.quoted:
        block = literal(written, column + emitter.style.step, column)
        head, lines = block or (inline(written, '"', flow=False), [])
        yield from _replaced(layout, span, node, head, lines)
    else:
        head = inline(written, style, flow=False, quoted=emitter.quoted)
        yield from _replaced(layout, span, node, head, ())


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def _reblocked(
    layout: Layout, span: Span, node: Node, written: str, column: int
) -> Iterator[Splice]:
    old = layout.block(node)
    found = relined(old, written, node.value, column) or literal(
        written, old.indent or column + 2, column
    )
    if found is None:
        yield from _replaced(layout, span, node, inline(written, '"', flow=False), ())
        return
    header, lines = found
    if header != old.header:
        yield Splice(old.start, old.start + len(old.header), header)
    if old.lines:
        yield from in_lines(old.begin, old.lines, lines)
    else:
        yield added_lines(layout, old.start, lines)


def _replaced(
    layout: Layout, span: Span, node: Node, head: str, lines: Sequence[str]
) -> Iterator[Splice]:
    """Yield the edits that put ``head`` behind the key, or dash, and lines below it."""
    if span.end == span.after:
        yield Splice(span.after, span.after, f" {head}" if head else "")
        if lines:
            yield added_lines(layout, span.after, lines)
        return
    start = layout.bare(node)
    own_line = type(node) is ScalarNode and bool(head) and not lines
    if own_line or "\n" not in layout.text[span.after : start]:
        if type(node) is ScalarNode and node.style in BLOCKS:
            comment = layout.block(node).comment
            head = f"{head} {comment}" if comment else head
        bare = span.after if not head and start == span.value else start
        yield Splice(bare, span.end, head)
    else:
        if start != span.value:
            raise Unclear
        if head:
            yield Splice(span.after, span.after, f" {head}")
        yield removed_lines(layout, start, span.end)
    if lines:
        yield added_lines(layout, span.end, lines)
