"""What changes is seen: what looks alike, what lies deep in a long line, what the account did."""

from __future__ import annotations

import re

import pytest
from support.desk import Desk

#: Each side looks like the other, and what is shown of both.
LOOK_ALIKE = {
    "a no-break space": ("Bonjour\u00a0! Merci", "Bonjour ! Merci", r"\xa0", None),
    "a narrow no-break space": ("10\u202f%", "10 %", r"\u202f", None),
    "an accent of its own": ("Cafe\u0301", "Café", r"\u0301", r"\xe9"),
    "a letter of another alphabet": ("p\u0430ge", "page", r"\u0430", None),
    "a zero-width space": ("ho\u200btel", "hotel", r"\u200b", None),
    "a non-breaking hyphen": ("check\u2011in", "check-in", r"\u2011", None),
    "letters that change places": ("a\u0430", "\u0430a", r"\u0430", None),
    "full width": ("Ｏpen", "Open", r"\uff2f", None),
}


@pytest.mark.parametrize("form", ["terminal", "markdown"])
@pytest.mark.parametrize("case", LOOK_ALIKE)
def test_what_looks_alike_is_seen_to_differ(desk: Desk, case: str, form: str) -> None:
    held, wanted, *shown = LOOK_ALIKE[case]
    item = {"question": "Dogs?", "answer": held}
    desk.service.add("front-desk", prompt=f"Say:\n{held} é\nend", faq_items=[item])
    desk.service.edit(next(iter(desk.service.assistants)), first_sentence=held)
    desk.project.define(
        prompt=f"Say:\n{wanted} é\nend",
        first_sentence=wanted,
        faq_items=[{**item, "answer": wanted}],
    )
    for command in ("plan", "drift"):
        page = desk.run(command, "--format", form).out
        for text in filter(None, shown):
            assert page.count(text) >= 3, page  # in the prompt, the sentence and the answer
        assert "é" in page  # what both sides have stays as it is


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_what_looks_alike_is_seen_beside_what_does_not(desk: Desk, form: str) -> None:
    desk.service.add("front-desk", first_sentence="P\u0430y here\u00a0: \u0414\u0430, caf\xe9")
    desk.project.define(prompt="Be kind.", first_sentence="Pay here, please.")
    page = desk.run("plan", "--format", form).out
    assert "P\\u0430y" in page
    assert "here\\xa0:" in page
    assert "\u0414\u0430, caf\xe9" in page  # a word of another alphabet is one


@pytest.mark.parametrize("form", ["terminal", "markdown"])
@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ("Dogs\u00a0?", r"Dogs\\xa0"),
        ("Do\u200bgs ?", r"Do\\u200bgs"),
        ("D\u043egs ?", r"D\\u043egs"),
        ("Dogs ?  ", r"Dogs \?(··| `  `)"),
    ],
)
def test_a_question_that_goes_does_not_look_like_the_one_that_comes(
    desk: Desk, held: str, shown: str, form: str
) -> None:
    desk.service.add("front-desk", faq_items=[{"question": held, "answer": "No."}])
    desk.project.define(prompt="Be kind.", faq_items=[{"question": "Dogs ?", "answer": "Yes."}])
    page = desk.run("plan", "--format", form).out
    assert "1 added, 1 removed" in page
    assert len(re.findall(f"(?m)^ *[-+] .*{shown}", page)) == 1, page
    assert len(re.findall(r"(?m)^ *[-+] Dogs \?$", page)) == 1, page


@pytest.mark.parametrize("arguments", [["validate"], ["validate", "--format", "github"]])
def test_a_diagnostic_tells_letters_apart_that_look_alike(desk: Desk, arguments: list[str]) -> None:
    desk.project.write("assistants/front-desk.yaml", "name: A\npr\u043empt: p\n")
    assert r"pr\u043empt" in desk.run(*arguments).out


LONG = " ".join(f"word{number}" for number in range(900))


def _edited(text: str, *numbers: int) -> str:
    for number in numbers:
        text = re.sub(rf"\bword{number}\b", f"edited{number}", text)
    return text


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_every_change_in_a_long_line_is_shown(desk: Desk, form: str) -> None:
    desk.service.add("front-desk", prompt=LONG)
    desk.project.define(prompt=_edited(LONG, 2, 400, 895))
    page = desk.run("plan", "--format", form).out
    for number in (2, 400, 895):
        assert f"word{number}" in page and f"edited{number}" in page
    assert len(page) < 2_500


def test_a_comment_on_many_long_prompts_holds_each_word_that_changed(desk: Desk) -> None:
    for number in range(24):
        text = " ".join(f"word{number}of{at}" for at in range(250))
        desk.service.add(f"desk-{number}", prompt=text)
        desk.project.define(f"desk-{number}", prompt=text.replace("of249", "was249"))
    page = desk.run("plan", "--format", "markdown").out
    assert len(page.encode()) <= 65_000
    for number in range(24):
        assert f"word{number}of249" in page and f"word{number}was249" in page


def test_a_comment_that_cannot_hold_all_says_of_whom_it_shows_how_much(desk: Desk) -> None:
    for number in range(3):
        lines = [f"line {at} of {number}" for at in range(2_000)]
        desk.service.add(f"desk-{number}", prompt="\n".join(lines))
        desk.project.define(f"desk-{number}", prompt="\n".join(f"{line} now" for line in lines))
    page = desk.run("plan", "--format", "markdown").out
    assert len(page.encode()) <= 65_000
    for number in range(3):
        shown = len(re.findall(rf"(?m)^[-+]line \d+ of {number}\b", page))
        [row] = re.findall(rf"(?m)^\| `desk-{number}` .*$", page)
        assert shown > 100
        assert f"`prompt`; **{4_000 - shown} changed lines or values not shown here**" in row
        assert f"`prompt` ({4_000 - shown})" in page


def test_drift_is_told_forwards_then_the_ways_on(desk: Desk) -> None:
    old = {"question": "Is there a pool?", "answer": "No."}
    identity = desk.service.add(
        "front-desk", max_call_duration_secs=120, faq_items=[old], voicemail_message="Call back."
    )
    desk.project.define(
        prompt="Be kind.", max_call_duration_secs=600, faq_items=[], voicemail_message=None
    )
    page = desk.run("drift").out
    told = [
        "~ max_call_duration_secs was changed from 600 to 120",
        "+ a question was added: Is there a pool?",
        f"`revox-sync pull {identity}",
    ]
    assert all(text in page for text in told), page
    assert '+ voicemail_message was added: "Call back."' in page
    assert page.index(told[0]) < page.index("now: ") and page.index(told[1]) < page.index("now: ")
    markdown = desk.run("drift", "--format", "markdown").out
    assert "- `max_call_duration_secs` was changed from `600` to `120`" in markdown
    assert "- a question was added: Is there a pool?" in markdown
