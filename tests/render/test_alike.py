"""What is alike in several assistants is told once, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from scenes_views import alike, plan_of, replaced

from revox_sync.plan.model import Change, Plan
from revox_sync.render.alike import Piece, pieces_of, shared_of

_SHARED = "# Legal\nSay that the call is recorded.\n{}\nNever ask for a card number."


def prompt(before: str, after: str, **more: Any) -> Change:
    return Change("prompt", "change", before, after, **more)


def told(pieces: Sequence[Piece]) -> list[str]:
    """Return the changed lines of pieces, or the path of a value."""
    marks = {"added": "+", "removed": "-"}
    found = []
    for piece in pieces:
        lines = piece.lines
        if lines is None:
            found.append(piece.change.path)
        else:
            found += [f"{marks[line.mark]}{line.text}" for line in lines if line.is_change]
    return found


def digest(plan: Plan) -> tuple[list[tuple[list[str], list[str]]], dict[str, list[str]]]:
    """Return (keys, changed lines) of what is alike, and what each assistant has of its own."""
    pieces = {action.key: pieces_of(action.changes) for action in plan.actions}
    shared, elsewhere = shared_of(pieces, plan.actions)
    own = {
        key: told([one for index, one in enumerate(found) if index not in elsewhere.get(key, {})])
        for key, found in pieces.items()
    }
    return [([action.key for action in of], told(found)) for of, found in shared], own


def edited(own: str, *, before: str = "old", after: str = "new") -> Change:
    """Return the change of a prompt that begins in its own way and ends with the shared part."""
    return prompt(f"{own}\n\n{_SHARED.format(before)}", f"{own}\n\n{_SHARED.format(after)}")


def test_a_shared_edit_in_eight_prompts_is_one_change_and_a_list_of_eight() -> None:
    keys = [f"desk-{number}" for number in range(8)]
    shared, own = digest(plan_of(*(replaced(key, edited(f"You are {key}.")) for key in keys)))
    assert shared == [(keys, ["-old", "+new"])]
    assert all(own[key] == [] for key in keys)


def test_a_text_with_an_edit_of_its_own_is_told_whole() -> None:
    mine = prompt(f"You greet.\n\n{_SHARED.format('old')}", f"You help.\n\n{_SHARED.format('new')}")
    others = (replaced(key, edited(f"You are {key}.")) for key in "bc")
    shared, own = digest(plan_of(replaced("a", mine), *others))
    assert shared == [(["b", "c"], ["-old", "+new"])]
    assert own["a"] == ["-You greet.", "+You help.", "-old", "+new"]


def test_unchanged_lines_are_shown_only_where_all_have_them() -> None:
    actions = [replaced("a", edited("You are a.")), replaced("b", prompt("x\nold\ny", "x\nnew\ny"))]
    pieces = {action.key: pieces_of(action.changes) for action in actions}
    [(_, [shared])] = shared_of(pieces, actions)[0]
    assert [line.text for line in shared.lines or ()] == ["old", "new"]


def test_a_line_that_was_added_is_alike_only_at_the_same_place() -> None:
    def added(before: str, behind: str) -> Change:
        text = f"{before}\n{behind}"
        return prompt(text, text.replace(f"{before}\n", f"{before}\nnew\n"))

    here = plan_of(replaced("a", added("one", "x")), replaced("b", added("one", "y")))
    apart = plan_of(replaced("a", added("one", "x")), replaced("b", added("two", "y")))
    assert digest(here)[0] == [(["a", "b"], ["+new"])]
    assert digest(apart)[0] == []


def test_a_part_that_was_added_at_the_end_of_several_prompts_is_alike() -> None:
    plan = plan_of(*(replaced(key, prompt(f"I am {key}", f"I am {key}\n\nnew")) for key in "abc"))
    assert digest(plan)[0] == [(["a", "b", "c"], ["+", "+new"])]


def test_values_and_faq_items_are_alike_when_both_sides_are() -> None:
    speed = Change("voice.speed", "change", 1, 1.2)
    item = Change("faq_items[q]", "add", None, {"question": "q", "answer": "a"})
    shared, own = digest(
        plan_of(
            replaced("a", speed, item),
            replaced("b", speed, item),
            replaced("c", replace(speed, before=0.9), item),
        )
    )
    assert shared == [(["a", "b", "c"], ["faq_items[q]"]), (["a", "b"], ["voice.speed"])]
    assert own["c"] == ["voice.speed"]


def test_what_callers_hear_comes_first() -> None:
    plan = alike()
    heard = Change("first_sentence", "change", "a", "b")
    actions = [replace(action, changes=(*action.changes, heard)) for action in plan.actions[2:]]
    shared, _ = digest(replace(plan, actions=(*plan.actions[:2], *actions)))
    assert shared[0][1] == ["first_sentence"]


def test_what_is_masked_is_never_alike() -> None:
    secret = Change("webhook_url", "change", "(sensitive)", "(sensitive)", sensitive=True)
    assert digest(plan_of(replaced("a", secret), replaced("b", secret)))[0] == []


def test_what_moved_in_git_and_what_moved_outside_are_not_alike() -> None:
    speed = Change("voice.speed", "change", 1, 1.2)
    plan = plan_of(
        replaced("a", replace(speed, origin="drift")),
        replaced("b", replace(speed, origin="definition")),
    )
    assert digest(plan)[0] == []


_LINES = st.lists(st.sampled_from(["", "a", "b", "c d", "e"]), max_size=6)


@st.composite
def _prompts(draw: st.DrawFn) -> Plan:
    texts = [("\n".join(draw(_LINES)), "\n".join(draw(_LINES))) for _ in range(4)]
    changes = [prompt(before, f"{after}\nlong enough to be prose") for before, after in texts]
    return plan_of(*(replaced(f"k{n}", change) for n, change in enumerate(changes)))


@given(_prompts())
def test_every_changed_line_is_told_exactly_once_for_each_assistant(plan: Plan) -> None:
    shared, own = digest(plan)
    for action in plan.actions:
        seen = [*own[action.key]]
        for keys, lines in shared:
            seen += lines if action.key in keys else []
        assert sorted(seen) == sorted(told(pieces_of(action.changes))), action.changes
