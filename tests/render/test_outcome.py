"""How an apply went, in words."""

from __future__ import annotations

from scenes import everything, outcomes

from revox_sync.apply.events import Outcome
from revox_sync.render.outcome import render_outcomes, summary


def test_the_last_line_counts_every_status() -> None:
    assert summary(outcomes()) == "Apply: 1 done, 1 failed, 1 refused, 1 skipped, 1 unknown."


def test_nothing_done_is_counted_too() -> None:
    assert summary([]) == "Apply: 0 done, 0 failed, 0 refused, 0 skipped, 0 unknown."


def test_each_outcome_names_the_key_the_id_and_the_services_own_words() -> None:
    page = render_outcomes(outcomes("422: voice.id is unknown"), width=200, colour=False)
    assert 'replaced hotel/front-desk  "Front desk"  a1' in page
    assert "422: voice.id is unknown" in page
    assert "help: correct the definition" in page
    assert "warning: 2 queued calls keep the earlier text" in page


def test_what_was_created_says_so() -> None:
    [created] = [action for action in everything().actions if action.action == "create"]
    page = render_outcomes([Outcome(created, "done", "new-id")], width=200, colour=False)
    assert page.startswith('created  hotel/survey  "Survey"  new-id\n')
