"""Changed questions and answers as a table in markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revox_sync.plan.model import Change
from revox_sync.render.detail import Detail
from revox_sync.render.safe import cell, code, cut
from revox_sync.render.summary import DONE, MARKS, SENSITIVE, THREE
from revox_sync.render.values import qa

_SIDES = ("Before", "After")


def render_faq(changes: Sequence[Change], detail: Detail) -> Iterator[str]:
    """Yield the lines of a table with a row for each item; the counts alone in form ``lines``."""
    counts = [(op, sum(1 for change in changes if change.op == op)) for op in DONE]
    told = ", ".join(f"{count} {DONE[op]}" for op, count in counts if count)
    if detail.form == "lines":
        yield f"- FAQ: {told}"
        return
    conflict = any(change.origin == "both" for change in changes)
    heads = ["", f"Question ({told})"]
    if detail.answers:
        heads += [f"{side[0].upper()}{side[1:]}" for side in THREE] if conflict else _SIDES
    yield from ("", _row(heads), _row(["---"] * len(heads)))
    for change in changes:
        yield _row(_cells(change, detail, conflict=conflict))
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(change: Change, detail: Detail, *, conflict: bool) -> list[str]:
    mark = code(MARKS[change.op])
    old, new = qa(change.before), qa(change.after)
    if change.path == "faq_items":
        return [mark, "emptied, whatever it holds"]
    if old is None and new is None:
        return [mark, SENSITIVE]
    questions = [item[0] for item in (old, new) if item is not None]
    cells = [mark, " → ".join(_shown(question, detail) for question in dict.fromkeys(questions))]
    if detail.answers:
        sides = (qa(change.base), old, new) if conflict else (old, new)
        cells += ["" if side is None else _shown(side[1], detail) for side in sides]
    return cells


def _shown(text: str, detail: Detail) -> str:
    return cell(text if detail.block is None else cut(text, detail.block)) or "(empty)"
