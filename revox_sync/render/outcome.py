"""How an apply went: one entry per action and a summary, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from revox_sync.apply.events import Outcome
from revox_sync.plan.model import Action, Plan
from revox_sync.plan.planfile import to_json as plan_to_json
from revox_sync.render.safe import apart_within, cell, cut, harmless, harmless_json, name, within
from revox_sync.render.sheet import Sheet, Styled, data

_STYLES = {
    "done": "green",
    "failed": "red",
    "refused": "magenta",
    "skipped": "dim",
    "unknown": "red",
}
_LEADS = {"": "", "help: ": "", "warning: ": "magenta"}
_DONE = {"create": "created", "replace": "replaced", "delete": "deleted"}
#: What needs attention comes first, so that it is not cut.
_ORDER = ("failed", "unknown", "refused", "skipped", "done")
_HEAD = "\n| assistant | | id | |\n| --- | --- | --- | --- |\n"
_LONGEST_MESSAGE = 1000
_MORE_ROOM = 80


def render_outcomes(outcomes: Sequence[Outcome], *, width: int, colour: bool) -> str:
    """Return every outcome with the assistant's id and the service's own words, and the counts."""
    sheet = Sheet(width=width, colour=colour)
    for outcome in outcomes:
        action = outcome.action
        style = _STYLES[outcome.status]
        word = done_word(action) if outcome.status == "done" else outcome.status
        named, told = _told(outcome)
        sheet.line(
            f"{word:<8} ",
            data(action.key, "bold"),
            "  ",
            data(named),
            *_ids(outcome),
            style=style,
            hang=9,
        )
        for lead, text in told:
            sheet.line(lead, data(text), prefix=" " * 9, style=_LEADS[lead], hang=len(lead))
    sheet.line(_summary(outcomes), style="bold")
    return sheet.text()


def to_json(plan: Plan, outcomes: Sequence[Outcome], run: str | None) -> str:
    """Return a plan and how each of its actions ended, as ``outcome-1.0.schema.json`` says."""
    told = [
        {
            "key": outcome.action.key,
            "name": outcome.action.name,
            "action": outcome.action.action,
            "status": outcome.status,
            "id": outcome.id,
            "old_id": outcome.old_id,
            "message": outcome.message,
            "hint": outcome.hint,
            "warnings": list(outcome.warnings),
        }
        for outcome in outcomes
    ]
    report = {"format_version": "1.0", "run": run, "outcomes": told, "plan": plan_to_json(plan)}
    return harmless_json(json.dumps(report, indent=2)) + "\n"


def done_word(action: Action) -> str:
    """Return what was done to an assistant."""
    return "renewed" if action.mode == "recreate" else _DONE.get(action.action, "done")


def _told(outcome: Outcome) -> tuple[str, list[tuple[str, str]]]:
    """Return an assistant's quoted name and the lines about it, as (lead, text).

    It may have a name that looks like the one that was sent.
    """
    said = [("", outcome.message or ""), ("help: ", outcome.hint or "")]
    said += [("warning: ", warning) for warning in outcome.warnings]
    named, *texts = apart_within(f'"{outcome.action.name}"', *(text for _, text in said))
    leads = (lead for lead, _ in said)
    return named, [(lead, text) for lead, text in zip(leads, texts, strict=True) if text]


def _ids(outcome: Outcome) -> tuple[str | Styled, ...]:
    """Return the assistant's id; after a recreate, the ids of the old and the new one."""
    if outcome.id is None:
        return ()
    if outcome.old_id is None:
        return "  ", data(outcome.id, "dim")
    return "  ", data(outcome.old_id, "dim"), " -> ", data(outcome.id, "dim")


def _summary(outcomes: Sequence[Outcome]) -> str:
    """Return the counts of outcomes in one line."""
    counts = dict.fromkeys(_STYLES, 0)
    for outcome in outcomes:
        counts[outcome.status] += 1
    return f"Apply: {', '.join(f'{count} {status}' for status, count in counts.items())}."


def render_outcomes_markdown(outcomes: Sequence[Outcome], *, limit: int) -> str:
    """Return the counts and a table, at most ``limit`` bytes of UTF-8.

    Rows that do not fit are counted in a last line; only the counts are there whatever the limit.
    """
    page = f"### {_summary(outcomes)}\n"
    rows = [_row(found) for found in sorted(outcomes, key=lambda one: _ORDER.index(one.status))]
    shown = within(rows, limit - len(page) - len(_HEAD) - _MORE_ROOM)
    if shown:
        page += _HEAD + "".join(shown)
    if len(shown) < len(rows):
        page += f"\n{len(rows) - len(shown)} more that did not fit; the log has them.\n"
    return page


def _row(outcome: Outcome) -> str:
    key, ids = name(outcome.action.key, cell=True), (outcome.old_id, outcome.id)
    became = " → ".join(name(found, cell=True) for found in ids if found is not None)
    is_done = outcome.status == "done"
    word = done_word(outcome.action) if is_done else f"**{outcome.status}**"
    told = [lead + text for lead, text in _told(outcome)[1]]
    words = "<br>".join(cell(cut(text, _LONGEST_MESSAGE)) for text in told)
    return harmless(f"| {key} | {word} | {became} | {words} |") + "\n"
