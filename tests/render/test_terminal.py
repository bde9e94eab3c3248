"""Single promises of the terminal view that a golden file alone would not explain."""

from __future__ import annotations

from typing import Any

from scenes import BASE_URL

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.plan.match import match
from revox_sync.plan.model import Plan, Rules
from revox_sync.plan.planner import plan
from revox_sync.render.terminal import render_plan


def _page(found: Plan, **options: Any) -> str:
    return render_plan(found, width=200, colour=False, **options)


def _replace(stated: dict[str, Any], held: dict[str, Any], **rules: Any) -> str:
    base = {"name": "a", "prompt": "p"}
    account = Account(BASE_URL, (Remote({"id": "1", **base, **held}),), "seed")
    definition = Definition("a", "a.yaml", {**base, **stated})
    return _page(
        plan([definition], account, Rules("seed", **rules), match([definition], account.remotes))
    )


def test_values_keep_their_type() -> None:
    page = _replace({"first_sentence": "7"}, {"first_sentence": "true"})
    assert '~ first_sentence: "true" -> "7"' in page


def test_every_change_has_a_line_that_differs() -> None:
    """White space alone is a change, so it must be seen."""
    page = _replace({"prompt": "one\n  \nend"}, {"prompt": "one\n\nend"})
    removed = [line for line in page.split("\n") if line.startswith("        -")]
    added = [line for line in page.split("\n") if line.startswith("        +")]
    assert removed and added
    assert [line.replace("-", "+", 1) for line in removed] != added


def test_a_faq_that_is_emptied_unseen_says_so() -> None:
    """``--push-unknown`` empties a FAQ that nobody could read: nothing about it is sensitive."""
    page = _replace({"faq_items": []}, {}, push_unknown=True)
    assert "faq_items" in page
    assert "sensitive" not in page
