"""A definition in canonical order and layout, with all its comments and the same meaning.

Members stand in the order in which ``pull`` writes them, blank lines come singly, and no line ends
with a space. A member moves with its lines as they are, and with the comments right above it; what
stands at the top of the file, before a blank line, stays there. How a value is written is its
author's choice.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from revox_sync.authoring.edit import fact_at, order_at
from revox_sync.authoring.layout import Layout, NotEditable, edited, unended
from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    compose,
    mark,
    scalar,
)
from revox_sync.model.path import Path
from revox_sync.model.shapes import ListOf

_MODELINE = "# yaml-language-server:"
_DASH = re.compile(r" *(?:- +)+")


def canonical(text: str) -> str:
    """Return the text of a definition in canonical form.

    Raises Unusable where it is no sound YAML, is written in a way that is not edited, or would come
    to mean something else.
    """
    made, meaning = text, _meaning(text)
    try:
        if not text.endswith("\n") and (root := compose(text)) is not None:
            made = edited(text.encode(), unended(Layout(text, root))).decode() + "\n"
        # Each round puts one mapping in order, the outermost first; a file has few of them.
        while (ordered := _one_in_order(made)) is not None:
            made = ordered
        made = _tidy(made)
        stays = _meaning(made) == meaning
    except NotEditable:
        raise
    except Unusable:  # an alias came before its anchor
        stays = False
    if not stays:
        raise NotEditable("in canonical order it would come to mean something else")
    if _comments(made) != _comments(text):
        raise NotEditable("in canonical order it would lose a comment")
    return made


def _one_in_order(text: str) -> str | None:
    """Return the text with one more mapping in order; None if all of them are."""
    root = compose(text)
    if root is None:
        return None
    layout = Layout(text, root)
    for node, order in _mappings(layout, root):
        names = [key.value for key, _ in node.value]
        wanted = sorted(range(len(names)), key=lambda at: _rank(names[at], order))
        if wanted != sorted(wanted) and (found := _reordered(layout, node, wanted)) is not None:
            return found
    return None


def _rank(name: str, order: Sequence[str]) -> int:
    """Return where a member belongs: merged ones first, unknown ones last."""
    if name == "<<":
        return -1
    return order.index(name) if name in order else len(order)


def _mappings(layout: Layout, node: Node, path: Path = ()) -> Iterator[tuple[Node, Sequence[str]]]:
    """Yield every mapping in lines of its own whose members have an order, with that order."""
    order = order_at(path)
    if type(node) is SequenceNode and isinstance(fact_at(path).shape, ListOf):
        for index, item in enumerate(node.value):
            yield from _mappings(layout, item, (*path, index))
    elif order and type(node) is MappingNode and node.value and not layout.is_flow(node):
        yield node, order
        for key, value in node.value:
            yield from _mappings(layout, value, (*path, key.value))


def _reordered(layout: Layout, node: Node, wanted: Sequence[int]) -> str | None:
    """Return the text with the members of ``node`` in the order ``wanted``.

    None where one of them stands behind something else in its line; the first may stand behind the
    dash of its item, which stays where it is.
    """
    text, extents = layout.text, layout.extents(node)
    first = extents[0].entry
    column = layout.column(first)
    leads = [text[layout.line_start(extent.entry) : extent.entry] for extent in extents]
    dash = leads[0] if _DASH.fullmatch(leads[0]) else ""
    if any(lead.strip(" ") for lead in (leads[1:] if dash else leads)):
        return None
    begins = [layout.line_start(first) if dash else _begin_of(layout, first, 0, column)]
    for before, extent in pairwise(extents):
        begins.append(_begin_of(layout, extent.entry, layout.next_line(before.end), column))
    ends = [*begins[1:], layout.past_remarks(layout.next_line(extents[-1].end), column)]
    parts = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    parts = [part if part.endswith("\n") else f"{part}\n" for part in parts]
    if dash:
        parts[0] = " " * len(dash) + parts[0][len(dash) :]
    body = "".join(parts[at] for at in wanted).lstrip("\n")
    if dash:
        body = dash + body.lstrip(" \n")
    return text[: begins[0]] + body + text[ends[-1] :]


def _begin_of(layout: Layout, entry: int, least: int, column: int) -> int:
    """Return where a member begins, including the comments that belong to it.

    Those right above it do. After another member, which ends at ``least``, so do comments before a
    blank line, unless they are further to the right.
    """
    begin = layout.line_start(entry)
    while begin > least:
        start = layout.line_start(begin - 1)
        line = layout.text[start : begin - 1]
        bare = line.lstrip(" ")
        is_own = bare.startswith("#") and len(line) - len(bare) <= column
        if bare.startswith(_MODELINE) or not (is_own or (least and not bare)):
            break
        begin = start
    return begin


def _tidy(text: str) -> str:
    """Return the text without spaces at line ends and double blank lines, outside of texts."""
    root = compose(text)
    solid = [] if root is None else sorted(_texts(Layout(text, root)))
    lines: list[str] = []
    at = 0
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        is_text = any(begin < end and at < stop for begin, stop in solid)
        kept = line if is_text else line.rstrip(" \t\n") + "\n"
        if is_text or kept != "\n" or (lines and lines[-1] != "\n"):
            lines.append(kept)
        at = end
    while lines and lines[-1] == "\n" and not (solid and solid[-1][1] >= len(text)):
        lines.pop()
    return "".join(lines)


def _texts(layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield begin and end of every text that takes several lines."""
    for node in layout.scalars:
        end, block = layout.end(node), layout.block(node)
        if block is not None:
            kept = "+" in block.header or layout.text[end:].strip() == ""
            yield block.begin, int(node.end_mark.index) if kept else end
        elif "\n" in layout.text[mark(node) : end]:
            yield mark(node), end


def _meaning(text: str) -> dict[Path, list[Any]]:
    """Return what stands at each place of a file: members in no order, equal keys in theirs.

    At an alias that is the place of its anchor.
    """
    found: dict[Path, list[Any]] = defaultdict(list)
    first: dict[int, Path] = {}

    def note(node: Node, path: Path) -> None:
        anchor = first.setdefault(id(node), path)
        if anchor is not path:
            found[path].append(anchor)
        elif type(node) is ScalarNode:
            value = scalar(node)
            found[path].append((type(value), value))
        else:
            found[path].append(type(node))
            for index, part in enumerate(node.value):
                if type(node) is SequenceNode:
                    note(part, (*path, index))
                elif type(part[0]) is ScalarNode:
                    note(part[1], (*path, part[0].value))
                else:
                    raise NotEditable

    root = compose(text)
    if root is not None:
        note(root, ())
    return found


def _comments(text: str) -> Counter[str]:
    root = compose(text)
    if root is None:
        return Counter(found.rstrip() for found in re.findall("#.*", text))
    return Counter(Layout(text, root).comments(0, len(text)))
