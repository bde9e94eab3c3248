"""How an apply went, for people: one entry per action, one line that sums up."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.apply.events import Outcome
from revox_sync.plan.model import Action
from revox_sync.render.sheet import Sheet, Span, data

_STYLES = {
    "done": "green",
    "failed": "red",
    "refused": "magenta",
    "skipped": "dim",
    "unknown": "red",
}
_DONE = {"create": "created", "replace": "replaced", "delete": "deleted"}


def render_outcomes(outcomes: Sequence[Outcome], *, width: int, colour: bool) -> str:
    """Return every outcome with the assistant's id and the service's own words, and the counts."""
    sheet = Sheet(width=width, colour=colour)
    for outcome in outcomes:
        action = outcome.action
        style = _STYLES[outcome.status]
        word = done_word(action) if outcome.status == "done" else outcome.status
        sheet.line(
            f"{word:<8} ",
            data(action.key, "bold"),
            "  ",
            data(f'"{action.name}"'),
            *_ids(outcome),
            style=style,
            hang=9,
        )
        if outcome.message:
            sheet.line(data(outcome.message), prefix=" " * 9)
        if outcome.hint:
            sheet.line("help: ", data(outcome.hint), prefix=" " * 9, hang=6)
        for warning in outcome.warnings:
            sheet.line("warning: ", data(warning), prefix=" " * 9, style="yellow", hang=9)
    sheet.line(summary(outcomes), style="bold")
    return sheet.text()


def done_word(action: Action) -> str:
    """Return what was done to an assistant."""
    return "renewed" if action.mode == "recreate" else _DONE.get(action.action, "done")


def _ids(outcome: Outcome) -> tuple[str | Span, ...]:
    """Return the assistant's id; after a recreate the old one's and the new one's."""
    if outcome.id is None:
        return ()
    if outcome.old_id is None:
        return "  ", data(outcome.id, "dim")
    return "  ", data(outcome.old_id, "dim"), " -> ", data(outcome.id, "dim")


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the counts of outcomes in one line."""
    counts = dict.fromkeys(_STYLES, 0)
    for outcome in outcomes:
        counts[outcome.status] += 1
    return f"Apply: {', '.join(f'{count} {status}' for status, count in counts.items())}."
