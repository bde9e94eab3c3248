"""Changes that several assistants share, shown once.

A change of a shared file is the same change in many assistants. Changes that are equal in several
replaced assistants are shown once, with the list of them. Two texts change alike if the same lines
are added and removed; the lines around them may differ. Sensitive changes are never alike: masked
values may differ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from revox_sync.model.fields import HEARD
from revox_sync.model.shapes import dumps
from revox_sync.plan.model import Action, Change
from revox_sync.records import dataclass
from revox_sync.render.prose import Line, line_diff, shortened

#: A text of at most this length stands on the line of its field.
INLINE = 60
_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A change as it is told; ``lines`` is the whole difference of two texts, null for others."""

    change: Change
    lines: tuple[Line, ...] | None = None


def are_texts(values: Sequence[Any]) -> bool:
    """Whether values are texts, or none, and some of them wants lines of its own."""
    texts = [text for text in values if text is not None]
    return all(isinstance(text, str) for text in texts) and any(
        "\n" in text or len(text) > INLINE for text in texts
    )


def rank(change: Change) -> int:
    """Return where a change stands: 0 what callers hear, 1 the prompt, 2 the FAQ, 3 the rest."""
    if change.field in HEARD:
        return 0
    return {"prompt": 1, "faq_items": 2}.get(change.field, 3)


def pieces_of(changes: Iterable[Change]) -> list[Piece]:
    """Return changes as they are told, what callers hear first."""
    return sorted(map(_piece, changes), key=lambda piece: rank(piece.change))


def _piece(change: Change) -> Piece:
    sides = (change.before, change.after)
    if change.origin == "both" or None in sides or not are_texts(sides):
        return Piece(change)
    if change.sensitive and "\n" not in change.before + change.after:
        return Piece(change)
    return Piece(change, tuple(line_diff(change.before, change.after)))


def shared_of(
    pieces: Mapping[str, Sequence[Piece]], actions: Iterable[Action]
) -> tuple[list[tuple[list[Action], list[Piece]]], dict[str, dict[int, int]]]:
    """Return what is alike in several assistants, and how each refers to it.

    That is a list of assistants and what they share, and by key the number in that list (from 1) of
    each shared piece, by its index. ``actions`` are those that may have something in common. What
    callers hear comes first.
    """
    by_key = {action.key: action for action in actions}
    found: defaultdict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for key in by_key:
        seen: Counter[str] = Counter()
        for index, piece in enumerate(pieces[key]):
            signature = _signature(piece)
            if signature is not None:
                found[signature, seen[signature]][key] = index
                seen[signature] += 1
    blocks: defaultdict[tuple[str, ...], list[dict[str, int]]] = defaultdict(list)
    for where in found.values():
        if len(where) > 1:
            blocks[tuple(where)].append(where)

    def order(keys: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        first = min(rank(pieces[keys[0]][where[keys[0]]].change) for where in blocks[keys])
        return first, -len(keys), keys

    shared = []
    told: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, keys in enumerate(sorted(blocks, key=order), 1):
        alike = [[pieces[key][where[key]] for key in keys] for where in blocks[keys]]
        alike.sort(key=lambda same: rank(same[0].change))
        shared.append(([by_key[key] for key in keys], list(map(_common, alike))))
        for where in blocks[keys]:
            for key, index in where.items():
                told[key][index] = number
    return shared, told


def _signature(piece: Piece) -> str | None:
    """Return what is equal in changes that are alike; None for changes that never are."""
    change = piece.change
    if change.sensitive:
        return None
    what = [change.path, change.op, change.origin, change.absent]
    if piece.lines is None:
        return dumps([*what, change.before, change.after, change.base])
    return dumps([*what, list(_edits(piece.lines))])


def _edits(lines: Sequence[Line]) -> Iterator[list[Any]]:
    """Yield what was removed and added at each place of a text.

    Lines that were only added are told with the line before them, unless they end the text: those
    that replace others tell their place by themselves.
    """
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].is_change:
            end += 1
        if end > at:
            sides = [[one.text for one in lines[at:end] if one.mark == mark] for mark in _SIDES]
            before = lines[at - 1].text if at and not sides[0] and end < len(lines) else None
            yield [*sides, before]
        at = end + 1


_SIDES = ("removed", "added")


def _common(pieces: Sequence[Piece]) -> Piece:
    """Return one piece for all, with the unchanged lines around it that all have in common."""
    texts = [piece.lines for piece in pieces if piece.lines is not None]
    if not texts:
        return pieces[0]
    for context in (_CONTEXT, 1):
        shown = [_uncounted(lines, context) for lines in texts]
        if all(other == shown[0] for other in shown):
            return Piece(pieces[0].change, shown[0])
    return Piece(pieces[0].change, _uncounted(texts[0], 0))


def _uncounted(lines: Sequence[Line], context: int) -> tuple[Line, ...]:
    shown = [Line("skipped") if one.mark == "skipped" else one for one in shortened(lines, context)]
    while shown and shown[0].mark == "skipped":
        del shown[0]
    while shown and shown[-1].mark == "skipped":
        del shown[-1]
    return tuple(shown)
