"""How an apply went, in GitHub's markdown."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.apply.events import Outcome
from revox_sync.render.outcome import done_word, summary
from revox_sync.render.safe import LONGEST_NAME, cell, code, cut, harmless

#: What needs somebody comes first, so that it is not what is cut.
_ORDER = ("failed", "unknown", "refused", "skipped", "done")
_HEAD = "\n| assistant | | id | |\n| --- | --- | --- | --- |\n"
_LONGEST_MESSAGE = 1000
_MORE_ROOM = 80


def render_outcomes_markdown(outcomes: Sequence[Outcome], *, limit: int) -> str:
    """Return the counts and a table, at most ``limit`` bytes of UTF-8.

    Rows that do not fit are counted in a last line; only the counts are there whatever the limit.
    """
    page = f"### {summary(outcomes)}\n"
    rows = [_row(found) for found in sorted(outcomes, key=lambda one: _ORDER.index(one.status))]
    room = limit - len(page) - len(_HEAD) - _MORE_ROOM
    shown = 0
    while shown < len(rows) and (room := room - len(rows[shown].encode())) >= 0:
        shown += 1
    if shown:
        page += _HEAD + "".join(rows[:shown])
    if shown < len(rows):
        page += f"\n{len(rows) - shown} more that did not fit; the log has them.\n"
    return page


def _row(outcome: Outcome) -> str:
    ids = " → ".join(_name(found) for found in (outcome.old_id, outcome.id) if found is not None)
    is_done = outcome.status == "done"
    word = done_word(outcome.action) if is_done else f"**{outcome.status}**"
    told = [outcome.message] if outcome.message else []
    told += [f"help: {outcome.hint}"] if outcome.hint else []
    told += [f"warning: {warning}" for warning in outcome.warnings]
    words = "<br>".join(cell(cut(text, _LONGEST_MESSAGE)) for text in told)
    return harmless(f"| {_name(outcome.action.key)} | {word} | {ids} | {words} |") + "\n"


def _name(text: str) -> str:
    return code(cut(text, LONGEST_NAME), cell=True)
