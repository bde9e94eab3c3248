"""What a plan changes, arranged for readers: callers first, and what is alike told once.

A shared file that changes makes the same change in many assistants. Changes that are equal in
several replaced assistants are taken out and told once, with the list of them. For prose, the runs
of lines that differ are compared one by one: an assistant whose prompt holds the shared edit and
one of its own keeps its own, with a reference where the shared one stands. Sensitive changes are
never alike: what is masked may differ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from revox_sync.model.fields import HEARD
from revox_sync.model.shapes import dumps
from revox_sync.plan.model import Action, Change, Plan
from revox_sync.render.prose import Line, whole
from revox_sync.render.runs import Run, assembled, runs_of, without

#: A text up to this length stands on the line of its field.
INLINE = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A change as it is told; ``lines`` is the whole difference of two texts, null for others."""

    change: Change
    lines: tuple[Line, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """What is alike in several assistants; references name it by its number."""

    number: int
    actions: tuple[Action, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What is alike, and by key what an assistant has of its own and what it shares."""

    shared: tuple[Shared, ...]
    own: Mapping[str, tuple[Piece, ...]]
    refers: Mapping[str, tuple[int, ...]]


def is_prose(change: Change) -> bool:
    """Whether a change is of texts that want lines of their own."""
    return are_texts((change.before, change.after))


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


def ordered(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return pieces with what callers hear first; else as they came."""
    return tuple(sorted(pieces, key=lambda piece: rank(piece.change)))


def digest(plan: Plan) -> Digest:
    """Arrange a plan's changes."""
    own = {action.key: [_piece(change) for change in action.changes] for action in plan.actions}
    replaced = {
        action.key: action
        for action in plan.actions
        if action.action == "replace" and action.refused is None
    }
    blocks = _blocks(own, replaced)
    shared = tuple(
        Shared(
            number,
            tuple(replaced[key] for key in keys),
            _shared_pieces(own[keys[0]], [[unit[key] for key in keys] for unit in units]),
        )
        for number, (keys, units) in enumerate(blocks, 1)
    )
    told: defaultdict[str, dict[_Place, int]] = defaultdict(dict)
    for number, (_, units) in enumerate(blocks, 1):
        for unit in units:
            for key, occurrence in unit.items():
                told[key][occurrence.place] = number
    return Digest(
        shared,
        {key: ordered(_own_pieces(pieces, told[key])) for key, pieces in own.items()},
        {key: tuple(sorted(set(numbers.values()))) for key, numbers in told.items()},
    )


def _piece(change: Change) -> Piece:
    both = isinstance(change.before, str) and isinstance(change.after, str)
    if change.sensitive or change.origin == "both" or not both or not is_prose(change):
        return Piece(change)
    return Piece(change, tuple(whole(change.before, change.after)))


#: A piece by its index, and a run of its lines by its first line; None for the whole piece.
_Place = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A change, or a run of changed lines, in one assistant.

    It equals those of other assistants that have the same signature, the first one that any has.
    """

    place: _Place
    signatures: tuple[str, ...]
    run: Run | None = None


#: One change, or run, in every assistant that has it, by key.
_Unit = dict[str, _Occurrence]


def _occurrences(pieces: Sequence[Piece]) -> Iterator[_Occurrence]:
    for index, piece in enumerate(pieces):
        change = piece.change
        if change.sensitive:
            continue
        what = [change.path, change.op, change.origin, change.absent]
        if piece.lines is None:
            whole_change = dumps([*what, change.before, change.after, change.base])
            yield _Occurrence((index, None), (whole_change,))
            continue
        for run in runs_of(piece.lines):
            signatures = [dumps([*what, run.removed, run.added, anchor]) for anchor in run.anchors]
            yield _Occurrence((index, run.start), tuple(signatures), run)


def _blocks(
    own: Mapping[str, Sequence[Piece]], replaced: Iterable[str]
) -> list[tuple[tuple[str, ...], list[_Unit]]]:
    """Return what is alike, by the keys of those that have it; what callers hear comes first."""
    left = {key: list(_occurrences(own[key])) for key in replaced}
    blocks: defaultdict[tuple[str, ...], list[_Unit]] = defaultdict(list)
    while any(occurrence.signatures for found in left.values() for occurrence in found):
        taken = set()
        for unit in _equal(left):
            if len(unit) > 1:
                blocks[tuple(unit)].append(unit)
                taken |= {(key, occurrence.place) for key, occurrence in unit.items()}
        left = {
            key: [
                _Occurrence(occurrence.place, occurrence.signatures[1:], occurrence.run)
                for occurrence in found
                if (key, occurrence.place) not in taken
            ]
            for key, found in left.items()
        }

    def order(block: tuple[tuple[str, ...], list[_Unit]]) -> tuple[int, int, tuple[str, ...]]:
        keys, units = block
        pieces = own[keys[0]]
        first = min(rank(pieces[unit[keys[0]].place[0]].change) for unit in units)
        return first, -len(keys), keys

    return sorted(blocks.items(), key=order)


def _equal(left: Mapping[str, Sequence[_Occurrence]]) -> Iterable[_Unit]:
    """Return occurrences by their first signature; a repeated one equals the same repetition."""
    units: defaultdict[tuple[str, int], _Unit] = defaultdict(dict)
    for key, occurrences in left.items():
        seen: Counter[str] = Counter()
        for occurrence in occurrences:
            for signature in occurrence.signatures[:1]:
                units[signature, seen[signature]][key] = occurrence
                seen[signature] += 1
    return units.values()


def _shared_pieces(
    pieces: Sequence[Piece], units: Sequence[Sequence[_Occurrence]]
) -> tuple[Piece, ...]:
    """Return what is alike as the first assistant has it."""
    runs: defaultdict[int, list[list[Run]]] = defaultdict(list)
    for unit in units:
        index = unit[0].place[0]
        runs[index] += [[occurrence.run for occurrence in unit if occurrence.run is not None]]
    return ordered(
        piece if piece.lines is None else Piece(piece.change, assembled(piece.lines, runs[index]))
        for index, piece in enumerate(pieces)
        if index in runs
    )


def _own_pieces(pieces: Sequence[Piece], told: Mapping[_Place, int]) -> Iterator[Piece]:
    """Yield what is not told elsewhere, whole or in part."""
    for index, piece in enumerate(pieces):
        if (index, None) in told:
            continue
        runs = {
            start: told[index, start] for at, start in told if at == index and start is not None
        }
        if piece.lines is None or not runs:
            yield piece
        elif len(runs) < sum(1 for _ in runs_of(piece.lines)):
            yield Piece(piece.change, without(piece.lines, runs))
