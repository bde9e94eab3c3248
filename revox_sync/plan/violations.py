"""Limits: how much one run may change without a permit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from revox_sync.model.limits import Limit
from revox_sync.plan.model import Action, Delete, Plan
from revox_sync.records import dataclass

#: Most assistants that pruning may delete with no limit stated.
_PRUNED = 3
#: With no limit stated, at most half of a FAQ of at least this many items may go unasked.
_LARGE_FAQ = 10


@dataclass(frozen=True, slots=True)
class Violation:
    """A limit that a plan exceeds: what, how many, and how to allow it."""

    limit: str
    message: str

    @property
    def allow(self) -> str:
        """The setting that allows it, and the option that does so once."""
        return (
            f"`limits: {{{self.limit}: …}}` in revox-sync.yaml, or `--over-limit {self.limit}` once"
        )


@dataclass(frozen=True, slots=True)
class Size:
    """How many definitions and assistants there are, whatever the plan was restricted to."""

    definitions: int
    assistants: int


def violations(
    plan: Plan, size: Size, limits: Mapping[str, Limit], lifted: Iterable[str] = ()
) -> tuple[Violation, ...]:
    """Return the limits that the plan exceeds, but for those that were lifted for this run.

    Percentages are of the definitions (``create``), of the account's assistants (``replace``,
    ``delete``), and of each assistant's own FAQ (``faq_items_removed``). What somebody named to be
    deleted does not count.
    """
    writing = [
        action
        for action in plan.actions
        if action.writes and not (isinstance(action, Delete) and action.named)
    ]
    stated = {"delete": Limit(_PRUNED if plan.choices.prune else 0), **limits}
    found = [*_by_kind(writing, size, stated), *_by_faq(writing, limits)]
    return tuple(violation for violation in found if violation.limit not in set(lifted))


def _by_kind(
    writing: Sequence[Action], size: Size, limits: Mapping[str, Limit]
) -> Iterator[Violation]:
    for kind in ("create", "replace", "delete"):
        limit = limits.get(kind)
        count = sum(1 for action in writing if action.action == kind)
        of = size.definitions if kind == "create" else size.assistants
        if limit is not None and not limit.allows(count, of):
            yield Violation(
                kind, f"the plan would {kind} {count} of {of} assistants; the limit is {limit}"
            )


def _by_faq(writing: Sequence[Action], limits: Mapping[str, Limit]) -> Iterator[Violation]:
    limit = limits.get("faq_items_removed")
    removed = [(action, *_faq(action)) for action in writing]
    if limit is not None and not limit.percent:
        count = sum(gone for _, gone, _ in removed)
        if not limit.allows(count, 0):
            yield Violation(
                "faq_items_removed",
                f"the plan would remove {count} FAQ items; the limit is {limit}",
            )
        return
    for action, gone, held in removed:
        allowed = limit or (Limit(50, percent=True) if held >= _LARGE_FAQ else None)
        if allowed is not None and not allowed.allows(gone, held):
            yield Violation(
                "faq_items_removed",
                f"{action.key}: {gone} of {held} FAQ items would be removed; "
                f"the limit is {allowed}",
            )


def _faq(action: Action) -> tuple[int, int]:
    """Return how many FAQ items the action removes, and how many there are."""
    gone = sum(
        1 for change in action.changes if change.field == "faq_items" and change.op == "remove"
    )
    held = (action.basis or {}).get("faq_items") or []
    return gone, len(held)
