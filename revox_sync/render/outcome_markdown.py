"""How an apply went, in GitHub's markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from revox_sync.apply.events import Outcome
from revox_sync.render.escape import escape
from revox_sync.render.outcome import done_word, summary

#: What needs somebody comes first, so that it is not what is cut.
_ORDER = ("failed", "unknown", "refused", "skipped", "done")
_HEAD = "| assistant | | id | |\n| --- | --- | --- | --- |\n"
_ACTS = re.compile(r"[^\w .]")
_MORE_ROOM = 80


def render_outcomes_markdown(outcomes: Sequence[Outcome], *, limit: int) -> str:
    """Return the counts and a table of at most ``limit`` characters.

    Rows that do not fit are counted in a last line. Only the counts are promised to be there.
    """
    page = f"### {summary(outcomes)}\n"
    rows = [_row(found) for found in sorted(outcomes, key=lambda one: _ORDER.index(one.status))]
    room = limit - len(page) - len(_HEAD) - _MORE_ROOM
    shown = 0
    while shown < len(rows) and (room := room - len(rows[shown])) >= 0:
        shown += 1
    if shown:
        page += "\n" + _HEAD + "".join(rows[:shown])
    if shown < len(rows):
        page += f"\n{len(rows) - shown} more that did not fit; the log has them.\n"
    return page


def code(text: str) -> str:
    """Return a text of others for anywhere in a page: no markup, mention, reference or HTML of it.

    GitHub looks for mentions and references in what is left after entities are decoded, but not
    inside of ``code``.
    """
    return f"<code>{_ACTS.sub(lambda found: f'&#{ord(found[0])};', escape(text))}</code>"


def _row(outcome: Outcome) -> str:
    action = outcome.action
    ids = " → ".join(code(found) for found in (outcome.old_id, outcome.id) if found is not None)
    word = done_word(action) if outcome.status == "done" else f"**{outcome.status}**"
    told = [code(outcome.message)] if outcome.message else []
    told += [f"help: {code(outcome.hint)}"] if outcome.hint else []
    told += [f"warning: {code(warning)}" for warning in outcome.warnings]
    return f"| {code(action.key)} | {word} | {ids} | {'<br>'.join(told)} |\n"
