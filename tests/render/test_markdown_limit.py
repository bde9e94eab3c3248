"""A page fits into a comment, whatever the plan: it loses detail, and no name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans_at_random import plans
from reading_markdown import codes, faults
from scenes_views import plan_of, replaced
from support.examples import examples

from revox_sync.plan.model import Change, Plan
from revox_sync.render.markdown import LIMIT, render_markdown
from revox_sync.render.safe import harmless, visible
from revox_sync.render.sentences import counts_of, is_told

#: What GitHub takes, in characters.
GITHUB = 65_536


def crowd(count: int, *, lines: int = 1, key: str = "assistant-number-{:05}") -> Plan:
    """Return a plan that rewrites a prompt of this many lines, another one for each assistant."""
    return plan_of(
        *(
            replaced(
                key.format(number),
                Change(
                    "prompt",
                    "change",
                    "\n".join(f"old line {line} of {number}" for line in range(lines)),
                    "\n".join(f"new line {line} of {number}" for line in range(lines)) + "\nend",
                ),
                Change(
                    "faq_items[q]",
                    "change",
                    {"question": f"question {number}", "answer": "old"},
                    {"question": f"question {number}", "answer": f"new {number}"},
                ),
            )
            for number in range(count)
        )
    )


def edits(count: int) -> Plan:
    """Return a plan that changes a word of this many prompts, each of one line of 3 kB."""
    texts = [" ".join(f"word{n}of{word}" for word in range(230)) for n in range(count)]
    changes = [Change("prompt", "change", text, text.replace("of9 ", "x9 ")) for text in texts]
    return plan_of(*(replaced(f"desk-{n}", change) for n, change in enumerate(changes)))


@settings(max_examples=examples(50))
@given(plans(), st.sampled_from([LIMIT, 10_000, 4_000]), st.booleans())
def test_any_plan_fits_names_everyone_and_holds_nothing_alive(
    plan: Plan, limit: int, drift: bool
) -> None:
    page = render_markdown(plan, limit=limit, drift=drift)
    assert len(page.encode()) <= limit
    assert faults(page) == []
    assert counts_of(plan, "drift" if drift else "plan") in page
    named = codes(page)
    # Keys stand within a line, where only some commands act.
    keys = {harmless(f"- {visible(action.key)}")[2:] for action in plan.actions if is_told(action)}
    assert keys <= named


@pytest.mark.parametrize(
    ("plan", "limit", "left_out"),
    [
        (crowd(1, lines=100), LIMIT, None),
        (edits(40), LIMIT // 4, "what did not change is"),
        (crowd(3, lines=250), LIMIT // 4, "what did not change and some of what did is"),
        (crowd(20, lines=20), LIMIT // 4, "what did not change and some of what did is"),
        (crowd(400), LIMIT, "what did not change and some of what did is"),
        (crowd(375), LIMIT // 4, "remarks and changes are"),
    ],
    ids=["nothing", "lines", "long", "many", "table", "names"],
)
def test_a_plan_loses_as_little_as_it_must(plan: Plan, limit: int, left_out: str | None) -> None:
    page = render_markdown(plan, limit=limit)
    assert len(page.encode()) <= limit <= LIMIT < GITHUB
    told = f"Shortened to fit here: {left_out} left out. `revox-sync plan` shows all of it."
    assert (told in page) is (left_out is not None)
    assert faults(page) == []
    named = codes(page)
    assert all(action.key in named for action in plan.actions)


def test_bytes_are_counted_and_not_characters() -> None:
    page = render_markdown(crowd(400, key="日本語の名前日本語の名前/{}"))
    assert len(page) < len(page.encode()) <= LIMIT


def test_a_plan_of_more_assistants_than_fit_counts_the_others() -> None:
    """A limit of 8,000 bytes holds some 250 keys of 22 characters."""
    page = render_markdown(crowd(350), limit=8_000)
    assert len(page.encode()) <= 8_000
    assert "## Plan: 0 to create, 350 to replace, 0 unchanged." in page
    named = sum(f"`assistant-number-{number:05}`" in page for number in range(350))
    assert named > 240
    assert f"… and {350 - named} assistants more, whose names do not fit here" in page


@pytest.mark.parametrize("limit", [1, 40, 100, 300, 1_000])
def test_even_a_limit_that_holds_nothing_holds(limit: int) -> None:
    assert len(render_markdown(crowd(50), limit=limit).encode()) <= limit
