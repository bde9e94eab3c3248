"""What is alike in several assistants is told once, and nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from scenes_views import alike, plan_of, replaced

from revox_sync.plan.model import Change, Plan
from revox_sync.render.digest import Digest, Piece, digest
from revox_sync.render.prose import Line

_SHARED = "# Legal\nSay that the call is recorded.\n{}\nNever ask for a card number."


def prompt(before: str, after: str, **more: Any) -> Change:
    return Change("prompt", "change", before, after, **more)


def told(pieces: tuple[Piece, ...]) -> list[str]:
    """Return the changed lines of pieces, or the path of a value; ``[1]`` for what is elsewhere."""
    found = []
    for piece in pieces:
        lines = piece.lines
        found += [piece.change.path] if lines is None else [_line(line) for line in lines]
    return [line for line in found if line]


def _line(line: Line) -> str:
    marks = {"added": f"+{line.text}", "removed": f"-{line.text}", "elsewhere": f"[{line.count}]"}
    return marks.get(line.mark, "")


def alike_in(found: Digest) -> list[tuple[list[str], list[str]]]:
    """Return (keys, changed lines) of what is alike."""
    return [
        ([action.key for action in shared.actions], told(shared.pieces)) for shared in found.shared
    ]


def edited(own: str, *, before: str = "old", after: str = "new") -> Change:
    """Return the change of a prompt that begins in its own way and ends with the shared part."""
    return prompt(f"{own}\n\n{_SHARED.format(before)}", f"{own}\n\n{_SHARED.format(after)}")


def test_a_shared_edit_in_eight_prompts_is_one_change_and_a_list_of_eight() -> None:
    keys = [f"desk-{number}" for number in range(8)]
    found = digest(plan_of(*(replaced(key, edited(f"You are {key}.")) for key in keys)))
    assert alike_in(found) == [(keys, ["-old", "+new"])]
    assert all(found.own[key] == () for key in keys)
    assert all(found.refers[key] == (1,) for key in keys)


def test_what_an_assistant_has_besides_stays_with_it() -> None:
    mine = prompt(f"You greet.\n\n{_SHARED.format('old')}", f"You help.\n\n{_SHARED.format('new')}")
    found = digest(plan_of(replaced("a", mine), replaced("b", edited("You are b."))))
    assert alike_in(found) == [(["a", "b"], ["-old", "+new"])]
    assert told(found.own["a"]) == ["-You greet.", "+You help.", "[1]"]
    assert found.own["b"] == ()


def test_unchanged_lines_are_shown_only_where_all_have_them() -> None:
    one, two = edited("You are a."), prompt("x\nold\nNever ask for a card number.\ny", "")
    two = replace(two, after=str(two.before).replace("old", "new"))
    [shared] = digest(plan_of(replaced("a", one), replaced("b", two))).shared
    assert [line.text for line in shared.pieces[0].lines or ()] == [
        "old",
        "new",
        "Never ask for a card number.",
    ]


def test_a_line_that_was_added_is_alike_only_at_the_same_place() -> None:
    def added(before: str, behind: str) -> Change:
        text = f"{before}\n{behind}"
        return prompt(text, text.replace(f"{before}\n", f"{before}\nnew\n"))

    here = plan_of(replaced("a", added("one", "x")), replaced("b", added("one", "y")))
    apart = plan_of(replaced("a", added("one", "x")), replaced("b", added("two", "y")))
    assert alike_in(digest(here)) == [(["a", "b"], ["+new"])]
    assert alike_in(digest(apart)) == []


def test_a_part_that_was_added_at_the_end_of_several_prompts_is_alike() -> None:
    plan = plan_of(*(replaced(key, prompt(f"I am {key}", f"I am {key}\n\nnew")) for key in "abc"))
    assert alike_in(digest(plan)) == [(["a", "b", "c"], ["+", "+new"])]


def test_values_and_faq_items_are_alike_when_both_sides_are() -> None:
    speed = Change("voice.speed", "change", 1, 1.2)
    item = Change("faq_items[q]", "add", None, {"question": "q", "answer": "a"})
    plan = plan_of(
        replaced("a", speed, item),
        replaced("b", speed, item),
        replaced("c", replace(speed, before=0.9), item),
    )
    assert alike_in(digest(plan)) == [
        (["a", "b", "c"], ["faq_items[q]"]),
        (["a", "b"], ["voice.speed"]),
    ]
    assert told(digest(plan).own["c"]) == ["voice.speed"]


def test_what_callers_hear_comes_first() -> None:
    plan = alike()
    heard = Change("first_sentence", "change", "a", "b")
    actions = [replace(action, changes=(*action.changes, heard)) for action in plan.actions[2:]]
    found = digest(replace(plan, actions=(*plan.actions[:2], *actions)))
    assert told(found.shared[0].pieces) == ["first_sentence"]


def test_what_is_masked_is_never_alike() -> None:
    secret = Change("webhook_url", "change", "(sensitive)", "(sensitive)", sensitive=True)
    plan = plan_of(replaced("a", secret), replaced("b", secret))
    assert alike_in(digest(plan)) == []


def test_what_moved_in_git_and_what_moved_outside_are_not_alike() -> None:
    speed = Change("voice.speed", "change", 1, 1.2)
    plan = plan_of(
        replaced("a", replace(speed, origin="drift")),
        replaced("b", replace(speed, origin="definition")),
    )
    assert alike_in(digest(plan)) == []


def test_what_is_not_replaced_is_not_alike() -> None:
    speed = Change("voice.speed", "change", 1, 1.2)
    refused = replaced("b", speed, refused="no")
    assert alike_in(digest(plan_of(replaced("a", speed), refused))) == []


_LINES = st.lists(st.sampled_from(["", "a", "b", "c d", "e"]), max_size=6)


@st.composite
def _prompts(draw: st.DrawFn) -> Plan:
    texts = [("\n".join(draw(_LINES)), "\n".join(draw(_LINES))) for _ in range(4)]
    changes = [prompt(before, f"{after}\nlong enough to be prose") for before, after in texts]
    return plan_of(*(replaced(f"k{n}", change) for n, change in enumerate(changes)))


@settings(deadline=None)
@given(_prompts())
def test_every_changed_line_is_told_exactly_once_for_each_assistant(plan: Plan) -> None:
    found = digest(plan)
    for action in plan.actions:
        [change] = action.changes
        alone = digest(plan_of(action))
        seen = told(found.own[action.key])
        for shared in found.shared:
            if action in shared.actions:
                seen += told(shared.pieces)
        seen = [line for line in seen if not line.startswith("[")]
        assert sorted(seen) == sorted(told(alone.own[action.key])), change
