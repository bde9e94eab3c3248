"""The FAQ: a multiset of question and answer, replaced whole; open questions are the service's."""

from __future__ import annotations

from typing import Any

import pytest
from planning import changed, compared, definition, faq, remote

Items = list[tuple[str, str]]


def _stated(items: Items) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in items]


@pytest.mark.parametrize(
    ("stated", "held"),
    [
        ([], []),
        ([("q", "a"), ("r", "b")], [("r", "b"), ("q", "a")]),
        ([("q", "a"), ("q", "a")], [("q", "a"), ("q", "a")]),
        ([("q", "a\nb")], [("q\r\n", "a\r\nb\n")]),
    ],
)
def test_order_and_line_ends_are_no_change(stated: Items, held: Items) -> None:
    assert changed(definition(faq_items=_stated(stated)), remote(faq_items=faq(*held))) == []


@pytest.mark.parametrize(
    ("stated", "held", "path", "op"),
    [
        ([("q", "new")], [("q", "old")], "faq_items[q]", "change"),
        ([("new", "a")], [("old", "a")], "faq_items[new]", "change"),
        ([("q", "a"), ("r", "b")], [("q", "a")], "faq_items[r]", "add"),
        ([], [("q", "a")], "faq_items[q]", "remove"),
        ([("q", "a"), ("q", "a")], [("q", "a")], "faq_items[q#2]", "add"),
        ([("q", "a")], [("q", "a"), ("q", "a")], "faq_items[q#2]", "remove"),
        ([("q", "1"), ("q", "new")], [("q", "1"), ("q", "2")], "faq_items[q#2]", "change"),
        ([("a.b[c]", "new")], [("a.b[c]", "old")], "faq_items[a.b[c]]", "change"),
        ([("", "new")], [("", "old")], "faq_items[]", "change"),
    ],
)
def test_an_item_is_named_by_its_question(stated: Items, held: Items, path: str, op: str) -> None:
    found = compared(definition(faq_items=_stated(stated)), remote(faq_items=faq(*held))).changes
    assert [(change.path, change.op, change.field) for change in found] == [(path, op, "faq_items")]


def test_items_are_told_in_the_order_of_the_file() -> None:
    stated = [{"question": name, "answer": "now"} for name in ("Zoo?", "Ape?", "Kept?")]
    found = compared(definition(faq_items=stated), remote(faq_items=faq(("Kept?", "then"))))
    assert [(change.path, change.op) for change in found.changes] == [
        ("faq_items[Zoo?]", "add"),
        ("faq_items[Ape?]", "add"),
        ("faq_items[Kept?]", "change"),
    ]


def test_answers_swapped_between_two_questions_are_two_changes() -> None:
    stated, held = [("q", "1"), ("r", "2")], [("q", "2"), ("r", "1")]
    found = changed(definition(faq_items=_stated(stated)), remote(faq_items=faq(*held)))
    assert found == [("faq_items[q]", "change"), ("faq_items[r]", "change")]


def test_a_replace_names_each_open_question_that_it_drops() -> None:
    held = remote(faq_items=faq(("q", "a"), waiting=["Open?", "And this?"]))
    found = compared(definition(faq_items=[]), held)
    assert found.open_questions == ("And this?", "Open?")
    assert [note for note in found.notes if "Open?" in note or "And this?" in note] == [
        'faq_items: replacing the FAQ drops the open question "And this?"',
        'faq_items: replacing the FAQ drops the open question "Open?"',
    ]


@pytest.mark.parametrize(
    ("stated", "is_answered"),
    [
        ("Do you take dogs?", True),
        ("do you take dogs", True),
        ("Do  you take\tDOGS ?", True),
        ("Do you take dogs…", True),
        ("Do you take cats?", False),
        ("Do you take dogs? Large ones?", False),
        ("Do you take dogs (large)?", False),
        ("", False),
    ],
)
def test_a_question_that_the_definition_answers_is_not_dropped(
    stated: str, is_answered: bool
) -> None:
    held = remote(faq_items=faq(waiting=["Do you take  dogs?"]))
    found = compared(definition(faq_items=_stated([(stated, "Yes.")])), held)
    assert [change.op for change in found.changes] == ["add"]
    assert found.open_questions == (() if is_answered else ("Do you take  dogs?",))
    told = "this answers" if is_answered else "replacing the FAQ drops"
    assert found.notes == (f'faq_items: {told} the open question "Do you take  dogs?"',)


def test_a_question_without_an_answer_answers_nothing() -> None:
    held = remote(faq_items=faq(waiting=["Dogs?"]))
    found = compared(definition(faq_items=_stated([("Dogs?", " ")])), held)
    assert found.open_questions == ("Dogs?",)


def test_two_questions_of_punctuation_alone_are_two() -> None:
    held = remote(faq_items=faq(waiting=["?"]))
    assert compared(definition(faq_items=_stated([("!", "Yes.")])), held).open_questions == ("?",)


@pytest.mark.parametrize("item", [None, "text", {}, {"question": None, "answer": 1}])
def test_an_item_of_an_unexpected_form_breaks_nothing(item: Any) -> None:
    stated = definition(faq_items=_stated([("q", "a")]))
    assert changed(stated, remote(faq_items=[item]))
